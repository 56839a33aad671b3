"""Photos of a card holder's form (web/form_photos.py): picked, looked at and taken back before the form is sent."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from flask import flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.flows import form_photo as flow
from app.reviews import picks
from app.reviews.pick_rules import pick_key
from app.web.answers import see_other, wants_fragment
from app.web.customer.blueprint import bp
from app.web.doors import door
from app.web.form_photos import MOST_BYTES, chosen, forget_refused, of_form, take, take_one
from app.web.guards import current_card
from app.web.pictures import picture


@door(bp, "/c/<code>/photos/<form>/<once>", audience="customer", role="holder", tenant="code")
def form_photos(code: str, form: str, once: str) -> ResponseReturnValue:
    """Answer the strip of picked photos alone."""
    return _strip(form, once)


@door(
    bp,
    "/c/<code>/photos/<form>/<once>",
    methods=("POST",),
    audience="customer",
    role="holder",
    tenant="code",
    max_bytes=MOST_BYTES,
)
def add_form_photos(code: str, form: str, once: str) -> ResponseReturnValue:
    """Take in one photo or several. The script sends one at a time and hears why one was refused; the first
    of a pick says so, and what was refused before leaves."""
    files = chosen(request.files.getlist("photo"))
    if wants_fragment() and len(files) == 1:
        if request.form.get("first"):
            forget_refused(form, once)
        answer = make_response("", 204)
        answer.headers["X-Photo"] = take_one(files[0], form, once)
        return answer
    if said := take(form, once):
        flash(said)
    return see_other(_page(code, once))


@door(
    bp,
    "/c/<code>/photos/<form>/<once>/<ref>/removal",
    methods=("POST",),
    audience="customer",
    role="holder",
    tenant="code",
    max_bytes=MOST_BYTES,
)
def remove_form_photo(code: str, form: str, once: str, ref: str) -> ResponseReturnValue:
    """Take a photo back before the form is sent; the second tap finds it gone and is content."""
    holder = current_card()
    flow.drop(shop_id=holder.shop_id, customer_id=holder.customer_id, form=form, once=once, ref=ref)
    return _strip(form, once) if wants_fragment() else see_other(_page(code, once))


@door(bp, "/c/<code>/photos/<form>/<once>/<ref>", audience="customer", role="holder", tenant="code")
def form_photo(code: str, form: str, once: str, ref: str) -> ResponseReturnValue:
    """Answer a picked photo, small, to whoever picked it."""
    holder = current_card()
    key = pick_key(form, customer_id=holder.customer_id, once=once)
    return picture(
        picks.open_picked(shop_id=holder.shop_id, customer_id=holder.customer_id, pick=key, ref=ref)
    )


def _strip(form: str, once: str) -> str:
    return render_template("customer/form_photos.html", photos=of_form(form, once))


def _page(code: str, once: str) -> str:
    """Return the card's page that the form stands on, as the browser names it, with the form's key."""
    path, card = urlsplit(request.headers.get("Referer", "")).path, url_for("customer.card", code=code)
    return f"{path}?{urlencode({'once': once})}" if path.startswith(f"{card}/") else card
