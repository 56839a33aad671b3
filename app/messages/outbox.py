"""Writing messages down in the transaction of their cause, and taking them back."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import String, cast, delete, or_, select, update

from app.customers.models import Consent
from app.customers.rules import standing
from app.kit.clock import kst_day
from app.kit.upsert import built_once
from app.messages import gather, registry, rules
from app.messages.contract import Kind, Wire
from app.messages.gather import Around, Known
from app.messages.models import AdGrant, Attempt, DemoPhoneMessage, Message

# Stands for the opt-out link while planning; the true one is made just before sending.
_PLANNED_BASE = "https://planned.invalid"
_PLANNED_LINK = f"{_PLANNED_BASE}/o/x"
# Nothing is missing and nobody did anything wrong: the card carries it, no second row needed.
_CARD_ONLY = {"no_phone", "no_consent", "no_marketing", "refused", "age"}
CARD = "card"

_WRITTEN_ONCE = built_once(
    Message.__table__,
    lambda insert: insert.on_conflict_do_nothing(index_elements=["shop_id", "dedupe_key"]).returning(
        Message.__table__.c.id
    ),
)


def plan(
    session: Any,
    *,
    shop_id: int,
    customer_id: int,
    kind: str,
    cause: str,
    due_at: datetime,
    not_after: datetime | None = None,
    facts: dict[str, Any] | None = None,
    now: datetime,
    known: Known | None = None,
) -> int | None:
    """Write a message of a kind down: on the card, and for the one channel that may carry it as well.

    `cause` names the fact it follows from ("visit:12"); the same cause never gives a second message.
    `known`: what gather.look_up read in this very transaction, for several messages to one person.
    `due_at` is the moment from which the shop's own delay for this kind counts (none for most kinds).
    Returns the first row's id, or None when there already is one or the shop switched the kind off.
    Raises KeyError for an unknown kind or facts that lack a word of its text.
    """
    spec = registry.kind(kind)
    wire = Wire(public_url=_PLANNED_LINK)
    known = known or gather.look_up(session, shop_id=shop_id, customer_id=customer_id, now=now)
    around = gather.around(known, kind=spec, wire=wire)
    if around.person.erased or not (around.sender.kind_on or spec.statutory):
        return None
    due = due_at + around.delay
    writer = _Writer(
        session=session,
        shop_id=shop_id,
        customer_id=customer_id,
        kind=spec,
        cause=cause,
        base=f"{kind}:{customer_id}:{kst_day(due)}" if spec.once_a_day else f"{kind}:{cause}",
        around=around,
        facts={"day": kst_day(now).isoformat(), **(facts or {})},
        due=due,
        not_after=not_after or due + spec.life,
        now=now,
    )
    travels = _travelling_channel(spec, around.sender.is_demo)
    note = writer.why_card_only(travels) if travels else None
    first = writer.write(CARD, note) if CARD in spec.channels else None
    if CARD in spec.channels and first is None:
        return None
    second = writer.write(travels, None) if travels and note is None else None
    return first if first is not None else second


def _travelling_channel(kind: Kind, is_demo: bool) -> str | None:
    for key in kind.channels:
        can = registry.channel(key).CAPABILITIES
        if can.transmits and can.is_demo == is_demo:
            return key
    return None


class _Writer:
    """The rows of one planned message."""

    def __init__(
        self,
        *,
        session: Any,
        shop_id: int,
        customer_id: int,
        kind: Kind,
        cause: str,
        base: str,
        around: Around,
        facts: dict[str, Any],
        due: datetime,
        not_after: datetime,
        now: datetime,
    ) -> None:
        self.session, self.kind, self.around, self.base = session, kind, around, base
        self.facts, self.due, self.not_after, self.now = facts, due, not_after, now
        self._judged: dict[str, tuple[str, rules.Verdict]] = {}
        self.common = {"shop_id": shop_id, "customer_id": customer_id, "kind": kind.key, "cause": cause}

    def _verdict(self, channel: str) -> tuple[str, rules.Verdict]:
        if channel not in self._judged:
            self._judged[channel] = self._judge(channel)
        return self._judged[channel]

    def _judge(self, channel: str) -> tuple[str, rules.Verdict]:
        text = gather.compose(
            kind=self.kind,
            channel=channel,
            around=self.around,
            facts=self.facts,
            opt_out=_PLANNED_LINK,
            base_url=_PLANNED_BASE,
        )
        verdict = gather.verdict_on(
            kind=self.kind,
            channel=channel,
            around=gather.as_if_wired(self.around, _PLANNED_LINK),
            text=text,
            not_after=self.not_after,
            now=max(self.due, self.now),
        )
        return text, verdict

    def why_card_only(self, channel: str) -> rules.LeaveOut | None:
        """Return why this person gets it on the card alone, if so."""
        verdict = self._verdict(channel)[1]
        return verdict if isinstance(verdict, rules.LeaveOut) and verdict.code in _CARD_ONLY else None

    def write(self, channel: str, note: rules.LeaveOut | None) -> int | None:
        """Insert one row; None when its dedupe key exists."""
        text, verdict = self._verdict(channel)
        values: dict[str, Any] = {
            **self.common,
            "channel": channel,
            "dedupe_key": f"{self.base}:{channel}",
            "state": "ready",
            "code": note.code if note else "",
            "reason": f"카드에만 남겨요. {note.reason}" if note else "",
            "due_at": self.due,
            "not_after": self.not_after,
            "facts": self.facts,
            "text": "",
            "provider_key": secrets.token_hex(16),
            "provider_id": "",
            "fence": 0,
            "tries": 0,
            "created_at": self.now,
        }
        if isinstance(verdict, rules.LeaveOut):
            values |= {"state": "suppressed", "code": verdict.code, "reason": verdict.reason}
        elif isinstance(verdict, rules.Wait):
            values |= {"due_at": verdict.until, "code": verdict.code, "reason": verdict.reason}
        elif channel == CARD and self.due <= self.now:
            # Nothing to call: it lies on the card the moment its cause is committed.
            values |= {"state": "sent", "text": text, "sent_at": self.now}
        found: int | None = self.session.scalar(_WRITTEN_ONCE(self.session), values)
        return found


def cancel(
    session: Any,
    *,
    shop_id: int,
    cause: str | None = None,
    customer_id: int | None = None,
    reason: str,
    now: datetime,
) -> int:
    """Take back what has not gone out; returns how many rows.

    By cause (a stamp undone: its letter leaves the card as well) or by customer (a deletion).
    What is on the wire stays with its sender. Raises ValueError without either.
    """
    if cause is None and customer_id is None:
        raise ValueError("cancel what? a cause or a customer")
    which: list[Any] = [] if customer_id is None else [Message.customer_id == customer_id]
    open_rows = Message.state.in_(("ready", "claimed"))
    if cause is not None:
        on_the_card = (Message.channel == CARD) & (Message.state == "sent")
        return _cancel(
            session, shop_id, [Message.cause == cause, or_(open_rows, on_the_card), *which], reason
        )
    return _cancel(session, shop_id, [open_rows, *which], reason)


def cancel_waiting(session: Any, *, shop_id: int, cause: str, kinds: tuple[str, ...], reason: str) -> int:
    """Take back the waiting messages of these kinds that follow from a cause; returns how many rows.

    What already lies on the card stays there.
    """
    which = [Message.cause == cause, Message.kind.in_(kinds), Message.state.in_(("ready", "claimed"))]
    return _cancel(session, shop_id, which, reason)


def cancel_unconsented(session: Any, *, shop_id: int, customer_id: int, now: datetime) -> int:
    """Take back the waiting messages whose consent is gone; returns how many (망법 50조②).

    What only lies on the card is not transmitted and stays, unless it uses data for an offer.
    """
    rows = session.execute(
        select(Consent.kind, Consent.action)
        .where(Consent.shop_id == shop_id, Consent.customer_id == customer_id)
        .order_by(Consent.id)
    ).all()
    holds = standing([(row.kind, row.action) for row in rows])
    mine = [Message.customer_id == customer_id, Message.state.in_(("ready", "claimed"))]
    taken = 0
    if not holds["ads"]:
        ads = [key for key, spec in registry.kinds().items() if spec.is_ad]
        travels = [key for key, way in registry.channels().items() if way.CAPABILITIES.transmits]
        which = [*mine, Message.kind.in_(ads), Message.channel.in_(travels)]
        taken += _cancel(session, shop_id, which, "손님이 동의를 거두셨어요.")
    if not holds["marketing"]:
        offers = [key for key, spec in registry.kinds().items() if spec.personal_offer]
        taken += _cancel(session, shop_id, [*mine, Message.kind.in_(offers)], "손님이 동의를 거두셨어요.")
    return taken


def _cancel(session: Any, shop_id: int, which: list[Any], reason: str) -> int:
    ids = list(session.scalars(select(Message.id).where(Message.shop_id == shop_id, *which)))
    if not ids:
        return 0
    taken = session.execute(
        update(Message)
        .where(Message.shop_id == shop_id, Message.id.in_(ids), *which)
        .values(
            state="cancelled",
            code="cancelled",
            reason=reason[:160],
            fence=Message.fence + 1,
            lease_ms=None,
            # The key becomes free: undone and done again on the same day gives one letter.
            dedupe_key=Message.dedupe_key + ":x" + cast(Message.id, String),
        )
        .execution_options(synchronize_session=False)
    ).rowcount
    give_back_rights(session, shop_id, ids)
    return int(taken)


def give_back_rights(session: Any, shop_id: int, ids: list[int]) -> None:
    """Give back the ad rights of messages that never went out."""
    session.execute(
        delete(AdGrant).where(
            AdGrant.shop_id == shop_id,
            AdGrant.message_id.in_(
                select(Message.id).where(
                    Message.shop_id == shop_id,
                    Message.id.in_(ids),
                    Message.state.in_(("cancelled", "expired", "failed", "dead", "suppressed")),
                )
            ),
        )
    )


def forget(session: Any, *, shop_id: int, customer_id: int) -> None:
    """Blank what was written to a person who asked to be deleted; that it was sent, and when, stays.

    Called while the number is still known: the demo carrier's copy goes as well.
    """
    mine = select(Message.id).where(Message.shop_id == shop_id, Message.customer_id == customer_id)
    session.execute(
        update(Attempt)
        .where(Attempt.shop_id == shop_id, Attempt.message_id.in_(mine))
        .values(detail="")
        .execution_options(synchronize_session=False)
    )
    session.execute(
        delete(DemoPhoneMessage).where(
            DemoPhoneMessage.shop_id == shop_id,
            DemoPhoneMessage.key.in_(
                select(Message.provider_key).where(
                    Message.shop_id == shop_id, Message.customer_id == customer_id
                )
            ),
        )
    )
    session.execute(
        update(Message)
        .where(Message.shop_id == shop_id, Message.customer_id == customer_id)
        .values(text="", facts={})
        .execution_options(synchronize_session=False)
    )
