"""Sending one row: the last look before the call, and what the provider said. Flush, never commit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, bindparam, select, update

from app.customers import actions as people
from app.customers.models import Customer
from app.kit.columns import UtcDateTime
from app.kit.upsert import built_once
from app.messages import gather, registry, retries, rules
from app.messages.actions.claims import UNCLEAR, Hold, Sending, change
from app.messages.contract import Absent, Accepted, Found, Letter, Lookup, Outcome, Rejected, Wire
from app.messages.models import AdGrant, Attempt, ChannelHealth, Message
from app.messages.recall import give_back_rights

# Makes the free opt-out token of a person: (session, shop_id, customer_id, address_key, email_key, now) → token.
OptOutMaker = Callable[..., str]
_NOT_TAKEN = "보내는 곳에서 받지 않았어요."

# Asked for every message: built once.
_WHOSE = select(Message.kind, Message.customer_id).where(
    Message.id == bindparam("message"), Message.shop_id == bindparam("shop")
)
_OURS = (
    select(Message)
    .where(
        Message.id == bindparam("message"),
        Message.shop_id == bindparam("shop"),
        Message.fence == bindparam("held"),
        Message.state == "claimed",
    )
    # Ours until the attempt is written: between looking and writing, a sweep gave it to another worker
    # and both sent it (the kill harness saw it on PostgreSQL). Who holds it now may take it back.
    .with_for_update(skip_locked=True)
)
_HOLD_PERSON = (
    select(Customer.id)
    .where(Customer.shop_id == bindparam("shop"), Customer.id == bindparam("customer"))
    .with_for_update()
)
_COUNTED = select(AdGrant.id).where(
    AdGrant.shop_id == bindparam("shop"), AdGrant.message_id == bindparam("message")
)
_END_ATTEMPT = (
    update(Attempt)
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
    .execution_options(synchronize_session=False)
)
_FIRST_HEALTH = built_once(ChannelHealth.__table__, lambda insert: insert.on_conflict_do_nothing())
_RESTS = select(ChannelHealth.rest_until_ms).where(ChannelHealth.channel == bindparam("key"))
_HEALTH = select(ChannelHealth).where(ChannelHealth.channel == bindparam("key")).with_for_update()


def begin(
    session: Any, hold: Hold, *, wire: Wire, opt_out_token: OptOutMaker, now: datetime
) -> Sending | None:
    """Ask everything again and, if it still may go, write the attempt. None when it doesn't go now."""
    which = {"message": hold.id, "shop": hold.shop_id}
    kind_key, customer_id = session.execute(_WHOSE, which).one()
    kind, can = registry.kind(kind_key), registry.channel(hold.channel).CAPABILITIES
    if kind.is_ad and can.transmits:
        # Two ads to one person at the same moment: the second waits here and then sees the first's grant.
        # People before messages, as every flow does it: else two of them could wait for each other.
        lock_person(session, shop_id=hold.shop_id, customer_id=customer_id)
    row = session.execute(_OURS, {**which, "held": hold.fence}).scalar_one_or_none()
    if row is None:
        return None
    facts = gather.fresh_facts(session, shop_id=row.shop_id, cause=row.cause, facts=row.facts)
    if not kind.still_wanted(facts):
        _end(session, hold, "cancelled", "not_wanted", "그사이에 필요 없게 됐어요.")
        return None
    around = gather.look_around(
        session,
        shop_id=row.shop_id,
        customer_id=row.customer_id,
        kind=kind,
        wire=wire,
        now=now,
        but_message_id=row.id,
        variant=row.variant,
    )
    is_sent_ad = kind.is_ad and can.transmits
    opt_out = _opt_out(session, row, around, wire, opt_out_token, now) if is_sent_ad else ""
    around_text: dict[str, Any] = {
        "kind": kind,
        "channel": row.channel,
        "around": around,
        "facts": facts,
        "opt_out": opt_out,
        "base_url": wire.public_url or wire.base_url,
    }
    text = gather.compose(**around_text)
    kept = gather.kept_text(**around_text, text=text)
    verdict = gather.verdict_on(
        kind=kind,
        channel=row.channel,
        around=around,
        text=text,
        facts=facts,
        not_after=row.not_after,
        now=now,
    )
    if isinstance(verdict, rules.LeaveOut):
        state = "expired" if verdict.code == "too_late" else "suppressed"
        _end(session, hold, state, verdict.code, verdict.reason)
        return None
    if isinstance(verdict, rules.Wait):
        waits = {"due_at": verdict.until, "code": verdict.code, "reason": verdict.reason}
        change(session, hold, "claimed", state="ready", lease_ms=None, **waits)
        return None
    if can.by_hand:
        change(
            session,
            hold,
            "claimed",
            state="ready",
            lease_ms=None,
            text=kept,
            staged_at=now,
            code="",
            reason="",
        )
        return None
    if kind.is_ad and can.transmits:
        grant_ad(session, row, now)
    if can.transmits:
        session.add(Attempt(shop_id=row.shop_id, message_id=row.id, fence=hold.fence, started_at=now))
        session.flush()
    note = {"code": row.code, "reason": row.reason} if not can.transmits else {"code": "", "reason": ""}
    ours = change(
        session,
        hold,
        "claimed",
        state="sending",
        text=kept,
        tries=Message.tries + 1,
        lease_ms=gather.database_ms(session) + retries.SENDING_LEASE_S * 1000,
        **note,
    )
    if not ours:
        raise RuntimeError("a held row changed hands")
    letter = Letter(
        key=row.provider_key,
        to=facts.get("to") or around.address_for(row.channel),
        text=text,
        at=now,
        subject=gather.subject(kind=kind, channel=row.channel, around=around),
        shop_name=around.sender.shop_name,
        reply_to=around.shop_email,
        opt_out=opt_out,
    )
    return Sending(hold, letter)


