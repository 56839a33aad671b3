"""함께 쓰는 기기: who stands at it, by a name and a PIN; the next person; and how a browser becomes one."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.flows import sharing
from app.kit.refusals import Invalid, NotHere, Refused
from app.shops import queries as shops
from app.web import answers, proving
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp
from app.web.owner.entrance import local_path, on_to


@door(
    bp,
    "/owner/turn",
    methods=("GET", "POST"),
    audience="owner",
    role="staff",
    tenant="session",
    device="idle",
)
def turn() -> ResponseReturnValue:
    """Ask who uses the device now: everybody's name, large. A POST only carries a kept form along."""
    staff = current_staff()
    if not staff.is_shared:
        return see_other(url_for("owner.home"))
    return render_template(
        "owner/turn.html",
        people=shops.staff_of(staff.shop.id),
        next=local_path(request.values.get("next", "")),
        resume=asked.text("resume"),
    )


@door(
    bp,
    "/owner/turn/<int:staff_id>",
    methods=("GET", "POST"),
    audience="owner",
    role="staff",
    tenant="session",
    device="idle",
)
def take_turn(staff_id: int) -> ResponseReturnValue:
    """Ask for the person's PIN, and let them act. A form that was kept comes along; picking a name counts no try."""
    staff = current_staff()
    person = next((line for line in shops.staff_of(staff.shop.id) if line.id == staff_id), None)
    if person is None:
        raise NotHere("찾으시는 직원이 없어요. 이름을 다시 골라 주세요.")
    next_, resume = local_path(request.values.get("next", "")), asked.text("resume")
    around = {"person": person, "next": next_, "resume": resume}
    if "pin" not in request.form:
        return render_template("owner/turn_pin.html", **around, error=None)
    try:
        sharing.take_turn(
            shop_id=staff.shop.id,
            session_id=staff.session_id,
            staff_id=staff_id,
            pin=asked.text("pin"),
            now=now(),
        )
    except Refused as refusal:
        page = render_template("owner/turn_pin.html", **around, error=refusal.sentence)
        return page, refusal.status
    return on_to(next_ or url_for("owner.stamps"), resume, staff_id)


@door(
    bp,
    "/owner/turn/end",
    methods=("POST",),
    audience="owner",
    role="staff",
    tenant="session",
    device="idle",
)
def end_turn() -> ResponseReturnValue:
    """다음 사람: the device asks for a name again."""
    staff = current_staff()
    sharing.end_turn(shop_id=staff.shop.id, session_id=staff.session_id)
    return see_other(url_for("owner.turn"))


@door(
    bp,
    "/owner/more/sharing",
    methods=("GET", "POST"),
    audience="owner",
    role="manager",
    tenant="session",
    device="own",
)
def share_device() -> ResponseReturnValue:
    """Explain sharing, and turn the browser one holds into a shared one."""
    staff = current_staff()
    people = shops.staff_of(staff.shop.id)
    if request.method == "GET":
        me = next(line for line in people if line.id == staff.staff_id)
        return render_template("owner/share_device.html", people=people, me=me)
    sharing.turn_on(shop_id=staff.shop.id, staff_id=staff.staff_id, session_id=staff.session_id, now=now())
    return see_other(url_for("owner.turn"))


@door(
    bp,
    "/owner/sharing",
    methods=("GET", "POST"),
    audience="owner",
    role="staff",
    tenant="session",
    sudo=True,
    device="idle",
)
def unshare_device() -> ResponseReturnValue:
    """Make a shared browser its person's own again: that person's password is asked for in the page itself."""
    staff = current_staff()
    if request.method == "POST":
        sharing.turn_off(shop_id=staff.shop.id, session_id=staff.session_id, now=now())
        flash("이제 혼자 쓰는 기기예요")
        return see_other(url_for("owner.more"))
    if not staff.is_shared:
        return see_other(url_for("owner.home"))
    holder = next(line for line in shops.staff_of(staff.shop.id) if line.id == staff.holder_id)
    return render_template("owner/unshare_device.html", holder=holder, proof_due=proving.is_due(staff))


@door(
    bp,
    "/owner/more/pin",
    methods=("GET", "POST"),
    audience="owner",
    role="staff",
    tenant="session",
    device="own",
)
def own_pin() -> ResponseReturnValue:
    """A PIN of one's own for the shop's shared device."""
    staff = current_staff()
    me = next(line for line in shops.staff_of(staff.shop.id) if line.id == staff.staff_id)
    if request.method == "GET":
        return render_template("owner/own_pin.html", me=me, wrong={})
    try:
        sharing.set_pin(
            shop_id=staff.shop.id,
            staff_id=staff.staff_id,
            pin=asked.text("pin"),
            by=staff.staff_id,
            now=now(),
        )
    except Invalid as error:
        return answers.invalid("owner/own_pin.html", me=me, wrong=error.fields)
    flash("비밀 숫자를 정했어요")
    return see_other(url_for("owner.more"))
