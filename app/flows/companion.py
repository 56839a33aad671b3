"""콩이: who comes along with a person, by the name it is called; a picture, a note, a birthday with consent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, BinaryIO

from app.cards.actions import ledger
from app.customers import actions as people
from app.customers import knowing, known_rules
from app.customers.actions import Trace
from app.customers.known_models import Companion
from app.customers.models import Customer
from app.customers.rules import DAYS
from app.extensions import files_dir
from app.flows import photo
from app.flows.unit import end_reading, write
from app.kit import files, images
from app.kit.files import Place
from app.kit.refusals import Invalid, NotHere
from app.reviews.photos import INCOMING, LARGE, SMALL
from app.shops import actions as shops

_GONE = "찾으시는 손님이 없어요. 손님 목록에서 다시 골라 주세요."
_NO_SUCH = "함께 오는 친구를 찾지 못했어요. 손님 화면에서 다시 골라 주세요."
_ASK_THEM = "손님께 여쭤보고 동의하셨으면 골라 주세요. 동의하지 않으셨으면 생일은 비워 주세요."
_ENOUGH = f"한 분께 {known_rules.COMPANIONS_MOST}마리(명)까지 적을 수 있어요."


def save(
    *,
    shop_id: int,
    customer_id: int,
    companion_id: int | None,
    staff_id: int,
    typed: Mapping[str, str],
    agrees: bool,
    upload: BinaryIO | None,
    drops_photo: bool,
    ip: str,
    user_agent: str,
    now: datetime,
) -> int:
    """Keep who comes along (None: somebody new); returns its id. The same name twice is once.

    A birthday stands on the person's consent to their days, as their own does. The picture is written anew like
    every picture (S09), and the one before goes. Raises Invalid with a sentence a field, BadImage, NotHere.
    """
    said = known_rules.clean_companion(typed)
    ref = _picture(shop_id, upload, now) if upload is not None else ""
    gone: list[str] = [ref] if ref else []
    trace = Trace(source="staff", ip=ip, user_agent=user_agent)
    try:
        with write() as session:
            ledger.hold_card(session, shop_id=shop_id, customer_id=customer_id)
            person = people.customer(session, shop_id=shop_id, customer_id=customer_id, lock=True)
            if person is None:
                raise NotHere(_GONE)
            if said.birth is not None:
                _agree(session, person=person, agrees=agrees, trace=trace, now=now)
            row = _row(session, person=person, companion_id=companion_id, name=said.name)
            whose = {"shop_id": shop_id, "customer_id": customer_id}
            kept = knowing.write_companion(session, **whose, row=row, said=said, now=now)
            before = kept.photo
            if ref or drops_photo:
                kept.photo = ref
            shops.log_access(session, **whose, staff_id=staff_id, action="edit", ip=ip, now=now)
            companion_id = kept.id
            changed = before != kept.photo
        gone = [before] if changed and before else []
    finally:
        photo.drop_files(shop_id=shop_id, refs=gone)
    return companion_id


def _agree(session: Any, *, person: Customer, agrees: bool, trace: Trace, now: datetime) -> None:
    if people.standing(session, person=person)[DAYS]:
        return
    if not agrees:
        raise Invalid({"days": _ASK_THEM})
    people.record_consent(
        session, person=person, kind=DAYS, action="grant", phone_key=person.phone_key, trace=trace, now=now
    )


def _row(session: Any, *, person: Customer, companion_id: int | None, name: str) -> Companion | None:
    whose = {"shop_id": person.shop_id, "customer_id": person.id}
    if companion_id is not None:
        found = knowing.companion(session, **whose, companion_id=companion_id)
        if found is None:
            raise NotHere(_NO_SUCH)
        return found
    known = knowing.companions(session, **whose)
    same = next((each for each in known if each.name == name), None)
    if same is None and len(known) >= known_rules.COMPANIONS_MOST:
        raise Invalid({"name": _ENOUGH})
    return same


def _picture(shop_id: int, upload: BinaryIO, now: datetime) -> str:
    """Keep a picture as it is shown, large and small; returns its ref. The staff waits the second that it takes."""
    ref, _digest = photo.take_file(shop_id=shop_id, upload=upload, now=now)
    root, made_it = files_dir(), False
    try:
        end_reading()  # no transaction is open while the picture is made
        with files.desk(root) as desk:
            made = images.remake(Place(INCOMING, shop_id, ref).below(root), desk)
            files.move_in(root, Place(LARGE, shop_id, ref), made.large, now=now)
            files.move_in(root, Place(SMALL, shop_id, ref), made.small, now=now)
        made_it = True
    finally:
        if not made_it:
            photo.drop_files(shop_id=shop_id, refs=[ref])
    files.drop(root, Place(INCOMING, shop_id, ref))
    return ref


def drop(*, shop_id: int, customer_id: int, companion_id: int, staff_id: int, ip: str, now: datetime) -> None:
    """Forget somebody who came along; the second tap finds it gone and is content."""
    with write() as session:
        row = knowing.companion(session, shop_id=shop_id, customer_id=customer_id, companion_id=companion_id)
        if row is None:
            return
        ref = row.photo
        session.delete(row)
        shops.log_access(
            session, shop_id=shop_id, staff_id=staff_id, customer_id=customer_id, action="edit", ip=ip, now=now
        )  # fmt: skip
    photo.drop_files(shop_id=shop_id, refs=[ref] if ref else [])
