"""An event told elsewhere: begun as a 단체 문자, or as words and a picture for the shop's own page on another site."""

from __future__ import annotations

from flask import current_app, url_for
from flask.typing import ResponseReturnValue

from app.board.events import EventLine
from app.flows import event_tell as flow
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.drawn import said_of_event
from app.web.guards import current_staff
from app.web.owner import captions
from app.web.owner.blueprint import bp
from app.web.owner.events import line_of


@door(
    bp,
    "/owner/events/<int:event_id>/campaign",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def tell_event(event_id: int) -> ResponseReturnValue:
    """Begin a 단체 문자 with it; its own steps ask the rest, and nothing goes before they are through."""
    staff, line = current_staff(), line_of(event_id)
    made = flow.tell(
        shop_id=staff.shop.id, staff_id=staff.staff_id, event_id=event_id, link=_address(line), now=now()
    )
    return see_other(url_for("owner.campaign_text", campaign_id=made))


@door(bp, "/owner/events/<int:event_id>/caption", audience="owner", role="manager", tenant="session")
def event_caption(event_id: int) -> ResponseReturnValue:
    """Show the words and the picture to post on the shop's own page elsewhere."""
    line = line_of(event_id)
    said = said_of_event(current_staff().shop, line).text
    return captions.caption_page(
        line,
        text="\n\n".join(filter(None, (said, line.text))),
        link=_address(line),
        back=url_for("owner.shop_event", event_id=line.id),
        picture=url_for("owner.event_square", event_id=line.id, v=line.photo or None),
        stays="이벤트는 바뀌지 않아요.",
    )


@door(bp, "/owner/events/<int:event_id>/square", audience="owner", role="manager", tenant="session")
def event_square(event_id: int) -> ResponseReturnValue:
    """Answer its picture, 1080 × 1080."""
    return captions.square_of(said_of_event(current_staff().shop, line_of(event_id), captions.foot()))


def _address(line: EventLine) -> str:
    at = url_for("public.shop_event", code=current_staff().shop.code, event_id=line.id)
    return f"{current_app.config['BASE_URL']}{at}"
