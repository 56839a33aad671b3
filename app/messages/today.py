"""오늘 보낼 말: what goes out today by itself, what waits for the owner's phone, whom nothing goes to, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from app.extensions import db
from app.kit.clock import kst_day, start_of_day
from app.kit.korean import clock_time
from app.messages import hand_stops, registry
from app.messages.contract import CARD
from app.messages.models import Message

_OPEN = ("ready", "claimed", "sending")
_MOST_REASONS = 5


@dataclass(frozen=True)
class TodayLine:
    """One kind of what goes out, or one reason why nothing does."""

    label: str
    count: int
    detail: str  # "오후 3:10부터", or ""


@dataclass(frozen=True)
class Today:
    """The day's messages, sorted by who has to do something."""

    by_itself: list[TodayLine]
    by_hand: list[TodayLine]
    left_out: list[TodayLine]
    sent: int  # went out already, texts and e-mails and pushes

    @property
    def left_out_count(self) -> int:
        """Return for how many there is no text today."""
        return sum(line.count for line in self.left_out)

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to say about this day yet."""
        return not (self.by_itself or self.by_hand or self.left_out or self.sent)


def today(shop_id: int, *, now: datetime) -> Today:
    """Return it for this Korean day."""
    begins, ends = _day_of(now)
    channels = {key: channel.CAPABILITIES for key, channel in registry.channels().items()}
    away = [key for key, can in channels.items() if can.transmits]
    mine = (Message.shop_id == shop_id, Message.channel.in_(away))
    coming = db.session.execute(
        select(
            Message.kind,
            Message.channel,
            func.count().label("n"),
            func.min(Message.due_at).label("first"),
        )
        .where(
            *mine,
            Message.state.in_(_OPEN),
            Message.due_at < ends,
            Message.not_after >= now,
            *hand_stops.moves(shop_id, now=now),
        )
        .group_by(Message.kind, Message.channel)
    ).all()
    sent = db.session.scalar(
        select(func.count()).where(
            *mine, Message.state.in_(("sent", "delivered")), Message.due_at < ends, Message.sent_at >= begins
        )
    )
    by_itself = _kinds(
        {row.kind: (row.n, row.first) for row in coming if not channels[row.channel].by_hand}, now
    )
    by_hand = _kinds({row.kind: (row.n, row.first) for row in coming if channels[row.channel].by_hand}, now)
    return Today(by_itself, by_hand, _left_out(shop_id, away, begins, ends), int(sent or 0))


def left_out_count(shop_id: int, *, now: datetime) -> int:
    """Return Today.left_out_count alone: what home says of it."""
    away = [key for key, channel in registry.channels().items() if channel.CAPABILITIES.transmits]
    return sum(line.count for line in _left_out(shop_id, away, *_day_of(now)))


def _day_of(now: datetime) -> tuple[datetime, datetime]:
    day = kst_day(now)
    return start_of_day(day), start_of_day(day + timedelta(days=1))


def _kinds(found: Mapping[str, tuple[int, datetime]], now: datetime) -> list[TodayLine]:
    kinds = registry.kinds()
    lines = [
        TodayLine(
            label=kinds[key].label if key in kinds else key,
            count=count,
            detail=f"{clock_time(first)}부터" if first > now else "",
        )
        for key, (count, first) in found.items()
    ]
    return sorted(lines, key=lambda line: (-line.count, line.label))


def _left_out(shop_id: int, away: list[str], begins: datetime, ends: datetime) -> list[TodayLine]:
    """Count people by why they get no text today: suppressed on its way, or on the card alone from the start."""
    in_time = (Message.shop_id == shop_id, Message.due_at >= begins, Message.due_at < ends)
    told = (
        select(Message.reason, func.count(func.distinct(Message.customer_id)).label("n"))
        .where(*in_time, Message.channel.in_(away), Message.state.in_(("suppressed", "expired")))
        .group_by(Message.reason)
        .union_all(
            select(Message.reason, func.count(func.distinct(Message.customer_id)).label("n"))
            .where(
                *in_time,
                Message.channel == CARD,
                Message.code != "",
                Message.state.in_(("sent", "suppressed")),
            )
            .group_by(Message.reason)
        )
    )
    counted: dict[str, int] = {}
    for reason, n in db.session.execute(told):
        words = reason.removeprefix("카드에만 남겨요. ")
        counted[words] = counted.get(words, 0) + n
    most = sorted(counted.items(), key=lambda each: (-each[1], each[0]))[:_MOST_REASONS]
    return [TodayLine(words, n, "") for words, n in most]
