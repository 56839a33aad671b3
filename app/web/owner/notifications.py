"""내 휴대폰 알림: somebody who works here lets their own phone ring, and says what for; the owner says when not."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.flows import staff_push as flow
from app.kit.refusals import Invalid
from app.shops import notification_rules as rules
from app.shops import notifications
from app.shops.rules import device_words
from app.web import answers, handover
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp
from app.web.owner.more import clock


def _page(**around: Any) -> dict[str, Any]:
    staff = current_staff()
    whose = {"shop_id": staff.shop.id, "staff_id": staff.staff_id}
    kinds, quiet = notifications.choices(**whose, role=staff.role)
    phones = notifications.phones_of(**whose, now=now())
    wire = current_app.config["WIRE"]
    page = {
        "asks": wire.carries_push and wire.public_url is not None and not staff.shop.is_demo,
        "outside": handover.external_url(url_for("owner.staff_notifications")) if handover.in_kakao() else "",
        "push_key": wire.push_public,
        "phones": [(phone, device_words(phone.user_agent)) for phone in phones],
        "rings_here": any(phone.session_id == staff.session_id for phone in phones),
        "switches": [(kind, *rules.KINDS[kind][:2], kind in kinds) for kind in rules.offered(staff.role)],
        "typed": {"begins": clock(quiet.begins), "ends": clock(quiet.ends)},
        "complaints_wait": quiet.complaints_wait,
        "wrong": {},
    }
    return page | around


@door(
    bp,
    "/owner/more/notifications",
    methods=("GET", "POST"),
    audience="owner",
    role="staff",
    tenant="session",
    device="own",
)
def staff_notifications() -> ResponseReturnValue:
    """Show my phones that ring, what for and when not; the POST rings this phone: its browser said yes and told where."""
    if request.method == "GET":
        return render_template("owner/staff_notifications.html", **_page())
    staff, page = current_staff(), _page()
    if page["asks"]:
        try:
            flow.switch_on(
                shop_id=staff.shop.id,
                staff_id=staff.staff_id,
                session_id=staff.session_id,
                endpoint=asked.text("endpoint"),
                p256dh=asked.text("p256dh")[:120],
                auth=asked.text("auth")[:40],
                master=current_app.config["MASTER_KEY"],
                now=now(),
            )
        except Invalid as error:
            return answers.invalid("owner/staff_notifications.html", **page | {"wrong": error.fields})
        flash("이제 이 휴대폰이 울려요")
    return see_other(url_for("owner.staff_notifications"))


@door(
    bp,
    "/owner/more/notifications/<int:phone_id>/removal",
    methods=("POST",),
    audience="owner",
    role="staff",
    tenant="session",
    device="own",
)
def ringing_phone_removal(phone_id: int) -> ResponseReturnValue:
    """Ring one of my phones no more."""
    staff = current_staff()
    flow.switch_off(shop_id=staff.shop.id, staff_id=staff.staff_id, phone_id=phone_id, now=now())
    flash("그 휴대폰에서 알림을 껐어요")
    return see_other(url_for("owner.staff_notifications"))


@door(
    bp,
    "/owner/more/notifications/kinds",
    methods=("POST",),
    audience="owner",
    role="staff",
    tenant="session",
    device="own",
)
def notification_kinds() -> ResponseReturnValue:
    """Keep what I want to be rung for."""
    staff = current_staff()
    flow.choose(
        shop_id=staff.shop.id,
        staff_id=staff.staff_id,
        role=staff.role,
        kinds=[kind for kind in rules.KINDS if asked.text(kind) == "y"],
        now=now(),
    )
    flash("저장했어요")
    return see_other(url_for("owner.staff_notifications", _anchor="kinds"))


@door(
    bp,
    "/owner/more/notifications/hours",
    methods=("GET", "POST"),
    audience="owner",
    role="owner",
    tenant="session",
)
def quiet_hours() -> ResponseReturnValue:
    """When nobody of the shop is rung, and whether a complaint waits for the morning, too."""
    staff, page = current_staff(), _page()
    if request.method == "GET":
        return render_template("owner/quiet_hours.html", **page)
    typed = {"begins": asked.text("begins"), "ends": asked.text("ends")}
    waits = asked.text("complaints_wait") == "y"
    try:
        flow.set_quiet(
            shop_id=staff.shop.id, staff_id=staff.staff_id, **typed, complaints_wait=waits, now=now()
        )
    except Invalid as error:
        wrong = answers.in_order(error.fields, typed)
        return answers.invalid(
            "owner/quiet_hours.html", **page | {"typed": typed, "complaints_wait": waits, "wrong": wrong}
        )
    flash("저장했어요")
    return see_other(url_for("owner.staff_notifications"))
