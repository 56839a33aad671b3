"""VIP: the first fifth of who came within a year. Worked out at night, because it is a place among all. Flush, never commit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import and_, func, select, update

from app.insights import rules
from app.insights.models import PersonStat
from app.insights.stats import YEAR
from app.kit.clock import start_of_day
from app.visits.models import Visit

_ONE_OF = 5


def changes(session: Any, *, shop_id: int, today: date) -> tuple[list[int], list[int]]:
    """Return who becomes VIP, and who is one no longer: the first fifth of who came within a year, with three visits.

    By visits; by value where most of the year's visits carry amounts. Of equals who spent more, then who came last.
    """
    since = start_of_day(today - YEAR)
    came, priced = session.execute(
        select(func.count(Visit.id), func.count(Visit.amount)).where(
            Visit.shop_id == shop_id, Visit.at >= since, Visit.reversed_at.is_(None)
        )
    ).one()
    order = [PersonStat.year_visits.desc(), PersonStat.year_spent.desc()]
    if 2 * priced > came:
        order.reverse()
    of_year = and_(PersonStat.shop_id == shop_id, PersonStat.year_visits > 0)
    people = session.scalar(select(func.count()).select_from(PersonStat).where(of_year)) or 0
    first = set(
        session.scalars(
            select(PersonStat.customer_id)
            .where(of_year)
            .order_by(*order, PersonStat.last_at.desc(), PersonStat.customer_id)
            .limit(-(-people // _ONE_OF))
        )
    )
    often = select(PersonStat.customer_id).where(PersonStat.shop_id == shop_id)
    first &= set(session.scalars(often.where(PersonStat.year_visits >= rules.VIP_VISITS)))
    before = set(session.scalars(often.where(PersonStat.is_vip)))
    return sorted(first - before), sorted(before - first)


def put(session: Any, *, shop_id: int, customer_ids: Sequence[int], is_vip: bool) -> None:
    """Note of some people that they are VIP, or no longer."""
    session.execute(
        update(PersonStat)
        .where(PersonStat.shop_id == shop_id, PersonStat.customer_id.in_(customer_ids))
        .values(is_vip=is_vip)
    )
