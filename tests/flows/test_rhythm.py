"""What visits add up to: the database's statement against the rules, the minute against the night, and the model."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.customers.models import Customer
from app.extensions import db
from app.flows import amount, merge, privacy, refund, rhythm
from app.flows.undo import undo_stamp
from app.flows.unit import write
from app.insights import likely, rules, stats
from app.insights.models import PersonStat, ShopRhythm
from app.kit.clock import kst_day, start_of_day
from app.shops import closures
from app.shops.models import SpecialDays, WeeklyDayOff
from app.visits.models import Visit
from tests import factories, world
from tests.factories import ACustomer, AShop
from tests.world import Clock


def people_with(shop: AShop, days_ago: list[list[int]], amounts: list[int | None] | None = None) -> list[int]:
    """Let people have come so many days ago each, written as rows."""
    now = factories.now()
    with write() as session:
        people = [
            Customer(shop_id=shop.id, source="qr", joined_at=now, visit_count=len(days), stale_at=now)
            for days in days_ago
        ]
        session.add_all(people)
        session.flush()
        for person, days in zip(people, days_ago, strict=True):
            for place, day in enumerate(days):
                won = amounts[place % len(amounts)] if amounts else None
                session.add(
                    Visit(
                        shop_id=shop.id,
                        customer_id=person.id,
                        at=now - timedelta(days=day, minutes=place),
                        amount=won,
                    )
                )
        return [person.id for person in people]


def closed(shop: AShop, *days_ago: int, weekly: int | None = None) -> None:
    today = kst_day(factories.now())
    with write() as session:
        for day in days_ago:
            that = today - timedelta(days=day)
            session.add(
                SpecialDays(
                    shop_id=shop.id, first=that, last=that, is_open=False, note="", staff_id=shop.owner_id,
                    created_at=factories.now(),
                )
            )  # fmt: skip
        if weekly is not None:
            session.add(WeeklyDayOff(shop_id=shop.id, weekday=weekly, since=date(2020, 1, 1)))


def rows(shop: AShop) -> dict[int, PersonStat]:
    db.session.rollback()
    found = db.session.scalars(db.select(PersonStat).where(PersonStat.shop_id == shop.id))
    return {row.customer_id: row for row in found}


@dataclass(frozen=True)
class Sums:
    """What a row should say."""

    visits: int
    spent: int
    priced: int
    year_visits: int
    year_spent: int
    last_at: datetime | None
    rhythm_days: int | None
    has_own_rhythm: bool
    standing: str


def seen(row: PersonStat) -> Sums:
    return Sums(*(getattr(row, name) for name in Sums.__dataclass_fields__))


def by_hand(shop: AShop, now: datetime, shop_days: int | None) -> dict[int, Sums]:
    """Work it out person by person in Python, by the pure rules."""
    today = kst_day(now)
    off = closures.closed_days(shop_id=shop.id, since=today - stats.CLOSED_SINCE, until=today)
    year = start_of_day(today - timedelta(days=364))
    found: dict[int, Sums] = {}
    for person in db.session.scalars(db.select(Customer).where(Customer.shop_id == shop.id)):
        if person.erased_at is not None:
            continue
        visits = list(
            db.session.scalars(
                db.select(Visit)
                .where(Visit.customer_id == person.id, Visit.reversed_at.is_(None))
                .order_by(Visit.at.desc(), Visit.id.desc())
            )
        )
        gaps = rules.gaps([kst_day(visit.at) for visit in visits[: stats.RHYTHM_OF]], off)
        own = len(gaps) >= rules.RHYTHM_VISITS - 1
        days = rules.shared_rhythm(gaps, shop_days)
        away = rules.days_away(kst_day(visits[0].at), today, off) if visits else 0
        late = [visit for visit in visits if visit.at >= year]
        found[person.id] = Sums(
            visits=len(visits),
            spent=sum(visit.amount or 0 for visit in visits),
            priced=sum(visit.amount is not None for visit in visits),
            year_visits=len(late),
            year_spent=sum(visit.amount or 0 for visit in late),
            last_at=visits[0].at if visits else None,
            rhythm_days=days,
            has_own_rhythm=own,
            standing=rules.standing_of(visits=len(visits), away_days=away, rhythm_days=days, is_own=own),
        )
    return found


def shops_days(shop: AShop) -> int | None:
    return db.session.scalar(db.select(ShopRhythm.median_days).where(ShopRhythm.shop_id == shop.id))


PEOPLE = st.lists(
    st.lists(st.integers(0, 500), max_size=12).map(sorted), min_size=1, max_size=16
)  # fmt: skip


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    people=PEOPLE,
    off=st.sets(st.integers(0, 300), max_size=20),
    weekly=st.sampled_from([None, 0, 3]),
    amounts=st.lists(st.sampled_from([None, 4500, 12_000]), min_size=1, max_size=5),
)
def test_the_statement_says_what_the_rules_say(
    app: Flask, people: list[list[int]], off: set[int], weekly: int | None, amounts: list[int | None]
) -> None:
    shop = factories.a_shop()
    people_with(shop, people, amounts)
    closed(shop, *off, weekly=weekly)
    now = factories.now()
    rhythm.see_to(shop_id=shop.id, now=now)
    expected = by_hand(shop, now, shops_days(shop))
    assert {each: seen(row) for each, row in rows(shop).items()} == expected
    # Everybody of whom nothing changed stays as they are: the second night writes nothing.
    with write() as session:
        today = kst_day(now)
        off_days = closures.closed_days(session, shop_id=shop.id, since=today - stats.CLOSED_SINCE, until=today)
        changed = stats.count_people(
            session, shop_id=shop.id, who=(0, 10**9), calendar=stats.Calendar(today, off_days),
            shop_days=shops_days(shop), now=now + timedelta(minutes=1),
        )  # fmt: skip
        assert changed == 0
    world.wipe()
