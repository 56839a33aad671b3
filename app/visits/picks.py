"""Reads which of the products that the owner recommends fits somebody: what they have not had lately."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from app.extensions import db
from app.visits.models import Product, Visit, VisitItem

# Who bought it within this time knows it; who bought what together is counted over half a year.
_LATELY = timedelta(days=60)
_LOOKS_BACK = timedelta(days=180)
# A busy shop knows its habits from its newest lines.
_LINES = 20_000


@dataclass(frozen=True)
class Picks:
    """What a shop recommends (product → name), what everybody bought in half a year, and what they had lately."""

    names: Mapping[int, str]
    bought: Mapping[int, frozenset[int]]
    lately: Mapping[int, frozenset[int]]

    def fitting(self, *, customer_id: int, favourite: int | None) -> str:
        """Return the recommended product that fits a person best, or "".

        One they have not had lately, first what is bought by people who buy their favourite. Of whom nothing is
        known, nothing is recommended: it would be a guess.
        """
        if favourite is None:
            return ""
        had = self.lately.get(customer_id, frozenset()) | {favourite}
        left = [pick for pick in self.names if pick not in had]
        together = [mine for who, mine in self.bought.items() if favourite in mine and who != customer_id]
        best = min(left, key=lambda pick: (-sum(pick in mine for mine in together), pick), default=None)
        return "" if best is None else self.names[best]


def picks(*, shop_id: int, now: datetime) -> Picks:
    """Return what a shop recommends and what its people bought; one look for a whole list of people."""
    names = {
        row.id: row.name
        for row in db.session.execute(
            select(Product.id, Product.name)
            .where(Product.shop_id == shop_id, Product.is_pick.is_(True))
            .order_by(Product.id)
        )
    }
    bought: dict[int, set[int]] = {}
    lately: dict[int, set[int]] = {}
    for customer_id, product_id, at in _lines(shop_id, now) if names else ():
        bought.setdefault(customer_id, set()).add(product_id)
        if at > now - _LATELY:
            lately.setdefault(customer_id, set()).add(product_id)
    return Picks(
        names,
        {who: frozenset(mine) for who, mine in bought.items()},
        {who: frozenset(mine) for who, mine in lately.items()},
    )


def _lines(shop_id: int, now: datetime) -> list[tuple[int, int, datetime]]:
    rows = db.session.execute(
        select(Visit.customer_id, VisitItem.product_id, Visit.at)
        .join(VisitItem, (VisitItem.shop_id == Visit.shop_id) & (VisitItem.visit_id == Visit.id))
        .where(Visit.shop_id == shop_id, Visit.at > now - _LOOKS_BACK, Visit.reversed_at.is_(None))
        .order_by(Visit.at.desc())
        .limit(_LINES)
    )
    return [(row.customer_id, row.product_id, row.at) for row in rows]
