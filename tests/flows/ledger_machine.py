"""What can happen to a card, one class for each kind of work, each beside the same on paper.

Whoever adds a way to move a card adds a class; test_ledger_machine.py puts them together.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from app.cards.actions import ledger
from app.cards.models import Card, LedgerEntry, Redemption, Reward
from app.cards.promises import PointsShort, PointsUnderLeast
from app.extensions import db
from app.flows import amount as amounts
from app.flows import expiry, free_stamps, points, redeem, refund, spending, stamp
from app.flows.spending import NotProven
from app.flows.undo import undo_stamp
from app.flows.unit import write
from app.kit.clock import kst_day
from tests import factories, world
from tests.factories import ACustomer, AShop
from tests.flows.ledger_model import PaperCard, Rule
from tests.world import Clock

LIVE = timedelta(minutes=2)
WHO = st.sampled_from((0, 0, 0, 1))

RULES = (
    Rule(goal=3),
    Rule(goal=4, stages={2: "사이즈업"}, permille=10),
    Rule(goal=6, stages={1: "쿠키", 4: "사이즈업"}, permille=50, visit=7, expiry="months", months=1),
    Rule(goal=4, permille=100, expiry="activity", months=1),
    Rule(goal=5, stages={4: "케이크"}, visit=30, expiry="date", until=date(2026, 12, 31)),
)


class Base(RuleBasedStateMachine):
    """A shop with its people, and the same on paper. Two are enough: what is done then meets what was done."""

    clock: Clock
    shop: AShop
    people: list[ACustomer]
    paper: list[PaperCard]
    gone: dict[int, int]  # who went into whom, while that stands

    @initialize(first=st.sampled_from(RULES))
    def open(self, first: Rule) -> None:
        """Open the shop."""
        world.wipe()
        self.clock.set(world.START)
        self.shop = factories.a_shop(goal=2, reward_name="다 모았어요", **factories.no_limits())
        self.change(first)
        self.people = [factories.a_customer(self.shop) for _ in range(2)]
        self.paper = [PaperCard(first) for _ in self.people]
        self.gone = {}
        self._promise(first)
        self.begin()

    def begin(self) -> None:
        """What else a machine needs once its shop is open."""

    def _promise(self, promised: Rule) -> None:
        for paper in self.paper:
            paper.present = promised

    def change(self, promised: Rule) -> None:
        """Change what the shop promises."""
        with write() as session:
            ledger.add_rule(
                session, shop_id=self.shop.id, now=self.clock(), goal=promised.goal, reward_name="다 모았어요",
                stages=[[at, name] for at, name in promised.stages.items()],
                point_permille=promised.permille, point_visit=promised.visit, expiry=promised.expiry,
                expiry_months=promised.months, expires_on=promised.until, **factories.no_limits(),
            )  # fmt: skip

    @property
    def by(self) -> dict[str, Any]:
        """Who does it, where and when."""
        return {"shop_id": self.shop.id, "staff_id": self.shop.owner_id, "now": self.clock()}

    def some(self, pick: int, kind: str) -> tuple[PaperCard, int] | None:
        """Return any standing line of a kind."""
        found = [
            (paper, entry)
            for paper in self.paper
            for entry, line in sorted(paper.lines.items())
            if line.standing and line.kind == kind
        ]
        return found[pick % len(found)] if found else None

    def holder(self, who: int) -> int:
        """Return whose card it is by now that this person holds."""
        while who in self.gone:
            who = self.gone[who]
        return who

    def proven(self, who: int) -> None:
        """Let the holder show the live card: before, nothing can be spent."""
        self.clock.advance(seconds=31)  # a code of its own
        card_id = spending.look(**self.by, code=factories.a_code(self.people[who]), master=factories.master())
        assert card_id == self.people[who].card_id
        self.paper[who].shown_at = self.clock()

    def unproven(self, who: int, spend: Any) -> None:
        """Try without the card, when it was not here within two minutes; then let it be shown."""
        shown = self.paper[who].shown_at
        if shown is None or self.clock() - shown > LIVE:
            with pytest.raises(NotProven):
                spend()
        self.proven(who)

    def rules_now(self) -> None:
        """Bring every paper's rule up to date, where a machine keeps none of its own."""

    def entry(self, entry_id: int) -> LedgerEntry:
        """Return a line as it was written."""
        db.session.rollback()
        return db.session.scalars(db.select(LedgerEntry).where(LedgerEntry.id == entry_id)).one()

    @rule(days=st.sampled_from([0.0, 0.01, 0.2, 1, 12, 33, 95]))
    def wait(self, days: float) -> None:
        """Time passes."""
        self.clock.advance(days=days, seconds=1)


