"""보증서 한꺼번에 드리기: how far it is, while the worker gives one after the other, and what came of it."""

from __future__ import annotations

from flask import flash, make_response, render_template, url_for
from flask.typing import ResponseReturnValue

from app.flows import warranty_run as flow
from app.kit.refusals import NotHere
from app.warranties import runs
from app.warranties.runs import RunView
from app.web.answers import fragment, see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner.blueprint import bp

_GONE = "찾으시는 것이 없어요. 보증서 화면에서 다시 열어 주세요."


@door(bp, "/owner/warranties/runs/<int:run_id>", audience="owner", role="staff", tenant="session")
def warranty_run(run_id: int) -> ResponseReturnValue:
    """Show how far it is; afterwards how many were given."""
    return render_template("owner/warranty_run.html", view=_one(run_id))


@door(bp, "/owner/warranties/runs/<int:run_id>/progress", audience="owner", role="staff", tenant="session")
def warranty_run_progress(run_id: int) -> ResponseReturnValue:
    """Show how far it is (a fragment); once nothing moves any more the page is opened anew."""
    view = _one(run_id)
    answer = make_response(fragment("owner/warranty_run.html", "progress", view=view))
    if not view.works:
        answer.headers["HX-Refresh"] = "true"
    return answer


@door(
    bp,
    "/owner/warranties/runs/<int:run_id>/removal",
    methods=("POST",),
    audience="owner",
    role="staff",
    tenant="session",
)
def stop_warranty_run(run_id: int) -> ResponseReturnValue:
    """그만두기: what was given stays. What the owner gives to a file's orders only they stop."""
    staff, view = current_staff(), _one(run_id)
    if view.import_id is not None and staff.role != "owner":
        raise NotHere(_GONE)
    flow.stop(shop_id=staff.shop.id, run_id=view.id, now=now())
    flash("그만 드려요. 이미 드린 보증서는 그대로예요")
    return see_other(url_for("owner.warranty_run", run_id=run_id))


def _one(run_id: int) -> RunView:
    view = runs.one(shop_id=current_staff().shop.id, run_id=run_id)
    if view is None:
        raise NotHere(_GONE)
    return view
