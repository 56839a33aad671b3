"""구매 적기: what somebody bought, written down at the till without a stamp. The usual order is one tap on this page."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.cards import counter
from app.flows import visit as flow
from app.kit.clock import kst_day, start_of_day
from app.kit.korean import won
from app.kit.refusals import Invalid, NotHere
from app.kit.signing import new_token
from app.visits import goods, rules
from app.visits import queries as visits
from app.visits.rules import Bought
from app.web import answers
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp
from app.web.owner.noted import note_look

_LOOKS_BACK = 20  # visits
_USUAL = 3
_NOTHING = "산 것을 고르거나 금액을 적어 주세요."


def _page(customer_id: int, **more: Any) -> dict[str, Any]:
    shop_id, moment = current_staff().shop.id, now()
    card_id = counter.card_of_customer(shop_id=shop_id, customer_id=customer_id)
    seen = counter.panel(shop_id=shop_id, card_id=card_id, now=moment) if card_id else None
    if seen is None:
        raise NotHere("찾으시는 손님이 없어요. 손님 목록에서 다시 골라 주세요.")
    came = visits.last_of_many(shop_id=shop_id, customer_ids=[customer_id], most=_LOOKS_BACK)
    menu = goods.choices(shop_id=shop_id, visits=[each.id for each in came.get(customer_id, ())])
    return {
        "seen": seen,
        "customer_id": customer_id,
        "usual": [choice for choice in menu if choice.pieces][:_USUAL],
        "menu": menu,
        "written": visits.written_by_hand(
            shop_id=shop_id, customer_id=customer_id, since=start_of_day(kst_day(moment))
        ),
        "once": new_token(),
        "typed": {},
        "wrong": {},
        **more,
    }


def _chosen(menu: list[goods.Choice]) -> list[Bought]:
    """Return what the form says was bought: the usual by its own button, or pieces beside the names."""
    usual = asked.number("usual")
    if usual is not None:
        return [Bought(choice.name, 1, choice.price) for choice in menu if choice.id == usual]
    found: list[Bought] = []
    for choice in menu:
        typed = asked.text(f"q{choice.id}").strip()
        if typed in ("", "0"):
            continue
        if (
            not (typed.isascii() and typed.isdigit() and len(typed) <= 9)
            or not 1 <= int(typed) <= rules.PIECES_MOST
        ):
            raise Invalid(
                {f"q{choice.id}": f"{choice.name} 개수는 1부터 {rules.PIECES_MOST}까지 적어 주세요."}
            )
        found.append(Bought(choice.name, int(typed), choice.price))
    return found


@door(
    bp,
    "/owner/people/<int:customer_id>/purchases",
    methods=("GET", "POST"),
    audience="owner",
    role="staff",
    tenant="session",
)
def purchases(customer_id: int) -> ResponseReturnValue:
    """Show what this person buys, first what they mostly buy; a POST writes it down."""
    staff, page = current_staff(), _page(customer_id)
    if request.method == "GET":
        note_look("view", customer_id)
        return render_template("owner/purchases.html", **page)
    try:
        items = _chosen(page["menu"])
        amount = None if asked.number("usual") else rules.read_amount(asked.text("amount")[:20])
        if not items and amount is None:
            raise Invalid({"amount": _NOTHING})
        total = amount or sum(item.quantity * item.price for item in items)
        if total > rules.MOST:
            raise Invalid({"amount": "모두 더하면 너무 큰 금액이에요. 나누어 적어 주세요."})
        flow.write_down(
            shop_id=staff.shop.id,
            staff_id=staff.staff_id,
            customer_id=customer_id,
            amount=amount,
            items=items,
            once=asked.once(),
            now=now(),
        )
    except Invalid as error:
        typed = {name: value[:20] for name, value in request.form.items()}
        page |= {"typed": typed, "wrong": error.fields, "once": typed.get("once") or new_token()}
        return answers.invalid("owner/purchases.html", **page)
    flash(f"{won(total)} 적었어요" if total else "적었어요")
    return see_other(url_for("owner.purchases", customer_id=customer_id))


@door(
    bp,
    "/owner/purchases/<int:visit_id>/reversal",
    methods=("POST",),
    audience="owner",
    role="staff",
    tenant="session",
)
def cross_out(visit_id: int) -> ResponseReturnValue:
    """되돌리기: what was written down by a slip."""
    staff = current_staff()
    whose = flow.cross_out(shop_id=staff.shop.id, staff_id=staff.staff_id, visit_id=visit_id, now=now())
    flash("적은 것을 되돌렸어요")
    return see_other(url_for("owner.purchases", customer_id=whose))
