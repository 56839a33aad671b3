"""명단 내려받기: the owner takes everybody along, or whom the list was narrowed to, says why, and proves who they are."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import quote

from flask import Response, flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.customers import known_rules, people_files, roster
from app.customers.people_files import ListView
from app.flows import people_file as flow
from app.kit.clock import kst_day
from app.kit.refusals import Invalid, NotHere
from app.kit.signing import new_token
from app.web import answers
from app.web.answers import fragment, see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp
from app.web.owner.people import wanted

_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
_OVER = "이 파일은 하루가 지나서 지웠어요. 필요하시면 다시 만들어 주세요."


def _page(**more: Any) -> dict[str, Any]:
    staff, asked_for = current_staff(), wanted()
    count = roster.count(shop_id=staff.shop.id, choice=asked_for.choice())
    kind = "xlsx" if count <= flow.XLSX_MOST else "csv"
    return {
        "count": count,
        "wanted": asked_for,
        "kinds": flow.KINDS,
        "takes_long": count > flow.AT_ONCE,
        "files": people_files.standing(shop_id=staff.shop.id, staff_id=staff.staff_id),
        "key": new_token(),
        "typed": {"kind": kind, "reason": ""},
        "wrong": {},
    } | more


def _wrong() -> ResponseReturnValue | None:
    """Say what is wrong with the reason before anybody is asked who they are."""
    try:
        asked.once()
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
    """Ask why; answer a short list as a file, and lead to where a long one is being made."""
    if request.method == "GET":
        return render_template("owner/people_file.html", **_page())
    staff, asked_for = current_staff(), wanted()
    whose = flow.Whose(
        asked_for.typed, asked_for.tag.id if asked_for.tag else None, asked_for.group, asked_for.words()
    )
    try:
        made = flow.ask(
            shop_id=staff.shop.id,
            staff_id=staff.staff_id,
            once=asked.once(),
            whose=whose,
            kind=asked.text("kind"),
            reason=asked.text("reason"),
            ip=asked.ip(),
            now=now(),
        )
    except Invalid as error:
        return _again(error)
    view = _mine(made)
    if view.state != "given":
        return see_other(url_for("owner.people_list", file_id=made))
    paper = io.BytesIO()
    flow.write_at_once(shop_id=staff.shop.id, file_id=made, target=paper)
    return _as_file(Response(paper.getvalue()), view)


def _as_file(answer: Response, view: ListView) -> Response:
    day = kst_day(view.made_at)
    name = quote(f"손님 명단 {day}.{view.kind}")
    answer.content_type = _TYPES[view.kind]
    answer.headers["Content-Disposition"] = (
        f"attachment; filename=\"people-{day}.{view.kind}\"; filename*=UTF-8''{name}"
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _mine(file_id: int) -> ListView:
    staff = current_staff()
    view = people_files.one(shop_id=staff.shop.id, staff_id=staff.staff_id, file_id=file_id)
    if view is None:
        raise NotHere(flow.NOT_THERE)
    return view


@door(
    bp,
    "/owner/people/file/<int:file_id>",
    methods=("GET", "POST"),
    audience="owner",
    role="owner",
    tenant="session",
    device="own",
    sudo=True,
)
def people_list(file_id: int) -> ResponseReturnValue:
    """Show how far a long list is; once it is made, answer it as a file."""
    view = _mine(file_id)
    if request.method == "GET":
        return render_template("owner/people_list.html", view=view, kinds=flow.KINDS)
    staff = current_staff()
    pieces = flow.fetch(
        shop_id=staff.shop.id, staff_id=staff.staff_id, file_id=file_id, ip=asked.ip(), now=now()
    )
    if pieces is None:
        flash("아직 만들고 있어요" if view.works else _OVER)
        return see_other(url_for("owner.people_list", file_id=file_id))
    return _as_file(Response(pieces), view)


@door(
    bp,
    "/owner/people/file/<int:file_id>/progress",
    audience="owner",
    role="owner",
    tenant="session",
    device="own",
)
def people_list_progress(file_id: int) -> ResponseReturnValue:
    """Show how far it is (a fragment); once nothing moves any more the page is opened anew."""
    view = _mine(file_id)
    answer = make_response(fragment("owner/people_list.html", "progress", view=view, kinds=flow.KINDS))
    if not view.works:
        answer.headers["HX-Refresh"] = "true"
    return answer


@door(
    bp,
    "/owner/people/file/<int:file_id>/removal",
    methods=("POST",),
    audience="owner",
    role="owner",
    tenant="session",
    device="own",
)
def end_people_list(file_id: int) -> ResponseReturnValue:
    """Stop a list that is being made, or delete one that was fetched."""
    staff, view = current_staff(), _mine(file_id)
    flow.end(shop_id=staff.shop.id, staff_id=staff.staff_id, file_id=file_id)
    flash("그만 만들어요" if view.works else "파일을 지웠어요")
    return see_other(url_for("owner.people_file"))
