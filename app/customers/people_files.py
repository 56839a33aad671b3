"""Reads about lists that leave the shop as files, for the worker and for the owner's pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.customers.file_models import PeopleFile
from app.extensions import db

WORKING = ("making", "packing")
_PACKING_PERCENT = 90  # the last tenth of the bar: the rows become one file


@dataclass(frozen=True)
class ListView:
    """One list as its page shows it. `whom` in words, "" for everybody; `total` people when it was asked for."""

    id: int
    state: str
    kind: str
    whom: str
    total: int
    seen: int
    made_at: datetime
    ends_at: datetime | None

    @property
    def works(self) -> bool:
        """Tell whether a worker is at it, so that the page asks again."""
        return self.state in WORKING

    @property
    def percent(self) -> int:
        """Return how much of it is made."""
        if self.state == "packing":
            return _PACKING_PERCENT
        return min(_PACKING_PERCENT, self.seen * _PACKING_PERCENT // self.total) if self.total else 0


@dataclass(frozen=True)
class Stand:
    """Where the worker is with a list: what it is narrowed by, up to whom it has come, where its rows lie."""

    state: str
    kind: str
    typed: str
    tag_id: int | None
    group: str
    after_id: int
    records: str
    place: int
    made_at: datetime


_VIEW = (
    *(PeopleFile.id, PeopleFile.state, PeopleFile.kind, PeopleFile.whom, PeopleFile.total, PeopleFile.seen),
    *(PeopleFile.made_at, PeopleFile.ends_at),
)
_STAND = (
    *(PeopleFile.state, PeopleFile.kind, PeopleFile.typed, PeopleFile.tag_id, PeopleFile.group),
    *(PeopleFile.after_id, PeopleFile.records, PeopleFile.place, PeopleFile.made_at),
)


def _of(shop_id: int, staff_id: int) -> list[Any]:
    return [PeopleFile.shop_id == shop_id, PeopleFile.staff_id == staff_id]


def one(*, shop_id: int, staff_id: int, file_id: int) -> ListView | None:
    """Return a list that this one of the staff asked for; None for anybody else's (S05)."""
    row = db.session.execute(
        select(*_VIEW).where(*_of(shop_id, staff_id), PeopleFile.id == file_id)
    ).one_or_none()
    return ListView(*row) if row else None


def standing(*, shop_id: int, staff_id: int) -> list[ListView]:
    """Return the lists of one of the staff that are being made or can be fetched, the newest first."""
    rows = db.session.execute(
        select(*_VIEW)
        .where(*_of(shop_id, staff_id), PeopleFile.state.in_((*WORKING, "ready")))
        .order_by(PeopleFile.id.desc())
        .limit(10)
    )
    return [ListView(*row) for row in rows]


def stand(*, shop_id: int, file_id: int) -> Stand | None:
    """Return where the worker is with a list of this shop, or None."""
    row = db.session.execute(
        select(*_STAND).where(PeopleFile.shop_id == shop_id, PeopleFile.id == file_id)
    ).one_or_none()
    return Stand(*row) if row else None


def waiting(now: datetime, *, limit: int = 50) -> list[tuple[int, int]]:
    """Return the lists of all shops that have to be made, or to be deleted by now, as (shop_id, id)."""
    is_free = PeopleFile.held_until.is_(None) | (PeopleFile.held_until <= now)
    rows = db.session.execute(
        select(PeopleFile.shop_id, PeopleFile.id)
        .where(
            PeopleFile.state.in_((*WORKING, "ready")),
            is_free,
            PeopleFile.state.in_(WORKING) | (PeopleFile.ends_at <= now),
        )
        .order_by(PeopleFile.id)
        .limit(limit)
    )
    return [(row.shop_id, row.id) for row in rows]


def known_refs(shop_id: int, refs: Sequence[str]) -> set[str]:
    """Return which of these sealed files are still a row's."""
    rows = db.session.execute(
        select(PeopleFile.ref, PeopleFile.records).where(
            PeopleFile.shop_id == shop_id, PeopleFile.ref.in_(refs) | PeopleFile.records.in_(refs)
        )
    )
    return {ref for row in rows for ref in row}
