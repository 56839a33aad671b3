"""What the clock gives every morning: birthdays, anniversaries, long silences; and the word before an end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from app.cards.actions import merged
from app.coupons import actions as coupons
from app.coupons import book, rules
from app.flows import coupon_gifts, coupon_rules, cursor, greetings
from app.flows.reminders import at_ten
from app.flows.unit import write
from app.kit.clock import kst_day, start_of_day
from app.messages import outbox
from app.messages import queries as messages

# One transaction gives to so many: a stamp waits no longer than this takes.
_AT_ONCE = 20
_BATCH = 200
_LATE = {
    "birthday": "조금 늦었지만 생일 축하드려요.",
    "anniversary": "조금 늦었지만 기념일 축하드려요.",
}


def give_of_the_day(*, shop_id: int, now: datetime, stop: Callable[[], bool] = lambda: False) -> int:
    """Give what the Korean days since the last time bring in a shop, and greet whose day it is.

    Returns how many coupons. Run again, it gives nothing twice; of a day it stood still the coupon is given with
    the next one, and nobody is congratulated late.
    """
    on, today = book.rules_in_use(shop_id=shop_id), kst_day(now)
    greets = messages.switched_on(shop_id, greetings.KINDS)
    given = 0
    day = cursor.done_until(what="days", shop_id=shop_id, today=today)
    while day < today:
        day += timedelta(days=1)
        greeted: set[int] = set()  # a day that is both is greeted once
        for kind in greetings.KINDS:
            if kind not in on and kind not in greets:
                continue
            people = greetings.people_on(shop_id=shop_id, kind=kind, day=day)
            for first in range(0, len(people), _AT_ONCE):
                if stop():
                    return given
                some = people[first : first + _AT_ONCE]
                new = [each for each in some if each not in greeted] if kind in greets else []
                given += _celebrate(shop_id, kind, day, some if kind in on else [], new, now)
            greeted |= set(people) if kind in greets else set()
    cursor.note(what="days", shop_id=shop_id, day=today)
    if "win_back" in on:
        given += _win_back(shop_id, now, stop)
    return given


def _celebrate(
    shop_id: int, kind: str, day: date, gifted: Sequence[int], greeted: Sequence[int], now: datetime
) -> int:
    """Give some people what a day brings, and greet some; the greeting tells of what was given. How many coupons."""
    is_today = day == kst_day(now)
    given = 0
    with write() as session:
        merged.hold_cards(session, shop_id=shop_id, customer_ids=[*gifted, *greeted])
        made: dict[int, list[int]] = {}
        for customer_id in gifted:
            made[customer_id] = coupon_rules.give(
                session, shop_id=shop_id, customer_id=customer_id, rule=kind, cause=f"{kind}:{day.year}", now=now,
                tells=False,
            )  # fmt: skip
            given += len(made[customer_id])
        told = greetings.greet(session, shop_id=shop_id, customer_ids=greeted, kind=kind, day=day, now=now)
        for customer_id, coupon_ids in made.items():
            # In its own words where the greeting can't name it: switched off, too late, or more than one.
            for coupon_id in coupon_ids[1:] if is_today and customer_id in told else coupon_ids:
                late = None if is_today else _LATE[kind]
                coupon_rules.tell(session, shop_id=shop_id, coupon_id=coupon_id, now=now, greeting=late)
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
    told, after, today = 0, 0, kst_day(now)
    # It ends with its last day: from that day's end to the next one's, of every day since the last time.
    done = cursor.done_until(what="coupon_ends", shop_id=shop_id, today=today)
    since, until = (start_of_day(day + rules.REMIND_BEFORE + timedelta(days=1)) for day in (done, today))
    while not stop():
        found = book.ending(shop_id=shop_id, since=since, until=until, after_id=after, limit=_BATCH)
        for first in range(0, len(found), _AT_ONCE):
            with write() as session:
                for coupon_id, _customer in found[first : first + _AT_ONCE]:
                    told += _remind(session, shop_id=shop_id, coupon_id=coupon_id, now=now)
        if len(found) < _BATCH:
            cursor.note(what="coupon_ends", shop_id=shop_id, day=today)
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
            due_at=max(now, at_ten(kst_day(now))),
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
