"""Below an automation's words: a second text to compare, the ways it may take, and 다시 켜기 when it stands still."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.flows import comparison as flow
from app.flows import going_on
from app.flows.automation import text_fault
from app.kit.particles import josa
from app.kit.refusals import Invalid, NotHere
from app.kit.text import placeholders, stray_braces
from app.messages import comparisons, examples, previews, registry
from app.messages import queries as reads
from app.messages.contract import Wire
from app.messages.previews import Preview
from app.messages.queries import AutomationLine
from app.web import answers
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp
from app.web.owner.noted import note_look


def _wire() -> Wire:
    wire: Wire = current_app.config["WIRE"]
    return wire


def _line(kind: str) -> AutomationLine:
    line = reads.automation(current_staff().shop.id, kind)
    if line is None:
        raise NotHere("그런 메시지는 없어요.")
    return line


def more_of(kind: str) -> dict[str, Any]:
    """Return what an automation's page shows below its words."""
    return {"more": comparisons.more(current_staff().shop.id, registry.kind(kind), wire=_wire())}


@door(
    bp,
    "/owner/messages/<kind>/comparison",
    methods=("GET", "POST"),
    audience="owner",
    role="manager",
    tenant="session",
)
def comparison(kind: str) -> ResponseReturnValue:
    """Show the two texts side by side with how many got each; or begin with a second one."""
    line = _line(kind)
    if not line.can_switch:
        raise NotHere("법이 정한 안내라서 글을 바꿀 수 없어요.")
    if request.method == "GET":
        return render_template("owner/comparison.html", **_page(line, None, {}))
    staff, text_b = current_staff(), asked.text("text_b").replace("\r\n", "\n")
    if request.form.get("look"):
        return render_template("owner/comparison.html", **_page(line, text_b, {}))
    try:
        flow.begin(shop_id=staff.shop.id, staff_id=staff.staff_id, kind=kind, text_b=text_b, now=now())
    except Invalid as error:
        return answers.invalid("owner/comparison.html", **_page(line, text_b, error.fields))
    flash("지금부터 손님을 반씩 나눠서 두 글을 보내요")
    return see_other(url_for("owner.comparison", kind=kind))


@door(
    bp,
    "/owner/messages/<kind>/comparison/preview",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def preview_comparison(kind: str) -> ResponseReturnValue:
    """Show the second text being typed as one real customer would read it (a fragment)."""
    text_b = asked.text("text_b").replace("\r\n", "\n")
    return answers.fragment("owner/comparison.html", "preview", **_page(_line(kind), text_b, {}))


def _page(line: AutomationLine, typed: str | None, wrong: dict[str, str]) -> dict[str, Any]:
    shown = more_of(line.kind)
    text_b = shown["more"].text_b if typed is None else typed
    return {
        **shown,
        "line": line,
        "text_b": text_b,
        "fault": text_fault(registry.kind(line.kind), text_b.strip()) if text_b.strip() else None,
        "examples": examples.examples(current_staff().shop.id, registry.kind(line.kind)),
        "first": _preview(line, line.text),
        "second": _preview(line, text_b),
        "wrong": wrong,
    }


def _preview(line: AutomationLine, text: str) -> Preview | None:
    if not text.strip() or placeholders(text) - set(line.placeholders) or stray_braces(text):
        return None
    note_look("preview")  # filled in for a real customer
    return previews.preview(current_staff().shop.id, line.kind, wire=_wire(), now=now(), text=text.strip())


@door(
    bp,
    "/owner/messages/<kind>/comparison/end",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def end_comparison(kind: str) -> ResponseReturnValue:
    """One of the two stays."""
    staff, keeps_b = current_staff(), asked.text("keep") == "b"
    flow.end(shop_id=staff.shop.id, staff_id=staff.staff_id, kind=kind, keeps_b=keeps_b, now=now())
    flash(f"이제 모두에게 {'둘째' if keeps_b else '첫째'} 글을 보내요")
    return see_other(url_for("owner.automation", kind=kind))


@door(
    bp,
    "/owner/messages/<kind>/ways",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def automation_ways(kind: str) -> ResponseReturnValue:
    """Choose by which ways it travels."""
    staff = current_staff()
    flow.choose_ways(
        shop_id=staff.shop.id,
        staff_id=staff.staff_id,
        kind=kind,
        chosen=request.form.getlist("ways"),
        wire=_wire(),
        now=now(),
    )
    flash("보내는 방법을 저장했어요")
    return see_other(url_for("owner.automation", kind=kind))


@door(
    bp,
    "/owner/messages/<kind>/resumption",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def resume_automation(kind: str) -> ResponseReturnValue:
    """Let it go on after it stood still."""
    line = _line(kind)
    going_on.automation(shop_id=current_staff().shop.id, kind=kind, now=now())
    flash(f"{josa(line.label, '을/를')} 다시 켰어요")
    return see_other(url_for("owner.automation", kind=kind))
