"""내 카드: which cards are those of who works here. Nobody stamps their own."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.flows import own_card
from app.kit.refusals import Invalid
from app.referrals import queries as referrals
from app.web import answers
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp


@door(bp, "/owner/more/cards", methods=("GET", "POST"), audience="owner", role="staff", tenant="session")
def own_cards() -> ResponseReturnValue:
    """Show one's own cards (the owner: everybody's), or say by its code that a card is one's own."""
    staff = current_staff()
    if request.method == "GET":
        return render_template("owner/own_cards.html", **_page())
    try:
        own_card.link(shop_id=staff.shop.id, staff_id=staff.staff_id, spoken=asked.text("spoken"), now=now())
    except Invalid as error:
        return answers.invalid(
            "owner/own_cards.html", **_page(typed=asked.text("spoken"), wrong=error.fields)
        )
    flash("내 카드로 적었어요")
    return see_other(url_for("owner.own_cards"))


def _page(typed: str = "", wrong: dict[str, str] | None = None) -> dict[str, Any]:
    staff = current_staff()
    whose = None if staff.role == "owner" else staff.staff_id
    lines = referrals.own_cards(shop_id=staff.shop.id, staff_id=whose)
    return {"lines": lines, "typed": typed, "wrong": wrong or {}}


@door(
    bp,
    "/owner/more/cards/<int:customer_id>/end",
    methods=("POST",),
    audience="owner",
    role="owner",
    tenant="session",
)
def end_own_card(customer_id: int) -> ResponseReturnValue:
    """Say that a card is nobody's of the shop: it was written down by mistake."""
    staff = current_staff()
    own_card.unlink(shop_id=staff.shop.id, customer_id=customer_id, by=staff.staff_id, now=now())
    flash("직원 카드에서 뺐어요")
    return see_other(url_for("owner.own_cards"))
