"""Changes to events, their entries and their draw. Flush, never commit."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from app.board.asked_for import DONE_IN, done_where
from app.board.draw_rules import SEED_BYTES, TICKET_LENGTH, seed_hash
from app.board.event_models import Event, EventEntry
from app.board.event_rules import SHOWN_AFTER_END, CleanEvent, asks_of
from app.customers import merges
from app.customers.models import Customer
from app.kit.signing import random_code


def by_once(session: Any, *, shop_id: int, once: str) -> Event | None:
    """Return the event that this form made before."""
    found: Event | None = session.scalar(select(Event).where(Event.shop_id == shop_id, Event.once == once))
    return found


def event(session: Any, *, shop_id: int, event_id: int) -> Event | None:
    """Return an event of this shop, held until the flow ends (PostgreSQL): entries and the draw stand in line here."""
    found: Event | None = session.scalar(
        select(Event)
        .where(Event.shop_id == shop_id, Event.id == event_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found


def make(session: Any, *, shop_id: int, staff_id: int, clean: CleanEvent, once: str, now: datetime) -> Event:
    """Write an event down that nobody sees yet, with the seed of its draw. Raises IntegrityError for a used once-key."""
    seed = secrets.token_hex(SEED_BYTES)
    made = Event(
        shop_id=shop_id,
        once=once,
        staff_id=staff_id,
        made_at=now,
        seed=seed,
        seed_hash=seed_hash(seed),
        **_facts(clean),
    )
    session.add(made)
    session.flush()
    return made


def put(session: Any, *, row: Event, clean: CleanEvent) -> None:
    """Change an event that nobody has seen. Its seed stays: it was chosen with it."""
    for name, value in _facts(clean).items():
        setattr(row, name, value)
    session.flush()


def _facts(clean: CleanEvent) -> Mapping[str, Any]:
    return {
        "title": clean.title,
        "prize": clean.prize,
        "winners": clean.winners,
        "text": clean.text,
        "starts_at": clean.starts_at,
        "ends_at": clean.ends_at,
        "conditions": clean.conditions,
    }


def entry_of(session: Any, *, shop_id: int, event_id: int, customer_id: int) -> EventEntry | None:
    """Return a person's entry; of who was two cards (merges.people_in) the one that came first."""
    return next(iter(_entries_of(session, shop_id=shop_id, event_id=event_id, customer_id=customer_id)), None)


def _entries_of(session: Any, *, shop_id: int, event_id: int, customer_id: int) -> list[EventEntry]:
    everybody = merges.people_in(session, shop_id=shop_id, customer_id=customer_id)
    return list(
        session.scalars(
            select(EventEntry)
            .where(
                EventEntry.shop_id == shop_id,
                EventEntry.event_id == event_id,
                EventEntry.customer_id.in_(everybody),
            )
            .order_by(EventEntry.number)
        )
    )


def seconds(session: Any, *, row: Event) -> list[EventEntry]:
    """Return the tickets that take no part: their holders have an earlier one, from a card that became one with theirs."""
    gone = session.scalars(
        select(EventEntry.customer_id)
        .join(Customer, (Customer.shop_id == EventEntry.shop_id) & (Customer.id == EventEntry.customer_id))
        .where(
            EventEntry.shop_id == row.shop_id,
            EventEntry.event_id == row.id,
            Customer.merged_into_id.is_not(None),
        )
    )
    kept = sorted({merges.now_is(shop_id=row.shop_id, customer_id=each) for each in gone})
    found: list[EventEntry] = []
    for each in kept:
        found += _entries_of(session, shop_id=row.shop_id, event_id=row.id, customer_id=each)[1:]
    return found


def leave_out(session: Any, *, row: Event, entries: Sequence[EventEntry]) -> None:
    """Write down which tickets the draw is done without. The event counts them no more: people entered, not cards."""
    for entry in entries:
        entry.is_out = True
    row.entries -= len(entries)
    session.flush()


def unname(session: Any, *, shop_id: int, event_id: int, customer_id: int) -> None:
    """Take a person's name off an event. The tickets stay: the draw is checked with those."""
    for entry in _entries_of(session, shop_id=shop_id, event_id=event_id, customer_id=customer_id):
        entry.shown_name = ""
    session.flush()


