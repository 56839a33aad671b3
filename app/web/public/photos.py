"""Photos of a review: picked and taken back by the holder of its link, shown to everybody once they are ready."""

from __future__ import annotations

from flask import flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.flows import photo as flow
from app.kit.refusals import NotHere
from app.reviews import photos
from app.web.answers import see_other, wants_fragment
from app.web.doors import door, now
from app.web.guards import current_shop
from app.web.pictures import GONE, picture
from app.web.public.blueprint import bp
from app.web.public.photo_uploads import MOST_BYTES, ask_of, forget_refused, picked, take, take_one


@door(bp, "/r/<token>/photos", audience="public", tenant="token")
def picked_photos(token: str) -> ResponseReturnValue:
    """Answer the strip of picked photos alone."""
    return _strip(token)


@door(bp, "/r/<token>/photos", methods=("POST",), audience="public", tenant="token", max_bytes=MOST_BYTES)
def add_photos(token: str) -> ResponseReturnValue:
    """Take in one photo or several. The script sends one at a time and hears why one was refused; the first
    of a pick says so, and what was refused before leaves."""
    ask = ask_of(token)
    files = request.files.getlist("photo")
    if wants_fragment() and len(picked(files)) == 1:
        if request.form.get("first"):
            forget_refused(ask)
        answer = make_response("", 204)
        answer.headers["X-Photo"] = take_one(picked(files)[0], ask, now())
        return answer
    for sentence in take(files, ask, now()):
        flash(sentence)
    return see_other(_page(token))


@door(bp, "/r/<token>/photos/<ref>/removal", methods=("POST",), audience="public", tenant="token")
def remove_photo(token: str, ref: str) -> ResponseReturnValue:
    """Take a photo back before the review is sent; the second tap finds it gone and is content."""
    ask = ask_of(token)
    flow.drop(shop_id=ask.shop_id, customer_id=ask.customer_id, ask_id=ask.ask_id, ref=ref)
    return _strip(token) if wants_fragment() else see_other(_page(token))


def _strip(token: str) -> str:
    ask = ask_of(token)
    return render_template(
        "public/picked_photos.html",
        token=token,
        ask=ask,
        photos=photos.photos_of_ask(ask.shop_id, ask.ask_id),
    )


def _page(token: str) -> str:
    # The page of the review lies one step up.
    return url_for("public.picked_photos", token=token).removesuffix("/photos")


@door(bp, "/r/<token>/photos/<ref>", audience="public", tenant="token")
def picked_photo(token: str, ref: str) -> ResponseReturnValue:
    """Answer a picked photo, small, to whoever picked it."""
    ask = ask_of(token)
    return picture(photos.open_picked(ask.shop_id, ask.ask_id, ref))


@door(bp, "/s/<code>/photos/<ref>", audience="public", tenant="code")
def photo(code: str, ref: str) -> ResponseReturnValue:
    """Answer a photo of a review."""
    return picture(photos.open_shown(current_shop().id, ref, small=False))


@door(bp, "/s/<code>/photos/<ref>/view", audience="public", tenant="code")
def photo_view(code: str, ref: str) -> ResponseReturnValue:
    """Show a photo of a review in a page of ours: a card on the home screen has no way back of its own."""
    shop = current_shop()
    shown = photos.shown_photo(shop.id, ref)
    if shown is None:
        raise NotHere(GONE)
    return render_template("public/photo.html", shop=shop, photo=shown)


@door(bp, "/s/<code>/photos/<ref>/small", audience="public", tenant="code")
def small_photo(code: str, ref: str) -> ResponseReturnValue:
    """Answer a photo of a review for a list."""
    return picture(photos.open_shown(current_shop().id, ref, small=True))
