"""The photos of a form, taken one by one: a photo that is no photo says so and spoils nothing else.

For every page of a review's link: `take(request.files.getlist("photo"), ask, now())`. The page's door needs
`max_bytes=MOST_BYTES`, so that a photo that is too large gets its sentence and not an error page.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import BinaryIO, cast

from werkzeug.datastructures import FileStorage

from app.flows import photo as flow
from app.kit.images import MOST_BYTES as MOST_OF_ONE
from app.kit.refusals import NotHere, Refused
from app.reviews.asks import AskView, ask_by_token
from app.shops import queries as shops
from app.web.doors import now
from app.web.guards import must_be_safe

# Five large photos and what is typed beside them.
MOST_BYTES = flow.MOST * MOST_OF_ONE + 1024 * 1024


def ask_of(token: str) -> AskView:
    """Return the right to review that a link names. Raises NotHere, or PlainHttp for a real shop without https."""
    ask = ask_by_token(token, now=now())
    if ask is None:
        raise NotHere("후기 주소가 맞지 않아요. 받은 메시지의 링크를 다시 눌러 주세요.")
    must_be_safe(shops.shop_by_id(ask.shop_id))
    return ask


def picked(files: Iterable[FileStorage]) -> list[FileStorage]:
    """Return the files that were really chosen: an untouched field of a form sends one without a name."""
    return [file for file in files if file.filename]


def take_one(file: FileStorage, ask: AskView, at: datetime) -> str:
    """Take in one photo; returns its ref. Raises a Refused whose sentence belongs beside it."""
    return flow.add(
        shop_id=ask.shop_id,
        customer_id=ask.customer_id,
        ask_id=ask.ask_id,
        upload=cast(BinaryIO, file.stream),
        now=at,
    )


def take(files: Iterable[FileStorage], ask: AskView, at: datetime) -> list[str]:
    """Take in the photos of a form, each by itself; returns the sentences of those that were refused."""
    said = []
    for file in picked(files):
        try:
            take_one(file, ask, at)
        except Refused as refusal:
            said.append(refusal.sentence)
    return list(dict.fromkeys(said))
