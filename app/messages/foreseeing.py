"""What planning a message for a person comes to: the words, the gate's answer on each way, the way it takes.

Planning asks it and then writes; whoever only wants to know beforehand asks it and writes nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from app.messages import composing, gather, routing, rules
from app.messages.contract import CARD, Kind, Wire
from app.messages.gather import Around, Known

# Nothing is missing and nobody did anything wrong: the card carries it, no second row needed.
_CARD_ONLY = {"no_phone", "no_consent", "no_marketing", "refused", "age", "no_push"}


class Look:
    """One message to one person, looked at as it would be at the moment `at`."""

    def __init__(
        self,
        *,
        kind: Kind,
        around: Around,
        facts: dict[str, Any],
        at: datetime,
        not_after: datetime,
        now: datetime,
        opt_out: str,
        base_url: str,
    ) -> None:
        self.kind, self.around, self.facts = kind, around, facts
        self.at, self.not_after, self.now = at, not_after, now
        self.opt_out, self.base_url = opt_out, base_url
        self._judged: dict[str, tuple[str, rules.Verdict]] = {}

    def verdict(self, channel: str) -> tuple[str, rules.Verdict]:
        """Return the words on a channel and what the gate says of them."""
        if channel not in self._judged:
            self._judged[channel] = self._judge(channel)
        return self._judged[channel]

    def _judge(self, channel: str) -> tuple[str, rules.Verdict]:
        text = composing.compose(
            kind=self.kind,
            channel=channel,
            around=self.around,
            facts=self.facts,
            opt_out=self.opt_out,
            base_url=self.base_url,
        )
        verdict = composing.verdict_on(
            kind=self.kind,
            channel=channel,
            around=self.around,
            text=text,
            facts=self.facts,
            not_after=self.not_after,
            now=max(self.at, self.now),
        )
        return text, verdict

    def may_take(self, channel: str) -> bool:
        """Tell whether this way may carry it, now or later."""
        return not isinstance(self.verdict(channel)[1], rules.LeaveOut)

    def way(self) -> str | None:
        """Return the first of the ways that may carry it, else the last one, which tells why not; None without any."""
        ways = routing.ways(self.kind, self.around.person, self.around.sender)
        for key in ways:
            if key == ways[-1] or self.may_take(key):
                return key
        return None

    def why_card_only(self, channel: str) -> rules.LeaveOut | None:
        """Return why this person gets it on the card alone, if so."""
        verdict = self.verdict(channel)[1]
        return verdict if isinstance(verdict, rules.LeaveOut) and verdict.code in _CARD_ONLY else None


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What would become of a message if it were planned, and the gate asked, at that moment."""

    way: str  # the channel that would carry it; CARD: it lies there alone; "": it reaches nobody
    waits: bool  # not at once: `code` and `reason` say why
    code: str  # why it goes no farther, or ""
    reason: str  # the same in the owner's words
    text: str  # as it would travel


def foresee(
    known: Known,
    *,
    kind: Kind,
    wire: Wire,
    facts: dict[str, Any],
    chosen_ways: Collection[str],
    at: datetime,
    opt_out: str,
) -> Foreseen:
    """Say what planning for a person would come to. `opt_out`: what stands for the link an ad ends with."""
    around = gather.around(known, kind=kind, wire=wire)
    if chosen_ways:
        around = replace(around, sender=replace(around.sender, ways=frozenset(chosen_ways)))
    look = Look(
        kind=around.kind,
        around=around,
        facts=facts,
        at=at,
        not_after=at + kind.life,
        now=at,
        opt_out=opt_out,
        base_url=wire.public_url or wire.base_url,
    )
    travels = look.way()
    text, verdict = look.verdict(travels) if travels else ("", rules.LeaveOut("", ""))
    if travels and isinstance(verdict, rules.Send):
        return Foreseen(travels, False, "", "", text)
    if travels and isinstance(verdict, rules.Wait):
        return Foreseen(travels, True, verdict.code, verdict.reason, text)
    assert isinstance(verdict, rules.LeaveOut)
    card_text, on_card = look.verdict(CARD)
    if isinstance(on_card, rules.LeaveOut):
        return Foreseen("", False, on_card.code, on_card.reason, card_text)
    return Foreseen(CARD, False, verdict.code, verdict.reason, card_text)
