"""명단 내려받기: the owner takes the list along, says why, and proves who they are."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import quote

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from app.customers import known_rules, roster
from app.flows import people_file as flow
from app.kit.clock import kst_day
from app.kit.refusals import Invalid
from app.web import answers
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp
from app.web.owner.people import wanted

_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


def _page(**more: Any) -> dict[str, Any]:
    count = roster.count(shop_id=current_staff().shop.id, choice=wanted().choice())
    kind = "xlsx" if count <= flow.XLSX_MOST else "csv"
    return {"count": count, "kinds": flow.KINDS, "typed": {"kind": kind, "reason": ""}, "wrong": {}} | more


def _wrong() -> ResponseReturnValue | None:
    """Say what is wrong with the reason before anybody is asked who they are."""
    try:
        known_rules.clean_reason(asked.text("reason"))
    except Invalid as error:
        return _again(error)
    return None


def _again(error: Invalid) -> ResponseReturnValue:
    typed = {"kind": asked.text("kind"), "reason": asked.text("reason")}
    return answers.invalid("owner/people_file.html", **_page(typed=typed, wrong=error.fields))


@door(
    bp,
    "/owner/people/file",
    methods=("GET", "POST"),
    audience="owner",
    role="owner",
    tenant="session",
    device="own",
    sudo=True,
    look_first=_wrong,
)
def people_file() -> ResponseReturnValue:
    """Ask why, or answer the list as a file."""
    if request.method == "GET":
        return render_template("owner/people_file.html", **_page())
    staff, kind = current_staff(), asked.text("kind")
    paper = io.BytesIO()
    try:
        flow.take(
            shop_id=staff.shop.id,
            staff_id=staff.staff_id,
            choice=wanted().choice(),
            kind=kind,
            reason=asked.text("reason"),
            target=paper,
            ip=asked.ip(),
            now=now(),
        )
    except Invalid as error:
        return _again(error)
    answer = Response(paper.getvalue(), content_type=_TYPES[kind])
    day = kst_day(now())
    name = quote(f"손님 명단 {day}.{kind}")
    answer.headers["Content-Disposition"] = (
        f"attachment; filename=\"people-{day}.{kind}\"; filename*=UTF-8''{name}"
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer
