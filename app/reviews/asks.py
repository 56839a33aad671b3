"""The right to review one visit, found by the secret in its link."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import bindparam, select

from app.customers.models import Customer
from app.extensions import db
from app.reviews.models import Review, ReviewAsk
from app.visits import goods
from app.visits.models import Product, Visit


@dataclass(frozen=True)
class AskView:
    """One ask: whose visit it is, and whether it may still be answered."""

    shop_id: int
    customer_id: int
    ask_id: int
    visit_id: int
    token: str
    visited_at: datetime
    has_review: bool
    expired: bool
    undone: bool = False  # the visit was taken back
    product: str = ""  # what is asked about, of what was bought; "" = the visit as a whole
    works_here: bool = False  # it is somebody of the shop


# Asked before a form with photos is read: built once.
_KNOWN = select(ReviewAsk.shop_id).where(ReviewAsk.token == bindparam("token"))


def is_known(token: str) -> bool:
    """Tell whether a link is one of ours, whatever became of its review. `token` holds no NUL."""
    return db.session.scalar(_KNOWN, {"token": token}) is not None


def ask_by_token(token: str, *, now: datetime) -> AskView | None:
    """Return the ask that a link names; None for a token we never made or a person who left."""
    row = db.session.execute(
        select(
            ReviewAsk.shop_id,
            ReviewAsk.customer_id,
            ReviewAsk.id,
            ReviewAsk.visit_id,
            ReviewAsk.token,
            Visit.at,
            Review.id.is_not(None),
            ReviewAsk.expires_at,
            Visit.reversed_at.is_not(None),
            Product.name,
            Customer.staff_id.is_not(None),
        )
        .join(Visit, (Visit.shop_id == ReviewAsk.shop_id) & (Visit.id == ReviewAsk.visit_id))
        .join(Customer, (Customer.shop_id == ReviewAsk.shop_id) & (Customer.id == ReviewAsk.customer_id))
        .outerjoin(Review, (Review.shop_id == ReviewAsk.shop_id) & (Review.ask_id == ReviewAsk.id))
        .outerjoin(Product, (Product.shop_id == ReviewAsk.shop_id) & (Product.id == ReviewAsk.product_id))
        .where(ReviewAsk.token == token, Customer.erased_at.is_(None))
    ).one_or_none()
    if row is None:
        return None
    has_review, expires_at, is_undone, product, works_here = row[6:]
    return AskView(
        *row[:6], bool(has_review), expires_at <= now, bool(is_undone), product or "", bool(works_here)
    )


def is_of_a_person_who_left(token: str) -> bool:
    """Tell whether a link was once good and its person deleted everything since."""
    row = db.session.scalar(
        select(ReviewAsk.id)
        .join(Customer, (Customer.shop_id == ReviewAsk.shop_id) & (Customer.id == ReviewAsk.customer_id))
        .where(ReviewAsk.token == token, Customer.erased_at.is_not(None))
    )
    return row is not None


@dataclass(frozen=True)
class VisitToReview:
    """A visit of the card's holder that has no review yet."""

    visit_id: int
    at: datetime
    goods: tuple[str, ...] = ()  # what was bought, the dearest first


def visits_to_review(
    *, shop_id: int, customer_id: int, since: datetime, limit: int = 10
) -> list[VisitToReview]:
    """Return a person's visits since a moment that may still be reviewed, newest first."""
    rows = db.session.execute(
        select(Visit.id, Visit.at)
        .outerjoin(ReviewAsk, (ReviewAsk.shop_id == Visit.shop_id) & (ReviewAsk.visit_id == Visit.id))
        .outerjoin(Review, (Review.shop_id == ReviewAsk.shop_id) & (Review.ask_id == ReviewAsk.id))
        .where(
            Visit.shop_id == shop_id,
            Visit.customer_id == customer_id,
            Visit.at > since,
            Visit.reversed_at.is_(None),
            Review.id.is_(None),
        )
        .order_by(Visit.at.desc(), Visit.id.desc())
        .limit(limit)
    )
    found = [VisitToReview(*row) for row in rows]
    bought = goods.bought(shop_id=shop_id, visits=[line.visit_id for line in found]) if found else {}
    return [replace(line, goods=tuple(bought.get(line.visit_id, ()))) for line in found]


def waiting_for_asks(*, shop_id: int, since: datetime, until: datetime, limit: int) -> list[VisitToReview]:
    """Return visits of a span that nobody was asked about, oldest first."""
    asked = (
        select(ReviewAsk.id)
        .where(ReviewAsk.shop_id == Visit.shop_id, ReviewAsk.visit_id == Visit.id)
        .exists()
    )
    rows = db.session.execute(
        select(Visit.id, Visit.at)
        .join(Customer, (Customer.shop_id == Visit.shop_id) & (Customer.id == Visit.customer_id))
        .where(
            Visit.shop_id == shop_id,
            Visit.at > since,
            Visit.at <= until,
            Visit.reversed_at.is_(None),
            Customer.erased_at.is_(None),
            ~asked,
        )
        .order_by(Visit.at, Visit.id)
        .limit(limit)
    )
    return [VisitToReview(*row) for row in rows]
