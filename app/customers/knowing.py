"""What a shop knows of a person beyond who they are, changed inside a flow. Flush, never commit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, literal, select, update

from app.customers.known_models import Companion, CustomerTag, Tag
from app.customers.known_rules import CleanCompanion
from app.customers.models import Customer


def tag_named(session: Any, *, shop_id: int, name: str, most: int) -> Tag | None:
    """Return the shop's tag of that name, made when there is none; None when the shop has `most` already."""
    found = tag_called(session, shop_id=shop_id, name=name)
    if found is None:
        if session.scalar(select(func.count(Tag.id)).where(Tag.shop_id == shop_id)) >= most:
            return None
        found = Tag(shop_id=shop_id, name=name)
        session.add(found)
        session.flush()
    return found


def tag_called(session: Any, *, shop_id: int, name: str) -> Tag | None:
    """Return the shop's tag of that name, or None.

    Spaces and small letters make no second tag: 창가자리 is 창가 자리.
    """
    bare = func.replace(func.lower(Tag.name), " ", "")
    found: Tag | None = session.scalar(
        select(Tag)
        .where(Tag.shop_id == shop_id, bare == name.lower().replace(" ", ""))
        .order_by(Tag.name != name, Tag.id)
        .limit(1)
    )
    return found


def tag(session: Any, *, shop_id: int, tag_id: int) -> Tag | None:
    """Return one of the shop's tags, or None."""
    found: Tag | None = session.scalar(select(Tag).where(Tag.shop_id == shop_id, Tag.id == tag_id))
    return found


def put_tag(session: Any, *, shop_id: int, tag_id: int, who: Sequence[ColumnElement[bool]]) -> int:
    """Let everybody whom the conditions over Customer find carry a tag; returns how many did not before. One statement."""
    has_it = (
        select(CustomerTag.id)
        .where(
            CustomerTag.shop_id == shop_id,
            CustomerTag.customer_id == Customer.id,
            CustomerTag.tag_id == tag_id,
        )
        .exists()
    )
    whose = select(literal(shop_id), Customer.id, literal(tag_id)).where(
        Customer.shop_id == shop_id, Customer.erased_at.is_(None), *who, ~has_it
    )
    before = _carriers(session, shop_id, tag_id)
    session.execute(
        CustomerTag.__table__.insert().from_select(["shop_id", "customer_id", "tag_id"], whose)  # type: ignore[attr-defined]
    )
    session.expire_all()
    return _carriers(session, shop_id, tag_id) - before


def _carriers(session: Any, shop_id: int, tag_id: int) -> int:
    return int(
        session.scalar(
            select(func.count(CustomerTag.id)).where(
                CustomerTag.shop_id == shop_id, CustomerTag.tag_id == tag_id
            )
        )
    )


def take_tag(session: Any, *, shop_id: int, customer_id: int, tag_id: int) -> None:
    """Take a tag off a person; nothing happens when they have none of it."""
    session.execute(
        delete(CustomerTag).where(
            CustomerTag.shop_id == shop_id,
            CustomerTag.customer_id == customer_id,
            CustomerTag.tag_id == tag_id,
        )
    )


def drop_tag(session: Any, *, shop_id: int, tag_id: int) -> None:
    """Take a tag off everybody and out of the shop."""
    session.execute(delete(CustomerTag).where(CustomerTag.shop_id == shop_id, CustomerTag.tag_id == tag_id))
    session.execute(delete(Tag).where(Tag.shop_id == shop_id, Tag.id == tag_id))


def companion(session: Any, *, shop_id: int, customer_id: int, companion_id: int) -> Companion | None:
    """Return somebody who comes along with this person."""
    found: Companion | None = session.scalar(
        select(Companion).where(
            Companion.shop_id == shop_id, Companion.customer_id == customer_id, Companion.id == companion_id
        )
    )
    return found


def companions(session: Any, *, shop_id: int, customer_id: int) -> list[Companion]:
    """Return everybody who comes along with a person."""
    return list(
        session.scalars(
            select(Companion)
            .where(Companion.shop_id == shop_id, Companion.customer_id == customer_id)
            .order_by(Companion.id)
        )
    )


def write_companion(
    session: Any,
    *,
    shop_id: int,
    customer_id: int,
    row: Companion | None,
    said: CleanCompanion,
    now: datetime,
) -> Companion:
    """Keep who comes along, somebody new where there is no row; the called name exactly as it was said."""
    kept = row or Companion(shop_id=shop_id, customer_id=customer_id, at=now)
    kept.name, kept.note = said.name, said.note
    kept.birth_month = said.birth.month if said.birth else None
    kept.birth_day = said.birth.day if said.birth else None
    kept.birth_is_lunar = said.birth is not None and said.birth.is_lunar
    kept.birth_is_leap = said.birth is not None and said.birth.is_leap
    session.add(kept)
    session.flush()
    return kept


def has_birthdays(session: Any, *, shop_id: int, customer_id: int) -> bool:
    """Tell whether the birthday of somebody who comes along is kept."""
    return (
        session.scalar(
            select(Companion.id)
            .where(
                Companion.shop_id == shop_id,
                Companion.customer_id == customer_id,
                Companion.birth_month.is_not(None),
            )
            .limit(1)
        )
        is not None
    )


def drop_birthdays(session: Any, *, shop_id: int, customer_id: int) -> None:
    """Take the birthdays of who comes along away, with the consent they stood on."""
    session.execute(
        update(Companion)
        .where(Companion.shop_id == shop_id, Companion.customer_id == customer_id)
        .values(birth_month=None, birth_day=None, birth_is_lunar=False, birth_is_leap=False)
        .execution_options(synchronize_session=False)
    )


def forget(session: Any, *, shop_id: int, customer_id: int) -> list[str]:
    """Delete a person's tags and who comes along with them; returns the refs of photos whose files go after the commit."""
    session.execute(
        delete(CustomerTag).where(CustomerTag.shop_id == shop_id, CustomerTag.customer_id == customer_id)
    )
    gone = session.scalars(
        delete(Companion)
        .where(Companion.shop_id == shop_id, Companion.customer_id == customer_id)
        .returning(Companion.photo)
        .execution_options(synchronize_session=False)
    )
    return [ref for ref in gone if ref]
