"""Coupons under any order of what can happen to them."""

from __future__ import annotations

from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, run_state_machine_as_test

from app.extensions import db
from tests import factories, world
from tests.flows import books
from tests.flows.coupon_machine import CouponRules
from tests.world import Clock


def test_whatever_happens_to_them(app: Flask, clock: Clock) -> None:
    class Machine(CouponRules, RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            clock.set(world.START)
            self.clock = clock
            self.shop = factories.a_shop()
            self.holders = [factories.a_customer(self.shop) for _ in range(2)]
            self.open_coupons()

        @invariant()
        def the_books_balance(self) -> None:
            self.coupon_books()
            books.check(self.shop)

        def teardown(self) -> None:
            db.session.rollback()

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=8,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
