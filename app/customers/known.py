"""Reads what a shop knows of a person beyond who they are: its tags, and who comes along."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from app.customers.known_models import Companion, CustomerTag, Tag
from app.extensions import db


@dataclass(frozen=True)
class TagLine:
    """A word of the shop's own."""

    id: int
    name: str


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
