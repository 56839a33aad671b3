"""쿠폰: what one can use, until when and on which conditions; one coupon with its rotating QR."""

from __future__ import annotations

from flask import Response, current_app, render_template
from flask.typing import ResponseReturnValue

from app.cards import queries as cards
from app.cards.rules import code_step
from app.coupons import queries as coupons
from app.coupons import words
from app.coupons.queries import Held
from app.coupons.rules import coupon_code
from app.flows.at_counter import card_key
from app.kit import qr
from app.kit.clock import kst_day
from app.kit.refusals import NotHere
from app.web.customer.blueprint import bp
from app.web.doors import door, now
from app.web.guards import current_card, current_shop
from app.web.tier_words import tier_names


@door(bp, "/c/<code>/coupons", audience="customer", role="holder", tenant="code")
def my_coupons(code: str) -> ResponseReturnValue:
    """Show what can be used, the nearest end first; what the next visits bring; what is over."""
    holder = current_card()
    where = {"shop_id": holder.shop_id, "customer_id": holder.customer_id}
    page = cards.card_page(shop_id=holder.shop_id, card_id=holder.card_id, now=now())
    living = coupons.living(**where, now=now())
    return render_template(
        "customer/coupons.html",
        shop=current_shop(),
        living=[(each, _conditions(each)) for each in living],
        promised=[
            words.promise(terms)
            for terms in coupons.promised(
                shop_id=holder.shop_id, visits=page.visit_count, today=kst_day(now())
            )
        ],
        past=coupons.past(**where, now=now()),
    )


@door(bp, "/c/<code>/coupons/<ref>", audience="customer", role="holder", tenant="code")
def my_coupon(code: str, ref: str) -> ResponseReturnValue:
    """Show one coupon: its QR while it can be used, and what became of it when it can't."""
    held = _mine(ref)
    page = cards.card_page(shop_id=current_card().shop_id, card_id=current_card().card_id, now=now())
    return render_template(
        "customer/coupon.html",
        shop=current_shop(),
        held=held,
        state=held.state(now()),
        conditions=_conditions(held),
        page=page,
    )


@door(bp, "/c/<code>/coupons/<ref>/qr.svg", audience="customer", role="holder", tenant="code")
def coupon_qr_svg(code: str, ref: str) -> ResponseReturnValue:
    """The same code drawn by the server, for browsers that can't: plain http, no scripts."""
    held, holder = _mine(ref), current_card()
    if held.state(now()) != "living":
        raise NotHere("지금 쓸 수 있는 쿠폰이 아니에요. 쿠폰 목록을 다시 열어 주세요.")
    page = cards.card_page(shop_id=holder.shop_id, card_id=holder.card_id, now=now())
    key = card_key(
        current_app.config["MASTER_KEY"],
        shop_id=holder.shop_id,
        card_id=page.card_id,
        version=page.key_version,
    )
    text = coupon_code(
        key=key, shop_id=holder.shop_id, card_ref=page.ref, ref=held.ref, step=code_step(now())
    )
    return Response(qr.svg(text, quiet=0), content_type="image/svg+xml")


def _mine(ref: str) -> Held:
    holder = current_card()
    held = coupons.one(shop_id=holder.shop_id, customer_id=holder.customer_id, ref=ref[:10].upper())
    if held is None:
        raise NotHere("그 쿠폰은 찾을 수 없어요. 쿠폰 목록에서 다시 골라 주세요.")
    return held


def _conditions(held: Held) -> list[str]:
    names = tier_names(current_card().shop_id) if held.terms.least_tier_id else {}
    return words.conditions(held.terms, tier=names.get(held.terms.least_tier_id or 0, ""))