def _opt_out(
    session: Any, row: Message, around: gather.Around, wire: Wire, maker: OptOutMaker, now: datetime
) -> str:
    token = maker(
        session,
        shop_id=row.shop_id,
        customer_id=row.customer_id,
        address_key=around.address_key,
        email_key=around.email_key,
        now=now,
    )
    return f"{wire.public_url or wire.base_url}/o/{token}"


def lock_person(session: Any, *, shop_id: int, customer_id: int) -> None:
    """Let nobody else count this person's ads until the transaction ends."""
    session.execute(_HOLD_PERSON, {"shop": shop_id, "customer": customer_id})


def grant_ad(session: Any, row: Message, now: datetime) -> None:
    """Count this ad against the person's cap, once however often it is tried."""
    if session.scalar(_COUNTED, {"shop": row.shop_id, "message": row.id}) is None:
        session.add(AdGrant(shop_id=row.shop_id, customer_id=row.customer_id, message_id=row.id, at=now))
        session.flush()


def _end(session: Any, hold: Hold, state: str, code: str, reason: str, was: str = "claimed") -> None:
    if change(session, hold, was, state=state, code=code, reason=reason, lease_ms=None):
        give_back_rights(session, hold.shop_id, [hold.id])


def record(session: Any, sending: Sending, outcome: Outcome, *, jitter: float, now: datetime) -> None:
    """Write down what the provider said; nothing when the row is no longer ours (fenced off)."""
    hold = sending.hold
    if isinstance(outcome, Rejected) and outcome.dead_address:
        # People before messages, as every flow takes them: else this and an erasure could wait for each other.
        people.note_dead_email(session, shop_id=hold.shop_id, email=sending.letter.to, now=now)
    session.execute(
        _END_ATTEMPT,
        {
            "message": hold.id,
            "shop": hold.shop_id,
            "held": hold.fence,
            "now": now,
            "how": type(outcome).__name__.lower(),
            "why": getattr(outcome, "detail", "")[:160],
        },
    )
    if registry.channel(hold.channel).CAPABILITIES.transmits:
        _note_health(session, hold.channel, outcome)
    if isinstance(outcome, Accepted):
        change(
            session,
            hold,
            "sending",
            state="sent",
            provider_id=outcome.provider_id,
            sent_at=now,
            lease_ms=None,
        )
    elif isinstance(outcome, Rejected):
        _rejected(session, hold, outcome, jitter=jitter, now=now)
    else:
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
        why = "없는 주소라고 해요. 이 주소로는 더 보내지 않아요." if outcome.dead_address else _NOT_TAKEN
        _end(
            session, hold, "failed", "dead_email" if outcome.dead_address else "rejected", why, was="sending"
        )
        return
    if not outcome.is_try:
        change(session, hold, "sending", tries=Message.tries - 1)
    _try_again(session, hold, at_least_s=outcome.retry_after_s or 0.0, jitter=jitter, now=now, was="sending")


