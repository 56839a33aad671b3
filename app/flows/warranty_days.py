"""보증 기한 안내: who holds a certificate that ends soon is told once, since the last day this was done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from app.flows import cursor
from app.flows.reminders import at_ten
from app.flows.unit import after_a_race, write
from app.flows.warranty import until_words
from app.kit.clock import kst_day, start_of_day
from app.messages import outbox
from app.messages import queries as messages
from app.shops import actions as shops
from app.warranties import ends, kinds
from app.warranties.ends import EndsSoon

_KIND = "warranty_expiry"
# One transaction plans for so many: a stamp waits no longer than this takes.
_AT_ONCE = 20


def plan_ends(*, shop_id: int, now: datetime, stop: Callable[[], bool] = lambda: False) -> int:
    """Tell whose warranty ends in as many days as the shop said; returns how many messages are new.

    A certificate that came to its holder later than that says its day itself, and is told no more.
    """
    today = kst_day(now)
    since = cursor.done_until(what=_KIND, shop_id=shop_id, today=today)
    told = 0
    if messages.switched_on(shop_id, (_KIND,)):
        days = timedelta(days=kinds.notice_days(shop_id))
        changed_at = kinds.notice_changed_at(shop_id)
        # Earlier than before from now on: those in between are told at once. Who was told is not told again.
        is_other = changed_at is not None and kst_day(changed_at) >= since
        found = ends.ending(shop_id=shop_id, after=today if is_other else since + days, until=today + days)
        for first in range(0, len(found), _AT_ONCE):
            if stop():
                return told
            told += after_a_race(partial(_tell, shop_id, found[first : first + _AT_ONCE], now))
    cursor.note(what=_KIND, shop_id=shop_id, day=today)
    return told


def _tell(shop_id: int, found: Sequence[EndsSoon], now: datetime) -> int:
    told = 0
    with write() as session:
        code = shops.code_of(session, shop_id=shop_id)
        # A message holds its person until the end: several are held in the order of their ids.
        for each in sorted(found, key=lambda one: one.customer_id):
            row_id = outbox.plan(
                session,
                shop_id=shop_id,
                customer_id=each.customer_id,
                kind=_KIND,
                cause=f"warranty:{each.id}",
                due_at=max(now, at_ten(kst_day(now))),
                not_after=start_of_day(each.until + timedelta(days=1)),
                facts={
                    "product": each.product,
                    "until": until_words(each.until, now),
                    "path": f"/c/{code}/warranties/{each.serial}",
                },
                now=now,
            )
            told += row_id is not None
    return told
