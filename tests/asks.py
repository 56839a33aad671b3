"""What a test of reviews and their photos needs: somebody was there, and may say how it was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO

from app.extensions import db
from app.flows import photo
from app.flows.unit import write
from app.kit.signing import new_token
from app.reviews.models import Photo, Review, ReviewAsk
from app.visits.models import Visit
from tests import factories
from tests.factories import ACustomer, AShop
from tests.kit import hostile


@dataclass(frozen=True)
class AnAsk:
    """The right to review one visit."""

    id: int
    shop_id: int
    customer_id: int
    token: str


def an_ask(shop: AShop, customer: ACustomer, *, days: int = 30) -> AnAsk:
    """Let a person come, and ask how it was."""
    now = factories.now()
    with write() as session:
        visit = Visit(shop_id=shop.id, customer_id=customer.id, at=now)
        session.add(visit)
        session.flush()
        row = ReviewAsk(
            shop_id=shop.id, customer_id=customer.id, visit_id=visit.id, token=new_token(), made_at=now,
            expires_at=now + timedelta(days=days),
        )  # fmt: skip
        session.add(row)
        session.flush()
        return AnAsk(row.id, shop.id, customer.id, row.token)


def a_review(ask: AnAsk) -> int:
    """Send the review, without its photos; returns its id."""
    with write() as session:
        row = Review(
            shop_id=ask.shop_id, customer_id=ask.customer_id, ask_id=ask.id, stars=5, at=factories.now()
        )
        session.add(row)
        session.flush()
        return int(row.id)


def a_jpeg(number: int = 0) -> bytes:
    """Return a small photo; another number is another photo."""
    return hostile.encoded(size=(120, 90), comment=f"photo {number}")


def pick(ask: AnAsk, data: bytes | None = None) -> str:
    """Pick a photo for a review; returns its ref."""
    return photo.add(
        shop_id=ask.shop_id,
        customer_id=ask.customer_id,
        ask_id=ask.id,
        upload=BytesIO(a_jpeg() if data is None else data),
        now=factories.now(),
    )


def the_photo(ref: str) -> Photo | None:
    """Return a photo's row as it is now."""
    db.session.rollback()
    found: Photo | None = db.session.scalar(
        db.select(Photo).where(Photo.ref == ref).execution_options(populate_existing=True)
    )
    return found
