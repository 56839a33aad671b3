"""환불: what a purchase had earned and used, shown before it is taken back."""

from __future__ import annotations

from dataclasses import replace

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.cards import extras
from app.coupons.purchases import used_at
from app.flows import refund as flow
from app.kit.refusals import NotHere
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner.blueprint import bp
from app.web.owner.noted import note_look


@door(
    bp,
    "/owner/visits/<int:visit_id>/refund",
    methods=("GET", "POST"),
    audience="owner",
    role="manager",
    tenant="session",
    sudo=True,
)
def refund(visit_id: int) -> ResponseReturnValue:
    """Say what a refund takes back and gives back; the second tap does it."""
    staff = current_staff()
    seen = extras.purchase(shop_id=staff.shop.id, visit_id=visit_id)
    if seen is None:
        raise NotHere("찾으시는 방문이 없어요. 손님 화면에서 다시 골라 주세요.")
    if request.method == "GET":
        note_look("view", seen.customer_id)
        coupons = used_at(shop_id=staff.shop.id, visit_id=visit_id)
        used = [*seen.used, *(each.name for each in coupons)]
        seen = replace(seen, used=used, stamps=seen.stamps + sum(each.stamps for each in coupons))
        return render_template("owner/refund.html", seen=seen, visit_id=visit_id)
    done = flow.refund(shop_id=staff.shop.id, staff_id=staff.staff_id, visit_id=visit_id, now=now())
    flash("환불한 만큼 되돌렸어요")
    return see_other(url_for("owner.person", customer_id=done.customer_id))
