"""주문·명단 가져오기: a file is brought, looked at, taken in with a bar that moves, and can be undone."""

from __future__ import annotations

from datetime import datetime
from typing import Any, BinaryIO, cast

from flask import flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.flows import imports as flow
from app.kit.refusals import Invalid, NotHere
from app.kit.signing import new_token
from app.kit.tables import MOST_BYTES, BadTable
from app.visits import imports, receipts, registry
from app.visits.imports import FileView
from app.visits.source_contract import ASKED, FIELDS, ORDERS, PEOPLE
from app.web import answers
from app.web.answers import fragment, see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp

# What is a little too large gets our sentence and not an error page.
UPLOAD_BYTES = MOST_BYTES + 60 * 1024 * 1024
_KINDS = {ORDERS: "주문 내역", PEOPLE: "손님 명단", "receipts": "포스 영수증"}
# How the owner's steps are listed: what one has most often first.
_IN_ORDER = ("plain_people", "plain_orders", "smartstore", "coupang", "cafe24", "esm", "okpos", "other_pos")


@door(
    bp,
    "/owner/imports",
    methods=("GET", "POST"),
    audience="owner",
    role="owner",
    tenant="session",
    max_bytes=UPLOAD_BYTES,
)
def shop_imports() -> ResponseReturnValue:
    """Show what was brought so far and take a new file in."""
    staff = current_staff()
    if request.method == "GET":
        return render_template("owner/imports.html", **_list(), wrong={})
    file = request.files.get("file")
    try:
        once = asked.once()
        if file is None or not file.filename:
            raise Invalid({"file": "가져올 파일을 골라 주세요."})
        made = flow.bring(
            shop_id=staff.shop.id,
            staff_id=staff.staff_id,
            once=once,
            name=file.filename.replace("\\", "/").rsplit("/", 1)[-1],
            upload=cast(BinaryIO, file.stream),
            now=now(),
        )
    except Invalid as error:
        return answers.invalid("owner/imports.html", **_list(), wrong=error.fields)
    except BadTable as refusal:
        return answers.invalid("owner/imports.html", **_list(), wrong={"file": refusal.sentence})
    return see_other(url_for("owner.shop_import", import_id=made))


def _list() -> dict[str, Any]:
    shop_id = current_staff().shop.id
    known = registry.sources()
    listed = [known[key] for key in _IN_ORDER if key in known]
    return {
        "files": imports.files(shop_id),
        "sources": listed + [source for source in known.values() if source not in listed],
        "alike": len(imports.alike(shop_id, limit=10)),
        "receipts_asked": receipts.asked_count(shop_id),
        "kind_words": _KINDS,
        "key": new_token(),
    }


def _file(import_id: int) -> FileView:
    view = imports.file(current_staff().shop.id, import_id)
    if view is None:
        raise NotHere(flow.NOT_THERE)
    return view


@door(bp, "/owner/imports/<int:import_id>", audience="owner", role="owner", tenant="session")
def shop_import(import_id: int) -> ResponseReturnValue:
    """Show one file: what it asks for, the dry run, how far it is, or what came of it."""
    view = _file(import_id)
    if view.state == "columns":
        return see_other(url_for("owner.import_columns", import_id=import_id))
    return render_template("owner/import.html", **_page(view), wrong={})


@door(bp, "/owner/imports/<int:import_id>/progress", audience="owner", role="owner", tenant="session")
def import_progress(import_id: int) -> ResponseReturnValue:
    """Show how far it is (a fragment); once nothing moves any more the page is opened anew."""
    view = _file(import_id)
    answer = make_response(fragment("owner/import.html", "progress", **_page(view)))
    if not view.works:
        answer.headers["HX-Refresh"] = "true"
    return answer


def _page(view: FileView) -> dict[str, Any]:
    shop_id, found = current_staff().shop.id, view.found
    source = registry.sources().get(view.source)
    return {
        "view": view,
        "found": found,
        "source": source.name if source else "",
        "kind": _KINDS.get(view.kind, ""),
        "left": imports.left(shop_id, view.id) if not view.works else [],
        "samples": [_sample(each) for each in found.get("samples", ())] if view.state == "checked" else [],
        "fits": receipts.sums_of(shop_id, view.id)
        if view.kind == "receipts" and view.state == "done"
        else {},
    }


def _sample(told: dict[str, Any]) -> dict[str, Any]:
    return {**told, "at": datetime.fromisoformat(told["at"])} if told.get("at") else told


@door(bp, "/owner/imports/<int:import_id>/left-out", audience="owner", role="owner", tenant="session")
def import_left_out(import_id: int) -> ResponseReturnValue:
    """Show which lines are not taken and why, by their numbers in the sheet."""
    view = _file(import_id)
    lines = imports.left(current_staff().shop.id, import_id)
    return render_template("owner/import_left_out.html", view=view, left=lines)


