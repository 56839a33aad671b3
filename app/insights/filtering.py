"""Conditions of a shop's own group as the database asks them, all over Customer and all together.

Visits are looked at in the days that a condition names; sums of all time are those of the last night.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, and_, case, cast, extract, false, func, not_, or_, select

from app.coupons.models import Coupon
from app.customers.agreeing import agreed_to_ads
from app.customers.days import birthday_in, month_of
from app.customers.known_models import CustomerTag
from app.customers.models import Customer
from app.extensions import db
from app.insights import segment_registry
from app.insights.filters import Rule
from app.insights.models import PersonStat
from app.kit.clock import start_of_day
from app.tiers.models import TierStanding
from app.visits.models import Visit, VisitItem
from app.warranties.models import Warranty, WarrantyKind

# "주로": of the visits of so many days, so many in a hundred, when there are so many.
USUAL_DAYS, USUAL_SHARE, USUAL_VISITS = 90, 60, 3
_KST = 9 * 3600
_DAY = 86_400

Asked = Callable[[int, date, Sequence[str]], ColumnElement[bool]]


def condition(shop_id: int, today: date, rules: Sequence[Rule]) -> ColumnElement[bool]:
    """Return who fits every one of the conditions; nobody where there is none."""
    if not rules:
        return false()
    return and_(*(_ASKED[rule.what](shop_id, today, rule.values) for rule in rules))


def _since(today: date, days: str) -> datetime:
    return start_of_day(today - timedelta(days=int(days)))


def _came(shop_id: int, since: datetime) -> tuple[ColumnElement[bool], ...]:
    return Visit.shop_id == shop_id, Visit.at >= since, Visit.reversed_at.is_(None)


def _often(shop_id: int, today: date, values: Sequence[str]) -> ColumnElement[bool]:
    days, times = values
    return Customer.id.in_(
        select(Visit.customer_id)
        .where(*_came(shop_id, _since(today, days)))
        .group_by(Visit.customer_id)
        .having(func.count() >= int(times))
    )


def _away(_shop_id: int, today: date, values: Sequence[str]) -> ColumnElement[bool]:
    return Customer.last_visit_at < _since(today, values[0])


def _bought(shop_id: int, today: date, values: Sequence[str]) -> ColumnElement[bool]:
    product, days = values
    return Customer.id.in_(
        select(Visit.customer_id)
        .join(VisitItem, (VisitItem.shop_id == Visit.shop_id) & (VisitItem.visit_id == Visit.id))
        .where(*_came(shop_id, _since(today, days)), VisitItem.product_id == int(product))
    )


def _spent(shop_id: int, _today: date, values: Sequence[str]) -> ColumnElement[bool]:
    return Customer.id.in_(
        select(PersonStat.customer_id).where(
            PersonStat.shop_id == shop_id, PersonStat.spent >= int(values[0])
        )
    )


def _visits(_shop_id: int, _today: date, values: Sequence[str]) -> ColumnElement[bool]:
    return Customer.visit_count >= int(values[0])


def _group(shop_id: int, today: date, values: Sequence[str]) -> ColumnElement[bool]:
    return segment_registry.condition(shop_id, today, values[0])


def _gender(_shop_id: int, _today: date, values: Sequence[str]) -> ColumnElement[bool]:
    return Customer.gender == ("" if values[0] == "unknown" else values[0])


def _hour(shop_id: int, today: date, values: Sequence[str]) -> ColumnElement[bool]:
    first, end = map(int, values[0].split("-"))
    hour = _local_seconds() % _DAY // 3600
    inside = and_ if first < end else or_
    return _usually(shop_id, today, inside(hour >= first, hour < end))


def _weekday(shop_id: int, today: date, values: Sequence[str]) -> ColumnElement[bool]:
    first, last = map(int, values[0].split("-"))
    # The first of January 1970 was a Thursday.
    weekday = (_local_seconds() // _DAY + 3) % 7
    return _usually(shop_id, today, and_(weekday >= first, weekday <= last))


def _local_seconds() -> Any:
    """Return a visit's moment as whole seconds of the Korean clock since 1970."""
    if db.session.get_bind().dialect.name == "sqlite":
        return cast(func.strftime("%s", Visit.at), BigInteger) + _KST
    return cast(extract("epoch", Visit.at), BigInteger) + _KST


