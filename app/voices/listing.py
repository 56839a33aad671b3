"""Lists of voices: the shop's, page by page, and a person's own. A complaint is read by the owner alone (rules.may_hear)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, tuple_

from app.customers.models import Customer
from app.extensions import db
from app.kit.keyset import read_place, write_place
from app.voices.care_models import VoiceCause, VoiceCauseMark
from app.voices.models import Voice, VoiceLine
from app.voices.queries import MATTER, for_ears
from app.voices.rules import COMPLAINT, Matter, is_left


@dataclass(frozen=True)
class ThreadLine(Matter):
    """One matter in a list: what it is about and what was said last."""

    id: int
    customer_id: int | None
    name: str
    opened_at: datetime
    last: str
    last_at: datetime
    source: str
    by_shop: bool  # the shop said it last

    @property
    def is_left(self) -> bool:
        """Whether it goes on without who brought it up: they had their data erased."""
        return is_left(self.customer_id, self.source)


@dataclass(frozen=True)
class ThreadPage:
    """Some matters; `after` asks for the next ones, None at the end."""

    open: list[ThreadLine]
    done: list[ThreadLine]
    after: str | None


def threads_of(*, shop_id: int, customer_id: int, limit: int = 50) -> list[ThreadLine]:
    """Return a person's own matters, the newest first."""
    mine = (Voice.shop_id == shop_id, Voice.customer_id == customer_id)
    return _lines(
        shop_id,
        db.session.scalars(select(Voice.id).where(*mine).order_by(Voice.id.desc()).limit(limit)).all(),
    )


def threads(
    shop_id: int,
    *,
    role: str,
    staff_id: int | None = None,
    kind: str = "",
    cause: str = "",
    unanswered: bool = False,
    after: str | None = None,
    limit: int = 20,
) -> ThreadPage:
    """Return some of the shop's matters for a role: the open ones, then the settled ones; of one kind or cause when named.

    On top the complaints that wait for an answer, then whoever else waits, each the longest first; then the newest of
    the others, then of the settled ones. `unanswered`: only those that wait. Keyset: `after` is the last one's place,
    one that can't be read is the top.
    """
    only = [*for_ears(role, staff_id), *([Voice.kind == kind] if kind else [])]
    if cause:
        only.append(_has_cause(shop_id, cause))
    parts = _WAIT if unanswered else _WAIT + _REST
    part, place = (after or "")[:1], read_place((after or "")[1:])
    if place is None or part not in parts:
        part, place = parts[0], None
    ids: list[int] = []
    for each in parts[parts.index(part) :]:
        if len(ids) <= limit:
            ids += _of_part(shop_id, each, only, place if each == part else None, limit + 1 - len(ids))
    lines = _lines(shop_id, ids[:limit])
    return ThreadPage(
        open=[line for line in lines if line.closed_at is None],
        done=[line for line in lines if line.closed_at is not None],
        after=_place(lines[-1]) if len(ids) > limit and lines else None,
    )


def waiting_of_cause(shop_id: int, cause_id: int) -> int:
    """Return how many with a cause wait for an answer of their own."""
    return int(
        db.session.scalar(
            select(func.count(Voice.id))
            .join(
                VoiceCauseMark,
                (VoiceCauseMark.shop_id == Voice.shop_id) & (VoiceCauseMark.voice_id == Voice.id),
            )
            .where(
                Voice.shop_id == shop_id,
                VoiceCauseMark.cause_id == cause_id,
                Voice.closed_at.is_(None),
                Voice.waiting_since.is_not(None),
            )
        )
        or 0
    )


# Complaints that wait, whoever else waits, the other open ones, the settled ones.
_WAIT, _REST = "cw", "od"


def _of_part(
    shop_id: int,
    part: str,
    only: list[ColumnElement[bool]],
    place: tuple[datetime | None, int] | None,
    limit: int,
) -> list[int]:
    where: list[ColumnElement[bool]] = list(only)
    order: tuple[Any, ...] = (Voice.id.desc(),)
    if part in _WAIT:
        is_complaint = Voice.kind == COMPLAINT if part == "c" else Voice.kind != COMPLAINT
        where += [Voice.waiting_since.is_not(None), Voice.closed_at.is_(None), is_complaint]
        order = (Voice.waiting_since, Voice.id)
        if place is not None and place[0] is not None:
            where.append(tuple_(Voice.waiting_since, Voice.id) > tuple_(*place))
    else:
        where += (
            [Voice.closed_at.is_not(None)]
            if part == "d"
            else [
                Voice.closed_at.is_(None),
                Voice.waiting_since.is_(None),
            ]
        )
        if place is not None:
            where.append(Voice.id < place[1])
    return list(
        db.session.scalars(
            select(Voice.id).where(Voice.shop_id == shop_id, *where).order_by(*order).limit(limit)
        )
    )


def _place(line: ThreadLine) -> str:
    if line.closed_at is None and line.waiting_since is not None:
        return ("c" if line.kind == COMPLAINT else "w") + write_place(line.waiting_since, line.id)
    return ("o" if line.closed_at is None else "d") + write_place(None, line.id)


def _has_cause(shop_id: int, name: str) -> ColumnElement[bool]:
    marked = (
        select(VoiceCauseMark.voice_id)
        .join(
            VoiceCause,
            (VoiceCause.shop_id == VoiceCauseMark.shop_id) & (VoiceCause.id == VoiceCauseMark.cause_id),
        )
        .where(VoiceCauseMark.shop_id == shop_id, VoiceCause.name == name)
    )
    return Voice.id.in_(marked)


def _lines(shop_id: int, ids: Any) -> list[ThreadLine]:
    """Return voices as lines, in this order; what was said last is looked up for them alone."""
    newest = (
        select(func.max(VoiceLine.id))
        .where(VoiceLine.shop_id == Voice.shop_id, VoiceLine.voice_id == Voice.id)
        .correlate(Voice)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(
            *MATTER,
            Voice.id,
            Voice.customer_id,
            func.coalesce(Customer.name, ""),
            Voice.opened_at,
            VoiceLine.text,
            VoiceLine.at,
            Voice.source,
            VoiceLine.staff_id.is_not(None),
        )
        .outerjoin(Customer, (Customer.shop_id == Voice.shop_id) & (Customer.id == Voice.customer_id))
        .join(VoiceLine, (VoiceLine.shop_id == Voice.shop_id) & (VoiceLine.id == newest))
        .where(Voice.shop_id == shop_id, Voice.id.in_(ids))
    )
    found = {line.id: line for line in (ThreadLine(*list(row)) for row in rows)}
    return [found[each] for each in ids if each in found]
