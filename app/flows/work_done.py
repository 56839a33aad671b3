"""끝나면 사진 받을게요: asked for at drop-off, by the customer on the card or by the shop for them; answered once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.cards.actions import ledger
from app.cards.models import Card
from app.customers import actions as people
from app.flows import audit
from app.flows.unit import after_a_race, write
from app.kit.refusals import NotHere
from app.kit.signing import token_hash
from app.messages import letter_rules
from app.messages.letter_models import DoneRequest
from app.shops import actions as shops

USE = "done"  # in Shop.uses
_OFF = "지금은 끝나면 알려 드리지 않는 가게예요."


def ask(
    *, shop_id: int, customer_id: int, what: str, once: str, staff_id: int | None = None, now: datetime
) -> int:
    """Note that somebody wants a photo when it is done; returns the request's number.

    Who waits already waits once: the same tap, or another, gives the same request. `staff_id`: noted at the counter.
    Raises Invalid (what), and NotHere for a person who left and for a shop that has it switched off.
    """
    name = letter_rules.clean_what(what)
    key = token_hash(f"{'staff' if staff_id else 'card'}:{customer_id}:{once}")[:40]

    def asked() -> int:
        with write() as session:
            ledger.hold_card(session, shop_id=shop_id, customer_id=customer_id)
            person = people.customer(session, shop_id=shop_id, customer_id=customer_id, lock=True)
            if person is None or USE not in shops.uses(session, shop_id=shop_id):
                raise NotHere(_OFF)
            before: DoneRequest | None = session.scalar(
                select(DoneRequest)
                .where(
                    DoneRequest.shop_id == shop_id,
                    DoneRequest.customer_id == customer_id,
                    (DoneRequest.once == key) | (DoneRequest.state == "waiting"),
                )
                .order_by((DoneRequest.once == key).desc(), DoneRequest.id)
                .limit(1)
            )
            if before is not None:
                if name and before.state == "waiting":
                    before.what = name
                return before.id
            made = DoneRequest(
                shop_id=shop_id,
                customer_id=customer_id,
                once=key,
                what=name,
                staff_id=staff_id,
                asked_at=now,
            )
            session.add(made)
            session.flush()
            _touch(session, shop_id=shop_id, customer_id=customer_id)
            return made.id

    return after_a_race(asked)


def withdraw(*, shop_id: int, done_id: int, customer_id: int | None = None, now: datetime) -> None:
    """안 받을래요: nothing is sent any more, not even what waits to go. Twice is once.

    `customer_id`: whose card asks; None: the shop takes it back for them. Raises NotHere for another's.
    """
    with write() as session:
        whose = session.scalar(
            select(DoneRequest.customer_id).where(DoneRequest.shop_id == shop_id, DoneRequest.id == done_id)
        )
        if whose is None or customer_id not in (None, whose):
            raise NotHere(_OFF)
        ledger.hold_card(session, shop_id=shop_id, customer_id=whose)
        people.customer(session, shop_id=shop_id, customer_id=whose, lock=True)
        row = session.scalars(
            select(DoneRequest)
            .where(DoneRequest.shop_id == shop_id, DoneRequest.id == done_id)
            .with_for_update()
        ).one()
        if row.state != "withdrawn":
            row.state, row.decided_at = "withdrawn", now
            _touch(session, shop_id=shop_id, customer_id=whose)


def switch(*, shop_id: int, staff_id: int, is_on: bool, now: datetime) -> None:
    """Offer it on every card, or no longer. Who waits already is still told."""
    with write() as session:
        if (USE in shops.uses(session, shop_id=shop_id)) == is_on:
            return
        shops.set_use(session, shop_id=shop_id, what=USE, is_on=is_on)
        detail = "on" if is_on else "off"
        audit.note(session, shop_id=shop_id, what="work_done", staff_id=staff_id, detail=detail, now=now)


def _touch(session: object, *, shop_id: int, customer_id: int) -> None:
    """Let an open card page see it."""
    found = ledger.card(session, shop_id=shop_id, where=Card.customer_id == customer_id)
    if found is not None:
        ledger.touch(session, shop_id=shop_id, card_id=found[0].id)
