"""Reads how a shop's reviews stand in numbers: kept with every review, so that ten thousand cost what ten do."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, func, select

from app.extensions import db
from app.reviews import rules
from app.reviews.care_models import ReviewHiding, ReviewSum
from app.visits.models import Product

# So many products can be chosen from; the most reviewed ones.
_PRODUCTS = 12


@dataclass(frozen=True)
class Standing:
    """The shown reviews of a shop, or of one product, in numbers: how many each star has."""

    by_stars: dict[int, int]

    @property
    def count(self) -> int:
        """How many there are."""
        return sum(self.by_stars.values())

    @property
    def total(self) -> int:
        """The stars added up."""
        return sum(stars * number for stars, number in self.by_stars.items())

    @property
    def average(self) -> float:
        """The mean, 0.0 without reviews."""
        return self.total / self.count if self.count else 0.0

    @property
    def sentence(self) -> str:
        """The same in words."""
        return rules.stars_sentence(count=self.count, total=self.total)


@dataclass(frozen=True)
class Reviewed:
    """A product with how many shown reviews it has."""

    product_id: int
    name: str
    count: int


_BY_STARS = select(ReviewSum.stars, ReviewSum.reviews).where(
    ReviewSum.shop_id == bindparam("shop"), ReviewSum.product_id == bindparam("product")
)


def standing(shop_id: int, product_id: int | None = None) -> Standing:
    """Return how many shown reviews a shop has by their stars; `product_id`: of visits on which it was bought."""
    rows = db.session.execute(_BY_STARS, {"shop": shop_id, "product": product_id or 0})
    found = {int(stars): int(number) for stars, number in rows}
    return Standing({stars: found.get(stars, 0) for stars in rules.STAR_WORDS})


def reviewed(shop_id: int) -> list[Reviewed]:
    """Return the products that have reviews, the most reviewed first."""
    count = func.sum(ReviewSum.reviews)
    rows = db.session.execute(
        select(Product.id, Product.name, count)
        .join(Product, (Product.shop_id == ReviewSum.shop_id) & (Product.id == ReviewSum.product_id))
        .where(ReviewSum.shop_id == shop_id, ReviewSum.product_id > 0)
        .group_by(Product.id, Product.name)
        .having(count > 0)
        .order_by(count.desc(), Product.name)
        .limit(_PRODUCTS)
    )
    return [Reviewed(number, name, int(many)) for number, name, many in rows]


def hidden_by_cause(shop_id: int) -> dict[str, int]:
    """Return how many reviews of a shop are hidden at present, by cause: it is told in public."""
    rows = db.session.execute(
        select(ReviewHiding.cause, func.count())
        .where(ReviewHiding.shop_id == shop_id, ReviewHiding.ended_at.is_(None))
        .group_by(ReviewHiding.cause)
    )
    return {cause: int(number) for cause, number in rows}
