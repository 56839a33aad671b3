"""Photos of a card holder's form (web/form_photos.py): picked, looked at and taken back before the form is sent."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.flows import form_photo as flow
from app.reviews import picks
from app.web.answers import see_other, wants_fragment
from app.web.customer.blueprint import bp
from app.web.doors import door
from app.web.form_photos import MOST_BYTES, key_of, of_form, of_holder, take, take_first
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
    """Take in one photo or several. The script sends one at a time and hears why one was refused."""
    if (answer := take_first(of_holder(form, once))) is not None:
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
    theirs = of_holder(form, once)
    flow.drop(shop_id=theirs.shop_id, customer_id=theirs.customer_id, form=form, once=once, ref=ref)
    return _strip(form, once) if wants_fragment() else see_other(_page(code, once))


@door(bp, "/c/<code>/photos/<form>/<once>/<ref>", audience="customer", role="holder", tenant="code")
def form_photo(code: str, form: str, once: str, ref: str) -> ResponseReturnValue:
    """Answer a picked photo, small, to whoever picked it."""
    theirs = of_holder(form, once)
    return picture(
        picks.open_picked(
            shop_id=theirs.shop_id, customer_id=theirs.customer_id, pick=key_of(theirs), ref=ref
        )
    )


def _strip(form: str, once: str) -> str:
    return render_template("customer/form_photos.html", photos=of_form(form, once))


def _page(code: str, once: str) -> str:
    """Return the card's page that the form stands on, as the browser names it, with the form's key."""
    path, card = urlsplit(request.headers.get("Referer", "")).path, url_for("customer.card", code=code)
    return f"{path}?{urlencode({'once': once})}" if path.startswith(f"{card}/") else card
