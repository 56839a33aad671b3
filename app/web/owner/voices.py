"""손님 말씀: what customers say to the shop alone. A complaint is the owner's; a manager reads the others."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.flows import voice as flow
from app.kit.refusals import Invalid, NotHere
from app.kit.signing import new_token
from app.voices import queries as voices
from app.warranties import repairs
from app.web import answers
from app.web.answers import fragment, see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp
from app.web.owner.noted import note_look
from app.web.readable import row_number


@door(bp, "/owner/voices", audience="owner", role="manager", tenant="session")
def shop_voices() -> ResponseReturnValue:
    """Show what is open, who waits longest on top, then what was settled."""
    staff = current_staff()
    page = voices.threads(staff.shop.id, role=staff.role, after=row_number(request.args.get("after")))
    if page.open or page.done:
        note_look("voices")
    return render_template("owner/voices.html", page=page)


@door(
    bp,
    "/owner/voices/<int:voice_id>",
    methods=("GET", "POST"),
    audience="owner",
    role="manager",
    tenant="session",
)
def shop_voice(voice_id: int) -> ResponseReturnValue:
    """Show one thread; the POST answers."""
    staff, page = current_staff(), _page(voice_id)
    if request.method == "GET":
        note_look("view", page["thread"].customer_id)
        return render_template("owner/voice.html", **page)
    try:
        flow.answer(
            shop_id=staff.shop.id,
            staff_id=staff.staff_id,
            role=staff.role,
            voice_id=voice_id,
            text=page["typed"],
            once=asked.once(),
            now=now(),
        )
    except Invalid as error:
        return answers.invalid("owner/voice.html", **page | {"wrong": error.fields})
    flash("답했어요. 손님 카드에 바로 보여요")
    return see_other(url_for("owner.shop_voice", voice_id=voice_id))


@door(bp, "/owner/voices/<int:voice_id>/lines", audience="owner", role="manager", tenant="session")
def shop_voice_lines(voice_id: int) -> ResponseReturnValue:
    """The lines alone, for a page that stays open; 204 while nothing was said (H10)."""
    page = _page(voice_id)
    if request.args.get("v") == page["thread"].version:
        return "", 204
    note_look("view", page["thread"].customer_id)
    return fragment("owner/voice.html", "lines", **page)


@door(
    bp,
    "/owner/voices/<int:voice_id>/closing",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def close_voice(voice_id: int) -> ResponseReturnValue:
    """해결했어요: out of the open ones, until the customer says more."""
    staff = current_staff()
    flow.close(shop_id=staff.shop.id, staff_id=staff.staff_id, role=staff.role, voice_id=voice_id, now=now())
    flash("해결했다고 적어 두었어요")
    return see_other(url_for("owner.shop_voices"))


def _page(voice_id: int) -> dict[str, Any]:
    staff = current_staff()
    thread = voices.thread(shop_id=staff.shop.id, voice_id=voice_id, role=staff.role)
    if thread is None:
        raise NotHere("찾으시는 말씀이 없어요. 손님 말씀에서 다시 골라 주세요.")
    repair = repairs.of_voice(shop_id=staff.shop.id, voice_id=voice_id)
    return {
        "thread": thread,
        "repair": repair,
        "typed": asked.text("text"),
        "wrong": {},
        "once": new_token(),
    }
