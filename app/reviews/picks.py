"""Reads about photos that are picked in a form that is no review. What was sent is read by what it hangs on."""

from __future__ import annotations

from typing import BinaryIO

from sqlalchemy import select

from app.extensions import db
from app.reviews.models import Photo
from app.reviews.photos import LINE, PhotoLine, open_known


def picked(*, shop_id: int, customer_id: int, pick: str) -> list[PhotoLine]:
    """Return what was picked in a form so far and not sent yet, in the order it was picked."""
    rows = db.session.execute(
        select(*LINE)
        .where(
            Photo.shop_id == shop_id,
            Photo.customer_id == customer_id,
            Photo.pick == pick,
            Photo.state != "dropped",
            Photo.kept_at.is_(None),
        )
        .order_by(Photo.id)
    )
    return [PhotoLine(*row) for row in rows]


def open_picked(*, shop_id: int, customer_id: int, pick: str, ref: str) -> BinaryIO | None:
    """Open the small WebP of a photo for whoever picked it; nobody else sees it before the form is sent."""
    is_theirs = db.session.scalar(
        select(Photo.id).where(
            Photo.shop_id == shop_id,
            Photo.customer_id == customer_id,
            Photo.pick == pick,
            Photo.ref == ref,
            Photo.state == "ready",
        )
    )
    return open_known(shop_id, ref, small=True) if is_theirs else None
