"""보내기: what to send by hand today, each automation as one sentence, its words, what went out."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.flows import automation as automation_flow
from app.kit.particles import josa
from app.kit.refusals import Invalid, NotHere
from app.kit.text import SMS_BYTES, placeholders, stray_braces
from app.messages import (
    by_hand,
    campaigns,
    comparisons,
    duties,
    examples,
    history,
    previews,
    registry,
    results,
    today,
)
from app.messages import queries as reads
from app.messages.contract import Wire
from app.messages.previews import Preview
from app.messages.queries import AutomationLine
from app.web import answers
from app.web.answers import fragment, see_other, wants_fragment
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.automation_more import more_of
from app.web.owner.blueprint import bp
from app.web.owner.noted import note_look
from app.web.readable import row_number

_DELAYS = (
    (0, "바로"),
    (30, "30분"),
    (60, "1시간"),
    (120, "2시간"),
    (180, "3시간"),
    (360, "6시간"),
    (1440, "하루"),
    (2880, "이틀"),
    (4320, "사흘"),
)


def _wire() -> Wire:
    wire: Wire = current_app.config["WIRE"]
    return wire


@door(bp, "/owner/messages", audience="owner", role="manager", tenant="session")
def messages() -> ResponseReturnValue:
    """Show what waits for the owner's tap and every automation."""
    shop_id = current_staff().shop.id
    return render_template(
        "owner/messages.html",
        hand_waits=by_hand.waiting_now(shop_id, wire=_wire(), now=now()),
        outlook=reads.outlook(shop_id, now=now()),
        automations=reads.automations(shop_id),
        mail_lacks=reads.mail_lacks(shop_id),
        in_hand=duties.in_hand(shop_id, now=now()),
        day=today.today(shop_id, now=now()),
        open_left_out=bool(request.args.get("left_out")),
        campaigns=campaigns.open_ones(shop_id),
        paused=comparisons.paused(shop_id),
    )


@door(bp, "/owner/messages/history", audience="owner", role="manager", tenant="session")
def message_history() -> ResponseReturnValue:
    """Show what will be sent, then what was, each with where it is and why; of one kind, or in one state."""
    shop_id, after = current_staff().shop.id, row_number(request.args.get("after"))
    kinds = history.kinds_sent(shop_id)
    kind = next((key for key, _label in kinds if key == request.args.get("kind")), "")
    pick = next((key for key, *_ in history.PICKS if key == request.args.get("state")), "")
    note_look("history")
    nothing = history.HistoryPage([], None)
    return render_template(
        "owner/message_history.html",
        coming=history.waiting(shop_id, now=now(), kind=kind)
        if after is None and pick in ("", "coming")
        else [],
        page=nothing
        if pick == "coming"
        else history.sent(shop_id, now=now(), after=after, kind=kind, pick=pick),
        kinds=kinds,
        kind=kind,
        picks=[(key, word) for key, word, _states in history.PICKS],
        pick=pick,
    )


@door(
    bp,
    "/owner/messages/<kind>",
    methods=("GET", "POST"),
    audience="owner",
    role="manager",
    tenant="session",
)
def automation(kind: str) -> ResponseReturnValue:
    """Show or save one automation's words and delay. `look` in the form only shows the preview, `take` other words."""
    line = _line(kind)
    if request.method == "GET":
        return render_template(
            "owner/automation.html", **_page(line, text=line.text, delay=line.delay_minutes)
        )
    text, delay = asked.text("text").replace("\r\n", "\n"), asked.number("delay_minutes")
    text = line.other_texts.get(request.form.get("take", ""), text)
    page = _page(line, text=text, delay=delay if delay is not None else line.delay_minutes)
    as_ad = request.form.get("as_ad") == "y"
    if request.form.get("take") and wants_fragment():
        return fragment("owner/automation.html", "main", **page)
    if request.form.get("look") or request.form.get("take"):
        return render_template("owner/automation.html", **page)
    staff = current_staff()
    try:
        automation_flow.save(
            shop_id=staff.shop.id,
            staff_id=staff.staff_id,
            kind=kind,
            text=text,
            delay_minutes=delay if line.has_delay else None,
            as_ad=as_ad,
            now=now(),
        )
    except Invalid as error:
        wrong = answers.in_order(error.fields, ("delay_minutes", "text"))
        return answers.invalid("owner/automation.html", **(page | {"wrong": wrong}))
    if as_ad and line.may_raise:
        flash("저장했어요. 이제 광고로 보내요")
        return see_other(url_for("owner.automation", kind=kind))
    flash("저장했어요" if text.strip() else "비워 두셔서 기본 글로 저장했어요")
    return see_other(url_for("owner.messages"))


