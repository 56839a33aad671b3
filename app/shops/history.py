"""Reads of the record of changes: a page of it for the owner, and whether its chain is whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.extensions import db
from app.shops.models import AuditLine, Staff
from app.shops.rules import line_hash

PAGE = 50
_BATCH = 1000


@dataclass(frozen=True)
class Change:
    """One line: who (None: the installation itself), what, and whom or what it was about."""

    number: int
    at: datetime
    who: str | None
    what: str
    whom: str
    is_self: bool
    detail: str


@dataclass(frozen=True)
class ChangePage:
    """The newest lines first; `before` asks for the next page, None at the end."""

    lines: list[Change]
    before: int | None


def changes(shop_id: int, *, before: int | None = None) -> ChangePage:
    """Return a page of what was changed in a shop, the newest first."""
    query = select(AuditLine).where(AuditLine.shop_id == shop_id).order_by(AuditLine.number.desc())
    if before is not None:
        # A number no line can have would not fit the column of one of our databases.
        query = query.where(AuditLine.number < min(before, 2**31 - 1))
    rows = list(db.session.scalars(query.limit(PAGE + 1)))
    names = {
        row.id: row.name
        for row in db.session.execute(select(Staff.id, Staff.name).where(Staff.shop_id == shop_id))
    }
    lines = [
        Change(
            number=row.number,
            at=row.at,
            who=names.get(row.staff_id) if row.staff_id is not None else None,
            what=row.what,
            whom=_name_of(row.subject, names),
            is_self=row.subject == f"staff:{row.staff_id}",
            detail=row.detail,
        )
        for row in rows[:PAGE]
    ]
    return ChangePage(lines, lines[-1].number if len(rows) > PAGE else None)


def _name_of(subject: str, names: dict[int, str]) -> str:
    kind, _, number = subject.partition(":")
    return names.get(int(number), "") if kind == "staff" and number.isdigit() else ""


@dataclass(frozen=True)
class Chain:
    """A shop's chain: how many lines hold, the hash of the last, and the first line that does not."""

    whole: int
    last_hash: str
    broken_at: int | None


def chain(shop_id: int) -> Chain:
    """Recompute a shop's chain from its first line on. A line changed, taken out or put in is the first broken."""
    number, before = 0, ""
    while True:
        rows = list(
            db.session.scalars(
                select(AuditLine)
                .where(AuditLine.shop_id == shop_id, AuditLine.number > number)
                .order_by(AuditLine.number)
                .limit(_BATCH)
            )
        )
        for row in rows:
            number += 1
            right = line_hash(
                shop_id=shop_id,
                number=number,
                at=row.at,
                staff_id=row.staff_id,
                what=row.what,
                subject=row.subject,
                detail=row.detail,
                hash_before=before,
            )
            if (row.number, row.hash_before, row.hash) != (number, before, right):
                return Chain(number - 1, before, number)
            before = row.hash
        db.session.expunge_all()
        if len(rows) < _BATCH:
            return Chain(number, before, None)
