"""Whatever happens before, between and after a merge and its undo: every card adds up, and nothing is lost."""

from __future__ import annotations

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.cards.models import Reward
from app.customers.models import Device
from app.extensions import db
from app.flows import redeem, undo
from app.flows.merge import NoUndo
from app.visits.models import Visit
from tests import factories, world
from tests.factories import ACustomer, AShop
from tests.flows.test_merge import books, everything, join_two, part

# (what, whose): whose 0 = the kept one, 1 = the other; while they are one everything is the kept one's.
STEPS = st.lists(st.tuples(st.sampled_from(("stamp", "stamp", "undo", "use")), st.integers(0, 1)), max_size=6)


def _step(shop: AShop, who: ACustomer, what: str, last: dict[int, list[int]]) -> None:
    if what == "stamp":
        given = factories.a_stamp(shop, who.card_id, how="more")
        last.setdefault(who.card_id, []).append(given.entry_id)
    elif what == "undo" and last.get(who.card_id):
        entry = last[who.card_id].pop()
        undo.undo_stamp(shop_id=shop.id, staff_id=shop.owner_id, entry_id=entry, now=factories.now())
    elif what == "use":
        ready = db.session.scalar(
            db.select(Reward.id)
            .where(Reward.card_id == who.card_id, Reward.used_at.is_(None), Reward.withdrawn_at.is_(None))
            .limit(1)
        )
        if ready is not None:
            redeem.use_reward(
                shop_id=shop.id, staff_id=shop.owner_id, reward_id=ready, once=factories.once(),
                how="staff_check", now=factories.now(),
            )  # fmt: skip


def _worth(shop: AShop, card_id: int) -> int:
    """Return the stamps a card stands for: its balance and its unused rewards."""
    ready = db.session.scalar(
        db.select(db.func.count(Reward.id)).where(
            Reward.card_id == card_id, Reward.used_at.is_(None), Reward.withdrawn_at.is_(None)
        )
    )
    return books()[card_id][0] + 3 * int(ready or 0)


@settings(
    max_examples=8,
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(before=STEPS, between=STEPS)
def test_merge_and_undo_keep_the_books(
    app: Flask, before: list[tuple[str, int]], between: list[tuple[str, int]]
) -> None:
    world.wipe()
    shop = factories.a_shop(goal=3, **factories.no_limits())
    both = (factories.a_customer(shop), factories.a_customer(shop))
    last: dict[int, list[int]] = {}
    for what, place in before:
        _step(shop, both[place], what, last)
    start = everything(Visit, Device)
    worth = [_worth(shop, each.card_id) for each in both]
    merge_id = join_two(shop, *both)
    assert _worth(shop, both[0].card_id) == sum(worth)
    later: dict[int, list[int]] = {}
    held = _worth(shop, both[0].card_id)
    for what, _place in between:
        _step(shop, both[0], what, later)
    moved = _worth(shop, both[0].card_id) - held
    try:
        part(shop, merge_id)
    except NoUndo:
        assert everything(Visit)["cards"][1][2] == worth[1] == 0  # nothing came along: nothing to part
        return
    after = [_worth(shop, each.card_id) for each in both]
    assert sum(after) == sum(worth) + moved
    if not any(what == "use" for what, _place in between):
        # A reward that was used meanwhile is used up for whoever it belongs to; all else is the kept one's.
        assert after == [worth[0] + moved, worth[1]]
    if not between:
        assert everything(Visit, Device) == start


@pytest.mark.parametrize("fill", [0, 2])
def test_what_is_undone_two_cards_further_on_is_the_first_ones(shop: AShop, owner: int, fill: int) -> None:
    first, second, third = (factories.a_customer(shop) for _each in range(3))
    entry_id = factories.a_stamp(shop, first.card_id, how="more").entry_id
    for who, times in ((first, 1 + fill), (second, 1), (third, 4)):
        for _each in range(times):
            factories.a_stamp(shop, who.card_id, how="more")
    inner = join_two(shop, second, first)
    outer = join_two(shop, third, second)
    undo.undo_stamp(shop_id=shop.id, staff_id=owner, entry_id=entry_id, now=factories.now())
    assert books()[third.card_id][0] == 6 + fill
    part(shop, outer)
    part(shop, inner)
    held = books()
    assert [held[each.card_id][0] for each in (first, second, third)] == [1 + fill, 1, 4]
