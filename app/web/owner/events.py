"""이벤트 on the owner's side: written, opened, watched, drawn, handed over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import current_app, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.board import event_rules as rules
from app.board import event_words, events, stories
from app.board.events import EventLine
from app.flows import event as flow
from app.insights import groups
from app.kit.clock import kst_day
from app.kit.refusals import Invalid, Refused
from app.kit.signing import new_token
from app.web import answers
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked, own_picture
from app.web.owner.blueprint import bp
from app.web.owner.noted import note_look
from app.web.pictures import picture
from app.web.readable import row_number

_BOTH = ("GET", "POST")
_EMPTY = {
    "title": "",
    "prize": "",
    "winners": "1",
    "text": "",
    "first_day": "",
    "last_day": "",
    "visits": "0",
    "group": "all",
    "asks": "",
}


@door(bp, "/owner/events", audience="owner", role="manager", tenant="session")
def shop_events() -> ResponseReturnValue:
    """Show every event, newest first."""
    after = row_number(request.args.get("after"))
    page = events.events(current_staff().shop.id, now=now(), after=after, drafts=True)
    kept = _kept_from()
    lines = [line for line in page.lines if line.group not in kept]
    return render_template("owner/events.html", lines=lines, after=page.after)


def draws_waiting(moment: datetime) -> list[EventLine]:
    """Return the events that wait for their draw and are for this role's eyes."""
    shop = current_staff().shop
    lines = events.waiting_for_draw(shop.id, now=moment) if shop.has(flow.USE) else []
    kept = _kept_from() if any(line.group for line in lines) else frozenset()
    return [line for line in lines if line.group not in kept]


def _kept_from() -> frozenset[str]:
    """Return the groups that are not for this role's eyes: their events are not either, as with news."""
    staff = current_staff()
    return groups.kept_from(staff.shop.id, staff.role)


@door(
    bp,
    "/owner/events/new",
    methods=_BOTH,
    audience="owner",
    role="manager",
    tenant="session",
    max_bytes=own_picture.FORM_BYTES,
)
def new_event() -> ResponseReturnValue:
    """Begin an event; saved, it is shown as customers will see it before anybody does."""
    return _form(None)


@door(
    bp,
    "/owner/events/<int:event_id>/form",
    methods=_BOTH,
    audience="owner",
    role="manager",
    tenant="session",
    max_bytes=own_picture.FORM_BYTES,
)
def event_form(event_id: int) -> ResponseReturnValue:
    """Change an event that nobody has seen yet."""
    line = line_of(event_id)
    if line.state != "draft":
        if request.method == "POST":
            raise rules.AlreadyShown
        return see_other(url_for("owner.shop_event", event_id=event_id))
    return _form(line)


def _form(line: EventLine | None) -> ResponseReturnValue:
    staff = current_staff()
    typed: dict[str, Any] = _typed_of(line) if line else {**_EMPTY, "age14": True}
    names = groups.names(staff.shop.id, staff.role)
    may_ask = _may_ask(line)
    page: dict[str, Any] = {
        "line": line,
        "asks": [(key, words) for key, words in rules.ASKS.items() if key in may_ask],
        "groups": list(names.items()),
        "visit_choices": list(rules.VISIT_CHOICES.items()),
        "today": kst_day(now()).isoformat(),
        "once": new_token(),
    }
    if request.method == "GET":
        return render_template("owner/event_form.html", typed=typed, wrong={}, **page)
    typed = {name: asked.text(name) for name in _EMPTY} | {"age14": asked.text("age14") == "y"}
    try:
        clean = rules.clean_event(**typed, groups=names, today=kst_day(now()), may_ask=may_ask)
        event_id = flow.save(
            shop_id=staff.shop.id,
            staff_id=staff.staff_id,
            clean=clean,
            once=asked.once(),
            event_id=line.id if line else None,
            now=now(),
        )
    except Invalid as error:
        wrong = answers.in_order(error.fields, typed)
        return answers.invalid("owner/event_form.html", typed=typed, wrong=wrong, **page)
    row = flow.pictured(shop_id=staff.shop.id, event_id=event_id)
    if line is not None and own_picture.drop_if_asked(row):
        return see_other(url_for("owner.event_form", event_id=event_id))
    if refused := own_picture.take(row):
        page |= {"line": line_of(event_id), "wrong": {"photo": refused}}
        return answers.invalid("owner/event_form.html", typed=typed, **page)
    return see_other(url_for("owner.shop_event", event_id=event_id))


def _may_ask(line: EventLine | None) -> tuple[str, ...]:
    """Return what of rules.ASKS this shop's customers can do, and what the event asks for already."""
    decided = stories.settings(current_staff().shop.id)
    return (
        "",
        *(("photo",) if decided.has_stories else ()),
        *(("post",) if decided.has_board else ()),
        *((line.asks,) if line else ()),
    )


