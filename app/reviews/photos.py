"""Reads about customers' photos: what was picked, what a review shows, the file behind one, what waits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from sqlalchemy import ColumnElement, or_, select

from app.extensions import db, files_dir
from app.kit import files
from app.kit.files import BadPlace, Place
from app.reviews.care_models import ReviewHiding
from app.reviews.models import Photo, ReviewSetting

# Where the files of a photo lie: as it came, as it is shown, small, and (a shop's own) as it travels with a letter.
INCOMING, LARGE, SMALL, LETTER = "incoming", "photos", "thumbnails", "letters"
KINDS = (INCOMING, LARGE, SMALL, LETTER)


@dataclass(frozen=True)
class PhotoLine:
    """One photo. `state` is waiting, ready or refused (then `reason` says why); pixels once it is ready."""

    ref: str
    state: str
    reason: str
    width: int
    height: int


# A PhotoLine as columns.
LINE = (Photo.ref, Photo.state, Photo.reason, Photo.width, Photo.height)


def is_hidden(shop_id: int, review_id: Any) -> ColumnElement[bool]:
    """Return the condition that a review is hidden at present; `review_id`: the column that names it."""
    return (
        select(ReviewHiding.id)
        .where(
            ReviewHiding.shop_id == shop_id,
            ReviewHiding.review_id == review_id,
            ReviewHiding.ended_at.is_(None),
        )
        .exists()
    )


def may_be_shown(shop_id: int) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions by which everybody may see a photo of a review: it is ready, the shop let it pass where it
    looks first, and its review is not hidden."""
    looks_first = select(ReviewSetting.shop_id).where(
        ReviewSetting.shop_id == shop_id, ReviewSetting.checks_photos
    )
    return (
        Photo.state == "ready",
        Photo.review_id.is_not(None),
        or_(Photo.passed_at.is_not(None), ~looks_first.exists()),
        ~is_hidden(shop_id, Photo.review_id),
    )


def photos_of_ask(shop_id: int, ask_id: int) -> list[PhotoLine]:
    """Return what was picked for a review so far, in the order it was picked."""
    rows = db.session.execute(
        select(*LINE).where(Photo.shop_id == shop_id, Photo.ask_id == ask_id).order_by(Photo.id)
    )
    return [PhotoLine(*row) for row in rows]


def photos_of_reviews(shop_id: int, review_ids: Sequence[int]) -> dict[int, list[PhotoLine]]:
    """Return the photos that may be shown, by review; a review without any is an empty list."""
    found: defaultdict[Any, list[PhotoLine]] = defaultdict(list)
    if review_ids:
        rows = db.session.execute(
            select(Photo.review_id, *LINE)
            .where(Photo.shop_id == shop_id, Photo.review_id.in_(review_ids), *may_be_shown(shop_id))
            .order_by(Photo.id)
        )
        for row in rows:
            found[row.review_id].append(PhotoLine(row.ref, row.state, row.reason, row.width, row.height))
    return found


def shown_photo(shop_id: int, ref: str) -> PhotoLine | None:
    """Return a photo of a review; None for any other, and for another shop's (S05)."""
    row = db.session.execute(
        select(*LINE).where(Photo.shop_id == shop_id, Photo.ref == ref, *may_be_shown(shop_id))
    ).one_or_none()
    return PhotoLine(*row) if row else None


def open_shown(shop_id: int, ref: str, *, small: bool) -> BinaryIO | None:
    """Open the WebP of a photo of a review; None for any other, and for another shop's (S05)."""
    return _open(SMALL if small else LARGE, shop_id, ref) if shown_photo(shop_id, ref) else None


def open_picked(shop_id: int, ask_id: int, ref: str) -> BinaryIO | None:
    """Open the small WebP of a photo for whoever picked it: before the review is sent nobody else sees it."""
    is_theirs = db.session.scalar(
        select(Photo.id).where(
            Photo.shop_id == shop_id, Photo.ask_id == ask_id, Photo.ref == ref, Photo.state == "ready"
        )
    )
    return _open(SMALL, shop_id, ref) if is_theirs else None


def loose_photo(shop_id: int, ref: str | None) -> PhotoLine | None:
    """Return the photo of a paper card or a letter; None when it is gone, or is none of this shop's (S05)."""
    row = db.session.execute(select(*LINE).where(*_is_loose(shop_id, ref))).one_or_none()
    return PhotoLine(*row) if row else None


def loose_photos(shop_id: int, refs: Sequence[str]) -> dict[str, PhotoLine]:
    """Return several of them at once, by their refs."""
    if not refs:
        return {}
    rows = db.session.execute(
        select(*LINE).where(
            Photo.shop_id == shop_id,
            Photo.ref.in_(refs),
            Photo.ask_id.is_(None),
            Photo.review_id.is_(None),
            Photo.pick.is_(None),
        )
    )
    return {row.ref: PhotoLine(*row) for row in rows}


def open_loose(shop_id: int, ref: str | None, *, kind: str = LARGE) -> BinaryIO | None:
    """Open the picture of a paper card or a letter, the large WebP if no other is named; None before it is ready."""
    found = loose_photo(shop_id, ref)
    return _open(kind, shop_id, found.ref) if found is not None and found.state == "ready" else None


def open_known(shop_id: int, ref: str, *, small: bool) -> BinaryIO | None:
    """Open a picture whose name stands in another room's row; whoever asks has looked there whose it is (S05)."""
    return _open(SMALL if small else LARGE, shop_id, ref) if ref else None


def _is_loose(shop_id: int, ref: str | None) -> tuple[ColumnElement[bool], ...]:
    return (
        Photo.shop_id == shop_id,
        Photo.ref == ref,
        Photo.ask_id.is_(None),
        Photo.review_id.is_(None),
        Photo.pick.is_(None),
    )


def _open(kind: str, shop_id: int, ref: str) -> BinaryIO | None:
    try:
        return files.open_reading(files_dir(), Place(kind, shop_id, ref))
    except BadPlace:
        return None


@dataclass(frozen=True)
class Waiting:
    """A photo that somebody has to write anew."""

    shop_id: int
    photo_id: int


def waiting_photos(now: datetime, *, limit: int = 20) -> list[Waiting]:
    """Return the photos of all shops that nobody is at, the one that has waited longest first."""
    rows = db.session.execute(
        select(Photo.shop_id, Photo.id)
        .where(Photo.state == "waiting", or_(Photo.held_until.is_(None), Photo.held_until <= now))
        .order_by(Photo.id)
        .limit(limit)
    )
    return [Waiting(*row) for row in rows]


def known_refs(shop_id: int, refs: Sequence[str]) -> set[str]:
    """Return which of these refs are photos of the shop (nightly: the files of others are nobody's).

    One that was taken out of a form is none: its row only counts the day's picks.
    """
    mine = (Photo.shop_id == shop_id, Photo.ref.in_(refs), Photo.state != "dropped")
    return set(db.session.scalars(select(Photo.ref).where(*mine)))