def _usually(shop_id: int, today: date, then: ColumnElement[bool]) -> ColumnElement[bool]:
    hits = func.sum(case((then, 1), else_=0))
    return Customer.id.in_(
        select(Visit.customer_id)
        .where(*_came(shop_id, _since(today, str(USUAL_DAYS))))
        .group_by(Visit.customer_id)
        .having(and_(func.count() >= USUAL_VISITS, hits * 100 >= func.count() * USUAL_SHARE))
    )


def _tag(shop_id: int, _today: date, values: Sequence[str]) -> ColumnElement[bool]:
    return Customer.id.in_(
        select(CustomerTag.customer_id).where(
            CustomerTag.shop_id == shop_id, CustomerTag.tag_id == int(values[0])
        )
    )


def _tier(shop_id: int, _today: date, values: Sequence[str]) -> ColumnElement[bool]:
    return Customer.id.in_(
        select(TierStanding.customer_id).where(
            TierStanding.shop_id == shop_id, TierStanding.tier_id == int(values[0])
        )
    )


def _birthday(shop_id: int, today: date, values: Sequence[str]) -> ColumnElement[bool]:
    month = today.month if values[0] == "this" else int(values[0])
    return birthday_in(shop_id, month_of(date(today.year, month, 1)))


def _found_by(_shop_id: int, _today: date, values: Sequence[str]) -> ColumnElement[bool]:
    return Customer.found_by == values[0]


def _source(_shop_id: int, _today: date, values: Sequence[str]) -> ColumnElement[bool]:
    return Customer.source == values[0]


def _agreed(shop_id: int, _today: date, values: Sequence[str]) -> ColumnElement[bool]:
    agreed = agreed_to_ads(shop_id)
    return agreed if values[0] == "y" else not_(agreed)


def _coupon(shop_id: int, today: date, values: Sequence[str]) -> ColumnElement[bool]:
    holds = Customer.id.in_(
        select(Coupon.customer_id).where(
            Coupon.shop_id == shop_id,
            Coupon.used_at.is_(None),
            Coupon.withdrawn_at.is_(None),
            or_(Coupon.expires_at.is_(None), Coupon.expires_at > start_of_day(today)),
        )
    )
    return holds if values[0] == "y" else not_(holds)


def _holds(shop_id: int, today: date, values: Sequence[str]) -> ColumnElement[bool]:
    """A kind that was changed is one of the same name: who was given the earlier one owns the same thing."""
    kind, until = values
    name = (
        select(WarrantyKind.name)
        .where(WarrantyKind.shop_id == shop_id, WarrantyKind.id == int(kind))
        .scalar_subquery()
    )
    called = select(WarrantyKind.id).where(WarrantyKind.shop_id == shop_id, WarrantyKind.name == name)
    held = select(Warranty.customer_id).where(
        Warranty.shop_id == shop_id,
        Warranty.kind_id.in_(called),
        Warranty.customer_id.is_not(None),
        Warranty.ended_at.is_(None),
    )
    return Customer.id.in_(held.where(Warranty.until >= today) if until == "valid" else held)


_ASKED: dict[str, Asked] = {
    "often": _often,
    "away": _away,
    "bought": _bought,
    "spent": _spent,
    "visits": _visits,
    "group": _group,
    "gender": _gender,
    "hour": _hour,
    "weekday": _weekday,
    "tag": _tag,
    "tier": _tier,
    "birthday": _birthday,
    "found_by": _found_by,
    "source": _source,
    "agreed": _agreed,
    "coupon": _coupon,
    "holds": _holds,
}
