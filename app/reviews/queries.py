"""Reads about reviews, shaped for pages. Newest first by id: reviews are only ever added."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from app.customers.models import Customer
from app.extensions import db
from app.reviews import given_rules, rules
from app.reviews.care_models import ReviewGoods, ReviewHiding
from app.reviews.models import Photo, Review, ReviewAsk, ReviewReply, ReviewSetting
from app.reviews.photos import PhotoLine, is_hidden, may_be_shown, photos_of_reviews
from app.reviews.rules import Settings
from app.reviews.sums import standing as standing
from app.reviews.unseen import refused_of_reviews, unseen_of_reviews
from app.reviews.words import Said, saying
from app.visits.models import Product, Visit

# The home counts what waits up to here: it costs the same however many there are.
MOST_COUNTED = 99


@dataclass(frozen=True)
class ReviewLine:
    """One review as every page shows it. `disclosed` stands first wherever it is not empty."""

    id: int
    customer_id: int
    stars: int
    mood: str
    text: str
    shown_name: str
    reward: str  # "도장 1개", "" for none
    disclosed: str
    at: datetime
    visited_at: datetime
    token: str
    reply: str
    replied_at: datetime | None
    customer_name: (
        str  # for the shop's own eyes, as the five below it and `is_left`; public pages don't ask for them
    )
    photos: list[PhotoLine]
    is_left: bool  # its writer deleted everything: nobody waits for an answer
    goods: list[str]  # what was bought on that visit
    hidden: str = ""  # why it is hidden, as a key of rules.CAUSES; "" = it is shown
    note: str = ""  # what the shop wrote about that, for its own eyes
    unseen: int = 0  # photos that the shop has not looked at, where it wants to first
    refused: tuple[str, ...] = ()  # why others of its photos are not shown

    @property
    def who(self) -> str:
        """The name as the public sees it."""
        return f"{self.shown_name} 님" if self.shown_name else rules.NAMELESS

    @property
    def told(self) -> str:
        """Its text wherever it goes without its page (search engines, pictures to share): what was given stands first."""
        return f"[{self.disclosed}] {self.text}" if self.disclosed else self.text

    @property
    def hidden_words(self) -> str:
        """Why it is hidden, in words; "" = it is shown."""
        return rules.CAUSES.get(self.hidden, "")


@dataclass(frozen=True)
class ReviewPage:
    """Some reviews, newest first; `after` asks for the next ones, None at the end."""

    lines: list[ReviewLine]
    after: int | None


def settings(shop_id: int) -> Settings:
    """Return what a shop decided about reviews; the defaults when it decided nothing."""
    row = db.session.execute(
        select(
            ReviewSetting.reward_stamps,
            ReviewSetting.hashtag,
            ReviewSetting.naver_url,
            ReviewSetting.kakao_url,
            ReviewSetting.google_url,
            ReviewSetting.checks_photos,
        ).where(ReviewSetting.shop_id == shop_id)
    ).one_or_none()
    return Settings(*row) if row else Settings()


def reviews(
    shop_id: int,
    *,
    after: int | None = None,
    product_id: int | None = None,
    with_photos: bool = False,
    limit: int = 20,
) -> ReviewPage:
    """Return what everybody sees, newest first. `after`: the id of the last one shown; `product_id`: of visits on which
    it was bought; `with_photos`: those alone."""
    # Each walks down an index that holds nothing but what is asked for: a page costs the same of ten and of thousands.
    if product_id is not None:
        number: Any = ReviewGoods.review_id
        ids = select(number).where(ReviewGoods.shop_id == shop_id, ReviewGoods.product_id == product_id)
        if with_photos:
            pictures = select(Photo.id).where(Photo.shop_id == shop_id, Photo.review_id == number)
            ids = ids.where(pictures.where(*may_be_shown(shop_id)).exists())
    elif with_photos:
        number = Photo.review_id
        ids = select(number).where(Photo.shop_id == shop_id, *may_be_shown(shop_id)).distinct()
    else:
        number = Review.id
        ids = select(number).where(Review.shop_id == shop_id)
    return _page(shop_id, ids.where(~is_hidden(shop_id, number)), number, after=after, limit=limit, own=False)


def of_shop(
    shop_id: int,
    *,
    after: int | None = None,
    unanswered: bool = False,
    hidden: bool = False,
    said: Said | None = None,
    most_stars: int = 5,
    with_photos: bool = False,
    product_id: int | None = None,
    limit: int = 20,
) -> ReviewPage:
    """Return a shop's reviews as the shop sees them, newest first. `after`: the id of the last one shown.

    `unanswered`: those whose writer waits for the shop's answer; `hidden`: those that are hidden at present;
    `said`: those that use a word; `most_stars`: those with no more; `with_photos`: photos that are
    ready, also where nobody else sees them yet; `product_id`: of visits on which it was bought.
    """
    ids = select(Review.id).where(Review.shop_id == shop_id)
    if unanswered:
        ids = ids.where(Review.answered_at.is_(None), ~is_hidden(shop_id, Review.id))
    if hidden:
        ids = ids.where(is_hidden(shop_id, Review.id))
    if said is not None:
        ids = ids.where(Review.id.in_(saying(shop_id, said)))
    if most_stars < 5:
        ids = ids.where(Review.stars <= most_stars)
    if with_photos:
        pictures = select(Photo.id).where(Photo.shop_id == shop_id, Photo.review_id == Review.id)
        ids = ids.where(pictures.where(Photo.state == "ready").exists())
    if product_id is not None:
        bought = select(ReviewGoods.review_id).where(
            ReviewGoods.shop_id == shop_id,
            ReviewGoods.product_id == product_id,
            ReviewGoods.review_id == Review.id,
        )
        ids = ids.where(bought.exists())
    return _page(shop_id, ids, Review.id, after=after, limit=limit)


def _page(
    shop_id: int, ids: Select[Any], number: Any, *, after: int | None, limit: int, own: bool = True
) -> ReviewPage:
    if after is not None:
        ids = ids.where(number < after)
    # Which they are and what they say is one question: on a busy machine every further one waits for its turn.
    which = ids.order_by(number.desc()).limit(limit + 1).scalar_subquery()
    lines = _lines(shop_id, Review.id.in_(which), limit=limit + 1, own=own)
    return ReviewPage(lines[:limit], lines[limit - 1].id if len(lines) > limit else None)


def reviews_of(*, shop_id: int, customer_id: int, limit: int = 50) -> list[ReviewLine]:
    """Return a person's own reviews, newest first."""
    return _lines(shop_id, Review.customer_id == customer_id, limit=limit)


