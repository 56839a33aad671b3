"""A lost card: its codes die, the phones that held it hold it no more, and the stamps stay."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete

from app.cards.actions import ledger, merged
from app.cards.models import Card
from app.customers import actions as people
from app.customers.models import Device
from app.flows import audit
from app.flows.unit import write
from app.kit.refusals import NotHere
from app.kit.signing import token_hash

_GONE = "찾으시는 손님이 없어요. 손님 목록에서 다시 골라 주세요."


def reissue(
    *, shop_id: int, customer_id: int, staff_id: int | None, but_browser: str | None, now: datetime
) -> None:
    """A lost card: every old code dies, other phones hold it no more, the stamps stay.

    `but_browser`: the phone in the holder's hand, which keeps it; None when the staff does it. Raises NotHere.
    """
    with write() as session:
        ledger.hold_card(session, shop_id=shop_id, customer_id=customer_id)
        if people.customer(session, shop_id=shop_id, customer_id=customer_id, lock=True) is None:
            raise NotHere(_GONE)
        take_down(session, shop_id=shop_id, customer_id=customer_id, now=now, but_browser=but_browser)
        audit.note(
            session,
            shop_id=shop_id,
            what="card_reissued",
            staff_id=staff_id,
            subject=f"customer:{customer_id}",
            now=now,
        )


def take_down(
    session: Any, *, shop_id: int, customer_id: int, now: datetime, but_browser: str | None = None
) -> None:
    """Let every code of a person's card die: the live one, the spoken one, the printed ones; and its phones."""
    found = ledger.card(session, shop_id=shop_id, where=Card.customer_id == customer_id, lock=True)
    if found is None:
        raise NotHere(_GONE)
    merged.new_codes(session, card=found[0])
    others = delete(Device).where(Device.shop_id == shop_id, Device.customer_id == customer_id)
    if but_browser is not None:
        others = others.where(Device.browser_hash != token_hash(but_browser))
    session.execute(others)
    ledger.touch(session, shop_id=shop_id, card_id=found[0].id)
