"""Changes to what customers show, and to what a shop decided about it. Flush, never commit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select

from app.board.story_models import Story, StoryPhoto
from app.board.story_rules import CleanStory
from app.board.talk_models import BoardSetting
from app.kit.clock import kst_day, start_of_day
from app.kit.upsert import insert_into
from app.reviews.models import Photo


def settings(session: Any, *, shop_id: int) -> BoardSetting | None:
    """Return what a shop decided, None when it decided nothing."""
    found: BoardSetting | None = session.scalar(select(BoardSetting).where(BoardSetting.shop_id == shop_id))
    return found


def takes(session: Any, *, shop_id: int, what: str) -> bool:
    """Tell whether a shop's customers can do what an event asks for (a key of event_rules.ASKS)."""
    decided = settings(session, shop_id=shop_id)
    if what == "post":
        return decided is not None and decided.has_board
    return what != "photo" or decided is None or decided.has_stories


def put_settings(
    session: Any, *, shop_id: int, has_board: bool, has_stories: bool, checks_first: bool, now: datetime
) -> None:
    """Save what a shop decided; what is shown already stays shown."""
    facts = {
        "has_board": has_board,
        "has_stories": has_stories,
        "checks_first": checks_first,
        "changed_at": now,
    }
    session.execute(
        insert_into(session, BoardSetting)
        .values(shop_id=shop_id, **facts)
        .on_conflict_do_update(index_elements=["shop_id"], set_=facts)
    )


def by_once(session: Any, *, shop_id: int, once: str) -> Story | None:
    """Return what this form sent before."""
    found: Story | None = session.scalar(select(Story).where(Story.shop_id == shop_id, Story.once == once))
    return found


def story(session: Any, *, shop_id: int, story_id: int, customer_id: int | None = None) -> Story | None:
    """Return a contribution of this shop, of this person where one is named; held until the flow ends (PostgreSQL)."""
    asked = select(Story).where(Story.shop_id == shop_id, Story.id == story_id)
    if customer_id is not None:
        asked = asked.where(Story.customer_id == customer_id)
    found: Story | None = session.scalar(asked.with_for_update().execution_options(populate_existing=True))
    return found


def whose(session: Any, *, shop_id: int, story_id: int) -> int | None:
    """Return whose contribution of this shop it is."""
    found: int | None = session.scalar(
        select(Story.customer_id).where(Story.shop_id == shop_id, Story.id == story_id)
    )
    return found


def is_one_waiting(session: Any, *, row: Story) -> bool:
    """Tell whether a photo of a contribution is still made anew: nobody has seen it yet."""
    found = (
        select(StoryPhoto.photo_id)
        .join(Photo, (Photo.shop_id == StoryPhoto.shop_id) & (Photo.id == StoryPhoto.photo_id))
        .where(StoryPhoto.shop_id == row.shop_id, StoryPhoto.story_id == row.id, Photo.state == "waiting")
    )
    return session.scalar(found.limit(1)) is not None


def sent_today(session: Any, *, shop_id: int, customer_id: int, now: datetime) -> int:
    """Return how many a person sent on this Korean day."""
    today = kst_day(now)
    return int(
        session.scalar(
            select(func.count(Story.id)).where(
                Story.shop_id == shop_id,
                Story.customer_id == customer_id,
                Story.at >= start_of_day(today),
                Story.at < start_of_day(today + timedelta(days=1)),
            )
        )
    )


def add(
    session: Any,
    *,
    shop_id: int,
    customer_id: int,
    clean: CleanStory,
    photo_ids: Sequence[int],
    shown_name: str,
    once: str,
    agreed: bool,
    passed: bool,
    now: datetime,
) -> Story:
    """Write a contribution down with its photos. Raises IntegrityError for a used once-key."""
    made = Story(
        shop_id=shop_id,
        customer_id=customer_id,
        once=once,
        sort=clean.sort,
        text=clean.text,
        link=clean.link,
        shown_name=shown_name,
        agreed_at=now if agreed else None,
        passed_at=now if passed else None,
        at=now,
    )
    session.add(made)
    session.flush()
    session.add_all(
        StoryPhoto(shop_id=shop_id, story_id=made.id, photo_id=photo_id) for photo_id in photo_ids
    )
    session.flush()
    return made


def remove(session: Any, *, row: Story) -> list[str]:
    """Delete a contribution and its photos; returns the refs of the files, which go once this is committed."""
    refs = _drop_photos(session, shop_id=row.shop_id, story_ids=[row.id])
    session.delete(row)
    session.flush()
    return refs


def forget(session: Any, *, shop_id: int, customer_id: int) -> list[str]:
    """Delete everything a person showed; returns the refs of the files."""
    mine = list(
        session.scalars(select(Story.id).where(Story.shop_id == shop_id, Story.customer_id == customer_id))
    )
    if not mine:
        return []
    refs = _drop_photos(session, shop_id=shop_id, story_ids=mine)
    session.execute(
        delete(Story)
        .where(Story.shop_id == shop_id, Story.id.in_(mine))
        .execution_options(synchronize_session=False)
    )
    return refs


def _drop_photos(session: Any, *, shop_id: int, story_ids: Sequence[int]) -> list[str]:
    of_these = (StoryPhoto.shop_id == shop_id, StoryPhoto.story_id.in_(story_ids))
    photo_ids = list(session.scalars(select(StoryPhoto.photo_id).where(*of_these)))
    session.execute(delete(StoryPhoto).where(*of_these).execution_options(synchronize_session=False))
    gone = session.scalars(
        delete(Photo)
        .where(Photo.shop_id == shop_id, Photo.id.in_(photo_ids))
        .returning(Photo.ref)
        .execution_options(synchronize_session=False)
    )
    return list(gone)
