"""같은 분일 수 있어요: people of one name in different channels, and receipts that fit more than one visit."""

from __future__ import annotations

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue

from app.flows import imports as flow
from app.flows import receipts as receipt_flow
from app.visits import imports, receipts
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp
from app.web.owner.noted import note_look


@door(bp, "/owner/same-names", audience="owner", role="owner", tenant="session")
def same_names() -> ResponseReturnValue:
    """Show pairs that may be one person; the owner decides each."""
    note_look("search")
    return render_template("owner/same_names.html", pairs=imports.alike(current_staff().shop.id))


@door(
    bp,
    "/owner/people/<int:customer_id>/twin/<int:other_id>/difference",
    methods=("POST",),
    audience="owner",
    role="owner",
    tenant="session",
)
def tell_apart(customer_id: int, other_id: int) -> ResponseReturnValue:
    """Say that two of one name are two."""
    staff = current_staff()
    flow.tell_apart(
        shop_id=staff.shop.id, staff_id=staff.staff_id, one_id=customer_id, other_id=other_id, now=now()
    )
    flash("다른 분으로 두었어요")
    return see_other(url_for("owner.same_names"))


@door(bp, "/owner/receipts", audience="owner", role="owner", tenant="session")
def shop_receipts() -> ResponseReturnValue:
    """Show receipts that fit more than one visit, each with the people it may be of."""
    note_look("search")
    return render_template("owner/receipts.html", questions=receipts.questions(current_staff().shop.id))


@door(
    bp,
    "/owner/receipts/<int:receipt_id>/visit",
    methods=("POST",),
    audience="owner",
    role="owner",
    tenant="session",
)
def settle_receipt(receipt_id: int) -> ResponseReturnValue:
    """Say whose a receipt is, or that it is nobody's."""
    staff = current_staff()
    visit_id = asked.number("visit")
    receipt_flow.settle(
        shop_id=staff.shop.id, staff_id=staff.staff_id, receipt_id=receipt_id, visit_id=visit_id, now=now()
    )
    flash("영수증을 맞췄어요" if visit_id else "도장 없는 영수증으로 두었어요")
    return see_other(url_for("owner.shop_receipts"))
