"""Writing messages down in the transaction of their cause."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from app.extensions import setting
from app.kit.clock import kst_day
from app.kit.signing import derive_key
from app.kit.upsert import built_once
from app.messages import gather, holdout, registry, routing, rules, variants
from app.messages.contract import BY_HAND, CARD, Kind
from app.messages.foreseeing import Look
from app.messages.gather import Known
from app.messages.models import Message

# Stands for the opt-out link while planning; the true one is made just before sending.
_PLANNED_BASE = "https://planned.invalid"
_PLANNED_LINK = f"{_PLANNED_BASE}/o/x"

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
    delay: timedelta | None = None,
    variant: str = "",
    chosen_ways: Collection[str] = (),
    became: Mapping[str, Any] | None = None,
) -> int | None:
    """Write a message of a kind down: on the card, and for the one channel that may carry it as well.

    `cause` names the fact it follows from ("visit:12"); the same cause never gives a second message.
    `known`: what gather.look_up read in this very transaction, for several messages to one person.
    `variant`: which of two texts that are compared, where the cause brings its own; an automation's is chosen
    here. `chosen_ways`: the channels it may take; none: those that cost nothing. `became`: what causes.became said
    in this transaction, where the words come from the cause: it is read again at sending and not kept in the row.
    `due_at` is the moment from which the shop's own delay for this kind counts (none for most kinds), or `delay`,
    where what was bought says better when the time has come.
    Returns the first row's id, or None when there already is one or the shop switched the kind off.
    Raises KeyError for an unknown kind or facts that lack a word of its text.
    """
    spec = registry.kind(kind)
    wire = replace(setting("WIRE"), public_url=_PLANNED_LINK, ads_need_080=False)
    known = known or gather.look_up(session, shop_id=shop_id, customer_id=customer_id, now=now)
    variant = variant or _variant(known, shop_id=shop_id, customer_id=customer_id, kind=kind)
    around = gather.around(known, kind=spec, wire=wire, variant=variant)
    spec = around.kind
    if chosen_ways:
        around = replace(around, sender=replace(around.sender, ways=frozenset(chosen_ways)))
    if around.person.erased or not (around.sender.kind_on or spec.statutory):
        return None
    due = due_at + (around.delay if delay is None else delay)
    facts = {"day": kst_day(now).isoformat(), **(facts or {})}
    look = Look(
        kind=spec,
        around=around,
        facts={**facts, **(became or {})},
        at=due,
        not_after=not_after or due + spec.life,
        now=now,
        opt_out=_PLANNED_LINK,
        base_url=_PLANNED_BASE,
    )
    writer = _Writer(
        session=session,
        look=look,
        shop_id=shop_id,
        customer_id=customer_id,
        cause=cause,
        base=_base(spec, customer_id=customer_id, cause=cause, due=due, facts=facts),
        variant=variant,
        facts=facts,
        now=now,
    )
    travels = look.way()
    note = look.why_card_only(travels) if travels else None
    writer.is_held_out = bool(travels) and note is None and _is_held_out(known, writer.common, now)
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
    """Write a message that reached nobody yet down for one more way; returns which, or None when none is left.

    `tried`: the ways it took already. It is asked about as the class it has by now. What the law wants told ends in
    the owner's hands (their own phone) where nothing carries it by itself. `row`: any row of it.
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
    look = Look(
        kind=around.kind,
        around=around,
        facts=row.facts,
        at=now,
        not_after=row.not_after,
        now=now,
        opt_out=_PLANNED_LINK,
        base_url=_PLANNED_BASE,
    )
    writer = _Writer(
        session=session,
        look=look,
        shop_id=row.shop_id,
        customer_id=row.customer_id,
        cause=row.cause,
        base=row.dedupe_key.removesuffix(f":{row.channel}"),
        variant=row.variant,
        facts=row.facts,
        now=now,
    )
    by_hand = (BY_HAND,) if around.kind.must_reach and not around.sender.is_demo else ()
    for way in (*routing.ways(around.kind, around.person, around.sender), *by_hand):
        if way not in tried and look.may_take(way) and writer.write(way, None) is not None:
            return way
    return None


def _base(kind: Kind, *, customer_id: int, cause: str, due: datetime, facts: Mapping[str, Any]) -> str:
    """Return what makes a message the same message, whatever channel carries it.

    A campaign's number may come again where a backup was put back; `mark` says which one it is.
    """
    if kind.to_many:
        return f"{cause}:{customer_id}:{facts['mark']}"
    return f"{kind.key}:{customer_id}:{kst_day(due)}" if kind.once_a_day else f"{kind.key}:{cause}"


def _variant(known: Known, *, shop_id: int, customer_id: int, kind: str) -> str:
    """Return which of an automation's two texts a person gets; "" while none are compared."""
    automation = known.automations.get(kind)
    if automation is None or not automation.text_b:
        return ""
    return variants.variant(setting("MASTER_KEY"), shop_id=shop_id, customer_id=customer_id, what=kind)


def _is_held_out(known: Known, whose: dict[str, Any], now: datetime) -> bool:
    """Tell whether somebody gets none of a kind, so that the owner sees what it brings."""
    kind = whose["kind"]
    began = dict(each.split(":") for each in (known.shop.compared or "").split()).get(kind, "")
    if not began or kst_day(now).isoformat() < began:
        return False
    who = {"shop_id": whose["shop_id"], "customer_id": whose["customer_id"]}
    return holdout.is_held_out(setting("MASTER_KEY"), **who, what=holdout.round_of(kind, began))


class _Writer:
    """The rows of one planned message."""

    def __init__(
        self,
        *,
        session: Any,
        look: Look,
        shop_id: int,
        customer_id: int,
        cause: str,
        base: str,
        variant: str,
        facts: dict[str, Any],
        now: datetime,
    ) -> None:
        self.session, self.look, self.base, self.facts, self.now = session, look, base, facts, now
        self.shop_id = shop_id
        self.is_held_out = False
        whose = {"shop_id": shop_id, "customer_id": customer_id}
        self.common = {**whose, "kind": look.kind.key, "cause": cause, "variant": variant}

    def write(self, channel: str, note: rules.LeaveOut | None) -> int | None:
        """Insert one row; None when its dedupe key exists."""
        text, verdict = self.look.verdict(channel)
        dedupe_key = f"{self.base}:{channel}"
        values: dict[str, Any] = {
            **self.common,
            "channel": channel,
            "dedupe_key": dedupe_key,
            "state": "ready",
            "code": note.code if note else "",
            "reason": f"카드에만 남겨요. {note.reason}" if note else "",
            "due_at": self.look.at,
            "not_after": self.look.not_after,
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
        elif self.is_held_out:
            due = verdict.until if isinstance(verdict, rules.Wait) else self.look.at
            values |= {"state": "suppressed", "code": holdout.CODE, "reason": holdout.REASON, "due_at": due}
        elif isinstance(verdict, rules.Wait):
            values |= {"due_at": verdict.until, "code": verdict.code, "reason": verdict.reason}
        elif channel == CARD and self.look.at <= self.now:
            # Nothing to call: it lies on the card the moment its cause is committed.
            values |= {"state": "sent", "text": text, "sent_at": self.now}
        found: int | None = self.session.scalar(_WRITTEN_ONCE(self.session), values)
        return found
