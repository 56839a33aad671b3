"""The races of a busy counter, each as one function: presses that go together, and what must stand afterwards.

A new race is one function here and its name in RACES. It gets the two servers, makes what it needs through the
flows, lets everything go at once and holds the books against it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from app.cards.models import Redemption, Reward
from app.extensions import db
from tests import factories
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


RACES: dict[str, Race] = {
    "50 scans of one code": fifty_scans_of_one_code,
    "50 presses of one key": fifty_presses_of_one_key,
    "50 different stamps": fifty_different_stamps,
    "20 uses of one reward": twenty_uses_of_one_reward,
    "a claim approved twice": a_claim_approved_twice,
}
