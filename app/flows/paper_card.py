"""종이 카드가 있어요: the customer photographs it, the shop counts and moves the stamps, and the photo is gone.

A photo's file comes before its row and goes after it (flows/photo.py makes it ready and clears away what is left).
Whoever changes a paper card holds the card first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, BinaryIO

from app.cards.actions import ledger, papers
from app.cards.counter_models import PaperCard
from app.cards.models import Card, CardRule
from app.cards.paper_rules import clean_reason, clean_stamps
from app.flows import audit, migrated, photo
from app.flows.unit import after_a_race, write
from app.kit.refusals import NotHere, Refused
from app.messages import outbox
from app.reviews.actions import photos

FORGOTTEN = timedelta(days=30)
MOST_ASKED = 5  # in FORGOTTEN: each one costs a decoding and somebody's time
_BATCH = 100
_TOO_LATE = "오래 확인하지 못해서 사진을 지웠어요. 가게에 말씀하시고 다시 보내 주세요."


class AlreadySent(Refused):
    """One paper card of this customer waits already."""

    code = "already_sent"
    sentence = "먼저 보내신 종이 카드를 사장님이 확인하고 있어요. 끝나면 다음 것을 보내 주세요."


class SentTooOften(Refused):
    """More paper cards were sent than anybody has."""

    code = "sent_too_often"
    sentence = "한 달에 다섯 번까지 보낼 수 있어요. 가게에 종이 카드를 가져가서 보여 주세요."


class Decided(Refused):
    """Somebody decided it before, or the customer took it back."""

    code = "paper_decided"
    sentence = "이미 처리한 종이 카드예요."


@dataclass(frozen=True)
class Landed:
    """Stamps that were moved. `repeated`: the same tap again, nothing new happened."""

    customer_id: int
    stamps: int
    repeated: bool


def ask(*, shop_id: int, customer_id: int, stamps: str, upload: BinaryIO, once: str, now: datetime) -> int:
    """Send a paper card to the shop: its photo and how many stamps are on it. Returns its number.

    The same once-key gives the same answer. Raises Invalid (stamps), BadImage, AlreadySent, SentTooOften, NotHere.
    """
    count = clean_stamps(stamps)
    ref, digest = photo.take_file(shop_id=shop_id, upload=upload, now=now)
    kept: str | None = None
    try:
        paper_id, kept = after_a_race(
            lambda: _ask(
                shop_id=shop_id, customer_id=customer_id, count=count, ref=ref, digest=digest, once=once, now=now
            )
        )  # fmt: skip
    finally:
        if kept != ref:
            photo.drop_files(shop_id=shop_id, refs=[ref])
    return paper_id


def _ask(
    *, shop_id: int, customer_id: int, count: int, ref: str, digest: str, once: str, now: datetime
) -> tuple[int, str | None]:
    with write() as session:
        card, _rule = _card(session, shop_id=shop_id, where=Card.customer_id == customer_id)
        before = papers.by_once(session, shop_id=shop_id, once=once)
        if before is not None:
            return before.id, before.photo_ref
        if papers.is_waiting(session, shop_id=shop_id, card_id=card.id):
            raise AlreadySent
        since = now - FORGOTTEN
        if papers.asked_since(session, shop_id=shop_id, card_id=card.id, since=since) >= MOST_ASKED:
            raise SentTooOften
        photos.add(
            session, shop_id=shop_id, customer_id=customer_id, ask_id=None, ref=ref, digest=digest, now=now
        )
        made = papers.add(
            session,
            shop_id=shop_id,
            card_id=card.id,
            customer_id=customer_id,
            once=once,
            asked=count,
            photo_ref=ref,
            now=now,
        )
        ledger.touch(session, shop_id=shop_id, card_id=card.id)
        return made.id, ref


def withdraw(*, shop_id: int, customer_id: int, paper_id: int, now: datetime) -> None:
    """The customer takes it back; the second tap finds it gone and is content. Raises NotHere for another's."""
    with write() as session:
        ledger.hold_card(session, shop_id=shop_id, customer_id=customer_id)
        row = papers.paper(session, shop_id=shop_id, paper_id=paper_id)
        if row is None or row.customer_id != customer_id:
            raise NotHere
        if not papers.decide(session, shop_id=shop_id, paper_id=paper_id, state="withdrawn", now=now):
            return
        ref = _drop_photo(session, row)
    photo.drop_files(shop_id=shop_id, refs=ref)


