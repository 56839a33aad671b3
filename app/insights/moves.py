"""Reads who moved between groups within a month, and how many were in a group before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, func, select, tuple_

from app.customers.models import Customer
from app.extensions import db
from app.insights import groups
from app.insights.group_models import GroupDay, PersonPlace
from app.kit.clock import kst_day

WITHIN = timedelta(days=30)
_LATELY = timedelta(days=4)  # a night may be missed


@dataclass(frozen=True)
class Kind:
    """A way to move that is worth a sentence: from one of these places to one of those."""

    name: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    sentence: str
    short: str  # the same in a table


# In the order in which they are read: what one can still do something about comes first.
KINDS = (
    Kind("faded", ("regular",), ("silent", "dormant"), "단골 {}명이 뜸해졌어요", "뜸해진 단골"),
    Kind(
        "back",
        ("silent", "dormant"),
        ("new", "again", "regular"),
        "뜸하던 {}명이 다시 오셨어요",
        "다시 오신 뜸하던 분",
    ),
    Kind("became", ("new", "again"), ("regular",), "{}명이 새로 단골이 되었어요", "새로 단골이 된 분"),
    Kind("again", ("new",), ("again",), "처음 오셨던 {}명이 다시 오셨어요", "두 번째로 오신 분"),
    Kind("asleep", ("silent",), ("dormant",), "뜸하던 {}명이 더 오래 안 오세요", "더 오래 안 오시는 분"),
    Kind(
        "left",
        ("new", "again"),
        ("silent", "dormant"),
        "아직 단골이 아니던 {}명이 오래 안 오세요",
        "오래 안 오시는 새 손님",
    ),
)
_BY_NAME = {kind.name: kind for kind in KINDS}


@dataclass(frozen=True)
class Move:
    """How many moved in one way, and where they stand still, in a sentence."""

    name: str
    people: int
    sentence: str
    short: str


def is_known(shop_id: int) -> bool:
    """Say whether a night has written down where the shop's people stand."""
    first = select(PersonPlace.customer_id).where(PersonPlace.shop_id == shop_id).limit(1)
    return db.session.scalar(first) is not None


def moves(*, shop_id: int, now: datetime) -> list[Move]:
    """Return who moved within a month and stands there still, by the ways worth a sentence; only those with people.

    One statement. As it stood when the last night was over.
    """
    rows = db.session.execute(
        select(PersonPlace.came_from, PersonPlace.place, func.count())
        .join(Customer, (Customer.shop_id == PersonPlace.shop_id) & (Customer.id == PersonPlace.customer_id))
        .where(*_lately(shop_id, kst_day(now)), *groups.can_be_in(shop_id))
        .group_by(PersonPlace.came_from, PersonPlace.place)
    )
    many = {(before, after): people for before, after, people in rows}
    found = []
    for kind in KINDS:
        people = sum(many.get((before, after), 0) for before in kind.before for after in kind.after)
        if people:
            found.append(Move(kind.name, people, kind.sentence.format(f"{people:,}"), kind.short))
    return found


def who_moved(*, shop_id: int, name: str, now: datetime) -> ColumnElement[bool] | None:
    """Return the condition over Customer of who moved in one of these ways; None for one that is none."""
    kind = _BY_NAME.get(name)
    if kind is None:
        return None
    return Customer.id.in_(select(PersonPlace.customer_id).where(*_this_way(shop_id, kind, now)))


def newest(*, shop_id: int, name: str, now: datetime, limit: int) -> list[tuple[int, date]]:
    """Return who moved in one way and since when, the last ones first. Raises KeyError for a way that is none."""
    rows = db.session.execute(
        select(PersonPlace.customer_id, PersonPlace.since)
        .join(Customer, (Customer.shop_id == PersonPlace.shop_id) & (Customer.id == PersonPlace.customer_id))
        .where(*_this_way(shop_id, _BY_NAME[name], now), *groups.can_be_in(shop_id))
        .order_by(PersonPlace.since.desc())  # as the index has them: it is read no further than `limit`
        .limit(limit)
    )
    return [(customer_id, since) for customer_id, since in rows]


def sentence(name: str, people: int, *, or_more: bool = False) -> str:
    """Return "단골 12명이 뜸해졌어요", or "단골 200명 넘게 뜸해졌어요". Raises KeyError for a way that is none."""
    told = _BY_NAME[name].sentence
    return (
        told.replace("{}명이", "{}명 넘게").format(f"{people:,}") if or_more else told.format(f"{people:,}")
    )


def page(
    *, shop_id: int, name: str, now: datetime, after: str | None = None
) -> tuple[str, groups.MemberPage] | None:
    """Return the sentence of one way and its people, who came last on top; None for a way that is none."""
    which = who_moved(shop_id=shop_id, name=name, now=now)
    if which is None:
        return None
    people = groups.count_where(shop_id, which)
    return sentence(name, people), groups.page_where(shop_id, which, after=after)


def a_month_ago(*, shop_id: int, group: str, now: datetime) -> int | None:
    """Return how many were in a group a month ago, None where nobody counted then."""
    day = kst_day(now) - WITHIN
    return db.session.scalar(
        select(GroupDay.people)
        .where(
            GroupDay.shop_id == shop_id,
            GroupDay.group == group,
            GroupDay.day <= day,
            GroupDay.day > day - _LATELY,
        )
        .order_by(GroupDay.day.desc())
        .limit(1)
    )


def trend_words(people: int, before: int | None) -> str:
    """Return "한 달 전보다 3명 늘었어요", "" where nothing is known of then or nothing changed."""
    if before is None or people == before:
        return ""
    return f"한 달 전보다 {abs(people - before):,}명 {'늘었어요' if people > before else '줄었어요'}"


def _this_way(shop_id: int, kind: Kind, now: datetime) -> tuple[ColumnElement[bool], ...]:
    ways = [(before, after) for before in kind.before for after in kind.after]
    way = tuple_(PersonPlace.came_from, PersonPlace.place).in_(ways)
    return *_lately(shop_id, kst_day(now)), way


def _lately(shop_id: int, today: date) -> tuple[ColumnElement[bool], ...]:
    return PersonPlace.shop_id == shop_id, PersonPlace.since > today - WITHIN, PersonPlace.came_from != ""
