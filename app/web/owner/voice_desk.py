"""What a shop has at hand for voices: ready answers, causes and their count, "고쳤어요", and what became of complaints."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.flows import voice_care as flow
from app.flows import voice_fix
from app.flows.voice_care import BeingTold, NameTaken
from app.kit.refusals import Invalid, NotHere
from app.kit.signing import new_token
from app.voices import desk, listing, result_words
from app.voices.results import results
from app.voices.rules import ANSWER_HOURS
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
    line = _counted(cause_id)
    page: dict[str, Any] = {
        "line": line,
        "fixes": desk.fixes(staff.shop.id, cause_id),
        "waiting": listing.waiting_of_cause(staff.shop.id, cause_id),
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


@door(
    bp,
    "/owner/voices/causes/<int:cause_id>/name",
    methods=("GET", "POST"),
    audience="owner",
    role="owner",
    tenant="session",
)
def cause_name(cause_id: int) -> ResponseReturnValue:
    """Call a cause by another name; a name the shop has already is asked about before the two become one."""
    shop_id, line = current_staff().shop.id, _counted(cause_id)
    typed = asked.text("name") if request.method == "POST" else line.name
    name = " ".join(typed.split())
    page: dict[str, Any] = {"line": line, "typed": typed, "other": "", "wrong": {}}
    if request.method == "GET":
        return render_template("owner/cause_name.html", **page)
    try:
        stands = flow.rename_cause(
            shop_id=shop_id, cause_id=cause_id, name=typed, joins=asked.text("joins") == name, now=now()
        )
    except Invalid as error:
        return answers.invalid("owner/cause_name.html", **page | {"wrong": error.fields})
    except NameTaken as refusal:
        wrong = {"name": refusal.sentence}
        return answers.invalid("owner/cause_name.html", **page | {"other": name, "wrong": wrong})
    except BeingTold as refusal:
        return answers.invalid("owner/cause_name.html", **page | {"wrong": {"name": refusal.sentence}})
    flash("원인 이름을 바꿨어요" if stands == cause_id else "두 원인을 하나로 합쳤어요")
    return see_other(url_for("owner.cause_fixed", cause_id=stands))


def _counted(cause_id: int) -> desk.CauseLine:
    counted = desk.cause_counts(current_staff().shop.id, since=now())
    line = next((each for each in counted if each.id == cause_id), None)
    if line is None:
        raise NotHere(flow.NO_CAUSE)
    return line


@door(
    bp,
    "/owner/voices/settings",
    methods=("GET", "POST"),
    audience="owner",
    role="owner",
    tenant="session",
)
def voice_settings() -> ResponseReturnValue:
    """Decide within how many hours a complaint is answered."""
    staff = current_staff()
    page: dict[str, Any] = {
        "hours": [(str(hours), words) for hours, words in ANSWER_HOURS.items()],
        "typed": asked.text("hours") if request.method == "POST" else str(desk.answer_hours(staff.shop.id)),
        "wrong": {},
    }
    if request.method == "GET":
        return render_template("owner/voice_settings.html", **page)
    try:
        flow.set_hours(shop_id=staff.shop.id, staff_id=staff.staff_id, hours=asked.number("hours"), now=now())
    except Invalid as error:
        return answers.invalid("owner/voice_settings.html", **page | {"wrong": error.fields})
    flash("답하는 시간을 정했어요")
    return see_other(url_for("owner.shop_voices"))


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