def done_for(session: Any, *, row: Event, customer_id: int) -> Any:
    """Return the photo or the post by which a person did what the event asks for, the newest; None while there is none.

    What was sent for another event counts for that one. Held until the flow ends (PostgreSQL).
    """
    model = DONE_IN[asks_of(row.conditions)]
    return session.scalar(
        select(model)
        .where(*done_where(model, shop_id=row.shop_id, event_id=row.id, since=row.starts_at, who=customer_id))
        .order_by(model.id.desc())
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def who_asks(session: Any, *, shop_id: int, what: str, now: datetime) -> str | None:
    """Return the title of an event that runs or is to come and asks for this (a key of ASKS); None without one."""
    rows = session.execute(
        select(Event.title, Event.conditions).where(
            Event.shop_id == shop_id,
            Event.shown_at.is_not(None),
            Event.cancelled_at.is_(None),
            Event.ends_at > now,
        )
    )
    return next((title for title, conditions in rows if asks_of(conditions) == what), None)


def enter(session: Any, *, row: Event, customer_id: int, shown_name: str, now: datetime) -> EventEntry:
    """Give a person the next number and a random ticket. `row` is held. Raises IntegrityError for a second entry."""
    row.entries += 1
    made = EventEntry(
        shop_id=row.shop_id,
        event_id=row.id,
        customer_id=customer_id,
        number=row.entries,
        ticket=random_code(TICKET_LENGTH),
        shown_name=shown_name,
        at=now,
    )
    session.add(made)
    session.flush()
    return made


def tickets(session: Any, *, shop_id: int, event_id: int) -> list[str]:
    """Return every ticket of an event in the order they came."""
    return list(
        session.scalars(
            select(EventEntry.ticket)
            .where(EventEntry.shop_id == shop_id, EventEntry.event_id == event_id)
            .order_by(EventEntry.number)
        )
    )


def of_tickets(session: Any, *, row: Event, tickets: Sequence[str]) -> list[EventEntry]:
    """Return the entries of some tickets, in the order of the tickets."""
    found = {
        entry.ticket: entry
        for entry in session.scalars(
            select(EventEntry).where(
                EventEntry.shop_id == row.shop_id,
                EventEntry.event_id == row.id,
                EventEntry.ticket.in_(tickets),
            )
        )
    }
    return [found[ticket] for ticket in tickets]


def rank(session: Any, *, row: Event, won: Sequence[EventEntry], now: datetime) -> None:
    """Write down who won, the first place first. Who left meanwhile left the ticket: it is read once more."""
    for place, entry in enumerate(won, 1):
        session.refresh(entry)
        entry.rank = place
    row.drawn_at = now
    session.flush()


def give(session: Any, *, shop_id: int, event_id: int, rank: int, at: datetime | None) -> bool:
    """Note that a winner's prize was handed over, or (`at` None) that it was not; False where nobody won that place."""
    done = session.execute(
        update(EventEntry)
        .where(EventEntry.shop_id == shop_id, EventEntry.event_id == event_id, EventEntry.rank == rank)
        .values(given_at=at)
    )
    return bool(done.rowcount == 1)


def is_any_shown(session: Any, *, shop_id: int, now: datetime) -> bool:
    """Tell whether customers have an event to look at: one that is to come, is open, or ended lately."""
    many = session.scalar(
        select(func.count(Event.id)).where(
            Event.shop_id == shop_id,
            Event.shown_at.is_not(None),
            Event.cancelled_at.is_(None),
            Event.ends_at > now - SHOWN_AFTER_END,
        )
    )
    return bool(many)


def forget(session: Any, *, shop_id: int, customer_id: int) -> None:
    """Take a person's name off their tickets. The tickets stay: without them nobody could draw again."""
    session.execute(
        update(EventEntry)
        .where(EventEntry.shop_id == shop_id, EventEntry.customer_id == customer_id)
        .values(customer_id=None, shown_name="")
        .execution_options(synchronize_session=False)
    )
