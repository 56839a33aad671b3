"""What visits add up to: the database's statement against the rules, the minute against the night, and the model."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.customers.models import Customer, Merge
from app.extensions import db
from app.flows import amount, merge, privacy, refund, rhythm
from app.flows.undo import undo_stamp
from app.flows.unit import write
from app.insights import rules, stats
from app.insights.models import PersonStat
from app.kit.clock import kst_day, start_of_day
from app.kit.refusals import Refused
from app.shops import closures
from app.visits.models import Visit
from tests import factories, world
from tests.factories import AShop
from tests.flows.coming import closed, minute, night, people_with, rows, shops_days
from tests.world import Clock


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
    off = closures.closed_days(shop_id=shop.id, since=today - rules.CLOSED_SINCE, until=today)
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
        gaps = rules.gaps([kst_day(visit.at) for visit in visits[: rules.RHYTHM_OF]], off)
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


SLOW = settings(
    max_examples=6,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[phase for phase in settings.default.phases if phase.name != "shrink"],
)


@SLOW
@given(
    people=st.lists(st.lists(st.integers(0, 500), max_size=12).map(sorted), min_size=8, max_size=24),
    off=st.sets(st.integers(0, 300), max_size=20),
    weekly=st.sampled_from([None, 0, 3]),
    won=st.lists(st.sampled_from([None, 4500, 12_000]), min_size=1, max_size=5),
)
def test_the_statement_says_what_the_rules_say(
    app: Flask, people: list[list[int]], off: set[int], weekly: int | None, won: list[int | None]
) -> None:
    shop = factories.a_shop()
    people_with(shop, people, won)
    closed(shop, *off, weekly=weekly)
    now = factories.now()
    night(shop)
    expected = by_hand(shop, now, shops_days(shop))
    assert {each: seen(row) for each, row in rows(shop).items()} == expected
    assert _nights_changes(shop, now) == 0, "of whom nothing changed nothing is written"
    world.wipe()


def _nights_changes(shop: AShop, now: datetime) -> int:
    today = kst_day(now)
    off = closures.closed_days(shop_id=shop.id, since=today - rules.CLOSED_SINCE, until=today)
    with write() as session:
        return stats.count_people(
            session,
            shop_id=shop.id,
            who=(0, 10**9),
            calendar=stats.Calendar(today, off),
            shop_days=shops_days(shop),
            now=now + timedelta(minutes=1),
        )


DEEDS = st.lists(
    st.tuples(
        st.sampled_from(["stamp", "stamp", "stamp", "undo", "refund", "amount", "merge", "part", "count"]),
        st.integers(0, 3),
        st.integers(0, 40),
    ),
    min_size=8,
    max_size=30,
)


@SLOW
@given(deeds=DEEDS)
def test_the_minute_says_what_the_night_says(app: Flask, deeds: list[tuple[str, int, int]]) -> None:
    shop = factories.a_shop(**factories.no_limits())
    people = [factories.a_customer(shop, name=f"손님{n}") for n in range(4)]
    for number, deed in enumerate(deeds):
        _do(shop, people, number, *deed)
    minute(factories.now())
    counted = {each: seen(row) for each, row in rows(shop).items()}
    assert counted == by_hand(shop, factories.now(), shops_days(shop))
    assert _nights_changes(shop, factories.now()) == 0
    world.wipe()


def _do(shop: AShop, people: list[Any], number: int, deed: str, who: int, days: int) -> None:
    """Let something happen; what cannot be done now is refused and changes nothing."""
    now, own = factories.now(), {"shop_id": shop.id, "staff_id": shop.owner_id}
    visits = db.select(Visit).where(Visit.customer_id == people[who].id).order_by(Visit.id.desc())
    db.session.rollback()
    visit = db.session.scalars(visits).first()
    entry = db.session.scalar(
        db.text("SELECT max(id) FROM ledger_entries WHERE kind = 'earn' AND customer_id = :who"),
        {"who": people[who].id},
    )
    try:
        if deed == "stamp":
            at = now - timedelta(days=days, minutes=number)
            factories.a_stamp(shop, people[who].card_id, at=at, amount=days * 100 or None)
        elif deed == "undo" and entry:
            undo_stamp(**own, entry_id=entry, now=now)
        elif deed == "refund" and visit:
            refund.refund(**own, visit_id=visit.id, now=now)
        elif deed == "amount" and entry:
            amount.put(**own, entry_id=entry, typed=str(1000 + days), now=now)
        elif deed == "merge":
            merge.merge_people(**own, kept_id=people[who].id, gone_id=people[who - 1].id, now=now)
        elif deed == "part":
            newest = db.session.scalar(db.select(db.func.max(Merge.id)).where(Merge.shop_id == shop.id))
            if newest:
                merge.undo_merge(**own, merge_id=newest, now=now)
        elif deed == "count":
            rhythm.count_shop(shop_id=shop.id, now=now)
    except Refused:
        db.session.rollback()


def test_whoever_came_is_counted_within_the_minute_and_nobody_else(
    app: Flask, shop: AShop, other_shop: AShop, clock: Clock
) -> None:
    one, two = factories.a_customer(shop), factories.a_customer(shop)
    stranger = factories.a_customer(other_shop)
    for who, where in ((one, shop), (two, shop), (stranger, other_shop)):
        factories.a_stamp(where, who.card_id)
    assert minute(clock()) == 3
    assert [row.standing for row in rows(shop).values()] == ["comes", "comes"]
    assert set(rows(other_shop)) == {stranger.id}
    assert minute(clock()) == 0
    factories.a_stamp(shop, one.card_id, at=clock.advance(days=1))
    assert minute(clock()) == 1
    assert (rows(shop)[one.id].visits, rows(shop)[two.id].visits) == (2, 1)


def test_two_clocks_at_once_count_everybody_once(app: Flask, shop: AShop, clock: Clock) -> None:
    people_with(shop, [[day] for day in range(1, 8)])
    night(shop)
    with write() as session:
        session.execute(db.update(Customer).values(stale_at=clock()))
    found = world.all_at_once(app, [lambda: rhythm.count_shop(shop_id=shop.id, now=clock())] * 3)
    assert sum(found) == 7
    assert len(rows(shop)) == 7


def test_a_stamp_during_the_count_is_not_lost(
    app: Flask, shop: AShop, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mark goes before the visits are read: whoever comes in between is marked again."""
    who = factories.a_customer(shop)
    factories.a_stamp(shop, who.card_id)
    minute(clock())
    works = [lambda: rhythm.count_shop(shop_id=shop.id, now=clock())] * 2
    works += [lambda: factories.a_stamp(shop, who.card_id, at=clock() + timedelta(hours=4))]  # type: ignore[list-item]
    world.all_at_once(app, works)
    minute(clock())
    assert rows(shop)[who.id].visits == 2


def test_who_left_or_became_another_keeps_no_row(app: Flask, shop: AShop, clock: Clock) -> None:
    kept, gone, leaving = (factories.a_customer(shop, name=name) for name in "가나다")
    for who in (kept, gone, leaving):
        factories.a_stamp(shop, who.card_id, at=clock() - timedelta(days=who.id))
    minute(clock())
    merge.merge_people(shop_id=shop.id, kept_id=kept.id, gone_id=gone.id, staff_id=shop.owner_id, now=clock())
    privacy.erase(shop_id=shop.id, customer_id=leaving.id, now=clock())
    with write() as session:  # a night was just at it
        session.add(PersonStat(shop_id=shop.id, customer_id=leaving.id, visits=1, counted_at=clock()))
    minute(clock())
    assert {each: row.visits for each, row in rows(shop).items()} == {kept.id: 2}
    night(shop)
    assert set(rows(shop)) == {kept.id}
