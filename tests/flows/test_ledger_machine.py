"""Whatever is done to a card in whatever order: the ledger, its lots and rewards are what pencil and paper say.

One class for each kind of work, put together below: whoever adds a way to move a card adds a class.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from app.cards import drift
from app.cards.actions import ledger
from app.cards.models import Card, CardRule, LedgerEntry, Lot, Redemption, Reward
from app.cards.promises import PointsShort, PointsUnderLeast
from app.extensions import db
from app.flows import expiry, free_stamps, points, redeem, refund, stamp
from app.flows.undo import undo_stamp
from app.flows.unit import write
from tests import factories, world
from tests.factories import ACustomer, AShop
from tests.flows import books
from tests.flows.ledger_model import PaperCard, Rule
from tests.world import Clock

_clock: Clock
_BASE: dict[str, Any] = {"deadline": None, "suppress_health_check": list(HealthCheck), "database": None}
SHORT = settings(max_examples=16, stateful_step_count=40, derandomize=True, **_BASE)
LONG = settings(max_examples=120, stateful_step_count=50, **_BASE)

RULES = (
    Rule(goal=3),
    Rule(goal=4, stages={2: "사이즈업"}, permille=10),
    Rule(goal=6, stages={1: "쿠키", 4: "사이즈업"}, permille=50, visit=7, expiry="months", months=1),
    Rule(goal=4, permille=100, expiry="activity", months=1),
    Rule(goal=5, stages={4: "케이크"}, visit=30, expiry="date", until=date(2026, 12, 31)),
)


class Base(RuleBasedStateMachine):
    """A shop with its people, and the same on paper. One is enough: what is done then meets what was done."""

    shop: AShop
    people: list[ACustomer]
    paper: list[PaperCard]

    @initialize(first=st.sampled_from(RULES))
    def open(self, first: Rule) -> None:
        """Open the shop."""
        world.wipe()
        _clock.set(world.START)
        self.shop = factories.a_shop(goal=2, reward_name="다 모았어요", **factories.no_limits())
        self.change(first)
        self.people = [factories.a_customer(self.shop) for _ in range(1)]
        self.paper = [PaperCard(first) for _ in self.people]
        self._promise(first)

    def _promise(self, promised: Rule) -> None:
        for paper in self.paper:
            paper.present = promised

    def change(self, promised: Rule) -> None:
        """Change what the shop promises."""
        with write() as session:
            ledger.add_rule(
                session, shop_id=self.shop.id, now=_clock(), goal=promised.goal, reward_name="다 모았어요",
                stages=[[at, name] for at, name in promised.stages.items()],
                point_permille=promised.permille, point_visit=promised.visit, expiry=promised.expiry,
                expiry_months=promised.months, expires_on=promised.until, **factories.no_limits(),
            )  # fmt: skip

    @property
    def by(self) -> dict[str, Any]:
        """Who does it, where and when."""
        return {"shop_id": self.shop.id, "staff_id": self.shop.owner_id, "now": _clock()}

    def some(self, pick: int, kind: str) -> tuple[PaperCard, int] | None:
        """Return any standing line of a kind."""
        found = [
            (paper, entry)
            for paper in self.paper
            for entry, line in sorted(paper.lines.items())
            if line.standing and line.kind == kind
        ]
        return found[pick % len(found)] if found else None

    def entry(self, entry_id: int) -> LedgerEntry:
        """Return a line as it was written."""
        db.session.rollback()
        return db.session.scalars(db.select(LedgerEntry).where(LedgerEntry.id == entry_id)).one()

    @rule(days=st.sampled_from([0.0, 0.01, 0.2, 1, 12, 33, 95]))
    def wait(self, days: float) -> None:
        """Time passes."""
        _clock.advance(days=days, seconds=1)


class Earning(Base):
    """Stamps come and are taken back."""

    @rule(who=st.just(0), amount=st.sampled_from([None, 0, 4500, 12990]))
    def stamp(self, who: int, amount: int | None) -> None:
        """Stamp a card at the counter."""
        done = stamp.give(
            **self.by, once=factories.once(), master=factories.master(), how="more",
            card_id=self.people[who].card_id, amount=amount,
        )  # fmt: skip
        paper, entry = self.paper[who], self.entry(done.entry_id)
        assert entry.visit_id is not None
        visit_points = 0 if entry.visit_id in paper.visits else paper.rule.visit
        came = (amount or 0) * paper.rule.permille // 1000 + visit_points
        assert entry.points == came
        paper.earn(entry.id, 1, came, entry.visit_id, _clock())

    @rule(who=st.just(0), stamps=st.integers(1, 11))
    def give(self, who: int, stamps: int) -> None:
        """Give several at once."""
        once = factories.once()
        for _ in range(2):  # twice is once
            with write() as session:
                found = ledger.card(
                    session, shop_id=self.shop.id, where=Card.id == self.people[who].card_id, lock=True
                )
                assert found is not None
                entry_id = free_stamps.give(
                    session,
                    card=found[0],
                    rule=found[1],
                    stamps=stamps,
                    how="referral",
                    once=once,
                    now=_clock(),
                )
            if entry_id is not None:
                self.paper[who].earn(entry_id, stamps, 0, None, _clock())

    @rule(pick=st.integers(0, 99), later=st.sampled_from([0, 0, 20, 33]))
    def undo(self, pick: int, later: int) -> None:
        """적립 취소, at once or when something has ended meanwhile."""
        _clock.advance(days=later)
        found = self.some(pick, "earn")
        if found is not None:
            undo_stamp(**self.by, entry_id=found[1])
            found[0].turn(found[1], _clock())


class Using(Base):
    """Rewards and points are used, and that is taken back."""

    def _prizes(self, *, used: bool) -> list[tuple[int, Any]]:
        return [
            (who, prize)
            for who, paper in enumerate(self.paper)
            for prize in paper.prizes
            if prize.used is used and not prize.gone
        ]

    def _reward(self, who: int, prize: Any) -> int:
        db.session.rollback()
        found = db.session.scalar(
            db.select(Reward.id).where(
                Reward.card_id == self.people[who].card_id, Reward.round == prize.round,
                Reward.stage == prize.stage, Reward.withdrawn_at.is_(None),
            )
        )  # fmt: skip
        assert found is not None
        return int(found)

    @rule(pick=st.integers(0, 99))
    def use(self, pick: int) -> None:
        """혜택 사용."""
        ready = self._prizes(used=False)
        if ready:
            who, prize = ready[pick % len(ready)]
            redeem.use_reward(
                **self.by, reward_id=self._reward(who, prize), once=factories.once(), how="live_card"
            )
            prize.used, prize.used_at = True, _clock()
            prize.visit = self.paper[who].visit_here(_clock())

    @rule(pick=st.integers(0, 99))
    def undo_use(self, pick: int) -> None:
        """사용 취소."""
        gone = self._prizes(used=True)
        if gone:
            who, prize = gone[pick % len(gone)]
            reward_id = self._reward(who, prize)
            use_id = db.session.scalar(
                db.select(Redemption.id).where(
                    Redemption.reward_id == reward_id, Redemption.reversed_at.is_(None)
                )
            )
            redeem.undo_use(**self.by, redemption_id=int(use_id or 0))
            prize.used = False

    @rule(who=st.just(0), wanted=st.integers(1, 400))
    def spend(self, who: int, wanted: int) -> None:
        """포인트 쓰기: what there is and no more."""
        paper = self.paper[who]
        ended = sum(p.left for p in paper.piles if p.unit == "point" and p.end and p.end <= _clock())
        factories.show_card(self.people[who].card_id, shop=self.shop, at=_clock())
        try:
            done = points.spend(
                **self.by, card_id=self.people[who].card_id, points=wanted, once=factories.once()
            )
        except (PointsShort, PointsUnderLeast):
            assert wanted > paper.held["point"] - ended
            return
        paper.night(_clock())
        assert wanted <= paper.held["point"]
        paper.spend(done.entry_id, wanted, _clock())

    @rule(pick=st.integers(0, 99))
    def undo_spend(self, pick: int) -> None:
        """포인트 사용 취소."""
        found = self.some(pick, "redeem")
        if found is not None:
            points.undo_spend(**self.by, entry_id=found[1])
            found[0].unspend(found[1], _clock())


class Changing(Base):
    """Refunds, nights, and a shop that promises something else."""

    @rule(pick=st.integers(0, 99))
    def refund(self, pick: int) -> None:
        """환불."""
        found = [(paper, visit) for paper in self.paper for visit in sorted(paper.visits)]
        if found:
            paper, visit = found[pick % len(found)]
            refund.refund(**self.by, visit_id=visit)
            paper.refund(visit, _clock())

    @rule()
    def night(self) -> None:
        """What has ended goes."""
        expiry.expire_due(shop_id=self.shop.id, now=_clock())
        for paper in self.paper:
            paper.night(_clock())

    @rule(promised=st.sampled_from(RULES))
    def promise(self, promised: Rule) -> None:
        """Cards that are out keep their rule until they are full."""
        self.change(promised)
        self._promise(promised)


class Ledger(Earning, Using, Changing):
    """All of it."""

    @invariant()
    def the_product_says_what_paper_says(self) -> None:
        """Balance, points, round, rule, lots and rewards agree."""
        db.session.rollback()
        for person, paper in zip(getattr(self, "people", []), getattr(self, "paper", []), strict=True):
            card, goal = db.session.execute(
                db.select(Card, CardRule.goal).join(CardRule, CardRule.id == Card.rule_id)
                .where(Card.id == person.card_id)
            ).one()  # fmt: skip
            assert (card.balance, card.points) == (paper.held["stamp"], paper.held["point"])
            assert (card.round, goal) == (paper.round, paper.rule.goal)
            assert _rewards(card.id) == Counter(
                (p.name, p.round, p.stage, p.used, p.gone) for p in paper.prizes
            )
            if paper.keeps_piles():
                assert _lots(card.id) == _added(paper)

    def teardown(self) -> None:
        """At the end the books are whole."""
        if hasattr(self, "paper"):
            books.check(self.shop)
            assert drift.drifts(shop_id=self.shop.id) == []


def _rewards(card_id: int) -> Counter[Any]:
    rows = db.session.scalars(db.select(Reward).where(Reward.card_id == card_id))
    return Counter(
        (r.name, r.round, r.stage, r.used_at is not None, r.withdrawn_at is not None) for r in rows
    )


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


def test_the_ledger_is_what_pencil_and_paper_say(app: Flask, clock: Clock) -> None:
    global _clock
    _clock = clock
    run_state_machine_as_test(Ledger, settings=SHORT)


@pytest.mark.long
def test_the_ledger_after_very_many_days(app: Flask, clock: Clock) -> None:
    global _clock
    _clock = clock
    run_state_machine_as_test(Ledger, settings=LONG)
