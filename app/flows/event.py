"""이벤트: made, opened, entered once, drawn so that everybody can check it, handed over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from app.board import draw_rules, entering, event_words, showing
from app.board import event_rules as rules
from app.board import events as reads
from app.board.event_models import Event, EventEntry
from app.board.event_rules import AlreadyDrawn, AlreadyShown, CleanEvent, NoSuchEvent, NotDoneYet, StillOpen
from app.customers import actions as people
from app.customers import merges
from app.customers.models import Customer
from app.extensions import db
from app.flows import audit, own_picture
from app.flows.unit import after_a_race, write
from app.insights import groups
from app.kit.names import masked_name
from app.kit.refusals import NotHere
from app.messages import outbox
from app.shops import actions as shops

# The word in Shop.uses: only then does a card look for events.
USE = "events"


def save(
    *, shop_id: int, staff_id: int, clean: CleanEvent, once: str, now: datetime, event_id: int | None = None
) -> int:
    """Keep an event nobody sees yet, a new one or one being written; returns its id, the same for the same key.

    Raises NoSuchEvent, and AlreadyShown for one that people may have entered.
    """

    def saved() -> int:
        with write() as session:
            if event_id is not None:
                row = _event(session, shop_id=shop_id, event_id=event_id)
                if row.shown_at is not None or row.cancelled_at is not None:
                    raise AlreadyShown
                entering.put(session, row=row, clean=clean)
                return row.id
            if (before := entering.by_once(session, shop_id=shop_id, once=once)) is not None:
                return before.id
            return entering.make(
                session, shop_id=shop_id, staff_id=staff_id, clean=clean, once=once, now=now
            ).id

    return after_a_race(saved)


def pictured(*, shop_id: int, event_id: int) -> own_picture.Row:
    """Return the row of an event that nobody has seen, for its picture: it raises NoSuchEvent, AlreadyShown."""

    def draft(session: Any) -> Event:
        row = _event(session, shop_id=shop_id, event_id=event_id)
        if row.shown_at is not None or row.cancelled_at is not None:
            raise AlreadyShown
        return row

    return draft


def show(*, shop_id: int, staff_id: int, event_id: int, now: datetime) -> None:
    """Open an event to the customers, from its first day on. Twice is once.

    Raises NoSuchEvent, EventCancelled, EventOver for one whose last day has passed while it was written, and
    NothingToDo for one that asks for what the shop does not take.
    """
    with write() as session:
        row = _event(session, shop_id=shop_id, event_id=event_id)
        if row.shown_at is not None:
            return
        if row.cancelled_at is not None:
            raise rules.EventCancelled
        if row.ends_at <= now:
            raise rules.EventOver("끝나는 날이 지났어요. 날짜를 고친 뒤에 열어 주세요.")
        shops.hold(session, shop_id=shop_id)  # what it asks for may be switched off at this moment
        if not showing.takes(session, shop_id=shop_id, what=rules.asks_of(row.conditions)):
            raise rules.NothingToDo
        row.shown_at = now
        session.flush()
        shops.set_use(session, shop_id=shop_id, what=USE, is_on=True)
        _note(session, row, "shown", staff_id, now)


def cancel(*, shop_id: int, staff_id: int, event_id: int, now: datetime) -> None:
    """Take an event back before its draw; who entered reads it on the card. Twice is once.

    Raises NoSuchEvent, AlreadyDrawn.
    """
    with write() as session:
        row = _event(session, shop_id=shop_id, event_id=event_id)
        if row.drawn_at is not None:
            raise AlreadyDrawn
        if row.cancelled_at is None:
            row.cancelled_at = now
            session.flush()
            _note(session, row, "cancelled", staff_id, now)


def enter(*, shop_id: int, customer_id: int, event_id: int, may_name: bool, now: datetime) -> str:
    """Let a person enter; returns the ticket, the same one however often and from however many phones.

    `may_name`: they agree to be named in the result, masked. A photo or a post that the event asks for becomes one for
    this event, and tells so wherever it is shown. Raises NoSuchEvent, NotBegun, EventOver, EventCancelled, NotForThem
    with what is missing, NotDoneYet, NotHere for somebody who left.
    """
    return after_a_race(
        lambda: _enter(
            shop_id=shop_id, customer_id=customer_id, event_id=event_id, may_name=may_name, now=now
        )
    )


def _enter(*, shop_id: int, customer_id: int, event_id: int, may_name: bool, now: datetime) -> str:
    with write() as session:
        # The person before the event, as leaving takes them: two taps at once meet here.
        person = people.customer(session, shop_id=shop_id, customer_id=customer_id, lock=True)
        if person is None:
            raise NotHere
        row = _event(session, shop_id=shop_id, event_id=event_id)
        before = entering.entry_of(session, shop_id=shop_id, event_id=event_id, customer_id=customer_id)
        if before is not None:
            return before.ticket
        rules.must_be_open(_state(row, now))
        _must_fit(session, row=row, person=person, now=now)
        if rules.asks_of(row.conditions):
            thing = entering.done_for(session, row=row, customer_id=customer_id)
            if thing is None:
                raise NotDoneYet
            thing.event_id = event_id
        shown = masked_name(person.name) if may_name else ""
        return entering.enter(session, row=row, customer_id=customer_id, shown_name=shown, now=now).ticket


def _must_fit(session: Any, *, row: Event, person: Customer, now: datetime) -> None:
    # A number that another card has counts as well: their own pages say the same of a taken number and a free one.
    phone = person.phone or people.claimed_phone(session, person=person)
    rules.must_fit(
        row.conditions,
        visits=person.visit_count,
        age14=bool(phone) and people.standing(session, person=person)["age14"],
        in_group=is_invited(row.conditions, shop_id=row.shop_id, customer_id=person.id, now=now),
    )


def is_invited(conditions: Mapping[str, Any], *, shop_id: int, customer_id: int, now: datetime) -> bool:
    """Tell whether somebody is in the group an event is for; of a group that is no more, nobody is."""
    if not (group := conditions.get("group", "")):
        return True
    try:
        return groups.has(shop_id=shop_id, group=group, customer_id=customer_id, now=now)
    except KeyError:
        return False


def draw(*, shop_id: int, event_id: int, staff_id: int | None, now: datetime) -> int:
    """Draw among all tickets and tell the winners; returns how many won. Twice is once: who won has won.

    `staff_id` None: the clock did it. Raises NoSuchEvent, StillOpen, EventCancelled.
    """
    return after_a_race(lambda: _draw(shop_id=shop_id, event_id=event_id, staff_id=staff_id, now=now))


def _draw(*, shop_id: int, event_id: int, staff_id: int | None, now: datetime) -> int:
    with write() as session:
        row = _event(session, shop_id=shop_id, event_id=event_id)
        where = _state(row, now)
        if where == "drawn":
            return min(row.winners, row.entries)
        if where in ("draft", "cancelled"):
            rules.must_be_open(where)
        if where != "ended":
            raise StillOpen
        seconds = entering.seconds(session, row=row)
        out = {entry.ticket for entry in seconds}
        every = entering.tickets(session, shop_id=shop_id, event_id=event_id)
        tickets = [ticket for ticket in every if ticket not in out]
        drawn = draw_rules.draw(row.seed, tickets, row.winners)
        # The people before their tickets, as leaving takes them.
        won = entering.of_tickets(session, row=row, tickets=drawn)
        held = {entry.customer_id for entry in (*won, *seconds) if entry.customer_id is not None}
        now_are = {each: merges.now_is(shop_id=shop_id, customer_id=each) for each in held}
        people.hold_people(session, shop_id=shop_id, customer_ids=sorted({*held, *now_are.values()}))
        entering.leave_out(session, row=row, entries=seconds)
        entering.rank(session, row=row, won=won, now=now)
        for entry in won:
            if entry.customer_id is not None:
                _tell(session, row=row, entry=entry, whose=now_are[entry.customer_id], now=now)
        _note(session, row, "drawn", staff_id, now)
        return len(won)


def _tell(session: Any, *, row: Event, entry: EventEntry, whose: int, now: datetime) -> None:
    """Tell a winner, who may be one with another card by now; of one who left only the ticket is there."""
    if entry.rank is None or people.customer(session, shop_id=row.shop_id, customer_id=whose) is None:
        return
    code = shops.code_of(session, shop_id=row.shop_id)
    outbox.plan(
        session,
        shop_id=row.shop_id,
        customer_id=whose,
        kind="event_result",
        cause=f"draw:{entry.id}",
        due_at=now,
        facts={
            "event": row.title,
            "result": event_words.result_words(row.prize, entries=row.entries, winners=row.winners),
            "path": f"/c/{code}/events/{row.id}",
        },
        now=now,
    )


def unname(*, shop_id: int, customer_id: int, event_id: int) -> None:
    """Take a person's name out of an event's result, also one that is long out; the tickets stay. Twice is once.

    Raises NoSuchEvent, NotHere for somebody who left.
    """

    def unnamed() -> None:
        with write() as session:
            # The person before the event, as entering takes them.
            if people.customer(session, shop_id=shop_id, customer_id=customer_id, lock=True) is None:
                raise NotHere
            _event(session, shop_id=shop_id, event_id=event_id)
            entering.unname(session, shop_id=shop_id, event_id=event_id, customer_id=customer_id)

    after_a_race(unnamed)  # a draw holds the event first


def give(*, shop_id: int, staff_id: int, event_id: int, rank: int, is_given: bool, now: datetime) -> None:
    """Note that a winner has their prize, or take that note back. Raises NoSuchEvent."""
    with write() as session:
        row = _event(session, shop_id=shop_id, event_id=event_id)
        if not entering.give(
            session, shop_id=shop_id, event_id=event_id, rank=rank, at=now if is_given else None
        ):
            raise NoSuchEvent
        _note(session, row, "given" if is_given else "not_given", staff_id, now)


def see_to(*, shop_id: int, now: datetime, stop: Callable[[], bool]) -> int:
    """Draw what ended half a day ago and nobody drew, and let cards stop looking for events that are long over.

    Returns how many were drawn.
    """
    drawn = 0
    for event_id in reads.due_for_draw(shop_id, ended_before=now - rules.DRAWN_BY_ITSELF_AFTER):
        if stop():
            return drawn
        draw(shop_id=shop_id, event_id=event_id, staff_id=None, now=now)
        drawn += 1
    if USE in shops.uses(db.session, shop_id=shop_id):
        with write() as session:
            shops.hold(session, shop_id=shop_id)  # before it is asked: an event may be opened at this moment
            if not entering.is_any_shown(session, shop_id=shop_id, now=now):
                shops.set_use(session, shop_id=shop_id, what=USE, is_on=False)
    return drawn


def _event(session: Any, *, shop_id: int, event_id: int) -> Event:
    row = entering.event(session, shop_id=shop_id, event_id=event_id)
    if row is None:
        raise NoSuchEvent
    return row


def _state(row: Event, now: datetime) -> str:
    return rules.state(
        shown_at=row.shown_at,
        cancelled_at=row.cancelled_at,
        drawn_at=row.drawn_at,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        now=now,
    )


def _note(session: Any, row: Event, became: str, staff_id: int | None, now: datetime) -> None:
    audit.note(
        session,
        shop_id=row.shop_id,
        what="event",
        staff_id=staff_id,
        subject=f"event:{row.id}",
        detail=became,
        now=now,
    )
