"""Reads for one person: which programmes they are in, what they answered, what a review of theirs must disclose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Date, and_, bindparam, or_, select

from app.extensions import db
from app.kit.clock import kst_day
from app.kit.columns import UtcDateTime
from app.reviews.given_rules import MONITORED, TRIED
from app.reviews.models import Photo
from app.testers import rules
from app.testers.models import Programme, ProgrammeQuestion, Tester, TesterAnswer
from app.testers.queries import PART
from app.testers.rules import Answer, Part, Question

# So long after a hand-over a review of the same person says that something was given.
DISCLOSED_FOR = timedelta(days=90)


@dataclass(frozen=True)
class MyPart(Part):
    """A person's part in a programme."""

    programme_id: int
    ref: str
    sort: str
    product: str


_MINE: tuple[Any, ...] = (*PART, Programme.id, Programme.ref, Programme.sort, Programme.product)


def parts(*, shop_id: int, customer_id: int, limit: int = 50) -> list[MyPart]:
    """Return every programme a person was invited to, applied for or was in, the newest first."""
    rows = db.session.execute(
        select(*_MINE)
        .join(Programme, (Programme.shop_id == Tester.shop_id) & (Programme.id == Tester.programme_id))
        .where(Tester.shop_id == shop_id, Tester.customer_id == customer_id)
        .order_by(Tester.id.desc())
        .limit(limit)
    )
    return [MyPart(*row) for row in rows]


def part(*, shop_id: int, customer_id: int, programme_id: int) -> MyPart | None:
    """Return a person's part in one programme, or None."""
    row = db.session.execute(
        select(*_MINE)
        .join(Programme, (Programme.shop_id == Tester.shop_id) & (Programme.id == Tester.programme_id))
        .where(
            Tester.shop_id == shop_id,
            Tester.customer_id == customer_id,
            Tester.programme_id == programme_id,
        )
    ).one_or_none()
    return None if row is None else MyPart(*row)


@dataclass(frozen=True)
class ToHandOver:
    """What somebody who was chosen has not got yet; `price`: won they pay, 0 = free.

    Of a 모니터단: its `benefit`, and when this month's was handed over (`benefit_at`; None: not yet).
    """

    id: int
    sort: str
    product: str
    price: int
    benefit: str
    benefit_at: datetime | None

    @property
    def name(self) -> str:
        """What the programme is called in full."""
        return rules.name_of(self.product, self.sort)

    @property
    def is_monitor(self) -> bool:
        """Whether it is for a whole term, and no single thing to hand over."""
        return self.sort == rules.MONITOR


# Built once: a stamp's answer shows it.
_TO_HAND_OVER = (
    select(
        Tester.id, Programme.sort, Programme.product, Programme.price, Programme.benefit, Tester.benefit_at
    )
    .join(Programme, (Programme.shop_id == Tester.shop_id) & (Programme.id == Tester.programme_id))
    .where(
        Tester.shop_id == bindparam("shop"),
        Tester.customer_id == bindparam("customer"),
        Tester.chosen_at.is_not(None),
        Tester.declined_at.is_(None),
        Programme.ended_at.is_(None),
        or_(
            and_(
                Programme.sort == rules.TRIAL,
                Tester.given_at.is_(None),
                Programme.answer_until > bindparam("now", type_=UtcDateTime),
            ),
            and_(
                Programme.sort == rules.MONITOR,
                Programme.benefit != "",
                bindparam("today", type_=Date).between(Programme.term_starts, Programme.term_ends),
            ),
        ),
    )
    .order_by(Tester.id)
)


def to_hand_over(*, shop_id: int, customer_id: int, now: datetime) -> list[ToHandOver]:
    """Return what is to be given to a person who stands at the counter, what they were chosen for first on top."""
    today = kst_day(now)
    which = {"shop": shop_id, "customer": customer_id, "now": now, "today": today}
    rows = db.session.execute(_TO_HAND_OVER, which)
    return [ToHandOver(*row[:-1], benefit_at=of_this_month(row[-1], today)) for row in rows]


def of_this_month(at: datetime | None, today: date) -> datetime | None:
    """Return when a benefit was handed over if that was this month, else None: this month's is still to be given."""
    return at if at is not None and rules.is_of_month(kst_day(at), today) else None


def answers(*, shop_id: int, tester_id: int, turn: date) -> dict[int, Answer]:
    """Return what a person answered in a turn, by the question's id; a skipped one is an empty answer."""
    return answers_of_all(shop_id=shop_id, tester_ids=[tester_id], turn=turn).get(tester_id, {})


def answers_of_all(*, shop_id: int, tester_ids: Sequence[int], turn: date) -> dict[int, dict[int, Answer]]:
    """Return the same of several people: tester → question → answer."""
    found: dict[int, dict[int, Answer]] = {}
    rows = db.session.scalars(
        select(TesterAnswer).where(
            TesterAnswer.shop_id == shop_id, TesterAnswer.tester_id.in_(tester_ids), TesterAnswer.turn == turn
        )
    )
    for row in rows:
        answer = Answer(row.number, tuple(row.picks), row.text, row.photo_id)
        found.setdefault(row.tester_id, {})[row.question_id] = answer
    return found


@dataclass(frozen=True)
class MyAnswer:
    """One answer of a person, for the file they take along."""

    product: str
    question: str
    answer: str
    at: datetime


def everything_answered(*, shop_id: int, customer_id: int) -> list[MyAnswer]:
    """Return everything a person answered in programmes, oldest first."""
    rows = db.session.execute(
        select(Programme.product, ProgrammeQuestion, TesterAnswer)
        .join(Tester, (Tester.shop_id == TesterAnswer.shop_id) & (Tester.id == TesterAnswer.tester_id))
        .join(Programme, (Programme.shop_id == Tester.shop_id) & (Programme.id == Tester.programme_id))
        .join(
            ProgrammeQuestion,
            (ProgrammeQuestion.shop_id == TesterAnswer.shop_id)
            & (ProgrammeQuestion.id == TesterAnswer.question_id),
        )
        .where(TesterAnswer.shop_id == shop_id, Tester.customer_id == customer_id)
        .order_by(TesterAnswer.id)
    )
    found = []
    for product, asked, row in rows:
        question = Question(asked.when, asked.form, asked.text, tuple(asked.options))
        words = rules.said(question, Answer(row.number, tuple(row.picks), row.text, row.photo_id))
        found.append(MyAnswer(product, asked.text, words or "건너뛰었어요", row.at))
    return found


def photo_state(*, shop_id: int, customer_id: int, photo_id: int) -> tuple[str, str] | None:
    """Return (ref, state) of a person's own photo, or None."""
    row = db.session.execute(
        select(Photo.ref, Photo.state).where(
            Photo.shop_id == shop_id, Photo.customer_id == customer_id, Photo.id == photo_id
        )
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def given_lately(*, shop_id: int, customer_id: int, now: datetime) -> str:
    """Return what a person got as a tester in the last 90 days, as a review of theirs discloses it; "" for nothing."""
    since = now - DISCLOSED_FOR
    rows = db.session.execute(
        select(Tester.given_at > since).where(
            Tester.shop_id == shop_id,
            Tester.customer_id == customer_id,
            or_(Tester.given_at > since, Tester.benefit_at > since),
        )
    ).all()
    return TRIED if any(tried for (tried,) in rows) else MONITORED if rows else ""
