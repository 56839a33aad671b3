"""Reads over all people of a shop at once: who would stand where under a rule, and who has to move tonight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, literal, or_, select

from app.customers.models import Customer
from app.extensions import db
from app.tiers.models import TierStanding
from app.tiers.queries import since_of
from app.tiers.rules import Level, Policy
from app.visits.models import Visit

_NONE = -1  # the rank of who stands nowhere, as rules.rank has it


@dataclass(frozen=True)
class Placed:
    """Somebody who belongs higher than they stand. `tier_id`: where to; `from_id`, `since`: where they were."""

    customer_id: int
    tier_id: int
    from_id: int | None
    since: datetime | None


@dataclass(frozen=True)
class Forecast:
    """What a rule would change: people by the least of the level they go to, and a few names."""

    stays: dict[int, int]  # least of a level (-1 = none) → people there afterwards
    up: int
    down: int
    up_names: list[str]
    down_names: list[str]


class _People:
    """Every living person of a shop with where they stand and where a rule would put them, as one query."""

    def __init__(
        self,
        shop_id: int,
        policy: Policy,
        levels: Sequence[Level],
        now: datetime,
        carried: dict[int, int],
        only: Sequence[int] | None = None,
    ) -> None:
        measured = (
            func.coalesce(func.sum(Visit.amount), 0) if policy.measure == "spend" else func.count(Visit.id)
        )
        # Visits are summed up by their index alone before any person is looked at.
        per_person = (
            select(Visit.customer_id, measured.label("amount"))
            .where(
                Visit.shop_id == shop_id,
                Visit.at >= since_of(now, policy.months),
                Visit.reversed_at.is_(None),
                *([] if only is None else [Visit.customer_id.in_(only)]),
            )
            .group_by(Visit.customer_id)
            .subquery()
        )
        amount = func.coalesce(per_person.c.amount, 0)
        falling = sorted(levels, key=lambda level: -level.least)
        self.after: ColumnElement[int] = (
            case(*((amount >= level.least, literal(level.least)) for level in falling), else_=_NONE)
            if falling
            else literal(_NONE)
        )
        self.before: ColumnElement[int] = (
            case(
                *((TierStanding.tier_id == tier_id, literal(least)) for tier_id, least in carried.items()),
                else_=_NONE,
            )
            if carried
            else literal(_NONE)
        )
        self._amounts = per_person
        self._who = [Customer.shop_id == shop_id, Customer.erased_at.is_(None)]
        self._who += [] if only is None else [Customer.id.in_(only)]

    def select(self, *columns: Any) -> Any:
        """Return the query over everybody, with these columns."""
        return (
            select(*columns)
            .select_from(Customer)
            .outerjoin(self._amounts, self._amounts.c.customer_id == Customer.id)
            .outerjoin(
                TierStanding,
                (TierStanding.shop_id == Customer.shop_id) & (TierStanding.customer_id == Customer.id),
            )
            .where(*self._who)
        )


def carried(before: Sequence[Level], after: Sequence[Level]) -> dict[int, int]:
    """Return for each level there was the rank its people have under the new ones; a removed one falls to the next."""
    kept = {level.id: level.least for level in after if level.id}
    found: dict[int, int] = {}
    falls_to = _NONE
    for level in sorted(before, key=lambda level: level.least):
        falls_to = kept.get(level.id, falls_to)
        found[level.id] = falls_to
    return found


def forecast(
    *, shop_id: int, policy: Policy, levels: Sequence[Level], before: Sequence[Level], now: datetime
) -> Forecast:
    """Return what would change if the shop decided so now: a dry run over everybody, nothing is written."""
    people = _People(shop_id, policy, levels, now, carried(before, levels))
    rows = db.session.execute(
        people.select(people.before, people.after, func.count()).group_by(people.before, people.after)
    ).all()
    stays: dict[int, int] = {}
    up = down = 0
    for here, there, count in rows:
        keeps = there < here and policy.downgrade == "never"
        stays[here if keeps else there] = stays.get(here if keeps else there, 0) + count
        up += count if there > here else 0
        down += count if there < here and not keeps else 0
    return Forecast(
        stays,
        up,
        down,
        _names(people, people.after > people.before) if up else [],
        _names(people, people.after < people.before) if down else [],
    )


def _names(people: _People, moves: ColumnElement[bool], limit: int = 5) -> list[str]:
    rows = db.session.scalars(
        people.select(Customer.name)
        .where(moves, Customer.name != "")
        .order_by(Customer.last_visit_at.desc(), Customer.id)
        .limit(limit)
    )
    return list(rows)


def to_place(
    *,
    shop_id: int,
    policy: Policy,
    levels: Sequence[Level],
    now: datetime,
    only: Sequence[int] | None = None,
) -> list[Placed]:
    """Return everybody who belongs higher than they stand, or those among `only` these customers."""
    people = _People(shop_id, policy, levels, now, {level.id: level.least for level in levels}, only)
    by_least = {level.least: level.id for level in levels}
    rows = db.session.execute(
        people.select(Customer.id, people.after, TierStanding.tier_id, TierStanding.since)
        .where(people.after > people.before)
        .order_by(Customer.id)
    )
    return [
        Placed(customer_id, by_least[after], tier_id, since) for customer_id, after, tier_id, since in rows
    ]


def to_move(*, shop_id: int, policy: Policy, levels: Sequence[Level], now: datetime) -> list[int]:
    """Return the people about whom rules.judge has something to say now, by one statement over the whole shop."""
    people = _People(shop_id, policy, levels, now, {level.id: level.least for level in levels})
    in_grace = TierStanding.grace_until.is_not(None)
    if policy.downgrade == "never":
        falls: ColumnElement[bool] = in_grace
    elif policy.grace_days == 0:
        falls = or_(in_grace, people.after < people.before)
    else:
        falls = or_(~in_grace, TierStanding.grace_until <= now)
    return list(
        db.session.scalars(
            people.select(Customer.id)
            .where(
                or_(
                    people.after > people.before,
                    and_(people.after == people.before, in_grace),
                    and_(people.after < people.before, falls) if levels else false(),
                )
            )
            .order_by(Customer.id)
        )
    )
