"""내 정보: see, change one's mind, leave. No harder than giving it was (개인정보 보호법 38조 4항)."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.cards import queries as cards
from app.customers import queries as people
from app.customers.rules import ADS_PUSH, CONSENT_KINDS
from app.customers.texts import CONSENTS
from app.flows import join, person
from app.flows import privacy as flow
from app.kit.phone import national
from app.kit.refusals import Invalid
from app.web import cookies
from app.web.answers import invalid, see_other
from app.web.customer.blueprint import bp
from app.web.customer.mine import my_page
from app.web.details_form import KEPT, DetailsForm
from app.web.doors import door, now
from app.web.guards import current_card, current_shop

_TO_FORGET = "적어 둔 이름과 번호를 지우려면 내 정보에서 ‘내 정보 모두 지우기’를 눌러 주세요."


@door(bp, "/c/<code>/me", audience="customer", role="holder", tenant="code")
def me(code: str) -> ResponseReturnValue:
    """Everything the shop knows, and the switches of what it may do with it."""
    return render_template("customer/me.html", **my_page())


@door(bp, "/c/<code>/me/consents", methods=("POST",), audience="customer", role="holder", tenant="code")
def me_consents(code: str) -> ResponseReturnValue:
    """Give or withdraw one optional consent."""
    holder, page = current_card(), my_page()
    kind, grant = request.form.get("kind", ""), request.form.get("grant") == "y"
    try:
        flow.change_consent(
            shop_id=holder.shop_id,
            customer_id=holder.customer_id,
            kind=kind,
            grant=grant,
            ip=request.remote_addr or "",
            user_agent=request.user_agent.string,
            master=current_app.config["MASTER_KEY"],
            now=now(),
        )
    except Invalid as refusal:
        return invalid("customer/me.html", **page, wrong=refusal.fields)
    flash(_answered(kind, grant=grant, before=page["mine"].standing))
    return see_other(url_for("customer.me", code=code, _anchor="push" if kind == ADS_PUSH else "consents"))


@door(bp, "/c/<code>/me/found-by", methods=("POST",), audience="customer", role="holder", tenant="code")
def me_found_by(code: str) -> ResponseReturnValue:
    """Say how one came to know the shop; nobody has to."""
    holder, found_by = current_card(), request.form.get("found_by", "")
    try:
        person.say_found_by(shop_id=holder.shop_id, customer_id=holder.customer_id, found_by=found_by)
    except Invalid as refusal:
        return invalid("customer/me.html", **my_page(), wrong=refusal.fields)
    flash("알려 주셔서 고마워요")
    return see_other(url_for("customer.me", code=code))


def _answered(kind: str, *, grant: bool, before: dict[str, bool]) -> str:
    if grant:
        return "동의해 주셔서 고마워요"
    # What stood on it went too, and that must not happen silently.
    if kind == "marketing" and (before["ads_email"] or before["ads_push"]):
        return "맞춤 혜택과 광고를 모두 그만 받아요."
    if kind == "marketing" and before["ads"]:
        return "맞춤 혜택과 광고 문자를 모두 그만 받아요."
    if kind == "ads" and before["ads_night"]:
        return "이제 낮에도 밤에도 광고 문자를 보내지 않아요."
    return "동의를 철회했어요"


@door(bp, "/c/<code>/me/delete", methods=("GET", "POST"), audience="customer", role="holder", tenant="code")
def me_delete(code: str) -> ResponseReturnValue:
    """Say what goes and what the law keeps; the second tap does it."""
    holder = current_card()
    if request.method == "GET":
        page = cards.card_page(shop_id=holder.shop_id, card_id=holder.card_id, now=now())
        return render_template("customer/me_delete.html", shop=current_shop(), page=page)
    flow.erase(shop_id=holder.shop_id, customer_id=holder.customer_id, now=now())
    return see_other(url_for("public.landing", left=code))


def _as_said_before(form: DetailsForm, mine: people.MyDetails) -> None:
    """Fill the form with the person's own earlier words. Somebody new to it finds every box empty."""
    form.name.data = mine.name
    if mine.phone is None:
        return
    form.phone.data = national(mine.phone)
    for kind in CONSENT_KINDS:
        form[kind].data = mine.standing[kind]


@door(bp, "/c/<code>/details", methods=("GET", "POST"), audience="customer", role="holder", tenant="code")
def details(code: str) -> ResponseReturnValue:
    """A name and a number, later: when the reward is due, or whenever the person likes."""
    holder, shop = current_card(), current_shop()
    mine = people.my_details(shop_id=holder.shop_id, customer_id=holder.customer_id)
    form = DetailsForm()
    page: dict[str, Any] = {"shop": shop, "form": form, "consents": CONSENTS, "mine": mine}
    if request.method == "GET":
        _as_said_before(form, mine)
        return render_template("customer/details.html", **page)
    if (mine.name or mine.phone) and not form.is_typed():
        form.show(Invalid({"phone": _TO_FORGET}))
        return invalid("customer/details.html", **page)
    if form.is_blank():
        return see_other(url_for("customer.card", code=code))  # nothing to say is an answer too
    try:
        join.add_details(
            shop_id=holder.shop_id,
            browser_token=cookies.browser_token_or_new(),
            details=form.details(),
            source="card",
            ip=request.remote_addr or "",
            user_agent=request.user_agent.string,
            master=current_app.config["MASTER_KEY"],
            now=now(),
        )
    except Invalid as refusal:
        form.show(refusal)
        return invalid("customer/details.html", **page)
    flash(KEPT)
    return see_other(url_for("customer.card", code=code))
