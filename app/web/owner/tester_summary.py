"""What a 체험단 said: in numbers, one answer by another, in their own words; what the shop makes of it, and the file."""

from __future__ import annotations

import io
from datetime import date
from typing import Any
from urllib.parse import quote

from flask import Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.customers.known_rules import clean_reason
from app.flows import programme_end as flow
from app.flows import tester_file
from app.kit.clock import kst_day
from app.kit.refusals import Invalid
from app.reviews.photos import open_known
from app.testers import queries, results, rules
from app.testers.rules import NoProgramme
from app.web import answers
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp
from app.web.owner.noted import note_look
from app.web.owner.testers import view_of
from app.web.pictures import picture
from app.web.readable import row_number

_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


@door(bp, "/owner/testers/<int:programme_id>/summary", audience="owner", role="manager", tenant="session")
def tester_summary(programme_id: int) -> ResponseReturnValue:
    """Show what was answered."""
    page = _page(programme_id)
    if page["result"] is not None and page["result"].people:
        note_look("reviews")
    return render_template("owner/tester_summary.html", **page)


def _page(programme_id: int, **more: Any) -> dict[str, Any]:
    shop_id, view = current_staff().shop.id, view_of(programme_id)
    page: dict[str, Any] = {
        "view": view,
        "verdicts": list(rules.VERDICTS.items()),
        "typed": {"verdict": view.verdict, "note": view.verdict_note, "change": view.change},
        "wrong": {},
        "tasting": None,
        "result": None,
        "cross": None,
    }
    if view.sort == rules.TASTING:
        page["tasting"] = results.tasting(shop_id=shop_id, programme_id=programme_id, today=kst_day(now()))
        return page | more
    which: dict[str, Any] = {"shop_id": shop_id, "programme_id": programme_id}
    found = results.result(**which, turn=_month(request.args.get("month", "")))
    questions = queries.questions(**which)
    pair = results.first_cross(questions)
    by = row_number(request.args.get("by")) or (pair[0] if pair else 0)
    of = row_number(request.args.get("of")) or (pair[1] if pair else 0)
    scale = next((each for each in questions if each.when == rules.AFTER and each.form == rules.SCALE), None)
    return (
        page
        | {
            "result": found,
            "cross": results.cross(**which, by=by, of=of, turn=found.turn) if by and of else None,
            "by": by,
            "of": of,
            "divides": [(each.id, each.text) for each in questions if results.can_divide(each)],
            "divided": [
                (each.id, each.text)
                for each in questions
                if each.when == rules.AFTER and results.can_divide(each)
            ],
            "months": found.turns,
            "by_month": [
                (f"{month.month}월", round(average, 1))
                for month, average in results.averages_by_month(**which, question=scale)
            ]
            if scale and len(found.turns) > 1
            else [],
            "scale": scale,
            "counts": queries.counts(shop_id, [programme_id])[programme_id],
        }
        | more
    )


def _month(typed: str) -> date | None:
    try:
        return date.fromisoformat(f"{typed}-01") if typed else None
    except ValueError:
        return None


@door(
    bp,
    "/owner/testers/<int:programme_id>/photos/<ref>",
    audience="owner",
    role="manager",
    tenant="session",
)
def tester_photo(programme_id: int, ref: str) -> ResponseReturnValue:
    """Answer a photo that came as an answer: the shop alone sees it."""
    shop_id = current_staff().shop.id
    if not results.is_of_programme(shop_id=shop_id, programme_id=programme_id, ref=ref):
        raise NoProgramme
    return picture(open_known(shop_id, ref, small=False))


@door(
    bp,
    "/owner/testers/<int:programme_id>/verdict",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def tester_verdict(programme_id: int) -> ResponseReturnValue:
    """출시, 보완 or 중단."""
    staff = current_staff()
    typed = {"verdict": asked.text("verdict"), "note": asked.text("note"), "change": ""}
    try:
        flow.decide(
            shop_id=staff.shop.id,
            staff_id=staff.staff_id,
            programme_id=programme_id,
            verdict=typed["verdict"],
            note=typed["note"],
            now=now(),
        )
    except Invalid as error:
        page = _page(programme_id, typed=typed, wrong=error.fields)
        return answers.invalid("owner/tester_summary.html", **page)
    flash("정했어요. 바꾼 것이 있으면 답해 주신 분들께 알려 주세요")
    return see_other(url_for("owner.tester_summary", programme_id=programme_id, _anchor="change"))


@door(
    bp,
    "/owner/testers/<int:programme_id>/change",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def tester_change(programme_id: int) -> ResponseReturnValue:
    """이렇게 바꿨어요, once, to everybody who answered."""
    staff = current_staff()
    words = asked.text("change")
    try:
        flow.tell_change(
            shop_id=staff.shop.id,
            staff_id=staff.staff_id,
            programme_id=programme_id,
            text=words,
            now=now(),
        )
    except Invalid as error:
        view = view_of(programme_id)
        typed = {"verdict": view.verdict, "note": view.verdict_note, "change": words}
        page = _page(programme_id, typed=typed, wrong=error.fields)
        return answers.invalid("owner/tester_summary.html", **page)
    flash("답해 주신 분들께 알려 드려요")
    return see_other(url_for("owner.tester_summary", programme_id=programme_id, _anchor="change"))


def _wrong(programme_id: int) -> ResponseReturnValue | None:
    """Say what is wrong with the reason before anybody is asked who they are."""
    try:
        clean_reason(asked.text("reason"), such_as=tester_file.SUCH_AS)
    except Invalid as error:
        return _file_again(programme_id, error)
    return None


def _file_again(programme_id: int, error: Invalid) -> ResponseReturnValue:
    typed = {"kind": asked.text("kind"), "reason": asked.text("reason")}
    page: dict[str, Any] = {"view": view_of(programme_id), "kinds": tester_file.KINDS, "typed": typed}
    return answers.invalid("owner/tester_file.html", **page, wrong=error.fields)


@door(
    bp,
    "/owner/testers/<int:programme_id>/file",
    methods=("GET", "POST"),
    audience="owner",
    role="owner",
    tenant="session",
    device="own",
    sudo=True,
    look_first=_wrong,
)
def tester_answers_file(programme_id: int) -> ResponseReturnValue:
    """Ask why; answer everything that was said as a file, by number and without a name."""
    staff, view = current_staff(), view_of(programme_id)
    if request.method == "GET":
        typed = {"kind": "xlsx", "reason": ""}
        return render_template(
            "owner/tester_file.html", view=view, kinds=tester_file.KINDS, typed=typed, wrong={}
        )
    paper = io.BytesIO()
    try:
        tester_file.take(
            shop_id=staff.shop.id,
            staff_id=staff.staff_id,
            programme_id=programme_id,
            kind=asked.text("kind"),
            reason=asked.text("reason"),
            ip=asked.ip(),
            now=now(),
            target=paper,
        )
    except Invalid as error:
        return _file_again(programme_id, error)
    kind, day = asked.text("kind"), kst_day(now())
    answer = Response(paper.getvalue(), content_type=_TYPES[kind])
    name = quote(f"{view.word} 답 {day}.{kind}")
    answer.headers["Content-Disposition"] = (
        f"attachment; filename=\"testers-{day}.{kind}\"; filename*=UTF-8''{name}"
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer
