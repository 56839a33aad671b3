"""Changes to photos that are picked in a form that is no review. Flush, never commit; the files are the flow's.

A photo taken back keeps its row for three days, as "dropped" and without its digest: the day's picks are counted.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, or_, select, update

from app.reviews.models import Photo
from app.reviews.pick_rules import SHOP_FORMS


def _of_form(shop_id: int, customer_id: int, pick: str) -> tuple[ColumnElement[bool], ...]:
    return (
        Photo.shop_id == shop_id,
        Photo.customer_id == customer_id,
        Photo.pick == pick,
        Photo.state != "dropped",
    )


def by_digest(session: Any, *, shop_id: int, customer_id: int, pick: str, digest: str) -> Photo | None:
    """Return the photo of the same bytes that was picked before in this form."""
    found: Photo | None = session.scalar(
        select(Photo).where(*_of_form(shop_id, customer_id, pick), Photo.digest == digest)
    )
    return found


def living(session: Any, *, shop_id: int, customer_id: int, pick: str) -> int:
    """Return how many photos of a form are ready or may become so."""
    count = session.scalar(
        select(func.count()).where(*_of_form(shop_id, customer_id, pick), Photo.state != "refused")
    )
    return int(count)


def picked_since(
    session: Any, *, shop_id: int, customer_id: int, since: datetime, by_shop: bool = False
) -> int:
    """Return how many photos a person picked in such forms since then, those that are gone included.

    `by_shop`: how many the shop picked for them instead.
    """
    is_shops = or_(*(Photo.pick.startswith(f"{form}:") for form in SHOP_FORMS))
    count = session.scalar(
        select(func.count()).where(
            Photo.shop_id == shop_id,
            Photo.customer_id == customer_id,
            Photo.pick.is_not(None),
            is_shops if by_shop else ~is_shops,
            Photo.at > since,
        )
    )
    return int(count)


def was_sent(session: Any, *, shop_id: int, customer_id: int, pick: str) -> bool:
    """Tell whether the form was sent with photos: what was sent does not change."""
    found = session.scalar(
        select(Photo.id).where(*_of_form(shop_id, customer_id, pick), Photo.kept_at.is_not(None)).limit(1)
    )
    return found is not None


def add(
    session: Any, *, shop_id: int, customer_id: int, pick: str, ref: str, digest: str, now: datetime
) -> Photo:
    """Add a photo that waits to be written anew."""
    photo = Photo(shop_id=shop_id, customer_id=customer_id, pick=pick, ref=ref, digest=digest, at=now)
    session.add(photo)
    session.flush()
    return photo


def drop(session: Any, *, shop_id: int, customer_id: int, pick: str, ref: str) -> bool:
    """Take a photo out of a form that is not sent; False when there is none."""
    done = session.execute(
        update(Photo)
        .where(*_of_form(shop_id, customer_id, pick), Photo.ref == ref, Photo.kept_at.is_(None))
        .values(state="dropped", digest=None, held_until=None)
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount)


def drop_refused(session: Any, *, shop_id: int, customer_id: int, pick: str) -> int:
    """Take what was refused out of a form; returns how many."""
    done = session.execute(
        update(Photo)
        .where(*_of_form(shop_id, customer_id, pick), Photo.state == "refused", Photo.kept_at.is_(None))
        .values(state="dropped", digest=None)
        .execution_options(synchronize_session=False)
    )
    return int(done.rowcount)


def keep(session: Any, *, shop_id: int, customer_id: int, pick: str, now: datetime) -> list[int]:
    """Let the photos of a form that is sent stay; returns their numbers in the order they were picked.

    Whoever sends the form writes a row for each that says where it hangs. One that still waits comes along and is
    shown once it is ready; a refused one stays behind. A second time there is nothing to keep.
    """
    kept = session.scalars(
        update(Photo)
        .where(*_of_form(shop_id, customer_id, pick), Photo.state != "refused", Photo.kept_at.is_(None))
        .values(kept_at=now)
        .returning(Photo.id)
        .execution_options(synchronize_session=False)
    )
    return sorted(kept)


def drop_drafts(session: Any, *, shop_id: int, before: datetime) -> list[str]:
    """Delete photos whose form was not sent in time; returns their refs."""
    gone = session.scalars(
        delete(Photo)
        .where(Photo.shop_id == shop_id, Photo.pick.is_not(None), Photo.kept_at.is_(None), Photo.at < before)
        .returning(Photo.ref)
        .execution_options(synchronize_session=False)
    )
    return list(gone)
