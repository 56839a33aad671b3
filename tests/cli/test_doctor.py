"""`flask doctor` finds what does not follow from the lines, and nothing in a whole shop."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app.cards import drift
from app.cli.doctor import doctor
from app.extensions import db
from app.flows import redeem
from app.flows.undo import undo_stamp
from tests import factories
from tests.factories import AShop
from tests.flows import books


def a_lived_in_shop() -> AShop:
    """A shop in which everything happened: full cards, stages, points, lots, undos, uses."""
    shop = factories.a_shop(
        goal=3,
        stages=[[2, "사이즈업"]],
        point_permille=10,
        expiry="months",
        expiry_months=6,
        **factories.no_limits(),
    )
    holder = factories.a_customer(shop)
    by: dict[str, Any] = {"shop_id": shop.id, "staff_id": shop.owner_id, "now": factories.now()}
    for _ in range(4):
        factories.a_stamp(shop, holder.card_id, amount=5_000, how="more")
    db.session.rollback()
    reward = db.session.scalar(text("SELECT min(id) FROM rewards WHERE stage = 0"))
    redeem.use_reward(**by, reward_id=int(reward), once=factories.once(), how="live_card")
    undo_stamp(**by, entry_id=books.last_stamp(holder.card_id))
    factories.a_session(shop, shop.owner_id)
    return shop


PLANTED = {
    "balance": "UPDATE cards SET balance = balance + 1",
    "points": "UPDATE cards SET points = points + 1",
    "lots": "UPDATE lots SET remaining = remaining - 1, amount = amount - 1 WHERE unit = 'point' AND remaining > 0",
    "lot": "UPDATE lots SET amount = amount + 1",
    "end": "UPDATE cards SET expires_at = '2030-01-01 00:00:00.000000'",
    "debt": "UPDATE ledger_entries SET kind = 'redeem', delta = delta - 9 WHERE kind = 'reverse'",
    "reversal": "UPDATE ledger_entries SET delta = delta + 1 WHERE kind = 'reverse'",
    "reward": "UPDATE rewards SET entry_id = entry_id - 1 WHERE stage = 0",
    "fill": "UPDATE rewards SET stage = 9 WHERE stage = 0",
    "twice": "UPDATE rewards SET round = 1, stage = 2",
    "round": "UPDATE cards SET round = 1",
    "use": "UPDATE redemptions SET reversed_at = at",
}


@pytest.mark.parametrize("what", PLANTED)
@pytest.mark.databases("sqlite", "postgres")
def test_a_planted_drift_is_found(app: Flask, what: str) -> None:
    shop = a_lived_in_shop()
    assert drift.drifts(shop_id=shop.id) == []
    if what == "debt":
        db.session.execute(text("UPDATE cards SET balance = -9"))
    db.session.execute(text(PLANTED[what]))
    db.session.commit()
    assert what in {drift.what for drift in drift.drifts(shop_id=shop.id)}


def test_the_command_says_it_and_fails(app: Flask) -> None:
    shop = a_lived_in_shop()
    whole = app.test_cli_runner().invoke(doctor)
    assert (whole.exit_code, whole.output) == (0, f"shop {shop.id}: whole\n")
    db.session.execute(text("UPDATE cards SET balance = 7"))
    db.session.execute(text("UPDATE audit_lines SET what = 'sudo' WHERE number = 1"))
    db.session.commit()
    told = app.test_cli_runner().invoke(doctor)
    assert told.exit_code == 1
    assert "balance 7, lines add up to 0" in told.output
    assert "record of changes: line 1 is not what was written" in told.output
