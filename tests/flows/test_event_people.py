"""Events and who enters them: people who were two cards, what one does to enter, a name taken back, two at once."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from itertools import count
from typing import Any

import pytest
from flask import Flask

from app.board import draw_rules, entering, events, noticing, stories, talks
from app.board.event_models import Event
from app.board.event_rules import AlreadyShown, AskedByEvent, NoSuchEvent, NotDoneYet, NothingToDo
from app.extensions import db, files_dir
from app.flows import event, merge, moderation, notice, own_picture, photo
from app.flows.unit import write
from app.reviews.photos import LARGE
from tests import factories, world
from tests.factories import ACustomer, AShop
from tests.flows.test_board import commented, posted
from tests.flows.test_event import an_event, drawn, entered, look, uses_events
from tests.flows.test_notices import a_picture, shown
from tests.flows.test_story import decided, sent
from tests.world import Clock


def a_twin(shop: AShop) -> ACustomer:
    """The same person with another card."""
    return factories.a_customer(shop, name="한지우", phone=factories.a_number())


def made_one(shop: AShop, kept: ACustomer, gone: ACustomer) -> int:
    """Let two cards become one."""
    return merge.merge_people(
        shop_id=shop.id, kept_id=kept.id, gone_id=gone.id, staff_id=shop.owner_id, now=factories.now()
    )


def mine(who: ACustomer, event_id: int) -> events.MyEntry:
    """Return a person's entry as their card shows it."""
    db.session.rollback()
    found = events.my_entry(shop_id=who.shop_id, event_id=event_id, customer_id=who.id)
    assert found is not None
    return found


