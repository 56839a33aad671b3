"""What a shop has at hand for voices: ready answers, causes and their count, "고쳤어요", and what became of complaints."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.flows import voice_care as flow
from app.flows import voice_fix
from app.kit.refusals import Invalid, NotHere
from app.kit.signing import new_token
from app.voices import desk, result_words
from app.voices.results import results
from app.web import answers
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp

_SPANS = {"30": "30일", "90": "석 달", "365": "한 해"}


def _span() -> str:
    wanted = request.args.get("days", "")
    return wanted if wanted in _SPANS else "90"


@door(
    bp,
    "/owner/voices/answers",
    methods=("GET", "POST"),
    audience="owner",
    role="manager",
    tenant="session",
)
def ready_answers() -> ResponseReturnValue:
    """Show the answers at hand; the POST adds one, or changes the one of that name."""
    shop_id = current_staff().shop.id
    typed = {name: asked.text(name) for name in ("name", "text")}
    page: dict[str, Any] = {"ready": desk.ready_answers(shop_id), "typed": typed, "wrong": {}}
    if request.method == "GET":
        return render_template("owner/ready_answers.html", **page)
    try:
        flow.put_ready(shop_id=shop_id, **typed, now=now())
    except Invalid as error:
        wrong = answers.in_order(error.fields, typed)
        return answers.invalid("owner/ready_answers.html", **page | {"wrong": wrong})
    flash("적어 두었어요. 답할 때 한 번에 넣을 수 있어요")
    return see_other(url_for("owner.ready_answers"))


@door(
    bp,
    "/owner/voices/answers/<int:ready_id>/removal",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def ready_answer_removal(ready_id: int) -> ResponseReturnValue:
    """Throw an answer away."""
    flow.drop_ready(shop_id=current_staff().shop.id, answer_id=ready_id)
    flash("지웠어요")
    return see_other(url_for("owner.ready_answers"))


@door(
    bp,
    "/owner/voices/causes",
    methods=("GET", "POST"),
    audience="owner",
    role="owner",
    tenant="session",
)
def shop_causes() -> ResponseReturnValue:
    """Show which causes come up how often; the POST adds one to choose from."""
    shop_id, days = current_staff().shop.id, _span()
    page: dict[str, Any] = {
        "lines": desk.cause_counts(shop_id, since=now() - timedelta(days=int(days))),
        "causes": desk.causes(shop_id),
        "spans": _SPANS,
        "days": days,
        "typed": asked.text("name"),
        "wrong": {},
    }
    if request.method == "GET":
        return render_template("owner/voice_causes.html", **page)
    try:
        flow.add_cause(shop_id=shop_id, name=page["typed"], now=now())
    except Invalid as error:
        return answers.invalid("owner/voice_causes.html", **page | {"wrong": error.fields})
    flash("원인을 더했어요")
    return see_other(url_for("owner.shop_causes"))


@door(bp, "/owner/voices/causes/removal", methods=("POST",), audience="owner", role="owner", tenant="session")
def cause_removal() -> ResponseReturnValue:
    """Let a cause be chosen no more."""
    flow.end_cause(shop_id=current_staff().shop.id, name=asked.text("name"), now=now())
    flash("고르는 목록에서 뺐어요. 이미 적어 둔 것은 그대로예요")
    return see_other(url_for("owner.shop_causes"))


@door(
    bp,
    "/owner/voices/causes/<int:cause_id>",
    methods=("GET", "POST"),
    audience="owner",
    role="owner",
    tenant="session",
)
def cause_fixed(cause_id: int) -> ResponseReturnValue:
    """고쳤어요: what was done about a cause, told to everyone who had said it."""
    staff = current_staff()
    line = next((each for each in desk.cause_counts(staff.shop.id, since=now()) if each.id == cause_id), None)
    if line is None:
        raise NotHere("찾으시는 원인이 없어요. 목록에서 다시 골라 주세요.")
    page: dict[str, Any] = {
        "line": line,
        "fixes": desk.fixes(staff.shop.id, cause_id),
        "typed": asked.text("text"),
        "once": new_token(),
        "wrong": {},
    }
    if request.method == "GET":
        return render_template("owner/voice_fix.html", **page)
    try:
        voice_fix.fixed(
            shop_id=staff.shop.id,
            staff_id=staff.staff_id,
            cause_id=cause_id,
            text=page["typed"],
            once=asked.once(),
            now=now(),
        )
    except Invalid as error:
        return answers.invalid("owner/voice_fix.html", **page | {"wrong": error.fields})
    flash("한 분씩 전하고 있어요. 잠시 뒤에 몇 분께 전했는지 보여요")
    return see_other(url_for("owner.cause_fixed", cause_id=cause_id))


@door(bp, "/owner/voices/results", audience="owner", role="owner", tenant="session")
def voice_results() -> ResponseReturnValue:
    """Show what became of complaints over time: answered in time, settled, came back."""
    days = _span()
    found = results(current_staff().shop.id, since=now() - timedelta(days=int(days)), now=now())
    return render_template(
        "owner/voice_results.html",
        found=found,
        sentences=result_words.sentences(found, span=_SPANS[days]),
        spans=_SPANS,
        days=days,
    )
