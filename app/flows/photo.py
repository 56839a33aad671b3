"""Customers' photos: taken in, written anew by a limited process, shown, and gone when they should be (S09).

A file comes before its row and goes after it: whatever dies in between leaves a file that is nobody's, and
the night clears it away.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, BinaryIO

import structlog

from app.board import events, notices
from app.cards.actions import ledger
from app.customers import actions as people
from app.customers import known as knowledge
from app.extensions import files_dir
from app.flows.unit import end_reading, write
from app.kit import files, images
from app.kit.files import Place
from app.kit.images import BadImage
from app.kit.refusals import NotHere, Refused
from app.kit.signing import new_token
from app.messages import campaigns, letter_photos
from app.reviews import photos as reads
from app.reviews.actions import photos, picks
from app.reviews.photos import INCOMING, KINDS, LARGE, LETTER, SMALL

log = structlog.get_logger(__name__)

MOST = 5  # photos of one review
MOST_PICKED = 30  # for one review, those taken back and refused included: each one costs a decoding
DRAFTS = timedelta(days=7)
FORM_DRAFTS = timedelta(days=3)  # of any other form (form_photo.py)
# Longer than one picture can take (kit/images.py): only a worker that died lets it run out.
HOLD = timedelta(minutes=1)
TRIES = 3
_ORPHAN_AFTER = timedelta(days=1)
_GIVEN_UP = "사진을 열 수 없었어요. 다른 사진을 골라 주세요."


class TooMany(Refused):
    """A sixth photo."""

    code = "too_many_photos"
    sentence = f"사진은 {MOST}장까지 올릴 수 있어요. 다른 사진을 지우고 다시 골라 주세요."


class PickedTooOften(Refused):
    """More photos were picked for one review than anybody needs."""

    code = "picked_too_often"
    sentence = "이 후기에는 사진을 더 고를 수 없어요. 지금까지 고른 사진으로 후기를 보내 주세요."


class AskClosed(Refused):
    """The review was sent, or its time is over."""

    code = "ask_closed"
    status = 410
    sentence = "이 후기에는 사진을 더 올릴 수 없어요. 보내 주셔서 고마워요."


def add(*, shop_id: int, customer_id: int, ask_id: int, upload: BinaryIO, now: datetime) -> str:
    """Take in a photo for the review of an ask; returns its ref. The same bytes again are the same photo.

    Photos are counted under the lock of the customer's card: two at once can't make six of five. What was
    refused or taken back counts only towards the MOST_PICKED ever picked.
    `upload` can be read from its beginning and again. Raises BadImage for what is no photo or too large
    (told at once; whether it can be decoded is told later by its row), TooMany,
    PickedTooOften, AskClosed, NotHere.
    """
    ref, digest = take_file(shop_id=shop_id, upload=upload, now=now)
    kept = None
    try:
        kept = _add_row(
            shop_id=shop_id, customer_id=customer_id, ask_id=ask_id, ref=ref, digest=digest, now=now
        )
    finally:
        if kept != ref:
            drop_files(shop_id=shop_id, refs=[ref])
    return kept


def take_file(*, shop_id: int, upload: BinaryIO, now: datetime) -> tuple[str, str]:
    """Keep a photo's file as it came, before its row; returns its ref and the digest of its bytes.

    Whoever adds no row for it drops the file again. Raises BadImage for what is no photo or too large.
    """
    digest = _look(upload)
    ref = new_token()
    files.save(files_dir(), Place(INCOMING, shop_id, ref), upload, most=images.MOST_BYTES, now=now)
    return ref, digest


def _look(upload: BinaryIO) -> str:
    """Check what stands in the first bytes and return the digest of all; leaves `upload` at its beginning."""
    size = upload.seek(0, 2)
    upload.seek(0)
    images.look(upload.read(images.HEAD_BYTES), size)
    upload.seek(0)
    digest = hashlib.file_digest(upload, "sha256").hexdigest()  # type: ignore[arg-type]
    upload.seek(0)
    return digest


def _add_row(*, shop_id: int, customer_id: int, ask_id: int, ref: str, digest: str, now: datetime) -> str:
    with write() as session:
        _open_ask(session, shop_id=shop_id, customer_id=customer_id, ask_id=ask_id, now=now)
        same = photos.by_digest(session, shop_id=shop_id, ask_id=ask_id, digest=digest)
        if same is not None and same.state != "refused":
            return same.ref
        if same is not None:  # picked once more: it gets another chance
            photos.drop_draft(session, shop_id=shop_id, ask_id=ask_id, ref=same.ref)
        if photos.living(session, shop_id=shop_id, ask_id=ask_id) >= MOST:
            raise TooMany
        if not photos.count_pick(session, shop_id=shop_id, ask_id=ask_id, most=MOST_PICKED):
            raise PickedTooOften
        photo = photos.add(
            session, shop_id=shop_id, customer_id=customer_id, ask_id=ask_id, ref=ref, digest=digest, now=now
        )
        return photo.ref


def _open_ask(session: Any, *, shop_id: int, customer_id: int, ask_id: int, now: datetime | None) -> None:
    """Hold the card, then ask whether photos may still change. Raises NotHere, AskClosed."""
    ledger.hold_card(session, shop_id=shop_id, customer_id=customer_id)
    person = people.customer(session, shop_id=shop_id, customer_id=customer_id)
    ask = photos.find_ask(session, shop_id=shop_id, customer_id=customer_id, ask_id=ask_id)
    if person is None or ask is None:
        raise NotHere
    if photos.has_review(session, shop_id=shop_id, ask_id=ask_id) or (now and ask.expires_at <= now):
        raise AskClosed


def make_waiting(*, clock: Callable[[], datetime], stop: Callable[[], bool] = lambda: False) -> Counter[str]:
    """Write every waiting photo anew, one after the other; returns how many by outcome. Stops when asked to."""
    done: Counter[str] = Counter()
    while waiting := reads.waiting_photos(clock()):
        for one in waiting:
            if stop():
                return done
            done[make(shop_id=one.shop_id, photo_id=one.photo_id, clock=clock)] += 1
    return done


def make(*, shop_id: int, photo_id: int, clock: Callable[[], datetime]) -> str:
    """Write one photo anew; returns ready, refused, later (a full disk), or taken: another has it, or it is gone.

    Each try is counted before it begins: a photo that takes its worker down three times is refused. A try that
    the machine spoiled is given back, however often that happens. No transaction is open while the process works.
    """
    now = clock()
    held_until = now + HOLD
    with write() as session:
        claimed = photos.claim(session, shop_id=shop_id, photo_id=photo_id, held_until=held_until, now=now)
    if claimed is None:
        return "taken"
    ref, tries = claimed
    if tries > TRIES:
        log.warning("photo_given_up", photo_id=photo_id)
        return _refuse(shop_id, photo_id, ref, _GIVEN_UP)
    try:
        end_reading()
        travels = letter_photos.is_of_a_letter(shop_id, ref)
        end_reading()
        width, height = _make_files(shop_id, ref, clock, travels=travels)
    except BadImage as refusal:
        log.info("photo_refused", photo_id=photo_id, code=refusal.code)
        return _refuse(shop_id, photo_id, ref, refusal.sentence)
    except OSError as fault:
        if not Place(INCOMING, shop_id, ref).below(files_dir()).exists():
            # Its holder dropped it meanwhile, or the folder was lost.
            return _refuse(shop_id, photo_id, ref, _GIVEN_UP)
        # A full disk or a worker being stopped is not the photo's fault; the hold keeps the next try a minute away.
        log.error("photo_not_made", photo_id=photo_id, fault=type(fault).__name__)
        with write() as session:
            photos.give_back(session, shop_id=shop_id, photo_id=photo_id, held_until=held_until)
        return "later"
    with write() as session:
        is_ours = photos.finish(
            session, shop_id=shop_id, photo_id=photo_id, state="ready", width=width, height=height
        )
    return _ended("ready", is_ours, shop_id, ref, kinds=(INCOMING,))


def _make_files(shop_id: int, ref: str, clock: Callable[[], datetime], *, travels: bool) -> tuple[int, int]:
    root = files_dir()
    with files.desk(root) as desk:
        source = Place(INCOMING, shop_id, ref).below(root)
        made = images.remake(source, desk, jpeg=True) if travels else images.remake(source, desk)
        if made.jpeg is not None:
            files.move_in(root, Place(LETTER, shop_id, ref), made.jpeg, now=clock())
        files.move_in(root, Place(LARGE, shop_id, ref), made.large, now=clock())
        files.move_in(root, Place(SMALL, shop_id, ref), made.small, now=clock())
    return made.width, made.height


def _refuse(shop_id: int, photo_id: int, ref: str, sentence: str) -> str:
    with write() as session:
        is_ours = photos.finish(session, shop_id=shop_id, photo_id=photo_id, state="refused", reason=sentence)
    return _ended("refused", is_ours, shop_id, ref, kinds=KINDS)


def _ended(outcome: str, is_ours: bool, shop_id: int, ref: str, *, kinds: tuple[str, ...]) -> str:
    """Clear up after a photo. One that was dropped meanwhile leaves nothing; one that another worker ended is its."""
    if is_ours:
        _drop_files(shop_id, ref, kinds=kinds)
        return outcome
    if not reads.known_refs(shop_id, [ref]):
        _drop_files(shop_id, ref, kinds=KINDS)
    return "taken"


def drop(*, shop_id: int, customer_id: int, ask_id: int, ref: str) -> bool:
    """Take back a photo before the review is sent; False when it was taken back before.

    Raises AskClosed once the review is sent: what was sent is the review's. NotHere for another shop's ask.
    """
    with write() as session:
        _open_ask(session, shop_id=shop_id, customer_id=customer_id, ask_id=ask_id, now=None)
        gone = photos.drop_draft(session, shop_id=shop_id, ask_id=ask_id, ref=ref)
    if gone:
        _drop_files(shop_id, ref, kinds=KINDS)
    return gone


def drop_refused(*, shop_id: int, ask_id: int) -> int:
    """Delete the rows of photos that were refused, once their holder picks others. Returns how many.

    Their files went when they were refused.
    """
    with write() as session:
        return photos.drop_refused(session, shop_id=shop_id, ask_id=ask_id)


def drop_files(*, shop_id: int, refs: Sequence[str]) -> None:
    """Delete the files of photos whose rows are gone. Call it after the commit."""
    for ref in refs:
        _drop_files(shop_id, ref, kinds=KINDS)


def drop_old_drafts(*, shop_id: int, now: datetime) -> int:
    """Delete what was picked for a review that was never sent after seven days, for another form after three.

    Returns how many.
    """
    with write() as session:
        refs = photos.drop_drafts(session, shop_id=shop_id, before=now - DRAFTS)
        refs += picks.drop_drafts(session, shop_id=shop_id, before=now - FORM_DRAFTS)
    drop_files(shop_id=shop_id, refs=refs)
    return len(refs)


def drop_orphans(*, now: datetime) -> int:
    """Delete files older than a day that no row knows, and what killed processes left. Returns how many."""
    root, before, dropped = files_dir(), now - _ORPHAN_AFTER, 0
    files.clear_desks(root, before=before)
    for kind in KINDS:
        for shop_id, places in groupby(
            files.old_places(root, kind, before=before), key=lambda place: place.shop_id
        ):
            refs = [place.ref for place in places]
            known: set[str] = set()
            for start in range(0, len(refs), 500):
                some = refs[start : start + 500]
                known |= reads.known_refs(shop_id, some) | campaigns.known_photos(shop_id, some)
                known |= knowledge.known_photos(shop_id, some)
                known |= notices.known_photos(shop_id, some) | events.known_photos(shop_id, some)
            for ref in set(refs) - known:
                dropped += files.drop(root, Place(kind, shop_id, ref))
    return dropped


def _drop_files(shop_id: int, ref: str, *, kinds: tuple[str, ...]) -> None:
    for kind in kinds:
        files.drop(files_dir(), Place(kind, shop_id, ref))
