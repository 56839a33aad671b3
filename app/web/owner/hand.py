"""내 휴대폰으로 보내기: today's five from the owner's quiet hour on, one tap each, and what was sent so."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.flows import hand_day, own_phone
from app.kit.refusals import Invalid, NotHere
from app.messages import by_hand, letter_photos
from app.messages import queries as reads
from app.messages.contract import Wire
from app.web import answers
from app.web.answers import fragment, see_other, wants_fragment
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp
from app.web.owner.more import clock
from app.web.owner.noted import note_look
from app.web.pictures import GONE


def _wire() -> Wire:
    wire: Wire = current_app.config["WIRE"]
    return wire


def _wants_more() -> bool:
    """Tell whether the owner asked for more than the day would show by itself."""
    return (request.args.get("more") or asked.text("more")) == "1"


@door(bp, "/owner/messages/phone", audience="owner", role="manager", tenant="session")
def hand_queue() -> ResponseReturnValue:
    """Show the best five to send from the shop's own phone, and what was sent today.

    Before the quiet hour, after 오늘은 그만 and after five: only what cannot wait, unless more is asked for.
    """
    return render_template("owner/hand_queue.html", **_hand())


def _hand(**around: Any) -> dict[str, Any]:
    shop_id, more = current_staff().shop.id, _wants_more()
    day = by_hand.hand_day(shop_id, now=now())
    hand = by_hand.by_hand(
        shop_id, wire=_wire(), now=now(), only_at_once=day.is_full or (day.is_quiet and not more)
    )
    if day.is_full:  # the carrier lets nothing out any more; a code is at least told to who reads this
        hand = [line for line in hand if line.hides]
    done = by_hand.sent_by_hand_today(shop_id, now=now())
    if hand or done:
        note_look("hand_queue")
    return {
        "hand": hand,
        "done": done,
        "day": day,
        "more": more,
        "waiting_for": reads.outlook(shop_id, now=now()).by_hand,
        "opens": clock(day.opens),
        # Nobody but the owner knows what their phone has sent since the backup that was put back.
        "backup_at": by_hand.backup_put_back(shop_id, now=now()) if hand else None,
        **around,
    }


def _after_hand(said: str, *, undo: str = "") -> ResponseReturnValue:
    if wants_fragment():
        return fragment("owner/hand_queue.html", "queue", **_hand(said=said, undo=undo))
    flash(said)
    return see_other(url_for("owner.hand_queue", more=1 if _wants_more() else None))


@door(
    bp,
    "/owner/messages/phone/<int:message_id>/confirmation",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def confirm_sent(message_id: int) -> ResponseReturnValue:
    """The owner says: I sent it. The gate is asked once more."""
    own_phone.mark_sent(shop_id=current_staff().shop.id, message_id=message_id, wire=_wire(), now=now())
    return _after_hand("보냈다고 적어 두었어요", undo=url_for("owner.take_back_sent", message_id=message_id))


@door(
    bp,
    "/owner/messages/phone/<int:message_id>/reversal",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def take_back_sent(message_id: int) -> ResponseReturnValue:
    """The confirmation was a slip: the message waits in the queue again."""
    own_phone.undo_sent(shop_id=current_staff().shop.id, message_id=message_id, now=now())
    return _after_hand("다시 보낼 차례에 넣었어요")


@door(
    bp,
    "/owner/messages/phone/<int:message_id>/omission",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def leave_out(message_id: int) -> ResponseReturnValue:
    """The owner does not want to send this one."""
    own_phone.leave_out(shop_id=current_staff().shop.id, message_id=message_id, now=now())
    return _after_hand("이번에는 보내지 않아요")


@door(bp, "/owner/messages/phone/rest", methods=("POST",), audience="owner", role="manager", tenant="session")
def end_hand_day() -> ResponseReturnValue:
    """오늘은 그만; or it was a slip, and the day goes on."""
    is_ended = not asked.text("again")
    hand_day.end_today(shop_id=current_staff().shop.id, is_ended=is_ended, now=now())
    return _after_hand(
        "오늘은 그만 보낼게요. 남은 말은 내일 다시 보여 드려요" if is_ended else "이어서 보내요"
    )


@door(
    bp, "/owner/messages/phone/backup", methods=("POST",), audience="owner", role="manager", tenant="session"
)
def look_at_phone() -> ResponseReturnValue:
    """After a restore: the owner has looked at which texts went out already."""
    hand_day.note_checked(shop_id=current_staff().shop.id, now=now())
    return _after_hand("확인했어요. 이어서 보내 주세요")


@door(bp, "/owner/messages/phone/<int:message_id>/photo", audience="owner", role="manager", tenant="session")
def hand_photo(message_id: int) -> ResponseReturnValue:
    """Answer the picture that goes with a message, as a JPEG: for the phone's share sheet, or to be kept first."""
    file = letter_photos.open_for_phone(current_staff().shop.id, message_id)
    if file is None:
        raise NotHere(GONE)
    with file:
        answer = current_app.response_class(file.read(), content_type="image/jpeg")
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


@door(
    bp,
    "/owner/messages/phone/settings",
    methods=("GET", "POST"),
    audience="owner",
    role="manager",
    tenant="session",
)
def hand_settings() -> ResponseReturnValue:
    """When the owner has time to send by hand, and how many texts a day the carrier lets out."""
    staff = current_staff()
    if request.method == "GET":
        day = by_hand.hand_day(staff.shop.id, now=now())
        typed = {"time": clock(day.opens), "most": str(day.most)}
        return render_template("owner/hand_settings.html", typed=typed, wrong={})
    typed = {name: asked.text(name) for name in ("time", "most")}
    try:
        hand_day.save(shop_id=staff.shop.id, staff_id=staff.staff_id, **typed, now=now())
    except Invalid as error:
        wrong = answers.in_order(error.fields, typed)
        return answers.invalid("owner/hand_settings.html", typed=typed, wrong=wrong)
    flash("저장했어요")
    return see_other(url_for("owner.hand_queue"))
