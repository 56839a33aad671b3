"""안부 인사: who is silent by their own rhythm, once a silence, and what came of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app.extensions import db
from app.flows import automation, closing_days, come_back, deliver, own_phone
from app.flows.undo import undo_stamp
from app.flows.unit import write
from app.insights import queries as insights
from app.insights import rules
from app.kit.clock import kst_day
from app.messages import results
from app.messages.models import Message
from app.visits.models import Product, Visit, VisitItem
from tests import factories, world
from tests.factories import ACustomer, AShop
from tests.flows.coming import counted
from tests.world import Clock


def regular(shop: AShop, *days_ago: float, name: str = "한지우", agrees: str = "all") -> ACustomer:
    """A person who came so many days ago each."""
    who = factories.a_customer(shop, name=name, phone=factories.a_number(), agrees=agrees)
    for days in sorted(days_ago, reverse=True):
        factories.a_stamp(shop, who.card_id, at=factories.now() - timedelta(days=days))
    return who


def plan(shop: AShop) -> int:
    """Let the night say where people stand, and the morning ask after them."""
    counted(shop)
    return come_back.plan_for(shop_id=shop.id, now=factories.now())


def letters(who: ACustomer) -> list[Message]:
    db.session.rollback()
    return list(
        db.session.query(Message).filter_by(customer_id=who.id, kind="come_back").order_by(Message.id)
    )


RHYTHMS = (
    ((15, 22, 29, 36), True),  # weekly, away for fifteen days
    ((12, 19, 26, 33), False),  # 12 days: not yet 1.75 weeks
    ((13, 20, 27, 34), True),
    ((20, 27, 34, 41), True),
    ((21, 28, 35, 42), False),  # three times the rhythm: 휴면, another greeting's
    ((15, 22, 29), False),  # three visits are no rhythm
    ((6, 7, 8, 9), False),  # daily: a week must pass
    ((7, 8, 9, 10), True),
    ((40, 70, 100, 130), False),  # monthly
    ((53, 83, 113, 143), True),
)


def test_who_is_silent(app: Flask, shop: AShop) -> None:
    people = [(regular(shop, *days_ago), silent) for days_ago, silent in RHYTHMS]
    assert plan(shop) == sum(silent for _days, silent in RHYTHMS)
    for who, silent in people:
        assert [row.channel for row in letters(who)] == (["card", "own_phone"] if silent else [])


def test_once_a_silence(app: Flask, shop: AShop, clock: Clock) -> None:
    who = regular(shop, 15, 22, 29, 36)
    assert plan(shop) == 1
    assert world.all_at_once(app, [lambda: come_back.plan_for(shop_id=shop.id, now=clock())] * 3) == [0] * 3
    clock.advance(days=1)
    assert plan(shop) == 0
    factories.a_stamp(shop, who.card_id)  # they came …
    assert [row.state for row in letters(who)] == ["sent", "cancelled"]
    assert letters(who)[1].reason == "손님이 다녀가셨어요."
    clock.advance(days=20)
    assert plan(shop) == 1  # … and fell silent again


def test_two_clocks_at_once_plan_once(app: Flask, shop: AShop, clock: Clock) -> None:
    people = [regular(shop, 15, 22, 29, 36, name=f"손님{n}") for n in range(3)]
    counted(shop)
    found = world.all_at_once(app, [lambda: come_back.plan_for(shop_id=shop.id, now=clock())] * 4)
    assert sum(found) == 3
    assert all(len(letters(who)) == 2 for who in people)


def test_who_came_meanwhile_is_not_asked(app: Flask, shop: AShop, clock: Clock) -> None:
    """A visit that the planner never saw: the last look before sending sees it."""
    who = regular(shop, 15, 22, 29, 36)
    plan(shop)
    with write() as session:
        session.add(Visit(shop_id=shop.id, customer_id=who.id, at=clock() + timedelta(minutes=1)))
    clock.advance(minutes=5)
    deliver.drain(wire=app.config["WIRE"], clock=clock)
    assert [row.state for row in letters(who)] == ["sent", "cancelled"]


def test_a_visit_that_was_undone_leaves_them_silent(app: Flask, shop: AShop, clock: Clock) -> None:
    who = regular(shop, 15, 22, 29, 36)
    plan(shop)
    slip = factories.a_stamp(shop, who.card_id)
    undo_stamp(shop_id=shop.id, staff_id=shop.owner_id, entry_id=slip.entry_id, now=clock())
    assert [row.state for row in letters(who)] == ["sent", "cancelled"]
    assert factories.a_person(who.id).last_visit_at == clock() - timedelta(days=15)


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    ("likes", "agrees", "text"),
    [
        ("라떼 연하게", "all", "한지우 님, 잘 지내시죠? 봄날커피에서 안부 전합니다. 라떼 연하게, 저희가 잊지 않고 있어요. 편하게 들러 주시면 늘 반갑게 맞을게요."),
        ("", "all", "한지우 님, 잘 지내시죠? 봄날커피에서 안부 전합니다. 편하게 들러 주시면 늘 반갑게 맞을게요."),
        ("오이 싫어함", "all", "한지우 님, 잘 지내시죠? 봄날커피에서 안부 전합니다. 편하게 들러 주시면 늘 반갑게 맞을게요."),
        # Used for an offer only with the marketing consent, on the card too.
        ("라떼 연하게", "required", "한지우 님, 잘 지내시죠? 봄날커피에서 안부 전합니다. 편하게 들러 주시면 늘 반갑게 맞을게요."),
    ],
)  # fmt: skip
def test_what_is_not_known_is_not_said(app: Flask, shop: AShop, likes: str, agrees: str, text: str) -> None:
    who = regular(shop, 15, 22, 29, 36, agrees=agrees)
    with write() as session:
        from app.customers.models import Customer

        session.query(Customer).filter_by(id=who.id).update({"likes": likes})
    plan(shop)
    assert letters(who)[0].text == text


def test_a_switch_that_is_off_plans_nothing(app: Flask, shop: AShop, other_shop: AShop, clock: Clock) -> None:
    who = regular(shop, 15, 22, 29, 36)
    assert plan(other_shop) == 0
    automation.switch(shop_id=shop.id, kind="come_back", is_on=False, now=clock())
    assert plan(shop) == 0
    assert letters(who) == []


def test_many_people_are_looked_at_in_batches(app: Flask, shop: AShop, clock: Clock) -> None:
    people = [regular(shop, 15, 22, 29, 36, name=f"손님{n}") for n in range(5)]
    counted(shop)
    seen, after = [], 0
    while True:
        silent, going_on = insights.silent_ones(shop_id=shop.id, now=clock(), after_id=after, limit=2)
        seen += [each.customer_id for each in silent]
        if going_on is None:
            break
        after = going_on
    assert seen == [who.id for who in people]


def send_by_hand(app: Flask, shop: AShop, clock: Clock) -> None:
    """Stage what is due and let the owner send all of it."""
    deliver.drain(wire=app.config["WIRE"], clock=clock)
    ids = db.session.scalars(db.select(Message.id).where(Message.staged_at.is_not(None))).all()
    for message_id in ids:
        own_phone.mark_sent(shop_id=shop.id, message_id=message_id, wire=app.config["WIRE"], now=clock())


def test_what_came_of_it_names_people(
    app: Flask, shop: AShop, other_shop: AShop, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.set(datetime(2026, 11, 23, 1, 0, tzinfo=UTC))
    assert results.came_back(shop.id, "come_back", now=clock()) is None
    names = ["한지우", "박민호", "이서연", ""]
    people = [regular(shop, 15, 22, 29, 36, name=name) for name in names]
    regular(shop, 15, 22, 29, 36, name="카드만", agrees="required")
    plan(shop)
    assert results.came_back(shop.id, "come_back", now=clock()) is None  # nothing went out yet
    send_by_hand(app, shop, clock)
    found = results.came_back(shop.id, "come_back", now=clock())
    assert found is not None
    assert (found.asked, found.back, found.names) == (4, 0, [])
    clock.advance(days=3)
    factories.a_stamp(shop, people[0].card_id)
    factories.a_stamp(shop, people[3].card_id)
    clock.advance(days=28)
    factories.a_stamp(shop, people[1].card_id)  # after more than thirty days: of their own accord
    found = results.came_back(shop.id, "come_back", now=clock())
    assert found == results.CameBack(4, 2, ["한지우"], "뜸하던 네 분 중 두 분이 다시 오셨어요")
    monkeypatch.setattr(results, "_MOST", 3)
    found = results.came_back(shop.id, "come_back", now=clock())
    assert found is not None
    assert (found.asked, found.words[:9]) == (3, "최근 안부를 전한"), "a large shop hears of those asked last"
    monkeypatch.setattr(results, "_MOST", 4)
    found = results.came_back(shop.id, "come_back", now=clock())
    assert found is not None
    assert found.words.startswith("뜸하던 네 분")
    assert results.came_back(other_shop.id, "come_back", now=clock()) is None
    clock.advance(days=30)
    assert results.came_back(shop.id, "come_back", now=clock()) is None


def test_the_border_is_the_one_of_the_greeting() -> None:
    for rhythm in (1, 4, 7, 30):
        border = rules.long_silence(rhythm)
        assert rules.is_silent(gap_days=int(border) + 1, rhythm_days=rhythm)
        assert not rules.is_silent(gap_days=int(border) - 1, rhythm_days=rhythm)


def closed_for(shop: AShop, clock: Clock, first: int, last: int) -> None:
    """Enter the days from `first` to `last` days ago as closed."""
    day = kst_day(clock())
    span = {
        "first": (day - timedelta(days=first)).isoformat(),
        "last": (day - timedelta(days=last)).isoformat(),
    }
    closing_days.mark(shop_id=shop.id, staff_id=shop.owner_id, **span, note="휴가", now=clock())


@pytest.mark.databases("sqlite")
def test_days_on_which_the_shop_was_closed_are_nobodys_silence(app: Flask, shop: AShop, clock: Clock) -> None:
    regular(shop, 14, 21, 28, 35)
    closed_for(shop, clock, first=10, last=3)
    assert plan(shop) == 0, "six days away, by the days on which one could come"
    clock.advance(days=7)
    assert plan(shop) == 1


def dormant(shop: AShop) -> int:
    """The same of 휴면."""
    counted(shop)
    return come_back.plan_dormant(shop_id=shop.id, now=factories.now())


def switched_on(shop: AShop) -> None:
    automation.switch(shop_id=shop.id, kind="dormant", is_on=True, now=factories.now())


DORMANT = (
    ((22, 29, 36, 43), True),  # weekly: three weeks
    ((20, 27, 34, 41), False),
    ((19, 20, 21, 22), False),  # daily: not on the third day
    ((22, 23, 24, 25), True),
    ((91,), True),  # no rhythm
    ((89,), False),
    ((92, 122, 152, 182), True),
    ((81, 88, 95, 102), True),  # the last day anybody asks: 21 + 60
    ((82, 89, 96, 103), False),
)


@pytest.mark.databases("sqlite")
def test_who_has_been_away_for_very_long(app: Flask, shop: AShop) -> None:
    people = [(regular(shop, *days_ago), away) for days_ago, away in DORMANT]
    assert dormant(shop) == 0, "off until the shop wants it"
    switched_on(shop)
    assert dormant(shop) == sum(away for _days, away in DORMANT)
    assert dormant(shop) == 0
    for who, away in people:
        found = db.session.scalar(
            db.select(db.func.count(Message.id)).where(
                Message.customer_id == who.id, Message.kind == "dormant", Message.channel == "card"
            )
        )
        assert found == int(away)


def test_one_word_at_a_time(app: Flask, shop: AShop, other_shop: AShop, clock: Clock) -> None:
    """Who was asked after this week waits; who got the later greeting is not sent the earlier one."""
    switched_on(shop)
    who = regular(shop, 20, 27, 34, 41)
    assert (plan(shop), dormant(shop)) == (1, 0)
    clock.advance(days=2)
    assert (plan(shop), dormant(shop)) == (0, 0), "휴면, and greeted two days ago"
    clock.advance(days=6)
    assert come_back.plan_dormant(shop_id=other_shop.id, now=clock()) == 0
    counted(shop)
    once = [lambda: come_back.plan_dormant(shop_id=shop.id, now=clock())] * 3
    assert sum(world.all_at_once(app, once)) == 1
    factories.a_stamp(shop, who.card_id)  # they came
    mine = db.select(Message.kind, Message.state).where(
        Message.customer_id == who.id,
        Message.channel == "own_phone",
        Message.kind.in_(("come_back", "dormant")),
    )
    db.session.rollback()
    assert {tuple(row) for row in db.session.execute(mine)} == {
        ("come_back", "cancelled"),
        ("dormant", "cancelled"),
    }
    late = regular(shop, 22, 29, 36, 43)  # a stranger to 안부 인사: 휴면 from the first day on
    assert dormant(shop) == 1
    assert (plan(shop), letters(late)) == (0, [])


@pytest.mark.databases("sqlite")
def test_what_they_buy_and_what_the_owner_recommends(app: Flask, shop: AShop) -> None:
    who = regular(shop, 15, 22, 29, 36)
    with write() as session:
        latte, scone = (
            Product(shop_id=shop.id, name=name, price=4500, is_pick=name == "스콘")
            for name in ("라떼", "스콘")
        )
        session.add_all([latte, scone])
        session.flush()
        for visit_id in session.scalars(db.select(Visit.id).where(Visit.customer_id == who.id)):
            session.add(VisitItem(shop_id=shop.id, visit_id=visit_id, product_id=latte.id, price=4500))
    plan(shop)
    assert "라떼, 저희가 잊지 않고 있어요. 스콘도 한번 권해 드리고 싶어요." in letters(who)[0].text
