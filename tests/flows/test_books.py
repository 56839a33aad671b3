"""Whatever is done in whatever order, every balance is the sum of its lines."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from app.cards.models import LedgerEntry, Redemption, Reward
from app.extensions import db
from app.flows import claim, privacy, redeem, stamp
from app.flows.undo import undo_stamp
from app.kit.refusals import Refused
from tests import factories, world
from tests.factories import ACustomer, AShop
from tests.flows import books
from tests.world import Clock

_clock: Clock
SHORT = settings(
    max_examples=8, stateful_step_count=25, deadline=None, derandomize=True,
    suppress_health_check=list(HealthCheck), database=None,
)  # fmt: skip


class Counter(RuleBasedStateMachine):
    """A till, three customers, and an hour hand that jumps."""

    shop: AShop
    people: list[ACustomer]

    @initialize(goal=st.integers(2, 4), cap=st.sampled_from([0, 3]))
    def open(self, goal: int, cap: int) -> None:
        """Open the shop."""
        world.wipe()
        _clock.set(world.START)
        self.shop = factories.a_shop(goal=goal, daily_cap=cap)
        self.people = [factories.a_customer(self.shop) for _ in range(3)]

    def _try(self, flow: Any, **facts: Any) -> None:
        with suppress(Refused):
            flow(shop_id=self.shop.id, staff_id=self.shop.owner_id, now=_clock(), **facts)

    def _some(self, model: Any, pick: int) -> int:
        db.session.rollback()
        ids = list(
            db.session.scalars(db.select(model.id).where(model.shop_id == self.shop.id).order_by(model.id))
        )
        return int(ids[pick % len(ids)]) if ids else 0

    @rule(
        who=st.integers(0, 2), how=st.sampled_from(["digits", "more"]), reason=st.sampled_from([None, "일행"])
    )
    def stamp(self, who: int, how: str, reason: str | None) -> None:
        """Stamp one of them."""
        self._try(
            stamp.give, once=factories.once(), master=factories.master(), how=how,
            card_id=self.people[who].card_id, override_reason=reason,
        )  # fmt: skip

    @rule(who=st.integers(0, 2))
    def scan(self, who: int) -> None:
        """Scan one of their codes."""
        self._try(
            stamp.give,
            once=factories.once(),
            master=factories.master(),
            how="scan",
            code=factories.a_code(self.people[who]),
        )

    @rule(who=st.integers(0, 2), yes=st.booleans())
    def ask(self, who: int, yes: bool) -> None:
        """도장 받기, and the answer."""
        try:
            asked = factories.a_claim(self.shop, self.people[who])
        except Refused:
            return
        if yes:
            self._try(claim.approve, claim_id=asked.claim_id, once=factories.once())
        else:
            self._try(claim.refuse, claim_id=asked.claim_id)

    @rule(pick=st.integers(0, 999))
    def undo(self, pick: int) -> None:
        """Take any line back."""
        self._try(undo_stamp, entry_id=self._some(LedgerEntry, pick))

    @rule(pick=st.integers(0, 999))
    def use(self, pick: int) -> None:
        """Hand any reward over."""
        self._try(
            redeem.use_reward, reward_id=self._some(Reward, pick), once=factories.once(), how="staff_check"
        )

    @rule(pick=st.integers(0, 999))
    def undo_use(self, pick: int) -> None:
        """Take any use back."""
        self._try(redeem.undo_use, redemption_id=self._some(Redemption, pick))

    @rule(who=st.integers(0, 2))
    def leave_and_come_back(self, who: int) -> None:
        """Delete one's data, join anew."""
        try:
            privacy.erase(shop_id=self.shop.id, customer_id=self.people[who].id, now=_clock())
        except Refused:
            return
        self.people[who] = factories.a_customer(self.shop)

    @rule(minutes=st.sampled_from([0.05, 1, 11, 200, 24 * 60, -70]))
    def wait(self, minutes: float) -> None:
        """Time passes, or the clock is put right."""
        _clock.advance(minutes=minutes)

    @invariant()
    def the_books_are_right(self) -> None:
        """Every sum is what its lines say."""
        if hasattr(self, "shop"):
            books.check(self.shop)


def test_the_books_after_anything(app: Flask, clock: Clock) -> None:
    global _clock
    _clock = clock
    run_state_machine_as_test(Counter, settings=SHORT)
