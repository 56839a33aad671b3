"""Changes to what a shop does about reviews: hiding, photos it looks at, sums and words. Flush, never commit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from app.kit.upsert import insert_into
from app.reviews.care_models import ReviewGoods, ReviewHiding, ReviewSum, ReviewWord
from app.reviews.models import Photo, Review, ReviewAsk, ReviewSetting
from app.reviews.rules import Hiding
from app.visits.models import VisitItem


def add_goods(session: Any, *, review: Review, ask: ReviewAsk) -> None:
    """Note what was bought on the visit that a review is about."""
    bought = session.scalars(
        select(VisitItem.product_id)
        .where(VisitItem.shop_id == ask.shop_id, VisitItem.visit_id == ask.visit_id)
        .distinct()
    ).all()
    note_goods(session, shop_id=review.shop_id, review_id=review.id, product_ids=bought)


def note_goods(session: Any, *, shop_id: int, review_id: int, product_ids: Sequence[int]) -> None:
    """Note what a review is about, product by product."""
    rows = [
        {"shop_id": shop_id, "review_id": review_id, "product_id": product_id} for product_id in product_ids
    ]
    if rows:
        session.execute(insert(ReviewGoods), rows)


def count(session: Any, *, shop_id: int, review_id: int, stars: int, by: int) -> None:
    """Count a review in (`by` 1) or out (-1): of the shop, and of each product that was bought. A row is only ever added to."""
    goods = session.scalars(
        select(ReviewGoods.product_id)
        .where(ReviewGoods.shop_id == shop_id, ReviewGoods.review_id == review_id)
        .order_by(ReviewGoods.product_id)  # two at once take the rows in one order
    ).all()
    for product_id in (0, *goods):
        session.execute(
            insert_into(session, ReviewSum)
            .values(shop_id=shop_id, product_id=product_id, stars=stars, reviews=by)
            .on_conflict_do_update(
                index_elements=["shop_id", "product_id", "stars"],
                set_={"reviews": ReviewSum.reviews + by},
            )
        )


def review(session: Any, *, shop_id: int, review_id: int) -> Review | None:
    """Return a review of this shop, held until the flow ends."""
    found: Review | None = session.scalar(
        select(Review)
        .where(Review.shop_id == shop_id, Review.id == review_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found


def whose(session: Any, *, shop_id: int, review_id: int) -> int | None:
    """Return who wrote a review of this shop; None when there is none of that number."""
    found: int | None = session.scalar(
        select(Review.customer_id).where(Review.shop_id == shop_id, Review.id == review_id)
    )
    return found


def hold_all_of(session: Any, *, shop_id: int, customer_id: int) -> None:
    """Hold a person's reviews until the flow ends, in the order of their ids (PostgreSQL).

    Whoever hides or answers one, or reads its words, holds it first too: what they write beside it is there to be
    deleted, or they find that its writer left.
    """
    session.execute(
        select(Review.id)
        .where(Review.shop_id == shop_id, Review.customer_id == customer_id)
        .order_by(Review.id)
        .with_for_update()
    )


def token_of(session: Any, *, shop_id: int, ask_id: int) -> str:
    """Return the secret in the link to a review."""
    return str(
        session.scalar(select(ReviewAsk.token).where(ReviewAsk.shop_id == shop_id, ReviewAsk.id == ask_id))
    )


def standing_hiding(session: Any, *, shop_id: int, review_id: int) -> ReviewHiding | None:
    """Return why a review is hidden at present."""
    found: ReviewHiding | None = session.scalar(
        select(ReviewHiding).where(
            ReviewHiding.shop_id == shop_id,
            ReviewHiding.review_id == review_id,
            ReviewHiding.ended_at.is_(None),
        )
    )
    return found


def hide(
    session: Any, *, shop_id: int, review_id: int, hiding: Hiding, staff_id: int, now: datetime
) -> ReviewHiding:
    """Write down that a review is hidden, and why. Raises IntegrityError when it is already."""
    row = ReviewHiding(
        shop_id=shop_id,
        review_id=review_id,
        cause=hiding.cause,
        note=hiding.note,
        staff_id=staff_id,
        at=now,
    )
    session.add(row)
    session.flush()
    return row


def pass_photos(session: Any, *, shop_id: int, now: datetime, refs: Sequence[str] | None = None) -> int:
    """Let photos of reviews be shown; `refs=None`: all that are there. Returns how many that changed."""
    which = [Photo.shop_id == shop_id, Photo.review_id.is_not(None), Photo.passed_at.is_(None)]
    if refs is None:
        which.append(Photo.state != "refused")
    else:
        which += [Photo.state == "ready", Photo.ref.in_(refs)]
    done = session.execute(
        update(Photo).where(*which).values(passed_at=now).execution_options(synchronize_session=False)
    )
    return int(done.rowcount)


def refuse_photos(session: Any, *, shop_id: int, refs: Sequence[str], reason: str) -> list[str]:
    """Refuse photos that wait for the shop's look; returns which, whose files go once this is committed.

    Where the shop does not look first they are shown already, and what is shown is the review's.
    """
    looks_first = select(ReviewSetting.shop_id).where(
        ReviewSetting.shop_id == shop_id, ReviewSetting.checks_photos
    )
    gone = session.scalars(
        update(Photo)
        .where(
            Photo.shop_id == shop_id,
            Photo.review_id.is_not(None),
            Photo.state == "ready",
            Photo.passed_at.is_(None),
            looks_first.exists(),
            Photo.ref.in_(refs),
        )
        .values(state="refused", reason=reason)
        .returning(Photo.ref)
        .execution_options(synchronize_session=False)
    )
    return list(gone)


def put_words(
    session: Any, *, shop_id: int, review_id: int, text: str, words: Iterable[tuple[str, str]], now: datetime
) -> bool:
    """Write down what a review praises and blames; False when that was done before, or its text is another one by now
    (its writer left)."""
    done = session.execute(
        update(Review)
        .where(
            Review.shop_id == shop_id,
            Review.id == review_id,
            Review.text == text,
            Review.words_at.is_(None),
        )
        .values(words_at=now)
        .execution_options(synchronize_session=False)
    )
    if done.rowcount != 1:
        return False
    for word, side in sorted(set(words)):
        session.execute(
            insert_into(session, ReviewWord)
            .values(shop_id=shop_id, review_id=review_id, word=word, side=side)
            .on_conflict_do_nothing()
        )
    return True


def forget(session: Any, *, shop_id: int, customer_id: int, now: datetime) -> None:
    """Delete the words of a person's reviews and what the shop wrote about them; stars, sums and causes stay as numbers."""
    mine = select(Review.id).where(Review.shop_id == shop_id, Review.customer_id == customer_id)
    session.execute(
        delete(ReviewWord)
        .where(ReviewWord.shop_id == shop_id, ReviewWord.review_id.in_(mine))
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(ReviewHiding)
        .where(ReviewHiding.shop_id == shop_id, ReviewHiding.review_id.in_(mine))
        .values(note="")
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(Review)
        .where(Review.shop_id == shop_id, Review.customer_id == customer_id, Review.words_at.is_(None))
        .values(words_at=now)
        .execution_options(synchronize_session=False)
    )
