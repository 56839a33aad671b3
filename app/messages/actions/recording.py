"""What the provider said is written down, of a whole batch at once. Flush, never commit.

Whoever writes about messages takes the rows in one order, so that PostgreSQL never has to end one of two that wait in
a circle: people, messages, the rights and costs of these (AdGrant, Charge, MonthSpending), how a kind or a campaign
fares (SendTally), how a provider behaves (ChannelHealth, ChannelAccount), reports; of each the smallest key first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import String, bindparam, select, update

from app.customers import reaching
from app.kit.columns import UtcDateTime
from app.kit.upsert import table_of
from app.messages import gather, registry, retries
from app.messages.actions import budget, fallback, health, pausing, pushing
from app.messages.actions.claims import UNCLEAR, Hold, Sending, change
from app.messages.actions.pausing import Stop
from app.messages.contract import Absent, Accepted, Found, Lookup, Outcome, Rejected, Unknown
from app.messages.models import Attempt, Message
from app.messages.recall import give_back_rights

_NOT_TAKEN = "보내는 곳에서 받지 않았어요."
_TRIED_ENOUGH = "여러 번 해 봤지만 연결되지 않았어요."
_TOO_LATE = "보낼 때가 지나서 보내지 않았어요."
_DEAD = {
    "email": ("dead_email", "없는 주소라고 해요. 이 주소로는 더 보내지 않아요."),
    "phone": ("dead_phone", "없는 번호라고 해요. 이 번호로는 더 보내지 않아요."),
}
_END_ATTEMPT = (
    update(table_of(Attempt))
    .where(
        Attempt.shop_id == bindparam("shop"),
        Attempt.message_id == bindparam("message"),
        Attempt.fence == bindparam("held"),
    )
    .values(
        ended_at=bindparam("now", type_=UtcDateTime()),
        outcome=bindparam("how", type_=String),
        detail=bindparam("why", type_=String),
    )
)
# Nothing happens to a row that is no longer ours (fenced off).
_SENT = (
    update(table_of(Message))
    .where(
        Message.id == bindparam("message"),
        Message.shop_id == bindparam("shop"),
        Message.fence == bindparam("held"),
        Message.state == "sending",
    )
    .values(
        state="sent",
        provider_id=bindparam("theirs", type_=String),
        sent_at=bindparam("now", type_=UtcDateTime()),
        lease_ms=None,
    )
)
# All of a batch before the first is written: what was accepted is written apart from what was not.
_HOLD = (
    select(Message.id)
    .where(
        Message.shop_id.in_(bindparam("shops", expanding=True)),
        Message.id.in_(bindparam("ids", expanding=True)),
    )
    .order_by(Message.id)
    .with_for_update()
)
_TRIED = select(Message.tries, Message.not_after).where(
    Message.id == bindparam("message"), Message.shop_id == bindparam("shop")
)


def record(
    session: Any,
    said: Sequence[tuple[Sending, Outcome]],
    *,
    jitter: Callable[[], float],
    now: datetime,
) -> list[Stop]:
    """Write down what the provider said of letters of one channel; nothing of rows that are no longer ours.

    Returns what goes wrong too often and has to stop (pausing.stop).
    """
    if not said:
        return []
    channel = said[0][0].hold.channel
    heard = [(sending.hold.shop_id, outcome) for sending, outcome in said]
    # Not as they were claimed, by when they are due: that is another order than everybody else's.
    said = sorted(said, key=lambda each: each[0].hold.id)
    if registry.channel(channel).CAPABILITIES.is_template:
        refused = [
            one.hold.id for one, outcome in said if isinstance(outcome, Rejected) and outcome.permanent
        ]
        fallback.hold_people(session, shop_id=said[0][0].hold.shop_id, ids=refused)
    _note_dead(session, channel, said, now)
    session.execute(_END_ATTEMPT, [_ended(sending.hold, outcome, now) for sending, outcome in said])
    accepted = [
        {**_ours(sending.hold), "theirs": outcome.provider_id[:80], "now": now}
        for sending, outcome in said
        if isinstance(outcome, Accepted)
    ]
    if len(accepted) < len(said):  # else the one statement below takes them in order by itself
        holds = [sending.hold for sending, _ in said]
        which = {"shops": {hold.shop_id for hold in holds}, "ids": [hold.id for hold in holds]}
        session.execute(_HOLD, which)
    if accepted:
        session.execute(_SENT, accepted)
    _free(session, _not_sent(session, said, jitter=jitter, now=now))
    for sending, outcome in said:
        if isinstance(outcome, Accepted | Rejected) and outcome.gone:
            gone = [(each.id, each.endpoint) for each in sending.letter.targets if each.id in outcome.gone]
            pushing.drop(session, shop_id=sending.hold.shop_id, gone=gone)
    stops = pausing.count(session, said)
    health.note(session, channel=channel, said=heard)
    return stops


def _ours(hold: Hold) -> dict[str, Any]:
    return {"message": hold.id, "shop": hold.shop_id, "held": hold.fence}


def _ended(hold: Hold, outcome: Outcome, now: datetime) -> dict[str, Any]:
    why = getattr(outcome, "detail", "")[:160]
    return {**_ours(hold), "now": now, "how": type(outcome).__name__.lower(), "why": why}


def _note_dead(session: Any, channel: str, said: Sequence[tuple[Sending, Outcome]], now: datetime) -> None:
    """Note the addresses that are nobody's, a shop's all at once: their people are held in one order."""
    dead: dict[int, set[str]] = {}
    for sending, outcome in said:
        if isinstance(outcome, Rejected) and outcome.dead_address:
            dead.setdefault(sending.hold.shop_id, set()).add(sending.letter.to)
    by_mail = registry.channel(channel).CAPABILITIES.address == "email"
    for shop_id, addresses in sorted(dead.items()):
        if by_mail:
            reaching.note_dead_emails(session, shop_id=shop_id, emails=addresses, now=now)
        else:
            reaching.note_dead_numbers(session, shop_id=shop_id, phones=addresses)


def _not_sent(
    session: Any, said: Sequence[tuple[Sending, Outcome]], *, jitter: Callable[[], float], now: datetime
) -> list[Hold]:
    """Write down what was not accepted; returns those that will never go, whose rights are to be given back."""
    gone: list[Hold] = []
    is_template = registry.channel(said[0][0].hold.channel).CAPABILITIES.is_template
    for sending, outcome in said:
        hold = sending.hold
        if isinstance(outcome, Unknown):
            _unclear(session, hold)
        elif isinstance(outcome, Rejected) and outcome.permanent:
            if _given_up(session, hold, outcome):
                gone.append(hold)
                if is_template:
                    fallback.as_text(session, shop_id=hold.shop_id, message_id=hold.id, now=now)
        elif isinstance(outcome, Rejected):
            if not outcome.is_try:
                change(session, hold, "sending", tries=Message.tries - 1)
            at_least_s = outcome.retry_after_s or 0.0
            if not _try_again(session, hold, at_least_s=at_least_s, jitter=jitter(), now=now, was="sending"):
                gone.append(hold)
    return gone


def _unclear(session: Any, hold: Hold) -> None:
    change(
        session,
        hold,
        "sending",
        state="unknown",
        code="unknown",
        reason=UNCLEAR,
        lease_ms=gather.database_ms(session) + retries.SETTLE_S * 1000,
    )


def _given_up(session: Any, hold: Hold, outcome: Rejected) -> bool:
    """Note that trying again can't help; tells whether the row was still ours."""
    can = registry.channel(hold.channel).CAPABILITIES
    code, why = _DEAD[can.address] if outcome.dead_address else ("rejected", _NOT_TAKEN)
    return _over(session, hold, "failed", code, why, was="sending")


