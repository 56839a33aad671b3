"""What visits add up to: the database's statement against the rules, the minute against the night, and the model."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from app.customers.models import Customer, Merge
from app.extensions import db
from app.flows import amount, merge, privacy, refund, rhythm
from app.flows.undo import undo_stamp
from app.flows.unit import write
from app.insights import bgnbd, likely, rhythms, rules, stats
from app.insights import queries as insights
from app.insights.models import PersonStat, ShopRhythm
from app.kit.clock import kst_day, start_of_day
from app.kit.refusals import Refused
from app.shops import closures
from app.shops.models import SpecialDays, WeeklyDayOff
from app.visits.models import Visit
from tests import factories, world
from tests.factories import AShop
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


def shops_days(shop: AShop) -> int | None:
    return db.session.scalar(db.select(ShopRhythm.median_days).where(ShopRhythm.shop_id == shop.id))


def night(shop: AShop, now: datetime | None = None) -> None:
    rhythm.see_to(shop_id=shop.id, now=now or factories.now())


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
    rhythm.count_due(now=factories.now())
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
    assert rhythm.count_due(now=clock()) == 3
    assert [row.standing for row in rows(shop).values()] == ["new", "new"]
    assert set(rows(other_shop)) == {stranger.id}
    assert rhythm.count_due(now=clock()) == 0
    factories.a_stamp(shop, one.card_id, at=clock.advance(days=1))
    assert rhythm.count_due(now=clock()) == 1
    assert (rows(shop)[one.id].standing, rows(shop)[two.id].standing) == ("again", "new")


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
    rhythm.count_due(now=clock())
    works = [lambda: rhythm.count_shop(shop_id=shop.id, now=clock())] * 2
    works += [lambda: factories.a_stamp(shop, who.card_id, at=clock() + timedelta(hours=4))]  # type: ignore[list-item]
    world.all_at_once(app, works)
    rhythm.count_due(now=clock())
    assert rows(shop)[who.id].visits == 2


def test_who_left_or_became_another_keeps_no_row(app: Flask, shop: AShop, clock: Clock) -> None:
    kept, gone, leaving = (factories.a_customer(shop, name=name) for name in "가나다")
    for who in (kept, gone, leaving):
        factories.a_stamp(shop, who.card_id, at=clock() - timedelta(days=who.id))
    rhythm.count_due(now=clock())
    merge.merge_people(shop_id=shop.id, kept_id=kept.id, gone_id=gone.id, staff_id=shop.owner_id, now=clock())
    privacy.erase(shop_id=shop.id, customer_id=leaving.id, now=clock())
    rhythm.count_due(now=clock())
    assert {each: row.visits for each, row in rows(shop).items()} == {kept.id: 2}
    night(shop)
    assert set(rows(shop)) == {kept.id}


VIP = [
    # days ago a person each; won of every visit; who is VIP (places)
    ([[1, 2, 3], [1, 2], [4], [5], [6]], None, [0]),
    ([[1, 2], [1], [4], [5], [6]], None, []),  # two visits are not often enough
    ([[1, 2, 3], [4, 5, 6, 7], [4], [5], [6], [8]], None, [0, 1]),  # a fifth of six, rounded up
    ([[400, 401, 402, 403], [1, 2, 3], [4]], None, [1]),  # who was here within a year
    ([[2, 3, 4], [1, 2, 3], [9], [8], [7]], None, [1]),  # of equals who came last
]


@pytest.mark.parametrize(("people", "won", "vip"), VIP)
def test_who_is_vip(app: Flask, shop: AShop, people: list[list[int]], won: Any, vip: list[int]) -> None:
    ids = people_with(shop, people, won)
    night(shop)
    assert [each for each in ids if rows(shop)[each].is_vip] == [ids[place] for place in vip]


def test_vip_by_value_where_most_visits_carry_amounts(app: Flask, shop: AShop) -> None:
    often = people_with(shop, [[1, 2, 3, 4, 5]], [1000])
    much = people_with(shop, [[1, 2, 3]], [50_000])
    people_with(shop, [[9], [8], [7]], [2000])
    night(shop)
    assert [each for each, row in rows(shop).items() if row.is_vip] == much
    people_with(shop, [[day] for day in range(1, 20)])  # from now on most visits have no amount
    with write() as session:
        session.execute(db.update(PersonStat).values(is_vip=True))  # and an old mistake is put right
    night(shop)
    assert [each for each, row in rows(shop).items() if row.is_vip] == sorted([*often, *much])


def drawn(people: int, seed: int = 7) -> list[list[int]]:
    """Draw people as the model thinks of them: a rate and a chance to leave of their own each."""
    import numpy as np

    rng = np.random.default_rng(seed)
    found = []
    for _ in range(people):
        first, rate, leaves = rng.integers(20, 300), rng.gamma(1.2, 1 / 9), rng.beta(0.8, 3)
        days, at = [int(first)], float(first)
        while rng.random() > leaves and (at := at - rng.exponential(1 / rate)) > 0:
            days.append(int(at))
        found.append(sorted(days))
    return found


def test_with_enough_history_the_model_says_who_still_comes(app: Flask, shop: AShop, clock: Clock) -> None:
    people = drawn(150)
    ids = people_with(shop, people)
    night(shop)
    known = likely.rhythm_of(db.session, shop_id=shop.id)
    assert known is not None and known.model is not None and known.reason == ""
    assert (known.people, rhythms.known(shop.id)) == (150, rhythms.Known(150, ""))
    found = rows(shop)
    for person, days in zip(ids, people, strict=True):
        row = found[person]
        came = sorted(set(days))
        if len(came) == 1:
            assert row.alive is None, "of who came once the model says nothing"
        else:
            past = bgnbd.Past(len(came) - 1, came[-1] - came[0], came[-1])
            assert row.alive == pytest.approx(bgnbd.p_alive(known.model, [past])[0], abs=0.001)
            assert row.expected == pytest.approx(bgnbd.expected(known.model, [past], 30)[0], abs=0.01)
    # Whoever comes in between is judged anew by the same model.
    alive, lost = min((row.alive, row.customer_id) for row in found.values() if row.alive is not None)
    with write() as session:
        session.add(Visit(shop_id=shop.id, customer_id=lost, at=clock()))
        session.execute(db.update(Customer).where(Customer.id == lost).values(stale_at=clock()))
    rhythm.count_due(now=clock())
    assert (rows(shop)[lost].alive or 0) > 0.5 > alive


def test_days_the_shop_was_closed_are_nobodys_absence(app: Flask, shop: AShop, clock: Clock) -> None:
    people_with(shop, drawn(120))
    night(shop)
    before = {each: row.alive for each, row in rows(shop).items()}
    calendar = stats.Calendar(
        kst_day(clock()), {kst_day(clock() - timedelta(days=day)) for day in range(1, 11)}
    )
    past = likely.pasts(db.session, shop_id=shop.id, calendar=calendar, who=list(before))
    open_all = likely.pasts(
        db.session, shop_id=shop.id, calendar=stats.Calendar(calendar.today, ()), who=list(before)
    )
    away = [each for each in past if open_all[each].T - open_all[each].t_x > 10]
    assert away and all(past[each].T == open_all[each].T - 10 for each in away)
    assert all(past[each].t_x == open_all[each].t_x for each in away)


def test_without_enough_history_the_simple_rule_is_all_there_is(app: Flask, shop: AShop) -> None:
    people_with(shop, [[1, 8, 15, 22], *([[day] for day in range(1, 30)])])
    with write() as session:
        session.add(
            ShopRhythm(
                shop_id=shop.id, r=1, alpha=1, a=1, b=1, people=200, again=99, fitted_at=factories.now()
            )
        )
    night(shop)
    with write() as session:
        session.execute(db.update(PersonStat).values(alive=0.5, expected=1.0))
    night(shop)  # a model the shop had once is no model of today
    assert rhythms.known(shop.id) == rhythms.Known(30, "few")
    assert {(row.alive, row.expected) for row in rows(shop).values()} == {(None, None)}
    assert rows(shop)[min(rows(shop))].rhythm_days == 7


@contextmanager
def asking(about: str) -> Iterator[list[str]]:
    """Every statement on a table while the block runs."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if f"FROM {about}" in statement:
            found.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def test_who_is_silent_and_who_may_come_is_known_without_counting_visits(
    app: Flask, shop: AShop, clock: Clock
) -> None:
    weekly = {name: factories.a_customer(shop, name=name) for name in ("가람", "나래", "다온")}
    for name, last in (("가람", 30), ("나래", 7), ("다온", 2)):
        for days in range(last, last + 28, 7):
            factories.a_stamp(shop, weekly[name].card_id, at=clock() - timedelta(days=days))
    looked: dict[str, Any] = {"shop_id": shop.id, "now": clock()}

    def told() -> tuple[list[int], list[tuple[str, int]]]:
        silent, _on = insights.silent_ones(**looked, after_id=0, limit=50)
        expected = insights.to_greet(**looked)
        return [each.customer_id for each in silent], [(each.name, each.rhythm_days) for each in expected]

    before = told()  # nobody was counted yet: their visits are looked at
    assert before == ([weekly["가람"].id], [("나래", 7)])
    rhythm.count_due(now=clock())
    with asking("visits") as asked:
        assert told() == before
    assert len(asked) == 1, "only the last visits of who is silent"
    assert rhythms.quiet_ones(**looked) == (
        0, []
    ), "thirty days of a weekly rhythm are more than quiet"  # fmt: skip
    assert rows(shop)[weekly["가람"].id].standing == "dormant"
    rhythm.see_to(shop_id=shop.id, now=clock.advance(days=12))
    many, quiet = rhythms.quiet_ones(shop_id=shop.id, now=clock())
    assert (many, [(one.name, one.away_days) for one in quiet]) == (2, [("나래", 19), ("다온", 14)])


def test_a_habit_is_read_from_the_visits(app: Flask, shop: AShop, clock: Clock) -> None:
    who = factories.a_customer(shop, name="한지우")
    for days in (6, 13, 20, 27):  # Tuesdays
        factories.a_stamp(shop, who.card_id, at=clock() - timedelta(days=days, hours=5))
    assert rhythms.habit_of(shop_id=shop.id, customer_id=who.id) == "일주일에 한 번쯤, 화요일 오전에 와요"
    assert rhythms.habit_of(shop_id=shop.id + 1, customer_id=who.id) == ""
