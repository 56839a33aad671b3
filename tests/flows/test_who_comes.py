"""VIP, the model, and who is quieter than usual: what a shop's night says of its people."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from app.customers.models import Customer
from app.extensions import db
from app.flows import rhythm
from app.flows.unit import write
from app.insights import bgnbd, likely, rhythms, stats
from app.insights import queries as insights
from app.insights.models import PersonStat, ShopRhythm
from app.jobs.tick import Clock as Ticker
from app.kit.clock import kst_day
from app.visits.models import Visit
from tests import factories
from tests.factories import AShop
from tests.flows.coming import drawn, minute, night, people_with, rows
from tests.world import Clock

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
    assert sorted(each for each, row in rows(shop).items() if row.is_vip) == sorted(much)
    people_with(shop, [[day] for day in range(1, 20)])  # from now on most visits have no amount
    with write() as session:
        session.execute(db.update(PersonStat).values(is_vip=True))  # and an old mistake is put right
    night(shop)
    assert sorted(each for each, row in rows(shop).items() if row.is_vip) == sorted([*often, *much])


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
    minute(clock())
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
    for name, last in (("가람", 15), ("나래", 7), ("다온", 2)):
        for days in range(last, last + 28, 7):
            factories.a_stamp(shop, weekly[name].card_id, at=clock() - timedelta(days=days))
    looked: dict[str, Any] = {"shop_id": shop.id, "now": clock()}

    def told() -> tuple[list[int], list[tuple[str, int]]]:
        silent, _on = insights.silent_ones(**looked, after_id=0, limit=50)
        expected = insights.to_greet(**looked)
        return [each.customer_id for each in silent], [(each.name, each.rhythm_days) for each in expected]

    # Nobody was counted yet: who may come is told by their visits, and silent nobody is called unheard.
    assert told() == ([], [("나래", 7)])
    minute(clock())
    with asking("visits") as asked:
        assert told() == ([weekly["가람"].id], [("나래", 7)])
    assert len(asked) == 1, "only the last visits of who is silent"
    rhythm.see_to(shop_id=shop.id, now=clock.advance(days=12))
    assert rows(shop)[weekly["가람"].id].standing == "dormant"
    many, quiet = rhythms.quiet_ones(shop_id=shop.id, now=clock())
    assert (many, [(one.name, one.away_days) for one in quiet]) == (2, [("나래", 19), ("다온", 14)])


def test_a_habit_is_read_from_the_visits(app: Flask, shop: AShop, clock: Clock) -> None:
    who = factories.a_customer(shop, name="한지우")
    for days in (6, 13, 20, 27):  # Tuesdays
        factories.a_stamp(shop, who.card_id, at=clock() - timedelta(days=days, hours=5))
    assert rhythms.habit_of(shop_id=shop.id, customer_id=who.id) == "일주일에 한 번쯤, 화요일 오전에 와요"
    assert rhythms.habit_of(shop_id=shop.id + 1, customer_id=who.id) == ""


def test_a_shop_without_anybody_has_a_night_too(app: Flask, shop: AShop) -> None:
    night(shop)
    assert rhythms.known(shop.id) == rhythms.Known(0, "few")
    assert rows(shop) == {}


def test_the_clock_counts_who_came_and_works_everybody_out_at_night(
    app: Flask, shop: AShop, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = factories.a_shop("고장난가게")
    for where in (broken, shop):
        factories.a_stamp(where, factories.a_customer(where).card_id)
    real = rhythm.count_shop

    def count(*, shop_id: int, **how: Any) -> int:
        if shop_id == broken.id:
            raise RuntimeError("out of order")
        return real(shop_id=shop_id, **how)

    monkeypatch.setattr(rhythm, "count_shop", count)
    ticker = Ticker(app, None)
    ticker.tick()  # hears of the tasks
    clock.advance(minutes=2)
    ticker.tick()
    assert [row.standing for row in rows(shop).values()] == ["comes"], (
        "a shop that fails costs others nothing"
    )
    clock.advance(days=100)
    ticker.tick()
    assert [row.standing for row in rows(shop).values()] == ["dormant"]
