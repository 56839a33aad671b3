"""The counter's rotating codes as a screen needs them: addresses ahead of time, or one picture."""

from __future__ import annotations

from flask import Response, current_app, jsonify, url_for

from app.cards.rules import code_step
from app.flows.counter_qr import codes
from app.kit import qr
from app.shops.queries import ShopView
from app.web.doors import now


def _addresses(shop: ShopView, screen: str, *, steps: int) -> list[str]:
    base, moment = current_app.config["BASE_URL"], now()
    found = codes(
        shop_id=shop.id, screen=screen, master=current_app.config["MASTER_KEY"], now=moment, steps=steps
    )
    return [f"{base}{url_for('public.counter_claim', code=shop.code, token=text)}" for text in found]


def ahead(shop: ShopView, screen: str) -> Response:
    """Answer the addresses of the next steps, the first for step `step`; `server_time` in unix seconds.

    The page draws them by itself, so that it goes on while the network is gone. No key leaves the server.
    """
    found = _addresses(shop, screen, steps=40)
    return jsonify(step=code_step(now()), server_time=now().timestamp(), addresses=found)


def picture(shop: ShopView, screen: str) -> Response:
    """Answer this step's code as a picture, for browsers without scripts."""
    [address] = _addresses(shop, screen, steps=1)
    return Response(qr.svg(address, quiet=2), content_type="image/svg+xml")
