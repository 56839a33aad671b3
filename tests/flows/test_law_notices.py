"""Results reach people within 14 days; every second year is asked before its day (망법 50조⑦⑧)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from app.customers.models import Consent, Customer
from app.customers.renewals import renewal_day
from app.extensions import db
from app.flows import deliver, law_notices, letters, privacy, reconsent
from app.flows.unit import write
from app.kit.refusals import NotHere
from app.messages import duties
from app.messages.models import Attempt, Message
from tests import factories, world
from tests.factories import ACustomer, AShop
from tests.flows.mailing import a_mailing_shop, drain, mailed
from tests.messages.mail_server import Mailbox
from tests.world import Clock


def results(who: ACustomer, kind: str = "consent_result") -> list[tuple[str, str]]:
    """Return (channel, state) of a person's notices, in order."""
    db.session.rollback()
    query = db.select(Message.channel, Message.state).where(
        Message.customer_id == who.id, Message.kind == kind
    )
    return [tuple(row) for row in db.session.execute(query.order_by(Message.id))]


def see_to(shop: AShop) -> int:
    """Let the clock come round."""
    return law_notices.see_to_results(shop_id=shop.id, now=factories.now())


def ask(shop: AShop) -> int:
    """Let the clock come round to the question of every second year."""
    return reconsent.see_to(shop_id=shop.id, now=factories.now())


def standing(who: ACustomer) -> set[str]:
    """Return which consents to ads stand."""
    db.session.rollback()
    rows = db.session.execute(
        db.select(Consent.kind, Consent.action)
        .where(Consent.customer_id == who.id, Consent.kind.like("ads%"))
        .order_by(Consent.id)
    )
    return {kind for kind, action in {row.kind: row.action for row in rows}.items() if action == "grant"}


@pytest.fixture
def ad_friend(shop: AShop) -> ACustomer:
    return factories.a_customer(
        shop, name="박소리", phone="010-7777-1234", agrees=("age14", "required", "marketing", "ads")
    )


def test_a_result_nobody_saw_lands_in_the_owners_hand_before_the_last_day(
    shop: AShop, ad_friend: ACustomer, clock: Clock
) -> None:
    assert results(ad_friend) == [("card", "sent")]
    clock.advance(days=9)
    assert see_to(shop) == 0
    clock.advance(days=1)
    assert see_to(shop) == 1
    assert see_to(shop) == 0
    drain()
    assert results(ad_friend) == [("card", "sent"), ("own_phone", "ready")]
    waits = duties.in_hand(shop.id, now=factories.now())
    assert waits.count == 1
    assert waits.until == world.START + timedelta(days=14)
    clock.advance(days=5)
    assert see_to(shop) == 0, "too late is not told as if it were in time"


def test_who_opened_the_card_has_been_told(shop: AShop, ad_friend: ACustomer, clock: Clock) -> None:
    letters.mark_read(shop_id=shop.id, customer_id=ad_friend.id, now=factories.now())
    clock.advance(days=11)
    assert see_to(shop) == 0


