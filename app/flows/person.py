"""What the shop remembers about a person."""

from __future__ import annotations

from datetime import datetime

from app.cards.actions import ledger
from app.cards.models import Card
from app.customers import actions as people
from app.customers import rules
from app.flows.unit import write
from app.kit.refusals import NotHere
from app.shops import actions as shops


def save_notes(
    *, shop_id: int, customer_id: int, staff_id: int, name: str, memo: str, likes: str, ip: str, now: datetime
) -> None:
    """Save a person's name, likes and memo. Raises NotHere, or Invalid with a sentence a field."""
    name, memo, likes = rules.clean_notes(name=name, memo=memo, likes=likes)
    with write() as session:
        ledger.hold_card(session, shop_id=shop_id, customer_id=customer_id)
        person = people.customer(session, shop_id=shop_id, customer_id=customer_id, lock=True)
        if person is None:
            raise NotHere("찾으시는 손님이 없어요. 손님 목록에서 다시 골라 주세요.")
        person.name, person.memo, person.likes = name, memo, likes
        shops.log_access(
            session,
            shop_id=shop_id,
            staff_id=staff_id,
            customer_id=customer_id,
            action="edit",
            ip=ip,
            now=now,
        )
        found = ledger.card(session, shop_id=shop_id, where=Card.customer_id == customer_id)
        if found is not None:
            ledger.touch(session, shop_id=shop_id, card_id=found[0].id)
