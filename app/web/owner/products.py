"""상품 설정: how long something lasts and what is recommended. Messages take their day and their words from it."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.flows import product as flow
from app.kit.refusals import Invalid, NotHere
from app.visits import goods
from app.visits.goods import ProductLine
from app.web import answers
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp

_FIELDS = ("review_days", "rebuy_days")


@door(bp, "/owner/more/products", audience="owner", role="manager", tenant="session")
def products() -> ResponseReturnValue:
    """Show what is on the menu, each with what was said about it."""
    lines = [(line, _said(line)) for line in goods.products(current_staff().shop.id)]
    return render_template("owner/products.html", lines=lines)


@door(
    bp,
    "/owner/more/products/<int:product_id>",
    methods=("GET", "POST"),
    audience="owner",
    role="manager",
    tenant="session",
)
def product(product_id: int) -> ResponseReturnValue:
    """Show or save what is said about one product."""
    staff = current_staff()
    line = goods.product(staff.shop.id, product_id)
    if line is None:
        raise NotHere("찾으시는 상품이 없어요. 목록을 새로 열어 주세요.")
    if request.method == "GET":
        typed = {name: str(getattr(line, name) or "") for name in _FIELDS}
        return render_template("owner/product.html", line=line, typed=typed, is_pick=line.is_pick, wrong={})
    typed = {name: asked.text(name)[:12] for name in _FIELDS}
    is_pick = request.form.get("is_pick") == "y"
    try:
        flow.save(
            shop_id=staff.shop.id,
            staff_id=staff.staff_id,
            product_id=product_id,
            is_pick=is_pick,
            now=now(),
            **typed,
        )
    except Invalid as error:
        wrong = answers.in_order(error.fields, _FIELDS)
        return answers.invalid("owner/product.html", line=line, typed=typed, is_pick=is_pick, wrong=wrong)
    flash("저장했어요")
    return see_other(url_for("owner.products"))


def _said(line: ProductLine) -> str:
    told = [
        f"{line.review_days}일 뒤에 여쭤봐요" if line.review_days else "",
        f"{line.rebuy_days}일 뒤에 다시 사세요" if line.rebuy_days else "",
    ]
    return " · ".join(filter(None, told)) or "아직 적은 것이 없어요"