def _try_again(
    session: Any, hold: Hold, *, at_least_s: float, jitter: float, now: datetime, was: str
) -> None:
    tries, not_after = session.execute(
        select(Message.tries, Message.not_after).where(Message.id == hold.id, Message.shop_id == hold.shop_id)
    ).one()
    wait_s = max(at_least_s, retries.wait_before_retry(max(tries, 1), jitter))
    if tries >= retries.MOST_TRIES:
        _end(session, hold, "dead", "tried_enough", "여러 번 해 봤지만 연결되지 않았어요.", was=was)
    elif now + timedelta(seconds=wait_s) > not_after:
        _end(session, hold, "expired", "too_late", "보낼 때가 지나서 보내지 않았어요.", was=was)
    else:
        change(
            session,
            hold,
            was,
            state="ready",
            # On the database's clock: a worker whose own is an hour ahead would put it off by that hour.
            lease_ms=gather.database_ms(session) + int(wait_s * 1000),
            fence=Message.fence + 1,
            code="retry",
            reason="연결이 안 되어 조금 뒤에 다시 보내요.",
        )


def _note_health(session: Any, channel: str, outcome: Outcome) -> None:
    """Count transport failures in a row, open the circuit at five, pause where asked to."""
    session.execute(_FIRST_HEALTH(session), {"channel": channel, "failures": 0, "rest_until_ms": 0})
    health = session.scalars(_HEALTH, {"key": channel}).one()
    now_ms = gather.database_ms(session)
    rest_s = 0.0
    if isinstance(outcome, Accepted):
        health.failures = 0
    elif isinstance(outcome, Rejected) and not outcome.transport:
        rest_s = outcome.retry_after_s or 0.0
    else:
        health.failures += 1
        if health.failures >= retries.CIRCUIT_OPENS_AT:
            rest_s = retries.CIRCUIT_REST_S
    if rest_s:
        health.rest_until_ms = max(health.rest_until_ms, now_ms + int(rest_s * 1000))
    session.flush()


def must_rest(session: Any, channel: str) -> bool:
    """Tell whether a channel is left alone at this moment: paused, or its circuit is open."""
    until_ms = session.scalar(_RESTS, {"key": channel})
    return until_ms is not None and until_ms > gather.database_ms(session)


def settle(session: Any, hold: Hold, answer: Lookup, *, jitter: float, now: datetime) -> None:
    """Write down what the provider knows of an unclear row. Only its clear "never came" sends it again."""
    if isinstance(answer, Found):
        values = {"provider_id": answer.provider_id, "sent_at": now, "code": "", "reason": ""}
        change(session, hold, "unknown", state="sent", lease_ms=None, **values)
    elif isinstance(answer, Absent):
        _try_again(session, hold, at_least_s=0.0, jitter=jitter, now=now, was="unknown")
    else:
        ask_again = gather.database_ms(session) + int((5 + 25 * jitter) * 1000)
        change(session, hold, "unknown", lease_ms=ask_again)
