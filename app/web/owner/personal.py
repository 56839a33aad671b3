"""한 분께 쓰기: the owner's own words to one person, a photo from the camera, a look at how it goes, and sending it."""

from __future__ import annotations

from typing import Any, BinaryIO, cast

from flask import current_app, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.customers import queries as customers
from app.flows import personal as flow
from app.kit.images import MOST_BYTES, BadImage
from app.kit.refusals import Invalid, NotHere
from app.messages import personal
from app.messages.personal import Draft
from app.reviews import photos
from app.web import answers
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp
from app.web.owner.noted import note_look
from app.web.pictures import picture

NO_PERSON = "찾으시는 손님이 없어요. 손님 목록에서 다시 골라 주세요."
_NO_LETTER = "찾으시는 글이 없어요. 손님 목록에서 다시 골라 주세요."
# A photo and what is typed beside it.
UPLOAD_BYTES = MOST_BYTES + 1024 * 1024


@door(
    bp,
    "/owner/people/<int:customer_id>/letter",
    methods=("GET", "POST"),
    audience="owner",
    role="manager",
    tenant="session",
    max_bytes=UPLOAD_BYTES,
)
def letter(customer_id: int) -> ResponseReturnValue:
    """Write to one person: what was begun is still there. The POST keeps it and shows how it would go."""
    staff = current_staff()
    person = customers.person(shop_id=staff.shop.id, customer_id=customer_id)
    if person is None:
        raise NotHere(NO_PERSON)
    page: dict[str, Any] = {
        "name": person.name,
        "action": url_for("owner.letter", customer_id=customer_id),
        "back": (url_for("owner.person", customer_id=customer_id), "손님"),
        "draft": personal.draft(staff.shop.id, staff_id=staff.staff_id, customer_id=customer_id),
        "is_answer": personal.answers(staff.shop.id, customer_id, role=staff.role),
        "starts_with": "",
    }
    if request.method == "GET":
        note_look("view", customer_id)
        return render_template("owner/letter.html", **page, typed=None, wrong={})
    return keep("owner/letter.html", page, customer_id=customer_id)


def keep(
    template: str, page: dict[str, Any], *, customer_id: int, done_id: int | None = None
) -> ResponseReturnValue:
    """Keep what was typed and the photo that was taken, and go on to the look; or say what is wrong with them."""
    staff = current_staff()
    taken = [request.files.get(name) for name in ("camera", "photo")]
    file = next((each for each in taken if each is not None and each.filename), None)
    text = asked.text("text")
    try:
        letter_id = flow.save(
            shop_id=staff.shop.id,
            staff_id=staff.staff_id,
            customer_id=customer_id,
            text=text,
            upload=cast(BinaryIO, file.stream) if file is not None else None,
            drops_photo=asked.text("drop") == "y",
            done_id=done_id,
            now=now(),
        )
    except Invalid as error:
        return answers.invalid(template, **page, typed=text, wrong=error.fields)
    except BadImage as refusal:
        return answers.invalid(template, **page, typed=text, wrong={"photo": refusal.sentence})
    return see_other(url_for("owner.letter_look", letter_id=letter_id))


@door(bp, "/owner/letters/<int:letter_id>", audience="owner", role="staff", tenant="session")
def letter_look(letter_id: int) -> ResponseReturnValue:
    """Show how it would go: the gate's answer in words, the text as it travels, the photo."""
    page = _look(letter_id)
    note_look("preview", page["draft"].customer_id)
    return render_template("owner/letter_look.html", **page, wrong={})


@door(
    bp,
    "/owner/letters/<int:letter_id>/sending",
    methods=("POST",),
    audience="owner",
    role="staff",
    tenant="session",
)
def send_letter(letter_id: int) -> ResponseReturnValue:
    """Send it, once."""
    staff, page = current_staff(), _look(letter_id, sent_too=True)
    try:
        sent = flow.send(
            shop_id=staff.shop.id,
            staff_id=staff.staff_id,
            role=staff.role,
            letter_id=letter_id,
            ip=asked.ip(),
            now=now(),
        )
    except Invalid as error:
        return answers.invalid("owner/letter_look.html", **page, wrong=error.fields)
    except flow.PhotoNotReady as refusal:
        flash(refusal.sentence)
        return see_other(url_for("owner.letter_look", letter_id=letter_id))
    by_hand = sent.channel == "own_phone" and sent.text_state == "ready"
    flash(
        "카드에 남겼어요. 문자는 곧 ‘오늘 보낼 말’에 준비돼요"
        if by_hand
        else "보냈어요. 손님 카드에 바로 보여요"
    )
    draft: Draft = page["draft"]
    if draft.done_id is not None:
        return see_other(url_for("owner.done_list"))
    return see_other(url_for("owner.person", customer_id=draft.customer_id))


@door(
    bp,
    "/owner/letters/<int:letter_id>/removal",
    methods=("POST",),
    audience="owner",
    role="staff",
    tenant="session",
)
def discard_letter(letter_id: int) -> ResponseReturnValue:
    """Throw the draft away; the second tap finds it gone and is content."""
    staff = current_staff()
    draft = personal.draft(staff.shop.id, staff_id=staff.staff_id, letter_id=letter_id)
    flow.discard(shop_id=staff.shop.id, staff_id=staff.staff_id, letter_id=letter_id)
    flash("쓰던 글을 지웠어요")
    if draft is None or draft.done_id is not None:
        return see_other(url_for("owner.home") if draft is None else url_for("owner.done_list"))
    return see_other(url_for("owner.person", customer_id=draft.customer_id))


@door(bp, "/owner/letters/<int:letter_id>/photo", audience="owner", role="staff", tenant="session")
def letter_photo(letter_id: int) -> ResponseReturnValue:
    """Answer the photo of one's own draft."""
    staff = current_staff()
    draft = personal.draft(staff.shop.id, staff_id=staff.staff_id, letter_id=letter_id)
    return picture(photos.open_loose(staff.shop.id, draft.photo.ref if draft and draft.photo else None))


def _look(letter_id: int, *, sent_too: bool = False) -> dict[str, Any]:
    staff = current_staff()
    draft = personal.draft(staff.shop.id, staff_id=staff.staff_id, letter_id=letter_id)
    if draft is None or (draft.sent_at is not None and not sent_too):
        raise NotHere(_NO_LETTER)
    again = (
        url_for("owner.done", done_id=draft.done_id)
        if draft.done_id is not None
        else url_for("owner.letter", customer_id=draft.customer_id)
    )
    seen = personal.look(staff.shop.id, draft, role=staff.role, wire=current_app.config["WIRE"], now=now())
    return {"draft": draft, "look": seen, "again": again}