def move(*, shop_id: int, staff_id: int, paper_id: int, stamps: str, now: datetime) -> Landed:
    """Put the stamps the shop counted on the card, once; the photo goes. Raises Invalid, Decided, NotHere."""
    count = clean_stamps(stamps)
    with write() as session:
        row, card, rule = _paper_and_card(session, shop_id=shop_id, paper_id=paper_id)
        if not papers.decide(
            session, shop_id=shop_id, paper_id=paper_id, state="moved", staff_id=staff_id, now=now
        ):
            return _said_before(session, shop_id=shop_id, paper_id=paper_id)
        entry = migrated.land(
            session, card=card, rule=rule, stamps=count, staff_id=staff_id, once=f"paper:{paper_id}", reason="", now=now
        )  # fmt: skip
        row.entry_id = entry.id
        ref = _drop_photo(session, row)
        _tell(session, row=row, stamps=count, reason="", now=now)
        about = {"what": "paper_moved", "subject": f"customer:{row.customer_id}"}
        audit.note(
            session, shop_id=shop_id, **about, staff_id=staff_id, detail=f"{count}:{row.asked}", now=now
        )
        landed = Landed(row.customer_id, count, False)
    photo.drop_files(shop_id=shop_id, refs=ref)
    return landed


def _said_before(session: Any, *, shop_id: int, paper_id: int) -> Landed:
    row = papers.paper(session, shop_id=shop_id, paper_id=paper_id)
    entry = papers.standing_entry(session, shop_id=shop_id, entry_id=row.entry_id) if row else None
    if row is None or entry is None:
        raise Decided
    return Landed(row.customer_id, entry.delta, True)


def refuse(*, shop_id: int, staff_id: int, paper_id: int, reason: str, now: datetime) -> None:
    """Say no, with a reason the customer is told; the photo goes. Raises Invalid, Decided, NotHere."""
    why = clean_reason(reason, field="reason")
    with write() as session:
        row, _card, _rule = _paper_and_card(session, shop_id=shop_id, paper_id=paper_id)
        if not papers.decide(
            session, shop_id=shop_id, paper_id=paper_id, state="refused", staff_id=staff_id, reason=why, now=now
        ):  # fmt: skip
            if row.state == "refused":
                return
            raise Decided
        ref = _drop_photo(session, row)
        _tell(session, row=row, stamps=0, reason=why, now=now)
        about = {"what": "paper_refused", "subject": f"customer:{row.customer_id}"}
        audit.note(session, shop_id=shop_id, **about, staff_id=staff_id, now=now)
    photo.drop_files(shop_id=shop_id, refs=ref)


def give(
    *, shop_id: int, staff_id: int, customer_id: int, stamps: str, reason: str, once: str, now: datetime
) -> Landed:
    """Move the stamps of a paper card that lies on the counter: counted there, with a word why. No photo.

    The same once-key gives the same answer. Raises Invalid, NotHere.
    """
    count, why = clean_stamps(stamps), clean_reason(reason, field="reason")
    return after_a_race(
        lambda: _give(
            shop_id=shop_id,
            staff_id=staff_id,
            customer_id=customer_id,
            count=count,
            why=why,
            once=once,
            now=now,
        )
    )


def _give(
    *, shop_id: int, staff_id: int, customer_id: int, count: int, why: str, once: str, now: datetime
) -> Landed:
    with write() as session:
        card, rule = _card(session, shop_id=shop_id, where=Card.customer_id == customer_id)
        before = papers.by_once(session, shop_id=shop_id, once=once)
        if before is not None:
            return _said_before(session, shop_id=shop_id, paper_id=before.id)
        row = papers.add(
            session,
            shop_id=shop_id,
            card_id=card.id,
            customer_id=customer_id,
            once=once,
            asked=count,
            state="moved",
            reason=why,
            staff_id=staff_id,
            decided_at=now,
            now=now,
        )
        entry = migrated.land(
            session, card=card, rule=rule, stamps=count, staff_id=staff_id, once=f"paper:{row.id}", reason=why, now=now
        )  # fmt: skip
        row.entry_id = entry.id
        _tell(session, row=row, stamps=count, reason="", now=now)
        about = {"what": "paper_given", "subject": f"customer:{customer_id}"}
        audit.note(session, shop_id=shop_id, **about, staff_id=staff_id, detail=str(count), now=now)
        return Landed(customer_id, count, False)


