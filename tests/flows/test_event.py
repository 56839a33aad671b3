"""Events: entered once, by whom they are for; drawn once, so that anybody can draw again; told through the gate."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.board import draw_rules, event_rules, events
from app.board.event_models import Event, EventEntry
from app.board.event_rules import (
    AlreadyDrawn,
    AlreadyShown,
    EventCancelled,
    EventOver,
    NoSuchEvent,
    NotBegun,
    NotForThem,
    StillOpen,
)
from app.extensions import db
from app.flows import event, merge, privacy
from app.kit.clock import kst_day
from app.kit.refusals import Invalid, NotHere
from app.messages.models import Message
from app.shops import queries as shops
from tests import factories, world
from tests.factories import ACustomer, AShop
from tests.world import Clock


def typed(**changes: Any) -> dict[str, Any]:
    """Return what an owner types about an event of one week that everybody with a card may enter."""
    today = kst_day(factories.now())
    return {
        "title": "여름 사진전",
        "prize": "수제청 한 병",
        "winners": "2",
        "text": "",
        "first_day": "",
        "last_day": (today + timedelta(days=6)).isoformat(),
        "visits": "0",
        "group": "all",
        "age14": False,
        "groups": {"all": "모든 손님", "regular": "단골"},
        "today": today,
    } | changes


def an_event(shop: AShop, *, is_shown: bool = True, **changes: Any) -> int:
    """Make an event, and open it."""
    own: dict[str, Any] = {"shop_id": shop.id, "staff_id": shop.owner_id, "now": factories.now()}
    clean = event_rules.clean_event(**typed(**changes))
    event_id = event.save(**own, clean=clean, once=factories.once())
    if is_shown:
        event.show(**own, event_id=event_id)
    return event_id


def entered(who: ACustomer, event_id: int, *, may_name: bool = True) -> str:
    """Let a person enter; returns the ticket."""
    return event.enter(
        shop_id=who.shop_id, customer_id=who.id, event_id=event_id, may_name=may_name, now=factories.now()
    )


def drawn(shop: AShop, event_id: int) -> int:
    """Let the owner draw."""
    return event.draw(shop_id=shop.id, event_id=event_id, staff_id=shop.owner_id, now=factories.now())


def told() -> list[tuple[int, str]]:
    """Return who was told a result on the card, and how."""
    db.session.rollback()
    rows = db.session.execute(
        db.select(Message.customer_id, Message.text)
        .where(Message.kind == "event_result", Message.channel == "card")
        .order_by(Message.id)
    )
    return [(row[0], row[1]) for row in rows]


def uses_events(shop: AShop) -> bool:
    """Tell whether the shop's cards look for events."""
    db.session.rollback()
    seen = shops.shop_by_id(shop.id)
    return seen.has(event.USE)


def look(shop: AShop, event_id: int, **how: Any) -> Any:
    """Return an event as everybody sees it."""
    db.session.rollback()
    return events.event(shop_id=shop.id, event_id=event_id, now=factories.now(), **how)


