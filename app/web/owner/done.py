"""끝나면 알릴 손님: who asked for a photo when the work is done, taking it, and switching the offer on or off."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.flows import work_done as flow
from app.kit.refusals import Invalid, NotHere
from app.messages import letter_rules, personal
from app.messages.personal import DoneLine
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp
from app.web.owner.noted import note_look
from app.web.owner.personal import UPLOAD_BYTES, keep

_GONE = "찾으시는 부탁이 없어요. 목록에서 다시 골라 주세요."


def waiting() -> list[DoneLine]:
    """Return who waits for news; asks nothing in a shop that does not offer it."""
    shop = current_staff().shop
    return personal.waiting_for_news(shop.id) if shop.has(flow.USE) else []


@door(bp, "/owner/done", audience="owner", role="staff", tenant="session")
def done_list() -> ResponseReturnValue:
    """Show who wants to be told, the longest waiting on top."""
    lines = personal.waiting_for_news(current_staff().shop.id)
    if lines:
        note_look("list")
    return render_template("owner/done_list.html", lines=lines)


@door(
    bp,
    "/owner/done/<int:done_id>",
    methods=("GET", "POST"),
    audience="owner",
    role="staff",
    tenant="session",
    max_bytes=UPLOAD_BYTES,
)
def done(done_id: int) -> ResponseReturnValue:
    """Take the photo and write the one line."""
    staff, line = current_staff(), _line(done_id)
    page: dict[str, Any] = {
        "name": line.name,
        "action": url_for("owner.done", done_id=done_id),
        "back": (url_for("owner.done_list"), "끝나면 알릴 손님"),
        "draft": personal.draft(
            staff.shop.id, staff_id=staff.staff_id, customer_id=line.customer_id, done_id=done_id
        ),
        "is_answer": False,
        "news": line,
        "starts_with": letter_rules.done_words(what=line.what, name=line.name),
    }
    if request.method == "GET":
        note_look("view", line.customer_id)
        return render_template("owner/letter.html", **page, typed=None, wrong={})
    return keep("owner/letter.html", page, customer_id=line.customer_id, done_id=done_id)


@door(
    bp,
    "/owner/done/<int:done_id>/removal",
    methods=("POST",),
    audience="owner",
    role="staff",
    tenant="session",
)
def drop_done(done_id: int) -> ResponseReturnValue:
    """Take somebody off the list without telling them anything."""
    flow.withdraw(shop_id=current_staff().shop.id, done_id=done_id, now=now())
    flash("목록에서 뺐어요. 아무것도 보내지 않아요")
    return see_other(url_for("owner.done_list"))


@door(
    bp,
    "/owner/people/<int:customer_id>/done",
    methods=("POST",),
    audience="owner",
    role="staff",
    tenant="session",
)
def ask_done(customer_id: int) -> ResponseReturnValue:
    """Note at the counter that this person wants a photo when it is done."""
    staff = current_staff()
    try:
        flow.ask(
            shop_id=staff.shop.id,
            customer_id=customer_id,
            what=asked.text("what"),
            once=asked.once(),
            staff_id=staff.staff_id,
            now=now(),
        )
    except Invalid as error:
        flash(next(iter(error.fields.values())))
    else:
        flash("적어 두었어요. 다 되면 여기에서 사진을 찍어 보내 주세요")
    return see_other(url_for("owner.done_list"))


@door(bp, "/owner/more/done", methods=("GET", "POST"), audience="owner", role="owner", tenant="session")
def done_settings() -> ResponseReturnValue:
    """Offer it on every card, or no longer."""
    staff = current_staff()
    if request.method == "GET":
        return render_template("owner/done_settings.html", is_on=staff.shop.has(flow.USE))
    is_on = asked.text("is_on") == "y"
    flow.switch(shop_id=staff.shop.id, staff_id=staff.staff_id, is_on=is_on, now=now())
    flash("켰어요. 손님 카드에 ‘끝나면 사진 받기’가 보여요" if is_on else "껐어요")
    return see_other(url_for("owner.done_settings"))


def _line(done_id: int) -> DoneLine:
    line = personal.news_request(current_staff().shop.id, done_id)
    if line is None:
        raise NotHere(_GONE)
    if line.state != "waiting":
        raise NotHere("이미 알려 드렸거나, 손님이 받지 않기로 하셨어요.")
    return line
