"""What was sent and what still waits, line by line, with why. A letter on the card and the text of one cause are one line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, exists, select
from sqlalchemy.orm import aliased

from app.customers.models import Consent, Customer
from app.extensions import db
from app.kit.clock import kst_day
from app.kit.korean import clock_time, day_and_time, day_name
from app.messages import raising, registry
from app.messages.models import AdGrant, Message

# (state → the owner's word). A waiting row is told by its due time instead.
STATE_WORDS = {
    "ready": "보낼 예정",
    "claimed": "보내는 중",
    "sending": "보내는 중",
    "sent": "보냈어요",
    "delivered": "도착했어요",
    "undelivered": "도착하지 못했어요",
    "unknown": "확인 필요",
    "suppressed": "보내지 않았어요",
    "failed": "보내지 못했어요",
    "dead": "여러 번 해도 보내지 못했어요",
    "cancelled": "취소했어요",
    "expired": "때가 지나 보내지 않았어요",
}
WAITING = ("ready", "claimed", "sending")
# What one may pick out: (key, the owner's word, the states it means).
PICKS = (
    ("", "전부", ()),
    ("coming", "보낼 예정", WAITING),
    ("gone", "보냈어요", ("sent", "delivered")),
    ("arrived", "도착했어요", ("delivered",)),
    ("failed", "도착하지 못했어요", ("undelivered", "failed", "dead")),
    ("unclear", "확인 필요", ("unknown",)),
    ("left_out", "보내지 않았어요", ("suppressed", "cancelled", "expired")),
)
# What an owner may do about it, where there is something.
_TO_DO = {
    "dead_phone": "손님이 오시면 번호를 여쭤 봐 주세요.",
    "undelivered": "휴대폰이 꺼져 있었거나 문자함이 찼을 수 있어요. 급한 말이면 전화로 알려 주세요.",
    "budget": "한도는 문자 값에서 바꿀 수 있어요.",
}
_ASKING = "문자 회사에 묻고 있어요. 알게 되면 여기에 적어 둘게요."
_NOBODY_KNOWS = "두 번 가지 않게 다시 보내지 않았어요. 급한 말이면 손님께 직접 여쭤 봐 주세요."
# A carrier tells within a day whether it arrived, or never.
_REPORTED_WITHIN = timedelta(days=1)
_CARD = "card"
# Put off, not merely planned: said as one statement, the new day and why.
_PUT_OFF = {"cap": "이 손님께 요즘 보낸 광고가 있어요."}
# The letter on the card and one text: more rows than this no cause has.
_ROWS_A_LINE = 4

# The message, the person's name, whether they told more since, whether it went out as an ad.
_Told = Row[Message, str, bool, bool]


@dataclass(frozen=True)
class HistoryLine:
    """One thing that was or will be said to one person, with why it is where it is."""

    id: int
    customer_id: int
    customer_name: str  # "" for a nameless one
    label: str
    is_ad: bool
    channel: str
    channel_label: str
    state: str
    state_words: str
    tells_when: bool  # the state's words name the time already
    reason: str
    to_do: str  # what the owner may do about it, or ""
    also: str  # what happens on the card besides the text: "카드에도 남겼어요", or ""
    text: str
    at: datetime  # when it went out, else when it is due


@dataclass(frozen=True)
class HistoryPage:
    """Some lines, newest first; `after` asks for the next ones, None at the end."""

    lines: list[HistoryLine]
    after: int | None


def waiting(
    shop_id: int, *, now: datetime, customer_id: int | None = None, kind: str = "", limit: int = 100
) -> list[HistoryLine]:
    """Return what has not gone out yet (to one person, of one kind, if named), the next one first."""
    query = _rows(shop_id, customer_id, kind).where(Message.state.in_(WAITING))
    rows = list(db.session.execute(query.order_by(Message.due_at, Message.id).limit(limit)).all())
    beside = _rows(shop_id, customer_id).where(
        Message.cause.in_({row.Message.cause for row in rows}),
        Message.channel == _CARD,
        Message.state == "sent",
    )
    known = {_one_cause(row) for row in rows}
    rows += [row for row in db.session.execute(beside).all() if _one_cause(row) in known]
    return sorted(_lines(rows, now), key=lambda line: (line.at, line.id))


def sent(
    shop_id: int,
    *,
    now: datetime,
    after: int | None = None,
    customer_id: int | None = None,
    kind: str = "",
    pick: str = "",
    limit: int = 30,
) -> HistoryPage:
    """Return what went out or was left out (to one person, of one kind, if named), newest first, keyset by id.

    `pick`: one of PICKS; an unknown one means all.
    """
    text = aliased(Message)
    still_coming = (
        select(text.id)
        .where(
            text.shop_id == Message.shop_id,
            text.cause == Message.cause,
            text.customer_id == Message.customer_id,
            text.kind == Message.kind,
            text.state.in_(WAITING),
        )
        .exists()
    )
    query = (
        _rows(shop_id, customer_id, kind)
        .where(Message.state.not_in(WAITING), ~still_coming, *_picked(pick))
        .order_by(Message.id.desc())
        .limit(limit + _ROWS_A_LINE)
    )
    if after is not None:
        query = query.where(Message.id < after)
    rows = db.session.execute(query).all()
    end = min(limit, len(rows))
    while end < len(rows) and _one_cause(rows[end]) == _one_cause(rows[end - 1]):
        end += 1
    return HistoryPage(_lines(rows[:end], now), rows[end - 1].Message.id if end < len(rows) else None)


def kinds_sent(shop_id: int) -> list[tuple[str, str]]:
    """Return (kind, label) of every kind that has a line in this shop's history, by label."""
    kinds = registry.kinds()
    found = db.session.scalars(select(Message.kind).where(Message.shop_id == shop_id).distinct())
    labels = [(key, kinds[key].label if key in kinds else key) for key in found]
    return sorted(labels, key=lambda each: each[1])


