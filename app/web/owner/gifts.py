"""선물 챙기기: a list of everybody in a tier, with a mark for who has got it."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.flows import gifts as flow
from app.kit.refusals import Invalid, NotHere
from app.kit.signing import new_token
from app.tiers import gifts as reads
from app.tiers import queries
from app.web import answers
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp
from app.web.owner.noted import note_look
from app.web.readable import row_number


@door(bp, "/owner/more/gifts", methods=("GET", "POST"), audience="owner", role="manager", tenant="session")
def gifts() -> ResponseReturnValue:
    """Show the open lists with how many have got it, or open one."""
    staff = current_staff()
    tiers = list(reversed(queries.tiers_of(staff.shop.id))) if staff.shop.has("tiers") else []
    fields = {"name": "", "tier": str(tiers[0].id) if tiers else ""}
    wrong: dict[str, str] = {}
    if request.method == "POST":
        fields = {name: asked.text(name)[:60] for name in fields}
        try:
            gift_id = flow.open_list(
                shop_id=staff.shop.id,
                staff_id=staff.staff_id,
                name=fields["name"],
                tier_id=row_number(fields["tier"]),
                now=now(),
            )
        except Invalid as error:
            wrong = answers.in_order(error.fields, fields)
        else:
            return see_other(url_for("owner.gift", gift_id=gift_id))
    page: dict[str, Any] = {
        "lines": reads.lists_of(staff.shop.id),
        "tiers": tiers,
        "typed": fields,
        "wrong": wrong,
    }
    if wrong:
        return answers.invalid("owner/gifts.html", **page)
    return render_template("owner/gifts.html", **page)


@door(
    bp,
    "/owner/more/gifts/<int:gift_id>",
    methods=("GET", "POST"),
    audience="owner",
    role="manager",
    tenant="session",
)
def gift(gift_id: int) -> ResponseReturnValue:
    """Show who still waits for a gift, or who has got it; a POST marks one of them."""
    staff = current_staff()
    if request.method == "POST":
        flow.tick(
            shop_id=staff.shop.id,
            staff_id=staff.staff_id,
            gift_id=gift_id,
            customer_id=asked.number("customer") or 0,
            once=asked.once(),
            now=now(),
        )
        flash("드린 것으로 표시했어요")
        return see_other(url_for("owner.gift", gift_id=gift_id, after=row_number(request.args.get("after"))))
    line = reads.list_of(shop_id=staff.shop.id, gift_id=gift_id)
    if line is None:
        raise NotHere("찾으시는 선물 목록이 없어요. 목록을 새로 열어 주세요.")
    is_waiting = request.args.get("given") != "1"
    page = reads.people_on(
        shop_id=staff.shop.id,
        gift_id=gift_id,
        waiting=is_waiting,
        after=row_number(request.args.get("after")),
    )
    if page.lines:
        note_look("list")
    return render_template(
        "owner/gift.html", line=line, page=page, is_waiting=is_waiting, keys=[new_token() for _ in page.lines]
    )


@door(
    bp,
    "/owner/more/gifts/<int:gift_id>/end",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def end_gift(gift_id: int) -> ResponseReturnValue:
    """Close a list."""
    staff = current_staff()
    flow.end_list(shop_id=staff.shop.id, staff_id=staff.staff_id, gift_id=gift_id, now=now())
    flash("목록을 닫았어요. 누구에게 드렸는지는 손님마다 남아 있어요")
    return see_other(url_for("owner.gifts"))
