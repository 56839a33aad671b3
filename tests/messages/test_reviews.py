"""Asking for a review: once a visit, as an ad or as wished for, and never after there is one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask, current_app

from app.extensions import db
from app.flows import automation, deliver, own_phone, review_asks
from app.flows.own_phone import MustNotGo
from app.flows.review_asks import NotOffered
from app.flows.undo import undo_stamp
from app.jobs import tick
from app.kit.refusals import NotHere
from app.messages import recall, registry, wanting
from app.reviews.models import Review, ReviewAsk
from app.visits.models import Visit
from tests import factories, world
from tests.factories import ACustomer, AShop
from tests.flows import books
from tests.flows.test_review import gives, leave
from tests.messages.world import rows
from tests.world import Clock

ASKING = ("review_request", "review_wanted", "satisfaction")


@pytest.fixture
def visit_id(shop: AShop, jiwoo: ACustomer) -> int:
    """지우's visit, an hour ago."""
    factories.a_stamp(shop, jiwoo.card_id, at=factories.now() - timedelta(hours=1))
    found = db.session.scalar(db.select(db.func.max(Visit.id)))
    assert found is not None
    return int(found)


def asking() -> dict[tuple[str, str], str]:
    """Return the state of everything that asks, by kind and channel; without what was taken back."""
    found = [row for row in rows() if row.kind in ASKING and row.state != "cancelled"]
    return {(row.kind, row.channel): row.state for row in found}


def on_the_card(clock: Clock) -> list[str]:
    """Let the worker send everything; returns what that asks lies on cards."""
    deliver.drain(wire=current_app.config["WIRE"], clock=clock, limit=50)
    return [kind for (kind, channel), state in asking().items() if (channel, state) == ("card", "sent")]


def plan(shop: AShop) -> int:
    """Let the clock look."""
    return review_asks.plan_requests(shop_id=shop.id, now=factories.now())


def wished(shop: AShop, jiwoo: ACustomer) -> dict[str, int]:
    """Return whose wish it is."""
    return {"shop_id": shop.id, "customer_id": jiwoo.id}


def test_a_visit_is_asked_about_once_a_day_later(shop: AShop, visit_id: int, clock: Clock) -> None:
    assert plan(shop) == 1
    assert plan(shop) == 0, "asked for"
    (card, phone) = [row for row in rows() if row.kind == "review_request"]
    assert {card.channel, phone.channel} == {"card", "own_phone"}
    visited = db.session.scalars(db.select(Visit.at)).one()
    assert card.due_at == visited + timedelta(days=1)
    assert card.not_after == card.due_at + timedelta(days=5)
    assert on_the_card(clock) == []
    clock.advance(days=1)
    assert on_the_card(clock) == ["review_request"]
    (token,) = db.session.scalars(db.select(ReviewAsk.token))
    assert card.facts["token"] == token


def test_two_clocks_at_once_ask_once(app: Flask, shop: AShop, visit_id: int) -> None:
    world.all_at_once(app, [lambda: plan(shop)] * 4)
    assert len([row for row in rows() if row.kind == "review_request" and row.channel == "card"]) == 1


def test_old_visits_and_switched_off_shops_are_left_alone(
    shop: AShop, other_shop: AShop, jiwoo: ACustomer, visit_id: int
) -> None:
    factories.a_stamp(shop, jiwoo.card_id, at=factories.now() - timedelta(days=4))
    assert plan(other_shop) == 0
    automation.switch(shop_id=shop.id, kind="review_request", is_on=False, now=factories.now())
    assert plan(shop) == 0
    automation.switch(shop_id=shop.id, kind="satisfaction", is_on=True, now=factories.now())
    assert plan(shop) == 1
    assert {kind for kind, _channel in asking()} == {"satisfaction"}


def test_the_clock_asks_every_ten_minutes(shop: AShop, visit_id: int) -> None:
    (task,) = [task for task in tick.PERIODIC if task.name == "plan_reviews"]
    assert task.every == timedelta(minutes=10)
    task.run(factories.now(), lambda: False)
    assert ("review_request", "card") in asking()


def test_who_wishes_is_asked_as_wished(shop: AShop, jiwoo: ACustomer, visit_id: int, clock: Clock) -> None:
    plan(shop)
    who = wished(shop, jiwoo)
    offered = wanting.wish(**who, now=clock())
    assert offered is not None
    assert (offered.visit_id, offered.wanted) == (visit_id, False)
    for _twice in range(2):
        due = review_asks.want(**who, visit_id=visit_id, now=clock())
    assert offered.comes_at == due
    assert {kind for kind, _channel in asking()} == {"review_wanted"}, "it takes the ad's place"
    assert plan(shop) == 0
    clock.advance(days=1)
    assert on_the_card(clock) == ["review_wanted"]


def test_a_wish_before_the_clock_looked(shop: AShop, jiwoo: ACustomer, visit_id: int) -> None:
    review_asks.want(**wished(shop, jiwoo), visit_id=visit_id, now=factories.now())
    assert plan(shop) == 0
    assert {kind for kind, _channel in asking()} == {"review_wanted"}


