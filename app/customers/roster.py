"""The shop's people as a list: found, narrowed and put in order, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, tuple_

from app.customers.known_models import Companion, CustomerTag, Tag
from app.customers.models import Customer
from app.customers.searching import along, few, fitting
from app.extensions import db
from app.kit.keyset import read_place, write_place

ORDERS = {"came": "최근에 온 순", "name": "이름순", "new": "새로 온 순"}
# A search that fits more people follows the order of the list and soon has a page full; one that fits fewer
# fetches them all and sorts them.
_CROWD = 800


@dataclass(frozen=True)
class PersonLine:
    """One row of the people list."""

    id: int
    name: str
    phone: str | None
    visit_count: int
    last_visit_at: datetime | None
    likes: str
    tags: list[str] = field(default_factory=list)
    along: list[str] = field(default_factory=list)  # who of those that come along fits what was typed


@dataclass(frozen=True)
class PeoplePage:
    """Some rows; `after` asks for the next ones, None at the end."""

    lines: list[PersonLine]
    after: str | None


@dataclass(frozen=True)
class Choice:
    """Whom a list is of: what was typed, a tag, and a group as the statement that finds its people's ids."""

    typed: str = ""
    tag_id: int | None = None
    group: Select[int] | None = None

    def conditions(self, shop_id: int) -> list[ColumnElement[bool]]:
        """Return the conditions over Customer."""
        return [Customer.shop_id == shop_id, Customer.erased_at.is_(None), *self.narrower(shop_id)]

    def narrower(self, shop_id: int) -> list[ColumnElement[bool]]:
        """Return what it asks beyond being one of the shop's living people; nothing when it is everybody."""
        return [*_typed(shop_id, self.typed), *_tagged(shop_id, self.tag_id), *self._grouped()]

    def _grouped(self) -> list[ColumnElement[bool]]:
        return [] if self.group is None else [Customer.id.in_(self.group)]


def _typed(shop_id: int, typed: str) -> list[ColumnElement[bool]]:
    """Return the condition of what was typed: the ids themselves where few fit, else the name as the list is walked."""
    if not typed.strip():
        return []
    ids = few(shop_id=shop_id, typed=typed, most=_CROWD)
    return fitting(shop_id, typed) if ids is None else [Customer.id.in_(ids)]


def _tagged(shop_id: int, tag_id: int | None) -> list[ColumnElement[bool]]:
    if tag_id is None:
        return []
    carries = [CustomerTag.shop_id == shop_id, CustomerTag.tag_id == tag_id]
    ids = db.session.scalars(select(CustomerTag.customer_id).where(*carries).limit(_CROWD + 1)).all()
    if len(ids) <= _CROWD:
        return [Customer.id.in_(ids)]
    return [select(CustomerTag.id).where(*carries, CustomerTag.customer_id == Customer.id).exists()]


def people(
    *,
    shop_id: int,
    typed: str = "",
    choice: Choice | None = None,
    order: str = "came",
    after: str | None = None,
    limit: int = 30,
) -> PeoplePage:
    """Return people, found by a part of the name, its first sounds, the last digits, or who comes along with them.

    `order`: came (the last visit, who never came at the end), name, new. Keyset: `after` is the last row's place; one
    that can't be read begins at the top.
    """
    choice = choice or Choice(typed=typed)
    where = choice.conditions(shop_id)
    pages = {"name": _by_name, "new": _by_joining}
    lines = pages.get(order, _by_visit)(shop_id, where, after, limit + 1)
    shown = _with_friends(shop_id, _with_tags(shop_id, lines[:limit]), choice.typed)
    return PeoplePage(shown, _place(order, shown[-1]) if len(lines) > limit else None)


def count(*, shop_id: int, choice: Choice) -> int:
    """Return how many people a choice is of."""
    return int(db.session.scalar(select(func.count(Customer.id)).where(*choice.conditions(shop_id))) or 0)


