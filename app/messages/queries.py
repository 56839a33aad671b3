"""Reads for the owner's pages, the card's inbox and the demo phone, shaped for a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, or_, select, tuple_

from app.extensions import db
from app.kit.clock import kst_day, start_of_day
from app.kit.columns import UtcDateTime
from app.messages import gather, registry
from app.messages.contract import Facts, Kind
from app.messages.models import Automation, ChannelHealth, ClockLease, Message, PeriodicTask

INBOX_DAYS = 180


@dataclass(frozen=True)
class AutomationLine:
    """One automation as one sentence with a switch."""

    kind: str
    label: str
    sentence: str  # "방문 2시간 뒤에 감사 인사를 보내요"
    is_ad: bool
    is_on: bool
    can_switch: bool  # what the law asks for can't be switched off
    text: str
    default_text: str
    placeholders: dict[str, str]
    delay_minutes: int
    has_delay: bool
    sends_texts: bool  # False: it only lies on the card, nothing is transmitted
    last_sent_at: datetime | None


def delay_words(minutes: int) -> str:
    """Return "2시간", "1시간 30분", "30분", "하루"."""
    if minutes and minutes % 1440 == 0:
        return "하루" if minutes == 1440 else f"{minutes // 1440}일"
    hours, rest = divmod(minutes, 60)
    return (
        " ".join(part for part in (f"{hours}시간" if hours else "", f"{rest}분" if rest else "") if part)
        or "0분"
    )


def automations(shop_id: int) -> list[AutomationLine]:
    """Return every kind as the shop has it set, 광고 first, then 안내."""
    changed = {
        row.kind: row for row in db.session.scalars(select(Automation).where(Automation.shop_id == shop_id))
    }
    last = {
        row.kind: row.at
        for row in db.session.execute(
            select(Message.kind, func.max(Message.sent_at).label("at"))
            .where(Message.shop_id == shop_id, Message.sent_at.is_not(None))
            .group_by(Message.kind)
        )
    }
    lines = [_line(kind, changed.get(key), last.get(key)) for key, kind in registry.kinds().items()]
    return sorted(lines, key=lambda line: (not line.is_ad, not line.can_switch, line.label))


def automation(shop_id: int, kind: str) -> AutomationLine | None:
    """Return one kind as the shop has it set, or None for a kind that doesn't exist."""
    return next((line for line in automations(shop_id) if line.kind == kind), None)


def _line(kind: Kind, row: Automation | None, last_sent_at: datetime | None) -> AutomationLine:
    delay = kind.delay_minutes if row is None or row.delay_minutes is None else row.delay_minutes
    return AutomationLine(
        kind=kind.key,
        label=kind.label,
        sentence=kind.sentence.replace("{때}", delay_words(delay)),
        is_ad=kind.is_ad,
        is_on=kind.statutory or (kind.default_on if row is None else row.is_on),
        can_switch=not kind.statutory,
        text=(row.text if row else "") or kind.text,
        default_text=kind.text,
        placeholders=dict(kind.placeholders),
        delay_minutes=delay,
        has_delay=kind.delay_minutes > 0,
        sends_texts=any(registry.channel(key).CAPABILITIES.transmits for key in kind.channels),
        last_sent_at=last_sent_at,
    )


@dataclass(frozen=True)
class Outlook:
    """ "오늘 보낼 말" on the home screen."""

    by_hand: int  # waiting for the owner's tap
    today: int  # will go out by themselves before midnight
    unclear: int  # "확인 필요"
    blocked_reason: str  # why nothing real may go out, or ""


def outlook(shop_id: int, *, now: datetime) -> Outlook:
    """Count what waits for the owner and what goes out today."""
    midnight = start_of_day(kst_day(now) + timedelta(days=1))
    counts = db.session.execute(
        select(
            func.count().filter(Message.state == "ready", Message.staged_at.is_not(None)),
            func.count().filter(
                Message.state == "ready",
                Message.staged_at.is_(None),
                Message.due_at < midnight,
                Message.channel != "card",
            ),
            func.count().filter(Message.state == "unknown"),
        ).where(Message.shop_id == shop_id, Message.state.in_(("ready", "unknown")))
    ).one()
    blocked = db.session.scalar(
        select(Message.reason)
        .where(
            Message.shop_id == shop_id,
            Message.code.in_(("no_public_url", "no_contact", "no_080")),
            Message.created_at > now - timedelta(days=3),
        )
        .order_by(Message.id.desc())
        .limit(1)
    )
    return Outlook(by_hand=counts[0], today=counts[1], unclear=counts[2], blocked_reason=blocked or "")


@dataclass(frozen=True)
class LetterLine:
    """One letter on the card: 가게에서 온 말."""

    id: int
    kind: str
    label: str
    text: str
    at: datetime
    is_new: bool
    path: str = ""  # where its button leads, inside our own pages; "" = it has none
    button: str = ""


