"""At the counter: a coupon's QR is read, the coupon is used, a use is taken back."""

from __future__ import annotations

from flask import current_app, flash, make_response, render_template, url_for
from flask.typing import ResponseReturnValue

from app.coupons import offers, rules
from app.coupons import queries as coupons
from app.flows import coupon as flow
from app.flows.coupon import Used
from app.kit.korean import won
from app.kit.particles import josa
from app.kit.refusals import NotHere, Refused
from app.web.answers import fragment, see_other, wants_fragment
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp
from app.web.owner.panel_proof import for_proof
from app.web.owner.panels import panel_context


def scanned(code: str) -> ResponseReturnValue:
    """Answer a coupon's code with its holder's panel, the coupon ready to be used. Raises what flow.scan raises."""
    seen = flow.scan(
        shop_id=current_staff().shop.id, code=code, master=current_app.config["MASTER_KEY"], now=now()
    )
    if not wants_fragment():
        return see_other(url_for("owner.panel", card_id=seen.card_id, coupon=seen.coupon_id))
    context = panel_context(seen.card_id)
    if context["coupons"] is not None:
        context["coupons"].scanned = seen.coupon_id
        context |= for_proof(context["seen"], context["coupons"])  # its own code is the proof of this one
    return make_response(fragment("owner/panel.html", "panel", **context, in_place=True))


@door(
    bp,
    "/owner/given-coupons/<int:coupon_id>/use",
    methods=("POST",),
    audience="owner",
    role="staff",
    tenant="session",
)
def use_coupon(coupon_id: int) -> ResponseReturnValue:
    """Use a coupon, or say why not beside it, with what was typed."""
    staff = current_staff()
    card_id = coupons.card_of_coupon(shop_id=staff.shop.id, coupon_id=coupon_id)
    if card_id is None:
        raise NotHere(flow.GONE)
    typed = asked.text("amount").strip()
    try:
        used = flow.use(
            shop_id=staff.shop.id,
            staff_id=staff.staff_id,
            coupon_id=coupon_id,
            once=asked.once(),
            amount=_amount(typed),
            now=now(),
        )
    except NotHere:
        raise
    except Refused as refusal:
        context = panel_context(card_id)
        if context["coupons"] is not None:
            context["coupons"].wrong[coupon_id] = refusal.sentence
            context["coupons"].scanned = coupon_id
            context["coupons"].amount = typed
        if wants_fragment():
            return fragment("owner/panel.html", "panel", **context, in_place=True), 422
        return render_template("owner/panel.html", **context), refusal.status
    return _panel(card_id, _said(used), undo=url_for("owner.undo_coupon_use", use_id=used.use_id))


def _amount(typed: str) -> int | None:
    """Return the won typed, None for nothing. Raises AmountMissing for what is no amount."""
    if not typed:
        return None
    text = "".join(typed.split()).replace(",", "").removesuffix("원")
    if not (text.isascii() and text.isdigit()) or len(text) > 9 or int(text) > 100 * offers.MOST_WON:
        raise rules.AmountMissing("금액을 숫자로 적어 주세요. 예: 12,000")
    return int(text)


def _said(used: Used) -> str:
    if used.off:
        return f"{josa(used.name, '을/를')} 썼어요. {won(used.off)}을 빼 주세요"
    if used.stamps:
        return f"{josa(used.name, '을/를')} 썼어요. 도장 {used.stamps}개를 찍었어요"
    return f"{josa(used.name, '을/를')} 썼어요"


@door(
    bp,
    "/owner/coupon-uses/<int:use_id>/reversal",
    methods=("POST",),
    audience="owner",
    role="staff",
    tenant="session",
)
def undo_coupon_use(use_id: int) -> ResponseReturnValue:
    """Give a coupon back that was used by mistake."""
    staff = current_staff()
    card_id = flow.undo_use(shop_id=staff.shop.id, staff_id=staff.staff_id, use_id=use_id, now=now())
    said = "쿠폰 사용을 취소했어요"
    if asked.text("from") == "today" and not wants_fragment():
        flash(said)
        return see_other(url_for("owner.todays_stamps"))
    return _panel(card_id, said)


def _panel(card_id: int, said: str, *, undo: str = "") -> ResponseReturnValue:
    if wants_fragment():
        return fragment(
            "owner/panel.html",
            "panel",
            **panel_context(card_id),
            said=said,
            undo=undo,
            undo_label="사용 취소",
            in_place=True,
        )
    flash(said)
    return see_other(url_for("owner.panel", card_id=card_id))
