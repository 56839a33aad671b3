"""Changes to posts, comments, questions and reports. Flush, never commit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update

from app.board.story_models import Story
from app.board.talk_models import Post, PostComment, Question, Report
from app.board.talk_rules import MINE
from app.kit.clock import kst_day, start_of_day
from app.reviews.models import Review

# What a report's one word stands for.
_TABLES: dict[str, Any] = {
    "review": Review,
    "story": Story,
    "post": Post,
    "comment": PostComment,
    "question": Question,
}


def by_once(session: Any, model: Any, *, shop_id: int, once: str) -> Any:
    """Return the row of a table that this form wrote before."""
    return session.scalar(select(model).where(model.shop_id == shop_id, model.once == once))


def row(session: Any, what: str, *, shop_id: int, row_id: int) -> Any:
    """Return a thing people may report ("post", "story" …), held until the flow ends (PostgreSQL); None: not there."""
    model = _TABLES[what]
    return session.scalar(
        select(model)
        .where(model.shop_id == shop_id, model.id == row_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def whose(session: Any, what: str, *, shop_id: int, row_id: int) -> int | None:
    """Return who wrote a thing; None for the shop's own, and for one of somebody who left."""
    model = _TABLES[what]
    found: int | None = session.scalar(
        select(model.customer_id).where(model.shop_id == shop_id, model.id == row_id)
    )
    return found


def written_today(session: Any, model: Any, *, shop_id: int, customer_id: int, now: datetime) -> int:
    """Return how many rows of a table are a person's of this Korean day."""
    today = kst_day(now)
    return int(
        session.scalar(
            select(func.count(model.id)).where(
                model.shop_id == shop_id,
                model.customer_id == customer_id,
                model.at >= start_of_day(today),
                model.at < start_of_day(today + timedelta(days=1)),
            )
        )
    )


def add(session: Any, made: Any) -> Any:
    """Write a row down. Raises IntegrityError for a used once-key, or a report that is there."""
    session.add(made)
    session.flush()
    return made


def count_comments(session: Any, *, shop_id: int, post_id: int) -> None:
    """Let a post say how many comments are shown under it. The post is held before they are counted (PostgreSQL):
    else who took one down meanwhile would count what they did not see."""
    session.execute(select(Post.id).where(Post.shop_id == shop_id, Post.id == post_id).with_for_update())
    shown = (
        select(func.count(PostComment.id))
        .where(
            PostComment.shop_id == shop_id, PostComment.post_id == post_id, PostComment.hidden_at.is_(None)
        )
        .scalar_subquery()
    )
    session.execute(
        update(Post)
        .where(Post.shop_id == shop_id, Post.id == post_id)
        .values(comments=shown)
        .execution_options(synchronize_session=False)
    )


def take_down(session: Any, *, thing: Any, cause: str, now: datetime) -> None:
    """Hide a thing for a cause, or (MINE) because its writer took it down; it keeps its row."""
    if thing.hidden_at is None:
        thing.hidden_at, thing.hidden_cause = now, cause
    session.flush()
    if isinstance(thing, PostComment):
        count_comments(session, shop_id=thing.shop_id, post_id=thing.post_id)


def put_back(session: Any, *, thing: Any) -> None:
    """Show again what the shop hid; what its writer took down stays down."""
    if thing.hidden_cause != MINE:
        thing.hidden_at, thing.hidden_cause = None, ""
    session.flush()
    if isinstance(thing, PostComment):
        count_comments(session, shop_id=thing.shop_id, post_id=thing.post_id)


def settle(
    session: Any, *, shop_id: int, what: str, row_ids: Sequence[int], staff_id: int | None, now: datetime
) -> int:
    """Close every open report of some things; returns how many."""
    done = session.execute(
        update(Report)
        .where(
            Report.shop_id == shop_id,
            Report.what == what,
            Report.row_id.in_(row_ids),
            Report.settled_at.is_(None),
        )
        .values(settled_at=now, settled_by=staff_id)
        .execution_options(synchronize_session=False)
    )
    return int(done.rowcount)


def is_reported(session: Any, *, shop_id: int, what: str, row_id: int) -> bool:
    """Tell whether a report of one thing waits for the shop."""
    found = session.scalar(
        select(Report.id)
        .where(
            Report.shop_id == shop_id,
            Report.what == what,
            Report.row_id == row_id,
            Report.settled_at.is_(None),
        )
        .limit(1)
    )
    return found is not None


def report_of(session: Any, *, shop_id: int, customer_id: int, what: str, row_id: int) -> Report | None:
    """Return what a person reported of one thing before."""
    found: Report | None = session.scalar(
        select(Report).where(
            Report.shop_id == shop_id,
            Report.customer_id == customer_id,
            Report.what == what,
            Report.row_id == row_id,
        )
    )
    return found


def forget(session: Any, *, shop_id: int, customer_id: int, now: datetime) -> None:
    """Delete what a person said in public, as far as others do not stand on it.

    A post that others answered keeps its place without a word of theirs, so that the answers stay.
    """
    posts = set(session.scalars(_mine(PostComment.post_id, PostComment, shop_id, customer_id)))
    for what in _TABLES:
        model = _TABLES[what]
        ids = list(session.scalars(_mine(model.id, model, shop_id, customer_id)))
        settle(session, shop_id=shop_id, what=what, row_ids=ids, staff_id=None, now=now)
    for model in (Report, Question, PostComment):
        session.execute(
            delete(model)
            .where(model.shop_id == shop_id, model.customer_id == customer_id)
            .execution_options(synchronize_session=False)
        )
    for post_id in sorted(posts):
        count_comments(session, shop_id=shop_id, post_id=post_id)
    session.execute(
        update(Post)
        .where(Post.shop_id == shop_id, Post.customer_id == customer_id)
        .values(customer_id=None, shown_name="", title="", text="", hidden_at=now, hidden_cause=MINE)
        .execution_options(synchronize_session=False)
    )


def _mine(column: Any, model: Any, shop_id: int, customer_id: int) -> Any:
    return select(column).where(model.shop_id == shop_id, model.customer_id == customer_id)
