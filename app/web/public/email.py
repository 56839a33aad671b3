"""The other end of the link in a confirming e-mail. Looking burns nothing; the button does (S08)."""

from __future__ import annotations

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue

from app.flows import email as flow
from app.web.doors import door, now
from app.web.guards import current_shop
from app.web.public.blueprint import bp


@door(bp, "/s/<code>/email/<token>", methods=("GET", "POST"), audience="public", tenant="code")
def confirm_email(code: str, token: str) -> ResponseReturnValue:
    """Ask whether the address is theirs, then note it; the same page says that it is done."""
    shop, master = current_shop(), current_app.config["MASTER_KEY"]
    done = request.method == "POST"
    if done:
        flow.confirm(shop_id=shop.id, token=token, master=master, now=now())
    elif not flow.is_good(token, shop_id=shop.id, master=master, now=now()):
        raise flow.MailLinkGone
    return render_template("public/email.html", shop=shop, token=token, done=done)