def _typed_of(line: EventLine) -> dict[str, Any]:
    first, last = line.days
    conditions: Mapping[str, Any] = line.conditions
    return {
        "title": line.title,
        "prize": line.prize,
        "winners": str(line.winners),
        "text": line.text,
        "first_day": first.isoformat(),
        "last_day": last.isoformat(),
        "visits": str(conditions.get("visits", 0)),
        "group": conditions.get("group") or "all",
        "age14": bool(conditions.get("age14")),
        "asks": line.asks,
    }


@door(bp, "/owner/events/<int:event_id>", audience="owner", role="manager", tenant="session")
def shop_event(event_id: int) -> ResponseReturnValue:
    """Show one event: what comes next with it, how many entered, who won and has the prize."""
    line = line_of(event_id)
    return render_template("owner/event.html", **_page(line))


def _page(line: EventLine) -> dict[str, Any]:
    shop, shop_id = current_staff().shop, current_staff().shop.id
    at = url_for("public.shop_event", code=shop.code, event_id=line.id)
    won = events.winners(shop_id=shop_id, event_id=line.id) if line.state == "drawn" else []
    if won:
        note_look("list")
    name = groups.names(shop_id).get(line.group, "없어진 그룹") if line.group else ""
    return {
        "line": line,
        "won": won,
        "who_may": event_words.condition_words(line.conditions, name),
        "link": f"{current_app.config['BASE_URL']}{at}",
        "wrong": "",
    }


def line_of(event_id: int) -> EventLine:
    """Return one of the shop's. Raises NoSuchEvent for another's, and for a group that is not for this role's eyes."""
    line = events.event(shop_id=current_staff().shop.id, event_id=event_id, now=now(), drafts=True)
    if line is None or line.group in _kept_from():
        raise rules.NoSuchEvent
    return line


def _done(event_id: int, said: str) -> ResponseReturnValue:
    flash(said)
    return see_other(url_for("owner.shop_event", event_id=event_id))


def _whose(event_id: int) -> dict[str, Any]:
    staff = current_staff()
    line_of(event_id)
    return {"shop_id": staff.shop.id, "staff_id": staff.staff_id, "event_id": event_id, "now": now()}


@door(bp, "/owner/events/<int:event_id>/photo", audience="owner", role="manager", tenant="session")
def event_picture(event_id: int) -> ResponseReturnValue:
    """Answer its picture."""
    line = line_of(event_id)
    return picture(events.open_photo(line, current_staff().shop.id), kept="private, max-age=300")


def _refused(event_id: int, refusal: Refused) -> ResponseReturnValue:
    return answers.invalid(
        "owner/event.html", **(_page(line_of(event_id)) | {"wrong": refusal.sentence}), status=refusal.status
    )


@door(
    bp,
    "/owner/events/<int:event_id>/opening",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def open_event(event_id: int) -> ResponseReturnValue:
    """Let the customers see it, and enter from its first day on."""
    try:
        flow.show(**_whose(event_id))
    except (rules.EventOver, rules.EventCancelled, rules.NothingToDo) as refusal:
        return _refused(event_id, refusal)
    return _done(event_id, "이벤트를 열었어요. 손님 카드와 가게 화면에 보여요")


@door(
    bp,
    "/owner/events/<int:event_id>/cancellation",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def cancel_event(event_id: int) -> ResponseReturnValue:
    """Take it back before the draw."""
    try:
        flow.cancel(**_whose(event_id))
    except rules.AlreadyDrawn as refusal:
        return _refused(event_id, refusal)
    return _done(event_id, "이벤트를 그만두었어요. 참여한 손님의 카드에도 그렇게 보여요")


@door(
    bp,
    "/owner/events/<int:event_id>/draw",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def draw_event(event_id: int) -> ResponseReturnValue:
    """Draw now."""
    try:
        many = flow.draw(**_whose(event_id))
    except (rules.StillOpen, rules.EventCancelled) as refusal:
        return _refused(event_id, refusal)
    return _done(
        event_id,
        f"{many}명을 뽑았어요. 뽑히신 분께 알려 드려요" if many else "참여한 분이 없어서 뽑힌 분도 없어요",
    )


@door(
    bp,
    "/owner/events/<int:event_id>/handovers",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def hand_prize(event_id: int) -> ResponseReturnValue:
    """드렸어요, or taken back (`given` empty)."""
    is_given = asked.text("given") == "y"
    flow.give(**_whose(event_id), rank=asked.number("rank") or 0, is_given=is_given)
    return _done(event_id, "드렸다고 적었어요" if is_given else "아직 안 드린 것으로 되돌렸어요")
