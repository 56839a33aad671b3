"""A browser's push service gave it a new address: the service worker tells us, without any page open."""

from __future__ import annotations

from typing import Any

from flask import current_app, request
from flask.typing import ResponseReturnValue

from app.flows import push as flow
from app.flows import staff_push
from app.web import cookies
from app.web.doors import door, now
from app.web.public.blueprint import bp


# A service worker has no form token: the old address, which nobody else knows, and the browser's cookie are the proof.
@door(bp, "/push/renewals", methods=("POST",), audience="public", csrf=False)
def push_renewals() -> ResponseReturnValue:
    """Ring the new address where the old one was rung; says nothing about whether it was."""
    told: Any = request.get_json(silent=True)
    token, staff_token = cookies.browser_token(), cookies.staff_token()
    names = ("was", "endpoint", "p256dh", "auth")
    if isinstance(told, dict) and all(isinstance(told.get(name), str) for name in names):
        moved: dict[str, Any] = {
            "was": told["was"][:2000],
            "endpoint": told["endpoint"],
            "p256dh": told["p256dh"][:120],
            "auth": told["auth"][:40],
            "master": current_app.config["MASTER_KEY"],
            "now": now(),
        }
        if token:
            flow.renew(browser_token=token, **moved)
        if staff_token:  # one browser may ring for a card and for who works in a shop
            staff_push.renew(session_token=staff_token, **moved)
    return "", 204
