"""Joining: whose shop, what the card gives, one tap. A name and a number only if the person likes."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.cards import queries as cards
from app.coupons import firsts
from app.customers.texts import CONSENTS
from app.flows import join as flow
from app.flows import own_card
from app.kit.refusals import Invalid, NotHere
from app.reviews import queries as reviews
from app.reviews import sums
from app.web import cookies, handover, left_forms
from app.web.answers import invalid
from app.web.details_form import KEPT, DetailsForm
from app.web.doors import door, now
from app.web.guards import current_shop
from app.web.public import invited
from app.web.public.blueprint import bp

# Printed into QR codes (app/web/owner/sheets.py): what is on paper out there must be known here for good.
_SOURCES = {"link", "poster", "table", "sticker", "parcel", "counter"}
_NEWEST = 3  # reviews; the page is light on weak Wi-Fi


def _source() -> str:
    named = request.values.get("via", "")
    return named if named in _SOURCES else "qr"


def _passed() -> str:
    """Return the pass of who came by the counter's QR, "" for everybody else."""
    return request.values.get("counter", "")[:60]


def _onward(code: str) -> str:
    """Return where a new card leads: to itself, or on to the stamp that the counter's QR was opened for."""
    if _passed():
        return url_for("public.counter_claim", code=code, token=_passed())
    return url_for("customer.card", code=code)


def _promise() -> cards.Promise:
    promise = cards.promise(current_shop().id)
    if promise is None:
        raise NotHere("이 가게는 아직 카드를 준비하고 있어요. 조금 뒤에 다시 와 주세요.")
    return promise


def _offer() -> str:
    """Return what who leaves a number is given at the first visit, or ""."""
    shop = current_shop()
    if not shop.has("coupons"):
        return ""
    offered = firsts.offer(shop_id=shop.id, rule="sign_up", now=now())
    return offered.name if offered else ""


def _held() -> bool:
    token = cookies.browser_token()
    holder = cards.holder(shop_id=current_shop().id, browser_token=token) if token else None
    if holder is not None:
        invited.tell_holder(holder.customer_id)
    return holder is not None


def _came_by() -> str:
    found = invited.invitation()
    return found.word if found else ""


def _with_this_card(code: str, browser_token: str, page: str = "") -> Response:
    """Answer with the card this browser holds now; who is signed in here as staff got a card of their own."""
    own_card.note_browser(
        shop_id=current_shop().id, browser_token=browser_token, staff_token=cookies.staff_token(), now=now()
    )
    return cookies.keep_browser(make_response(page or redirect(_onward(code), 303)), browser_token)


def _page(template: str, **context: Any) -> Response:
    """Answer with the cookie that will hold the card: two taps without scripts are then one person's.

    A cookie is no row: looking changes nothing.
    """
    answer = make_response(render_template(template, **context))
    return cookies.keep_browser(answer, cookies.browser_token_or_new())


@door(bp, "/s/<code>", methods=("GET", "POST"), audience="public", tenant="code")
def join(code: str) -> ResponseReturnValue:
    """The page behind the shop's QR. It gives a card, never a stamp (S02)."""
    shop = current_shop()
    if request.method == "GET":
        if _held():
            return redirect(_onward(code))
        friend = invited.invitation()
        here = url_for("public.join", code=code, f=friend.word if friend else None)
        answer = _page(
            "public/join.html",
            shop=shop,
            promise=_promise(),
            offer=_offer(),
            outside=handover.external_url(here) if handover.in_kakao() else "",
            via=_source(),
            friend=friend,
            passed=_passed(),
            standing=sums.standing(shop.id),
            newest=reviews.reviews(shop.id, limit=_NEWEST).lines,
        )
        return invited.keep(answer, friend)
    left = left_forms.read(request.form.get("left", ""), shop_id=shop.id)
    if left is None:
        if request.form.get("left"):
            flash(left_forms.TOO_LATE)
        return _with_card(code)
    # What was typed before there was a card comes back filled.
    return _with_card(code, page=left_forms.filled_page(left, shop, is_new=not _held()))


def _with_card(code: str, page: str = "") -> Response:
    """Give a card without a name. `page`: what is answered with it instead of the card."""
    token = cookies.browser_token_or_new()
    flow.join_anonymous(
        shop_id=current_shop().id,
        browser_token=token,
        source=_source(),
        user_agent=request.user_agent.string,
        invited_by=_came_by(),
        now=now(),
    )
    return _with_this_card(code, token, page)


@door(bp, "/s/<code>/details", methods=("GET", "POST"), audience="public", tenant="code")
def details(code: str) -> ResponseReturnValue:
    """Join with a name and a number: five boxes, none ticked, the optional ones truly optional."""
    shop = current_shop()
    form = DetailsForm()
    page: dict[str, Any] = {"shop": shop, "promise": _promise(), "form": form, "consents": CONSENTS}
    page["offer"] = _offer()
    page["passed"] = _passed()
    page["via"] = _source()  # kept in the form's address: it says where this person found the shop
    page["friend"] = invited.invitation()
    if request.method == "GET":
        if _held():
            # A parcel's QR leads whoever has a card to it: that is where a review is written.
            at = "customer.card" if page["via"] == "parcel" else "customer.details"
            at = "customer.my_reviews" if request.args.get("for") == "review" else at
            return redirect(url_for(at, code=code))
        return invited.keep(_page("public/details.html", **page), page["friend"])
    if form.is_blank():
        return _with_card(code)  # nothing to say is an answer too
    token = cookies.browser_token_or_new()
    try:
        flow.add_details(
            shop_id=shop.id,
            browser_token=token,
            details=form.details(),
            source=_source(),
            ip=request.remote_addr or "",
            user_agent=request.user_agent.string,
            master=current_app.config["MASTER_KEY"],
            invited_by=_came_by(),
            now=now(),
        )
    except Invalid as refusal:
        form.show(refusal)
        return invalid("public/details.html", **page)
    flash(KEPT)
    return _with_this_card(code, token)
