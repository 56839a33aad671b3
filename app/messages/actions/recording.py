"""What the provider said is written down, of a whole batch at once. Flush, never commit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, bindparam, select, update

from app.customers import reaching
from app.kit.columns import UtcDateTime
from app.kit.upsert import table_of
from app.messages import gather, registry, retries
from app.messages.actions import fallback, health, pausing, pushing
from app.messages.actions.claims import UNCLEAR, Hold, Sending, change
from app.messages.actions.ending import end
from app.messages.actions.pausing import Stop
from app.messages.contract import Absent, Accepted, Found, Lookup, Outcome, Rejected
from app.messages.models import Attempt, Message
from app.messages.recall import give_back_rights

_NOT_TAKEN = "보내는 곳에서 받지 않았어요."
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
    # People before messages, as every flow takes them: else this and an erasure could wait for each other.
    _note_dead(
        session,
        [sending for sending, said_of in said if isinstance(said_of, Rejected) and said_of.dead_address],
        now,
    )
    session.execute(_END_ATTEMPT, [_ended(sending.hold, outcome, now) for sending, outcome in said])
    accepted = [
        {**_ours(sending.hold), "theirs": outcome.provider_id[:80], "now": now}
        for sending, outcome in said
        if isinstance(outcome, Accepted)
    ]
    if accepted:
        session.execute(_SENT, accepted)
    for sending, outcome in said:
        if isinstance(outcome, Rejected):
            _rejected(session, sending.hold, outcome, jitter=jitter(), now=now)
        elif not isinstance(outcome, Accepted):
            _unclear(session, sending.hold)
    for sending, outcome in said:
        if isinstance(outcome, Accepted | Rejected) and outcome.gone:
            pushing.drop(session, shop_id=sending.hold.shop_id, ids=outcome.gone)
    stops = pausing.count(session, said)
    health.note(session, channel=channel, said=[(s.hold.shop_id, outcome) for s, outcome in said])
    return stops


def _ours(hold: Hold) -> dict[str, Any]:
    return {"message": hold.id, "shop": hold.shop_id, "held": hold.fence}


def _ended(hold: Hold, outcome: Outcome, now: datetime) -> dict[str, Any]:
    why = getattr(outcome, "detail", "")[:160]
    return {**_ours(hold), "now": now, "how": type(outcome).__name__.lower(), "why": why}


def _note_dead(session: Any, dead: Sequence[Sending], now: datetime) -> None:
    """Note the addresses that are nobody's, a shop's all at once: their people are held in one order."""
    whose: dict[int, set[str]] = {}
    for sending in dead:
        whose.setdefault(sending.hold.shop_id, set()).add(sending.letter.to)
    for shop_id, addresses in sorted(whose.items()):
        if registry.channel(dead[0].hold.channel).CAPABILITIES.address == "email":
            reaching.note_dead_emails(session, shop_id=shop_id, emails=addresses, now=now)
        else:
            reaching.note_dead_numbers(session, shop_id=shop_id, phones=addresses)


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


def _rejected(session: Any, hold: Hold, outcome: Rejected, *, jitter: float, now: datetime) -> None:
    if outcome.permanent:
        can = registry.channel(hold.channel).CAPABILITIES
        code, why = _DEAD[can.address] if outcome.dead_address else ("rejected", _NOT_TAKEN)
        if end(session, hold, "failed", code, why, was="sending") and can.is_template:
            fallback.as_text(session, shop_id=hold.shop_id, message_id=hold.id, now=now)
        return
    if not outcome.is_try:
        change(session, hold, "sending", tries=Message.tries - 1)
    _try_again(session, hold, at_least_s=outcome.retry_after_s or 0.0, jitter=jitter, now=now, was="sending")


def _try_again(
    session: Any,
    hold: Hold,
    *,
    at_least_s: float,
    jitter: float,
    now: datetime,
    was: str,
    code: str = "retry",
) -> None:
    tries, not_after = session.execute(_TRIED, {"message": hold.id, "shop": hold.shop_id}).one()
    wait_s = max(at_least_s, retries.wait_before_retry(max(tries, 1), jitter))
    if tries >= retries.MOST_TRIES:
        end(session, hold, "dead", "tried_enough", "여러 번 해 봤지만 연결되지 않았어요.", was=was)
    elif now + timedelta(seconds=wait_s) > not_after:
        end(session, hold, "expired", "too_late", "보낼 때가 지나서 보내지 않았어요.", was=was)
    else:
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


def settle(session: Any, hold: Hold, answer: Lookup, *, jitter: float, now: datetime) -> None:
    """Write down what the provider knows of an unclear row. Only its clear "never came" sends it again."""
    if isinstance(answer, Found):
        values = {"provider_id": answer.provider_id, "sent_at": now, "code": "", "reason": ""}
        change(session, hold, "unknown", state="sent", lease_ms=None, **values)
    elif isinstance(answer, Absent):
        tries = session.execute(_TRIED, {"message": hold.id, "shop": hold.shop_id}).one().tries
        _try_again(session, hold, at_least_s=0.0, jitter=jitter, now=now, was="unknown", code="asked")
        if not tries:
            # In doubt after a restore, and it never left: two ads to one person would each wait for the other's right.
            give_back_rights(session, hold.shop_id, [hold.id], states=("ready",))
    else:
        ask_again = gather.database_ms(session) + int((5 + 25 * jitter) * 1000)
        change(session, hold, "unknown", lease_ms=ask_again)