def inbox(shop_id: int, customer_id: int, *, now: datetime, limit: int = 50) -> list[LetterLine]:
    """Return the letters on a card, newest first."""
    rows = db.session.execute(
        select(Message.id, Message.kind, Message.text, Message.facts, Message.sent_at, Message.read_at)
        .where(
            Message.shop_id == shop_id,
            Message.customer_id == customer_id,
            Message.channel == "card",
            Message.state == "sent",
            Message.sent_at > now - timedelta(days=INBOX_DAYS),
        )
        .order_by(Message.id.desc())
        .limit(limit)
    )
    kinds = registry.kinds()
    return [
        LetterLine(
            id=row.id,
            kind=row.kind,
            label=kinds[row.kind].label if row.kind in kinds else "가게에서 온 말",
            text=row.text,
            at=row.sent_at,
            is_new=row.read_at is None,
            **_way_on(kinds.get(row.kind), row.facts),
        )
        for row in rows
    ]


def _way_on(kind: Kind | None, facts: Facts) -> dict[str, str]:
    """Return the letter's button; none once the facts are forgotten."""
    if kind is None or kind.path is None or not facts:
        return {}
    return {"path": kind.path(facts), "button": kind.button}


# Asked with every look at a card: built once.
_UNREAD = select(func.count()).where(
    Message.shop_id == bindparam("shop"),
    Message.customer_id == bindparam("customer"),
    Message.channel == "card",
    Message.state == "sent",
    Message.sent_at > bindparam("since", type_=UtcDateTime()),
    Message.read_at.is_(None),
)


def unread(shop_id: int, customer_id: int, *, now: datetime) -> int:
    """Return how many letters on the card nobody has opened yet, of those the inbox still shows."""
    since = now - timedelta(days=INBOX_DAYS)
    which = {"shop": shop_id, "customer": customer_id, "since": since}
    return int(db.session.scalar(_UNREAD, which) or 0)


def unread_of(people: list[tuple[int, int]], *, now: datetime) -> dict[tuple[int, int], int]:
    """Return the same for several cards by one read; `people` and the answer's keys are (shop_id, customer_id)."""
    if not people:
        return {}
    rows = db.session.execute(
        select(Message.shop_id, Message.customer_id, func.count())
        .where(
            tuple_(Message.shop_id, Message.customer_id).in_(people),
            Message.channel == "card",
            Message.state == "sent",
            Message.sent_at > now - timedelta(days=INBOX_DAYS),
            Message.read_at.is_(None),
        )
        .group_by(Message.shop_id, Message.customer_id)
    )
    return {(row[0], row[1]): row[2] for row in rows}


@dataclass(frozen=True)
class WaitingWork:
    """What the clock has to see to."""

    is_due: bool  # rows a worker should send
    to_sweep: bool  # leases that ran out, rows that grew stale
    to_look_up: bool  # unclear rows whose provider can be asked


def waiting_work(now: datetime) -> WaitingWork:
    """Look over all shops for work, in one cheap read of the open rows' index."""
    now_ms = gather.database_ms(db.session)
    resting = select(ChannelHealth.channel).where(ChannelHealth.rest_until_ms > now_ms)
    askable = [key for key, channel in registry.channels().items() if channel.CAPABILITIES.can_find]
    due = select(Message.id).where(
        Message.state == "ready",
        Message.due_at <= now,
        Message.staged_at.is_(None),
        or_(Message.lease_ms.is_(None), Message.lease_ms <= now_ms),
        Message.channel.not_in(resting),
    )
    gone = select(Message.id).where(Message.state.in_(("claimed", "sending")), Message.lease_ms < now_ms)
    stale = select(Message.id).where(Message.state == "ready", Message.due_at <= now, Message.not_after < now)
    unclear = select(Message.id).where(
        Message.state == "unknown", Message.lease_ms <= now_ms, Message.channel.in_(askable)
    )
    row = db.session.execute(select(due.exists(), or_(gone.exists(), stale.exists()), unclear.exists())).one()
    return WaitingWork(*row)


def periodic_due(tasks: Mapping[str, timedelta], now: datetime) -> set[str]:
    """Return which of these periodic tasks are due, or not known yet. `tasks`: how often each comes round.

    A turn further away than that was written by a clock that ran ahead: it is due to be put right.
    """
    rows = db.session.execute(
        select(PeriodicTask.name, PeriodicTask.next_run_at).where(PeriodicTask.name.in_(tasks))
    )
    later = {name for name, at in rows if now < at <= now + tasks[name]}
    return set(tasks) - later


def clock_age_s() -> float | None:
    """Return seconds since the clock last showed a sign of life; None when it never did.

    Measured on the database's clock at both ends, so a shifted application clock can't fool /readyz.
    """
    seen = db.session.scalar(select(ClockLease.seen_ms).where(ClockLease.name == "clock"))
    return None if not seen else max(0.0, (gather.database_ms(db.session) - seen) / 1000)
