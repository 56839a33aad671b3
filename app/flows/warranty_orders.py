"""보증서 한꺼번에 드리기: for a product of the orders that a file brought, every piece of every line once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from app.customers import actions as people
from app.flows import audit
from app.flows.unit import after_a_race, write
from app.flows.warranty import for_lines, standing_kind, tell_issued
from app.warranties import sales
from app.warranties.actions import issuing
from app.warranties.rules import MOST_AT_ONCE

# One transaction issues for so many lines: a stamp waits no longer than this takes.
_LINES_AT_ONCE = 40


@dataclass(frozen=True)
class Given:
    """What one press gave, and for how many lines of orders another one is needed."""

    new: int
    lines_left: int


def give(
    *, shop_id: int, staff_id: int, import_id: int, product_id: int, kind_id: int, now: datetime
) -> Given:
    """Give certificates for a product of a file's orders; who has theirs gets no second one.

    Up to MOST_AT_ONCE a press. Raises NoWarranty.
    """
    left = sales.dry_run(shop_id=shop_id, import_id=import_id, product_id=product_id).left
    new = at = 0
    while at < len(left) and new < MOST_AT_ONCE:
        some = left[at : at + _LINES_AT_ONCE]
        new += after_a_race(partial(_give, shop_id, staff_id, kind_id, some, now))
        at += len(some)
    if new:
        with write() as session:
            audit.note(
                session, shop_id=shop_id, what="warranties", staff_id=staff_id, detail=f"import:{import_id}:{new}", now=now
            )  # fmt: skip
    return Given(new, max(0, len(left) - at))


def _give(shop_id: int, staff_id: int, kind_id: int, item_ids: list[int], now: datetime) -> int:
    with write() as session:
        kind = standing_kind(session, shop_id=shop_id, kind_id=kind_id)
        lines = issuing.sold_lines(session, shop_id=shop_id, item_ids=item_ids)
        # In the order of their ids, as everybody holds several.
        here = {
            each
            for each in sorted({line.customer_id for line in lines})
            if people.customer(session, shop_id=shop_id, customer_id=each, lock=True) is not None
        }
        # Asked again with the people in hand: a file may have taken one of them back in between.
        lines = issuing.sold_lines(session, shop_id=shop_id, item_ids=item_ids)
        stand = [line for line in lines if line.customer_id in here and not line.is_reversed]
        new = for_lines(stand, kind=kind, how="import")
        made = issuing.issue(session, shop_id=shop_id, new=new, staff_id=staff_id, now=now)
        tell_issued(session, shop_id=shop_id, made=made, product=kind.name, now=now)
        return len(made)
