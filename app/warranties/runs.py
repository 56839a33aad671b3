"""Reads about certificates that are given piece by piece, for the worker and for the shop's pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select

from app.extensions import db
from app.warranties.models import WarrantyKind, WarrantyRun

_SHOWN_FOR = timedelta(days=1)


@dataclass(frozen=True)
class RunView:
    """One as its page shows it. `total`: as counted when it was asked for."""

    id: int
    state: str
    product: str
    import_id: int | None
    product_id: int | None
    total: int
    given: int
    made_at: datetime
    ended_at: datetime | None

    @property
    def works(self) -> bool:
        """Tell whether a worker is at it, so that the page asks again."""
        return self.state == "going"

    @property
    def percent(self) -> int:
        """Return how much of it is given."""
        if not self.works:
            return 100
        return min(99, self.given * 100 // self.total) if self.total else 0


_VIEWS = select(
    *(WarrantyRun.id, WarrantyRun.state, WarrantyKind.name, WarrantyRun.import_id, WarrantyRun.product_id),
    *(WarrantyRun.total, WarrantyRun.given, WarrantyRun.made_at, WarrantyRun.ended_at),
).join(
    WarrantyKind,
    (WarrantyKind.shop_id == WarrantyRun.shop_id) & (WarrantyKind.id == WarrantyRun.kind_id),
)


def _found(statement: Any) -> list[RunView]:
    return [RunView(*row) for row in db.session.execute(statement)]


def one(*, shop_id: int, run_id: int) -> RunView | None:
    """Return one of this shop's, or None."""
    found = _found(_VIEWS.where(WarrantyRun.shop_id == shop_id, WarrantyRun.id == run_id))
    return found[0] if found else None


def lately(shop_id: int, *, now: datetime) -> list[RunView]:
    """Return those that go on or went on within the last day, the newest first; short ones were over at once."""
    return _found(
        _VIEWS.where(
            WarrantyRun.shop_id == shop_id,
            or_(
                WarrantyRun.state == "going",
                (WarrantyRun.ended_at > now - _SHOWN_FOR) & (WarrantyRun.ended_at > WarrantyRun.made_at),
            ),
        )
        .order_by(WarrantyRun.id.desc())
        .limit(5)
    )


def going(*, shop_id: int, import_id: int, product_id: int) -> int | None:
    """Return which one goes on for a product of a file's orders, or None."""
    found: int | None = db.session.scalar(
        select(WarrantyRun.id)
        .where(
            WarrantyRun.shop_id == shop_id,
            WarrantyRun.state == "going",
            WarrantyRun.import_id == import_id,
            WarrantyRun.product_id == product_id,
        )
        .limit(1)
    )
    return found


def waiting(now: datetime, *, limit: int = 50) -> list[tuple[int, int]]:
    """Return those of all shops that a worker has to go on with, as (shop_id, id)."""
    rows = db.session.execute(
        select(WarrantyRun.shop_id, WarrantyRun.id)
        .where(
            WarrantyRun.state == "going",
            WarrantyRun.held_until.is_(None) | (WarrantyRun.held_until <= now),
        )
        .order_by(WarrantyRun.id)
        .limit(limit)
    )
    return [(row.shop_id, row.id) for row in rows]
