"""전화번호 고치기: the shop puts a person's number right; one that somebody has leads to who has it."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.customers import queries as customers
from app.flows import phone_change
from app.flows.phone_change import NumberTaken
from app.kit.refusals import Invalid
from app.web import answers
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp
from app.web.owner.noted import note_look
from app.web.owner.same_people import known_or_gone


@door(
    bp,
    "/owner/people/<int:customer_id>/phone",
    methods=("GET", "POST"),
    audience="owner",
    role="manager",
    tenant="session",
)
def person_phone(customer_id: int) -> ResponseReturnValue:
    """Show what changing the number brings, or change it."""
    known, staff = known_or_gone(customer_id), current_staff()
    page: dict[str, Any] = {
        "customer_id": customer_id,
        "known": known,
        "asks": known.phone is None and not known.standing["required"],
        "typed": asked.text("phone"),
        "agrees": bool(asked.text("agreed")),
        "holder": None,
        "wrong": {},
    }
    if request.method == "GET":
        note_look("view", customer_id)
        return render_template("owner/person_phone.html", **page)
    try:
        is_new = phone_change.change(
            shop_id=staff.shop.id,
            customer_id=customer_id,
            staff_id=staff.staff_id,
            typed=page["typed"],
            agreed=page["agrees"],
            ip=asked.ip(),
            user_agent=asked.user_agent(),
            master=current_app.config["MASTER_KEY"],
            now=now(),
        )
    except Invalid as error:
        return answers.invalid("owner/person_phone.html", **(page | {"wrong": error.fields}))
    except NumberTaken as refusal:
        holder = customers.person(shop_id=staff.shop.id, customer_id=refusal.holder_id)
        page |= {"wrong": {"phone": refusal.sentence}, "holder": holder, "holder_id": refusal.holder_id}
        note_look("view", refusal.holder_id)
        return answers.invalid("owner/person_phone.html", **page)
    flash("번호를 고쳤어요" if is_new else "이미 이 번호예요")
    return see_other(url_for("owner.person", customer_id=customer_id))
