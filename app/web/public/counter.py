"""What the counter's QR opens: one button for who has a card, the card first for who has none."""

from __future__ import annotations

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.cards import queries as cards
from app.flows import claim as claims
from app.flows.counter_qr import OldCounterCode, open_code
from app.kit.signing import new_token
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_shop, held_card
from app.web.public.blueprint import bp


@door(bp, "/s/<code>/counter/<token>", methods=("GET", "POST"), audience="public", tenant="code")
def counter_claim(code: str, token: str) -> ResponseReturnValue:
    """Show one button; pressing it puts the card in the shop's list. Looking writes nothing (S08)."""
    shop, holder = current_shop(), held_card()
    try:
        passed = open_code(shop_id=shop.id, text=token, master=current_app.config["MASTER_KEY"], now=now())
    except OldCounterCode as refusal:
        page = render_template("public/counter.html", shop=shop, refusal=refusal, has_card=holder is not None)
        return page, refusal.status
    if holder is None:
        # The pass comes along: whoever has to get a card first is not too late for the QR.
        return redirect(url_for("public.join", code=code, via="counter", counter=passed), 303)
    if request.method == "GET":
        page_of_card = cards.card_page(shop_id=shop.id, card_id=holder.card_id, now=now())
        context = {"shop": shop, "page": page_of_card, "passed": passed, "once": new_token()}
        return render_template("public/counter.html", **context, refusal=None)
    once = (request.form.get("once") or new_token())[:40]
    claims.ask(shop_id=shop.id, card_id=holder.card_id, once=once, via="counter", now=now())
    return see_other(url_for("customer.card", code=code))
