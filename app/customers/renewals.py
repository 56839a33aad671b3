"""When a consent to ads must be asked about again, and whose it is.

Every second year, before the day it was given on (망법 50조⑧, 시행령 62조의3). Given on 29 February: before the 28th.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from app.customers.models import Consent, Customer
from app.customers.rules import AD_KINDS
from app.kit.clock import kst_day, start_of_day

AHEAD = timedelta(days=30)  # the notice goes out so long before the day
_YOUNGEST = timedelta(days=2 * 365) - AHEAD  # no consent younger than this is due


@dataclass(frozen=True)
class Given:
    """What one person agreed to on one day and never took back: `ids` and `kinds` belong together, in order."""

    customer_id: int
    on: date
    ids: tuple[int, ...]
    kinds: tuple[str, ...]

    def cause(self, day: date) -> str:
        """Return what names the notice of that year: the first of the consents, and the year."""
        return f"reconsent:{self.ids[0]}:{day.year}"


def renewal_day(on: date, today: date) -> date | None:
    """Return the latest second anniversary whose notice is due by today, or None before the first."""
    found = None
    for year in range(on.year + 2, today.year + 2, 2):
        is_leap_day = (on.month, on.day) == (2, 29)
        day = date(year, 2, 28) if is_leap_day else on.replace(year=year)
        if day - AHEAD <= today:
            found = day
    return found


def standing_since_long(session: Any, *, shop_id: int, now: datetime) -> list[Given]:
    """Return the consents to ads of a shop that stand and are old enough to be asked about."""
    later = aliased(Consent)
    rows = session.execute(
        select(Consent.customer_id, Consent.id, Consent.kind, Consent.at)
        .join(Customer, (Customer.shop_id == Consent.shop_id) & (Customer.id == Consent.customer_id))
        .where(
            Consent.shop_id == shop_id,
            Consent.kind.in_(AD_KINDS),
            Consent.action == "grant",
            Consent.at < start_of_day(kst_day(now - _YOUNGEST) + timedelta(days=1)),
            Customer.erased_at.is_(None),
            ~exists().where(
                later.shop_id == Consent.shop_id,
                later.customer_id == Consent.customer_id,
                later.kind == Consent.kind,
                later.id > Consent.id,
            ),
        )
        .order_by(Consent.customer_id, Consent.id)
    ).all()

    def day(row: Any) -> tuple[int, date]:
        return row.customer_id, kst_day(row.at)

    return [
        _given(customer_id, on, list(mine)) for (customer_id, on), mine in groupby(sorted(rows, key=day), day)
    ]


def _given(customer_id: int, on: date, rows: Sequence[Any]) -> Given:
    return Given(customer_id, on, tuple(row.id for row in rows), tuple(row.kind for row in rows))
