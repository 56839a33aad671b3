"""Reads about events: for everybody, for who entered, for the shop. The seed is told to nobody before the draw."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, BinaryIO

from sqlalchemy import func, select

from app.board import event_rules as rules
from app.board import event_words, own_photos
from app.board.event_models import Event, EventEntry
from app.customers import merges
from app.customers.models import Customer
from app.extensions import db

# A page names so many tickets; the file has them all.
LISTED = 300


@dataclass(frozen=True)
class EventLine:
    """One event as every page shows it. `seed` is "" until it was drawn."""

    id: int
    title: str
    prize: str
    winners: int
    text: str
    photo: str
    conditions: dict[str, Any]
    starts_at: datetime
    ends_at: datetime
    seed_hash: str
    seed: str
    entries: int
    made_at: datetime
    drawn_at: datetime | None
    state: str

    @property
    def state_words(self) -> str:
        """Where it stands, in words."""
        return rules.STATE_WORDS[self.state]

    @property
    def chosen_words(self) -> str:
        """What a winner is told: of how many they were drawn."""
        return event_words.chosen_words(entries=self.entries, winners=self.winners)

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last Korean day on which one may enter."""
        return rules.days_of(self.starts_at, self.ends_at)

    @property
    def who_may(self) -> str:
        """Who may enter, in words for everybody."""
        return event_words.condition_words(self.conditions)

    @property
    def asks(self) -> str:
        """What one does to enter, a key of rules.ASKS; "" for the button alone."""
        return rules.asks_of(self.conditions)

    @property
    def group(self) -> str:
        """The key of the group it is for, "" for everybody."""
        return str(self.conditions.get("group", ""))


@dataclass(frozen=True)
class EventPage:
    """Some events, newest first; `after` asks for the next ones, None at the end."""

    lines: list[EventLine]
    after: int | None


@dataclass(frozen=True)
class MyEntry:
    """A person's own ticket; `rank` once they won."""

    event_id: int
    title: str
    ticket: str
    at: datetime
    rank: int | None
    given_at: datetime | None
    shown_name: str
    is_drawn: bool


@dataclass(frozen=True)
class WinnerLine:
    """Who won a place. For everybody `shown_name`, "" where they did not want to be named; the rest is the shop's."""

    rank: int
    ticket: str
    shown_name: str
    customer_id: int | None  # None: they left
    name: str
    given_at: datetime | None


def event(*, shop_id: int, event_id: int, now: datetime, drafts: bool = False) -> EventLine | None:
    """Return one event of this shop; one that is being written only with `drafts` (S05)."""
    found = _lines(shop_id, now, Event.id == event_id, limit=1)
    return found[0] if found and (drafts or found[0].state != "draft") else None


def events(
    shop_id: int, *, now: datetime, after: int | None = None, drafts: bool = False, limit: int = 20
) -> EventPage:
    """Return a shop's events, newest first. `after`: the id of the last one shown."""
    where: list[Any] = [] if drafts else [Event.shown_at.is_not(None)]
    if after is not None:
        where.append(Event.id < after)
    found = _lines(shop_id, now, *where, limit=limit + 1)
    return EventPage(found[:limit], found[limit - 1].id if len(found) > limit else None)


def waiting_for_draw(shop_id: int, *, now: datetime) -> list[EventLine]:
    """Return the few events that ended and wait for their draw, the oldest first: the home names them."""
    return _lines(shop_id, now, *_undrawn(now), order=Event.ends_at, limit=5)


def due_for_draw(shop_id: int, *, ended_before: datetime) -> list[int]:
    """Return the events that ended before a moment and were not drawn."""
    rows = db.session.scalars(
        select(Event.id).where(Event.shop_id == shop_id, *_undrawn(ended_before)).order_by(Event.id)
    )
    return list(rows)


def _undrawn(before: datetime) -> tuple[Any, ...]:
    return (
        Event.ends_at <= before,
        Event.shown_at.is_not(None),
        Event.drawn_at.is_(None),
        Event.cancelled_at.is_(None),
    )


def tickets(*, shop_id: int, event_id: int, limit: int | None = None) -> list[str]:
    """Return the tickets an event is drawn with, in the order they came."""
    rows = db.session.scalars(
        select(EventEntry.ticket)
        .where(EventEntry.shop_id == shop_id, EventEntry.event_id == event_id, EventEntry.is_out.is_(False))
        .order_by(EventEntry.number)
        .limit(limit)
    )
    return list(rows)


