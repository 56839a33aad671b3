"""Letters whose kind may or may not be built in: written only for kinds the registry knows.

What such a kind needs of facts stands here and nowhere else in the demo: review kinds their ask's token,
a greeting after a silence its days.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.flows.demo.days import at_minute
from app.flows.demo.holders import Holder
from app.flows.demo.reviews import Asked
from app.flows.demo.rows import Row, moment_of
from app.kit.clock import kst_day
from app.messages import registry
from app.messages.contract import Kind

KINDS = ("review_request", "review_thanks", "come_back")
_ASKED_BACK_FROM, _ASKED_BACK_TO = 10, 40  # days ago
_QUIET_DAYS = 21
_CAME_WITHIN = timedelta(days=14)
_SHARES = (5, 4)  # who came again, who did not


@dataclass(frozen=True)
class Later:
    """One letter to be, planned at `at` from the fact `cause`; its kind says how much later it is due."""

    kind: str
    holder: Holder
    cause: str
    facts: dict[str, Any]
    at: datetime


def known() -> list[str]:
    """Return those of our kinds that are built in."""
    return [key for key in KINDS if key in registry.kinds()]


def causes(asked: list[Asked], holders: list[Holder], *, since: datetime, moment: datetime) -> list[Later]:
    """Return all such letters of the time from `since` to `moment`; asks and reviews must have their ids."""
    found = [*_about_reviews(asked), *_asked_back(holders, moment)]
    built_in = set(known())
    return [each for each in found if each.kind in built_in and since < each.at < moment]


def _about_reviews(asked: list[Asked]) -> Iterator[Later]:
    for each in asked:
        facts, at = {"token": each.ask["token"]}, moment_of(each.visit, "at")
        asks = registry.kinds().get("review_request")
        # Who wrote before the request was due is not asked any more.
        if asks is not None and (each.review is None or each.review["at"] > at + _delay(asks)):
            yield Later("review_request", each.holder, f"visit:{each.visit['id']}", facts, at)
        if each.review is not None:
            written = moment_of(each.review, "at")
            yield Later("review_thanks", each.holder, f"review:{each.review['id']}", facts, written)


def _delay(kind: Kind) -> timedelta:
    return timedelta(minutes=kind.delay_minutes)


def _asked_back(holders: list[Holder], moment: datetime) -> Iterator[Later]:
    """Some who had grown quiet were greeted; some of them have come again since."""
    back: list[tuple[float, str, Later]] = []
    away: list[tuple[float, str, Later]] = []
    for holder in holders:
        person = holder.person
        if person.withdrew or person.erased_at or not person.name or len(holder.stood) < 4:
            continue
        for here, there in zip(holder.stood, [*holder.stood[1:], None], strict=True):
            letter = _greeting(holder, here, None if there is None else moment_of(there, "at"), moment)
            if letter is not None and person.agrees("ads", letter.at):
                quiet = letter.facts["days"] / person.gap
                (away if there is None else back).append((quiet, holder.card["ref"], letter))
    for some, share in zip((back, away), _SHARES, strict=True):
        some.sort(key=lambda each: (-each[0], each[1]))
        yield from (letter for _quiet, _ref, letter in some[:share])


def _greeting(holder: Holder, visit: Row, there: datetime | None, moment: datetime) -> Later | None:
    """Return the greeting that fits into the silence between two visits, if one does."""
    here = moment_of(visit, "at")
    silence = timedelta(days=max(_QUIET_DAYS, round(1.75 * holder.person.gap)))
    if there is None:
        day = max(here + silence, moment - timedelta(days=_ASKED_BACK_TO - 4))
    else:
        day = max(here + silence, there - _CAME_WITHIN)
    at = at_minute(kst_day(day) + timedelta(days=1), 10 * 60 + 30)
    oldest, newest = (moment - timedelta(days=ago) for ago in (_ASKED_BACK_TO, _ASKED_BACK_FROM))
    if not oldest < at < newest or (there is not None and at > there - timedelta(hours=20)):
        return None
    days = (kst_day(at) - kst_day(here)).days
    if there is None and days > 120:
        return None
    return Later("come_back", holder, f"silence:{visit['id']}", {"days": days}, at)
