"""The picture in a form of the shop's own, news or an event: taken in once the form's words are kept."""

from __future__ import annotations

from typing import BinaryIO, cast

from flask import request

from app.flows import own_picture as flow
from app.kit.images import MOST_BYTES, BadImage
from app.web.doors import now
from app.web.guards import current_staff

FORM_BYTES = MOST_BYTES + 1024 * 1024  # a picture, and what is typed beside it


def take(row: flow.Row) -> str:
    """Take in the picture of the form for a row; returns why it can't be one, "" for none or a good one.

    What can't be a picture spoils nothing else of the form. Raises what the row refuses it with.
    """
    file = request.files.get("photo")
    if file is None or not file.filename:
        return ""
    try:
        flow.put(shop_id=current_staff().shop.id, row=row, upload=cast(BinaryIO, file.stream), now=now())
    except BadImage as refusal:
        return refusal.sentence
    return ""


def drop_if_asked(row: flow.Row) -> bool:
    """Let a row have no picture where the form says so; returns whether it did."""
    if not request.form.get("drop_photo"):
        return False
    flow.drop(shop_id=current_staff().shop.id, row=row)
    return True
