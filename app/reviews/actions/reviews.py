"""Changes to asks, reviews and the shop's answers. Flush, never commit."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update

from app.coupons.queries import gives_by
from app.customers.models import Customer
from app.kit.clock import kst_day, start_of_day
from app.kit.signing import new_token
from app.kit.upsert import insert_into
from app.reviews.models import Review, ReviewAsk, ReviewReply, ReviewSetting
from app.reviews.rules import ASK_LIVES, Settings, Written
from app.visits import goods
from app.visits.models import Product, Visit


def visit_of(session: Any, *, shop_id: int, visit_id: int) -> Visit | None:
    """Return a visit of this shop that still stands."""
    found: Visit | None = session.scalar(
        select(Visit).where(Visit.shop_id == shop_id, Visit.id == visit_id, Visit.reversed_at.is_(None))
    )
    return found


def ask_for(session: Any, *, visit: Visit, now: datetime) -> ReviewAsk:
    """Return the ask of a visit, made now when it has none: of two at once the key lets one in."""
    session.execute(
        insert_into(session, ReviewAsk)
        .values(
            shop_id=visit.shop_id,
            customer_id=visit.customer_id,
            visit_id=visit.id,
            token=new_token(),
            made_at=now,
            expires_at=visit.at + ASK_LIVES,
        )
        .on_conflict_do_nothing()
    )
    # Held until the flow ends: two taps of one wish at once are one wish.
    found: ReviewAsk = session.scalars(
        select(ReviewAsk)
        .where(ReviewAsk.shop_id == visit.shop_id, ReviewAsk.visit_id == visit.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if found.product_id is None:  # what was bought may be noted after the stamp
        about = goods.asked_about(session, shop_id=visit.shop_id, visit_id=visit.id)
        found.product_id = about[0] if about else None
    return found


def ask_by_token(session: Any, *, token: str) -> tuple[ReviewAsk, datetime | None] | None:
    """Return the ask of a link and when its visit was taken back (None: it stands)."""
    row = session.execute(
        select(ReviewAsk, Visit.reversed_at)
        .join(Visit, (Visit.shop_id == ReviewAsk.shop_id) & (Visit.id == ReviewAsk.visit_id))
        .where(ReviewAsk.token == token)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def product_asked(session: Any, *, ask: ReviewAsk) -> str:
    """Return the name of the product that is asked about, "" for the visit as a whole."""
    name = select(Product.name).where(Product.shop_id == ask.shop_id, Product.id == ask.product_id)
    return str(session.scalar(name) or "") if ask.product_id is not None else ""


def review_of(session: Any, *, shop_id: int, ask_id: int) -> Review | None:
    """Return the review that an ask brought."""
    found: Review | None = session.scalar(
        select(Review).where(Review.shop_id == shop_id, Review.ask_id == ask_id)
    )
    return found


def review_by_id(session: Any, *, shop_id: int, review_id: int) -> Review | None:
    """Return a review of this shop."""
    found: Review | None = session.scalar(
        select(Review).where(Review.shop_id == shop_id, Review.id == review_id)
    )
    return found


def written_today(session: Any, *, shop_id: int, customer_id: int, now: datetime) -> int:
    """Return how many reviews a person left on this Korean day."""
    today = kst_day(now)
    return int(
        session.scalar(
            select(func.count(Review.id)).where(
                Review.shop_id == shop_id,
                Review.customer_id == customer_id,
                Review.at >= start_of_day(today),
                Review.at < start_of_day(today + timedelta(days=1)),
            )
        )
    )


def reward_stamps(session: Any, *, shop_id: int) -> int:
    """Return how many stamps the shop gives for a review."""
    return int(
        session.scalar(select(ReviewSetting.reward_stamps).where(ReviewSetting.shop_id == shop_id)) or 0
    )


def gives_coupon(session: Any, *, shop_id: int) -> bool:
    """Say whether the shop gives a coupon for a review."""
    return bool(session.scalar(select(gives_by("review")), {"shop": shop_id}))


def add_review(
    session: Any, *, ask: ReviewAsk, written: Written, shown_name: str, reward: str, now: datetime
) -> Review:
    """Write a review down. Raises IntegrityError when the visit has one."""
    review = Review(
        shop_id=ask.shop_id,
        customer_id=ask.customer_id,
        ask_id=ask.id,
        stars=written.stars,
        mood=written.mood,
        text=written.text,
        shown_name=shown_name,
        reward=reward,
        at=now,
    )
    session.add(review)
    session.flush()
    return review


def put_reply(session: Any, *, shop_id: int, review_id: int, staff_id: int, text: str, now: datetime) -> bool:
    """Write or change the shop's answer; False when this shop has no such review.

    The customer's own words are never touched.
    """
    known = session.execute(
        update(Review).where(Review.shop_id == shop_id, Review.id == review_id).values(answered_at=now)
    )
    if known.rowcount != 1:
        return False
    facts = {"staff_id": staff_id, "text": text, "at": now}
    session.execute(
        insert_into(session, ReviewReply)
        .values(shop_id=shop_id, review_id=review_id, **facts)
        .on_conflict_do_update(index_elements=["shop_id", "review_id"], set_=facts)
    )
    return True


def writer_left(session: Any, *, shop_id: int, review_id: int) -> bool:
    """Tell whether the person who wrote a review deleted everything since."""
    row = session.scalar(
        select(Review.id)
        .join(Customer, (Customer.shop_id == Review.shop_id) & (Customer.id == Review.customer_id))
        .where(Review.shop_id == shop_id, Review.id == review_id, Customer.erased_at.is_not(None))
    )
    return row is not None


def put_settings(session: Any, *, shop_id: int, settings: Settings, now: datetime) -> None:
    """Save what the shop decided; reviews already written keep what was disclosed on them."""
    facts = {
        "reward_stamps": settings.reward_stamps,
        "hashtag": settings.hashtag,
        "naver_url": settings.naver_url,
        "kakao_url": settings.kakao_url,
        "google_url": settings.google_url,
        "checks_photos": settings.checks_photos,
        "changed_at": now,
    }
    session.execute(
        insert_into(session, ReviewSetting)
        .values(shop_id=shop_id, **facts)
        .on_conflict_do_update(index_elements=["shop_id"], set_=facts)
    )


def forget(session: Any, *, shop_id: int, customer_id: int, now: datetime) -> None:
    """Blank what a person wrote and who they were; the stars stay, as the number they are.

    The shop's answers go too: they speak to the person, and nobody waits for one. Links to review open nothing
    any more.
    """
    mine = select(Review.id).where(Review.shop_id == shop_id, Review.customer_id == customer_id)
    session.execute(
        delete(ReviewReply)
        .where(ReviewReply.shop_id == shop_id, ReviewReply.review_id.in_(mine))
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(Review)
        .where(Review.shop_id == shop_id, Review.customer_id == customer_id)
        .values(text="", mood="", shown_name="", answered_at=now)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(ReviewAsk)
        .where(ReviewAsk.shop_id == shop_id, ReviewAsk.customer_id == customer_id)
        .values(wanted_at=None, expires_at=now)
        .execution_options(synchronize_session=False)
    )
