"""적립은 쉽게, 사용은 확인: the card's live code as proof without a stamp, or what the staff looked at instead."""

from __future__ import annotations

from flask import current_app, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.cards import counter
from app.flows import spending
from app.flows.spending import Check
from app.kit.refusals import Invalid, NotHere, Refused
from app.web import answers
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp
from app.web.owner.noted import note_look
from app.web.owner.panel import again
from app.web.owner.panels import panel_context
from app.web.readable import row_number


@door(bp, "/owner/looks", methods=("GET", "POST"), audience="owner", role="staff", tenant="session")
def looks() -> ResponseReturnValue:
    """Scan a card to see that it is here; nothing is stamped. Whoever's card it is, their panel opens."""
    staff = current_staff()
    card_id = row_number(request.values.get("card"))
    if request.method == "GET":
        return render_template("owner/looks.html", card_id=card_id, error=None)
    try:
        found = spending.look(
            shop_id=staff.shop.id,
            staff_id=staff.staff_id,
            code=asked.text("code").strip(),
            master=current_app.config["MASTER_KEY"],
            now=now(),
        )
    except Refused as refusal:
        status = 422 if answers.wants_fragment() else refusal.status
        wrong = {"card_id": card_id, "error": refusal.sentence}
        return answers.invalid("owner/looks.html", "result", status=status, **wrong)
    note_look("view", _customer(found))
    flash(
        "손님 카드를 확인했어요" if card_id in (None, found) else "다른 손님의 카드예요. 그 손님을 열었어요"
    )
    return see_other(url_for("owner.panel", card_id=found))


def _customer(card_id: int) -> int | None:
    seen = counter.panel(shop_id=current_staff().shop.id, card_id=card_id, now=now())
    return seen.customer_id if seen else None


@door(
    bp,
    "/owner/panel/<int:card_id>/checks",
    methods=("POST",),
    audience="owner",
    role="staff",
    tenant="session",
)
def check_person(card_id: int) -> ResponseReturnValue:
    """카드 없이 확인하기: what the staff looked at, with their own PIN where they have one; written down."""
    staff = current_staff()
    if counter.panel(shop_id=staff.shop.id, card_id=card_id, now=now()) is None:
        raise NotHere("찾으시는 카드가 없어요. 손님께 카드를 다시 열어 달라고 해 주세요.")
    try:
        spending.note_check(
            shop_id=staff.shop.id,
            card_id=card_id,
            staff_id=staff.staff_id,
            session_id=staff.session_id,
            check=Check(asked.text("check"), asked.text("pin")),
            now=now(),
        )
    except Refused as refusal:
        wrong = refusal.fields if isinstance(refusal, Invalid) else {"": refusal.sentence}
        context = panel_context(card_id) | {"wrong_check": wrong, "checked": asked.text("check")}
        swapped = answers.wants_fragment()
        status = 422 if swapped else refusal.status
        return answers.invalid("owner/panel.html", "panel", status=status, **context, in_place=swapped)
    return again(card_id, "확인했어요. 2분 안에 쓸 수 있어요")
