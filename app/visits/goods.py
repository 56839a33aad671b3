"""Reads about what is on the menu: how long it lasts, who bought what, and who has not bought it again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import aliased

from app.extensions import db
from app.kit.clock import start_of_day
from app.visits.models import Product, Visit, VisitItem

# Bought so often among the last visits it is somebody's favourite; once is a try.
_FAVOURITE = 2
# Asked for every visit that somebody is asked about: built once.
_LONGEST = (
    select(func.max(Product.review_days))
    .select_from(VisitItem)
    .join(Product, (Product.shop_id == VisitItem.shop_id) & (Product.id == VisitItem.product_id))
    .where(VisitItem.shop_id == bindparam("shop"), VisitItem.visit_id == bindparam("visit"))
)

# Of several bought at once the one that takes longest until it has been used; else the dearest.
_ASKED_ABOUT = (
    select(Product.id, Product.name)
    .select_from(VisitItem)
    .join(Product, (Product.shop_id == VisitItem.shop_id) & (Product.id == VisitItem.product_id))
    .where(VisitItem.shop_id == bindparam("shop"), VisitItem.visit_id == bindparam("visit"))
    .order_by(func.coalesce(Product.review_days, 0).desc(), VisitItem.price.desc(), Product.id)
    .limit(1)
)


@dataclass(frozen=True)
class ProductLine:
    """One product with what its messages need; days None where the owner said nothing."""

    id: int
    name: str
    price: int
    review_days: int | None
    rebuy_days: int | None
    is_pick: bool


_LINE = (
    *(Product.id, Product.name, Product.price),
    *(Product.review_days, Product.rebuy_days, Product.is_pick),
)


def products(shop_id: int) -> list[ProductLine]:
    """Return what is on the shop's menu, by name."""
    rows = db.session.execute(select(*_LINE).where(Product.shop_id == shop_id).order_by(Product.name))
    return [ProductLine(*row) for row in rows]


def product(shop_id: int, product_id: int) -> ProductLine | None:
    """Return one product of this shop, or None."""
    row = db.session.execute(
        select(*_LINE).where(Product.shop_id == shop_id, Product.id == product_id)
    ).one_or_none()
    return ProductLine(*row) if row else None


def has_any(shop_id: int) -> bool:
    """Tell whether anything is on the shop's menu."""
    return db.session.scalar(select(Product.id).where(Product.shop_id == shop_id).limit(1)) is not None


@dataclass(frozen=True)
class Choice:
    """Something that somebody may buy. `pieces`: how many they had in their last visits."""

    id: int
    name: str
    price: int
    pieces: int


def choices(*, shop_id: int, visits: Iterable[int], limit: int = 80) -> list[Choice]:
    """Return the menu for somebody with these last visits: what they buy most comes first, then by name."""
    lately = select(VisitItem.product_id, func.sum(VisitItem.quantity).label("pieces")).where(
        VisitItem.shop_id == shop_id, VisitItem.visit_id.in_(list(visits))
    )
    mine = lately.group_by(VisitItem.product_id).subquery()
    pieces = func.coalesce(mine.c.pieces, 0)
    rows = db.session.execute(
        select(Product.id, Product.name, Product.price, pieces)
        .outerjoin(mine, mine.c.product_id == Product.id)
        .where(Product.shop_id == shop_id)
        .order_by(pieces.desc(), Product.name)
        .limit(limit)
    )
    return [Choice(number, name, price, int(count)) for number, name, price, count in rows]


def used_after(session: Any, *, shop_id: int, visit_id: int) -> timedelta | None:
    """Return how long after a visit all of what was bought has been used; None where nothing says so."""
    days = session.scalar(_LONGEST, {"shop": shop_id, "visit": visit_id})
    return None if days is None else timedelta(days=days)


def asked_about(session: Any, *, shop_id: int, visit_id: int) -> tuple[int, str] | None:
    """Return the product that a visit is asked about, by id and name: its time decides when. None: nothing is known."""
    row = session.execute(_ASKED_ABOUT, {"shop": shop_id, "visit": visit_id}).one_or_none()
    return (row[0], row[1]) if row else None


def bought(*, shop_id: int, visits: Iterable[int]) -> dict[int, list[str]]:
    """Return what was bought on some visits, by visit: names, the dearest first."""
    found: dict[int, list[str]] = {}
    rows = db.session.execute(
        select(VisitItem.visit_id, Product.name)
        .join(Product, (Product.shop_id == VisitItem.shop_id) & (Product.id == VisitItem.product_id))
        .where(VisitItem.shop_id == shop_id, VisitItem.visit_id.in_(list(visits)))
        .order_by(VisitItem.price.desc(), Product.id)
    )
    for visit_id, name in rows:
        if name not in found.setdefault(visit_id, []):
            found[visit_id].append(name)
    return found


def favourites(*, shop_id: int, visits: Mapping[int, Iterable[int]]) -> dict[int, tuple[int, str]]:
    """Return what people bought most in these visits (customer → visits), as (product, name); one query."""
    whose = {visit: customer for customer, theirs in visits.items() for visit in theirs}
    if not whose:
        return {}
    rows = db.session.execute(
        select(VisitItem.visit_id, VisitItem.product_id, VisitItem.quantity, Product.name)
        .join(Product, (Product.shop_id == VisitItem.shop_id) & (Product.id == VisitItem.product_id))
        .where(VisitItem.shop_id == shop_id, VisitItem.visit_id.in_(list(whose)))
    )
    pieces: dict[int, dict[tuple[int, str], int]] = {}
    for row in rows:
        mine = pieces.setdefault(whose[row.visit_id], {})
        what = (row.product_id, row.name)
        mine[what] = mine.get(what, 0) + row.quantity
    best = {who: max(mine, key=lambda what: (mine[what], what[1])) for who, mine in pieces.items()}
    return {who: what for who, what in best.items() if pieces[who][what] >= _FAVOURITE}


@dataclass(frozen=True)
class UsedUp:
    """Something bought that is about used up by now."""

    visit_id: int
    customer_id: int
    product_id: int
    name: str


def used_up(*, shop_id: int, since: date, until: date, limit: int = 2_000) -> list[UsedUp]:
    """Return what is used up on the Korean days after `since` and up to `until` and was not bought again."""
    found: list[UsedUp] = []
    for line in products(shop_id):
        if not line.rebuy_days:
            continue
        span = timedelta(days=line.rebuy_days)
        rows = db.session.execute(
            select(Visit.id, Visit.customer_id)
            .join(VisitItem, (VisitItem.shop_id == Visit.shop_id) & (VisitItem.visit_id == Visit.id))
            .where(
                Visit.shop_id == shop_id,
                Visit.at >= start_of_day(since - span + timedelta(days=1)),
                Visit.at < start_of_day(until - span + timedelta(days=1)),
                Visit.reversed_at.is_(None),
                VisitItem.product_id == line.id,
                ~bought_again(Visit, line.id),
            )
            .distinct()
            .order_by(Visit.id)
            .limit(limit)
        )
        found += [UsedUp(row.id, row.customer_id, line.id, line.name) for row in rows]
    return found


def bought_again(visit: Any, product_id: Any) -> Any:
    """Return the condition that a visit's customer bought a product again after it."""
    later, item = aliased(Visit), aliased(VisitItem)
    return (
        select(later.id)
        .join(item, (item.shop_id == later.shop_id) & (item.visit_id == later.id))
        .where(
            later.shop_id == visit.shop_id,
            later.customer_id == visit.customer_id,
            later.at > visit.at,
            later.reversed_at.is_(None),
            item.product_id == product_id,
        )
        .exists()
    )
