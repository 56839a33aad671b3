"""Whatever is done to cards in whatever order: ledger, lots, rewards and coupons are what pencil and paper say.

The classes that do it are put together here: stamps and points, uses, refunds and nights (ledger_machine.py),
coupons (coupon_machine.py), merges and their undo (merge_machine.py).
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import invariant, run_state_machine_as_test

from app.cards import drift
from app.cards.models import Card, CardRule, Lot, Reward
from app.coupons.models import CouponUse
from app.extensions import db
from tests.factories import ACustomer
from tests.flows import books
from tests.flows.coupon_machine import CouponRules
from tests.flows.ledger_machine import Changing, Earning, Using
from tests.flows.ledger_model import PaperCard, Prize
from tests.flows.merge_machine import Merging
from tests.flows.merge_model import Purse
from tests.world import Clock

_BASE: dict[str, Any] = {"deadline": None, "suppress_health_check": list(HealthCheck), "database": None}
# A failure is told at once, as it was found: making it small takes minutes, the long one has them.
SHORT = settings(max_examples=10, stateful_step_count=30, derandomize=True, phases=[Phase.generate], **_BASE)
LONG = settings(max_examples=50, stateful_step_count=40, print_blob=True, **_BASE)
# The long one goes the same ways every time, as long as the code is the same, and one that nobody has chosen. That
# one says its seed and can be gone again: pytest -m long -k fresh --hypothesis-seed=… tests/flows/test_ledger_machine.py
SEEDS = (3, 5, 8)


class Everything(Earning, Using, Changing, Merging, CouponRules):
    """All of it, over one shop."""

    def begin(self) -> None:
        """Open the coupons too."""
        super().begin()
        self.open_coupons()

    @property
    def holders(self) -> Sequence[ACustomer]:  # type: ignore[override]
        """Who holds a card of their own by now."""
        return [person for who, person in enumerate(self.people) if who not in self.gone]

    def coupon_used(self, holder: ACustomer, use_id: int) -> None:
        """An extra stamp is one on paper too."""
        db.session.rollback()
        entry_id = db.session.scalar(db.select(CouponUse.entry_id).where(CouponUse.id == use_id))
        if entry_id is not None:
            self._paper_of(holder).earn(int(entry_id), 1, 0, None, self.clock())

    def card_shown(self, holder: ACustomer) -> None:
        """Whoever showed the card for a coupon has shown it."""
        self._paper_of(holder).shown_at = self.clock()

    def coupon_stamps_back(self, entry_id: int) -> None:
        """The extra stamp goes, unless it went before."""
        for paper in self.paper:
            if entry_id in paper.lines and paper.lines[entry_id].standing:
                paper.turn(entry_id, self.clock())

    def _paper_of(self, holder: ACustomer) -> PaperCard:
        return self.paper[self.people.index(holder)]

    @invariant()
    def the_product_says_what_paper_says(self) -> None:
        """Balance, points, round, rule, lots and rewards agree."""
        db.session.rollback()
        for who, paper in enumerate(getattr(self, "paper", [])):
            card, goal = db.session.execute(
                db.select(Card, CardRule.goal).join(CardRule, CardRule.id == Card.rule_id)
                .where(Card.id == self.people[who].card_id)
            ).one()  # fmt: skip
            assert card.balance < goal, "a full card is a reward"
            if isinstance(paper, Purse):
                assert self.purse_of(who) == Counter(paper.held)
                continue
            assert (card.balance, card.points) == (paper.held["stamp"], paper.held["point"])
            assert (card.round, goal) == (paper.round, paper.rule.goal)
            there, kept = _rewards(card.id), Counter(_seen(prize) for prize in paper.prizes)
            assert not kept - there
            # What two cards filled together and was taken back when they were parted was on no paper.
            assert all(gone and self.was_parted for *_facts, gone in there - kept)
            if paper.keeps_piles():
                assert _lots(card.id) == _added(paper)

    @invariant()
    def what_was_one_is_whole(self) -> None:
        """Of cards that were one, every sum follows from its lines at every moment."""
        if getattr(self, "was_merged", False):
            assert drift.drifts(shop_id=self.shop.id) == []

    def teardown(self) -> None:
        """At the end the books are whole."""
        if hasattr(self, "together"):
            books.check(self.shop)
            self.coupon_books(merged=self.was_merged)
            assert drift.drifts(shop_id=self.shop.id) == []
        db.session.rollback()


def _rewards(card_id: int) -> Counter[Any]:
    rows = db.session.scalars(db.select(Reward).where(Reward.card_id == card_id))
    return Counter(
        (r.name, r.round, r.stage, r.used_at is not None, r.withdrawn_at is not None) for r in rows
    )


def _seen(prize: Prize) -> tuple[Any, ...]:
    return prize.name, prize.round, prize.stage, prize.used, prize.gone


def _lots(card_id: int) -> dict[tuple[str, datetime | None], int]:
    found: Counter[Any] = Counter()
    for lot in db.session.scalars(db.select(Lot).where(Lot.card_id == card_id, Lot.remaining > 0)):
        found[(lot.unit, lot.expires_at)] += lot.remaining
    return dict(found)


def _added(paper: PaperCard) -> dict[tuple[str, datetime | None], int]:
    found: Counter[Any] = Counter()
    for pile in paper.piles:
        if pile.left:
            found[(pile.unit, pile.end)] += pile.left
    return dict(found)


def _run(clock: Clock, profile: settings, chosen: int | None = None) -> None:
    class Here(Everything):
        pass

    Here.clock = clock
    machine = Here if chosen is None else seed(chosen)(Here)
    run_state_machine_as_test(machine, settings=profile)


@pytest.mark.databases("sqlite")  # sums are the same on both; the long one comes to both
def test_everything_is_what_pencil_and_paper_say(app: Flask, clock: Clock) -> None:
    _run(clock, SHORT)


@pytest.mark.long
@pytest.mark.parametrize("fixed", [*SEEDS, None], ids=lambda fixed: f"seed{fixed}" if fixed else "fresh")
def test_everything_after_very_many_days(
    app: Flask,
    clock: Clock,
    fixed: int | None,
    pytestconfig: pytest.Config,
    capsys: pytest.CaptureFixture[str],
) -> None:
    chosen = fixed or int(
        pytestconfig.getoption("--hypothesis-seed") or random.SystemRandom().randrange(1, 2**32)
    )
    with capsys.disabled():
        sys.stdout.write(f"seed {chosen} ")
        sys.stdout.flush()
    _run(clock, LONG, chosen)
