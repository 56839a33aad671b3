"""A 단체 문자 about an event that is open or to come: a draft that the owner goes on with."""

from __future__ import annotations

from datetime import datetime

from app.board import event_words, events
from app.board.event_rules import EventCancelled, EventOver, NoSuchEvent
from app.flows import tell_of


def tell(*, shop_id: int, staff_id: int, event_id: int, link: str, now: datetime) -> int:
    """Begin a 단체 문자 with an event, for whom it is for; returns its id, the same one for a second tap.

    `link`: where everybody reads it. Raises NoSuchEvent, EventCancelled, and EventOver for one nobody can enter any
    more.
    """
    line = events.event(shop_id=shop_id, event_id=event_id, now=now)
    if line is None:
        raise NoSuchEvent
    if line.state == "cancelled":
        raise EventCancelled
    if line.state not in ("soon", "open"):
        raise EventOver
    return tell_of.begin(
        shop_id=shop_id,
        staff_id=staff_id,
        group=line.group,
        once=f"event-{event_id}",
        text=event_words.letter(
            title=line.title, prize=line.prize, winners=line.winners, last=line.days[1], link=link
        ),
        picture=line.photo,
        now=now,
    )
