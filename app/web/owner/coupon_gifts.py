"""Coupons by hand: to one person from their page, to a group after its number was read; taken back."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.coupons import book, words
from app.customers import queries as customers
from app.flows import coupon_gifts as flow
from app.insights import groups
from app.kit.refusals import Invalid, NotHere
from app.kit.signing import new_token
from app.web import answers
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp
from app.web.owner.groups import chosen_group
from app.web.owner.noted import note_look


@door(
    bp,
    "/owner/coupons/<int:kind_id>/gifts",
    methods=("GET", "POST"),
    audience="owner",
    role="manager",
    tenant="session",
    sudo=True,
)
def coupon_gifts(kind_id: int) -> ResponseReturnValue:
    """Choose a group and read how many it is; then give. It begins some minutes later, and may be stopped until then."""
    staff = current_staff()
    if request.method == "GET":
        return render_template(
            "owner/coupon_gifts.html", **_page(kind_id, request.args.get("people", ""), {})
        )
    group = chosen_group()
    try:
        flow.give_to_group(
            shop_id=staff.shop.id,
            staff_id=staff.staff_id,
            kind_id=kind_id,
            group=group,
            counted=asked.number("counted") or 0,
            once=asked.once(),
            now=now(),
        )
    except Invalid as error:
        return answers.invalid("owner/coupon_gifts.html", **_page(kind_id, group, error.fields))
    flash("5분 뒤부터 드려요. 그 전에는 아래에서 멈출 수 있어요")
    return see_other(url_for("owner.coupon_kind", kind_id=kind_id))


def _page(kind_id: int, group: str, wrong: dict[str, str]) -> dict[str, Any]:
    shop_id, role = current_staff().shop.id, current_staff().role
    line = book.kind(shop_id=shop_id, kind_id=kind_id, now=now())
    if line is None or line.ended_at is not None:
        raise NotHere("지금 드리고 있는 쿠폰이 아니에요. 쿠폰 목록에서 다시 골라 주세요.")
    chosen = groups.line(shop_id=shop_id, group=group, now=now(), role=role) if group else None
    return {
        "line": line,
        "sentence": f"{line.terms.name}, {words.how_long(line.terms)}",
        "sections": groups.lines(shop_id=shop_id, now=now(), role=role) if chosen is None else [],
        "group": chosen.key if chosen else "",
        "chosen": chosen.name if chosen else "",
        "counted": chosen.people if chosen else 0,
        "room": max(line.terms.total - line.issued, 0) if line.terms.total else None,
        "wrong": wrong,
        "key": new_token(),
    }


@door(
    bp,
    "/owner/coupon-gifts/<int:gift_id>/withdrawal",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def withdraw_gift(gift_id: int) -> ResponseReturnValue:
    """Take back what a group was given and nobody used yet."""
    staff = current_staff()
    taken = flow.withdraw_gift(shop_id=staff.shop.id, staff_id=staff.staff_id, gift_id=gift_id, now=now())
    flash(f"아직 쓰지 않은 쿠폰 {taken:,}장을 거뒀어요" if taken else "멈췄어요. 더 드리지 않아요")
    kind_id = asked.number("kind")
    if kind_id is None:
        return see_other(url_for("owner.coupon_kinds"))
    return see_other(url_for("owner.coupon_kind", kind_id=kind_id))


@door(
    bp,
    "/owner/people/<int:customer_id>/coupons",
    methods=("GET", "POST"),
    audience="owner",
    role="manager",
    tenant="session",
)
def person_coupons(customer_id: int) -> ResponseReturnValue:
    """Show a person's coupons and what could be given; or give one."""
    staff = current_staff()
    if request.method == "GET":
        note_look("view", customer_id)
        return render_template("owner/person_coupons.html", **_person(customer_id, {}))
    kind_id = asked.number("kind")
    if kind_id is None:
        wrong = {"kind": "어떤 쿠폰을 드릴지 골라 주세요."}
        return answers.invalid("owner/person_coupons.html", **_person(customer_id, wrong))
    try:
        flow.give_by_hand(
            shop_id=staff.shop.id,
            staff_id=staff.staff_id,
            customer_id=customer_id,
            kind_id=kind_id,
            once=asked.once(),
            now=now(),
        )
    except flow.HasItAlready as refusal:
        wrong = {"kind": refusal.sentence}
        return answers.invalid("owner/person_coupons.html", **_person(customer_id, wrong))
    flash("쿠폰을 드렸어요. 손님 카드에 담겼어요")
    return see_other(url_for("owner.person_coupons", customer_id=customer_id))


def _person(customer_id: int, wrong: dict[str, str]) -> dict[str, Any]:
    shop_id = current_staff().shop.id
    known = customers.person(shop_id=shop_id, customer_id=customer_id)
    if known is None:
        raise NotHere("찾으시는 손님이 없어요. 손님 목록에서 다시 골라 주세요.")
    lines = book.kinds(shop_id=shop_id, now=now())
    return {
        "known": known,
        "customer_id": customer_id,
        "given": [
            (line, line.held.state(now()))
            for line in book.of_person(shop_id=shop_id, customer_id=customer_id, now=now())
        ],
        "kinds": [
            (str(line.id), f"{line.terms.name}, {words.how_long(line.terms)}")
            for line in lines
            if line.ended_at is None and not line.has_run_out
        ],
        "picked": asked.text("kind"),
        "wrong": wrong,
        "key": new_token(),
    }


@door(
    bp,
    "/owner/given-coupons/<int:coupon_id>/withdrawal",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def withdraw_coupon(coupon_id: int) -> ResponseReturnValue:
    """Take one back that was given by hand a moment ago."""
    staff = current_staff()
    customer_id = flow.withdraw_one(
        shop_id=staff.shop.id, staff_id=staff.staff_id, coupon_id=coupon_id, now=now()
    )
    flash("쿠폰을 거뒀어요")
    return see_other(url_for("owner.person_coupons", customer_id=customer_id))
