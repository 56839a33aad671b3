"""The A4 poster: the shop's QR, what a full card gives, three steps."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from flask import current_app, render_template, url_for
from flask.typing import ResponseReturnValue

from app.cards import queries as cards
from app.kit import qr
from app.web.doors import door
from app.web.guards import current_staff
from app.web.origin import is_loopback
from app.web.owner.blueprint import bp


@door(bp, "/owner/poster", audience="owner", role="staff", tenant="session")
def poster() -> ResponseReturnValue:
    """Show the poster as it will be printed. The QR opens the join page and never stamps (S02)."""
    shop = current_staff().shop
    link = current_app.config["BASE_URL"] + url_for("public.join", code=shop.code)
    return render_template(
        "print/poster.html",
        link=link,
        # The printed address stays short enough to type; the QR says where the person found us.
        picture="data:image/svg+xml," + quote(qr.svg(f"{link}?via=poster")),
        promise=cards.promise(shop.id),
        is_reachable=not is_loopback(urlsplit(link).netloc),
    )
