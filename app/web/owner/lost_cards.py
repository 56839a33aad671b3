"""A lost phone at the counter: move the card to the new one, or let the old codes die."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.cards import counter
from app.customers import merges
from app.customers import queries as customers
from app.flows import reissue, restore
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
    "/owner/people/<int:customer_id>/new-phone",
    methods=("GET", "POST"),
    audience="owner",
    role="manager",
    tenant="session",
    sudo=True,
)
def new_phone(customer_id: int) -> ResponseReturnValue:
    """Pick the word that the customer's new phone shows, and say how the person was checked."""
    known, staff = known_or_gone(customer_id), current_staff()
    waiting = merges.waiting_phones(shop_id=staff.shop.id, now=now())
    page: dict[str, Any] = {
        "customer_id": customer_id,
        "name": known.name,
        "phones": [(each.id, each.word) for each in waiting],
        "typed": {"waiting": "", "checked": "", "old_out": False},
        "wrong": {},
    }
    if request.method == "GET":
        note_look("view", customer_id)
        return render_template("owner/new_phone.html", **page)
    typed = {
        "waiting": asked.text("waiting"),
        "checked": asked.text("checked"),
        "old_out": asked.text("old_out") == "y",
    }
    try:
        restore.at_counter(
            shop_id=staff.shop.id,
            customer_id=customer_id,
            waiting_id=asked.number("waiting"),
            checked=str(typed["checked"]),
            old_out=bool(typed["old_out"]),
            staff_id=staff.staff_id,
            ip=asked.ip(),
            now=now(),
        )
    except Invalid as error:
        wrong = answers.in_order(error.fields, ("waiting", "checked"))
        return answers.invalid("owner/new_phone.html", **(page | {"typed": typed, "wrong": wrong}))
    flash("새 휴대폰으로 카드를 옮겼어요")
    return see_other(url_for("owner.person", customer_id=customer_id))


@door(
    bp,
    "/owner/people/<int:customer_id>/lost-card",
    methods=("GET", "POST"),
    audience="owner",
    role="manager",
    tenant="session",
    sudo=True,
)
def card_again(customer_id: int) -> ResponseReturnValue:
    """Say what a new card changes; the press lets every old code die."""
    known, shop_id = known_or_gone(customer_id), current_staff().shop.id
    if request.method == "GET":
        note_look("view", customer_id)
        on_paper = counter.printed_cards(shop_id=shop_id, customer_id=customer_id)
        return render_template(
            "owner/card_again.html",
            customer_id=customer_id,
            name=known.name,
            browsers=customers.browsers_of(shop_id=shop_id, customer_id=customer_id),
            printed=any(each.version for each in on_paper),
        )
    reissue.reissue(
        shop_id=shop_id,
        customer_id=customer_id,
        staff_id=current_staff().staff_id,
        but_browser=None,
        now=now(),
    )
    flash("예전 카드를 모두 막았어요. 도장은 그대로예요")
    return see_other(url_for("owner.person", customer_id=customer_id))
