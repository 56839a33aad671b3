"""쿠폰: what the shop gives, how many are out, a new kind in a few taps; stopped and given again."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.coupons import book, offers, rules, words
from app.coupons.book import KindLine
from app.flows import coupon_kinds as flow
from app.kit.clock import kst_day
from app.kit.refusals import Invalid, NotHere
from app.kit.signing import new_token
from app.web import answers
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp
from app.web.readable import row_number
from app.web.tier_words import tier_names

_FORMS = (("item", "물건 하나"), ("amount", "금액 할인"), ("percent", "% 할인"), ("extra", "덤이나 도장"))


@door(bp, "/owner/coupons", audience="owner", role="manager", tenant="session")
def coupon_kinds() -> ResponseReturnValue:
    """Show every kind with what became of it."""
    lines = book.kinds(shop_id=current_staff().shop.id, now=now())
    return render_template(
        "owner/coupons.html",
        living=[(line, words.sentence(line.terms)) for line in lines if line.ended_at is None],
        ended=[(line, words.sentence(line.terms)) for line in lines if line.ended_at is not None],
        told=words.told([(line.issued, line.used) for line in lines]),
    )


@door(
    bp,
    "/owner/coupons/new",
    methods=("GET", "POST"),
    audience="owner",
    role="manager",
    tenant="session",
)
def new_coupon_kind() -> ResponseReturnValue:
    """Choose what to start from, then say what is given; what was typed stays when it can't be saved."""
    staff = current_staff()
    if request.method == "GET":
        typed = _first_form()
        if typed is None:
            return render_template("owner/coupon_starts.html", starts=offers.STARTS)
        return render_template("owner/coupon_form.html", **_form(typed, {}))
    typed = {name: asked.text(name) for name in offers.FIELDS}
    try:
        kind_id = flow.make(
            shop_id=staff.shop.id,
            staff_id=staff.staff_id,
            typed=typed,
            once=asked.once(),
            instead_of=asked.number("instead_of"),
            now=now(),
        )
    except Invalid as error:
        wrong = answers.in_order(error.fields, offers.FIELDS)
        return answers.invalid("owner/coupon_form.html", **_form(typed, wrong))
    flash("쿠폰을 만들었어요")
    return see_other(url_for("owner.coupon_kind", kind_id=kind_id))


def _first_form() -> dict[str, str] | None:
    """Return the form to begin with: a start's, or an older kind's; None where nothing was chosen yet."""
    like = row_number(request.args.get("like"))
    if like is not None:
        return offers.as_typed(_line(like).terms)
    typed = offers.started(request.args.get("start", ""))
    if typed is not None and typed["rule"] == "season":
        typed["starts_on"] = kst_day(now()).isoformat()
    return typed


def _form(typed: dict[str, str], wrong: dict[str, str]) -> dict[str, Any]:
    names = tier_names(current_staff().shop.id)
    start = next((each for each in offers.STARTS if each.key == typed["rule"]), None)
    return {
        "typed": typed,
        "wrong": wrong,
        "label": start.label if start else "쿠폰",
        "detail": start.detail if start else "",
        "forms": _FORMS,
        "tiers": [("", "누구나"), *((str(tier), f"{name}부터") for tier, name in names.items())],
        "reached": [("", "어느 등급이든"), *((str(tier), name) for tier, name in names.items())],
        "instead_of": row_number(request.values.get("like") or request.values.get("instead_of")),
        "opened": bool(typed["least_amount"] or typed["total"] or typed["stacks"] or typed["least_tier"])
        or bool({"least_amount", "total", "per_person", "least_tier"} & wrong.keys()),
        "key": new_token(),
    }


@door(
    bp,
    "/owner/coupons/<int:kind_id>",
    methods=("GET", "POST"),
    audience="owner",
    role="manager",
    tenant="session",
)
def coupon_kind(kind_id: int) -> ResponseReturnValue:
    """Show one kind as its holder sees it, with its numbers; or save how many may be given."""
    staff = current_staff()
    if request.method == "GET":
        return render_template("owner/coupon_kind.html", **_page(kind_id))
    typed = {name: asked.text(name) for name in ("per_person", "total")}
    try:
        flow.bound(shop_id=staff.shop.id, staff_id=staff.staff_id, kind_id=kind_id, typed=typed, now=now())
    except Invalid as error:
        page = _page(kind_id) | {"typed": typed, "wrong": answers.in_order(error.fields, typed)}
        return answers.invalid("owner/coupon_kind.html", **page)
    flash("저장했어요")
    return see_other(url_for("owner.coupon_kind", kind_id=kind_id))


def _line(kind_id: int) -> KindLine:
    line = book.kind(shop_id=current_staff().shop.id, kind_id=kind_id, now=now())
    if line is None:
        raise NotHere(flow.NO_KIND)
    return line


def _page(kind_id: int) -> dict[str, Any]:
    shop_id, line = current_staff().shop.id, _line(kind_id)
    terms = line.terms
    names = tier_names(shop_id) if terms.least_tier_id else {}
    return {
        "line": line,
        "sentence": words.sentence(terms),
        "conditions": words.conditions(terms, tier=names.get(terms.least_tier_id or 0, "")),
        "fine": words.fine_print(
            rules.end_of(valid_days=terms.valid_days, valid_until=terms.valid_until, issued_at=now())
        ),
        "told": words.told([(line.issued, line.used)]),
        "by_message": words.by_message(terms),
        "gifts": book.gifts(shop_id=shop_id, kind_id=kind_id, now=now()),
        "typed": {"per_person": str(terms.per_person), "total": str(terms.total or "")},
        "wrong": {},
    }


@door(
    bp,
    "/owner/coupons/<int:kind_id>/state",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def coupon_kind_state(kind_id: int) -> ResponseReturnValue:
    """Stop giving a kind, or give it again (`on`)."""
    staff = current_staff()
    who = {"shop_id": staff.shop.id, "staff_id": staff.staff_id, "kind_id": kind_id}
    if asked.text("on") == "y":
        flow.go_on(**who, now=now())
        flash("다시 드려요")
    else:
        flow.stop(**who, now=now())
        flash("그만 드려요. 이미 드린 쿠폰은 그대로 쓸 수 있어요")
    return see_other(url_for("owner.coupon_kind", kind_id=kind_id))
