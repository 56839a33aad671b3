"""보증서 종류: what is promised for a product. A change is for certificates from now on; the others keep their words."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.flows import warranty as flow
from app.kit.refusals import Invalid, NotHere
from app.kit.signing import new_token
from app.visits import goods
from app.warranties import kinds as promised
from app.warranties.kinds import KindLine
from app.warranties.rules import USE, NoWarranty
from app.web import answers
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp

_FIELDS = ("name", "product", "months", "covers", "care")


@door(bp, "/owner/more/warranties/kinds", audience="owner", role="manager", tenant="session")
def warranty_kinds() -> ResponseReturnValue:
    """Show what is issued now."""
    staff = current_staff()
    return render_template(
        "owner/warranty_kinds.html", kinds=promised.kinds(staff.shop.id), is_on=staff.shop.has(USE)
    )


@door(
    bp,
    "/owner/more/warranties/kinds/new",
    methods=("GET", "POST"),
    audience="owner",
    role="manager",
    tenant="session",
)
def new_warranty_kind() -> ResponseReturnValue:
    """Begin to promise something."""
    return _form(None)


@door(
    bp,
    "/owner/more/warranties/kinds/<int:promise_id>",
    methods=("GET", "POST"),
    audience="owner",
    role="manager",
    tenant="session",
)
def warranty_kind(promise_id: int) -> ResponseReturnValue:
    """Promise something else from now on."""
    return _form(_kind(promise_id))


@door(
    bp,
    "/owner/more/warranties/kinds/<int:promise_id>/removal",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def end_warranty_kind(promise_id: int) -> ResponseReturnValue:
    """Issue a kind no more."""
    staff = current_staff()
    flow.end_kind(shop_id=staff.shop.id, staff_id=staff.staff_id, kind_id=promise_id, now=now())
    flash("이제 이 보증서는 새로 드리지 않아요. 이미 드린 것은 그대로예요")
    return see_other(url_for("owner.warranty_kinds"))


def _form(kind: KindLine | None) -> ResponseReturnValue:
    staff = current_staff()
    typed = {name: asked.text(name) for name in _FIELDS} if request.method == "POST" else _typed(kind)
    page: dict[str, Any] = {
        "kind": kind,
        "typed": typed,
        "products": goods.products(staff.shop.id),
        "once": new_token(),
        "wrong": {},
    }
    if request.method == "GET":
        return render_template("owner/warranty_kind.html", **page)
    own: dict[str, Any] = {"shop_id": staff.shop.id, "staff_id": staff.staff_id, "said": typed, "now": now()}
    try:
        if kind is None:
            flow.make_kind(**own, once=asked.once())
        else:
            flow.change_kind(**own, kind_id=kind.id, once=asked.once())
    except Invalid as error:
        return answers.invalid(
            "owner/warranty_kind.html", **page | {"wrong": answers.in_order(error.fields, _FIELDS)}
        )
    flash("보증서 종류를 만들었어요" if kind is None else "이제부터 드리는 보증서가 바뀌었어요")
    return see_other(url_for("owner.warranty_kinds"))


def _typed(kind: KindLine | None) -> dict[str, str]:
    if kind is None:
        return {"name": "", "product": "", "months": "12", "covers": "", "care": ""}
    return {
        "name": kind.name,
        "product": str(kind.product_id or ""),
        "months": str(kind.months),
        "covers": kind.covers,
        "care": kind.care,
    }


def _kind(kind_id: int) -> KindLine:
    kind = promised.kind(shop_id=current_staff().shop.id, kind_id=kind_id)
    if kind is None or kind.ended_at is not None:
        raise NotHere(NoWarranty.sentence)
    return kind