def test_a_wish_taken_back_asks_nothing_and_may_come_again(
    shop: AShop, jiwoo: ACustomer, visit_id: int, clock: Clock
) -> None:
    who = {**wished(shop, jiwoo), "visit_id": visit_id}
    review_asks.want(**who, now=clock())
    review_asks.unwant(**who, now=clock())
    assert asking() == {}
    review_asks.want(**who, now=clock())
    assert ("review_wanted", "card") in asking()
    review_asks.unwant(**who, now=clock())
    clock.advance(days=1)
    assert on_the_card(clock) == []
    assert wanting.wish(**wished(shop, jiwoo), now=clock()) is None, "a day later it is too late to wish"
    with pytest.raises(NotOffered):
        review_asks.want(**who, now=clock())


def test_no_wish_where_a_reward_is_given_or_the_kind_is_off(
    shop: AShop, other_shop: AShop, jiwoo: ACustomer, visit_id: int
) -> None:
    who = wished(shop, jiwoo)
    gives(shop, 1)
    assert wanting.wish(**who, now=factories.now()) is None
    with pytest.raises(NotOffered):
        review_asks.want(**who, visit_id=visit_id, now=factories.now())
    gives(shop, 0)
    automation.switch(shop_id=shop.id, kind="review_wanted", is_on=False, now=factories.now())
    assert wanting.wish(**who, now=factories.now()) is None
    with pytest.raises(NotOffered):
        review_asks.want(**who, visit_id=visit_id, now=factories.now())
    with pytest.raises(NotHere):
        review_asks.want(shop_id=other_shop.id, customer_id=jiwoo.id, visit_id=visit_id, now=factories.now())
    assert asking() == {}


def test_a_wish_ends_when_a_reward_is_given(
    shop: AShop, jiwoo: ACustomer, visit_id: int, clock: Clock
) -> None:
    """With a reward the request is an ad, and as an 안내 it may not go (망법 50조)."""
    review_asks.want(**wished(shop, jiwoo), visit_id=visit_id, now=clock())
    gives(shop, 2)
    assert asking() == {}
    clock.advance(days=1)
    assert on_the_card(clock) == []


def test_a_reward_that_came_between_is_seen_at_the_last_moment(
    shop: AShop, jiwoo: ACustomer, visit_id: int, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    review_asks.want(**wished(shop, jiwoo), visit_id=visit_id, now=clock())
    clock.advance(days=1)
    assert on_the_card(clock) == ["review_wanted"]  # and the text lies ready for the owner's phone
    (text,) = [row for row in rows() if (row.kind, row.channel) == ("review_wanted", "own_phone")]
    assert text.staged_at is not None
    # The rows slip past the recall, as those would that are written at the very same moment.
    monkeypatch.setattr(recall, "cancel_kind", lambda *_args, **_facts: 0)
    gives(shop, 2)
    with pytest.raises(MustNotGo):
        own_phone.mark_sent(shop_id=shop.id, message_id=text.id, wire=current_app.config["WIRE"], now=clock())


def test_two_taps_of_one_wish_at_once(app: Flask, shop: AShop, jiwoo: ACustomer, visit_id: int) -> None:
    plan(shop)
    who = {**wished(shop, jiwoo), "visit_id": visit_id}
    found = world.all_at_once(app, [lambda: review_asks.want(**who, now=factories.now())] * 4)
    assert len(set(found)) == 1, found
    assert len([row for row in rows() if (row.kind, row.channel) == ("review_wanted", "card")]) == 1


def test_a_review_or_an_undone_visit_ends_the_asking(
    shop: AShop, jiwoo: ACustomer, visit_id: int, clock: Clock
) -> None:
    plan(shop)
    (token,) = db.session.scalars(db.select(ReviewAsk.token))
    leave(token)
    assert asking() == {}
    clock.advance(days=1)
    factories.a_stamp(shop, jiwoo.card_id)
    plan(shop)
    assert ("review_request", "card") in asking()
    undo_stamp(shop_id=shop.id, staff_id=shop.owner_id, entry_id=books.last_stamp(jiwoo.card_id), now=clock())
    assert asking() == {}


@pytest.mark.parametrize("became", ["reviewed", "wanted", "undone"])
def test_what_became_of_the_visit_is_asked_again_just_before(
    shop: AShop, visit_id: int, clock: Clock, became: str
) -> None:
    """The rows themselves say nothing of it: whoever holds one already must still hear it."""
    plan(shop)
    ask = db.session.scalars(db.select(ReviewAsk)).one()
    clock.advance(days=1)
    holds = deliver.claim_due(now=clock())
    if became == "wanted":
        ask.wanted_at = clock()
        db.session.commit()
    elif became == "undone":
        db.session.execute(db.update(Visit).where(Visit.id == visit_id).values(reversed_at=clock()))
        db.session.commit()
    else:
        db.session.add(
            Review(shop_id=shop.id, customer_id=ask.customer_id, ask_id=ask.id, stars=5, at=clock())
        )
        db.session.commit()
    deliver.send(holds, wire=current_app.config["WIRE"], clock=clock)
    assert asking() == {}
    card = [row for row in rows(kind="review_request") if row.channel == "card"]
    assert [row.code for row in card] == ["not_wanted"]


def test_the_shops_own_words_may_buy_no_review() -> None:
    words = "{이름} 님, 네이버 리뷰 쓰시면 도장을 드려요"
    assert automation.text_fault(registry.kind("review_request"), words)
