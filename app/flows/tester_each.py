"""The next people of a programme who wait for something: some at a time, each time in a transaction of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.cards.actions import merged
from app.extensions import db
from app.flows.unit import write
from app.shops import actions as shops
from app.testers import actions
from app.testers.models import Programme, Tester

# One transaction tells so many: a stamp waits no longer than this takes.
AT_ONCE = 20
# The owner sees who was chosen, and may still let somebody go before they are told.
TOLD_AFTER = timedelta(minutes=10)

Tell = Callable[[Any, Programme, Tester, int], None]


def each(row: Programme, waits: Sequence[Any], tell: Tell) -> bool:
    """Tell the next of those who wait; False when there is nobody more. Cards first, as every flow holds them.

    `tell` gets (session, programme, part, customer's id) and marks the part, so that it waits no more.
    """
    shop_id, programme_id = row.shop_id, row.id
    some = db.session.execute(
        select(Tester.id, Tester.customer_id)
        .where(
            Tester.shop_id == shop_id,
            Tester.programme_id == programme_id,
            Tester.customer_id.is_not(None),
            *waits,
        )
        .order_by(Tester.id)
        .limit(AT_ONCE)
    ).all()
    if not some:
        return False
    with write() as session:
        merged.hold_cards(session, shop_id=shop_id, customer_ids=[one.customer_id for one in some])
        held = actions.programme(session, shop_id=shop_id, programme_id=programme_id)
        if held is None:
            return False
        found = actions.those_of(
            session,
            shop_id=shop_id,
            programme_id=programme_id,
            where=(Tester.id.in_([one.id for one in some]), Tester.customer_id.is_not(None), *waits),
        )
        for mine in found:
            assert mine.customer_id is not None
            tell(session, held, mine, mine.customer_id)
    return True


def page_of(session: Any, row: Programme) -> str:
    """Return where somebody reads of a programme on their card, inside our own pages."""
    return f"/c/{shops.code_of(session, shop_id=row.shop_id)}/testers/{row.ref}"
