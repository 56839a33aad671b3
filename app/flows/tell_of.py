"""A 단체 문자 that begins with what the shop has written before: news or an event. Only a draft, and one a thing.

Whom it reaches, whether it is an ad and when it goes is decided there, and never here.
"""

from __future__ import annotations

from datetime import datetime

from app.flows import campaign, own_picture, photo
from app.flows.unit import write

EVERYBODY = "all"  # the group that has everybody in it


def begin(
    *, shop_id: int, staff_id: int, group: str, once: str, text: str, picture: str, now: datetime
) -> int:
    """Begin a draft with these words and a copy of this picture ("" for none); returns its id, the same for `once`.

    `group` "" stands for everybody. Raises Invalid (people) for a group that is gone.
    """
    made = campaign.begin(shop_id=shop_id, staff_id=staff_id, group=group or EVERYBODY, once=once, now=now)
    try:
        with write() as session:
            draft = campaign.draft_of(session, shop_id=shop_id, campaign_id=made)
            is_new = not draft.text
            if is_new:
                draft.text = text
        if is_new and picture:
            _with_photo(shop_id, made, picture, now)
    except campaign.Confirmed:  # it was told before: its page says what became of it
        pass
    return made


def _with_photo(shop_id: int, campaign_id: int, ref: str, now: datetime) -> None:
    """Lay the picture down once more for the draft: each goes when its own row goes."""
    copied = own_picture.copy(shop_id=shop_id, ref=ref, now=now)
    if not copied:
        return
    with write() as session:
        draft = campaign.draft_of(session, shop_id=shop_id, campaign_id=campaign_id)
        is_free = not draft.photo
        draft.photo = draft.photo or copied
    photo.drop_files(shop_id=shop_id, refs=[] if is_free else [copied])
