"""A shop's events for everybody, and the result that anybody can check."""

from __future__ import annotations

from flask import Response, current_app, render_template, request
from flask.typing import ResponseReturnValue

from app.board import draw_rules, events
from app.board.event_rules import NoSuchEvent
from app.board.events import LISTED, EventLine
from app.web.doors import door, now
from app.web.guards import current_shop
from app.web.pictures import picture
from app.web.public.blueprint import bp
from app.web.readable import row_number


@door(bp, "/s/<code>/events", audience="public", tenant="code")
def shop_events(code: str) -> ResponseReturnValue:
    """Show a shop's events, newest first."""
    shop, after = current_shop(), row_number(request.args.get("after"))
    return render_template(
        "public/events.html", shop=shop, page=events.events(shop.id, now=now(), after=after)
    )


@door(bp, "/s/<code>/events/<int:event_id>", audience="public", tenant="code")
def shop_event(code: str, event_id: int) -> ResponseReturnValue:
    """Show one event: how it is drawn, and once it was, the seed, the tickets and who won."""
    shop, line = current_shop(), _line(event_id)
    is_drawn = line.state == "drawn"
    return render_template(
        "public/event.html",
        shop=shop,
        line=line,
        won=events.winners(shop_id=shop.id, event_id=line.id) if is_drawn else [],
        tickets=events.tickets(shop_id=shop.id, event_id=line.id, limit=LISTED) if is_drawn else [],
        script=draw_rules.SCRIPT,
        base_url=current_app.config["BASE_URL"],
    )


@door(bp, "/s/<code>/events/<int:event_id>/photo", audience="public", tenant="code")
def event_photo(code: str, event_id: int) -> ResponseReturnValue:
    """Answer its picture."""
    return picture(events.open_photo(_line(event_id), current_shop().id), kept="private, max-age=300")


@door(bp, "/s/<code>/events/<int:event_id>/draw.txt", audience="public", tenant="code")
def event_proof(code: str, event_id: int) -> ResponseReturnValue:
    """The same as a file: with it anybody draws again."""
    line = _line(event_id)
    if line.state != "drawn":
        raise NoSuchEvent
    tickets = events.tickets(shop_id=current_shop().id, event_id=line.id)
    text = draw_rules.proof_text(title=line.title, seed=line.seed, tickets=tickets, winners=line.winners)
    answer = Response(text, content_type="text/plain; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="draw-{line.id}.txt"'
    return answer


def _line(event_id: int) -> EventLine:
    line = events.event(shop_id=current_shop().id, event_id=event_id, now=now())
    if line is None:
        raise NoSuchEvent
    return line
