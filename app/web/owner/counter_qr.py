"""계산대 QR 띄우기: a rotating code on the shop's phone or tablet; a customer's camera opens it."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from app.web import counter_codes
from app.web.doors import door
from app.web.guards import current_staff
from app.web.owner.blueprint import bp
from app.web.owner.sheets import is_reachable


def _screen() -> str:
    return f"s{current_staff().session_id}"


@door(bp, "/owner/counter", audience="owner", role="staff", tenant="session", device="idle")
def counter_qr() -> ResponseReturnValue:
    """The QR as large as the screen."""
    return render_template("owner/counter_qr.html", is_reachable=is_reachable())


@door(bp, "/owner/counter/codes", audience="owner", role="staff", tenant="session", device="idle")
def counter_codes_ahead() -> ResponseReturnValue:
    """The codes of the next twenty minutes; also where nobody has typed a PIN: they show nobody."""
    return counter_codes.ahead(current_staff().shop, _screen())


@door(bp, "/owner/counter/code.svg", audience="owner", role="staff", tenant="session", device="idle")
def counter_code_svg() -> ResponseReturnValue:
    """The code of this moment as a picture."""
    return counter_codes.picture(current_staff().shop, _screen())
