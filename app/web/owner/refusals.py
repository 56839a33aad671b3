"""수신거부: a carrier's list put in, one person's word taken at the counter."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.customers import evidence
from app.flows import refusing
from app.kit.refusals import Invalid
from app.web import answers
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp


@door(
    bp,
    "/owner/messages/refusals",
    methods=("GET", "POST"),
    audience="owner",
    role="manager",
    tenant="session",
)
def refusals() -> ResponseReturnValue:
    """Show how many refused and take a carrier's list: first what it would bring, then (`sure`) do it."""
    if request.method == "GET":
        return render_template("owner/refusals.html", **_page())
    staff, typed = current_staff(), _typed()
    try:
        read = refusing.read_list(typed)
    except Invalid as error:
        return answers.invalid("owner/refusals.html", **_page(typed=typed, wrong=error.fields))
    if request.form.get("sure") != "y":
        counted = refusing.count(
            shop_id=staff.shop.id, numbers=read.numbers, master=current_app.config["MASTER_KEY"]
        )
        return render_template("owner/refusals.html", **_page(read=read, counted=counted))
    new = refusing.take_list(shop_id=staff.shop.id, numbers=read.numbers, staff_id=staff.staff_id, now=now())
    flash(f"번호 {new:,}개를 넣었어요. 이제 광고를 보내지 않아요" if new else "모두 이미 수신거부된 번호예요")
    return see_other(url_for("owner.refusals"))


def _page(**more: Any) -> dict[str, Any]:
    empty: dict[str, Any] = {"typed": "", "read": None, "counted": None, "wrong": {}}
    return {**empty, "total": evidence.refused_total(current_staff().shop.id), **more}


def _typed() -> str:
    """Return the list as text: what was pasted, and the file as carriers' sites save it (UTF-8 or cp949)."""
    pasted, file = asked.text("list"), request.files.get("file")
    raw = file.read() if file is not None else b""
    try:
        filed = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        filed = raw.decode("cp949", errors="replace")
    return "\n".join(filter(None, (pasted, filed)))


@door(
    bp,
    "/owner/people/<int:customer_id>/refusal",
    methods=("POST",),
    audience="owner",
    role="staff",
    tenant="session",
)
def refuse_for(customer_id: int) -> ResponseReturnValue:
    """The person said it to the shop: no more ads."""
    staff = current_staff()
    is_new = refusing.said_to_shop(
        shop_id=staff.shop.id, customer_id=customer_id, staff_id=staff.staff_id, now=now()
    )
    flash(
        "광고 수신거부를 받아 적었어요. 이제 광고를 보내지 않아요"
        if is_new
        else "이미 수신거부하신 손님이에요"
    )
    card_id = asked.number("card")
    if card_id is not None:
        return see_other(url_for("owner.panel", card_id=card_id))
    return see_other(url_for("owner.person", customer_id=customer_id))
