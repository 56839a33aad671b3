"""Changes to customers' photos. Flush, never commit; the files are the flow's (flows/photo.py)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, func, select, update

from app.reviews.models import Photo, Review, ReviewAsk


def find_ask(session: Any, *, shop_id: int, customer_id: int, ask_id: int) -> ReviewAsk | None:
    """Return a customer's right to review a visit."""
    found: ReviewAsk | None = session.scalar(
        select(ReviewAsk).where(
            ReviewAsk.shop_id == shop_id, ReviewAsk.customer_id == customer_id, ReviewAsk.id == ask_id
        )
    )
    return found


def has_review(session: Any, *, shop_id: int, ask_id: int) -> bool:
    """Tell whether the review of an ask was sent."""
    return bool(session.scalar(select(exists().where(Review.shop_id == shop_id, Review.ask_id == ask_id))))


def by_digest(session: Any, *, shop_id: int, ask_id: int, digest: str) -> Photo | None:
    """Return the photo of the same bytes that was picked before."""
    found: Photo | None = session.scalar(
        select(Photo).where(Photo.shop_id == shop_id, Photo.ask_id == ask_id, Photo.digest == digest)
    )
    return found


def living(session: Any, *, shop_id: int, ask_id: int) -> int:
    """Return how many photos of an ask are ready or may become so."""
    count = session.scalar(
        select(func.count()).where(Photo.shop_id == shop_id, Photo.ask_id == ask_id, Photo.state != "refused")
    )
    return int(count)


def count_pick(session: Any, *, shop_id: int, ask_id: int, most: int) -> bool:
    """Count one more photo picked for an ask; False when `most` were picked before."""
    done = session.execute(
        update(ReviewAsk)
        .where(ReviewAsk.shop_id == shop_id, ReviewAsk.id == ask_id, ReviewAsk.picked < most)
        .values(picked=ReviewAsk.picked + 1)
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount == 1)


def add(
    session: Any, *, shop_id: int, customer_id: int, ask_id: int | None, ref: str, digest: str, now: datetime
) -> Photo:
    """Add a photo that waits to be written anew; without an ask it is of a paper card, and only the shop sees it."""
    photo = Photo(shop_id=shop_id, customer_id=customer_id, ask_id=ask_id, ref=ref, digest=digest, at=now)
    session.add(photo)
    session.flush()
    return photo


def claim(
    session: Any, *, shop_id: int, photo_id: int, held_until: datetime, now: datetime
) -> tuple[str, int] | None:
    """Take a waiting photo into our hands; returns its ref and which try this is, or None if somebody has it."""
    row = session.execute(
        update(Photo)
        .where(
            Photo.shop_id == shop_id,
            Photo.id == photo_id,
            Photo.state == "waiting",
            (Photo.held_until.is_(None)) | (Photo.held_until <= now),
        )
        .values(tries=Photo.tries + 1, held_until=held_until)
        .returning(Photo.ref, Photo.tries)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return (row.ref, row.tries) if row else None


def give_back(session: Any, *, shop_id: int, photo_id: int, held_until: datetime) -> None:
    """Take back the count of a try that the machine spoiled, unless the photo is in other hands by now.

    The hold stays: it is what lets some time pass before the next try.
    """
    session.execute(
        update(Photo)
        .where(
            Photo.shop_id == shop_id,
            Photo.id == photo_id,
            Photo.state == "waiting",
            Photo.held_until == held_until,
        )
        .values(tries=Photo.tries - 1)
        .execution_options(synchronize_session=False)
    )


def finish(session: Any, *, shop_id: int, photo_id: int, state: str, **facts: Any) -> bool:
    """End the waiting of a photo as "ready" or "refused"; False when it is gone or was ended before."""
    done = session.execute(
        update(Photo)
        .where(Photo.shop_id == shop_id, Photo.id == photo_id, Photo.state == "waiting")
        .values(state=state, held_until=None, **facts)
    )
    return bool(done.rowcount == 1)


def drop_draft(session: Any, *, shop_id: int, ask_id: int, ref: str) -> bool:
    """Delete a photo that was picked and not yet sent; False when there is none."""
    done = session.execute(
        delete(Photo).where(
            Photo.shop_id == shop_id, Photo.ask_id == ask_id, Photo.ref == ref, Photo.review_id.is_(None)
        )
    )
    return bool(done.rowcount)


def drop_loose(session: Any, *, shop_id: int, ref: str) -> None:
    """Delete the photo of a paper card: neither picked for a review nor part of one."""
    session.execute(
        delete(Photo).where(
            Photo.shop_id == shop_id,
            Photo.ref == ref,
            Photo.ask_id.is_(None),
            Photo.review_id.is_(None),
            Photo.pick.is_(None),
        )
    )


def drop_by_id(session: Any, *, shop_id: int, photo_id: int) -> list[str]:
    """Delete a photo that another took the place of; returns its ref, whose files go once this is committed."""
    gone = session.scalars(
        delete(Photo)
        .where(Photo.shop_id == shop_id, Photo.id == photo_id)
        .returning(Photo.ref)
        .execution_options(synchronize_session=False)
    )
    return list(gone)


def drop_refused(session: Any, *, shop_id: int, ask_id: int) -> int:
    """Delete the photos of an ask that were refused; returns how many."""
    done = session.execute(
        delete(Photo).where(
            Photo.shop_id == shop_id,
            Photo.ask_id == ask_id,
            Photo.review_id.is_(None),
            Photo.state == "refused",
        )
    )
    return int(done.rowcount)


def attach(session: Any, *, shop_id: int, ask_id: int, review_id: int) -> int:
    """Let the photos that were picked belong to the review that was sent; returns how many.

    One that still waits comes along and is shown once it is ready; a refused one stays behind.
    """
    done = session.execute(
        update(Photo)
        .where(
            Photo.shop_id == shop_id,
            Photo.ask_id == ask_id,
            Photo.review_id.is_(None),
            Photo.state != "refused",
        )
        .values(review_id=review_id)
    )
    return int(done.rowcount)


def forget(session: Any, *, shop_id: int, customer_id: int) -> list[str]:
    """Delete a person's photos; returns their refs, whose files go once the transaction is committed."""
    gone = session.scalars(
        delete(Photo)
        .where(Photo.shop_id == shop_id, Photo.customer_id == customer_id)
        .returning(Photo.ref)
        .execution_options(synchronize_session=False)
    )
    return list(gone)


def drop_drafts(session: Any, *, shop_id: int, before: datetime) -> list[str]:
    """Delete photos whose review was not sent in time; returns their refs."""
    gone = session.scalars(
        delete(Photo)
        .where(
            Photo.shop_id == shop_id, Photo.review_id.is_(None), Photo.ask_id.is_not(None), Photo.at < before
        )
        .returning(Photo.ref)
        .execution_options(synchronize_session=False)
    )
    return list(gone)
