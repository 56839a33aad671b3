"""Reads about files that are taken in, for the worker and for the owner's pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select, true
from sqlalchemy.orm import aliased

from app.customers.models import Customer
from app.extensions import db
from app.kit.among import among
from app.visits.import_models import Buyer, Import, ImportColumns, ImportLeft, NotSame
from app.visits.line_rules import REASONS
from app.visits.models import Visit

WORKING = ("reading", "going", "counting", "undoing")
STATES = {
    "reading": "읽고 있어요",
    "password": "비밀번호를 알려 주세요",
    "columns": "어느 열인지 알려 주세요",
    "checked": "가져오기 전이에요",
    "refused": "가져오지 못했어요",
    "going": "가져오고 있어요",
    "counting": "마무리하고 있어요",
    "done": "가져왔어요",
    "cancelled": "그만뒀어요",
    "undoing": "되돌리고 있어요",
    "undone": "되돌렸어요",
}
_LEFT_SHOWN = 200
_FEW_NAMES = 100


@dataclass(frozen=True)
class FileView:
    """One file as its page shows it. `found`: what the dry run counted; lines are those of the sheet."""

    id: int
    name: str
    state: str
    detail: str
    source: str
    kind: str
    header_row: int
    titles: list[str]
    columns: dict[str, int]
    found: dict[str, Any]
    joins_names: bool
    day: str
    total: int
    seen: int
    added: int
    there: int
    ended: int
    people: int
    is_cancelled: bool
    made_at: datetime
    done_at: datetime | None
    undone_at: datetime | None

    @property
    def state_words(self) -> str:
        """Return where it stands in words."""
        return STATES[self.state]

    @property
    def works(self) -> bool:
        """Tell whether a worker is at it, so that the page asks again."""
        return self.state in WORKING

    @property
    def percent(self) -> int:
        """Return how much of it is written; the last hundredth is the counting."""
        if self.state in ("done", "undone"):
            return 100
        return min(99, self.seen * 100 // self.total) if self.total else 0

    @property
    def may_undo(self) -> bool:
        """Tell whether what it brought can be taken back."""
        return self.state in ("done", "cancelled") and bool(self.added or self.people)


_VIEW = (
    *(Import.id, Import.name, Import.state, Import.detail, Import.source, Import.kind, Import.header_row),
    *(Import.titles, Import.columns, Import.found, Import.joins_names, Import.day, Import.total, Import.seen),
    *(Import.added, Import.there, Import.ended, Import.people, Import.is_cancelled),
    *(Import.made_at, Import.done_at, Import.undone_at),
)


def file(shop_id: int, import_id: int) -> FileView | None:
    """Return one file of this shop, or None."""
    row = db.session.execute(
        select(*_VIEW).where(Import.shop_id == shop_id, Import.id == import_id)
    ).one_or_none()
    return FileView(*row) if row else None


def files(shop_id: int, *, limit: int = 20) -> list[FileView]:
    """Return a shop's files, the newest first."""
    rows = db.session.execute(
        select(*_VIEW).where(Import.shop_id == shop_id).order_by(Import.id.desc()).limit(limit)
    )
    return [FileView(*row) for row in rows]


def waiting(now: datetime) -> list[tuple[int, int]]:
    """Return the files of all shops that a worker has something to do with, as (shop_id, import_id)."""
    rows = db.session.execute(
        select(Import.shop_id, Import.id)
        .where(Import.state.in_(WORKING), Import.held_until.is_(None) | (Import.held_until <= now))
        .order_by(Import.id)
        .limit(50)
    )
    return [(row.shop_id, row.id) for row in rows]


@dataclass(frozen=True)
class Place:
    """How far a file's records are written, where they lie, and how they are to be understood."""

    place: int
    records: str
    kind: str
    joins_names: bool


def place(shop_id: int, import_id: int) -> Place:
    """Return how far a file is. Raises NoResultFound."""
    row = db.session.execute(
        select(Import.place, Import.records, Import.kind, Import.joins_names).where(
            Import.shop_id == shop_id, Import.id == import_id
        )
    ).one()
    return Place(*row)


@dataclass(frozen=True)
class Left:
    """Why lines were not taken: the words, how many, and where the first of them are."""

    words: str
    lines: int
    where: str


def left(shop_id: int, import_id: int) -> list[Left]:
    """Return what was not taken of a file, most first."""
    rows = db.session.execute(
        select(ImportLeft.reason, ImportLeft.first, ImportLeft.last)
        .where(ImportLeft.shop_id == shop_id, ImportLeft.import_id == import_id)
        .order_by(ImportLeft.first)
    ).all()
    many: Counter[str] = Counter()
    where: dict[str, list[str]] = {}
    for row in rows:
        many[row.reason] += row.last - row.first + 1
        span = f"{row.first:,}" if row.first == row.last else f"{row.first:,}~{row.last:,}"
        where.setdefault(row.reason, []).append(span)
    return [
        Left(REASONS.get(reason, reason), count, ", ".join(where[reason][:_LEFT_SHOWN]))
        for reason, count in many.most_common()
    ]


