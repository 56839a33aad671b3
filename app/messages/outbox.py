"""Writing messages down in the transaction of their cause."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

from app.extensions import setting
from app.kit.clock import kst_day
from app.kit.signing import derive_key
from app.kit.upsert import built_once
from app.messages import composing, gather, registry, routing, rules
from app.messages.contract import BY_HAND, CARD, Kind
from app.messages.gather import Around, Known
from app.messages.models import Message

# Stands for the opt-out link while planning; the true one is made just before sending.
_PLANNED_BASE = "https://planned.invalid"
_PLANNED_LINK = f"{_PLANNED_BASE}/o/x"
# Nothing is missing and nobody did anything wrong: the card carries it, no second row needed.
_CARD_ONLY = {"no_phone", "no_consent", "no_marketing", "refused", "age", "no_push"}

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
    wire = replace(setting("WIRE"), public_url=_PLANNED_LINK, ads_need_080=False)
    known = known or gather.look_up(session, shop_id=shop_id, customer_id=customer_id, now=now)
    around = gather.around(known, kind=spec, wire=wire)
    spec = around.kind
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
    travels = writer.way(routing.ways(spec, around.person, around.sender))
    note = writer.why_card_only(travels) if travels else None
    first = writer.write(CARD, note) if CARD in spec.channels else None
    if CARD in spec.channels and first is None:
        return None
    second = writer.write(travels, None) if travels and note is None else None
    return first if first is not None else second


def provider_key(shop_id: int, dedupe_key: str) -> str:
    """Return our key of a message at its provider: 128 bits, and the same when it is planned anew.

    A database put back from a backup plans what came round in the lost time once more; asked by this key, the
    provider says that it went out.
    """
    key = _key(setting("MASTER_KEY"))
    return hmac.new(key, f"{shop_id}:{dedupe_key}".encode(), hashlib.sha256).hexdigest()[:32]


@cache
def _key(master: bytes) -> bytes:
    return derive_key(master, "provider-key")  # several with every stamp: derived once


def plan_another_way(session: Any, *, row: Message, tried: Collection[str], now: datetime) -> str | None:
    """Write a notice that reached nobody yet down for one more way; returns which, or None when none is left.

    `tried`: the ways it took already. What the law wants told ends in the owner's hands (their own phone) where
    nothing carries it by itself. `row`: any row of it.
    """
    wire = replace(setting("WIRE"), public_url=_PLANNED_LINK, ads_need_080=False)
    around = gather.look_around(
        session,
        shop_id=row.shop_id,
        customer_id=row.customer_id,
        kind=registry.kind(row.kind),
        wire=wire,
        now=now,
    )
    writer = _Writer(
        session=session,
        shop_id=row.shop_id,
        customer_id=row.customer_id,
        kind=around.kind,
        cause=row.cause,
        base=f"{row.kind}:{row.cause}",
        around=around,
        facts=row.facts,
        due=now,
        not_after=row.not_after,
        now=now,
    )
    by_hand = () if around.sender.is_demo else (BY_HAND,)
    for way in (*routing.ways(around.kind, around.person, around.sender), *by_hand):
        if way not in tried and writer.may_take(way) and writer.write(way, None) is not None:
            return way
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
        self.shop_id = shop_id
        self._judged: dict[str, tuple[str, rules.Verdict]] = {}
        self.common = {"shop_id": shop_id, "customer_id": customer_id, "kind": kind.key, "cause": cause}

    def _verdict(self, channel: str) -> tuple[str, rules.Verdict]:
        if channel not in self._judged:
            self._judged[channel] = self._judge(channel)
        return self._judged[channel]

    def _judge(self, channel: str) -> tuple[str, rules.Verdict]:
        text = composing.compose(
            kind=self.kind,
            channel=channel,
            around=self.around,
            facts=self.facts,
            opt_out=_PLANNED_LINK,
            base_url=_PLANNED_BASE,
        )
        verdict = composing.verdict_on(
            kind=self.kind,
            channel=channel,
            around=self.around,
            text=text,
            facts=self.facts,
            not_after=self.not_after,
            now=max(self.due, self.now),
        )
        return text, verdict

    def may_take(self, channel: str) -> bool:
        """Tell whether this way may carry it, now or later."""
        return not isinstance(self._verdict(channel)[1], rules.LeaveOut)

    def way(self, ways: list[str]) -> str | None:
        """Return the first of these ways that may carry it, else the last one, which tells why not."""
        for key in ways:
            if key == ways[-1] or not isinstance(self._verdict(key)[1], rules.LeaveOut):
                return key
        return None

    def why_card_only(self, channel: str) -> rules.LeaveOut | None:
        """Return why this person gets it on the card alone, if so."""
        verdict = self._verdict(channel)[1]
        return verdict if isinstance(verdict, rules.LeaveOut) and verdict.code in _CARD_ONLY else None

    def write(self, channel: str, note: rules.LeaveOut | None) -> int | None:
        """Insert one row; None when its dedupe key exists."""
        text, verdict = self._verdict(channel)
        dedupe_key = f"{self.base}:{channel}"
        values: dict[str, Any] = {
            **self.common,
            "channel": channel,
            "dedupe_key": dedupe_key,
            "state": "ready",
            "code": note.code if note else "",
            "reason": f"카드에만 남겨요. {note.reason}" if note else "",
            "due_at": self.due,
            "not_after": self.not_after,
            "facts": self.facts,
            "text": "",
            "provider_key": provider_key(self.shop_id, dedupe_key),
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
