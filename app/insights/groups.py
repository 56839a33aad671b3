"""Groups of people: who is in one now, for lists, messages and coupons alike. One definition each (segments/).

Only who holds a card: elsewhere nothing could be given.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, tuple_

from app.cards.models import Card
from app.customers.models import Customer
from app.extensions import db
from app.insights import filtering, own_groups, places
from app.insights.filters import Rule
from app.insights.segment_registry import condition, families, is_apart, is_slow, owner_alone, segments
from app.kit.clock import kst_day
from app.kit.keyset import read_place, write_place
from app.kit.postgres import looking_at_everybody, taking_the_first

REGULAR_CHOICES = (2, 3, 4, 5, 7, 10)
_STEP = 500
# In a shop with more people the slow groups are counted when somebody looks at them, not before the page is shown.
_LARGE = 10_000


@dataclass(frozen=True)
class GroupLine:
    """A group as the owner reads it. `own_id` of an own one, else None. Not `is_counted`: nobody asked yet."""

    key: str
    name: str
    meaning: str
    people: int
    own_id: int | None = None
    is_counted: bool = True


@dataclass(frozen=True)
class Member:
    """One of a group's people."""

    id: int
    name: str
    visit_count: int
    last_visit_at: datetime | None


@dataclass(frozen=True)
class MemberPage:
    """Some of them, who came last on top; `after` asks for the next ones, None at the end."""

    lines: list[Member]
    after: str | None


def kept_from(shop_id: int, role: str) -> frozenset[str]:
    """Return the groups that are not for this role's eyes: the owner's alone, and the shop's own that ask for one."""
    if role == "owner":
        return frozenset()
    own = own_groups.asking_for(shop_id, owner_alone())
    return owner_alone() | {f"own:{group_id}" for group_id in own}


def names(shop_id: int, role: str = "owner") -> dict[str, str]:
    """Return every group that a role can choose in a shop by its key: ours, its tags ("tag:3"), its own ("own:5")."""
    return {key: name for _heading, pairs in sections(shop_id, role) for key, name in pairs}


def sections(shop_id: int, role: str = "owner") -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the same under headings, the first one without: [("", [("all", "모든 손님"), …]), ("태그", …)]."""
    kept = kept_from(shop_id, role)
    found = [("", [(key, each.NAME) for key, each in segments().items() if key not in kept])]
    for name, family in families().items():
        named = ((f"{name}:{number}", called) for number, called in family.names(shop_id))
        pairs = [(key, called) for key, called in named if key not in kept]
        if pairs:
            found.append((family.HEADING, pairs))
    return found


def name_of(group: str) -> str:
    """Return the name of one of our own groups, "" for another."""
    found = segments().get(group)
    return found.NAME if found else ""


def members(
    *, shop_id: int, group: str, now: datetime, after_id: int = 0, limit: int = _STEP
) -> tuple[list[int], int | None]:
    """Return the next people of a group by id, and the id to go on after (None: the end).

    Raises KeyError for an unknown group; one that the shop had once has nobody.
    """
    asked = chosen(shop_id=shop_id, group=group, now=now).where(Customer.id > after_id)
    with _in_order(is_slow(group)):
        found = list(db.session.scalars(asked.order_by(Customer.id).limit(limit)))
    return found, found[-1] if len(found) == limit else None


def chosen(*, shop_id: int, group: str, now: datetime) -> Select[int]:
    """Return the statement that finds a group's people by itself. Raises KeyError for an unknown group."""
    return select(Customer.id).where(*_is_in(shop_id, condition(shop_id, kst_day(now), group)))


def has(*, shop_id: int, group: str, customer_id: int, now: datetime) -> bool:
    """Tell whether somebody is in a group now. Raises KeyError for an unknown group."""
    asked = chosen(shop_id=shop_id, group=group, now=now).where(Customer.id == customer_id)
    return db.session.scalar(asked) is not None


def members_among(*, shop_id: int, group: str, customer_ids: Sequence[int], now: datetime) -> set[int]:
    """Return which of some people are in a group now; nobody is in one that is gone."""
    try:
        asked = chosen(shop_id=shop_id, group=group, now=now)
    except KeyError:
        return set()
    return set(db.session.scalars(asked.where(Customer.id.in_(customer_ids))))


def count(*, shop_id: int, group: str, now: datetime) -> int:
    """Return how many are in a group now. Raises KeyError for an unknown group."""
    return count_where(shop_id, condition(shop_id, kst_day(now), group))


def count_rules(*, shop_id: int, rules: Sequence[Rule], now: datetime) -> int:
    """Return how many would be in a group of the shop's own with these conditions."""
    return count_where(shop_id, filtering.condition(shop_id, kst_day(now), rules))


def count_where(shop_id: int, which: ColumnElement[bool]) -> int:
    """Return how many of a shop's people, who hold a card, fit a condition over Customer."""
    with looking_at_everybody(db.session):
        many = db.session.scalar(select(func.count(Customer.id)).where(*_everybody(shop_id), which))
    return int(many or 0)


def counts(*, shop_id: int, keys: Sequence[str], now: datetime) -> dict[str, int]:
    """Return how many are in each of some groups now, most of them by one statement that looks at everybody once.

    Raises KeyError for an unknown group.
    """
    today = kst_day(now)
    together = [key for key in keys if not is_apart(key)]
    each = [func.count().filter(condition(shop_id, today, key)) for key in together]
    found: dict[str, int] = {}
    if each:
        with looking_at_everybody(db.session):
            row = db.session.execute(select(*each).where(*_everybody(shop_id))).one()
        found = dict(zip(together, map(int, row), strict=True))
    return found | {key: count(shop_id=shop_id, group=key, now=now) for key in keys if is_apart(key)}