def remembered(shop_id: int, header_key: str) -> tuple[str, dict[str, int]] | None:
    """Return (source, columns) that the shop said for files with these titles, or None."""
    row = db.session.execute(
        select(ImportColumns.source, ImportColumns.columns).where(
            ImportColumns.shop_id == shop_id, ImportColumns.header_key == header_key
        )
    ).one_or_none()
    return (row.source, row.columns) if row else None


def known_phones(shop_id: int, phones: Sequence[str]) -> set[str]:
    """Return which of these numbers are a customer's of the shop."""
    rows = select(Customer.phone).where(
        Customer.shop_id == shop_id, among(db.session, Customer.phone, phones), Customer.erased_at.is_(None)
    )
    return set(db.session.scalars(rows))


def known_keys(shop_id: int, channel: str, keys: Sequence[str]) -> set[str]:
    """Return which of these keys are known in a channel."""
    rows = select(Buyer.key).where(
        Buyer.shop_id == shop_id, Buyer.channel == channel, among(db.session, Buyer.key, keys)
    )
    return set(db.session.scalars(rows))


def known_orders(shop_id: int, channel: str, keys: Sequence[str]) -> set[str]:
    """Return which of these orders are here already."""
    rows = select(Visit.source_key).where(
        Visit.shop_id == shop_id, Visit.channel == channel, among(db.session, Visit.source_key, keys)
    )
    return set(db.session.scalars(rows))


def known_files(shop_id: int, refs: Sequence[str]) -> set[str]:
    """Return which of these sealed files are still a row's."""
    rows = db.session.execute(
        select(Import.upload, Import.records).where(
            Import.shop_id == shop_id, Import.upload.in_(refs) | Import.records.in_(refs)
        )
    )
    return {ref for row in rows for ref in row}


@dataclass(frozen=True)
class Alike:
    """Two people with one name of whom one came from a file without a number: perhaps the same."""

    one_id: int
    other_id: int
    name: str
    one: Mapping[str, Any]
    other: Mapping[str, Any]


def alike(shop_id: int, *, limit: int = 30) -> list[Alike]:
    """Return pairs of living people who may be one, as far as their names tell; those told apart are left out.

    First the names that stand there twice, along their index: of a few it is asked who bears them, of many everybody
    is, until there are enough. Of those first who has anybody of that name at all, and only then whom: a market that
    hides its buyers' numbers leaves thousands of one name, and each with each would be millions.
    """
    twice = (
        select(Customer.name)
        .where(Customer.shop_id == shop_id, Customer.name != "")
        .group_by(Customer.name)
        .having(func.count() > 1)
        .limit(_FEW_NAMES + 1)
    )
    names = list(db.session.scalars(twice))
    if not names:
        return []
    nameless = aliased(Customer)
    one = (
        select(nameless.id, nameless.name, nameless.visit_count, nameless.last_visit_at)
        .where(
            nameless.shop_id == shop_id,
            nameless.source == "import",
            nameless.phone.is_(None),
            nameless.name != "",
            nameless.erased_at.is_(None),
            nameless.name.in_(names) if len(names) <= _FEW_NAMES else true(),
            _namesakes(shop_id, nameless.id, nameless.name).exists(),
        )
        .order_by(nameless.id)
        .limit(limit)
        .subquery()
    )
    rows = db.session.execute(
        select(one, _namesakes(shop_id, one.c.id, one.c.name).limit(1).scalar_subquery().label("other_id"))
        .order_by(one.c.id)
    ).all()  # fmt: skip
    others = db.session.execute(
        select(Customer.id, Customer.visit_count, Customer.last_visit_at, Customer.phone).where(
            Customer.shop_id == shop_id, Customer.id.in_([row.other_id for row in rows])
        )
    )
    known = {row.id: row for row in others}
    return [
        Alike(
            row.id,
            row.other_id,
            row.name,
            {"visits": row.visit_count, "last": row.last_visit_at, "phone": None},
            {
                "visits": known[row.other_id].visit_count,
                "last": known[row.other_id].last_visit_at,
                "phone": known[row.other_id].phone,
            },
        )
        for row in rows
        if row.other_id in known
    ]


def _namesakes(shop_id: int, who: Any, name: Any) -> Select[int]:
    """Return the statement that finds those of one name who may be this person, whose number is known first."""
    named = aliased(Customer)
    told = (
        select(NotSame.shop_id)
        .where(
            NotSame.shop_id == shop_id,
            or_(
                (NotSame.low_id == who) & (NotSame.high_id == named.id),
                (NotSame.low_id == named.id) & (NotSame.high_id == who),
            ),
        )
        .correlate_except(NotSame)
        .exists()
    )
    return (
        select(named.id)
        .where(
            named.shop_id == shop_id,
            named.name == name,
            named.id != who,
            named.erased_at.is_(None),
            # Of two without a number each pair is shown once.
            named.phone.is_not(None) | (named.source != "import") | (named.id < who),
            ~told,
        )
        .order_by(named.phone.is_(None), named.id)
        .correlate_except(named)
    )
