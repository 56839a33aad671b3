"""로그인한 기기: where I am signed in, and signing a lost phone out (S20)."""

from __future__ import annotations

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue

from app.flows import access
from app.shops import queries as shops
from app.shops.rules import device_words
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner.blueprint import bp


@door(bp, "/owner/more/browsers", audience="owner", role="staff", tenant="session")
def browsers() -> ResponseReturnValue:
    """Show every browser this person is signed in on; this one is marked."""
    staff = current_staff()
    lines = [
        {"line": line, "words": device_words(line.user_agent), "mine": line.session_id == staff.session_id}
        for line in shops.browsers_of(staff.shop.id, staff.staff_id, now())
    ]
    return render_template("owner/browsers.html", lines=lines)


@door(
    bp,
    "/owner/more/browsers/<int:session_id>/end",
    methods=("POST",),
    audience="owner",
    role="staff",
    tenant="session",
)
def end_browser(session_id: int) -> ResponseReturnValue:
    """Sign one of my browsers out at once."""
    staff = current_staff()
    access.end_browser(shop_id=staff.shop.id, staff_id=staff.staff_id, session_id=session_id, now=now())
    flash("그 기기에서 로그아웃했어요")
    return see_other(url_for("owner.browsers"))
