"""담아 둔 것: the shop's own mall says that somebody left something in the cart. Dropped with any purchase since."""

from __future__ import annotations

from datetime import datetime

from app.customers import actions as people
from app.flows.unit import write
from app.kit.refusals import NotHere
from app.messages import outbox

KIND = "cart_left"


def note(*, shop_id: int, customer_id: int, items: str, path: str, at: datetime, now: datetime) -> bool:
    """Plan the one word of this day about a cart; False when one was planned, or the shop has it switched off.

    `items`: what lies in it, in words ("원두 200g 외 1개"); `path`: the cart's page, on our own pages; `at`: when it
    was left. Bought meanwhile, at the counter or in the mall, it is not sent. Raises NotHere for a person who is
    not this shop's or has left.
    """
    with write() as session:
        person = people.customer(session, shop_id=shop_id, customer_id=customer_id, lock=True)
        if person is None:
            raise NotHere("찾으시는 손님이 없어요.")
        row_id = outbox.plan(
            session,
            shop_id=shop_id,
            customer_id=customer_id,
            kind=KIND,
            cause=f"cart:{customer_id}:{int(at.timestamp())}",
            due_at=at,  # the automation adds its own delay
            facts={"items": items[:60], "path": path},
            now=now,
        )
        return row_id is not None
