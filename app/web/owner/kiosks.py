"""손님용 태블릿: turning a browser into one, the list of them, switching one off."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.flows import kiosk as flow
from app.shops import queries as shops
from app.shops import signins
from app.shops.rules import device_words
from app.web import cookies, origin, proving
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp


@door(
    bp,
    "/owner/more/kiosks",
    methods=("GET", "POST"),
    audience="owner",
    role="manager",
    tenant="session",
    sudo=True,
    device="own",
)
def kiosks() -> ResponseReturnValue:
    """Explain the tablet and list those that are on; a POST makes this very browser one, and signs out of it."""
    staff = current_staff()
    if request.method == "GET":
        me = next((line for line in shops.staff_of(staff.shop.id) if line.id == staff.staff_id), None)
        lines = [(line, device_words(line.user_agent)) for line in signins.kiosks_of(staff.shop.id)]
        due = proving.is_due(staff)
        return render_template("owner/kiosks.html", lines=lines, me=me, proof_due=due)
    token = flow.turn_on(
        shop_id=staff.shop.id,
        staff_id=staff.staff_id,
        session_token=cookies.staff_token() or "",
        user_agent=asked.user_agent(),
        is_secure=origin.is_secure(),
        now=now(),
    )
    answer = see_other(url_for("public.kiosk_pad"))
    return cookies.keep_kiosk(cookies.forget_staff(answer), token)


@door(
    bp,
    "/owner/more/kiosks/<int:kiosk_id>/end",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
    device="own",
)
def end_kiosk(kiosk_id: int) -> ResponseReturnValue:
    """Switch a tablet off from here."""
    staff = current_staff()
    flow.turn_off(shop_id=staff.shop.id, kiosk_id=kiosk_id, staff_id=staff.staff_id, now=now())
    flash("그 태블릿을 껐어요")
    return see_other(url_for("owner.kiosks"))


@door(
    bp,
    "/owner/kiosk-calls/<int:call_id>/closing",
    methods=("POST",),
    audience="owner",
    role="staff",
    tenant="session",
)
def close_call(call_id: int) -> ResponseReturnValue:
    """Take a number without a card out of the list: the staff has spoken to the person."""
    flow.close_call(shop_id=current_staff().shop.id, call_id=call_id, now=now())
    return see_other(url_for("owner.stamps"))
