"""Web push from the first tap to the last: who is rung, with what, and when it ends."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta

import pytest
from flask import Flask

from app.customers import queries as people
from app.customers.models import Consent, OptOutLink
from app.extensions import db
from app.flows import privacy, push, reissue, retention
from app.kit.refusals import Invalid, NotHere
from app.kit.signing import new_token
from app.messages.contract import Outcome, Target
from app.messages.models import AdGrant, Message
from app.messages.providers import push as provider
from app.messages.providers.push import packed
from tests import factories, world
from tests.factories import ACustomer, AShop
from tests.flows.ringing import a_ringing_shop, agree, drain, pushed, ring_on, subscribed
from tests.flows.test_merge import join_two, part
from tests.messages.push_service import Phone, Service
from tests.world import Clock


@pytest.fixture
def service(app: Flask) -> Iterator[Service]:
    with a_ringing_shop(app) as running:
        yield running


def told(phone: Phone, service: Service, place: int = -1) -> dict[str, str]:
    """Return what stands on the lock screen."""
    found: dict[str, str] = json.loads(phone.opened(service.taken[place][2]))["notification"]
    return found


def test_a_thank_you_rings_once_and_refusing_there_ends_all_ads(
    shop: AShop, jiwoo: ACustomer, service: Service, clock: Clock
) -> None:
    phone = ring_on(service, jiwoo)
    agree(jiwoo)
    drain()
    factories.a_stamp(shop, jiwoo.card_id)
    clock.advance(hours=3)
    drain()
    drain()
    assert pushed(jiwoo, kind="thank_you") == [("sent", "")]
    row = db.session.query(Message).filter_by(kind="thank_you", channel="web_push").one()
    ad = told(phone, service)
    token = db.session.scalars(db.select(OptOutLink.token)).one()
    assert ad["title"] == "(광고) 봄날커피"
    assert ad["body"].endswith("\n문의 02-123-4567\n무료수신거부 알림의 ‘수신거부’ 또는 카드의 ‘내 정보’")
    assert (ad["navigate"], ad["tag"]) == (f"https://dangol.test/c/{shop.code}", row.provider_key)
    assert ad["actions"] == [
        {"action": "refuse", "title": "수신거부", "navigate": f"https://dangol.test/o/{token}"}
    ]  # type: ignore[comparison-overlap]
    assert row.text == ad["body"]
    assert len([path for path, *_ in service.taken if path == "/a"]) == len(service.taken)
    assert db.session.query(AdGrant).count() == 1
    assert privacy.opt_out(token=token, source="link", now=factories.now()).is_new
    clock.advance(days=10)
    drain()  # the refusal is told
    before = len(service.taken)
    factories.a_stamp(shop, jiwoo.card_id)
    clock.advance(hours=3)
    drain()
    assert pushed(jiwoo, kind="thank_you") == [("sent", "")]
    assert len(service.taken) == before
    db.session.rollback()
    said = db.select(Consent.action, Consent.channels).where(Consent.kind == "ads_push").order_by(Consent.id)
    assert [tuple(row) for row in db.session.execute(said)] == [("grant", "알림"), ("withdraw", "알림")]


def test_the_browsers_yes_is_none_to_ads(
    shop: AShop, jiwoo: ACustomer, service: Service, clock: Clock
) -> None:
    phone = ring_on(service, jiwoo)
    factories.a_card_with(9, shop, jiwoo)
    clock.advance(hours=3)
    drain()
    assert service.taken == []
    factories.a_stamp(shop, jiwoo.card_id)  # the tenth: what was promised is a notice
    drain()
    notice = told(phone, service)
    assert notice["title"] == "봄날커피"
    assert "아메리카노 한 잔" in notice["body"]
    assert "actions" not in notice
    assert pushed(jiwoo, kind="thank_you") == []


def test_an_ad_waits_for_the_morning_and_never_rings_past_the_evening(
    shop: AShop, jiwoo: ACustomer, service: Service, clock: Clock
) -> None:
    ring_on(service, jiwoo)
    agree(jiwoo)
    drain()
    before = len(service.taken)
    factories.a_stamp(shop, jiwoo.card_id)
    clock.advance(hours=9)  # 21:00 in Korea; jiwoo agreed to texts by night
    drain()
    assert len(service.taken) == before
    clock.advance(hours=11)
    drain()
    (_, headers, _) = service.taken[-1]
    assert len(service.taken) == before + 1
    ends = clock() + timedelta(seconds=int(headers["ttl"]))
    row = db.session.query(Message).filter_by(kind="thank_you", channel="web_push").one()
    assert ends <= min(row.not_after, clock().replace(hour=11, minute=50))


def test_who_may_switch_it_on(shop: AShop, jiwoo: ACustomer, minho: ACustomer, service: Service) -> None:
    with pytest.raises(Invalid) as no_age:
        ring_on(service, minho)
    assert set(no_age.value.fields) == {"age14"}
    ring_on(service, minho, age14=True)  # a card without a number can be rung too
    with pytest.raises(Invalid):
        agree(minho)  # but agrees to nothing
    with pytest.raises(NotHere):
        ring_on(service, jiwoo, browser=minho.browser)  # somebody else's phone
    for endpoint in ("https://evil.test/x", "http://169.254.169.254/x", "https://127.0.0.1/x", ""):
        with pytest.raises(Invalid):
            push.subscribe(
                shop_id=shop.id, customer_id=jiwoo.id, browser_token=jiwoo.browser, endpoint=endpoint,
                p256dh=packed(Phone().point), auth="AAAAAAAAAAAAAAAAAAAAAA", age14=False, ip="", user_agent="",
                master=factories.master(), now=factories.now(),
            )  # fmt: skip
    assert subscribed() == ["a"]


def test_twice_and_two_at_once_are_one(app: Flask, shop: AShop, jiwoo: ACustomer, service: Service) -> None:
    results = world.all_at_once(app, [lambda: ring_on(service, jiwoo), lambda: ring_on(service, jiwoo)])
    assert [fault for fault in results if isinstance(fault, Exception)] == []
    ring_on(service, jiwoo)
    assert subscribed() == ["a"]
    ring_on(service, jiwoo, "b")  # this browser has another address now
    assert subscribed() == ["b"]


Ending = Callable[[AShop, ACustomer], object]


def turn_off(shop: AShop, who: ACustomer) -> None:
    push.unsubscribe(shop_id=shop.id, customer_id=who.id, browser_token=who.browser)
    push.unsubscribe(shop_id=shop.id, customer_id=who.id, browser_token=who.browser)


def leave(shop: AShop, who: ACustomer) -> None:
    privacy.erase(shop_id=shop.id, customer_id=who.id, now=factories.now())


def take_down(shop: AShop, who: ACustomer) -> None:
    reissue.reissue(
        shop_id=shop.id, customer_id=who.id, but_browser=None, staff_id=shop.owner_id, now=factories.now()
    )


@pytest.mark.parametrize("ending", [turn_off, leave, take_down])
def test_how_it_ends(shop: AShop, jiwoo: ACustomer, service: Service, clock: Clock, ending: Ending) -> None:
    ring_on(service, jiwoo)
    agree(jiwoo)
    drain()
    factories.a_stamp(shop, jiwoo.card_id)
    before = len(service.taken)
    ending(shop, jiwoo)
    clock.advance(hours=3)
    drain()
    assert len(service.taken) == before
    retention.prune(now=factories.now())
    assert subscribed() == []


def test_it_goes_along_with_the_phone_into_another_card_and_back(
    shop: AShop, jiwoo: ACustomer, service: Service
) -> None:
    other = factories.a_customer(shop, name="한지우")
    ring_on(service, jiwoo)
    agree(jiwoo)
    merged = join_two(shop, other, jiwoo)
    assert (subscribed(jiwoo), subscribed(other)) == ([], ["a"])
    retention.prune(now=factories.now())
    assert subscribed(other) == ["a"]
    db.session.rollback()
    # Who stays never agreed to ads there: one phone's yes is no yes for both.
    assert not people.my_details(shop_id=shop.id, customer_id=other.id).standing["ads_push"]
    part(shop, merged)
    assert (subscribed(jiwoo), subscribed(other)) == (["a"], [])


def test_a_phone_that_goes_to_somebody_else_rings_for_them_alone(
    shop: AShop, jiwoo: ACustomer, minho: ACustomer, service: Service, clock: Clock
) -> None:
    ring_on(service, jiwoo)
    agree(jiwoo)
    drain()
    factories.a_stamp(shop, jiwoo.card_id)
    take_down(shop, jiwoo)
    before = len(service.taken)
    clock.advance(hours=3)
    drain()
    assert len(service.taken) == before
    ring_on(service, minho, "a", age14=True)  # the same browser's address, now minho's
    assert (subscribed(jiwoo), subscribed(minho)) == ([], ["a"])


@pytest.mark.parametrize(
    ("answer", "state", "code", "kept"),
    [
        (201, "sent", "", ["a"]),
        (404, "failed", "rejected", []),
        (410, "failed", "rejected", []),
        (403, "failed", "rejected", ["a"]),
        (429, "ready", "retry", ["a"]),
        (503, "ready", "retry", ["a"]),
        (500, "unknown", "unknown", ["a"]),
        ("hang", "unknown", "unknown", ["a"]),
    ],
)
def test_what_becomes_of_a_letter(
    jiwoo: ACustomer, service: Service, clock: Clock, monkeypatch: pytest.MonkeyPatch,
    answer: int | str, state: str, code: str, kept: list[str],
) -> None:  # fmt: skip
    if answer == "hang":
        monkeypatch.setattr(provider, "_CALL_S", 1.0)
    ring_on(service, jiwoo)
    service.answers["/a"] = answer
    agree(jiwoo)  # jiwoo has no e-mail, and no text goes by itself: the result is told here
    drain()
    assert pushed(jiwoo, kind="consent_result") == [(state, code)]
    assert subscribed(jiwoo) == kept
    service.answers.clear()
    clock.advance(minutes=1)
    for _ in range(2):
        db.session.execute(db.update(Message).values(lease_ms=0))  # the pause is over
        db.session.commit()
        drain()
    # What was not taken goes again, once the service had its rest; what stays unclear never does by itself.
    again = answer == 503
    assert len(service.taken) == (2 if again else 1)
    assert pushed(jiwoo, kind="consent_result") == [("sent", "") if again else (state, code)]


def test_a_new_address_moves_in_every_shop(jiwoo: ACustomer, service: Service) -> None:
    other = factories.a_shop("달빛커피")
    there = factories.a_customer(
        other, agrees="all", name="한지우", phone=factories.a_number(), browser=jiwoo.browser
    )
    ring_on(service, jiwoo)
    ring_on(service, there)
    new = Phone()

    def renew(was: str, browser: str = jiwoo.browser, endpoint: str = "") -> bool:
        return push.renew(
            browser_token=browser, was=service.endpoint(was), endpoint=endpoint or service.endpoint("new"),
            p256dh=packed(new.point), auth=packed(new.auth), master=factories.master(), now=factories.now(),
        )  # fmt: skip

    assert not renew("b")  # who doesn't know the old one
    assert not renew("a", browser=new_token())  # nor another browser that does
    assert not renew("a", endpoint="https://evil.test/x")
    assert subscribed() == ["a", "a"]
    assert renew("a")
    assert subscribed() == ["new", "new"]
    assert not renew("a")


def test_an_address_renewed_while_the_old_one_answers_stays(
    app: Flask, jiwoo: ACustomer, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring_on(service, jiwoo)
    service.answers["/a"] = 410
    new, judged = Phone(), provider._judged

    def renewed(status: int, headers: Mapping[str, str], target: Target) -> Outcome:
        with app.app_context():
            assert push.renew(
                browser_token=jiwoo.browser, was=target.endpoint, endpoint=service.endpoint("new"),
                p256dh=packed(new.point), auth=packed(new.auth), master=factories.master(),
                now=factories.now(),
            )  # fmt: skip
        return judged(status, headers, target)

    monkeypatch.setattr(provider, "_judged", renewed)
    agree(jiwoo)
    drain()
    assert pushed(jiwoo, kind="consent_result") == [("failed", "rejected")]
    assert subscribed(jiwoo) == ["new"]