@door(
    bp,
    "/owner/messages/<kind>/switch",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def switch_automation(kind: str) -> ResponseReturnValue:
    """Switch an automation on or off."""
    is_on = request.form.get("is_on") == "y"
    staff = current_staff()
    automation_flow.switch(shop_id=staff.shop.id, kind=kind, is_on=is_on, now=now(), staff_id=staff.staff_id)
    label = josa(_line(kind).label, "을/를")
    said = f"{label} 켰어요" if is_on else f"{label} 껐어요. 기다리던 것도 보내지 않아요"
    if wants_fragment():
        return fragment(
            "owner/messages.html",
            "automations",
            automations=reads.automations(current_staff().shop.id),
            said=said,
        )
    flash(said)
    return see_other(url_for("owner.messages"))


@door(
    bp,
    "/owner/messages/<kind>/class",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def send_as_ad(kind: str) -> ResponseReturnValue:
    """Send a notice as an ad, or as the notice it is."""
    line, as_ad = _line(kind), request.form.get("as_ad") == "y"
    staff = current_staff()
    try:
        automation_flow.send_as_ad(
            shop_id=staff.shop.id, staff_id=staff.staff_id, kind=kind, as_ad=as_ad, now=now()
        )
    except Invalid as error:
        page = _page(line, text=line.text, delay=line.delay_minutes)
        return answers.invalid("owner/automation.html", **(page | {"wrong": error.fields}))
    flash("이제 광고로 보내요" if as_ad else "이제 안내로 보내요")
    return see_other(url_for("owner.automation", kind=kind))


@door(
    bp,
    "/owner/messages/<kind>/preview",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def preview_automation(kind: str) -> ResponseReturnValue:
    """Show the words being typed as one real customer would read them (a fragment)."""
    line = _line(kind)
    text = asked.text("text").replace("\r\n", "\n")
    return fragment("owner/automation.html", "preview", **_page(line, text=text, delay=line.delay_minutes))


def _line(kind: str) -> AutomationLine:
    line = reads.automation(current_staff().shop.id, kind)
    if line is None:
        raise NotHere("그런 메시지는 없어요.")
    return line


def _page(line: AutomationLine, *, text: str, delay: int) -> dict[str, Any]:
    shown, fault = _preview(line, text)
    delays = dict(_DELAYS)
    delays.setdefault(delay, reads.delay_words(delay))
    return {
        "line": line,
        "text": text,
        "delay": delay,
        "examples": examples.examples(current_staff().shop.id, registry.kind(line.kind)),
        "delays": sorted(delays.items()),
        "shown": shown,
        "fault": fault,
        "is_an_ads": not line.is_ad and automation_flow.is_an_ads(registry.kind(line.kind), text),
        "sms_bytes": SMS_BYTES,
        "wrong": {},
        "silence_keeps": duties.silence_keeps(current_staff().shop.id) if line.kind == "reconsent" else None,
        **more_of(line.kind),
        "result": results.result(current_staff().shop.id, line.kind, now=now()),
    }


def _preview(line: AutomationLine, text: str) -> tuple[Preview | None, str]:
    """Return the preview when the words can be filled, and why they can't be saved, in the form's own words."""
    words = text.strip() or line.default_text
    # What the law words needs no check of ours.
    fault: str | None = None
    if line.can_switch:
        fault = automation_flow.text_fault(registry.kind(line.kind), words, is_raised=line.is_raised)
    if placeholders(words) - set(line.placeholders) or stray_braces(words):
        return None, fault or ""
    note_look("preview")  # filled in for a real customer
    seen = previews.preview(current_staff().shop.id, line.kind, wire=_wire(), now=now(), text=words)
    return seen, fault or ""
