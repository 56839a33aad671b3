"""The owner's words to one person: kept while they are written, looked at, sent once.

A photo's file comes before its row and goes after it (flows/photo.py makes it ready and clears away what is left).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, BinaryIO

from sqlalchemy import delete, select

from app.customers import actions as people
from app.flows import photo
from app.flows.unit import write
from app.kit.refusals import Invalid, NotHere, Refused
from app.messages import letter_rules, outbox
from app.messages import personal as reads
from app.messages.inbox import INBOX_DAYS
from app.messages.letter_models import DoneRequest, PersonalLetter
from app.messages.models import Message
from app.reviews.actions import photos
from app.reviews.models import Photo
from app.shops import actions as shops

DRAFTS = timedelta(days=7)
# Who waited longer than this has fetched it long ago.
NEWS = timedelta(days=7)
_SHOWN = timedelta(days=INBOX_DAYS)
_GONE = "찾으시는 글이 없어요. 손님 목록에서 다시 골라 주세요."


class PhotoNotReady(Refused):
    """The photo is still being written anew."""

    code = "photo_not_ready"
    sentence = "사진을 준비하고 있어요. 잠시 뒤에 다시 눌러 주세요."


class NoLongerWanted(Refused):
    """The news was told already, or the customer took the wish back."""

    code = "no_longer_wanted"
    sentence = "이미 알려 드렸거나, 손님이 받지 않기로 하셨어요."


@dataclass(frozen=True)
class Sent:
    """What was written down. `text_state` of the row that travels, "" when it lies on the card alone."""

    kind: str
    channel: str
    text_state: str


def save(
    *,
    shop_id: int,
    staff_id: int,
    customer_id: int,
    text: str,
    upload: BinaryIO | None = None,
    drops_photo: bool = False,
    done_id: int | None = None,
    now: datetime,
) -> int:
    """Keep what is being written, with its photo; returns its number. Each of the staff has one draft for a person.

    Raises Invalid (text), BadImage, NotHere, and NoLongerWanted for a request (`done_id`) that is over.
    """
    words = letter_rules.clean_draft(text)
    ref = digest = ""
    if upload is not None:
        ref, digest = photo.take_file(shop_id=shop_id, upload=upload, now=now)
    kept, old = False, None
    try:
        with write() as session:
            row = _draft(
                session, shop_id=shop_id, staff_id=staff_id, customer_id=customer_id, done_id=done_id, now=now
            )
            row.text, row.changed_at = words, now
            if upload is not None or drops_photo:
                old = row.photo_ref
                if old is not None:
                    photos.drop_loose(session, shop_id=shop_id, ref=old)
                row.photo_ref = ref or None
            if upload is not None:
                photos.add(
                    session,
                    shop_id=shop_id,
                    customer_id=customer_id,
                    ask_id=None,
                    ref=ref,
                    digest=digest,
                    now=now,
                )
            session.flush()
            letter_id = row.id
        kept = True
    finally:
        if not kept and ref:
            photo.drop_files(shop_id=shop_id, refs=[ref])
    if old is not None:
        photo.drop_files(shop_id=shop_id, refs=[old])
    return letter_id


def _draft(
    session: Any, *, shop_id: int, staff_id: int, customer_id: int, done_id: int | None, now: datetime
) -> PersonalLetter:
    """Return the open draft, or a new one. Two taps at once wait here for each other: the person is held."""
    if people.customer(session, shop_id=shop_id, customer_id=customer_id, lock=True) is None:
        raise NotHere("찾으시는 손님이 없어요. 손님 목록에서 다시 골라 주세요.")
    if done_id is not None:
        _wanted(session, shop_id=shop_id, customer_id=customer_id, done_id=done_id)
    row: PersonalLetter | None = session.scalar(
        select(PersonalLetter)
        .where(
            PersonalLetter.shop_id == shop_id,
            PersonalLetter.customer_id == customer_id,
            PersonalLetter.staff_id == staff_id,
            PersonalLetter.done_id == done_id if done_id is not None else PersonalLetter.done_id.is_(None),
            PersonalLetter.sent_at.is_(None),
        )
        .order_by(PersonalLetter.id.desc())
        .limit(1)
    )
    if row is None:
        row = PersonalLetter(
            shop_id=shop_id, customer_id=customer_id, staff_id=staff_id, done_id=done_id, changed_at=now
        )
        session.add(row)
    return row


def _wanted(session: Any, *, shop_id: int, customer_id: int, done_id: int) -> DoneRequest:
    found: DoneRequest | None = session.scalar(
        select(DoneRequest)
        .where(
            DoneRequest.shop_id == shop_id,
            DoneRequest.id == done_id,
            DoneRequest.customer_id == customer_id,
        )
        .with_for_update()
    )
    if found is None:
        raise NotHere(_GONE)
    if found.state != "waiting":
        raise NoLongerWanted
    return found


def send(*, shop_id: int, staff_id: int, role: str, letter_id: int, ip: str, now: datetime) -> Sent:
    """Send it: on the card at once, and by the one way that may carry it as well. The second tap changes nothing.

    Raises Invalid (text, photo), PhotoNotReady, NotHere for another's or a discarded one, NoLongerWanted.
    """
    with write() as session:
        where = (
            PersonalLetter.shop_id == shop_id,
            PersonalLetter.id == letter_id,
            PersonalLetter.staff_id == staff_id,
        )
        customer_id = session.scalar(select(PersonalLetter.customer_id).where(*where))
        # The person before the letter, as every flow takes them: two taps wait for each other here.
        if customer_id is None or not people.customer(
            session, shop_id=shop_id, customer_id=customer_id, lock=True
        ):
            raise NotHere(_GONE)
        row: PersonalLetter | None = session.scalar(select(PersonalLetter).where(*where).with_for_update())
        if row is None:
            raise NotHere(_GONE)
        if row.sent_at is None:
            _send(session, row, role=role, now=now)
            shops.log_access(
                session,
                shop_id=shop_id,
                staff_id=staff_id,
                customer_id=customer_id,
                action="letter",
                ip=ip,
                now=now,
            )
        return _sent(session, row)


def _send(session: Any, row: PersonalLetter, *, role: str, now: datetime) -> None:
    is_done = row.done_id is not None
    letter_rules.check(row.text, is_done=is_done)
    _photo_is_ready(session, row)
    if row.done_id is not None:
        request = _wanted(session, shop_id=row.shop_id, customer_id=row.customer_id, done_id=row.done_id)
        request.state, request.decided_at = "done", now
    is_answer = reads.answers(row.shop_id, row.customer_id, role=role)
    row.kind = letter_rules.kind_of(row.text, answers=is_answer, is_done=is_done)
    row.sent_at = row.changed_at = now
    outbox.plan(
        session,
        shop_id=row.shop_id,
        customer_id=row.customer_id,
        kind=row.kind,
        cause=_cause(row),
        due_at=now,
        facts={"text": row.text, "photo": row.photo_ref or ""},
        now=now,
    )


def _cause(row: PersonalLetter) -> str:
    return f"letter:{row.id}" if row.done_id is None else f"done:{row.done_id}"


def _photo_is_ready(session: Any, row: PersonalLetter) -> None:
    if row.photo_ref is None:
        return
    found = session.execute(
        select(Photo.state, Photo.reason).where(Photo.shop_id == row.shop_id, Photo.ref == row.photo_ref)
    ).one_or_none()
    if found is not None and found.state == "waiting":
        raise PhotoNotReady
    if found is None or found.state != "ready":
        raise Invalid({"photo": (found and found.reason) or "사진을 한 번 더 골라 주세요."})


def _sent(session: Any, row: PersonalLetter) -> Sent:
    travels = session.execute(
        select(Message.channel, Message.state).where(
            Message.shop_id == row.shop_id,
            Message.cause == _cause(row),
            Message.kind == row.kind,
            Message.channel != "card",
        )
    ).first()
    return Sent(row.kind, *(travels or ("card", "")))


def discard(*, shop_id: int, staff_id: int, letter_id: int) -> None:
    """Throw a draft away with its photo; the second tap finds it gone and is content. What was sent stays sent."""
    with write() as session:
        ref = session.scalar(
            delete(PersonalLetter)
            .where(
                PersonalLetter.shop_id == shop_id,
                PersonalLetter.id == letter_id,
                PersonalLetter.staff_id == staff_id,
                PersonalLetter.sent_at.is_(None),
            )
            .returning(PersonalLetter.photo_ref)
        )
        if ref is not None:
            photos.drop_loose(session, shop_id=shop_id, ref=ref)
    if ref is not None:
        photo.drop_files(shop_id=shop_id, refs=[ref])


def tidy(*, shop_id: int, now: datetime) -> int:
    """Drop drafts nobody went on with, pictures that no card shows any more, and wishes long over. Returns how many."""
    with write() as session:
        old = list(
            session.scalars(
                select(PersonalLetter).where(
                    PersonalLetter.shop_id == shop_id,
                    (PersonalLetter.sent_at.is_(None) & (PersonalLetter.changed_at < now - DRAFTS))
                    | (PersonalLetter.photo_ref.is_not(None) & (PersonalLetter.sent_at < now - _SHOWN)),
                )
            )
        )
        refs = [row.photo_ref for row in old if row.photo_ref is not None]
        for row in old:
            if row.sent_at is None:
                session.delete(row)
            row.photo_ref = None
        for ref in refs:
            photos.drop_loose(session, shop_id=shop_id, ref=ref)
        waited = session.scalars(
            select(DoneRequest).where(
                DoneRequest.shop_id == shop_id,
                DoneRequest.state == "waiting",
                DoneRequest.asked_at < now - NEWS,
            )
        ).all()
        for request in waited:
            request.state, request.decided_at = "withdrawn", now
    photo.drop_files(shop_id=shop_id, refs=refs)
    return len(old) + len(waited)


def forget(session: Any, *, shop_id: int, customer_id: int) -> None:
    """Delete what was written to a person who left, and what they left here; the photos go with their own rows."""
    session.execute(
        delete(PersonalLetter)
        .where(PersonalLetter.shop_id == shop_id, PersonalLetter.customer_id == customer_id)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        delete(DoneRequest)
        .where(DoneRequest.shop_id == shop_id, DoneRequest.customer_id == customer_id)
        .execution_options(synchronize_session=False)
    )
