"""Reads for the by-hand queue: today's five, why each, what was sent from the shop's phone and how the day stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select

from app.customers.models import Customer
from app.extensions import db
from app.kit.clock import kst_day, start_of_day
from app.kit.phone import masked
from app.kit.text import carrier_bytes
from app.messages import (
    causes,
    composing,
    crowd,
    duties,
    gather,
    hand_rules,
    hand_stops,
    registry,
    restores,
    rules,
)
from app.messages.channels.own_phone import sms_link
from app.messages.contract import BY_HAND, Facts, Wire
from app.messages.crowd import Crowd
from app.messages.hand_rules import BEST_OF_DAY, HandDay
from app.messages.models import Message
from app.messages.way_models import MessageSettings, Restore

_BEFORE_ALL = start_of_day(date(1970, 1, 1))
_SURELY = (
    select(Restore.at, Restore.backup_at)
    .where(Restore.is_sure, Restore.backup_at.is_not(None))
    .order_by(Restore.backup_at)
)
# Enough to find five that may go out now among those that must wait: who had another ad since this one was laid
# here rests, and those who come most often, the first in the list, have most of them. So many looks at most.
_LOOKED_AT, _LOOKS = 40, 10


@dataclass(frozen=True)
class HandLine:
    """One message the owner may send from the shop's phone now."""

    id: int
    customer_id: int
    customer_name: str
    phone: str  # masked
    label: str
    text: str
    sms_link: str  # opens the message app with number and text filled in
    length: int
    hides: bool  # what the dots stand for is only in the link
    why: str = ""  # why this person, in words
    has_photo: bool = False
    cost: str = ""  # what one costs, in words
    is_duty: bool = False  # the law wants it told: it can't be left out


def hand_day(shop_id: int, *, now: datetime) -> HandDay:
    """Return how the day by hand stands."""
    today = kst_day(now)
    said = db.session.execute(
        select(MessageSettings.hand_minute, MessageSettings.hand_most, MessageSettings.hand_done_on).where(
            MessageSettings.shop_id == shop_id
        )
    ).one_or_none()
    opens, most, ended_on = said or (hand_rules.HAND_MINUTE, hand_rules.HAND_MOST, None)
    sent = db.session.scalar(select(func.count(Message.id)).where(*_sent_today(shop_id, now)))
    return hand_rules.day_of(
        opens=opens, most=most, ended_on=ended_on, sent=int(sent or 0), today=today, now=now
    )


def waiting_now(shop_id: int, *, wire: Wire, now: datetime) -> int:
    """Return how many the home page speaks of: what waits at once, and from the quiet hour on the rest of the five."""
    day = hand_day(shop_id, now=now)
    if day.is_full or not db.session.scalar(select(Message.id).where(*_waits(shop_id, now)).limit(1)):
        return 0
    lines = by_hand(
        shop_id, wire=wire, now=now, limit=day.left or BEST_OF_DAY, only_at_once=day.is_quiet, looked_at=15
    )
    return len(lines)


def _typed() -> list[str]:
    return [key for key, spec in registry.kinds().items() if spec.to_typed_number]


