"""Different flows about one person at the same moment: nobody waits for each other for ever."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask

from app.customers.rules import CONSENT_KINDS, Details
from app.flows import claim, join, person, privacy, redeem
from app.flows.undo import undo_stamp
from app.kit.refusals import Refused
from tests import factories, world
from tests.factories import ACustomer, AShop
from tests.flows import books


def _works(
    shop: AShop, who: ACustomer, claim_id: int, entry_id: int, reward_id: int
) -> list[Callable[[], Any]]:
    own = {"shop_id": shop.id, "customer_id": who.id}
    staff = {"shop_id": shop.id, "staff_id": shop.owner_id}
    now = factories.now()
    details = Details(name="새 이름", phone_raw="010-9999-1234", **dict.fromkeys(CONSENT_KINDS, True))
    return [
        lambda: factories.a_stamp(shop, who.card_id, how="more"),
        lambda: undo_stamp(**staff, entry_id=entry_id, now=now),
        lambda: claim.approve(**staff, claim_id=claim_id, once=factories.once(), now=now, override_reason="일행"),
        lambda: claim.refuse(**staff, claim_id=claim_id, now=now),
        lambda: redeem.use_reward(**staff, reward_id=reward_id, once=factories.once(), how="live_card", now=now),
        lambda: person.save_notes(
            **own, staff_id=shop.owner_id, name="지우", memo="창가", likes="라떼", ip="127.0.0.1", now=now
        ),
        lambda: privacy.change_consent(
            **own, kind="ads", grant=False, ip="", user_agent="", master=factories.master(), now=now
        ),
        lambda: join.add_details(
            shop_id=shop.id, browser_token=who.browser, details=details, source="qr", ip="", user_agent="",
            master=factories.master(), now=now,
        ),
        lambda: factories.a_claim(shop, who),
    ]  # fmt: skip


def test_everything_about_one_person_at_once(app: Flask) -> None:
    shop = factories.a_shop(goal=3, hard_window_s=0, cooldown_s=600, daily_cap=0)
    for turn in range(2):
        who = factories.a_customer(shop, name="한지우", phone=factories.a_number(), agrees="all")
        _, reward_id = factories.a_reward(shop, who)
        asked = factories.a_claim(shop, who)
        works = _works(shop, who, asked.claim_id, books.last_stamp(who.card_id), reward_id)
        if turn % 2:
            works.append(
                lambda who=who: privacy.erase(shop_id=shop.id, customer_id=who.id, now=factories.now())
            )
        found = world.all_at_once(app, works + works[:4])
        assert [each for each in found if isinstance(each, Exception) and not isinstance(each, Refused)] == []
        books.check(shop)
