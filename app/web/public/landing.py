"""The front door: the cards this browser holds, or what this is."""

from __future__ import annotations

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.cards import queries as cards
from app.web import cookies
from app.web.doors import door
from app.web.public.blueprint import bp
from app.web.saved_card import forget_saved, name_person


@door(bp, "/", audience="public")
def landing() -> ResponseReturnValue:
    """내 카드; somebody with a single card goes straight to it."""
    token = cookies.browser_token()
    held = cards.held_cards(token) if token else []
    if len(held) == 1 and not ({"left", "all"} & set(request.args)):
        return redirect(url_for("customer.card", code=held[0].shop_code))
    answer: Response = make_response(
        render_template("public/landing.html", held=held, left="left" in request.args)
    )
    return name_person(answer) if held and "left" not in request.args else forget_saved(answer)
