"""개인정보 처리방침, written from what is really switched on (개인정보 보호법 30조, 시행령 31조)."""

from __future__ import annotations

from flask import current_app, render_template
from flask.typing import ResponseReturnValue

from app.messages import queries as messages
from app.messages import registry
from app.messages.contract import Wire
from app.web.doors import door, now
from app.web.guards import current_shop
from app.web.public.blueprint import bp


def processors(wire: Wire) -> list[str]:
    """Return the channels that hand messages to somebody outside the shop: each must be named."""
    return [
        channel.LABEL
        for channel in registry.channels().values()
        if channel.CAPABILITIES.transmits
        and not (channel.CAPABILITIES.by_hand or channel.CAPABILITIES.is_demo)
        and (channel.CAPABILITIES.address != "email" or wire.carries_mail)
    ]


@door(bp, "/s/<code>/privacy", audience="public", tenant="code")
def privacy(code: str) -> ResponseReturnValue:
    """The shop's policy as it stands today."""
    shop = current_shop()
    by_mail = current_app.config["WIRE"].carries_mail and not shop.is_demo
    sent = [
        line
        for line in messages.automations(shop.id)
        if line.is_on and (by_mail or line.kind != "email_check")
    ]
    return render_template(
        "public/privacy.html",
        shop=shop,
        day=now(),
        sent=sent,
        by_mail=by_mail,
        processors=processors(current_app.config["WIRE"]),
    )
