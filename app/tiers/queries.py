"""Reads about tiers: the shop's levels, where one person stands, who stands where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, func, select

from app.coupons.models import CouponKind
from app.customers.models import Customer
from app.extensions import db
from app.kit.clock import kst_day, start_of_day
from app.kit.columns import UtcDateTime
from app.tiers import rules
from app.tiers.models import Tier, TierChange, TierPolicy, TierStanding
from app.tiers.rules import Level, Policy, Stands
from app.visits.models import Visit


@dataclass(frozen=True)
class TierLine:
    """One tier with all it brings. `coupon`: the name of the one given on entering, or ""."""

    id: int
    name: str
    least: int
    percent: int
    discount: int
    extra: str
    early_news: bool
    coupon_kind_id: int | None
    coupon: str

    @property
    def level(self) -> Level:
        """The tier as the rules see it."""
        return Level(self.id, self.name, self.least)


@dataclass(frozen=True)
class Look:
    """Everything that decides about one person: the rule, the tiers from the lowest, where they stand, how far.

    `amount`: visits or won in the period, as the rule measures. `since` None: they never stood anywhere.
    """

    policy: Policy
    tiers: list[TierLine]
    stands: Stands
    since: datetime | None
    amount: int

    @property
    def levels(self) -> list[Level]:
        """The tiers as the rules see them."""
        return [tier.level for tier in self.tiers]

    @property
    def tier(self) -> TierLine | None:
        """The tier they stand in."""
        return self.named(self.stands.tier_id)

    def named(self, tier_id: int | None) -> TierLine | None:
        """Return one of the tiers."""
        return next((tier for tier in self.tiers if tier.id == tier_id), None)


_TIER = (
    Tier.id, Tier.name, Tier.least, Tier.percent, Tier.discount, Tier.extra, Tier.early_news, Tier.coupon_kind_id,
    func.coalesce(CouponKind.name, ""),
)  # fmt: skip
_POLICY = (TierPolicy.measure, TierPolicy.months, TierPolicy.downgrade, TierPolicy.grace_days)
_THEIR_COUPON = (CouponKind.shop_id == Tier.shop_id) & (CouponKind.id == Tier.coupon_kind_id)

# Asked with every visit and every card page: one statement, built once. The database picks the period's
# beginning by the rule it has just read.
_SINCE = case(
    *(
        (TierPolicy.months == months, bindparam(f"since{months}", type_=UtcDateTime()))
        for months in rules.PERIODS
    )
)
_AMOUNT = (
    select(
        case(
            (TierPolicy.measure == "spend", func.coalesce(func.sum(Visit.amount), 0)),
            else_=func.count(Visit.id),
        )
    )
    .where(
        Visit.shop_id == TierPolicy.shop_id,
        Visit.customer_id == bindparam("customer"),
        Visit.reversed_at.is_(None),
        Visit.at >= _SINCE,
    )
    .correlate(TierPolicy)
    .scalar_subquery()
)
_LOOK = (
    select(*_POLICY, *_TIER, TierStanding.tier_id, TierStanding.grace_until, TierStanding.since, _AMOUNT)
    .select_from(TierPolicy)
    .join(Tier, (Tier.shop_id == TierPolicy.shop_id) & Tier.ended_at.is_(None))
    .outerjoin(CouponKind, _THEIR_COUPON)
    .outerjoin(
        TierStanding,
        (TierStanding.shop_id == TierPolicy.shop_id) & (TierStanding.customer_id == bindparam("customer")),
    )
    .where(TierPolicy.shop_id == bindparam("shop"))
    .order_by(Tier.least)
)
# SQLite compares moments as text: a moment before all others, not the least one Python has.
BEGINNING = datetime.fromisoformat("2000-01-01T00:00:00+00:00")


def since_of(now: datetime, months: int) -> datetime:
    """Return the moment from which visits count in a period of so many months (0 = all time)."""
    day = rules.first_day(kst_day(now), months)
    return start_of_day(day) if day else BEGINNING


def look(*, shop_id: int, customer_id: int, now: datetime) -> Look | None:
    """Return what decides about one person; None for a shop that has no tiers."""
    starts: dict[str, Any] = {f"since{months}": since_of(now, months) for months in rules.PERIODS}
    rows = db.session.execute(_LOOK, {"shop": shop_id, "customer": customer_id, **starts}).all()
    if not rows:
        return None
    first = tuple(rows[0])
    tier_id, grace_until, since, amount = first[13:]
    return Look(
        Policy(*first[:4]),
        [TierLine(*tuple(row)[4:13]) for row in rows],
        Stands(tier_id, grace_until),
        since,
        int(amount),
    )


def policy_of(shop_id: int) -> Policy | None:
    """Return how a shop decides; None until it has decided once."""
    row = db.session.execute(select(*_POLICY).where(TierPolicy.shop_id == shop_id)).one_or_none()
    return Policy(*row) if row else None


def tiers_of(shop_id: int) -> list[TierLine]:
    """Return a shop's living tiers, from the lowest."""
    rows = db.session.execute(
        select(*_TIER)
        .select_from(Tier)
        .outerjoin(CouponKind, _THEIR_COUPON)
        .where(Tier.shop_id == shop_id, Tier.ended_at.is_(None))
        .order_by(Tier.least)
    )
    return [TierLine(*row) for row in rows]


