"""생일과 기념일 of a person, written down by the shop as they said it."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.customers import days
from app.customers import queries as customers
from app.customers.day_rules import FIELDS
from app.flows import celebrations as flow
from app.kit.clock import kst_day
from app.kit.refusals import Invalid, NotHere
from app.web import answers
from app.web.answers import see_other
from app.web.days_form import day_lines, days_form, typed_fields
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp
from app.web.owner.noted import note_look


@door(
    bp,
    "/owner/people/<int:customer_id>/days",
    methods=("GET", "POST"),
    audience="owner",
    role="manager",
    tenant="session",
)
def person_days(customer_id: int) -> ResponseReturnValue:
    """Show a person's days, or keep what they said."""
    page = _page(customer_id)
    if request.method == "GET":
        note_look("view", customer_id)
        return render_template("owner/person_days.html", **page)
    staff = current_staff()
    had = bool(day_lines(shop_id=staff.shop.id, customer_id=customer_id))
    try:
        kept = flow.save(
            shop_id=staff.shop.id,
            customer_id=customer_id,
            staff_id=staff.staff_id,
            typed=typed_fields(),
            agrees=asked.text("days") == "y",
            ip=asked.ip(),
            user_agent=asked.user_agent(),
            now=now(),
        )
    except Invalid as error:
        wrong = answers.in_order(error.fields, (*FIELDS, "days"))
        return answers.invalid("owner/person_days.html", **(page | {"wrong": wrong}))
    flash("적어 두었어요" if kept else "적어 둔 날을 지웠어요" if had else "적은 날이 없어요")
    return see_other(url_for("owner.person", customer_id=customer_id))


def _page(customer_id: int) -> dict[str, Any]:
    shop_id = current_staff().shop.id
    person = customers.person(shop_id=shop_id, customer_id=customer_id)
    if person is None:
        raise NotHere("찾으시는 손님이 없어요. 손님 목록에서 다시 골라 주세요.")
    return {
        "customer_id": customer_id,
        "person": person,
        "stands": person.standing["days"],
        **days_form(shop_id=shop_id, customer_id=customer_id),
    }


def birthdays_this_week() -> list[days.Celebrated]:
    """Return whose birthday comes in the next seven days, today included."""
    return days.birthdays_from(shop_id=current_staff().shop.id, first=kst_day(now()))
