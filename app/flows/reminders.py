"""What the clock says before something ends, and when something bought is used up. Once each, never late."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from app.cards import ends
from app.cards.ends import EndsSoon
from app.coupons.rules import last_day
from app.flows import cursor
from app.flows.unit import after_a_race, write
from app.kit.clock import kst_day, start_of_day
from app.kit.korean import day_name
from app.messages import gather, outbox, registry
from app.messages import queries as messages
from app.visits import goods
from app.visits.goods import UsedUp

# So many days before an end its holder is told, once each.
BEFORE = (30, 7)
_KINDS = {"stamp": "stamp_expiry", "point": "points_expiry"}
_MORNING = timedelta(hours=10)
# One transaction plans for so many: a stamp waits no longer than this takes.
_AT_ONCE = 20


def plan_ends(*, shop_id: int, now: datetime, stop: Callable[[], bool] = lambda: False) -> int:
    """Tell whose stamps or points end in thirty or seven days, since the last day this was done; how many are new."""
    on = messages.switched_on(shop_id, _KINDS.values())
    today = kst_day(now)
    since = cursor.done_until(what="ends", shop_id=shop_id, today=today)
    told = 0
    if on and ends.anything_ends(shop_id):
        for days in BEFORE:
            found = ends.ending_in(shop_id=shop_id, days=days, since=since, until=today)
            found = [each for each in found if _KINDS[each.unit] in on]
            for first in range(0, len(found), _AT_ONCE):
                if stop():
                    return told
                some = found[first : first + _AT_ONCE]
                told += after_a_race(partial(_tell_ends, shop_id, some, days, now))
    cursor.note(what="ends", shop_id=shop_id, day=today)
    return told


def _tell_ends(shop_id: int, found: Sequence[EndsSoon], days: int, now: datetime) -> int:
    told = 0
    with write() as session:
        for each in sorted(found, key=_by_person):
            cause = f"{each.unit}_end:{each.card_id}:{each.on.isoformat()}:{days}"
            facts = {"amount": each.amount, "until": day_name(last_day(each.expires_at))}
            kind = _KINDS[each.unit]
            told += _plan(session, shop_id, each.customer_id, kind, cause, facts, now, each.expires_at)
    return told


def plan_rebuy(*, shop_id: int, now: datetime, stop: Callable[[], bool] = lambda: False) -> int:
    """Greet who has about used up what they bought and not bought it again, since the last day; how many are new."""
    today = kst_day(now)
    since = cursor.done_until(what="rebuy", shop_id=shop_id, today=today)
    greeted = 0
    if messages.switched_on(shop_id, ("repurchase",)):
        found = goods.used_up(shop_id=shop_id, since=since, until=today)
        for first in range(0, len(found), _AT_ONCE):
            if stop():
                return greeted
            greeted += after_a_race(partial(_greet, shop_id, found[first : first + _AT_ONCE], now))
    cursor.note(what="rebuy", shop_id=shop_id, day=today)
    return greeted


def _greet(shop_id: int, found: Sequence[UsedUp], now: datetime) -> int:
    greeted = 0
    with write() as session:
        for each in sorted(found, key=_by_person):
            cause = f"rebuy:{each.visit_id}:{each.product_id}"
            facts = {"product": each.name}
            greeted += _plan(session, shop_id, each.customer_id, "repurchase", cause, facts, now, None)
    return greeted


def _by_person(each: EndsSoon | UsedUp) -> int:
    """A message holds its person until the end: whoever holds several takes them in the order of their ids."""
    return each.customer_id


def _plan(
    session: Any,
    shop_id: int,
    customer_id: int,
    kind: str,
    cause: str,
    facts: dict[str, Any],
    now: datetime,
    ends_at: datetime | None,
) -> bool:
    known = gather.look_up(session, shop_id=shop_id, customer_id=customer_id, now=now)
    due = max(now, at_ten(kst_day(now)))
    life = registry.kind(kind).life
    row_id = outbox.plan(
        session,
        shop_id=shop_id,
        customer_id=customer_id,
        kind=kind,
        cause=cause,
        due_at=due,
        not_after=due + life if ends_at is None else min(ends_at, due + life),
        facts={**facts, "code": known.shop.code},
        now=now,
        known=known,
    )
    return row_id is not None


def at_ten(day: date) -> datetime:
    """Return ten in the morning of a Korean day: nobody is woken, and the day is still ahead."""
    return start_of_day(day) + _MORNING
