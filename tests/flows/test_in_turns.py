"""Rows of all shops are worked off a step each in turn; one that fails rests, and costs the others nothing."""

from __future__ import annotations

from datetime import datetime

from flask import Flask

from app.flows.in_turns import in_turns
from tests.world import Clock


def test_each_has_its_turn_and_one_that_fails_rests(app: Flask, clock: Clock) -> None:
    left = {(1, 1): 2, (2, 7): 1, (3, 4): 1}
    steps: list[tuple[int, int]] = []
    resting: list[tuple[int, int, datetime]] = []

    def step(shop_id: int, row_id: int) -> bool:
        steps.append((shop_id, row_id))
        if shop_id == 2:
            raise RuntimeError("a fault")
        left[shop_id, row_id] -= 1
        return shop_id == 3 or not left[shop_id, row_id]

    def rest(shop_id: int, row_id: int, now: datetime) -> None:
        resting.append((shop_id, row_id, now))

    done = in_turns(
        "work", waiting=lambda _now: list(left), step=step, rest=rest, clock=clock, stop=lambda: False
    )
    assert (done, steps) == (4, [(1, 1), (2, 7), (3, 4), (1, 1)])
    assert resting == [(2, 7, clock())]


def test_it_stops_between_two_steps(app: Flask, clock: Clock) -> None:
    steps: list[int] = []

    def step(shop_id: int, _row_id: int) -> bool:
        steps.append(shop_id)
        return True

    done = in_turns(
        "work",
        waiting=lambda _now: [(1, 1), (2, 2), (3, 3)],
        step=step,
        rest=lambda *_which: None,
        clock=clock,
        stop=lambda: len(steps) == 2,
    )
    assert (done, steps) == (2, [1, 2])
