"""What a full shop has of events and of what its customers show and ask each other."""

from __future__ import annotations

from datetime import timedelta

from app.board import event_rules
from app.flows import event
from app.kit.clock import kst_day
from tests import factories
from tests.factories import ACustomer, AShop


def with_board(shop: AShop, known: ACustomer, word: str) -> dict[str, int]:
    """Let the person enter an event that is open; return the ids."""
    return {"event_id": _events(shop, known, word)}


def _events(shop: AShop, known: ACustomer, word: str) -> int:
    now = factories.now()
    own = {"shop_id": shop.id, "staff_id": shop.owner_id, "now": now}
    clean = event_rules.clean_event(
        title="여름 사진전", prize="수제청 한 병", winners="1", text="", first_day="", age14=False, visits="0", group="all",
        last_day=(kst_day(now) + timedelta(days=1)).isoformat(), groups={}, today=kst_day(now),
    )  # fmt: skip
    event_id = event.save(**own, clean=clean, once=f"event of {shop.code}")
    event.show(**own, event_id=event_id)
    event.enter(shop_id=shop.id, customer_id=known.id, event_id=event_id, may_name=True, now=now)
    return event_id