def _by_visit(shop_id: int, where: list[Any], after: str | None, limit: int) -> list[PersonLine]:
    place = read_place(after)
    lines: list[PersonLine] = []
    if place is None or place[0] is not None:
        came = [*where, Customer.last_visit_at.is_not(None)]
        if place is not None:
            came.append(tuple_(Customer.last_visit_at, Customer.id) < tuple_(*place))
        lines = _lines(came, (Customer.last_visit_at.desc(), Customer.id.desc()), limit)
    if len(lines) < limit:
        never = [*where, Customer.last_visit_at.is_(None)]
        if place is not None and place[0] is None:
            never.append(Customer.id < place[1])
        lines += _lines(never, (Customer.id.desc(),), limit - len(lines))
    return lines


def _by_name(shop_id: int, where: list[Any], after: str | None, limit: int) -> list[PersonLine]:
    """Return people by name, who has none at the end. The place is the last one's id; their name is looked up."""
    last = _number(after, "a")
    name = None
    if last is not None:
        name = db.session.scalar(
            select(Customer.name).where(Customer.shop_id == shop_id, Customer.id == last)
        )
    lines: list[PersonLine] = []
    if name != "":
        named = [*where, Customer.name != ""]
        if name is not None:
            named.append(tuple_(Customer.name, Customer.id) > tuple_(name, last))
        lines = _lines(named, (Customer.name, Customer.id), limit)
    if len(lines) < limit:
        nameless = [*where, Customer.name == ""]
        if name == "":
            nameless.append(Customer.id > last)
        lines += _lines(nameless, (Customer.id,), limit - len(lines))
    return lines


def _by_joining(shop_id: int, where: list[Any], after: str | None, limit: int) -> list[PersonLine]:
    last = _number(after, "i")
    return _lines([*where, *([Customer.id < last] if last is not None else [])], (Customer.id.desc(),), limit)


def _lines(where: list[Any], order: tuple[Any, ...], limit: int) -> list[PersonLine]:
    rows = db.session.execute(
        select(
            Customer.id,
            Customer.name,
            Customer.phone,
            Customer.visit_count,
            Customer.last_visit_at,
            Customer.likes,
        )
        .where(*where)
        .order_by(*order)
        .limit(limit)
    )
    return [PersonLine(*row) for row in rows]


def _with_tags(shop_id: int, lines: Sequence[PersonLine]) -> list[PersonLine]:
    for customer_id, name in tag_names(shop_id, [line.id for line in lines]):
        next(line for line in lines if line.id == customer_id).tags.append(name)
    return list(lines)


def _with_friends(shop_id: int, lines: list[PersonLine], typed: str) -> list[PersonLine]:
    """Say of each line who comes along, where that is by what it was found."""
    if lines and typed.strip():
        ids = [line.id for line in lines]
        rows = db.session.execute(
            select(Companion.customer_id, Companion.name)
            .where(*along(shop_id, typed), Companion.customer_id.in_(ids))
            .order_by(Companion.id)
        )
        for customer_id, name in rows:
            next(line for line in lines if line.id == customer_id).along.append(name)
    return lines


def tag_names(shop_id: int, customer_ids: Sequence[int]) -> list[tuple[int, str]]:
    """Return the tags of several people at once as (person, tag), by the tags' names."""
    if not customer_ids:
        return []
    rows = db.session.execute(
        select(CustomerTag.customer_id, Tag.name)
        .join(Tag, (Tag.shop_id == CustomerTag.shop_id) & (Tag.id == CustomerTag.tag_id))
        .where(CustomerTag.shop_id == shop_id, CustomerTag.customer_id.in_(customer_ids))
        .order_by(Tag.name)
    )
    return [(row.customer_id, row.name) for row in rows]


def _place(order: str, line: PersonLine) -> str:
    if order == "name":
        return f"a{line.id}"
    if order == "new":
        return f"i{line.id}"
    return write_place(line.last_visit_at, line.id)


def _number(after: str | None, sign: str) -> int | None:
    digits = (after or "")[1:19]
    return int(digits) if after and after[0] == sign and digits.isascii() and digits.isdigit() else None
