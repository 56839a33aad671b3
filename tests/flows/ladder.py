"""What tests of tiers share: a shop that decides, where people stand, what they were told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from app.extensions import db
from app.flows import tier, tier_rules
from app.messages.models import Message
from app.tiers import queries
from app.tiers.models import Tier, TierStanding
from app.tiers.rules import Level, Policy
from tests import factories
from tests.factories import ACustomer, AShop

NAMES = ("새싹", "단골", "으뜸")


def own(shop: AShop) -> dict[str, Any]:
    """Return who does it, where and when."""
    return {"shop_id": shop.id, "staff_id": shop.owner_id, "now": factories.now()}


def decide(shop: AShop, *leasts: int, **policy: Any) -> dict[str, int]:
    """Let a shop have tiers from these numbers on; returns their ids by name."""
    levels = [Level(0, name, least) for name, least in zip(NAMES, leasts, strict=False)]
    tier_rules.save_rule(**own(shop), policy=Policy(**policy), levels=levels)
    return {line.name: line.id for line in queries.tiers_of(shop.id)}


def stands(who: ACustomer) -> tuple[str, bool] | None:
    """Return a person's tier ("" for none) and whether it is only kept; None without a standing."""
    db.session.rollback()
    row = db.session.execute(
        db.select(db.func.coalesce(Tier.name, ""), TierStanding.grace_until)
        .outerjoin(Tier, Tier.id == TierStanding.tier_id)
        .where(TierStanding.customer_id == who.id)
    ).one_or_none()
    return (row[0], row[1] is not None) if row else None


def told(who: ACustomer) -> list[str]:
    """Return what letters told a person of their tier and still lie there, the oldest first."""
    db.session.rollback()
    rows = db.session.scalars(
        db.select(Message.facts)
        .where(
            Message.customer_id == who.id,
            Message.kind == tier.KIND,
            Message.channel == "card",
            Message.state.in_(("sent", "ready")),
        )
        .order_by(Message.id)
    )
    return [f"{facts['how']} {facts['tier']}".strip() for facts in rows]


def night(shop: AShop) -> int:
    """Let the night look at everybody."""
    return tier.move_for(shop_id=shop.id, now=factories.now())


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect the statements that are run."""
    found: list[str] = []

    def note(_c: Any, _cur: Any, statement: str, *_rest: Any) -> None:
        found.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
