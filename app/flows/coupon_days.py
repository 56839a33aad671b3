"""What the clock gives every morning: birthdays, anniversaries, long silences; and the word before an end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from app.cards.actions import merged
from app.coupons import actions as coupons
from app.coupons import book, rules
from app.customers import days
from app.flows import coupon_gifts, coupon_rules
from app.flows.unit import write
from app.kit.clock import kst_day, start_of_day
from app.messages import outbox

# One transaction gives to so many: a stamp waits no longer than this takes.
_AT_ONCE = 20
_BATCH = 200
_MORNING = timedelta(hours=10)


def give_of_the_day(*, shop_id: int, now: datetime, stop: Callable[[], bool] = lambda: False) -> int:
    """Give what this Korean day brings in a shop; returns how many coupons. Run again, it gives nothing twice."""
    on, day = book.rules_in_use(shop_id=shop_id), kst_day(now)
    given = 0
    if "birthday" in on:
        people = days.birthdays_on(shop_id=shop_id, day=day)
        given += _give(shop_id, people, "birthday", f"birthday:{day.year}", now, stop)
    if "anniversary" in on:
        people = days.anniversaries_on(shop_id=shop_id, day=day)
        given += _give(shop_id, people, "anniversary", f"anniversary:{day.year}", now, stop)
    if "win_back" in on:
        given += _win_back(shop_id, now, stop)
    return given


def _give(
    shop_id: int, people: Sequence[int], rule: str, cause: str, now: datetime, stop: Callable[[], bool]
) -> int:
    given = 0
    for first in range(0, len(people), _AT_ONCE):
        if stop():
            break
        some = people[first : first + _AT_ONCE]
        with write() as session:
            merged.hold_cards(session, shop_id=shop_id, customer_ids=some)
            for customer_id in some:
                made = coupon_rules.give(
                    session, shop_id=shop_id, customer_id=customer_id, rule=rule, cause=cause, now=now
                )
                given += len(made)
    return given


def _win_back(shop_id: int, now: datetime, stop: Callable[[], bool]) -> int:
    """Give to who has been away for a kind's number of days, once a silence: its last visit is the cause."""
    given, after = 0, 0
    with write() as session:
        kinds = coupons.living_kinds(session, shop_id=shop_id, of=("win_back",), today=kst_day(now))
        spans = {kind.id: kind.rule_value for kind in kinds}
    for kind_id, silence in spans.items():
        after = 0
        while not stop():
            silent = book.silent(
                shop_id=shop_id, kind_id=kind_id, days=silence, now=now, after_id=after, limit=_BATCH
            )
            for first in range(0, len(silent), _AT_ONCE):
                some = silent[first : first + _AT_ONCE]
                with write() as session:
                    whose = [customer_id for customer_id, _visit in some]
                    merged.hold_cards(session, shop_id=shop_id, customer_ids=whose)
                    for customer_id, visit_id in some:
                        made = coupon_rules.give_kind(
                            session,
                            shop_id=shop_id,
                            customer_id=customer_id,
                            kind_id=kind_id,
                            cause=f"silence:{visit_id}",
                            now=now,
                        )
                        given += made is not None
            if len(silent) < _BATCH:
                break
            after = silent[-1][0]
    return given


def remind(*, shop_id: int, now: datetime, stop: Callable[[], bool] = lambda: False) -> int:
    """Tell who holds an unused coupon that ends in three days, once a coupon; returns how many are new."""
    told, after = 0, 0
    day = kst_day(now) + rules.REMIND_BEFORE
    # It ends with its last day: from that day's end to the next one's.
    since, until = start_of_day(day), start_of_day(day + timedelta(days=1))
    while not stop():
        found = book.ending(shop_id=shop_id, since=since, until=until, after_id=after, limit=_BATCH)
        for first in range(0, len(found), _AT_ONCE):
            with write() as session:
                for coupon_id, _customer in found[first : first + _AT_ONCE]:
                    told += _remind(session, shop_id=shop_id, coupon_id=coupon_id, now=now)
        if len(found) < _BATCH:
            break
        after = found[-1][0]
    return told


def _remind(session: Any, *, shop_id: int, coupon_id: int, now: datetime) -> bool:
    found = coupons.coupon(session, shop_id=shop_id, coupon_id=coupon_id)
    if found is None or found[0].used_at is not None or found[0].withdrawn_at is not None:
        return False
    coupon, kind = found
    return (
        outbox.plan(
            session,
            shop_id=shop_id,
            customer_id=coupon.customer_id,
            kind="coupon_ends" if kind.rule in rules.EARNED else "coupon_gift_ends",
            cause=f"coupon:{coupon.id}",
            due_at=max(now, start_of_day(kst_day(now)) + _MORNING),
            not_after=coupon.expires_at,
            facts=coupon_rules.facts_of(session, kind=kind, expires_at=coupon.expires_at),
            now=now,
        )
        is not None
    )


def go_on_giving(*, now: datetime, stop: Callable[[], bool] = lambda: False) -> None:
    """Give to the groups whose minutes of waiting are over, and on to those that were not finished."""
    for shop_id, gift_id in book.open_gifts(now=now):
        if stop():
            return
        coupon_gifts.go_on(shop_id=shop_id, gift_id=gift_id, now=now, stop=stop)