def _waits(shop_id: int, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Return what waits for a tap. Only this channel is ever staged; named, it lets an index serve the question."""
    return (
        Message.shop_id == shop_id,
        Message.channel == BY_HAND,
        Message.state == "ready",
        Message.staged_at.is_not(None),
        Message.due_at <= now,
        Message.not_after >= now,
        *hand_stops.moves(shop_id, now=now),
    )


def by_hand(
    shop_id: int,
    *,
    wire: Wire,
    now: datetime,
    limit: int = BEST_OF_DAY,
    only_at_once: bool = False,
    looked_at: int = _LOOKED_AT,
) -> list[HandLine]:
    """Return the best of the by-hand queue that the gate lets go out at this moment.

    Best first: a code somebody waits for this very minute, what the law wants told by a day, what the owner has
    just written, a birthday, who was missed (hand_rules.rank); among equals those who came most often, then those
    whose message grows stale soonest. What may not be kept stands only in the link that opens the message app: it
    proves something to its reader, and nothing to who can read the shop's pages. `only_at_once`: before the quiet
    hour, and once the day is done.
    """
    typed = _typed()
    ranks = {
        key: hand_rules.rank(key, waits=spec.to_typed_number, is_duty=spec.must_reach)
        for key, spec in registry.kinds().items()
    }
    known = [key for key in ranks if key not in typed]
    query = (
        select(Message, Customer.phone, Customer.visit_count, Customer.last_visit_at)
        .join(Customer, (Customer.shop_id == Message.shop_id) & (Customer.id == Message.customer_id))
        .where(
            *_waits(shop_id, now),
            or_(Message.kind.in_(known) & Customer.phone.is_not(None), Message.kind.in_(typed)),
        )
        .order_by(
            case(ranks, value=Message.kind, else_=9),
            Customer.visit_count.desc(),
            Message.not_after,
            Message.id,
        )
        .limit(looked_at)
    )
    if only_at_once:
        query = query.where(Message.kind.in_((*hand_rules.AT_ONCE, *duties.kinds(), *typed)))
    lines: list[HandLine] = []
    for place in range(_LOOKS):
        rows = db.session.execute(query.offset(place * looked_at)).all()
        lines += _lines(rows, typed, most=limit - len(lines), wire=wire, now=now)
        if len(lines) == limit or len(rows) < looked_at:
            break
    return lines


def _lines(rows: Sequence[Any], typed: list[str], *, most: int, wire: Wire, now: datetime) -> list[HandLine]:
    """Return the first of these that may go out now."""
    lines: list[HandLine] = []
    if not rows:
        return lines
    shop_id, whose = rows[0][0].shop_id, {row[0].customer_id for row in rows}
    people = crowd.look_up(db.session, shop_id=shop_id, people=whose, now=now)
    for message, number, visits, last in rows:
        line = _line(message, number, people=people, wire=wire, now=now)
        if line is None:
            continue
        gap = (kst_day(now) - kst_day(last)).days if last is not None else None
        waits = message.kind in typed
        why = hand_rules.why(message.kind, gap_days=gap, visit_count=visits, waits=waits)
        lines.append(replace(line, why=why))
        if len(lines) == most:
            break
    return lines


def _line(
    message: Message, number: str | None, *, people: Crowd, wire: Wire, now: datetime
) -> HandLine | None:
    """Return one message as it stands in the queue; None when it may not go out at this moment.

    `people`: all of the queue's, read at once, since home asks this with every look at it.
    """
    shop_id, spec = message.shop_id, registry.kind(message.kind)
    facts: Facts = message.facts
    if spec.to_typed_number or spec.to_one or causes.ends_unseen(message.cause):
        facts = gather.fresh_facts(db.session, shop_id=shop_id, cause=message.cause, facts=message.facts)
        if not spec.still_wanted(facts):
            return None
    phone = str(facts.get("to") or number)  # never empty: the query asks for one
    known = people.known(message.customer_id, but_message_id=message.id)
    around = gather.around(known, kind=spec, wire=wire)
    verdict = composing.verdict_on(
        kind=around.kind,
        channel=message.channel,
        around=around,
        text=message.text,
        facts=message.facts,
        not_after=message.not_after,
        now=now,
    )
    if not isinstance(verdict, rules.Send):
        return None
    text = message.text
    if spec.to_typed_number:
        text = composing.compose(kind=spec, channel=message.channel, around=around, facts=facts, opt_out="")
    has_photo = bool(facts.get("photo"))
    return HandLine(
        id=message.id,
        customer_id=message.customer_id,
        customer_name=around.name,
        phone=masked(phone),
        label=spec.label,
        text=message.text,
        sms_link=sms_link(phone, text),
        length=carrier_bytes(text),
        hides=spec.to_typed_number,
        has_photo=has_photo,
        cost=hand_rules.cost_words(has_photo=has_photo),
        is_duty=spec.must_reach,
    )


@dataclass(frozen=True)
class HandDone:
    """One message sent from the shop's phone today; may be taken back when it was a slip."""

    id: int
    customer_name: str
    label: str
    at: datetime


def _sent_today(shop_id: int, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Message.shop_id == shop_id,
        Message.channel == BY_HAND,
        Message.state == "sent",
        # True of all. Without it SQLite, which knows only that most messages stand on the card, reads every one.
        Message.due_at > _BEFORE_ALL,
        Message.sent_at >= start_of_day(kst_day(now)),
    )


def sent_by_hand_today(shop_id: int, *, now: datetime) -> list[HandDone]:
    """Return what the owner marked as sent today, newest first."""
    rows = db.session.execute(
        select(Message.id, Customer.name, Message.kind, Message.sent_at)
        .join(Customer, (Customer.shop_id == Message.shop_id) & (Customer.id == Message.customer_id))
        .where(*_sent_today(shop_id, now))
        .order_by(Message.sent_at.desc())
        .limit(50)
    )
    return [HandDone(row.id, row.name, registry.kind(row.kind).label, row.sent_at) for row in rows]


def backup_put_back(shop_id: int, *, now: datetime) -> datetime | None:
    """Return when the backup was made after which texts of the by-hand queue may have gone out already, else None.

    None also once the owner said that they looked at their phone, after three days, and when nothing that was due
    by then waits any more. Of two backups that were put back lately the older one.
    """
    rows = db.session.execute(_SURELY.where(Restore.at > now - restores.ASKS_OWNER_FOR)).all()
    if not rows:
        return None
    checked = db.session.scalar(
        select(MessageSettings.hand_checked_at).where(MessageSettings.shop_id == shop_id)
    )
    open_ones = [row for row in rows if checked is None or row.at > checked]
    if not open_ones:
        return None
    waits = select(Message.id).where(
        Message.shop_id == shop_id,
        Message.channel == BY_HAND,
        Message.state == "ready",
        Message.due_at <= max(row.at for row in open_ones) + restores.HOLDS_FOR,
    )
    backup_at: datetime = open_ones[0].backup_at
    return None if db.session.scalar(waits.limit(1)) is None else backup_at
