"""What became of complaints: answered in time, settled, came back; those that were answered against those that were not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.extensions import db
from app.voices.care_models import VoiceOffer
from app.voices.care_rules import BACK_WITHIN
from app.voices.models import Voice
from app.voices.rules import COMPLAINT

_ENOUGH = 10


@dataclass(frozen=True)
class Back:
    """People whose sixty days are over: how many, and how many of them had come again."""

    people: int
    came: int

    @property
    def percent(self) -> int:
        """How many of a hundred came again, 0 for nobody."""
        return round(100 * self.came / self.people) if self.people else 0


@dataclass(frozen=True)
class Results:
    """Complaints of a period. `settled`: by the customer's own word; `young`: whose sixty days still run."""

    complaints: int
    answered: int
    in_time: int
    settled: int
    offered: int
    taken: int
    answered_back: Back
    silent_back: Back
    young: int
    young_came: int

    @property
    def tells_of_hundred(self) -> bool:
        """Whether there are people enough on either side to say how many of a hundred; fewer are told by number alone."""
        return min(self.answered_back.people, self.silent_back.people) >= _ENOUGH


def results(shop_id: int, *, since: datetime, now: datetime) -> Results:
    """Add up the complaints that were brought up since then. Who came back is as of last night."""
    base = func.coalesce(Voice.answered_at, Voice.due_at, Voice.opened_at)
    mine = (Voice.shop_id == shop_id, Voice.kind == COMPLAINT, Voice.opened_at >= since)
    is_named, is_answered = Voice.customer_id.is_not(None), Voice.answered_at.is_not(None)
    is_old, came = base <= now - BACK_WITHIN, Voice.came_back_at.is_not(None)
    one = func.count(Voice.id)
    row = db.session.execute(
        select(
            one,
            one.filter(is_answered),
            one.filter(is_answered, Voice.answered_at <= Voice.due_at),
            one.filter(Voice.closed_at.is_not(None), Voice.closed_by.is_(None)),
            one.filter(is_named, is_answered, is_old),
            one.filter(is_named, is_answered, is_old, came),
            one.filter(is_named, ~is_answered, is_old),
            one.filter(is_named, ~is_answered, is_old, came),
            one.filter(is_named, ~is_old),
            one.filter(is_named, ~is_old, came),
        ).where(*mine)
    ).one()
    offered = db.session.execute(
        select(func.count(VoiceOffer.id), func.count(VoiceOffer.taken_at))
        .join(Voice, (Voice.shop_id == VoiceOffer.shop_id) & (Voice.id == VoiceOffer.voice_id))
        .where(*mine)
    ).one()
    complaints, answered, in_time, settled, old, old_came, silent, silent_came, young, young_came = map(
        int, row
    )
    return Results(
        complaints=complaints,
        answered=answered,
        in_time=in_time,
        settled=settled,
        offered=int(offered[0]),
        taken=int(offered[1]),
        answered_back=Back(old, old_came),
        silent_back=Back(silent, silent_came),
        young=young,
        young_came=young_came,
    )