def winners(*, shop_id: int, event_id: int) -> list[WinnerLine]:
    """Return who won, the first place first; of who went into another since, that one."""
    rows: Any = db.session.execute(
        select(
            EventEntry.rank,
            EventEntry.ticket,
            EventEntry.shown_name,
            EventEntry.customer_id,
            func.coalesce(Customer.name, ""),
            EventEntry.given_at,
            Customer.merged_into_id,
        )
        .outerjoin(
            Customer, (Customer.shop_id == EventEntry.shop_id) & (Customer.id == EventEntry.customer_id)
        )
        .where(EventEntry.shop_id == shop_id, EventEntry.event_id == event_id, EventEntry.rank.is_not(None))
        .order_by(EventEntry.rank)
    )
    return [_winner(shop_id, *row) for row in rows]


def _winner(
    shop_id: int,
    rank: int,
    ticket: str,
    shown: str,
    whose: int | None,
    name: str,
    given: datetime | None,
    into: int | None,
) -> WinnerLine:
    if into is not None:
        whose = merges.now_is(shop_id=shop_id, customer_id=into)
        who = Customer.shop_id == shop_id, Customer.id == whose
        name = db.session.scalar(select(Customer.name).where(*who)) or ""
    return WinnerLine(rank, ticket, shown, whose, name, given)


def my_entry(*, shop_id: int, event_id: int, customer_id: int) -> MyEntry | None:
    """Return a person's own entry, or None."""
    found = _mine(shop_id, customer_id, EventEntry.event_id == event_id, limit=1)
    return found[0] if found else None


def my_entries(
    *, shop_id: int, customer_id: int, event_ids: Collection[int] | None = None, limit: int = 50
) -> list[MyEntry]:
    """Return everything a person entered, newest first; `event_ids`: of these events only."""
    where = [] if event_ids is None else [EventEntry.event_id.in_(event_ids)]
    return _mine(shop_id, customer_id, *where, limit=limit)


def named(*, shop_id: int, customer_id: int) -> list[MyEntry]:
    """Return the results in which everybody can read a person's masked name."""
    where = EventEntry.shown_name != "", EventEntry.rank.is_not(None)
    return _mine(shop_id, customer_id, *where, limit=50)


def _mine(shop_id: int, customer_id: int, *where: Any, limit: int) -> list[MyEntry]:
    """Return one entry of each event: of who was two cards the one that won, else the one that is drawn with."""
    everybody = merges.people_in(db.session, shop_id=shop_id, customer_id=customer_id)
    rows = db.session.execute(
        select(
            EventEntry.event_id,
            Event.title,
            EventEntry.ticket,
            EventEntry.at,
            EventEntry.rank,
            EventEntry.given_at,
            EventEntry.shown_name,
            Event.drawn_at.is_not(None),
        )
        .join(Event, (Event.shop_id == EventEntry.shop_id) & (Event.id == EventEntry.event_id))
        .where(EventEntry.shop_id == shop_id, EventEntry.customer_id.in_(everybody), *where)
        .order_by(EventEntry.rank.is_(None), EventEntry.is_out, EventEntry.number)
    )
    best: dict[int, MyEntry] = {}
    for row in rows:
        best.setdefault(row.event_id, MyEntry(*row))
    return sorted(best.values(), key=lambda entry: (entry.at, entry.event_id), reverse=True)[:limit]


def open_photo(line: EventLine, shop_id: int, *, small: bool = False) -> BinaryIO | None:
    """Open the picture of an event that the caller may see; None when it has none."""
    return own_photos.open_one(shop_id, line.photo, small=small)


def known_photos(shop_id: int, refs: Collection[str]) -> set[str]:
    """Return which of these names are pictures of the shop's events."""
    return set(db.session.scalars(select(Event.photo).where(Event.shop_id == shop_id, Event.photo.in_(refs))))


def _lines(shop_id: int, now: datetime, *where: Any, limit: int, order: Any = None) -> list[EventLine]:
    rows = db.session.scalars(
        select(Event)
        .where(Event.shop_id == shop_id, *where)
        .order_by(Event.id.desc() if order is None else order)
        .limit(limit)
    )
    return [
        EventLine(
            id=row.id,
            title=row.title,
            prize=row.prize,
            winners=row.winners,
            text=row.text,
            photo=row.photo,
            conditions=row.conditions,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            seed_hash=row.seed_hash,
            seed=row.seed if row.drawn_at is not None else "",
            entries=row.entries,
            made_at=row.made_at,
            drawn_at=row.drawn_at,
            state=rules.state(
                shown_at=row.shown_at,
                cancelled_at=row.cancelled_at,
                drawn_at=row.drawn_at,
                starts_at=row.starts_at,
                ends_at=row.ends_at,
                now=now,
            ),
        )
        for row in rows
    ]