def test_from_the_form_to_the_prize(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    event_id = an_event(shop, is_shown=False)
    assert look(shop, event_id) is None, "nobody sees what is being written"
    promised = look(shop, event_id, drafts=True).seed_hash
    event.show(shop_id=shop.id, staff_id=shop.owner_id, event_id=event_id, now=clock())
    people = [
        jiwoo,
        *(factories.a_customer(shop, name=f"손님{place}", phone=factories.a_number()) for place in range(4)),
    ]
    tickets = [entered(who, event_id, may_name=who is not jiwoo) for who in people]
    open_one = look(shop, event_id)
    assert (open_one.state, open_one.seed, open_one.seed_hash, open_one.entries) == ("open", "", promised, 5)
    clock.advance(days=7)
    assert [line.id for line in events.waiting_for_draw(shop.id, now=clock())] == [event_id]
    assert (drawn(shop, event_id), drawn(shop, event_id)) == (2, 2), "who won has won"

    after = look(shop, event_id)
    assert draw_rules.seed_hash(after.seed) == promised
    assert events.tickets(shop_id=shop.id, event_id=event_id) == tickets
    won = events.winners(shop_id=shop.id, event_id=event_id)
    assert [line.ticket for line in won] == draw_rules.draw(after.seed, tickets, 2)
    by_ticket = dict(zip(tickets, people, strict=True))
    assert [line.customer_id for line in won] == [by_ticket[line.ticket].id for line in won]
    assert {line.shown_name for line in won} <= {"", "손*0", "손*1", "손*2", "손*3"}
    letters = told()
    assert [who for who, _text in letters] == [line.customer_id for line in won]
    assert "참여하신 5명 가운데서 뽑히셨어요. 가게에서 ‘수제청 한 병’" in letters[0][1]

    hand = {"shop_id": shop.id, "staff_id": shop.owner_id, "event_id": event_id, "rank": 1, "now": clock()}
    for is_given in (True, True, False, True):
        event.give(**hand, is_given=is_given)
    first, second = events.winners(shop_id=shop.id, event_id=event_id)
    assert (first.given_at, second.given_at) == (clock(), None)
    with pytest.raises(NoSuchEvent):
        event.give(**hand | {"rank": 3}, is_given=True)


def test_a_person_enters_once_from_however_many_phones(app: Flask, shop: AShop, jiwoo: ACustomer) -> None:
    event_id = an_event(shop)
    found = world.all_at_once(app, [lambda: entered(jiwoo, event_id)] * 8)
    assert len(set(found)) == 1
    assert found[0] == entered(jiwoo, event_id)
    assert look(shop, event_id).entries == 1


def test_many_at_once_get_each_their_own_number(app: Flask, shop: AShop) -> None:
    event_id = an_event(shop)
    people = [factories.a_customer(shop) for _each in range(8)]
    found = world.all_at_once(app, [lambda who=who: entered(who, event_id) for who in people])
    assert len(set(found)) == 8
    db.session.rollback()
    numbers = db.session.scalars(db.select(EventEntry.number).order_by(EventEntry.number))
    assert list(numbers) == list(range(1, 9))


def test_one_draw_however_often_it_is_asked_for(app: Flask, shop: AShop, clock: Clock) -> None:
    event_id = an_event(shop)
    for _each in range(6):
        entered(factories.a_customer(shop, name="김단골", phone=factories.a_number()), event_id)
    clock.advance(days=7)
    assert world.all_at_once(app, [lambda: drawn(shop, event_id)] * 6) == [2] * 6
    assert len(told()) == 2


@pytest.mark.parametrize(
    ("changes", "visits", "says"),
    [
        ({"visits": "3"}, 2, "1번 더 오시면 돼요"),
        ({"visits": "3"}, 3, ""),
        ({"group": "regular"}, 1, "초대받은 손님만"),
        ({"group": "regular"}, 3, ""),
        ({"age14": True}, 0, ""),
    ],
)
def test_whom_it_is_for(shop: AShop, clock: Clock, changes: dict[str, Any], visits: int, says: str) -> None:
    who = factories.a_customer(shop, name="박민호", phone=factories.a_number())
    for _each in range(visits):
        factories.a_stamp(shop, who.card_id, at=clock.advance(days=1))
    event_id = an_event(shop, **changes)
    if not says:
        assert entered(who, event_id)
        return
    with pytest.raises(NotForThem, match=says):
        entered(who, event_id)
    assert look(shop, event_id).entries == 0


def test_who_left_no_number_is_asked_for_it(shop: AShop) -> None:
    event_id = an_event(shop, age14=True)
    with pytest.raises(NotForThem, match="내 정보"):
        entered(factories.a_customer(shop), event_id)


def test_when_it_may_be_entered_and_drawn(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    today = kst_day(clock())
    event_id = an_event(shop, first_day=(today + timedelta(days=2)).isoformat())
    with pytest.raises(NotBegun):
        entered(jiwoo, event_id)
    clock.advance(days=2)
    ticket = entered(jiwoo, event_id)
    with pytest.raises(StillOpen):
        drawn(shop, event_id)
    clock.advance(days=5)
    with pytest.raises(EventOver):
        entered(factories.a_customer(shop), event_id)
    assert entered(jiwoo, event_id) == ticket, "their own ticket is still told"
    drawn(shop, event_id)
    with pytest.raises(AlreadyDrawn):
        event.cancel(shop_id=shop.id, staff_id=shop.owner_id, event_id=event_id, now=clock())


def test_nothing_is_changed_behind_anybodys_back(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    own: dict[str, Any] = {"shop_id": shop.id, "staff_id": shop.owner_id, "now": clock()}
    once = factories.once()
    clean = event_rules.clean_event(**typed())
    event_id = event.save(**own, clean=clean, once=once)
    assert event.save(**own, clean=clean, once=once) == event_id, "two taps make one"
    seed = db.session.scalar(db.select(Event.seed))
    event.save(**own, clean=event_rules.clean_event(**typed(winners="5")), once=once, event_id=event_id)
    line = look(shop, event_id, drafts=True)
    assert (line.winners, line.seed_hash) == (5, draw_rules.seed_hash(seed))
    for _twice in range(2):
        event.show(**own, event_id=event_id)
    with pytest.raises(AlreadyShown):
        event.save(**own, clean=clean, once=once, event_id=event_id)
    entered(jiwoo, event_id)
    for _twice in range(2):
        event.cancel(**own, event_id=event_id)
    for refused in (lambda: entered(factories.a_customer(shop), event_id), lambda: drawn(shop, event_id)):
        with pytest.raises(EventCancelled):
            refused()


def test_the_clock_draws_what_nobody_drew(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    event_id = an_event(shop)
    entered(jiwoo, event_id)
    empty = an_event(shop)
    an_event(shop, is_shown=False)
    see = {"shop_id": shop.id, "stop": lambda: False}
    ends = look(shop, event_id).ends_at
    clock.set(ends + timedelta(hours=11))
    assert event.see_to(**see, now=clock()) == 0, "the owner may still do it before everybody's eyes"
    clock.advance(hours=1)
    assert event.see_to(**see, now=clock()) == 2
    assert event.see_to(**see, now=clock()) == 0
    assert [who for who, _text in told()] == [jiwoo.id]
    assert look(shop, empty).state == "drawn"
    assert uses_events(shop)
    clock.advance(days=31)
    event.see_to(**see, now=clock())
    assert not uses_events(shop), "cards look no more for what is long over"


def test_who_leaves_leaves_the_ticket(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    event_id = an_event(shop, winners="1")
    ticket = entered(jiwoo, event_id)
    privacy.erase(shop_id=shop.id, customer_id=jiwoo.id, now=clock())
    with pytest.raises(NotHere):
        entered(jiwoo, event_id)
    clock.advance(days=7)
    drawn(shop, event_id)
    [line] = events.winners(shop_id=shop.id, event_id=event_id)
    assert (line.ticket, line.customer_id, line.name, line.shown_name) == (ticket, None, "", "")
    assert told() == []


def test_a_winner_whose_card_went_into_another_is_found(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    event_id = an_event(shop, winners="2")
    twin = factories.a_customer(shop, name="한지우", phone=factories.a_number())
    for who in (jiwoo, twin):
        entered(who, event_id)
    merge.merge_people(
        shop_id=shop.id, kept_id=jiwoo.id, gone_id=twin.id, staff_id=shop.owner_id, now=clock()
    )
    clock.advance(days=7)
    drawn(shop, event_id)
    assert {who for who, _text in told()} == {jiwoo.id}
    mine = events.my_entries(shop_id=shop.id, customer_id=jiwoo.id)
    assert [entry.event_id for entry in mine] == [event_id]


def test_another_shops_event_is_not_there(shop: AShop, other_shop: AShop, clock: Clock) -> None:
    event_id = an_event(shop)
    stranger = factories.a_customer(other_shop)
    with pytest.raises(NoSuchEvent):
        entered(stranger, event_id)
    own: dict[str, Any] = {
        "shop_id": other_shop.id, "staff_id": other_shop.owner_id, "event_id": event_id, "now": clock(),
    }  # fmt: skip
    clock.advance(days=7)
    for refused in (
        lambda: event.show(**own),
        lambda: event.cancel(**own),
        lambda: event.draw(**own),
        lambda: event.give(**own, rank=1, is_given=True),
        lambda: event.save(**own, clean=event_rules.clean_event(**typed()), once=factories.once()),
    ):
        with pytest.raises(NoSuchEvent):
            refused()
    assert look(other_shop, event_id) is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", " "),
        ("title", "가" * 41),
        ("prize", ""),
        ("title", "네이버 리뷰 이벤트"),
        ("prize", "네이버 리뷰 쓰고 받는 커피"),
        ("text", "영수증 리뷰를 쓰고 화면을 보여 주세요"),
        ("text", "별점 5점을 남기고 참여해 주세요"),
        ("text", "카드에서 후기를 쓰고 참여해 주세요"),
        ("winners", "0"),
        ("winners", "101"),
        ("winners", "두 명"),
        ("text", "가" * 1001),
        ("first_day", "2026-11-22"),
        ("first_day", "내일"),
        ("last_day", ""),
        ("last_day", "2026-11-22"),
        ("last_day", "2027-11-22"),
        ("visits", "4"),
        ("group", "nobody"),
    ],
)
def test_what_an_owner_may_not_type(app: Flask, field: str, value: str) -> None:
    with pytest.raises(Invalid) as refusal:
        event_rules.clean_event(**typed(**{field: value}))
    assert set(refusal.value.fields) == {field}


def test_leaving_and_being_drawn_at_once(app: Flask, shop: AShop, clock: Clock) -> None:
    event_id = an_event(shop, winners="8")
    people = [factories.a_customer(shop, name="김단골", phone=factories.a_number()) for _each in range(8)]
    for who in people:
        entered(who, event_id)
    clock.advance(days=7)
    leaves = [
        lambda who=who: privacy.erase(shop_id=shop.id, customer_id=who.id, now=clock()) for who in people[:4]
    ]
    again = [lambda who=who: entered(who, event_id) for who in people[4:]]
    found = world.all_at_once(app, [lambda: drawn(shop, event_id), *leaves, *again])
    assert (found[0], found[1:5]) == (8, [None] * 4)
    assert all(isinstance(ticket, str) for ticket in found[5:]), found
    won = events.winners(shop_id=shop.id, event_id=event_id)
    assert {line.customer_id for line in won} == {None, *(who.id for who in people[4:])}
