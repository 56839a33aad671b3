"""Works out anew what visits add up to for people whose visits came, or went, in bulk. Flush, never commit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import bindparam, select, update

from app.customers.models import Customer
from app.kit.clock import kst_day
from app.kit.upsert import table_of
from app.visits.models import Visit

_PEOPLE, _VISITS = table_of(Customer), table_of(Visit)
_SUMS = (
    update(_PEOPLE)
    .where(_PEOPLE.c.shop_id == bindparam("shop"), _PEOPLE.c.id == bindparam("who"))
    .values(
        visit_count=bindparam("visits"),
        first_visit_at=bindparam("first"),
        last_visit_at=bindparam("last"),
        stale_at=bindparam("now"),  # what they add up to is worked out anew within a minute or so
    )
)


def recount(
    session: Any, *, shop_id: int, customer_ids: Sequence[int], now: datetime
) -> tuple[date, date] | None:
    """Count these people's visits again, and which of them was the first; returns the Korean days in between which
    the shop's daily sums may be others now, None when nobody ever came."""
    rows = session.execute(
        select(_VISITS.c.customer_id, _VISITS.c.id, _VISITS.c.at, _VISITS.c.is_first, _VISITS.c.reversed_at)
        .where(_VISITS.c.shop_id == shop_id, _VISITS.c.customer_id.in_(customer_ids))
        .order_by(_VISITS.c.customer_id, _VISITS.c.at, _VISITS.c.id)
    ).all()
    sums: dict[int, tuple[int, datetime | None, datetime | None]] = dict.fromkeys(
        customer_ids, (0, None, None)
    )
    wrong: dict[bool, list[int]] = {True: [], False: []}
    for who, theirs in groupby(rows, key=lambda row: row.customer_id):
        every = list(theirs)
        stand = [row for row in every if row.reversed_at is None]
        first_id = stand[0].id if stand else None
        if stand:
            sums[who] = (len(stand), stand[0].at, stand[-1].at)
        for row in every:
            if row.is_first != (row.id == first_id):
                wrong[row.id == first_id].append(row.id)
    people = [
        {"shop": shop_id, "who": who, "visits": count, "first": first, "last": last, "now": now}
        for who, (count, first, last) in sums.items()
    ]
    if people:
        session.connection().execute(_SUMS, people)
    for is_first, ids in wrong.items():
        for start in range(0, len(ids), 1_000):
            some = (_VISITS.c.shop_id == shop_id, _VISITS.c.id.in_(ids[start : start + 1_000]))
            session.execute(update(_VISITS).where(*some).values(is_first=is_first))
    if not rows:
        return None
    return kst_day(min(row.at for row in rows)), kst_day(max(row.at for row in rows))
