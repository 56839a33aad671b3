"""AS 요청: what is under way, one of them with its certificate and purchases beside it, and moving it on."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.flows import repair as flow
from app.kit.clock import kst_day
from app.kit.refusals import Invalid, NotHere
from app.kit.signing import new_token
from app.visits import queries as visits
from app.warranties import queries as warranties
from app.warranties import repairs
from app.warranties.repair_rules import STATES
from app.web import answers, certificates
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp
from app.web.owner.noted import note_look

_VISITS_SHOWN = 10


@door(bp, "/owner/repairs", audience="owner", role="manager", tenant="session")
def shop_repairs() -> ResponseReturnValue:
    """Show the repairs that are not over, the longest waiting on top."""
    lines = repairs.under_way(current_staff().shop.id)
    if lines:
        note_look("list")
    return render_template("owner/repairs.html", lines=lines)


@door(
    bp,
    "/owner/repairs/<int:request_id>",
    methods=("GET", "POST"),
    audience="owner",
    role="manager",
    tenant="session",
)
def shop_repair(request_id: int) -> ResponseReturnValue:
    """Show a repair with the certificate, its period and what else was bought; the POST says how far it is."""
    staff, page = current_staff(), _page(request_id)
    if request.method == "GET":
        note_look("view", page["line"].customer_id)
        return render_template("owner/repair.html", **page)
    try:
        state = flow.step(
            shop_id=staff.shop.id,
            staff_id=staff.staff_id,
            request_id=request_id,
            state=page["typed"]["state"],
            note=page["typed"]["note"],
            once=asked.once(),
            now=now(),
        )
    except Invalid as error:
        return answers.invalid("owner/repair.html", **page | {"wrong": error.fields})
    flash(f"‘{STATES[state]}’라고 손님께 알렸어요")
    return see_other(url_for("owner.shop_repair", request_id=request_id))


def _page(request_id: int) -> dict[str, Any]:
    shop_id, today = current_staff().shop.id, kst_day(now())
    line = repairs.repair(shop_id=shop_id, request_id=request_id)
    certificate = warranties.certificate(shop_id=shop_id, serial=line.serial) if line else None
    if line is None or certificate is None:
        raise NotHere("찾으시는 AS 요청이 없어요. 목록에서 다시 골라 주세요.")
    came = []
    if line.customer_id is not None:
        came = visits.visits_of(shop_id=shop_id, customer_id=line.customer_id, limit=_VISITS_SHOWN)
    return {
        "line": line,
        "certificate": certificate,
        "state": certificate.state(today),
        "state_words": certificates.state_words(certificate, today),
        "steps": repairs.steps(shop_id=shop_id, request_id=request_id),
        "came": [visit for visit in came if visit.items and not visit.reversed],
        "typed": {"state": asked.text("state"), "note": asked.text("note")},
        "once": new_token(),
        "wrong": {},
    }
