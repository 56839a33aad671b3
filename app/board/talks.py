"""Reads about the board and the questions in public: keyset pages, newest first; what is hidden is not there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from app.board.story_rules import over
from app.board.talk_models import Post, PostComment, Question
from app.board.talk_rules import MINE
from app.customers.models import Customer
from app.extensions import db
from app.visits.models import Product

# The home counts what waits up to here.
MOST_COUNTED = 99


@dataclass(frozen=True)
class PostLine:
    """One post. `by_shop`: the shop's own; `customer_id` says whose it is, None also for one who left."""

    id: int
    customer_id: int | None
    by_shop: bool
    shown_name: str
    title: str
    text: str
    is_first: bool
    comments: int
    at: datetime
    hidden_at: datetime | None
    hidden_cause: str
    event_id: int | None
    works_here: bool  # who wrote it with a card of their own is of the shop
    tried: str = ""  # what who wrote it had got as a tester (app/testers/disclosing.py)

    @property
    def over(self) -> str:
        """What must stand before it: whose it is, what was to be won by it, or had been got. "" for nothing."""
        return over(is_for_event=self.event_id is not None, tried=self.tried, works_here=self.works_here)

    @property
    def who(self) -> str:
        """The name as the others see it, "" for the shop's own."""
        return "" if self.by_shop else f"{self.shown_name} 님" if self.shown_name else "손님"


@dataclass(frozen=True)
class CommentLine:
    """One comment under a post."""

    id: int
    customer_id: int | None
    by_shop: bool
    shown_name: str
    text: str
    at: datetime

    @property
    def who(self) -> str:
        """The name as the others see it, "" for the shop's own."""
        return "" if self.by_shop else f"{self.shown_name} 님" if self.shown_name else "손님"


@dataclass(frozen=True)
class QuestionLine:
    """One question with the shop's answer, "" while there is none."""

    id: int
    customer_id: int
    product: str
    shown_name: str
    text: str
    at: datetime
    answer: str
    answered_at: datetime | None
    hidden_at: datetime | None
    hidden_cause: str

    @property
    def who(self) -> str:
        """The name as the public sees it."""
        return f"{self.shown_name} 님" if self.shown_name else "손님"


@dataclass(frozen=True)
class Lines:
    """Some of them; `after` asks for the next ones, None at the end."""

    lines: list[Any]
    after: int | None


def _page(found: list[Any], limit: int) -> Lines:
    return Lines(found[:limit], found[limit - 1].id if len(found) > limit else None)


def posts(shop_id: int, *, after: int | None = None, limit: int = 20) -> Lines:
    """Return a shop's posts, newest first; the pinned ones stand above the first page (pinned())."""
    where: list[Any] = [Post.hidden_at.is_(None), Post.is_first.is_(False)]
    if after is not None:
        where.append(Post.id < after)
    return _page(_posts(shop_id, where, limit + 1), limit)


def pinned(shop_id: int) -> list[PostLine]:
    """Return the few posts that the shop keeps on top."""
    return _posts(shop_id, [Post.hidden_at.is_(None), Post.is_first.is_(True)], 5)


def post(*, shop_id: int, post_id: int, hidden: bool = False) -> PostLine | None:
    """Return one post; a hidden one only with `hidden`, and never one whose writer took it down."""
    where = [Post.id == post_id, Post.hidden_cause != MINE]
    if not hidden:
        where.append(Post.hidden_at.is_(None))
    return next(iter(_posts(shop_id, where, 1)), None)


def posts_of(*, shop_id: int, customer_id: int, limit: int = 100) -> list[PostLine]:
    """Return what a person posted and did not take down, newest first."""
    return _posts(shop_id, [Post.customer_id == customer_id, Post.hidden_cause != MINE], limit)