def review(*, shop_id: int, review_id: int) -> ReviewLine | None:
    """Return one review of this shop, or None (S05)."""
    return next(iter(_lines(shop_id, Review.id == review_id, limit=1)), None)


def shown(*, shop_id: int, review_id: int) -> ReviewLine | None:
    """Return one review as everybody sees it; None for one that is hidden, and for another shop's (S05)."""
    where = (Review.id == review_id, ~is_hidden(shop_id, Review.id))
    return next(iter(_lines(shop_id, *where, limit=1, own=False)), None)


def review_of_ask(*, shop_id: int, ask_id: int) -> ReviewLine | None:
    """Return the review that an ask brought, or None."""
    return next(iter(_lines(shop_id, Review.ask_id == ask_id, limit=1)), None)


def unanswered(shop_id: int) -> int:
    """Return how many reviews wait for the shop's answer; MOST_COUNTED + 1 stands for all above it."""
    waiting = (
        select(Review.id)
        .where(Review.shop_id == shop_id, Review.answered_at.is_(None), ~is_hidden(shop_id, Review.id))
        .limit(MOST_COUNTED + 1)
        .subquery()
    )
    return int(db.session.scalar(select(func.count()).select_from(waiting)) or 0)


# What everybody sees of it, as columns.
_SHOWN: tuple[Any, ...] = (
    Review.id,
    Review.customer_id,
    Review.stars,
    Review.mood,
    Review.text,
    Review.shown_name,
    Review.reward,
    Review.at,
    Visit.at.label("visited_at"),
    ReviewAsk.token,
    ReviewReply.text.label("reply"),
    ReviewReply.at.label("replied_at"),
)
# What its writer or the shop may see of it besides.
_OWN: tuple[Any, ...] = (Customer.name, Customer.erased_at, ReviewHiding.cause, ReviewHiding.note)
_NOT_OWN: tuple[Any, ...] = ("", None, "", "")


def _lines(shop_id: int, *where: Any, limit: int, own: bool = True) -> list[ReviewLine]:
    asked = (
        select(*_SHOWN, *(_OWN if own else ()))
        .join(ReviewAsk, (ReviewAsk.shop_id == Review.shop_id) & (ReviewAsk.id == Review.ask_id))
        .join(Visit, (Visit.shop_id == ReviewAsk.shop_id) & (Visit.id == ReviewAsk.visit_id))
        .outerjoin(
            ReviewReply, (ReviewReply.shop_id == Review.shop_id) & (ReviewReply.review_id == Review.id)
        )
        .where(Review.shop_id == shop_id, *where)
        .order_by(Review.id.desc())
        .limit(limit)
    )
    if own:
        asked = asked.join(
            Customer, (Customer.shop_id == Review.shop_id) & (Customer.id == Review.customer_id)
        ).outerjoin(
            ReviewHiding,
            (ReviewHiding.shop_id == Review.shop_id)
            & (ReviewHiding.review_id == Review.id)
            & ReviewHiding.ended_at.is_(None),
        )
    found = db.session.execute(asked).all()
    ids = [row.id for row in found]
    photos, goods = photos_of_reviews(shop_id, ids), _goods(shop_id, ids)
    unseen = unseen_of_reviews(shop_id, ids) if own else {}
    refused = refused_of_reviews(shop_id, ids) if own else {}
    lines = []
    for row in found:
        own_part: tuple[Any, ...] = row[len(_SHOWN) :] or _NOT_OWN
        name, erased_at, cause, note = own_part
        lines.append(
            ReviewLine(
                id=row.id,
                customer_id=row.customer_id,
                stars=row.stars,
                mood=row.mood,
                text=row.text,
                shown_name=row.shown_name,
                reward=row.reward,
                disclosed=given_rules.disclosure(row.reward),
                at=row.at,
                visited_at=row.visited_at,
                token=row.token,
                reply=row.reply or "",
                replied_at=row.replied_at,
                customer_name=name,
                photos=photos.get(row.id, []),
                is_left=erased_at is not None,
                goods=goods.get(row.id, []),
                hidden=cause or "",
                note=note or "",
                unseen=unseen.get(row.id, 0),
                refused=tuple(refused.get(row.id, ())),
            )
        )
    return lines


def _goods(shop_id: int, review_ids: list[int]) -> dict[int, list[str]]:
    found: defaultdict[int, list[str]] = defaultdict(list)
    if review_ids:
        rows = db.session.execute(
            select(ReviewGoods.review_id, Product.name)
            .join(Product, (Product.shop_id == ReviewGoods.shop_id) & (Product.id == ReviewGoods.product_id))
            .where(ReviewGoods.shop_id == shop_id, ReviewGoods.review_id.in_(review_ids))
            .order_by(Product.name)
        )
        for number, name in rows:
            found[number].append(name)
    return found
