"""Who is this, once more: where a piece of a page leads that needs it. Typed forms carry the question themselves."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.kit.refusals import Refused
from app.shops import queries as shops
from app.web import proving
from app.web.answers import see_other
from app.web.doors import door
from app.web.guards import current_staff
from app.web.owner.blueprint import bp
from app.web.owner.entrance import local_path


@door(
    bp,
    "/owner/proof",
    methods=("GET", "POST"),
    audience="owner",
    role="staff",
    tenant="session",
    device="own",
)
def proof() -> ResponseReturnValue:
    """Ask for the password or a code of the second step; afterwards go on to where one wanted."""
    staff, refusal = current_staff(), None
    next_ = local_path(request.values.get("next", ""))
    if request.method == "POST":
        try:
            proving.prove(staff)
            return see_other(next_ or url_for("owner.more"))
        except Refused as caught:
            refusal = caught
    holder = next(line for line in shops.staff_of(staff.shop.id) if line.id == staff.holder_id)
    page = render_template(
        "owner/proof.html", kept=None, next=next_, holder=holder, error=refusal.sentence if refusal else None
    )
    return page, refusal.status if refusal else 200
