"""A reward is handed over once."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from app.cards.rules import NothingToUndo, RewardGone
from app.flows import redeem
from app.flows.redeem import Used
from app.flows.undo import undo_stamp
from tests import factories, world
from tests.factories import AShop
from tests.flows import books


def use(shop: AShop, reward_id: int, **changes: Any) -> Used:
    """Hand a reward over as the owner."""
    settings: dict[str, Any] = {
        "shop_id": shop.id,
        "staff_id": shop.owner_id,
        "reward_id": reward_id,
        "once": factories.once(),
        "how": "live_card",
        "now": factories.now(),
    }
    return redeem.use_reward(**settings | changes)


def take_back(shop: AShop, redemption_id: int) -> int:
    """Take a use back as the owner."""
    return redeem.undo_use(
        shop_id=shop.id, staff_id=shop.owner_id, redemption_id=redemption_id, now=factories.now()
    )


def test_use_and_take_back(shop: AShop) -> None:
    holder, reward_id = factories.a_reward(shop)
    done = use(shop, reward_id)
    assert (done.reward_name, done.card_id, done.repeated) == ("아메리카노 한 잔", holder.card_id, False)
    with pytest.raises(RewardGone):
        use(shop, reward_id)
    assert take_back(shop, done.redemption_id) == holder.card_id
    with pytest.raises(NothingToUndo):
        take_back(shop, done.redemption_id)
    assert use(shop, reward_id).repeated is False, "it is the customer's again"
    books.check(shop)


def test_the_same_key_gives_the_same_answer(shop: AShop) -> None:
    _holder, reward_id = factories.a_reward(shop)
    once = factories.once()
    first, again = use(shop, reward_id, once=once), use(shop, reward_id, once=once)
    assert (again.redemption_id, again.repeated) == (first.redemption_id, True)
    books.check(shop)


def test_a_reward_that_was_taken_back_is_gone(shop: AShop) -> None:
    holder, reward_id = factories.a_reward(shop)
    undo_stamp(
        shop_id=shop.id,
        staff_id=shop.owner_id,
        entry_id=books.last_stamp(holder.card_id),
        now=factories.now(),
    )
    with pytest.raises(RewardGone):
        use(shop, reward_id)
    books.check(shop)


def test_another_shops_reward_does_not_exist(shop: AShop, other_shop: AShop) -> None:
    _holder, reward_id = factories.a_reward(shop)
    with pytest.raises(RewardGone):
        use(other_shop, reward_id)
    done = use(shop, reward_id)
    with pytest.raises(NothingToUndo):
        take_back(other_shop, done.redemption_id)


def test_twenty_at_once_is_one_use(app: Flask, shop: AShop) -> None:
    _holder, reward_id = factories.a_reward(shop)
    found = world.all_at_once(app, [lambda: use(shop, reward_id)] * 20)
    assert sum(isinstance(each, Used) for each in found) == 1
    assert sum(isinstance(each, RewardGone) for each in found) == 19
    books.check(shop)


def test_the_same_tap_twenty_times_at_once_is_one_answer(app: Flask, shop: AShop) -> None:
    _holder, reward_id = factories.a_reward(shop)
    once = factories.once()
    found = world.all_at_once(app, [lambda: use(shop, reward_id, once=once)] * 20)
    assert [each for each in found if not isinstance(each, Used)] == []
    assert len({each.redemption_id for each in found}) == 1
    books.check(shop)


def test_use_and_undo_of_its_stamp_at_once(app: Flask, shop: AShop) -> None:
    """Either it was used and stays, or it was taken back and can't be used."""
    for _ in range(4):
        holder, reward_id = factories.a_reward(shop)
        last = books.last_stamp(holder.card_id)

        def undo(entry_id: int = last) -> int:
            return undo_stamp(shop_id=shop.id, staff_id=shop.owner_id, entry_id=entry_id, now=factories.now())

        def hand_over(reward_id: int = reward_id) -> Used:
            return use(shop, reward_id)

        world.all_at_once(app, [undo, hand_over])
        books.check(shop)
