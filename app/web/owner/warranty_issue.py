"""보증서 드리기: at the till, out of what was just bought or by hand; and for the orders that a file brought."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.customers import queries as customers
from app.flows import warranty as flow
from app.flows import warranty_run
from app.kit.clock import kst_day
from app.kit.korean import native_count
from app.kit.refusals import Invalid, NotHere, Refused
from app.kit.signing import new_token
from app.visits import imports
from app.warranties import kinds as promised
from app.warranties import queries as warranties
from app.warranties import runs, sales
from app.warranties.rules import CHANNELS, MOST_AT_ONCE
from app.web import answers
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp
from app.web.owner.noted import note_look
from app.web.readable import row_number

_FIELDS = ("kind", "bought_on", "channel", "price")


@door(
    bp,
    "/owner/people/<int:customer_id>/warranties",
    methods=("GET", "POST"),
    audience="owner",
    role="staff",
    tenant="session",
)
def issue_warranty(customer_id: int) -> ResponseReturnValue:
    """Give somebody a certificate: one tap beside what they bought, or a short form."""
    staff, page = current_staff(), _page(customer_id)
    if request.method == "GET":
        note_look("view", customer_id)
        return render_template("owner/issue_warranty.html", **page)
    own: dict[str, Any] = {
        "shop_id": staff.shop.id,
        "staff_id": staff.staff_id,
        "customer_id": customer_id,
        "now": now(),
    }
    try:
        item_id = asked.number("item")
        if item_id is not None:
            given = warranty_run.give_item(
                **own, item_id=item_id, kind_id=asked.number("kind") or 0, once=asked.once()
            )
            if given.run_id is not None:
                return see_other(url_for("owner.warranty_run", run_id=given.run_id))
            flash(f"보증서 {native_count(given.new)} 장을 드렸어요" if given.new else "이미 드린 보증서예요")
            return see_other(url_for("owner.issue_warranty", customer_id=customer_id))
        if asked.number("kind") is None:
            raise Invalid({"kind": "어떤 보증서인지 골라 주세요."})
        serial = flow.issue(
            **own,
            kind_id=asked.number("kind") or 0,
            bought_on=asked.text("bought_on"),
            channel=asked.text("channel"),
            price=asked.text("price"),
            once=asked.once(),
        )
    except Invalid as error:
        typed = {name: asked.text(name) for name in _FIELDS}
        wrong = answers.in_order(error.fields, _FIELDS)
        return answers.invalid("owner/issue_warranty.html", **page | {"typed": typed, "wrong": wrong})
    flash("보증서를 드렸어요. 손님 카드에 바로 보여요")
    return see_other(url_for("owner.shop_warranty", serial=serial))


def _page(customer_id: int) -> dict[str, Any]:
    shop_id = current_staff().shop.id
    person = customers.person(shop_id=shop_id, customer_id=customer_id)
    if person is None:
        raise NotHere("찾으시는 손님이 없어요. 손님 목록에서 다시 골라 주세요.")
    kinds = promised.kinds(shop_id)
    by_product = {kind.product_id: kind for kind in kinds if kind.product_id is not None}
    sold = sales.lately_sold(shop_id=shop_id, customer_id=customer_id)
    return {
        "customer_id": customer_id,
        "name": person.name,
        "kinds": kinds,
        "sold": [(line, by_product[line.product_id]) for line in sold if line.product_id in by_product],
        "channels": list(CHANNELS.items()),
        "held": warranties.certificates_of(shop_id=shop_id, customer_id=customer_id),
        "typed": {
            "kind": "",
            "bought_on": kst_day(now()).isoformat(),
            "channel": "shop",
            "price": "",
        },
        "once": new_token(),
        "wrong": {},
    }


@door(
    bp, "/owner/warranties/orders", methods=("GET", "POST"), audience="owner", role="owner", tenant="session"
)
def warranty_orders_page() -> ResponseReturnValue:
    """Choose a file of orders, a product and a kind; see how many would be given; then give them."""
    staff = current_staff()
    source = request.args if request.method == "GET" else request.form
    chosen = {name: row_number(source.get(name)) for name in ("file", "product", "kind")}
    page = _orders(chosen)
    if request.method == "GET":
        return render_template("owner/warranty_orders.html", **page)
    if page["counted"] is None or chosen["kind"] is None:
        return answers.invalid(
            "owner/warranty_orders.html",
            **page | {"refusal": "주문 파일, 상품, 보증서를 차례로 골라 주세요."},
        )
    try:
        given = warranty_run.give_orders(
            shop_id=staff.shop.id,
            staff_id=staff.staff_id,
            import_id=chosen["file"] or 0,
            product_id=chosen["product"] or 0,
            kind_id=chosen["kind"],
            once=asked.once(),
            now=now(),
        )
    except Invalid as error:
        return answers.invalid("owner/warranty_orders.html", **page | {"refusal": error.fields["once"]})
    except Refused as refusal:
        return answers.invalid("owner/warranty_orders.html", **page | {"refusal": refusal.sentence})
    if given.run_id is not None:
        return see_other(url_for("owner.warranty_run", run_id=given.run_id))
    flash(f"보증서 {given.new:,}장을 드렸어요" if given.new else "이미 드린 보증서예요")
    where: dict[str, Any] = dict(chosen)
    return see_other(url_for("owner.warranty_orders_page", **where))


def _orders(chosen: dict[str, int | None]) -> dict[str, Any]:
    shop_id = current_staff().shop.id
    files = [each for each in imports.files(shop_id) if each.kind == "orders" and each.state == "done"]
    file = next((each for each in files if each.id == chosen["file"]), None)
    products = sales.products_of_file(shop_id=shop_id, import_id=file.id) if file else []
    product = next((each for each in products if each.id == chosen["product"]), None)
    kinds = promised.kinds(shop_id)
    counted = None
    if file is not None and product is not None:
        counted = sales.dry_run(shop_id=shop_id, import_id=file.id, product_id=product.id)
    goes = (
        runs.going(shop_id=shop_id, import_id=file.id, product_id=product.id)
        if counted and file and product
        else None
    )
    fitting = next((kind.id for kind in kinds if product and kind.product_id == product.id), None)
    return {
        "files": files,
        "file": file,
        "products": products,
        "product": product,
        "kinds": kinds,
        "kind_id": chosen["kind"] or fitting,
        "counted": counted,
        "goes": goes,
        "takes_long": counted is not None and counted.new > MOST_AT_ONCE,
        "once": new_token(),
        "refusal": "",
    }
