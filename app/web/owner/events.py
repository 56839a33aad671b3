"""이벤트 on the owner's side: written, opened, watched, drawn, handed over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.board import event_rules as rules
from app.board import events
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
from app.web.owner import asked
from app.web.owner.blueprint import bp
from app.web.owner.noted import note_look
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
}


@door(bp, "/owner/events", audience="owner", role="manager", tenant="session")
def shop_events() -> ResponseReturnValue:
    """Show every event, newest first."""
    after = row_number(request.args.get("after"))
    page = events.events(current_staff().shop.id, now=now(), after=after, drafts=True)
    return render_template("owner/events.html", page=page)


@door(bp, "/owner/events/new", methods=_BOTH, audience="owner", role="manager", tenant="session")
def new_event() -> ResponseReturnValue:
    """Begin an event; saved, it is shown as customers will see it before anybody does."""
    return _form(None)


@door(
    bp, "/owner/events/<int:event_id>/form", methods=_BOTH, audience="owner", role="manager", tenant="session"
)
def event_form(event_id: int) -> ResponseReturnValue:
    """Change an event that nobody has seen yet."""
    line = _line(event_id)
    if line.state != "draft":
        if request.method == "POST":
            raise rules.AlreadyShown
        return see_other(url_for("owner.shop_event", event_id=event_id))
    return _form(line)


def _form(line: EventLine | None) -> ResponseReturnValue:
    staff = current_staff()
    typed: dict[str, Any] = _typed_of(line) if line else {**_EMPTY, "age14": True}
    names = groups.names(staff.shop.id, staff.role)
    page: dict[str, Any] = {
        "line": line,
        "groups": list(names.items()),
        "visit_choices": list(rules.VISIT_CHOICES.items()),
        "today": kst_day(now()).isoformat(),
        "once": new_token(),
    }
    if request.method == "GET":
        return render_template("owner/event_form.html", typed=typed, wrong={}, **page)
    typed = {name: asked.text(name) for name in _EMPTY} | {"age14": asked.text("age14") == "y"}
    try:
        clean = rules.clean_event(**typed, groups=names, today=kst_day(now()))
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
    return see_other(url_for("owner.shop_event", event_id=event_id))


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
    }


@door(bp, "/owner/events/<int:event_id>", audience="owner", role="manager", tenant="session")
def shop_event(event_id: int) -> ResponseReturnValue:
    """Show one event: what comes next with it, how many entered, who won and has the prize."""
    line = _line(event_id)
    return render_template("owner/event.html", **_page(line))


def _page(line: EventLine) -> dict[str, Any]:
    shop_id = current_staff().shop.id
    won = events.winners(shop_id=shop_id, event_id=line.id) if line.state == "drawn" else []
    if won:
        note_look("list")
    group = line.conditions.get("group", "")
    name = groups.names(shop_id).get(group, "없어진 그룹") if group else ""
    return {"line": line, "won": won, "who_may": rules.condition_words(line.conditions, name), "wrong": ""}


def _line(event_id: int) -> EventLine:
    line = events.event(shop_id=current_staff().shop.id, event_id=event_id, now=now(), drafts=True)
    if line is None:
        raise rules.NoSuchEvent
    return line


def _done(event_id: int, said: str) -> ResponseReturnValue:
    flash(said)
    return see_other(url_for("owner.shop_event", event_id=event_id))


def _whose(event_id: int) -> dict[str, Any]:
    staff = current_staff()
    return {"shop_id": staff.shop.id, "staff_id": staff.staff_id, "event_id": event_id, "now": now()}


def _refused(event_id: int, refusal: Refused) -> ResponseReturnValue:
    return answers.invalid(
        "owner/event.html", **(_page(_line(event_id)) | {"wrong": refusal.sentence}), status=refusal.status
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
    except (rules.EventOver, rules.EventCancelled) as refusal:
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