def take_back(*, shop_id: int, staff_id: int, paper_id: int, now: datetime) -> None:
    """Take moved stamps back by a reversal; the second tap changes nothing. Raises Decided, NotHere."""
    with write() as session:
        row, card, rule = _paper_and_card(session, shop_id=shop_id, paper_id=paper_id)
        if row.state != "moved":
            raise Decided
        entry = papers.standing_entry(session, shop_id=shop_id, entry_id=row.entry_id)
        if entry is None:
            return
        migrated.take_back(session, card=card, rule=rule, entry=entry, staff_id=staff_id, now=now)
        about = {"what": "paper_undone", "subject": f"customer:{row.customer_id}"}
        audit.note(session, shop_id=shop_id, **about, staff_id=staff_id, detail=str(entry.delta), now=now)


def leave_one(session: Any, *, source: Card, target: Card, now: datetime) -> None:
    """Before one card goes into another: of two papers that wait, take back the one on the card that goes.

    Its photo's row goes at once, the file with the other orphans (photo.drop_orphans).
    """
    shop_id = source.shop_id
    if not papers.is_waiting(session, shop_id=shop_id, card_id=target.id):
        return
    for row in papers.waiting(session, shop_id=shop_id, card_id=source.id):
        papers.decide(session, shop_id=shop_id, paper_id=row.id, state="withdrawn", now=now)
        _drop_photo(session, row)


def drop_forgotten(*, shop_id: int, now: datetime) -> int:
    """End the waiting of what nobody looked at for thirty days: the photo goes, the customer is told (nightly)."""
    done = 0
    with write() as session:
        old = papers.forgotten(session, shop_id=shop_id, before=now - FORGOTTEN, limit=_BATCH)
    for paper_id in old:
        with write() as session:
            row, _card, _rule = _paper_and_card(session, shop_id=shop_id, paper_id=paper_id)
            if not papers.decide(
                session, shop_id=shop_id, paper_id=paper_id, state="refused", reason=_TOO_LATE, now=now
            ):
                continue
            ref = _drop_photo(session, row)
            _tell(session, row=row, stamps=0, reason=_TOO_LATE, now=now)
        photo.drop_files(shop_id=shop_id, refs=ref)
        done += 1
    return done


def _card(session: Any, *, shop_id: int, where: Any) -> tuple[Card, CardRule]:
    found = ledger.card(session, shop_id=shop_id, where=where, lock=True)
    if found is None:
        raise NotHere("찾으시는 카드가 없어요. 손님 목록에서 다시 골라 주세요.")
    return found


def _paper_and_card(session: Any, *, shop_id: int, paper_id: int) -> tuple[PaperCard, Card, CardRule]:
    """Return a paper card as it is under its card's lock. Raises NotHere."""
    row = papers.paper(session, shop_id=shop_id, paper_id=paper_id)
    if row is None:
        raise NotHere("찾으시는 종이 카드가 없어요. 목록을 새로 열어 주세요.")
    card, rule = _card(session, shop_id=shop_id, where=Card.id == row.card_id)
    session.refresh(row)
    return row, card, rule


def _drop_photo(session: Any, row: PaperCard) -> list[str]:
    """Delete the photo's row; returns the refs whose files go once this is committed."""
    if row.photo_ref is None:
        return []
    photos.drop_loose(session, shop_id=row.shop_id, ref=row.photo_ref)
    return [row.photo_ref]


def _tell(session: Any, *, row: PaperCard, stamps: int, reason: str, now: datetime) -> None:
    outbox.plan(
        session,
        shop_id=row.shop_id,
        customer_id=row.customer_id,
        kind="paper_moved",
        cause=f"paper:{row.id}",
        due_at=now,
        facts={"stamps": stamps, "why": reason},
        now=now,
    )
    ledger.touch(session, shop_id=row.shop_id, card_id=row.card_id)
