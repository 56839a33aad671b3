"""The races of a busy counter, each as one function: presses that go together, and what must stand afterwards.

A new race is one function here and its name in RACES. It gets the two servers, makes what it needs through the
flows, lets everything go at once and holds the books against it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from app.cards import drift
from app.cards.models import LedgerEntry, Redemption, Reward
from app.coupons.models import CouponUse
from app.customers.models import Device, Merge, NewPhone
from app.extensions import db
from app.flows import restore
from app.flows.unit import write
from app.kit.signing import new_token, token_hash
from app.shops import proofs
from app.shops.models import StaffSession
from tests import coupons, factories
from tests.factories import AShop
from tests.faults.counters import Answer, Ask, Counters
from tests.flows import books

Race = Callable[[Counters], None]


def statuses(answers: list[Answer]) -> Counter[int]:
    """Count the answers by their status: 303 landed, 409 refused."""
    return Counter(status for status, _page in answers)


def fifty_scans_of_one_code(here: Counters) -> None:
    """One QR before fifty cameras: one stamp, and everybody else is told that the code is spent."""
    shop = factories.a_shop(is_demo=True, **factories.no_limits())
    who = factories.a_customer(shop)
    ask = Ask("/owner/stamps", {"code": factories.a_code(who), "how": "scan"})
    found = here.at_once(here.phones(shop, 10), [ask] * 50)
    assert statuses(found) == {303: 1, 409: 49}
    assert (books.stamps_on(who.card_id), books.codes_spent(who.card_id)) == (1, 1)
    books.check(shop)


def fifty_presses_of_one_key(here: Counters) -> None:
    """The same tap fifty times: one stamp, fifty times the same answer."""
    shop = factories.a_shop(is_demo=True, **factories.no_limits())
    who = factories.a_customer(shop)
    ask = Ask("/owner/stamps", {"card": str(who.card_id), "how": "digits", "once": factories.once()})
    found = here.at_once(here.phones(shop, 10), [ask] * 50)
    assert statuses(found) == {303: 50}
    assert books.stamps_on(who.card_id) == 1
    books.check(shop)


def fifty_different_stamps(here: Counters) -> None:
    """Fifty stamps of one card that are all meant: five rewards, an empty card, nothing lost."""
    shop = factories.a_shop(goal=10, is_demo=True, **factories.no_limits())
    who = factories.a_customer(shop)
    ask = Ask("/owner/stamps", {"card": str(who.card_id), "how": "more", "reason": "일행 것까지"})
    found = here.at_once(here.phones(shop, 10), [ask] * 50)
    assert statuses(found) == {303: 50}
    rewards = db.session.scalar(db.select(db.func.count(Reward.id)).where(Reward.card_id == who.card_id))
    assert (rewards, factories.a_card(who.card_id).balance) == (5, 0)
    books.check(shop)


def twenty_uses_of_one_reward(here: Counters) -> None:
    """Twenty hands for one reward: one gets it."""
    shop = factories.a_shop(is_demo=True, **factories.no_limits())
    holder, reward_id = factories.a_reward(shop)
    phones = here.phones(shop, 10)
    # The card itself is at the counter: a use is refused for no other reason than that it was first somewhere else.
    here.at_once(phones[:1], [Ask("/owner/stamps", {"code": factories.a_code(holder), "how": "scan"})])
    found = here.at_once(phones, [Ask(f"/owner/rewards/{reward_id}/use")] * 20)
    assert statuses(found) == {303: 1, 409: 19}
    uses = db.session.scalar(db.select(db.func.count(Redemption.id)).where(Redemption.shop_id == shop.id))
    assert uses == 1
    books.check(shop)


def a_claim_approved_twice(here: Counters) -> None:
    """Ten people wait, and each is approved on both sides of the counter: one stamp each."""
    shop = factories.a_shop(is_demo=True)
    people = [factories.a_customer(shop) for _ in range(10)]
    asks = [
        Ask(f"/owner/claims/{claim_id}/approval")
        for claim_id in [factories.a_claim(shop, who).claim_id for who in people]
        for _ in range(2)
    ]
    found = here.at_once(here.phones(shop, 2), asks)
    assert statuses(found) == {303: 20}, "the second gets the first one's answer"
    assert [books.stamps_on(who.card_id) for who in people] == [1] * 10
    books.check(shop)


def a_claim_and_its_scan(here: Counters) -> None:
    """Ten people have tapped 도장 받기 and show their card as well: one stamp each, whichever was first."""
    shop = factories.a_shop(is_demo=True)
    people, phones = [factories.a_customer(shop) for _ in range(10)], here.phones(shop, 2)
    asks = []
    for who in people:
        asks.append(Ask(f"/owner/claims/{factories.a_claim(shop, who).claim_id}/approval"))
        asks.append(Ask("/owner/stamps", {"code": factories.a_code(who), "how": "scan"}))
    found = here.at_once(phones, asks)
    # Of two that are not one tap any more the second is told so: answered already, or stamped a moment ago.
    for one, other in zip(found[::2], found[1::2], strict=True):
        assert sorted((one[0], other[0])) in ([303, 303], [303, 409]), (one, other)
    assert [books.stamps_on(who.card_id) for who in people] == [1] * 10
    books.check(shop)


def two_owners_one_coupon(here: Counters) -> None:
    """Two owners at two counters press ten times each for one coupon: it is used once."""
    shop = factories.a_shop(is_demo=True, **factories.no_limits())
    holder = factories.a_customer(shop)
    coupon_id = coupons.a_coupon(shop, holder)
    partner = factories.a_staff(shop, name="이사장", role="owner")
    phones = [*here.phones(shop, 4), *here.phones(shop, 4, partner)]
    here.at_once(phones[:1], [Ask("/owner/stamps", {"code": factories.a_code(holder), "how": "scan"})])
    found = here.at_once(phones, [Ask(f"/owner/given-coupons/{coupon_id}/use")] * 20)
    assert statuses(found) == {303: 1, 409: 19}
    uses = db.session.scalar(db.select(db.func.count(CouponUse.id)).where(CouponUse.shop_id == shop.id))
    assert uses == 1
    coupons.check(shop)
    books.check(shop)


def a_merge_during_stamps(here: Counters) -> None:
    """Two cards become one, said four times, while both are stamped: what was answered with yes is there."""
    shop = factories.a_shop(goal=100, is_demo=True, **factories.no_limits())
    kept, gone = (factories.a_card_with(2, shop) for _ in range(2))
    phones = here.phones(shop, 8)
    _may_do_all(shop)
    asks = []
    for _ in range(4):
        asks.append(Ask(f"/owner/people/{kept.id}/twin/{gone.id}"))
        for who in (kept, gone, kept, gone):
            asks.append(Ask("/owner/stamps", {"card": str(who.card_id), "how": "more", "reason": "일행"}))
    found = here.at_once(phones, asks)
    assert {status for (status, _page), ask in zip(found, asks, strict=True) if "twin" in ask.path} == {303}
    answers = [status for (status, _page), ask in zip(found, asks, strict=True) if "twin" not in ask.path]
    came = answers.count(303)
    assert came >= 8, "the kept card is never refused"
    merges = db.session.scalar(db.select(db.func.count(Merge.id)).where(Merge.shop_id == shop.id))
    lines = db.session.scalar(
        db.select(db.func.sum(LedgerEntry.delta)).where(
            LedgerEntry.shop_id == shop.id, LedgerEntry.kind == "earn"
        )
    )
    held = sorted(factories.a_card(who.card_id).balance for who in (kept, gone))
    assert (merges, lines, held) == (1, 4 + came, [0, 4 + came])
    assert drift.drifts(shop_id=shop.id) == []
    books.check(shop)


def a_restore_during_stamps(here: Counters) -> None:
    """A card moves to a new phone, said four times, while it is stamped: one phone more, no stamp less."""
    shop = factories.a_shop(goal=100, is_demo=True, **factories.no_limits())
    who, browser = factories.a_card_with(2, shop), new_token()
    restore.wait_here(shop_id=shop.id, browser_token=browser, user_agent="test", now=factories.now())
    waiting = db.session.scalar(db.select(NewPhone.id).where(NewPhone.shop_id == shop.id))
    phones = here.phones(shop, 8)
    _may_do_all(shop)
    asks = []
    for _ in range(4):
        form = {"waiting": str(waiting), "checked": "known"}
        asks.append(Ask(f"/owner/people/{who.id}/new-phone", form))
        asks += [Ask("/owner/stamps", {"card": str(who.card_id), "how": "more", "reason": "일행"})] * 4
    found = here.at_once(phones, asks)
    assert statuses(found) == {303: 20}
    assert factories.a_card(who.card_id).balance == 18
    holders = list(
        db.session.scalars(db.select(Device.customer_id).where(Device.browser_hash == token_hash(browser)))
    )
    assert holders == [who.id]
    books.check(shop)


def _may_do_all(shop: AShop) -> None:
    """Everybody has said a moment ago who they are: what is dangerous is asked for once more elsewhere."""
    db.session.rollback()
    every = list(db.session.scalars(db.select(StaffSession.id).where(StaffSession.shop_id == shop.id)))
    with write() as session:
        for session_id in every:
            until = factories.now() + timedelta(minutes=10)
            proofs.open_sudo(session, shop_id=shop.id, session_id=session_id, until=until)


RACES: dict[str, Race] = {
    "50 scans of one code": fifty_scans_of_one_code,
    "50 presses of one key": fifty_presses_of_one_key,
    "50 different stamps": fifty_different_stamps,
    "20 uses of one reward": twenty_uses_of_one_reward,
    "a claim approved twice": a_claim_approved_twice,
    "a claim and its scan at once": a_claim_and_its_scan,
    "two owners, one coupon": two_owners_one_coupon,
    "a merge during stamps": a_merge_during_stamps,
    "a restore during stamps": a_restore_during_stamps,
}
