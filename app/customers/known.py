"""Reads what a shop knows of a person beyond who they are: its tags, and who comes along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from app.customers.known_models import Companion, CustomerTag, Tag
from app.extensions import db
from app.kit.lunar import Yearly


@dataclass(frozen=True)
class TagLine:
    """A word of the shop's own."""

    id: int
    name: str


@dataclass(frozen=True)
class TagCount:
    """A word of the shop's own, and how many people carry it."""

    id: int
    name: str
    people: int


@dataclass(frozen=True)
class CompanionLine:
    """Who comes along, by the name it is called; `photo` is the name of its file, or ""."""

    id: int
    name: str
    note: str
    photo: str
    birth_month: int | None
    birth_day: int | None
    birth_is_lunar: bool
    birth_is_leap: bool


def birthday_of(line: CompanionLine) -> Yearly | None:
    """Return the day a companion was born on, None where nobody told."""
    if line.birth_month is None or line.birth_day is None:
        return None
    return Yearly(line.birth_month, line.birth_day, line.birth_is_lunar, line.birth_is_leap)


def tags(shop_id: int) -> list[TagLine]:
    """Return the shop's tags by name."""
    rows = db.session.execute(select(Tag.id, Tag.name).where(Tag.shop_id == shop_id).order_by(Tag.name))
    return [TagLine(*row) for row in rows]


def tags_of(*, shop_id: int, customer_id: int) -> list[TagLine]:
    """Return a person's tags by name."""
    rows = db.session.execute(
        select(Tag.id, Tag.name)
        .join(CustomerTag, (CustomerTag.shop_id == Tag.shop_id) & (CustomerTag.tag_id == Tag.id))
        .where(CustomerTag.shop_id == shop_id, CustomerTag.customer_id == customer_id)
        .order_by(Tag.name)
    )
    return [TagLine(*row) for row in rows]


def counted_tags(shop_id: int) -> list[TagCount]:
    """Return the shop's tags, the most used first."""
    people = func.count(CustomerTag.id)
    rows = db.session.execute(
        select(Tag.id, Tag.name, people)
        .outerjoin(CustomerTag, (CustomerTag.shop_id == Tag.shop_id) & (CustomerTag.tag_id == Tag.id))
        .where(Tag.shop_id == shop_id)
        .group_by(Tag.id, Tag.name)
        .order_by(people.desc(), Tag.name)
    )
    return [TagCount(*row) for row in rows]


def tag(*, shop_id: int, tag_id: int) -> TagLine | None:
    """Return one of the shop's tags; None for another shop's (S05)."""
    row = db.session.execute(
        select(Tag.id, Tag.name).where(Tag.shop_id == shop_id, Tag.id == tag_id)
    ).one_or_none()
    return TagLine(*row) if row else None


def companions_of(*, shop_id: int, customer_id: int) -> list[CompanionLine]:
    """Return who comes along with a person, in the order they were told of."""
    rows = db.session.execute(
        select(
            Companion.id,
            Companion.name,
            Companion.note,
            Companion.photo,
            Companion.birth_month,
            Companion.birth_day,
            Companion.birth_is_lunar,
            Companion.birth_is_leap,
        )
        .where(Companion.shop_id == shop_id, Companion.customer_id == customer_id)
        .order_by(Companion.id)
    )
    return [CompanionLine(*row) for row in rows]


def known_photos(shop_id: int, refs: Sequence[str]) -> set[str]:
    """Return which of these refs are pictures of somebody who comes along (nightly: the files of others are nobody's)."""
    named = select(Companion.photo).where(Companion.shop_id == shop_id, Companion.photo.in_(refs))
    return set(db.session.scalars(named))
