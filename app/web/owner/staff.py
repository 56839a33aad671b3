"""직원: who works here, add a person, let a person go."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.flows import shop as shop_flow
from app.kit.refusals import Invalid
from app.shops import queries as shops
from app.web import answers
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp


@door(bp, "/owner/more/staff", methods=("GET", "POST"), audience="owner", role="owner", tenant="session")
def staff_list() -> ResponseReturnValue:
    """Show who works here, or add a person who may stamp, or see more as a manager."""
    shop_id = current_staff().shop.id
    lines = shops.staff_of(shop_id)
    typed = {name: asked.text(name) for name in ("name", "login")}
    typed["role"] = asked.text("role") or "staff"  # the least, when nothing is said
    if request.method == "GET":
        return render_template("owner/staff_list.html", lines=lines, typed=typed, wrong={})
    try:
        shop_flow.add_staff(shop_id=shop_id, **typed, password=asked.text("password"), now=now())
    except Invalid as error:
        wrong = answers.in_order(error.fields, ("name", "login", "password", "role"))
        return answers.invalid("owner/staff_list.html", lines=lines, typed=typed, wrong=wrong)
    work = "매니저로" if typed["role"] == "manager" else "직원으로"
    flash(f"{typed['name'].strip()} 님을 {work} 넣었어요")
    return see_other(url_for("owner.staff_list"))


@door(
    bp,
    "/owner/more/staff/<int:staff_id>/end",
    methods=("POST",),
    audience="owner",
    role="owner",
    tenant="session",
)
def end_staff(staff_id: int) -> ResponseReturnValue:
    """A person stops working here; their sessions end at once."""
    shop_flow.end_staff(shop_id=current_staff().shop.id, staff_id=staff_id, now=now())
    flash("직원에서 뺐어요. 그동안 찍은 도장은 그대로 있어요")
    return see_other(url_for("owner.staff_list"))
