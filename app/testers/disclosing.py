"""Who got something of the shop as a tester says so wherever they recommend it: what they got, and how long it counts.

Law: whoever got something and recommends it says so first (추천·보증 등에 관한 표시·광고 심사지침). A review keeps it stored
(app/reviews/given_rules.py); photos and posts are asked about here, each time they are shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import ColumnElement, select

from app.board.stories import StoryLine
from app.board.talks import PostLine
from app.extensions import db
from app.kit.clock import start_of_day
from app.reviews.given_rules import MONITORED, TRIED
from app.testers.models import Programme, Tester
from app.testers.rules import MONITOR

# So long after something was got, or after a 모니터단 ended, it is still told.
DISCLOSED_FOR = timedelta(days=90)
_Shown = TypeVar("_Shown", StoryLine, PostLine)

_PARTS = select(
    Tester.customer_id,
    Programme.sort,
    Programme.benefit,
    Programme.coupon_kind_id,
    Programme.term_ends,
    Programme.ended_at,
    Tester.chosen_at,
    Tester.declined_at,
    Tester.given_at,
    Tester.benefit_at,
).join(Programme, (Programme.shop_id == Tester.shop_id) & (Programme.id == Tester.programme_id))


@dataclass(frozen=True)
class _Got:
    """What one person got or gets, and from when until when it is told (None: it goes on)."""

    customer_id: int
    what: str
    since: datetime
    until: datetime | None

    def at(self, when: datetime) -> bool:
        return self.since <= when and (self.until is None or when < self.until)


def given_lately(*, shop_id: int, customer_id: int, now: datetime) -> str:
    """Return what a person got as a tester, as what they write now discloses it: TRIED, MONITORED or ""."""
    return _words(_got(shop_id, Tester.customer_id == customer_id), now)


def told(shop_id: int, lines: Sequence[_Shown]) -> list[_Shown]:
    """Return photos or posts with what stands before those whose sender had got something by then."""
    whose = {line.customer_id for line in lines if line.customer_id is not None}
    if not whose:
        return list(lines)
    got = _got(shop_id, Tester.customer_id.in_(whose))
    return [
        replace(line, tried=_words([each for each in got if each.customer_id == line.customer_id], line.at))
        for line in lines
    ]


def told_of(shop_id: int, line: _Shown) -> _Shown:
    """Return the same of one."""
    return told(shop_id, [line])[0]


def _got(shop_id: int, whose: ColumnElement[bool]) -> list[_Got]:
    """A product counts from its hand-over; a 모니터단 that brings something from the day one is chosen."""
    found = []
    for row in db.session.execute(_PARTS.where(Tester.shop_id == shop_id, whose)):
        if row.given_at is not None:
            found.append(_Got(row.customer_id, TRIED, row.given_at, row.given_at + DISCLOSED_FOR))
        is_paid = row.sort == MONITOR and (row.benefit or row.coupon_kind_id is not None)
        got_nothing = row.declined_at is not None and row.benefit_at is None
        if is_paid and row.chosen_at is not None and not got_nothing:
            term = start_of_day(row.term_ends + timedelta(days=1)) if row.term_ends else None
            ends = [each for each in (row.declined_at, row.ended_at, term) if each is not None]
            until = min(ends) + DISCLOSED_FOR if ends else None
            found.append(_Got(row.customer_id, MONITORED, row.chosen_at, until))
    return found


def _words(got: Sequence[_Got], when: datetime) -> str:
    """What was got to try goes before what goes on month by month: one of them is told."""
    named = {each.what for each in got if each.at(when)}
    return next((what for what in (TRIED, MONITORED) if what in named), "")