def tier_of(*, shop_id: int, tier_id: int) -> TierLine | None:
    """Return one living tier of a shop."""
    return next((tier for tier in tiers_of(shop_id) if tier.id == tier_id), None)


def counts(shop_id: int) -> dict[int, int]:
    """Return how many people stand in each tier."""
    rows = db.session.execute(
        select(TierStanding.tier_id, func.count())
        .where(TierStanding.shop_id == shop_id, TierStanding.tier_id.is_not(None))
        .group_by(TierStanding.tier_id)
    )
    return {tier_id: count for tier_id, count in rows if tier_id is not None}


@dataclass(frozen=True)
class InTier:
    """Somebody who stands in a tier."""

    customer_id: int
    name: str
    visit_count: int
    since: datetime
    grace_until: datetime | None


@dataclass(frozen=True)
class InTierPage:
    """Some of them; `after` asks for the next ones."""

    lines: list[InTier]
    after: int | None


def people_in(*, shop_id: int, tier_id: int, after: int | None = None, limit: int = 50) -> InTierPage:
    """Return who stands in a tier, by the order in which they became customers."""
    rows = db.session.execute(
        select(
            TierStanding.customer_id,
            Customer.name,
            Customer.visit_count,
            TierStanding.since,
            TierStanding.grace_until,
        )
        .join(
            Customer,
            (Customer.shop_id == TierStanding.shop_id) & (Customer.id == TierStanding.customer_id),
        )
        .where(
            TierStanding.shop_id == shop_id,
            TierStanding.tier_id == tier_id,
            TierStanding.customer_id > (after or 0),
        )
        .order_by(TierStanding.customer_id)
        .limit(limit + 1)
    ).all()
    lines = [InTier(*row) for row in rows[:limit]]
    return InTierPage(lines, lines[-1].customer_id if len(rows) > limit else None)


@dataclass(frozen=True)
class ChangeLine:
    """One move between tiers, as a person may read it. A name is "" where there was no tier."""

    at: datetime
    before: str
    after: str
    why: str
    undone: bool


def changes_of(*, shop_id: int, customer_id: int, limit: int = 100) -> list[ChangeLine]:
    """Return a person's moves between tiers, newest first."""
    was, became = Tier.__table__.alias("was"), Tier.__table__.alias("became")
    rows = db.session.execute(
        select(
            TierChange.at,
            func.coalesce(was.c.name, ""),
            func.coalesce(became.c.name, ""),
            TierChange.why,
            TierChange.reversed_at.is_not(None),
        )
        .outerjoin(was, (was.c.shop_id == TierChange.shop_id) & (was.c.id == TierChange.from_id))
        .outerjoin(became, (became.c.shop_id == TierChange.shop_id) & (became.c.id == TierChange.to_id))
        .where(TierChange.shop_id == shop_id, TierChange.customer_id == customer_id)
        .order_by(TierChange.id.desc())
        .limit(limit)
    )
    return [ChangeLine(row[0], row[1], row[2], row[3], bool(row[4])) for row in rows]


def name_of(*, shop_id: int, customer_id: int) -> str:
    """Return the tier that is written down for a person, also while the shop has tiers off; "" for none."""
    found = db.session.scalar(
        select(Tier.name)
        .join(TierStanding, (TierStanding.shop_id == Tier.shop_id) & (TierStanding.tier_id == Tier.id))
        .where(TierStanding.shop_id == shop_id, TierStanding.customer_id == customer_id)
    )
    return found or ""


def stands_at_least(*, shop_id: int, customer_id: int, tier_id: int) -> bool:
    """Tell whether a person stands in a tier or in one above it; everybody does in one that was ended."""
    wanted, mine = Tier.__table__.alias("wanted"), Tier.__table__.alias("mine")
    least = db.session.scalar(
        select(wanted.c.least).where(
            wanted.c.shop_id == shop_id, wanted.c.id == tier_id, wanted.c.ended_at.is_(None)
        )
    )
    if least is None:
        return True
    held = db.session.scalar(
        select(mine.c.least)
        .join(TierStanding, (TierStanding.shop_id == mine.c.shop_id) & (TierStanding.tier_id == mine.c.id))
        .where(TierStanding.shop_id == shop_id, TierStanding.customer_id == customer_id)
    )
    return held is not None and held >= least


@dataclass(frozen=True)
class CouponChoice:
    """A kind of coupon that can be given on entering a tier."""

    id: int
    name: str


def coupon_choices(shop_id: int) -> list[CouponChoice]:
    """Return the kinds of coupons a shop issues now."""
    rows = db.session.execute(
        select(CouponKind.id, CouponKind.name)
        .where(CouponKind.shop_id == shop_id, CouponKind.ended_at.is_(None))
        .order_by(CouponKind.id)
    )
    return [CouponChoice(*row) for row in rows]