def _over(session: Any, hold: Hold, state: str, code: str, reason: str, *, was: str) -> bool:
    """Let a row never go out; what it had taken is given back afterwards (_free)."""
    return change(session, hold, was, state=state, code=code, reason=reason, lease_ms=None)


def _free(session: Any, gone: Sequence[Hold], **which: Any) -> None:
    for shop_id, mine in groupby(sorted(gone, key=lambda hold: (hold.shop_id, hold.id)), _shop_of):
        give_back_rights(session, shop_id, [hold.id for hold in mine], **which)


def _shop_of(hold: Hold) -> int:
    return hold.shop_id


def _try_again(
    session: Any,
    hold: Hold,
    *,
    at_least_s: float,
    jitter: float,
    now: datetime,
    was: str,
    code: str = "retry",
) -> bool:
    """Let a row wait for its next try; False when there is none, so that what it had taken is to be given back."""
    tries, not_after = session.execute(_TRIED, {"message": hold.id, "shop": hold.shop_id}).one()
    wait_s = max(at_least_s, retries.wait_before_retry(max(tries, 1), jitter))
    if tries >= retries.MOST_TRIES:
        return not _over(session, hold, "dead", "tried_enough", _TRIED_ENOUGH, was=was)
    if now + timedelta(seconds=wait_s) > not_after:
        return not _over(session, hold, "expired", "too_late", _TOO_LATE, was=was)
    change(
        session,
        hold,
        was,
        state="ready",
        # On the database's clock: a worker whose own is an hour ahead would put it off by that hour.
        lease_ms=gather.database_ms(session) + int(wait_s * 1000),
        fence=Message.fence + 1,
        code=code,
        reason="연결이 안 되어 조금 뒤에 다시 보내요.",
    )
    return True


def settle(
    session: Any, answered: Sequence[tuple[Hold, Lookup]], *, jitter: Callable[[], float], now: datetime
) -> None:
    """Write down what the providers know of unclear rows. Only their clear "never came" sends one again."""
    found: list[Hold] = []
    gone: list[Hold] = []
    doubted: list[Hold] = []
    for hold, answer in sorted(answered, key=lambda each: each[0].id):
        if isinstance(answer, Found):
            values = {"provider_id": answer.provider_id, "sent_at": now, "code": "", "reason": ""}
            if change(session, hold, "unknown", state="sent", lease_ms=None, **values):
                found.append(hold)
        elif isinstance(answer, Absent):
            tries = session.execute(_TRIED, {"message": hold.id, "shop": hold.shop_id}).one().tries
            if not _try_again(
                session, hold, at_least_s=0.0, jitter=jitter(), now=now, was="unknown", code="asked"
            ):
                gone.append(hold)
            elif not tries:
                doubted.append(hold)
        else:
            wait_ms = int(retries.wait_before_asking(hold.fence, jitter()) * 1000)
            change(session, hold, "unknown", lease_ms=gather.database_ms(session) + wait_ms)
    _free(session, gone)
    # In doubt after a restore, and it never left: two ads to one person would each wait for the other's right.
    _free(session, doubted, states=("ready",))
    for shop_id, mine in groupby(sorted(found, key=lambda hold: (hold.shop_id, hold.id)), _shop_of):
        budget.note_paid(session, shop_id=shop_id, ids=[hold.id for hold in mine], now=now)