def test_who_won_with_the_card_that_went_into_theirs_reads_it(
    shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    event_id, twin = an_event(shop, winners="1"), a_twin(shop)
    tickets = {entered(who, event_id): who for who in (jiwoo, twin)}
    clock.advance(days=7)
    drawn(shop, event_id)
    [won] = events.winners(shop_id=shop.id, event_id=event_id)
    winner = tickets[won.ticket]
    other = twin if winner is jiwoo else jiwoo
    assert (mine(winner, event_id).rank, mine(other, event_id).rank) == (1, None)
    made_one(shop, other, winner)
    assert (mine(other, event_id).rank, mine(other, event_id).ticket) == (1, won.ticket)
    [entry] = events.my_entries(shop_id=shop.id, customer_id=other.id)
    assert entry.rank == 1
    [seen] = events.winners(shop_id=shop.id, event_id=event_id)
    assert (seen.customer_id, seen.name) == (other.id, "한지우"), (
        "the owner's page leads to who holds the card"
    )


def test_of_two_tickets_of_one_person_the_first_is_drawn_with(
    shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    event_id, twin = an_event(shop, winners="5"), a_twin(shop)
    first, second = entered(twin, event_id), entered(jiwoo, event_id)
    made_one(shop, jiwoo, twin)
    assert mine(jiwoo, event_id).ticket == first
    assert entered(jiwoo, event_id) == first, "a second press gives no third one"
    stranger = entered(a_twin(shop), event_id)
    clock.advance(days=7)
    assert drawn(shop, event_id) == 2
    line = look(shop, event_id)
    published = events.tickets(shop_id=shop.id, event_id=event_id)
    assert (published, line.entries) == ([first, stranger], 2)
    assert second not in published
    won = [one.ticket for one in events.winners(shop_id=shop.id, event_id=event_id)]
    assert won == draw_rules.draw(line.seed, published, 5), "what is published gives who won"
    assert mine(jiwoo, event_id).ticket == first


def test_who_is_parted_again_before_the_draw_has_a_chance_each(
    shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    event_id, twin = an_event(shop), a_twin(shop)
    tickets = [entered(who, event_id) for who in (jiwoo, twin)]
    merge_id = made_one(shop, jiwoo, twin)
    merge.undo_merge(shop_id=shop.id, merge_id=merge_id, staff_id=shop.owner_id, now=clock())
    clock.advance(days=7)
    assert drawn(shop, event_id) == 2
    assert events.tickets(shop_id=shop.id, event_id=event_id) == tickets


def test_a_name_is_taken_back_and_the_draw_stays(
    shop: AShop, other_shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    event_id = an_event(shop, winners="1")
    ticket = entered(jiwoo, event_id)
    clock.advance(days=7)
    drawn(shop, event_id)
    [named] = events.named(shop_id=shop.id, customer_id=jiwoo.id)
    assert named.shown_name == "한*우"
    stranger = factories.a_customer(other_shop)
    with pytest.raises(NoSuchEvent):
        event.unname(shop_id=other_shop.id, customer_id=stranger.id, event_id=event_id)
    event.unname(shop_id=shop.id, customer_id=a_twin(shop).id, event_id=event_id)
    assert events.named(shop_id=shop.id, customer_id=jiwoo.id), "another's name is not theirs to take"
    before = events.tickets(shop_id=shop.id, event_id=event_id)
    for _twice in range(2):
        event.unname(shop_id=shop.id, customer_id=jiwoo.id, event_id=event_id)
    db.session.rollback()
    [won] = events.winners(shop_id=shop.id, event_id=event_id)
    assert (won.shown_name, won.ticket, won.customer_id) == ("", ticket, jiwoo.id)
    assert events.tickets(shop_id=shop.id, event_id=event_id) == before
    assert events.named(shop_id=shop.id, customer_id=jiwoo.id) == []


@pytest.mark.parametrize("asks", ["photo", "post"])
def test_what_it_asks_for_is_done_first_and_told_wherever_it_is_shown(
    app: Flask, shop: AShop, jiwoo: ACustomer, clock: Clock, asks: str
) -> None:
    decided(shop, has_board=True, checks_first=False)
    factories.a_stamp(shop, jiwoo.card_id)
    do: Callable[[], int] = partial(sent, jiwoo) if asks == "photo" else partial(posted, jiwoo)
    do()
    clock.advance(days=1)
    event_id = an_event(shop, asks=asks, may_ask=("", asks))
    with pytest.raises(NotDoneYet):
        entered(jiwoo, event_id)  # what was shown before the event began was shown for nothing
    done = do()
    assert len(set(world.all_at_once(app, [lambda: entered(jiwoo, event_id)] * 3))) == 1
    db.session.rollback()
    seen: Any = (
        stories.story(shop_id=shop.id, story_id=done, is_public=True)
        if asks == "photo"
        else talks.post(shop_id=shop.id, post_id=done)
    )
    assert (seen.event_id, seen.over) == (event_id, "경품 응모")
    again = an_event(shop, asks=asks, may_ask=("", asks))
    with pytest.raises(NotDoneYet):
        entered(jiwoo, again)  # one photo is one event's
    moderation.hide(
        shop_id=shop.id, staff_id=shop.owner_id, what="story" if asks == "photo" else "post", row_id=do(),
        cause="ad", now=clock(),
    )  # fmt: skip
    with pytest.raises(NotDoneYet):
        entered(jiwoo, again)
    do()
    assert entered(jiwoo, again)


@pytest.mark.parametrize(("asks", "use"), [("photo", "has_stories"), ("post", "has_board")])
def test_what_an_event_asks_for_stays_possible_until_it_is_over(
    shop: AShop, jiwoo: ACustomer, clock: Clock, asks: str, use: str
) -> None:
    on: dict[str, bool] = {"has_board": True, "has_stories": True}
    decided(shop, **on)
    event_id = an_event(shop, asks=asks, may_ask=("", asks))
    with pytest.raises(AskedByEvent):
        decided(shop, **on | {use: False})
    decided(shop, **on, checks_first=False)
    line = look(shop, event_id)
    assert line.conditions["visits"] == (1 if asks == "post" else 0), "who may not write is told so"
    clock.advance(days=7)
    decided(shop, **on | {use: False})
    with pytest.raises(NothingToDo):
        an_event(shop, asks=asks, may_ask=("", asks))


def test_its_picture_is_changed_while_nobody_sees_it_and_the_night_leaves_it_alone(shop: AShop) -> None:
    event_id = an_event(shop, is_shown=False)
    own: dict[str, Any] = {"shop_id": shop.id, "event_id": event_id}

    def ref() -> str:
        db.session.rollback()
        return str(db.session.scalar(db.select(Event.photo)))

    row: dict[str, Any] = {"shop_id": shop.id, "row": event.pictured(**own)}
    own_picture.put(**row, upload=a_picture(), now=factories.now())
    first = ref()
    photo.drop_orphans(now=factories.now() + timedelta(days=3))
    assert (files_dir() / LARGE / str(shop.id) / first).exists()
    for _twice in range(2):
        own_picture.drop(**row)
    assert (ref(), (files_dir() / LARGE / str(shop.id) / first).exists()) == ("", False)
    event.show(**own, staff_id=shop.owner_id, now=factories.now())
    for refused in (
        lambda: own_picture.put(**row, upload=a_picture(), now=factories.now()),
        lambda: own_picture.drop(**row),
    ):
        with pytest.raises(AlreadyShown):
            refused()


def _slowly(real: Callable[..., Any]) -> Callable[..., Any]:
    """Let somebody else come in between what the first one asks and what is written because of it."""
    calls = count()

    def asked(*args: Any, **facts: Any) -> Any:
        found = real(*args, **facts)
        time.sleep(0 if next(calls) else 0.5)
        return found

    return asked


@pytest.mark.databases("postgres")
def test_news_shown_while_the_last_is_taken_down_stays_on_the_card(
    app: Flask, shop: AShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = shown(shop)
    own: dict[str, Any] = {"shop_id": shop.id, "staff_id": shop.owner_id, "now": factories.now()}
    next_one = notice.begin(
        shop_id=shop.id, staff_id=shop.owner_id, once=factories.once(), sort="notice", title="새 소식", text="",
        product_id=None, group="", is_first=False, now=factories.now(),
    )  # fmt: skip
    monkeypatch.setattr(noticing, "is_any_shown", _slowly(noticing.is_any_shown))

    def shows() -> None:
        time.sleep(0.1)
        notice.show(**own, notice_id=next_one)

    world.all_at_once(app, [lambda: notice.end(**own, notice_id=last), shows])
    db.session.rollback()
    assert "news" in factories.the_shop(shop).uses.split()


@pytest.mark.databases("postgres")
def test_an_event_opened_while_the_clock_looks_stays_on_the_card(
    app: Flask, shop: AShop, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    an_event(shop)
    clock.advance(days=60)
    event.see_to(shop_id=shop.id, now=clock(), stop=lambda: False)
    with write() as session:
        event.shops.set_use(session, shop_id=shop.id, what=event.USE, is_on=True)
    coming = an_event(shop, is_shown=False)
    monkeypatch.setattr(entering, "is_any_shown", _slowly(entering.is_any_shown))

    def shows() -> None:
        time.sleep(0.1)
        event.show(shop_id=shop.id, staff_id=shop.owner_id, event_id=coming, now=clock())

    world.all_at_once(app, [lambda: event.see_to(shop_id=shop.id, now=clock(), stop=lambda: False), shows])
    assert uses_events(shop)


@pytest.mark.databases("postgres")
def test_an_event_is_opened_while_others_write(app: Flask, shop: AShop, clock: Clock) -> None:
    coming = an_event(shop, is_shown=False)
    done: list[str] = []
    with db.engine.connect() as other:
        # As every row that is written for a shop holds it.
        other.execute(db.text("SELECT id FROM shops WHERE id = :shop FOR KEY SHARE"), {"shop": shop.id})

        def shows() -> None:
            event.show(shop_id=shop.id, staff_id=shop.owner_id, event_id=coming, now=clock())
            done.append("opened")

        def writes() -> None:
            time.sleep(0.7)
            done.append("written")
            other.rollback()

        world.all_at_once(app, [shows, writes])
    assert done == ["opened", "written"]


@pytest.mark.databases("postgres")
def test_comments_written_and_taken_down_at_once_are_counted(
    app: Flask, shop: AShop, jiwoo: ACustomer
) -> None:
    decided(shop, has_board=True)
    factories.a_stamp(shop, jiwoo.card_id)
    people = [factories.a_customer(shop) for _each in range(6)]
    for who in people:
        factories.a_stamp(shop, who.card_id)
    post_id = posted(jiwoo)
    said = [commented(who, post_id) for who in people]
    downs = [
        lambda who=who, row=row: moderation.take_down(
            shop_id=shop.id, customer_id=who.id, what="comment", row_id=row, now=factories.now()
        )
        for who, row in zip(people[:3], said[:3], strict=True)
    ]
    for _round in range(3):
        more = [lambda who=who: commented(who, post_id) for who in people[3:]]
        world.all_at_once(app, [work for pair in zip(downs, more, strict=True) for work in pair])
        db.session.rollback()
        seen = talks.post(shop_id=shop.id, post_id=post_id)
        shown_now = talks.comments(shop_id=shop.id, post_id=post_id).lines
        assert seen is not None
        assert seen.comments == len(shown_now)
        downs = [
            lambda line=line: moderation.take_down(
                shop_id=shop.id,
                customer_id=line.customer_id,
                what="comment",
                row_id=line.id,
                now=factories.now(),
            )
            for line in shown_now[-3:]
        ]
