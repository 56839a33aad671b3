"""Photos of a thread for the shop: those that hang in it, and those picked for an answer that is not sent yet.

What the shop sends is of the person it is for, and goes with them. A voice of somebody without a name takes none.
"""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.flows import form_photo as flow
from app.kit.refusals import NotHere
from app.reviews import photos as pictures
from app.reviews import picks
from app.reviews.pick_rules import ANSWER
from app.voices import threads
from app.voices.threads import Thread
from app.web.answers import see_other, wants_fragment
from app.web.doors import door, now
from app.web.form_photos import (
    MOST_BYTES,
    ONCE_MAX,
    Form,
    key_of,
    once_of_form,
    picked_in,
    take_first,
    take_in,
)
from app.web.guards import current_staff
from app.web.owner.blueprint import bp
from app.web.pictures import GONE, picture

_NOBODY = "이름을 모르는 손님께는 사진을 보낼 수 없어요."


def thread_of(voice_id: int) -> Thread:
    """Return one thread that who asks may hear. Raises NotHere."""
    staff = current_staff()
    thread = threads.thread(
        shop_id=staff.shop.id, voice_id=voice_id, role=staff.role, staff_id=staff.staff_id, now=now()
    )
    if thread is None:
        raise NotHere("찾으시는 말씀이 없어요. 손님 말씀에서 다시 골라 주세요.")
    return thread


def form_of(thread: Thread, once: str = "") -> Form | None:
    """Return the form of an answer to this thread's person, under its key; None where nobody can be sent a photo.

    Two who answer at once do not see each other's: who answers is in the key.
    """
    if thread.customer_id is None:
        return None
    staff = current_staff()
    key = (once or once_of_form())[:ONCE_MAX]
    where = url_for("owner.answer_photos", voice_id=thread.id, once=key)
    return Form(ANSWER, f"{staff.staff_id}:{thread.id}:{key}", staff.shop.id, thread.customer_id, where)


def _form(voice_id: int, once: str) -> Form:
    form = form_of(thread_of(voice_id), once)
    if form is None:
        raise NotHere(_NOBODY)
    return form


@door(
    bp,
    "/owner/voices/<int:voice_id>/picks/<once>",
    methods=("GET", "POST"),
    audience="owner",
    role="staff",
    tenant="session",
    max_bytes=MOST_BYTES,
)
def answer_photos(voice_id: int, once: str) -> ResponseReturnValue:
    """Answer the strip of photos picked for an answer; the POST takes one in or several.

    The script sends one at a time and hears why one was refused.
    """
    form = _form(voice_id, once)
    if request.method == "GET":
        return _strip(form)
    if (answer := take_first(form)) is not None:
        return answer
    if said := take_in(form):
        flash(said)
    return see_other(url_for("owner.shop_voice", voice_id=voice_id, picks=once))


@door(
    bp,
    "/owner/voices/<int:voice_id>/picks/<once>/<ref>/removal",
    methods=("POST",),
    audience="owner",
    role="staff",
    tenant="session",
    max_bytes=MOST_BYTES,
)
def remove_answer_photo(voice_id: int, once: str, ref: str) -> ResponseReturnValue:
    """Take a photo back before the answer is sent; the second tap finds it gone and is content."""
    form = _form(voice_id, once)
    flow.drop(shop_id=form.shop_id, customer_id=form.customer_id, form=form.name, once=form.once, ref=ref)
    if wants_fragment():
        return _strip(form)
    return see_other(url_for("owner.shop_voice", voice_id=voice_id, picks=once))


@door(bp, "/owner/voices/<int:voice_id>/picks/<once>/<ref>", audience="owner", role="staff", tenant="session")
def answer_photo(voice_id: int, once: str, ref: str) -> ResponseReturnValue:
    """Answer a photo picked for an answer, small, to whoever picked it."""
    form = _form(voice_id, once)
    return picture(
        picks.open_picked(shop_id=form.shop_id, customer_id=form.customer_id, pick=key_of(form), ref=ref)
    )


@door(bp, "/owner/voices/<int:voice_id>/photos/<ref>", audience="owner", role="staff", tenant="session")
def shop_voice_photo(voice_id: int, ref: str) -> ResponseReturnValue:
    """Answer a photo of a thread to who may read it."""
    shop_id = current_staff().shop.id
    found = threads.photo(shop_id, thread_of(voice_id).id, ref)
    small = request.args.get("small") == "1"
    return picture(pictures.open_known(shop_id, found.ref, small=small) if found else None)


@door(bp, "/owner/voices/<int:voice_id>/photos/<ref>/view", audience="owner", role="staff", tenant="session")
def shop_voice_photo_view(voice_id: int, ref: str) -> ResponseReturnValue:
    """Show a photo of a thread in a page of ours."""
    found = threads.photo(current_staff().shop.id, thread_of(voice_id).id, ref)
    if found is None:
        raise NotHere(GONE)
    return render_template("owner/voice_photo.html", voice_id=voice_id, photo=found)


def _strip(form: Form) -> str:
    return render_template("owner/answer_photos.html", photos=picked_in(form))