def lines(*, shop_id: int, now: datetime, role: str = "owner") -> list[tuple[str, list[GroupLine]]]:
    """Return every group with how many are in it and what it means, under the same headings as sections().

    Of a large shop's slow groups it is not said how many: that is asked of each by itself.
    """
    regular = regular_from(shop_id)
    own = {group.id: group for group in own_groups.own_groups(shop_id)}
    found, headed = [], sections(shop_id, role)
    keys = [key for _heading, pairs in headed for key, _name in pairs]
    many: dict[str, int] = counts(shop_id=shop_id, keys=[key for key in keys if not is_slow(key)], now=now)
    if many["all"] <= _LARGE:
        many |= {key: count(shop_id=shop_id, group=key, now=now) for key in keys if is_slow(key)}
    for heading, pairs in headed:
        shown = []
        for key, name in pairs:
            family, _, number = key.partition(":")
            own_id = int(number) if family == "own" else None
            meaning = own[own_id].sentence if own_id is not None else _meaning(key, regular)
            shown.append(GroupLine(key, name, meaning, many.get(key, 0), own_id, is_counted=key in many))
        found.append((heading, shown))
    return found


def line(*, shop_id: int, group: str, now: datetime, role: str = "owner") -> GroupLine | None:
    """Return one group, None for one that the shop does not have, or does not show to this role."""
    name = names(shop_id, role).get(group)
    if name is None:
        return None
    family, _, number = group.partition(":")
    own = own_groups.own_group(shop_id=shop_id, group_id=int(number)) if family == "own" else None
    meaning = own.sentence if own else _meaning(group, regular_from(shop_id))
    people = count(shop_id=shop_id, group=group, now=now)
    return GroupLine(group, name, meaning, people, own.id if own else None)


def _meaning(key: str, regular: int) -> str:
    family, _, number = key.partition(":")
    return families()[family].MEANING if number else segments()[key].MEANING.replace("{단골}", str(regular))


def regular_from(shop_id: int) -> int:
    """Return with how many visits 단골 begins in a shop."""
    return int(db.session.scalar(select(places.regular_from(shop_id))) or 0)


def page(*, shop_id: int, group: str, now: datetime, after: str | None = None, limit: int = 30) -> MemberPage:
    """Return a group's people, who came last on top. Keyset; a place that can't be read begins at the top.

    Raises KeyError for an unknown group.
    """
    which = condition(shop_id, kst_day(now), group)
    with _in_order(is_slow(group)):
        return page_where(shop_id, which, after=after, limit=limit)


def page_where(
    shop_id: int, which: ColumnElement[bool], *, after: str | None = None, limit: int = 30
) -> MemberPage:
    """Return the same of who fits a condition over Customer."""
    where, place = _is_in(shop_id, which), read_place(after)
    found: list[Member] = []
    if place is None or place[0] is not None:
        came = [*where, Customer.last_visit_at.is_not(None)]
        if place is not None:
            came.append(tuple_(Customer.last_visit_at, Customer.id) < tuple_(*place))
        found = _members(shop_id, came, (Customer.last_visit_at.desc(), Customer.id.desc()), limit + 1)
    if len(found) <= limit:
        never = [*where, Customer.last_visit_at.is_(None)]
        if place is not None and place[0] is None:
            never.append(Customer.id < place[1])
        found += _members(shop_id, never, (Customer.id.desc(),), limit + 1 - len(found))
    shown = found[:limit]
    is_end = len(found) <= limit
    return MemberPage(shown, None if is_end else write_place(shown[-1].last_visit_at, shown[-1].id))


def _members(
    shop_id: int, where: list[ColumnElement[bool]], order: tuple[Any, ...], limit: int
) -> list[Member]:
    rows = db.session.execute(
        select(Customer.id, Customer.name, Customer.visit_count, Customer.last_visit_at)
        .where(Customer.shop_id == shop_id, *where)
        .order_by(*order)
        .limit(limit)
    )
    return [Member(*row) for row in rows]


def _in_order(is_so: bool) -> AbstractContextManager[None]:
    """Where a look at somebody is slow, look at people one after the other until there are enough."""
    return taking_the_first(db.session) if is_so else nullcontext()


def _is_in(shop_id: int, which: ColumnElement[bool]) -> list[ColumnElement[bool]]:
    return [*can_be_in(shop_id), which]


def _everybody(shop_id: int) -> list[ColumnElement[bool]]:
    """Return can_be_in() as it is faster where everybody is looked at: card holders are found all at once."""
    holders = select(Card.customer_id).where(Card.shop_id == shop_id, Card.closed_at.is_(None))
    return [Customer.shop_id == shop_id, Customer.erased_at.is_(None), Customer.id.in_(holders)]


def can_be_in(shop_id: int) -> list[ColumnElement[bool]]:
    """Return the conditions over Customer that hold for whoever is in any group: still here, and with a card."""
    return [Customer.shop_id == shop_id, Customer.erased_at.is_(None), _HOLDS_CARD]


# No EXISTS: PostgreSQL would make a join of it, and go through all cards for each of the few it expects.
_HOLDS_CARD = (
    select(Card.id)
    .where(Card.shop_id == Customer.shop_id, Card.customer_id == Customer.id, Card.closed_at.is_(None))
    .limit(1)
    .scalar_subquery()
    .is_not(None)
)