def _posts(shop_id: int, where: list[Any], limit: int) -> list[PostLine]:
    rows: Any = db.session.execute(
        select(
            Post.id,
            Post.customer_id,
            Post.staff_id.is_not(None),
            Post.shown_name,
            Post.title,
            Post.text,
            Post.is_first,
            Post.comments,
            Post.at,
            Post.hidden_at,
            Post.hidden_cause,
            Post.event_id,
            Customer.staff_id.is_not(None),
        )
        .outerjoin(Customer, (Customer.shop_id == Post.shop_id) & (Customer.id == Post.customer_id))
        .where(Post.shop_id == shop_id, *where)
        .order_by(Post.id.desc())
        .limit(limit)
    )
    return [PostLine(*row) for row in rows]


def comments(*, shop_id: int, post_id: int, after: int | None = None, limit: int = 50) -> Lines:
    """Return what was said under a post, the oldest first."""
    where: list[Any] = [PostComment.post_id == post_id, PostComment.hidden_at.is_(None)]
    if after is not None:
        where.append(PostComment.id > after)
    return _page(_comments(shop_id, where, limit + 1), limit)


def comments_of(*, shop_id: int, customer_id: int, limit: int = 500) -> list[CommentLine]:
    """Return what a person said under posts and did not take down, the oldest first."""
    where = [PostComment.customer_id == customer_id, PostComment.hidden_cause != MINE]
    return _comments(shop_id, where, limit)


def _comments(shop_id: int, where: list[Any], limit: int) -> list[CommentLine]:
    rows = db.session.execute(
        select(
            PostComment.id,
            PostComment.customer_id,
            PostComment.staff_id.is_not(None),
            PostComment.shown_name,
            PostComment.text,
            PostComment.at,
        )
        .where(PostComment.shop_id == shop_id, *where)
        .order_by(PostComment.id)
        .limit(limit)
    )
    return [CommentLine(*row) for row in rows]


def questions(shop_id: int, *, after: int | None = None, unanswered: bool = False, limit: int = 20) -> Lines:
    """Return the questions asked in public, newest first; `unanswered`: those that wait for the shop."""
    where: list[Any] = [Question.hidden_at.is_(None)]
    if unanswered:
        where.append(Question.answered_at.is_(None))
    if after is not None:
        where.append(Question.id < after)
    return _page(_questions(shop_id, where, limit + 1), limit)


def question(*, shop_id: int, question_id: int) -> QuestionLine | None:
    """Return one question for the shop; never one whose writer took it down."""
    where = [Question.id == question_id, Question.hidden_cause != MINE]
    return next(iter(_questions(shop_id, where, 1)), None)


def questions_of(*, shop_id: int, customer_id: int, limit: int = 100) -> list[QuestionLine]:
    """Return what a person asked and did not take down, newest first."""
    where = [Question.customer_id == customer_id, Question.hidden_cause != MINE]
    return _questions(shop_id, where, limit)


def unanswered_count(shop_id: int) -> int:
    """Return how many questions wait for the shop; MOST_COUNTED + 1 stands for all above it."""
    few = (
        select(Question.id)
        .where(Question.shop_id == shop_id, Question.answered_at.is_(None), Question.hidden_at.is_(None))
        .limit(MOST_COUNTED + 1)
        .subquery()
    )
    return int(db.session.scalar(select(func.count()).select_from(few)) or 0)


def _questions(shop_id: int, where: list[Any], limit: int) -> list[QuestionLine]:
    rows: Any = db.session.execute(
        select(
            Question.id,
            Question.customer_id,
            func.coalesce(Product.name, ""),
            Question.shown_name,
            Question.text,
            Question.at,
            Question.answer,
            Question.answered_at,
            Question.hidden_at,
            Question.hidden_cause,
        )
        .outerjoin(Product, (Product.shop_id == Question.shop_id) & (Product.id == Question.product_id))
        .where(Question.shop_id == shop_id, *where)
        .order_by(Question.id.desc())
        .limit(limit)
    )
    return [QuestionLine(*row) for row in rows]