class Earning(Base):
    """Stamps come and are taken back."""

    @rule(who=WHO, amount=st.sampled_from([None, 0, 4500, 12990]))
    def stamp(self, who: int, amount: int | None) -> None:
        """Stamp a card at the counter."""
        who = self.holder(who)
        self.rules_now()
        done = stamp.give(
            **self.by, once=factories.once(), master=factories.master(), how="more",
            card_id=self.people[who].card_id, amount=amount,
        )  # fmt: skip
        paper, entry = self.paper[who], self.entry(done.entry_id)
        assert entry.visit_id is not None
        visit_points = 0 if entry.visit_id in paper.visits else paper.rule.visit
        came = (amount or 0) * paper.rule.permille // 1000 + visit_points
        assert entry.points == came
        paper.pays(entry.visit_id, amount)
        paper.earn(entry.id, 1, came, entry.visit_id, self.clock())

    @rule(who=WHO, stamps=st.integers(1, 11))
    def give(self, who: int, stamps: int) -> None:
        """Give several at once."""
        who = self.holder(who)
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
                    now=self.clock(),
                )
            if entry_id is not None:
                self.paper[who].earn(entry_id, stamps, 0, None, self.clock())

    @rule(pick=st.integers(0, 99), later=st.sampled_from([0, 0, 20, 33]))
    def undo(self, pick: int, later: int) -> None:
        """적립 취소, at once or when something has ended meanwhile."""
        self.clock.advance(days=later)
        found = self.some(pick, "earn")
        if found is not None:
            before = db.session.scalar(db.select(db.func.max(LedgerEntry.id)))
            undo_stamp(**self.by, entry_id=found[1])
            found[0].turn(found[1], self.clock())
            db.session.rollback()
            left = db.select(LedgerEntry.points).where(LedgerEntry.how == "visit", LedgerEntry.id > before)
            if (points := db.session.scalar(left.where(LedgerEntry.kind == "adjust"))) is not None:
                found[0].leaves(found[1], points, self.clock())

    @rule(pick=st.integers(0, 99), typed=st.sampled_from(["", "4500", "12990", "50000"]))
    def put_amount(self, pick: int, typed: str) -> None:
        """금액을 고치기: the points of the visit follow, as a line of the stamp's."""
        self.rules_now()
        today = [
            (paper, entry, line)
            for paper in self.paper
            for entry, line in sorted(paper.lines.items())
            if line.standing and line.kind == "earn" and line.visit is not None
            and kst_day(line.at) == kst_day(self.clock())
            and sum(other.visit == line.visit and other.kind == "earn" for other in paper.lines.values()) == 1
        ]  # fmt: skip
        if not today:
            return
        paper, entry, line = today[pick % len(today)]
        before = db.session.scalar(db.select(db.func.max(LedgerEntry.id)))
        amounts.put(**self.by, entry_id=entry, typed=typed)
        db.session.rollback()
        own = db.select(db.func.max(LedgerEntry.id)).where(LedgerEntry.how == "amount")
        after = db.session.scalar(own.where(LedgerEntry.id > before))
        paper.corrects(entry, int(after or 0), line.visit or 0, int(typed or 0), self.clock())


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
            reward_id = self._reward(who, prize)

            def spend() -> None:
                redeem.use_reward(**self.by, reward_id=reward_id, once=factories.once())

            self.unproven(who, spend)
            spend()
            prize.used, prize.used_at = True, self.clock()
            prize.visit = self.paper[who].visit_here(self.clock())

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

    @rule(who=WHO, wanted=st.integers(1, 400))
    def spend(self, who: int, wanted: int) -> None:
        """포인트 쓰기: what there is and no more."""
        who = self.holder(who)
        paper = self.paper[who]

        def spend() -> int:
            return points.spend(
                **self.by, card_id=self.people[who].card_id, points=wanted, once=factories.once()
            ).entry_id

        self.unproven(who, spend)
        may = paper.spendable(self.clock())
        try:
            entry_id = spend()
        except (PointsShort, PointsUnderLeast):
            assert may is None or wanted > may
            return
        assert may is None or wanted <= may
        paper.night(self.clock())
        paper.spend(entry_id, wanted, self.clock())

    @rule(pick=st.integers(0, 99))
    def undo_spend(self, pick: int) -> None:
        """포인트 사용 취소."""
        found = self.some(pick, "redeem")
        if found is not None:
            points.undo_spend(**self.by, entry_id=found[1])
            found[0].unspend(found[1], self.clock())


class Changing(Base):
    """Refunds, nights, and a shop that promises something else."""

    @rule(pick=st.integers(0, 99))
    def refund(self, pick: int) -> None:
        """환불."""
        found = [(paper, visit) for paper in self.paper for visit in sorted(paper.visits)]
        if found:
            paper, visit = found[pick % len(found)]
            refund.refund(**self.by, visit_id=visit)
            paper.refund(visit, self.clock())

    @rule()
    def night(self) -> None:
        """What has ended goes."""
        expiry.expire_due(shop_id=self.shop.id, now=self.clock())
        for paper in self.paper:
            paper.night(self.clock())

    @rule(promised=st.sampled_from(RULES))
    def promise(self, promised: Rule) -> None:
        """Cards that are out keep their rule until they are full."""
        self.change(promised)
        self._promise(promised)