def _picked(pick: str) -> list[Any]:
    states = next((states for key, _word, states in PICKS if key == pick), ())
    return [Message.state.in_(states)] if states else []


def _rows(shop_id: int, customer_id: int | None, kind: str = "") -> Any:
    # Planned for the card alone because of what the person had not given yet, and then they gave it.
    told_since = (
        select(Consent.id)
        .where(
            Consent.shop_id == Message.shop_id,
            Consent.customer_id == Message.customer_id,
            Consent.at > Message.created_at,
            (Message.sent_at.is_(None)) | (Consent.at < Message.sent_at),
        )
        .exists()
    )
    went_as_ad = exists().where(AdGrant.shop_id == Message.shop_id, AdGrant.message_id == Message.id)
    query = (
        select(Message, Customer.name, told_since.label("told_since"), went_as_ad.label("went_as_ad"))
        .join(Customer, (Customer.shop_id == Message.shop_id) & (Customer.id == Message.customer_id))
        .where(Message.shop_id == shop_id)
    )
    if kind:
        query = query.where(Message.kind == kind)
    return query if customer_id is None else query.where(Message.customer_id == customer_id)


def _one_cause(row: _Told) -> tuple[int, str, str]:
    return row.Message.customer_id, row.Message.kind, row.Message.cause


def _lines(rows: Sequence[_Told], now: datetime) -> list[HistoryLine]:
    together: dict[tuple[int, str, str], list[_Told]] = {}
    for row in rows:
        together.setdefault(_one_cause(row), []).append(row)
    raised = _raised_now({row.Message.shop_id for row in rows})
    return [_line(each, now, raised) for each in together.values()]


def _raised_now(shops: set[int]) -> frozenset[str]:
    return frozenset().union(*(raising.raised(db.session, shop_id=shop_id) for shop_id in shops))


def _line(rows: list[_Told], now: datetime, raised: frozenset[str]) -> HistoryLine:
    """Tell the text first: it is what may not have arrived; the card is told beside it."""
    first, *others = sorted(rows, key=lambda row: row.Message.channel == _CARD)
    message: Message = first.Message
    card = next((row.Message for row in others if row.Message.channel == _CARD), None)
    kind, channel = registry.kinds().get(message.kind), registry.channels().get(message.channel)
    stale = message.channel == _CARD and first.told_since
    return HistoryLine(
        id=message.id,
        customer_id=message.customer_id,
        customer_name=first.name,
        label=kind.label if kind else message.kind,
        # What went out is told as it went, what waits as it will.
        is_ad=bool(kind and kind.is_ad)
        or first.went_as_ad
        or (message.kind in raised and message.state in WAITING),
        channel=message.channel,
        channel_label=channel.LABEL if channel else message.channel,
        state=message.state,
        state_words=_state_words(message, now),
        tells_when=message.state == "ready" and message.staged_at is None,
        reason="" if stale else _PUT_OFF[message.code] if _is_put_off(message) else message.reason,
        to_do=_to_do(message),
        also=_beside(card) if card else "",
        text=message.text,
        at=message.sent_at or message.due_at,
    )


def _state_words(message: Message, now: datetime) -> str:
    on_card = message.channel == _CARD
    if message.state == "sent" and on_card:
        return "카드에 남겼어요"
    if message.state == "sent" and _waits_for_report(message, now):
        return "보냈어요 · 도착을 기다려요"
    if message.state != "ready":
        return STATE_WORDS[message.state]
    if message.staged_at:
        return "보내실 차례"
    is_today = kst_day(message.due_at) == kst_day(now)
    if _is_put_off(message):
        to = (
            f"오늘 {clock_time(message.due_at)}으로" if is_today else f"{day_name(kst_day(message.due_at))}로"
        )
        return f"{to} 미뤘어요"
    when = clock_time(message.due_at) if is_today else day_and_time(message.due_at)
    return f"{when}에 카드에 남겨요" if on_card else f"{when}에 보내요"


def _waits_for_report(message: Message, now: datetime) -> bool:
    """Tell whether somebody will still say that it arrived: the provider of an account does."""
    channel = registry.channels().get(message.channel)
    if channel is None or not channel.CAPABILITIES.account or message.sent_at is None:
        return False
    return message.sent_at > now - _REPORTED_WITHIN


def _to_do(message: Message) -> str:
    if message.state == "unknown":
        channel = registry.channels().get(message.channel)
        return _ASKING if channel and channel.CAPABILITIES.can_find else _NOBODY_KNOWS
    told = message.state in ("undelivered", "failed", "dead") or message.code == "budget"
    return _TO_DO.get(message.code, "") if told else ""


def _is_put_off(message: Message) -> bool:
    return message.state == "ready" and message.staged_at is None and message.code in _PUT_OFF


def _beside(card: Message) -> str:
    if card.state == "sent":
        return "카드에도 남겼어요"
    return "카드에도 남겨요" if card.state in WAITING else ""


def told_since(shop_id: int, kinds: Iterable[str], *, since: datetime) -> set[int]:
    """Return whose card has, or will have, a message of one of these kinds that was due since a moment."""
    return set(
        db.session.scalars(
            select(Message.customer_id).where(
                Message.shop_id == shop_id,
                Message.channel == _CARD,
                Message.state.in_(("ready", "claimed", "sent")),
                Message.due_at >= since,
                Message.kind.in_(tuple(kinds)),
            )
        )
    )