@door(
    bp,
    "/owner/imports/<int:import_id>/password",
    methods=("POST",),
    audience="owner",
    role="owner",
    tenant="session",
)
def import_password(import_id: int) -> ResponseReturnValue:
    """Try the file's password; what was typed is not shown again."""
    try:
        flow.open_with(
            shop_id=current_staff().shop.id, import_id=import_id, password=asked.text("password"), now=now()
        )
    except Invalid as error:
        return answers.invalid("owner/import.html", **_page(_file(import_id)), wrong=error.fields)
    return see_other(url_for("owner.shop_import", import_id=import_id))


@door(
    bp,
    "/owner/imports/<int:import_id>/columns",
    methods=("GET", "POST"),
    audience="owner",
    role="owner",
    tenant="session",
)
def import_columns(import_id: int) -> ResponseReturnValue:
    """Ask which column is what, each with the first thing that stands in it; the answer is remembered."""
    view = _file(import_id)
    if request.method == "GET":
        kind = request.args.get("kind", "")
        kind = kind if kind in FIELDS else view.kind or PEOPLE
        typed = {name: str(view.columns.get(name, "")) for name in ASKED[kind]} if kind == view.kind else {}
        return render_template(
            "owner/import_columns.html", **_asks(view, kind), typed=typed, day=view.day, wrong={}
        )
    kind = asked.text("kind")
    chosen = {name: asked.text(f"column_{name}")[:4] for name in ASKED.get(kind, ())}
    try:
        flow.name_columns(
            shop_id=current_staff().shop.id,
            import_id=import_id,
            kind=kind,
            chosen=chosen,
            day=asked.text("day")[:10],
            now=now(),
        )
    except Invalid as error:
        kind = kind if kind in FIELDS else PEOPLE
        wrong = {
            f"column_{name}" if name in ASKED[kind] else name: said for name, said in error.fields.items()
        }
        page = _asks(view, kind)
        return answers.invalid(
            "owner/import_columns.html", **page, typed=chosen, day=asked.text("day")[:10], wrong=wrong
        )
    return see_other(url_for("owner.shop_import", import_id=import_id))


def _asks(view: FileView, kind: str) -> dict[str, Any]:
    firsts = view.found.get("firsts", ())
    columns = [
        (
            str(place),
            f"{title or f'{place + 1}번째 열'}{f' ({firsts[place]})' if place < len(firsts) and firsts[place] else ''}",
        )
        for place, title in enumerate(view.titles)
        if title or (place < len(firsts) and firsts[place])
    ]
    fields = [(name, FIELDS[kind][name]) for name in ASKED[kind]]
    return {"view": view, "kind": kind, "kinds": list(_KINDS.items()), "fields": fields, "columns": columns}


@door(
    bp,
    "/owner/imports/<int:import_id>/beginning",
    methods=("POST",),
    audience="owner",
    role="owner",
    tenant="session",
)
def begin_import(import_id: int) -> ResponseReturnValue:
    """Take in what was shown."""
    staff = current_staff()
    flow.begin(
        shop_id=staff.shop.id,
        staff_id=staff.staff_id,
        import_id=import_id,
        joins_names=asked.text("names") == "join",
        now=now(),
    )
    return see_other(url_for("owner.shop_import", import_id=import_id))


@door(
    bp,
    "/owner/imports/<int:import_id>/cancellation",
    methods=("POST",),
    audience="owner",
    role="owner",
    tenant="session",
)
def cancel_import(import_id: int) -> ResponseReturnValue:
    """Stop it; what has come by now stays until it is undone."""
    brought_nothing = flow.cancel(shop_id=current_staff().shop.id, import_id=import_id, now=now())
    flash(
        "그만뒀어요. 파일은 지웠어요"
        if brought_nothing
        else "멈췄어요. 여기까지 가져온 것은 되돌릴 수 있어요"
    )
    return see_other(
        url_for("owner.shop_imports")
        if brought_nothing
        else url_for("owner.shop_import", import_id=import_id)
    )


@door(
    bp,
    "/owner/imports/<int:import_id>/reversal",
    methods=("POST",),
    audience="owner",
    role="owner",
    tenant="session",
)
def undo_import(import_id: int) -> ResponseReturnValue:
    """Take back what a file brought."""
    staff = current_staff()
    flow.undo(shop_id=staff.shop.id, staff_id=staff.staff_id, import_id=import_id, now=now())
    return see_other(url_for("owner.shop_import", import_id=import_id))
