"""Reads about the days and hours on which more is given: what holds for somebody now, and the shop's list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Date, bindparam, or_, select
from sqlalchemy.orm import aliased

from app.extensions import db
from app.kit.clock import KST, kst_day
from app.shops.models import Shop
from app.tiers import rules
from app.tiers.models import Boost, Tier, TierStanding
from app.tiers.rules import BoostRule, Worth

_NEEDED = aliased(Tier)  # the tier from which a boost is for somebody
_WHEN = (
    Boost.name, Boost.percent, _NEEDED.least, Boost.weekdays, Boost.from_minute, Boost.to_minute, Boost.from_day,
    Boost.to_day,
)  # fmt: skip

# Asked with every stamp where tiers or boosts are on: built once. One row at least, so that who has a tier and
# no boost is told by the same statement.
_NOW = (
    select(Tier.name, Tier.least, Tier.percent, Boost.id, Boost.tier_id, *_WHEN)
    .select_from(Shop)
    .outerjoin(
        TierStanding, (TierStanding.shop_id == Shop.id) & (TierStanding.customer_id == bindparam("customer"))
    )
    .outerjoin(
        Tier,
        (Tier.shop_id == TierStanding.shop_id) & (Tier.id == TierStanding.tier_id) & Tier.ended_at.is_(None),
    )
    .outerjoin(
        Boost,
        (Boost.shop_id == Shop.id)
        & Boost.ended_at.is_(None)
        & or_(Boost.from_day.is_(None), Boost.from_day <= bindparam("today", type_=Date()))
        & or_(Boost.to_day.is_(None), Boost.to_day >= bindparam("today", type_=Date())),
    )
    .outerjoin(_NEEDED, (_NEEDED.shop_id == Boost.shop_id) & (_NEEDED.id == Boost.tier_id))
    .where(Shop.id == bindparam("shop"))
    .order_by(Boost.id)
)


def worth_now(*, shop_id: int, customer_id: int, uses: frozenset[str], now: datetime) -> Worth:
    """Return what one stamping of a person is worth now. What the shop has switched off does not count."""
    rows = db.session.execute(_NOW, {"shop": shop_id, "customer": customer_id, "today": kst_day(now)}).all()
    name, least, percent = tuple(rows[0])[:3] if rows and "tiers" in uses else (None, None, None)
    held = [
        BoostRule(*tuple(row)[5:])
        for row in rows
        # A boost for a tier needs tiers: with them off it is nobody's.
        if "boosts" in uses and row[3] is not None and (row[4] is None or "tiers" in uses)
    ]
    return rules.best(
        held, local=now.astimezone(KST), least=least, own_percent=percent or 100, own_name=name or ""
    )


@dataclass(frozen=True)
class BoostLine:
    """One boost of a shop. `tier`: for whom, "" for everybody."""

    id: int
    tier: str
    rule: BoostRule


def boosts_of(shop_id: int, *, today: date) -> list[BoostLine]:
    """Return a shop's boosts that hold or will hold, in the order they were made."""
    rows = db.session.execute(
        select(Boost.id, _NEEDED.name.label("tier"), *_WHEN)
        .outerjoin(_NEEDED, (_NEEDED.shop_id == Boost.shop_id) & (_NEEDED.id == Boost.tier_id))
        .where(
            Boost.shop_id == shop_id,
            Boost.ended_at.is_(None),
            or_(Boost.to_day.is_(None), Boost.to_day >= today),
        )
        .order_by(Boost.id)
    )
    return [BoostLine(row[0], row[1] or "", BoostRule(*tuple(row)[2:])) for row in rows]
