"""개인정보 처리방침, written from what is really switched on (개인정보 보호법 30조, 시행령 31조)."""

from __future__ import annotations

from flask import current_app, render_template
from flask.typing import ResponseReturnValue

from app.messages import accounts, registry
from app.messages import queries as messages
from app.messages.contract import Wire
from app.web.doors import door, now
from app.web.guards import current_shop
from app.web.public.blueprint import bp


def processors(shop_id: int, wire: Wire) -> list[str]:
    """Return who outside the shop is handed messages, each by name: providers only where the shop has one on."""
    views = accounts.views(shop_id)
    # A push service is the browser's own, sees no word of it, and stands under 국외 이전.
    companies = [
        f"{place.LABEL}(문자{', 알림톡' if views[key].settings.get('profile') else ''})"
        for key, place in registry.providers().items()
        if key in views and views[key].state in ("on", "paused")
    ]
    ours = [
        f"{channel.LABEL} 발송 서버 운영자" if channel.CAPABILITIES.address == "email" else channel.LABEL
        for channel in registry.channels().values()
        if channel.CAPABILITIES.transmits
        and not (channel.CAPABILITIES.by_hand or channel.CAPABILITIES.is_demo)
        and not channel.CAPABILITIES.account
        and channel.CAPABILITIES.address != "push"
        and (channel.CAPABILITIES.address != "email" or wire.carries_mail)
    ]
    return companies + ours


@door(bp, "/s/<code>/privacy", audience="public", tenant="code")
def privacy(code: str) -> ResponseReturnValue:
    """The shop's policy as it stands today."""
    shop = current_shop()
    wire = current_app.config["WIRE"]
    by_mail = wire.carries_mail and not shop.is_demo
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
        by_push=wire.carries_push and wire.public_url is not None and not shop.is_demo,
        processors=processors(shop.id, wire),
    )
