"""What the demo's people said to the owner alone, and the threads that followed."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from app.flows.demo.description import Description, Thread
from app.flows.demo.holders import Holder
from app.flows.demo.rows import Row, Tables, drawn_key
from app.voices.care_rules import BACK_WITHIN
from app.voices.rules import ANSWER_WITHIN, COMPLAINT

# A matter of the last day is told as it stands; an older one hangs on a visit, so that nobody wrote at night.
_FRESH_HOURS = 24


class Voices:
    """Hangs each of the shop's threads on a person who had just been there."""

    def __init__(self, rng: Random, tables: Tables, shop: Description, shop_id: int) -> None:
        self.rng, self.tables, self.shop, self.shop_id = rng, tables, shop, shop_id
        self._spoke: set[int] = set()
        self._causes: dict[str, Row] = {}

    def write(self, holders: list[Holder], owner: Row, moment: datetime) -> None:
        """Write the threads down as they stand at `moment`."""
        visits = [
            (visit["at"], holder)
            for holder in holders
            if holder.person.name and holder.person.erased_at is None
            for visit in holder.stood
        ]
        visits.sort(key=lambda pair: pair[0])
        for thread in self.shop.threads:
            self._open(thread, visits, owner, moment)
        for name, text in self.shop.ready_answers:
            self.tables.add("ready_answers", shop_id=self.shop_id, name=name, text=text, at=visits[0][0])
        self.tables.number("ready_answers")
        self.tables.number("voice_causes")
        self.tables.number("voices", by="opened_at")
        self.tables.number("voice_lines", by="at")

    def _open(
        self, thread: Thread, visits: list[tuple[datetime, Holder]], owner: Row, moment: datetime
    ) -> None:
        told = moment - timedelta(hours=thread.hours_ago)
        is_silent = thread.closed and len(thread.says) == 1  # whom nobody answered stayed away
        came, holder = next(
            pair
            for pair in reversed(visits)
            if pair[0] < told
            and id(pair[1]) not in self._spoke
            and (not is_silent or not any(visit["at"] > pair[0] for visit in pair[1].stood))
        )
        self._spoke.add(id(holder))
        if thread.hours_ago > _FRESH_HOURS:
            told = came + timedelta(minutes=self.rng.randint(15, 90))
        voice = self.tables.add(
            "voices",
            shop_id=self.shop_id,
            customer_id=holder.customer,
            kind=thread.kind,
            review_id=None,
            opened_at=told,
            answered_at=None,
            waiting_since=told,
            closed_at=None,
            closed_by=None,
            due_at=told + ANSWER_WITHIN if thread.kind == COMPLAINT else None,
            came_back_at=None,
        )
        for name in thread.causes:
            self.tables.add(
                "voice_cause_marks",
                shop_id=self.shop_id,
                voice_id=voice,
                cause_id=self._cause(name, told),
                at=told,
            )
        at = told
        for place, text in enumerate(thread.says):
            by_owner = place % 2 == 1
            last = place == len(thread.says) - 1
            at += timedelta(minutes=thread.minutes[place - 1] if place else 0)
            self.tables.add(
                "voice_lines",
                shop_id=self.shop_id,
                voice_id=voice,
                staff_id=owner if by_owner else None,
                text=text,
                once=drawn_key(self.rng),
                at=at,
                # The answer shows that it was read; of the last word only a closed matter does.
                read_at=None if last and not thread.closed else at + timedelta(minutes=3),
            )
            voice["waiting_since"] = None if by_owner else at
            if by_owner and voice["answered_at"] is None:
                voice["answered_at"] = at
        if thread.closed:
            voice.update(closed_at=at + timedelta(minutes=12), closed_by=owner, waiting_since=None)
        # Of one who was never answered, from when the answer was due (flows/voice_results.py).
        since = voice["answered_at"] or voice["due_at"]
        if thread.kind == COMPLAINT and since <= moment:
            again = (visit["at"] for visit in holder.stood if since < visit["at"] <= since + BACK_WITHIN)
            voice["came_back_at"] = min(again, default=None)

    def _cause(self, name: str, at: datetime) -> Row:
        """Return the shop's cause of a name, added when it comes up first."""
        if name not in self._causes:
            self._causes[name] = self.tables.add(
                "voice_causes", shop_id=self.shop_id, name=name, made_at=at, ended_at=None
            )
        return self._causes[name]
