"""What is done about one voice beside answering: its causes, whose hands it is in, how it ended; one from a review."""

from __future__ import annotations

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue

from app.flows import voice_care as flow
from app.kit.refusals import Invalid
from app.web import answers
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp
from app.web.owner.voices import thread_page


@door(
    bp,
    "/owner/voices/<int:voice_id>/causes",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def voice_causes(voice_id: int) -> ResponseReturnValue:
    """Say why somebody spoke."""
    staff, chosen, new = current_staff(), request.form.getlist("cause"), asked.text("new_cause")
    try:
        flow.mark(
            shop_id=staff.shop.id,
            staff_id=staff.staff_id,
            role=staff.role,
            voice_id=voice_id,
            causes=chosen,
            new_cause=new,
            now=now(),
        )
    except Invalid as error:
        page = thread_page(voice_id) | {"marked": chosen, "new_cause": new, "wrong": error.fields}
        return answers.invalid("owner/voice.html", **page)
    flash("원인을 적어 두었어요")
    return see_other(url_for("owner.shop_voice", voice_id=voice_id))


@door(
    bp,
    "/owner/voices/<int:voice_id>/handover",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def voice_handover(voice_id: int) -> ResponseReturnValue:
    """Let somebody else of the shop answer."""
    staff = current_staff()
    try:
        flow.hand_over(
            shop_id=staff.shop.id,
            staff_id=staff.staff_id,
            role=staff.role,
            voice_id=voice_id,
            to_staff=asked.number("to_staff"),
            now=now(),
        )
    except Invalid as error:
        return answers.invalid("owner/voice.html", **thread_page(voice_id) | {"wrong": error.fields})
    flash("맡겼어요. 그분의 홈에 보여요")
    return see_other(url_for("owner.shop_voice", voice_id=voice_id))


@door(
    bp,
    "/owner/voices/<int:voice_id>/closing",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def close_voice(voice_id: int) -> ResponseReturnValue:
    """해결했어요: out of the open ones, until somebody says more."""
    staff, note, how = current_staff(), asked.text("note"), asked.text("how")
    try:
        flow.close(
            shop_id=staff.shop.id,
            staff_id=staff.staff_id,
            role=staff.role,
            voice_id=voice_id,
            note=note,
            how=how,
            now=now(),
        )
    except Invalid as error:
        wrong = answers.in_order(error.fields, ("how", "note"))
        page = thread_page(voice_id) | {"note": note, "how": how, "wrong": wrong}
        return answers.invalid("owner/voice.html", **page)
    flash("해결했다고 적어 두었어요")
    return see_other(url_for("owner.shop_voices"))


@door(
    bp,
    "/owner/voices/<int:voice_id>/reopening",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def reopen_voice(voice_id: int) -> ResponseReturnValue:
    """다시 열기: among the open ones again."""
    staff = current_staff()
    flow.reopen(shop_id=staff.shop.id, staff_id=staff.staff_id, role=staff.role, voice_id=voice_id, now=now())
    flash("다시 열었어요")
    return see_other(url_for("owner.shop_voice", voice_id=voice_id))


@door(
    bp,
    "/owner/reviews/<int:review_id>/voice",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def voice_from_review(review_id: int) -> ResponseReturnValue:
    """따로 이야기 나누기: a thread with who left a review; the review stays as it is."""
    staff = current_staff()
    voice_id = flow.open_from_review(
        shop_id=staff.shop.id, staff_id=staff.staff_id, role=staff.role, review_id=review_id, now=now()
    )
    return see_other(url_for("owner.shop_voice", voice_id=voice_id))
