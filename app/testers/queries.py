"""Reads about programmes and who takes part, shaped for pages and for the clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select

from app.customers.models import Customer
from app.extensions import db
from app.kit.clock import start_of_day
from app.reviews.models import Review
from app.testers import rules
from app.testers.models import Programme, ProgrammeQuestion, Tester
from app.testers.rules import Part, Question, Standing

# The public page keeps what came of a programme so long.
_SHOWN_AFTER = timedelta(days=180)


@dataclass(frozen=True)
class ProgrammeView:
    """A programme as every page shows it. `seed` is "" until the draw: only its hash is known before."""

    id: int
    ref: str
    sort: str
    product: str
    about: str
    people: str
    places: int
    price: int
    benefit: str
    coupon_kind_id: int | None
    conditions: dict[str, Any]
    try_days: int
    apply_until: datetime | None
    answer_until: datetime | None
    term_starts: date | None
    term_ends: date | None
    seed_hash: str
    seed: str
    invites: bool
    made_at: datetime
    shown_at: datetime | None
    closed_at: datetime | None
    settled_at: datetime | None
    drawn_at: datetime | None
    drawn: dict[str, Any]
    ended_at: datetime | None
    verdict: str
    verdict_note: str
    change: str
    change_at: datetime | None

    @property
    def standing(self) -> Standing:
        """Where it is."""
        return Standing(
            self.sort, self.shown_at, self.closed_at, self.apply_until, self.answers_until, self.ended_at
        )

    @property
    def answers_until(self) -> datetime | None:
        """The moment from which nobody answers: of a 모니터단 the end of its term."""
        if self.term_ends is not None:
            return start_of_day(self.term_ends + timedelta(days=1))
        return self.answer_until

    @property
    def word(self) -> str:
        """What it is called: 체험단, 모니터단, 맛보기."""
        return rules.SORTS[self.sort]

    @property
    def name(self) -> str:
        """What it is called in full: "쑥 비누 체험단"."""
        return rules.name_of(self.product, self.sort)

    @property
    def other_word(self) -> str:
        """What it is beside its name in a list of 체험단: "" where the list or the name says so already."""
        return "" if self.sort == rules.TRIAL or self.name == self.product else self.word

    @property
    def least_visits(self) -> int:
        """How often somebody must have come to apply."""
        return int(self.conditions.get("least_visits") or 0)

    @property
    def note(self) -> str:
        """Whom it is for, in the owner's own words."""
        return str(self.conditions.get("note") or "")


@dataclass(frozen=True)
class Counts:
    """How many people of a programme are where."""

    waiting: int = 0  # applied, neither chosen nor gone, and not told that it was not this time
    chosen: int = 0
    given: int = 0
    done: int = 0


_COLUMNS = [getattr(Programme, name) for name in ProgrammeView.__dataclass_fields__ if name != "seed"]


def _view(row: Any) -> ProgrammeView:
    found = dict(zip((column.key for column in _COLUMNS), row[:-1], strict=True))
    return ProgrammeView(**found, seed=row[-1] if found["drawn_at"] else "")


def _views(shop_id: int, *where: Any, order: Any = None, limit: int = 100) -> list[ProgrammeView]:
    rows = db.session.execute(
        select(*_COLUMNS, Programme.seed)
        .where(Programme.shop_id == shop_id, *where)
        .order_by(Programme.id.desc() if order is None else order)
        .limit(limit)
    )
    return [_view(row) for row in rows]


def programmes(shop_id: int) -> list[ProgrammeView]:
    """Return a shop's programmes, the newest first."""
    return _views(shop_id)


def programme(*, shop_id: int, programme_id: int) -> ProgrammeView | None:
    """Return one programme of this shop, or None (S05)."""
    return next(iter(_views(shop_id, Programme.id == programme_id, limit=1)), None)


def by_ref(*, shop_id: int, ref: str) -> ProgrammeView | None:
    """Return the programme that an address names, once it was shown; None else."""
    return next(iter(_views(shop_id, Programme.ref == ref, Programme.shown_at.is_not(None), limit=1)), None)


def shown(shop_id: int, *, now: datetime) -> list[ProgrammeView]:
    """Return what everybody may see: programmes for all that run, and for a while what came of those that ended."""
    return _views(
        shop_id,
        Programme.shown_at.is_not(None),
        Programme.people == "",
        Programme.sort != rules.TASTING,
        or_(Programme.ended_at.is_(None), Programme.change_at > now - _SHOWN_AFTER),
    )


def recruiting(shop_id: int, *, now: datetime) -> list[ProgrammeView]:
    """Return the programmes for all for which one may apply now: what the shop's page shows."""
    return [view for view in shown(shop_id, now=now) if view.standing.takes_applications(now)]