def test_a_result_that_failed_takes_another_way_at_once(
    app: Flask, shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    with a_mailing_shop(app, shop) as mailbox:
        mailed(shop, jiwoo)
        drain()
        assert any("동의 처리 안내" in mail["Subject"] for mail in mailbox.taken)
        clock.advance(days=1)
        assert see_to(shop) == 0
        with write() as session:
            for row in session.query(Message).filter_by(kind="consent_result", channel="email"):
                row.state, row.code = "undelivered", "rejected"
        told_by_mail = [row for row in results(jiwoo) if row[0] == "email"]
        assert see_to(shop) == len(told_by_mail) > 0
        assert results(jiwoo).count(("own_phone", "ready")) == len(told_by_mail)


@pytest.fixture
def waiting(app: Flask, shop: AShop, jiwoo: ACustomer, clock: Clock) -> Iterator[Mailbox]:
    """One result that has waited on its way by mail for ten days and would go now; whatever else there was is read."""
    with a_mailing_shop(app, shop) as mailbox:
        mailed(shop, jiwoo)
        with write() as session:
            mail = session.query(Message).filter_by(kind="consent_result", channel="email").one()
            others = session.query(Message).filter(Message.cause != mail.cause)
            others.update({"read_at": clock(), "kind": "reward_ready", "state": "sent"})
        mailbox.taken.clear()
        clock.advance(days=10)
        yield mailbox


def test_a_way_that_waits_too_long_gives_its_place_to_the_next(
    app: Flask, shop: AShop, jiwoo: ACustomer, clock: Clock, waiting: Mailbox
) -> None:
    holds = deliver.claim_due(now=clock())  # a worker has it in its hands at this moment
    assert results(jiwoo) == [("card", "sent"), ("email", "claimed")]
    assert see_to(shop) == 1
    for _ in range(2):
        deliver.send(holds, wire=app.config["WIRE"], clock=clock)
        deliver.sweep(now=clock())
        drain()
        assert see_to(shop) == 0
    assert waiting.taken == [], "the mail is not told beside the text"
    assert results(jiwoo) == [("card", "sent"), ("email", "suppressed"), ("own_phone", "ready")]
    mails = db.select(Message).where(Message.channel == "email").order_by(Message.id)
    mail = db.session.scalars(mails).all()[-1]
    assert (mail.code, mail.reason) == ("other_way", "오래 기다려서 다른 방법으로 보내요.")


@pytest.mark.parametrize("state", ["sending", "unknown", "sent", "ready"])
def test_what_may_have_reached_them_is_not_told_beside(
    shop: AShop, jiwoo: ACustomer, clock: Clock, waiting: Mailbox, state: str
) -> None:
    with write() as session:
        mail = session.query(Message).filter_by(kind="consent_result", channel="email").one()
        mail.state = state
        tried = {"shop_id": shop.id, "message_id": mail.id, "fence": 0, "started_at": clock()}
        session.add(Attempt(**tried, outcome="unknown"))
    assert see_to(shop) == 0
    assert results(jiwoo) == [("card", "sent"), ("email", state)]


def test_no_other_way_is_no_reason_to_give_up_the_one_that_waits(
    shop: AShop, jiwoo: ACustomer, waiting: Mailbox
) -> None:
    with write() as session:
        session.query(Customer).filter_by(id=jiwoo.id).update(
            {"phone": None, "phone_tail": None, "phone_key": ""}
        )
    assert see_to(shop) == 0
    assert results(jiwoo) == [("card", "sent"), ("email", "ready")]


def test_a_second_way_that_waits_has_its_day(
    shop: AShop, jiwoo: ACustomer, clock: Clock, waiting: Mailbox
) -> None:
    with write() as session:
        mail = session.query(Message).filter_by(kind="consent_result", channel="email").one()
        mail.created_at = clock() - timedelta(
            hours=6
        )  # planned as the second one, when the clock came round before
    assert see_to(shop) == 0
    clock.advance(days=1)
    assert see_to(shop) == 1
    assert results(jiwoo) == [("card", "sent"), ("email", "suppressed"), ("own_phone", "ready")]


def test_twenty_clocks_give_one_way(app: Flask, shop: AShop, ad_friend: ACustomer, clock: Clock) -> None:
    clock.advance(days=10)
    now = factories.now()
    world.all_at_once(app, [lambda: law_notices.see_to_results(shop_id=shop.id, now=now)] * 8)
    assert results(ad_friend) == [("card", "sent"), ("own_phone", "ready")]


def test_who_left_is_told_nothing_more(shop: AShop, ad_friend: ACustomer, clock: Clock) -> None:
    privacy.erase(shop_id=shop.id, customer_id=ad_friend.id, now=factories.now())
    clock.advance(days=10)
    assert see_to(shop) == 0


@pytest.mark.parametrize(
    ("on", "today", "expected"),
    [
        (date(2024, 11, 23), date(2026, 10, 23), None),
        (date(2024, 11, 23), date(2026, 10, 24), date(2026, 11, 23)),
        (date(2024, 11, 23), date(2027, 5, 1), date(2026, 11, 23)),
        (date(2024, 11, 23), date(2028, 10, 24), date(2028, 11, 23)),
        (date(2024, 2, 29), date(2026, 1, 29), date(2026, 2, 28)),
        (date(2024, 2, 29), date(2028, 1, 29), date(2028, 2, 28)),
        (date(2025, 1, 10), date(2026, 12, 10), None),
        (date(2025, 1, 10), date(2026, 12, 11), date(2027, 1, 10)),
        (date(2026, 11, 23), date(2026, 11, 23), None),
    ],
)
def test_when_a_consent_is_asked_about(on: date, today: date, expected: date | None) -> None:
    assert renewal_day(on, today) == expected


def test_before_the_second_year_ends_each_consent_is_told_once(
    shop: AShop, jiwoo: ACustomer, ad_friend: ACustomer, clock: Clock
) -> None:
    clock.set(datetime(2028, 10, 23, 1, tzinfo=UTC))
    assert ask(shop) == 0
    clock.advance(days=1)
    assert ask(shop) == 2
    assert ask(shop) == 0
    (row,) = db.session.scalars(
        db.select(Message).where(Message.kind == "reconsent", Message.customer_id == jiwoo.id)
    )
    assert row.text == (
        "2026년 11월 23일에 광고 문자, 밤 광고 문자 수신에 동의하셨습니다. "
        "계속 받으시려면 따로 하실 일이 없고, 그만 받으시려면 아래에서 철회해 주세요."
    )
    clock.set(datetime(2028, 12, 30, 1, tzinfo=UTC))
    assert ask(shop) == 0
    assert standing(jiwoo) == {"ads", "ads_night"}, "silence keeps"
    clock.set(datetime(2030, 11, 1, 1, tzinfo=UTC))
    assert ask(shop) == 2


def test_a_clock_that_stood_catches_up(shop: AShop, ad_friend: ACustomer, clock: Clock) -> None:
    clock.set(datetime(2028, 12, 10, 1, tzinfo=UTC))
    assert ask(shop) == 1
    (row,) = db.session.scalars(db.select(Message).where(Message.kind == "reconsent"))
    assert row.not_after == datetime(2028, 12, 24, 1, tzinfo=UTC)


def test_where_silence_ends_it_the_day_does_and_is_told(
    shop: AShop, jiwoo: ACustomer, ad_friend: ACustomer, clock: Clock
) -> None:
    for _ in range(2):
        reconsent.choose_silence(shop_id=shop.id, keeps=False, staff_id=shop.owner_id, now=factories.now())
    clock.set(datetime(2028, 10, 24, 1, tzinfo=UTC))
    assert ask(shop) == 2
    (row,) = db.session.scalars(
        db.select(Message).where(Message.kind == "reconsent", Message.customer_id == ad_friend.id)
    )
    assert "11월 23일 전까지 아래에서 알려 주세요" in row.text
    token = row.facts["token"]
    for _ in range(2):
        reconsent.keep(token=token, ip="203.0.113.7", user_agent="test", now=factories.now())
    clock.set(datetime(2028, 11, 22, 14, 59, tzinfo=UTC))
    assert ask(shop) == 0
    clock.advance(minutes=1)
    assert ask(shop) == 1
    assert standing(jiwoo) == set()
    assert standing(ad_friend) == {"ads"}
    lines = db.session.execute(
        db.select(Consent.kind, Consent.action, Consent.source).where(
            Consent.source.in_(("silence", "reconsent"))
        )
    )
    assert sorted(tuple(line) for line in lines) == [
        ("ads", "grant", "reconsent"),
        ("ads", "withdraw", "silence"),
        ("ads_night", "withdraw", "silence"),
    ]
    told = db.session.scalars(
        db.select(Message.text).where(Message.customer_id == jiwoo.id, Message.kind == "consent_result")
    ).all()
    assert (
        "11월 23일, 2년마다 여쭙는 광고 문자 수신 동의에 답이 없으셔서 더는 보내지 않아요. 처리를 마쳤어요."
        in told
    )


def test_an_answer_needs_a_link_that_is_somebodys(shop: AShop, ad_friend: ACustomer, clock: Clock) -> None:
    clock.set(datetime(2028, 10, 24, 1, tzinfo=UTC))
    ask(shop)
    (row,) = db.session.scalars(db.select(Message).where(Message.kind == "reconsent"))
    token = row.facts["token"]
    privacy.erase(shop_id=shop.id, customer_id=ad_friend.id, now=factories.now())
    for wrong in (token, "A" * 22):
        with pytest.raises(NotHere):
            reconsent.keep(token=wrong, ip="", user_agent="", now=factories.now())
