"""Photos of a form that is no review: picked one by one, taken back, and the form's once it is sent.

The files, the decoding and what becomes of those nobody sends are flows/photo.py's. Whoever sends a form calls
reviews/actions/picks.keep inside its own flow and writes where each photo hangs; who may look follows from that.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, BinaryIO

from app.cards.actions import ledger
from app.customers import actions as people
from app.flows import photo
from app.flows.photo import TooMany
from app.flows.unit import write
from app.kit.refusals import NotHere, Refused
from app.reviews import pick_rules
from app.reviews.actions import picks
from app.reviews.pick_rules import PickedTooMuch

_A_DAY = timedelta(days=1)


class FormSent(Refused):
    """The form was sent: what it took along stays."""

    code = "form_sent"
    status = 410
    sentence = "이미 보내셨어요. 사진을 더 보내시려면 화면을 새로 열어 주세요."


def add(*, shop_id: int, customer_id: int, form: str, once: str, upload: BinaryIO, now: datetime) -> str:
    """Take in a photo for a form (pick_rules.FORMS, SHOP_FORMS: of the shop for this person) by its once-key; returns its ref. The same bytes are the same photo.

    Counted under the lock of the customer's card, as a review's are. `upload` can be read from its beginning and
    again. Raises BadImage, TooMany, PickedTooMuch, FormSent, NotHere.
    """
    key = pick_rules.pick_key(form, customer_id=customer_id, once=once)
    ref, digest = photo.take_file(shop_id=shop_id, upload=upload, now=now)
    kept = None
    try:
        with write() as session:
            kept = _row(
                session, shop_id=shop_id, customer_id=customer_id, form=form, key=key, ref=ref, digest=digest, now=now
            )  # fmt: skip
    finally:
        if kept != ref:
            photo.drop_files(shop_id=shop_id, refs=[ref])
    return kept


def _row(
    session: Any, *, shop_id: int, customer_id: int, form: str, key: str, ref: str, digest: str, now: datetime
) -> str:
    mine: dict[str, Any] = {"shop_id": shop_id, "customer_id": customer_id, "pick": key}
    _hold(session, shop_id=shop_id, customer_id=customer_id)
    same = picks.by_digest(session, **mine, digest=digest)
    if same is not None and same.state != "refused":
        return same.ref  # also once the form is sent: a second tap sends the same files again
    _must_be_open(session, **mine)
    if same is not None:  # picked once more: it gets another chance
        picks.drop(session, **mine, ref=same.ref)
    most = pick_rules.most_of(form)
    if picks.living(session, **mine) >= most:
        raise TooMany(f"사진은 {most}장까지 보낼 수 있어요. 다른 사진을 지우고 다시 골라 주세요.")
    if (
        picks.picked_since(
            session,
            shop_id=shop_id,
            customer_id=customer_id,
            since=now - _A_DAY,
            by_shop=form in pick_rules.SHOP_FORMS,
        )
        >= pick_rules.MOST_A_DAY
    ):
        raise PickedTooMuch
    return picks.add(session, **mine, ref=ref, digest=digest, now=now).ref


def _hold(session: Any, *, shop_id: int, customer_id: int) -> None:
    ledger.hold_card(session, shop_id=shop_id, customer_id=customer_id)
    if people.customer(session, shop_id=shop_id, customer_id=customer_id) is None:
        raise NotHere


def _must_be_open(session: Any, *, shop_id: int, customer_id: int, pick: str) -> None:
    if picks.was_sent(session, shop_id=shop_id, customer_id=customer_id, pick=pick):
        raise FormSent


def drop(*, shop_id: int, customer_id: int, form: str, once: str, ref: str) -> bool:
    """Take back a photo before its form is sent; False when it was taken back before. Raises FormSent, NotHere."""
    key = pick_rules.pick_key(form, customer_id=customer_id, once=once)
    with write() as session:
        _hold(session, shop_id=shop_id, customer_id=customer_id)
        _must_be_open(session, shop_id=shop_id, customer_id=customer_id, pick=key)
        gone = picks.drop(session, shop_id=shop_id, customer_id=customer_id, pick=key, ref=ref)
    if gone:
        photo.drop_files(shop_id=shop_id, refs=[ref])
    return gone


def drop_refused(*, shop_id: int, customer_id: int, form: str, once: str) -> int:
    """Take what was refused out of a form, once its holder picks others. Returns how many."""
    key = pick_rules.pick_key(form, customer_id=customer_id, once=once)
    with write() as session:
        return picks.drop_refused(session, shop_id=shop_id, customer_id=customer_id, pick=key)