def counts(shop_id: int, programme_ids: Sequence[int]) -> dict[int, Counts]:
    """Return how many people are where, by programme."""
    stays = Tester.declined_at.is_(None)
    chosen = and_(Tester.chosen_at.is_not(None), stays)
    rows = db.session.execute(
        select(
            Tester.programme_id,
            func.count().filter(
                Tester.applied_at.is_not(None),
                stays,
                Tester.chosen_at.is_(None),
                Tester.told_at.is_(None),
                ~IS_SECOND,
            ),
            func.count().filter(chosen),
            func.count().filter(chosen, Tester.given_at.is_not(None)),
            func.count().filter(chosen, Tester.done_at.is_not(None)),
        )
        .where(Tester.shop_id == shop_id, Tester.programme_id.in_(programme_ids))
        .group_by(Tester.programme_id)
    )
    found = {row[0]: Counts(*map(int, row[1:])) for row in rows}
    return {each: found.get(each, Counts()) for each in programme_ids}


def questions(*, shop_id: int, programme_id: int, when: str = "") -> list[Question]:
    """Return what is asked, in its order; `when`: apply or after alone."""
    which = [ProgrammeQuestion.when == when] if when else []
    rows = db.session.scalars(
        select(ProgrammeQuestion)
        .where(ProgrammeQuestion.shop_id == shop_id, ProgrammeQuestion.programme_id == programme_id, *which)
        .order_by(ProgrammeQuestion.position)
    )
    return [
        Question(each.when, each.form, each.text, tuple(each.options), each.is_needed, each.id, each.position)
        for each in rows
    ]


# Who applied with two cards that became one waits once: the part of the card that is no more waits for nothing. Parted
# again, both wait.
IS_SECOND = and_(
    Tester.chosen_at.is_(None),
    select(Customer.id)
    .where(
        Customer.shop_id == Tester.shop_id,
        Customer.id == Tester.customer_id,
        Customer.merged_into_id.is_not(None),
    )
    .correlate(Tester)
    .exists(),
)
# As rules.Part has them.
PART: tuple[Any, ...] = tuple(getattr(Tester, each.name) for each in fields(Part))


@dataclass(frozen=True)
class TesterLine(Part):
    """One person's part in a programme, for the shop's own eyes. `customer_id` None: they left since."""

    customer_id: int | None
    name: str
    visits: int
    reviews: int
    chosen_by: str
    benefit_at: datetime | None  # of a 모니터단: the last time it got its benefit


def people(*, shop_id: int, programme_id: int) -> list[TesterLine]:
    """Return who applied for a programme, in the order they came, with what helps to choose."""
    reviews = (
        select(func.count(Review.id))
        .where(Review.shop_id == Tester.shop_id, Review.customer_id == Tester.customer_id)
        .correlate(Tester)
        .scalar_subquery()
    )
    columns: tuple[Any, ...] = (
        *PART,
        Tester.customer_id,
        func.coalesce(Customer.name, ""),
        func.coalesce(Customer.visit_count, 0),
        reviews,
        Tester.chosen_by,
        Tester.benefit_at,
    )
    rows = db.session.execute(
        select(*columns)
        .outerjoin(Customer, (Customer.shop_id == Tester.shop_id) & (Customer.id == Tester.customer_id))
        .where(
            Tester.shop_id == shop_id,
            Tester.programme_id == programme_id,
            Tester.applied_at.is_not(None),
            ~IS_SECOND,
        )
        .order_by(Tester.number)
        .limit(500)
    )
    return [TesterLine(*row) for row in rows]


def programme_of(*, shop_id: int, tester_id: int) -> int | None:
    """Return which programme somebody's part belongs to."""
    found: int | None = db.session.scalar(
        select(Tester.programme_id).where(Tester.shop_id == shop_id, Tester.id == tester_id)
    )
    return found


@dataclass(frozen=True)
class Waiting:
    """What the owner has to do: who waits to be chosen, and whose answers are all there."""

    applied: int  # people who wait while applications still come
    to_choose: int  # people who wait although nobody can apply any more
    to_decide: tuple[int, str] | None  # the programme (id, product) that only waits for a verdict


def waiting(shop_id: int, *, now: datetime) -> Waiting:
    """Return what the home screen says about programmes."""
    views = _views(
        shop_id,
        Programme.shown_at.is_not(None),
        Programme.ended_at.is_(None),
        Programme.sort != rules.TASTING,
        limit=50,
    )
    found = counts(shop_id, [view.id for view in views]) if views else {}
    applied = to_choose = 0
    to_decide = None
    for view in views:
        count = found[view.id]
        if view.standing.takes_applications(now):
            applied += count.waiting
        elif count.chosen < view.places and view.drawn_at is None and view.settled_at is None:
            to_choose += count.waiting
        over = not view.standing.takes_answers(now)
        all_said = view.sort == rules.TRIAL and 0 < count.chosen == count.done and not count.waiting
        if count.done and (over or all_said):
            to_decide = (view.id, view.product)
    return Waiting(applied, to_choose, to_decide)
