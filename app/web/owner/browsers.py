"""로그인한 기기: where I am signed in, for the owner where everybody is, and signing a lost phone out (S20)."""

from __future__ import annotations

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue

from app.flows import access
from app.flows import staff as staff_flow
from app.shops import queries as shops
from app.shops import signins
from app.shops.rules import device_words
from app.shops.signins import BrowserLine
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner.blueprint import bp


def _seat(line: BrowserLine) -> dict[str, object]:
    return {
        "line": line,
        "words": device_words(line.user_agent),
        "mine": line.session_id == current_staff().session_id,
    }


@door(bp, "/owner/more/browsers", audience="owner", role="staff", tenant="session", device="own")
def browsers() -> ResponseReturnValue:
    """Show every browser this person is signed in on; this one is marked."""
    staff = current_staff()
    lines = [_seat(line) for line in signins.browsers_of(staff.shop.id, staff.staff_id, now())]
    return render_template("owner/browsers.html", lines=lines)


@door(
    bp,
    "/owner/more/browsers/<int:session_id>/end",
    methods=("POST",),
    audience="owner",
    role="staff",
    tenant="session",
    device="own",
)
def end_browser(session_id: int) -> ResponseReturnValue:
    """Sign one of my browsers out at once."""
    staff = current_staff()
    access.end_browser(shop_id=staff.shop.id, staff_id=staff.staff_id, session_id=session_id, now=now())
    flash("그 기기에서 로그아웃했어요")
    return see_other(url_for("owner.browsers"))


@door(
    bp,
    "/owner/more/browsers/end",
    methods=("POST",),
    audience="owner",
    role="staff",
    tenant="session",
    device="own",
)
def end_other_browsers() -> ResponseReturnValue:
    """Sign me out everywhere but here."""
    staff = current_staff()
    ended = access.end_other_browsers(
        shop_id=staff.shop.id, staff_id=staff.staff_id, session_id=staff.session_id, now=now()
    )
    flash(f"다른 기기 {ended}대에서 로그아웃했어요" if ended else "다른 기기는 없었어요")
    return see_other(url_for("owner.browsers"))


@door(bp, "/owner/more/devices", audience="owner", role="owner", tenant="session", device="own")
def all_browsers() -> ResponseReturnValue:
    """Show where everybody of the shop is signed in, person by person."""
    staff = current_staff()
    seats = [_seat(line) for line in signins.browsers_of(staff.shop.id, None, now())]
    people = [
        (person, mine)
        for person in shops.staff_of(staff.shop.id)
        if (mine := [seat for seat in seats if seat["line"].staff_id == person.id])  # type: ignore[attr-defined]
    ]
    return render_template("owner/all_browsers.html", people=people)


@door(
    bp,
    "/owner/more/devices/<int:session_id>/end",
    methods=("POST",),
    audience="owner",
    role="owner",
    tenant="session",
    sudo=True,
    device="own",
)
def end_browser_of(session_id: int) -> ResponseReturnValue:
    """Sign anybody's browser out; its next request finds the door shut."""
    staff = current_staff()
    staff_flow.end_browser(shop_id=staff.shop.id, session_id=session_id, by=staff.staff_id, now=now())
    flash("그 기기에서 로그아웃했어요")
    return see_other(url_for("owner.all_browsers"))
