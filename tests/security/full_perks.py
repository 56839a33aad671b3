"""What a full shop has beyond cards and letters: coupons, tiers, friends, closed days, merged people, tablets."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from typing import Any

from app.cards.counter_models import OfflineEvent
from app.cards.offline_rules import Scan
from app.coupons.models import GivenOnce
from app.coupons.rules import GROUP_WAITS
from app.customers.models import Customer
from app.extensions import db
from app.flows import (
    boosts,
    celebrations,
    closing,
    closing_days,
    companions,
    coupon_gifts,
    gifts,
    kiosk,
    merge,
    offline,
    paper_card,
    phone_proof,
    referral,
    restore,
    spending,
    staff_limits,
    tier_rules,
)
from app.flows.spending import Check
from app.flows.unit import write
from app.insights import groups
from app.kit.clock import kst_day
from app.referrals import queries as referrals
from app.shops import closures
from app.shops.models import KioskCall
from app.tiers import queries as tiers
from app.tiers.rules import BoostRule
from app.visits.models import Visit
from tests import coupons, factories
from tests.asks import a_jpeg
from tests.factories import ACustomer, AShop


def brought(shop: AShop, known: ACustomer, nameless: ACustomer, word: str) -> tuple[int, str]:
    """Let the known person bring somebody, with a companion; the day is closed, the limits are the shop's own.

    Returns a visit, and the word of the link.
    """
    own, now = {"shop_id": shop.id, "staff_id": shop.owner_id}, factories.now()
    gifts = {"inviter": "stamps:1", "friend": "stamps:1", "month_most": "5"}
    referral.save_settings(**own, is_on=True, **gifts, now=now)
    referral.make_invite(shop_id=shop.id, customer_id=known.id, shows_name=True, now=now)
    invite = referrals.my_invite(shop_id=shop.id, customer_id=known.id).word
    friend = factories.a_customer(shop)
    with write() as session:
        # They joined by it and have not come yet, so that no gift moves the counts of other tests.
        person = session.get_one(Customer, friend.id)
        referral.note_join(session, shop_id=shop.id, friend=person, word=invite, now=now)
        session.get_one(Customer, nameless.id).staff_id = shop.owner_id
    visit_id = int(
        db.session.scalar(db.select(db.func.max(Visit.id)).where(Visit.customer_id == known.id)) or 0
    )
    companions.set_party(shop_id=shop.id, visit_id=visit_id, size="2", now=now)
    staff_limits.save(**own, stamps_an_hour="99", overrides_a_day="9", checks_a_day="9", now=now)
    closing.close_day(**own, day=kst_day(now), receipts="12", now=now)
    return visit_id, invite


def at_the_counter(shop: AShop, someone: ACustomer) -> tuple[int, int]:
    """Switch a tablet on, type a number there that nobody has, and look at a person instead of the card."""
    kiosk_id, _token = factories.a_kiosk(shop)
    now = factories.now()
    kiosk.call(shop_id=shop.id, kiosk_id=kiosk_id, typed="9999-0000", once=factories.once(), now=now)
    spending.note_check(
        shop_id=shop.id, card_id=someone.card_id, staff_id=shop.owner_id, session_id=1,
        check=Check("number"), now=now,
    )  # fmt: skip
    call_id = db.session.scalar(db.select(db.func.max(KioskCall.id)).where(KioskCall.shop_id == shop.id))
    return kiosk_id, int(call_id or 0)


def with_coupons(shop: AShop, known: ACustomer, nameless: ACustomer, word: str) -> dict[str, int]:
    """Give coupons by hand and to a group, and let one be used; the newest of each is named."""
    own: dict[str, Any] = {"shop_id": shop.id, "staff_id": shop.owner_id, "now": factories.now()}
    kind_id = coupons.a_kind(shop, name=f"{word}쿠폰", per_person="3")
    counted = groups.count(shop_id=shop.id, group="all", now=factories.now())
    gift_id = coupon_gifts.give_to_group(
        **own, kind_id=kind_id, group="all", counted=counted, once=factories.once()
    )
    coupon_gifts.go_on(shop_id=shop.id, gift_id=gift_id, now=factories.now() + GROUP_WAITS)
    used = coupons.use(shop, coupons.living(nameless)[0])
    by_hand = coupon_gifts.give_by_hand(**own, customer_id=known.id, kind_id=kind_id, once=factories.once())
    with write() as session:
        session.add(
            GivenOnce(shop_id=shop.id, what="sign_up", phone_key=f"key-of-{shop.id}", at=factories.now())
        )
    return {"kind_id": kind_id, "gift_id": gift_id, "use_id": used.use_id, "coupon_id": by_hand}


def calendar(shop: AShop, known: ACustomer, word: str) -> tuple[int, int]:
    """Enter a day off and a holiday, keep a birthday, and let a paper card wait; returns (days_id, paper_id)."""
    own, now = {"shop_id": shop.id, "staff_id": shop.owner_id}, factories.now()
    closing_days.save_weekly(**own, weekdays=["6"], now=now)
    closing_days.mark(**own, first="2026-12-25", last="", note=f"{word}휴가", now=now)
    where: dict[str, Any] = {"shop_id": shop.id, "customer_id": known.id, "now": now}
    told = {"anniversary_name": f"{word}기념", "anniversary_month": "3", "anniversary_day": "5"}
    celebrations.save(**where, typed=told, agrees=True, ip="127.0.0.1", user_agent="test")
    paper_id = paper_card.ask(**where, stamps="3", upload=BytesIO(a_jpeg()), once=factories.once())
    return closures.coming_days(shop.id, date(2026, 11, 1))[0].id, paper_id


def with_tiers(shop: AShop, known: ACustomer, word: str) -> dict[str, int]:
    """Let everybody stand in a tier, a boost wait for its day, and the person get a gift of a list and a 덤."""
    own, now = {"shop_id": shop.id, "staff_id": shop.owner_id}, factories.now()
    tier_rules.switch(**own, is_on=True, now=now)
    lowest = tiers.tiers_of(shop.id)[0].id
    someday = BoostRule(f"{word}두배", 200, from_day=(now + timedelta(days=3000)).date())
    boost_id = boosts.make(**own, rule=someday, tier_id=lowest, now=now)
    gift_id = gifts.open_list(**own, name=f"{word}선물", tier_id=lowest, now=now)
    tick = {"gift_id": gift_id, "customer_id": known.id, "once": factories.once()}
    given = gifts.tick(**own, **tick, now=now)
    gifts.give_extra(**own, card_id=known.card_id, what=f"{word}덤", once=factories.once(), now=now)
    return {"tier_id": lowest, "boost_id": boost_id, "gift_id": gift_id, "given_id": given.id}


def two_of_one(shop: AShop, word: str) -> int:
    """Let a person's two cards become one, a browser ask for a code, and another wait at the counter."""
    who = {"shop_id": shop.id, "browser_token": f"asks-{word}", "user_agent": "test", "now": factories.now()}
    kept, gone = factories.a_customer(shop, name=f"{word}하나"), factories.a_customer(shop, name=f"{word}둘")
    phone_proof.ask(
        **who, typed=factories.a_number(), source="qr", ip="203.0.113.9", master=factories.master()
    )
    restore.wait_here(**who | {"browser_token": f"waits-{word}"})
    return merge.merge_people(
        shop_id=shop.id, kept_id=kept.id, gone_id=gone.id, staff_id=shop.owner_id, now=factories.now()
    )


def scanned_offline(shop: AShop, known: ACustomer) -> int:
    """Lay a scan that nobody signed before the owner; returns it."""
    at = factories.now() - timedelta(hours=1)
    scan = Scan(factories.once(), 0, factories.a_code(known, at=at), int(at.timestamp() * 1000), "0" * 64)
    offline.take_in(
        shop_id=shop.id, staff_id=shop.owner_id, scans=[scan], master=factories.master(), now=factories.now()
    )
    return int(db.session.scalar(db.select(OfflineEvent.id).where(OfflineEvent.shop_id == shop.id)) or 0)


def coupon_refs(holder: ACustomer) -> list[str]:
    """Return what the rotating codes of a person's coupons name."""
    return [each.ref for each in coupons.held_by(holder)]
