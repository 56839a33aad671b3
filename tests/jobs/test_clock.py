"""The clock: one at a time, through every loss of Redis, and periodic work exactly once a turn."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import structlog
from flask import Flask
from sqlalchemy import update

from app.extensions import db
from app.flows import clock as clock_flow
from app.flows import voice
from app.flows.unit import write
from app.jobs import periodic, queue, tasks, tick
from app.jobs.tick import Clock as Ticker
from app.messages import clock_work
from app.messages.models import ClockLease, Message, PeriodicTask
from launch.testbed import ValkeyServer, valkey_server
from tests import factories
from tests.messages.world import a_customer, a_shop, rows, thank
from tests.world import Clock, all_at_once


@pytest.fixture
def valkey() -> Iterator[ValkeyServer]:
    with valkey_server() as server:
        yield server


@pytest.fixture(autouse=True)
def _running() -> Iterator[None]:
    tasks.stopping.clear()
    yield
    tasks.stopping.clear()


def a_letter(clock: Clock) -> None:
    """Let one letter for the card be due."""
    shop = a_shop()
    thank(shop, a_customer(shop, phone=None), clock)
    clock.advance(hours=2)


def states() -> list[str]:
    return [row.state for row in rows()]


def test_it_wakes_the_worker_and_leaves_the_work_to_it(
    app: Flask, clock: Clock, valkey: ValkeyServer
) -> None:
    a_letter(clock)
    ticker = Ticker(app, valkey.url)
    ticker.tick()
    ticker.tick()
    connection = queue.connect(valkey.url)
    assert queue.drain_queue(connection).count == 1
    assert states() == ["ready"]
    connection.close()
    ticker.redis.close()  # type: ignore[union-attr]


def test_without_redis_it_does_the_work(app: Flask, clock: Clock) -> None:
    a_letter(clock)
    Ticker(app, None).tick()
    assert states() == ["sent"]


@pytest.mark.parametrize("how", ["killed", "frozen", "full"])
def test_with_redis_gone_it_does_the_work(app: Flask, clock: Clock, valkey: ValkeyServer, how: str) -> None:
    a_letter(clock)
    ticker = Ticker(app, valkey.url)
    if how == "killed":
        valkey.kill()
    elif how == "frozen":
        valkey.process.send_signal(signal.SIGSTOP)
    else:
        connection = queue.connect(valkey.url)
        connection.config_set("maxmemory", "1")
        connection.close()
    try:
        ticker.tick()
    finally:
        valkey.process.send_signal(signal.SIGCONT)
    assert states() == ["sent"]
    ticker.redis.close()  # type: ignore[union-attr]


def test_a_worker_that_never_comes_is_not_waited_for(
    app: Flask, clock: Clock, valkey: ValkeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_letter(clock)
    ticker = Ticker(app, valkey.url)
    ticker.tick()
    assert states() == ["ready"]
    monkeypatch.setattr(tick, "PATIENCE_S", -1.0)
    ticker.tick()
    assert states() == ["sent"]
    ticker.redis.close()  # type: ignore[union-attr]


def test_a_flushed_redis_is_woken_again(app: Flask, clock: Clock, valkey: ValkeyServer) -> None:
    a_letter(clock)
    ticker = Ticker(app, valkey.url)
    ticker.tick()
    connection = queue.connect(valkey.url)
    connection.flushall()
    ticker.tick()
    assert queue.drain_queue(connection).count == 1
    connection.close()
    ticker.redis.close()  # type: ignore[union-attr]


def test_only_one_process_ticks(app: Flask, clock: Clock) -> None:
    assert clock_work.clock_age_s() is None
    assert clock_flow.hold(holder="a", lease_s=15)
    assert not clock_flow.hold(holder="b", lease_s=15)
    assert clock_flow.hold(holder="a", lease_s=15)
    age = clock_work.clock_age_s()
    assert age is not None
    assert age < 5
    clock_flow.let_go(holder="a")
    assert clock_flow.hold(holder="b", lease_s=15)
    with write() as session:
        session.execute(update(ClockLease).values(until_ms=1))
    assert clock_flow.hold(holder="c", lease_s=15)


def test_a_shifted_application_clock_steals_no_lease(app: Flask, clock: Clock) -> None:
    assert clock_flow.hold(holder="a", lease_s=15)
    clock.advance(hours=1)
    assert not clock_flow.hold(holder="b", lease_s=15)


def test_a_ring_is_waked_for_or_done(app: Flask, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    monkeypatch.setattr(tasks, "ring_staff", lambda: done.append("rung") or {})
    ticker = Ticker(app, None)
    ticker.tick()
    assert done == []
    shop = factories.a_shop()
    who = factories.a_customer(shop)
    asked = {"kind": "complaint", "text": "추워요", "once": factories.once(), "now": factories.now()}
    voice.open_voice(shop_id=shop.id, customer_id=who.id, **asked)
    ticker.tick()
    assert done == ["rung"]


def test_of_many_at_once_one_holds_the_lease(app: Flask, clock: Clock) -> None:
    def taker(name: str) -> Any:
        return lambda: clock_flow.hold(holder=name, lease_s=15)

    assert sorted(map(str, all_at_once(app, [taker(f"w{n}") for n in range(6)])))[-2:] == ["False", "True"]


def turn(clock: Clock) -> bool:
    return clock_flow.take_turn(
        task="sweep_the_floor", every=timedelta(hours=1), first=clock() + timedelta(minutes=5), now=clock()
    )


def test_periodic_work_runs_once_a_turn_and_catches_up_once(app: Flask, clock: Clock) -> None:
    assert not turn(clock)
    clock.advance(minutes=5)
    assert turn(clock)
    assert not turn(clock)
    clock.advance(days=3)
    assert turn(clock)
    assert not turn(clock)
    row = db.session.query(PeriodicTask).one()
    assert clock() < row.next_run_at <= clock() + timedelta(hours=1)


def test_a_clock_that_ran_ahead_and_was_put_back_does_not_sleep_for_days(app: Flask, clock: Clock) -> None:
    turn(clock)
    clock.advance(days=3, minutes=6)
    assert turn(clock)
    clock.advance(days=-3)
    assert clock_work.periodic_due({"sweep_the_floor": timedelta(hours=1)}, clock()) == {"sweep_the_floor"}
    assert not turn(clock), "put right first: it comes round when a new task would"
    assert clock_work.periodic_due({"sweep_the_floor": timedelta(hours=1)}, clock()) == set()
    clock.advance(minutes=5)
    assert turn(clock)


def test_of_many_at_once_one_takes_the_turn(app: Flask, clock: Clock) -> None:
    turn(clock)
    clock.advance(minutes=6)
    results = all_at_once(app, [lambda: turn(clock) for _ in range(6)])
    assert results.count(True) == 1


def test_a_tick_runs_what_comes_round(app: Flask, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []
    monkeypatch.setattr(
        tick,
        "PERIODIC",
        (
            periodic.Periodic(
                "one", timedelta(minutes=1), lambda now: now, lambda now, breath: ran.append("one")
            ),
        ),
    )
    ticker = Ticker(app, None)
    ticker.tick()
    ticker.tick()
    clock.advance(minutes=2)
    ticker.tick()
    ticker.tick()
    assert len(ran) == 2


def test_the_thread_outlives_a_broken_tick_and_gives_the_lease_back(app: Flask, clock: Clock) -> None:
    ticker = Ticker(app, None, tick_s=0.02)
    broken: list[int] = []

    def fall_over() -> None:
        broken.append(1)
        if len(broken) < 3:
            raise OSError("the database is away")
        clock_flow.hold(holder=ticker.holder, lease_s=15)
        tasks.stopping.set()

    ticker.tick = fall_over  # type: ignore[method-assign]
    ticker.start()
    ticker.join(60)
    assert len(broken) == 3
    db.session.rollback()
    assert db.session.query(ClockLease).one().until_ms == 0


def test_the_nightly_check_tells_what_differs(app: Flask, clock: Clock) -> None:
    from app.cards.models import Card
    from app.flows import night
    from tests import factories

    shop = factories.a_shop()
    good = factories.a_card_with(3, shop)
    bad = factories.a_card_with(2, shop)
    assert night.check_balances(shop_id=shop.id) == []
    with write() as session:
        session.query(Card).filter_by(id=bad.card_id).update({"balance": 9})
    assert night.check_balances(shop_id=shop.id) == [bad.card_id]
    assert good.card_id != bad.card_id
    assert db.session.query(Message).count() > 0


def test_the_silent_are_asked_after_every_morning_at_half_past_nine(app: Flask, clock: Clock) -> None:
    shop = factories.a_shop()
    who = factories.a_customer(shop, name="한지우", phone=factories.a_number(), agrees="all")
    for days in (36, 29, 22, 15):
        factories.a_stamp(shop, who.card_id, at=clock() - timedelta(days=days))
    ticker = Ticker(app, None)
    ticker.tick()  # hears of the task
    clock.set(datetime(2026, 11, 24, 0, 29, tzinfo=UTC))
    ticker.tick()
    assert rows(kind="come_back") == []
    clock.advance(minutes=2)  # 09:31 in Korea
    ticker.tick()
    ticker.tick()
    assert [row.channel for row in rows(kind="come_back")] == ["card", "own_phone"]
    clock.advance(days=9)  # everything was off: one turn, nothing twice
    ticker.tick()
    assert len(rows(kind="come_back")) == 2


def test_a_shop_that_fails_costs_the_others_nothing(
    app: Flask, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop_ids = [factories.a_shop(f"가게{n}").id for n in range(3)]
    done: list[tuple[str, int]] = []

    def fails_in_the_middle(what: str) -> Any:
        def work(*, shop_id: int, **_how: Any) -> None:
            if shop_id == shop_ids[1]:
                db.session.execute(db.text("SELECT * FROM nowhere"))
            db.session.execute(db.text("SELECT 1"))
            done.append((what, shop_id))

        return work

    for room, flow in (
        (periodic.review_asks, "plan_requests"),
        (periodic.come_back, "plan_for"),
        (periodic.night, "check_balances"),
        (periodic.retention, "erase_the_long_gone"),
        (periodic.photo, "drop_old_drafts"),
    ):
        monkeypatch.setattr(room, flow, fails_in_the_middle(flow))
    monkeypatch.setattr(periodic.photo, "drop_orphans", lambda **_how: done.append(("orphans", 0)))
    ticker = Ticker(app, None)
    ticker.tick()  # hears of the tasks
    clock.advance(days=2)
    with structlog.testing.capture_logs() as said:
        ticker.tick()
    whose = [shop_id for what, shop_id in done if what != "orphans"]
    assert sorted(whose) == sorted([shop_ids[0], shop_ids[2]] * 5)
    assert ("orphans", 0) in done
    told = [line for line in said if line["event"] == "shop_failed"]
    assert [line["shop_id"] for line in told] == [shop_ids[1]] * 5
    assert all(line["fault"].endswith("Error") for line in told)


def test_long_planning_lets_what_is_due_go_out_and_ends_when_asked(
    app: Flask, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        factories.a_shop()
    seen: list[list[str]] = []

    def plan(**_how: Any) -> None:
        seen.append(states())
        if len(seen) == 1:
            a_letter(clock)  # due in the middle of it
        else:
            tasks.stopping.set()

    monkeypatch.setattr(tick, "BREATH_S", -1.0)
    monkeypatch.setattr(periodic.review_asks, "plan_requests", plan)
    periodic._plan_reviews(clock(), Ticker(app, None)._breath)
    assert seen == [[], ["sent"]], "served between two shops, and the third is left for the next time"


@pytest.mark.parametrize("what", ["come_back", "plan_reviews", "keep_no_longer"])
def test_a_process_that_stops_plans_no_further(
    app: Flask, clock: Clock, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    factories.a_shop()
    tasks.stopping.set()
    for room, flow in (
        (periodic.review_asks, "plan_requests"),
        (periodic.come_back, "plan_for"),
        (periodic.retention, "erase_the_long_gone"),
        (periodic.retention, "prune"),
        (periodic.photo, "drop_orphans"),
    ):
        monkeypatch.setattr(room, flow, lambda **_how: pytest.fail("went on"))
    (task,) = [task for task in tick.PERIODIC if task.name == what]
    task.run(clock(), Ticker(app, None)._breath)
