"""What testers show and write elsewhere than in a review says so too: they got what they show.

Law: whoever got something and recommends it says so first (추천·보증 등에 관한 표시·광고 심사지침). A review keeps it stored
(app/reviews/given_rules.py); photos and posts are asked about here, each time they are shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from sqlalchemy import or_, select

from app.board.stories import StoryLine
from app.board.talks import PostLine
from app.extensions import db
from app.reviews.given_rules import MONITORED, TRIED
from app.testers.mine import DISCLOSED_FOR
from app.testers.models import Tester

_Shown = TypeVar("_Shown", StoryLine, PostLine)


def told(shop_id: int, lines: Sequence[_Shown]) -> list[_Shown]:
    """Return photos or posts with what stands before those that were sent within 90 days of a hand-over."""
    whose = {line.customer_id for line in lines if line.customer_id is not None}
    if not whose:
        return list(lines)
    asked = select(Tester.customer_id, Tester.given_at, Tester.chosen_at, Tester.benefit_at).where(
        Tester.shop_id == shop_id,
        Tester.customer_id.in_(whose),
        or_(Tester.given_at.is_not(None), Tester.benefit_at.is_not(None)),
    )
    got: list[tuple[int | None, str, datetime, datetime]] = []
    for who, given, chosen, benefit in db.session.execute(asked):
        if given is not None:
            got.append((who, TRIED, given, given + DISCLOSED_FOR))
        if benefit is not None:  # only the last month's is known: it was promised from the beginning
            got.append((who, MONITORED, chosen or benefit, benefit + DISCLOSED_FOR))
    return [replace(line, tried=_got_before(line, got)) for line in lines]


def _got_before(line: _Shown, got: Sequence[tuple[int | None, str, datetime, datetime]]) -> str:
    mine = [what for who, what, since, until in got if who == line.customer_id and since <= line.at < until]
    return min(mine, key=(TRIED, MONITORED).index, default="")


def told_of(shop_id: int, line: _Shown) -> _Shown:
    """Return the same of one."""
    return told(shop_id, [line])[0]
