"""The photos of a form: what a page with a picker needs, and what a form without scripts brings.

A page shows `parts/photos.html: picker_at(photos.where, photos.lines, photos.most)` with `photos = of_form("voice", once)`
and keeps the form's once-key when the form comes back. Its POST calls `take(...)` first: without scripts the files come
with the form. The door needs `max_bytes=MOST_BYTES`. Sending is a flow's, which keeps what was picked under the same key.
A card holder's forms are named alone; the shop's own for a person (owner/voice_photos.py) are a Form of theirs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO, cast

from flask import Response, make_response, request, url_for
from werkzeug.datastructures import FileStorage

from app.flows import form_photo as flow
from app.flows.photo import TooMany
from app.kit.images import MOST_BYTES as MOST_OF_ONE
from app.kit.korean import native_count
from app.kit.refusals import NotHere, Refused
from app.kit.signing import new_token
from app.reviews import picks
from app.reviews.photos import PhotoLine
from app.reviews.pick_rules import FORMS, most_of, pick_key
from app.web.answers import wants_fragment
from app.web.doors import now
from app.web.guards import current_card, current_shop

# The photos of the largest form and what is typed beside them.
MOST_BYTES = max(FORMS.values()) * MOST_OF_ONE + 1024 * 1024
ONCE_MAX = 80


@dataclass(frozen=True)
class Form:
    """One form that photos are picked in: which, under which key, of whom, and the address where more is picked."""

    name: str
    once: str
    shop_id: int
    customer_id: int
    where: str


@dataclass(frozen=True)
class FormPhotos:
    """What was picked in one form so far, and the address where more is picked."""

    where: str
    lines: list[PhotoLine]
    most: int


def once_of_form() -> str:
    """Return the key photos are picked under, as the form or the address names it; a new one for a form that begins.

    The picker sends it along as "picks": the form's own once-key is renewed by the browser with every press.
    """
    values = request.values
    return (values.get("picks") or values.get("once") or new_token())[:ONCE_MAX]


def of_holder(name: str, once: str) -> Form:
    """Return a form of the card holder. Only behind a holder's door. Raises NotHere for none of theirs."""
    if name not in FORMS:
        raise NotHere
    holder = current_card()
    where = url_for("customer.form_photos", code=current_shop().code, form=name, once=once)
    return Form(name, once, holder.shop_id, holder.customer_id, where)


def of_form(name: str, once: str) -> FormPhotos:
    """Return the photos of the card holder's form. Only behind a holder's door."""
    return picked_in(of_holder(name, once))


def picked_in(form: Form) -> FormPhotos:
    """Return what was picked in a form so far."""
    lines = picks.picked(shop_id=form.shop_id, customer_id=form.customer_id, pick=key_of(form))
    return FormPhotos(form.where, lines, most_of(form.name))


def key_of(form: Form) -> str:
    """Return the key that the photos of a form are kept under."""
    return pick_key(form.name, customer_id=form.customer_id, once=form.once)


def chosen(files: Iterable[FileStorage]) -> list[FileStorage]:
    """Return the files that were really chosen: an untouched field of a form sends one without a name."""
    return [file for file in files if file.filename]


def take_one(file: FileStorage, form: Form) -> str:
    """Take in one photo; returns its ref. Raises a Refused whose sentence belongs beside it."""
    return flow.add(
        shop_id=form.shop_id,
        customer_id=form.customer_id,
        form=form.name,
        once=form.once,
        upload=cast(BinaryIO, file.stream),
        now=now(),
    )


def take(name: str, once: str) -> str:
    """Take in the photos that came with a holder's form; returns why some were refused, "" when none was."""
    return take_in(of_holder(name, once))


def take_in(form: Form) -> str:
    """Take in the photos that came with a form, each by itself; returns why some were refused, "" when none was."""
    said, left_out = [], 0
    files = chosen(request.files.getlist("photo"))
    if files:
        forget_refused(form)
    for file in files:
        try:
            take_one(file, form)
        except TooMany:
            left_out += 1
        except Refused as refusal:
            said.append(refusal.sentence)
    if left_out:
        most, left = native_count(most_of(form.name)), native_count(left_out)
        said.append(f"{most} 장까지 보낼 수 있어요. {left} 장은 넣지 못했어요.")
    return " ".join(dict.fromkeys(said))


def take_first(form: Form) -> Response | None:
    """Take in the one photo a script sends and say its name; None when it was no script, or several came.

    The first of a pick says so, and what was refused before leaves. Raises a Refused with why it was refused.
    """
    files = chosen(request.files.getlist("photo"))
    if not wants_fragment() or len(files) != 1:
        return None
    if request.form.get("first"):
        forget_refused(form)
    answer = make_response("", 204)
    answer.headers["X-Photo"] = take_one(files[0], form)
    return answer


def forget_refused(form: Form) -> None:
    """Let what was refused leave the page: other photos are picked now."""
    flow.drop_refused(shop_id=form.shop_id, customer_id=form.customer_id, form=form.name, once=form.once)
