"""The photos of a card holder's form: what a page with a picker needs, and what a form without scripts brings.

A page shows `parts/photos.html: picker_at(photos.where, photos.lines, photos.most)` with `photos = of_form("voice", once)`
and keeps the form's once-key when the form comes back. Its POST calls `take(...)` first: without scripts the files come
with the form. The door needs `max_bytes=MOST_BYTES`. Sending is a flow's, which keeps what was picked under the same key.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO, cast

from flask import request, url_for
from werkzeug.datastructures import FileStorage

from app.flows import form_photo as flow
from app.flows.photo import TooMany
from app.kit.images import MOST_BYTES as MOST_OF_ONE
from app.kit.korean import native_count
from app.kit.refusals import Refused
from app.kit.signing import new_token
from app.reviews import picks
from app.reviews.photos import PhotoLine
from app.reviews.pick_rules import FORMS, most_of, pick_key
from app.web.doors import now
from app.web.guards import current_card, current_shop

# The photos of the largest form and what is typed beside them.
MOST_BYTES = max(FORMS.values()) * MOST_OF_ONE + 1024 * 1024
ONCE_MAX = 80


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


def of_form(form: str, once: str) -> FormPhotos:
    """Return the photos of the card holder's form. Only behind a holder's door."""
    holder = current_card()
    lines = picks.picked(
        shop_id=holder.shop_id,
        customer_id=holder.customer_id,
        pick=pick_key(form, customer_id=holder.customer_id, once=once),
    )
    where = url_for("customer.form_photos", code=current_shop().code, form=form, once=once)
    return FormPhotos(where, lines, most_of(form))


def chosen(files: Iterable[FileStorage]) -> list[FileStorage]:
    """Return the files that were really chosen: an untouched field of a form sends one without a name."""
    return [file for file in files if file.filename]


def take_one(file: FileStorage, form: str, once: str) -> str:
    """Take in one photo; returns its ref. Raises a Refused whose sentence belongs beside it."""
    holder = current_card()
    return flow.add(
        shop_id=holder.shop_id,
        customer_id=holder.customer_id,
        form=form,
        once=once,
        upload=cast(BinaryIO, file.stream),
        now=now(),
    )


def take(form: str, once: str) -> str:
    """Take in the photos that came with a form, each by itself; returns why some were refused, "" when none was."""
    said, left_out = [], 0
    files = chosen(request.files.getlist("photo"))
    if files:
        forget_refused(form, once)
    for file in files:
        try:
            take_one(file, form, once)
        except TooMany:
            left_out += 1
        except Refused as refusal:
            said.append(refusal.sentence)
    if left_out:
        most, left = native_count(most_of(form)), native_count(left_out)
        said.append(f"{most} 장까지 보낼 수 있어요. {left} 장은 넣지 못했어요.")
    return " ".join(dict.fromkeys(said))


def forget_refused(form: str, once: str) -> None:
    """Let what was refused leave the page: other photos are picked now."""
    holder = current_card()
    flow.drop_refused(shop_id=holder.shop_id, customer_id=holder.customer_id, form=form, once=once)
