"""What an event asks for beside the button: a photo or a post of the time it runs. Reads."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from app.board.events import EventLine
from app.board.story_models import Story
from app.board.talk_models import Post
from app.extensions import db

# Where it is found, by the keys of event_rules.ASKS that ask for something.
DONE_IN: dict[str, Any] = {"photo": Story, "post": Post}


def done_where(model: Any, *, shop_id: int, event_id: int, since: datetime, who: int) -> tuple[Any, ...]:
    """Return which rows of a table count for an event. What was sent for another one counts for that one."""
    return (
        model.shop_id == shop_id,
        model.customer_id == who,
        model.at >= since,
        model.hidden_at.is_(None),
        or_(model.event_id.is_(None), model.event_id == event_id),
    )


def is_done(line: EventLine, *, shop_id: int, customer_id: int) -> bool:
    """Tell whether a person has done what an event asks for; True where it asks for nothing."""
    model = DONE_IN.get(line.asks)
    if model is None:
        return True
    where = done_where(model, shop_id=shop_id, event_id=line.id, since=line.starts_at, who=customer_id)
    return db.session.scalar(select(model.id).where(*where).limit(1)) is not None
