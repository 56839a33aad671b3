"""Counts what is tapped at the counter, inside a flow. Flush, never commit."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from app.testers.models import TastingAnswer


def add_tasting(
    session: Any,
    *,
    shop_id: int,
    question_id: int,
    day: date,
    browser_hash: str,
    number: int,
    now: datetime,
) -> None:
    """Count one tap at the counter. Raises IntegrityError when this browser answered on this day."""
    session.add(
        TastingAnswer(
            shop_id=shop_id,
            question_id=question_id,
            day=day,
            browser_hash=browser_hash,
            number=number,
            text="",
            at=now,
        )
    )
    session.flush()


def tasted(
    session: Any, *, shop_id: int, question_id: int, day: date, browser_hash: str
) -> TastingAnswer | None:
    """Return what a browser answered on a day."""
    found: TastingAnswer | None = session.scalar(
        select(TastingAnswer).where(
            TastingAnswer.shop_id == shop_id,
            TastingAnswer.question_id == question_id,
            TastingAnswer.day == day,
            TastingAnswer.browser_hash == browser_hash,
        )
    )
    return found


def tasted_since(session: Any, *, shop_id: int, question_id: int, since: datetime) -> int:
    """Return how many answered at the counter since a moment."""
    return int(
        session.scalar(
            select(func.count(TastingAnswer.id)).where(
                TastingAnswer.shop_id == shop_id,
                TastingAnswer.question_id == question_id,
                TastingAnswer.at > since,
            )
        )
    )
