"""보증서 넘기기: whoever holds one makes a link, and whoever takes it says so with a card of their own at the shop.

What a link holds is worked out of the certificate and how often it was offered: it can be shown again while it is open,
and the database keeps only its hash.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.customers import actions as people
from app.customers.models import Customer
from app.flows.join import Joined, onto_card
from app.flows.unit import after_a_race, write
from app.flows.warranty import GONE
from app.kit.refusals import NotHere
from app.kit.signing import derive_key, spoken_mac, token_hash
from app.messages import outbox, recall
from app.shops import actions as shops
from app.warranties.actions import issuing, moves
from app.warranties.models import Warranty
from app.warranties.rules import MOVE_LIVES, MoveOver, OwnMove, TakenBack

_TOKEN_LENGTH = 26  # 130 bits in the alphabet that is read aloud


@dataclass(frozen=True)
class Taken:
    """A certificate that went on to the next card."""

    serial: str
    customer_id: int


def token_on(master: bytes, *, shop_id: int, warranty_id: int, place: int) -> str:
    """Return what the link of a certificate's `place`th offer holds."""
    return spoken_mac(derive_key(master, "warranty-move"), f"{shop_id}.{warranty_id}.{place}", _TOKEN_LENGTH)


def offer(*, shop_id: int, customer_id: int, serial: str, master: bytes, now: datetime) -> None:
    """Make the link by which a certificate can be taken; the one that is open stays the one.

    Raises NotHere for another's certificate, TakenBack.
    """

    def offered() -> None:
        with write() as session:
            certificate = _mine(session, shop_id=shop_id, customer_id=customer_id, serial=serial)
            where = {"shop_id": shop_id, "warranty_id": certificate.id}
            if moves.waiting(session, **where, now=now) is not None:
                return
            place = moves.asked_before(session, **where) + 1
            moves.add(
                session,
                **where,
                from_customer=customer_id,
                token_hash=token_hash(token_on(master, **where, place=place)),
                expires_at=now + MOVE_LIVES,
                now=now,
            )

    after_a_race(offered)


def call_off(*, shop_id: int, customer_id: int, serial: str, now: datetime) -> None:
    """The holder keeps it: the link is dead. Twice is once. Raises NotHere for another's certificate."""
    with write() as session:
        certificate = _mine(session, shop_id=shop_id, customer_id=customer_id, serial=serial, is_any=True)
        moves.call_off(session, shop_id=shop_id, warranty_id=certificate.id, now=now)


def take(*, shop_id: int, token: str, browser_token: str, user_agent: str, now: datetime) -> Taken:
    """Take a certificate with this browser's card, made now when there is none. Both are told.

    The same browser's second tap gives the same answer. Raises NotHere for a link that is not this shop's, MoveOver,
    OwnMove for who made it.
    """

    def taken(session: Any, person: Customer, _joined: Joined) -> Taken:
        return _take(session, shop_id=shop_id, hashed=token_hash(token), person=person, now=now)

    return onto_card(
        taken, shop_id=shop_id, source="friend", browser_token=browser_token, user_agent=user_agent, now=now
    )


def _take(session: Any, *, shop_id: int, hashed: str, person: Customer, now: datetime) -> Taken:
    move = moves.by_token(session, shop_id=shop_id, token_hash=hashed)
    # The certificate before its moves, as taking it back holds them; then the move as it is by now.
    row = issuing.by_id(session, shop_id=shop_id, warranty_id=move.warranty_id) if move else None
    move = moves.by_token(session, shop_id=shop_id, token_hash=hashed, lock=True)
    if move is None or row is None:
        raise NotHere(MoveOver.sentence)
    certificate, kind = row
    if move.from_customer == person.id:
        raise OwnMove
    if move.taken_at is not None and move.to_customer == person.id == certificate.customer_id:
        return Taken(certificate.serial, person.id)
    giver = move.from_customer
    if giver is None or not moves.take(session, move=move, to_customer=person.id, now=now):
        raise MoveOver
    # What was about to be told of it is nothing of the giver's any more, and says more than they may see.
    recall.cancel_waiting(
        session,
        shop_id=shop_id,
        cause=f"warranty:{certificate.id}",
        kinds=("warranty_issued", "warranty_expiry"),
        reason="다른 분께 넘겼어요",
    )
    code = shops.code_of(session, shop_id=shop_id)
    tell: dict[str, Any] = {"shop_id": shop_id, "kind": "warranty_moved", "due_at": now, "now": now}
    for who, came in sorted(((giver, False), (person.id, True))):
        outbox.plan(
            session,
            **tell,
            customer_id=who,
            cause=f"move:{move.id}:{'to' if came else 'from'}",
            facts={
                "product": kind.name,
                "came": came,
                "path": f"/c/{code}/warranties/{certificate.serial}" if came else f"/c/{code}/warranties",
            },
        )
    return Taken(certificate.serial, person.id)


def decline(*, shop_id: int, token: str, customer_id: int | None, now: datetime) -> None:
    """받지 않을래요: the link is dead, who made it is told, and the certificate stays where it is. Twice is once.

    `customer_id`: whose card this browser holds, if any. Raises NotHere for a link that is not this shop's, OwnMove for
    who made it, MoveOver for one that was taken.
    """

    def declined() -> None:
        with write() as session:
            move = moves.by_token(session, shop_id=shop_id, token_hash=token_hash(token))
            giver = move.from_customer if move else None
            # The person before the certificate, and that before its moves, as handing on and leaving take them.
            if giver is not None:
                people.customer(session, shop_id=shop_id, customer_id=giver, lock=True)
            row = issuing.by_id(session, shop_id=shop_id, warranty_id=move.warranty_id) if move else None
            move = moves.by_token(session, shop_id=shop_id, token_hash=token_hash(token), lock=True)
            if move is None or row is None:
                raise NotHere(MoveOver.sentence)
            if customer_id is not None and customer_id == move.from_customer:
                raise OwnMove
            if move.taken_at is not None:
                raise MoveOver
            if not moves.decline(session, move=move, now=now) or giver is None:
                return
            certificate, kind = row
            code = shops.code_of(session, shop_id=shop_id)
            outbox.plan(
                session,
                shop_id=shop_id,
                customer_id=giver,
                kind="warranty_moved",
                cause=f"move:{move.id}:declined",
                due_at=now,
                facts={
                    "product": kind.name,
                    "came": False,
                    "declined": True,
                    "path": f"/c/{code}/warranties/{certificate.serial}",
                },
                now=now,
            )

    after_a_race(declined)


def _mine(session: Any, *, shop_id: int, customer_id: int, serial: str, is_any: bool = False) -> Warranty:
    """Return a certificate that a person holds, both held. Raises NotHere, TakenBack unless `is_any`."""
    person = people.customer(session, shop_id=shop_id, customer_id=customer_id, lock=True)
    row = issuing.warranty(session, shop_id=shop_id, serial=serial)
    if person is None or row is None or row[0].customer_id != customer_id:
        raise NotHere(GONE)
    if row[0].ended_at is not None and not is_any:
        raise TakenBack
    return row[0]
