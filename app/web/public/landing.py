"""The front door: the cards this browser holds, or what this is."""

from __future__ import annotations

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.cards import wallet
from app.messages import inbox as inbox_reads
from app.web import cookies
from app.web.doors import door, now
from app.web.public.blueprint import bp
from app.web.saved_card import forget_one, forget_saved, name_person


@door(bp, "/", audience="public")
def landing() -> ResponseReturnValue:
    """내 카드; somebody with a single card goes straight to it."""
    token, left = cookies.browser_token(), request.args.get("left")
    held = wallet.held_cards(token) if token else []
    if len(held) == 1 and left is None and "all" not in request.args:
        return redirect(url_for("customer.card", code=held[0].shop_code))
    letters = inbox_reads.unread_of([(each.shop_id, each.customer_id) for each in held], now=now())
    answer: Response = make_response(
        render_template("public/landing.html", held=held, letters=letters, left=left is not None)
    )
    if not held:
        return forget_saved(answer)
    return name_person(forget_one(answer, left) if left else answer)
