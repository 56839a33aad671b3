"""Two cards become one and two again: a class for the ledger's machine, and what is kept on paper of it.

From a merge on, a card has no exact paper any more: rounds and lots of two cards that were one are the product's
own affair. What nobody may lose or win is kept instead: the sum of all that came and went, line by line.
"""

from __future__ import annotations

import math
from collections import Counter
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy.orm import aliased

from app.cards.models import Card, CardRule, LedgerEntry, Lot, Redemption, Reward
from app.coupons.models import Coupon
from app.customers.models import Merge
from app.extensions import db
from app.flows import expiry, merge, redeem
from app.flows.merge import NoUndo
from app.visits.models import Visit
from tests import factories
from tests.flows.ledger_machine import Base
from tests.flows.ledger_model import Rule
from tests.flows.merge_model import Purse, Together

UNITS = ("stamp", "point")
_ROWS = (Visit, Reward, Coupon)


class Merging(Base):
    """Merges and their undo, with whatever happens between."""

    together: Together | None
    was_merged: bool
    was_parted: bool  # at once after a merge

    def begin(self) -> None:
        """Nobody was merged yet."""
        super().begin()
        self.together, self.was_merged, self.was_parted = None, False, False

    def rules_now(self) -> None:
        """Read which rule a card is under that has no exact paper any more."""
        super().rules_now()
        db.session.rollback()
        for person, paper in zip(self.people, self.paper, strict=True):
            if isinstance(paper, Purse):
                row = db.session.execute(
                    db.select(CardRule.goal, CardRule.point_permille, CardRule.point_visit)
                    .join(Card, Card.rule_id == CardRule.id)
                    .where(Card.id == person.card_id)
                ).one()
                paper.rule = Rule(row.goal, permille=row.point_permille, visit=row.point_visit)

    def _merge(self, kept: int, gone: int) -> int:
        return merge.merge_people(**self.by, kept_id=self.people[kept].id, gone_id=self.people[gone].id)

    @rule(kept=st.integers(0, 1))
    def merge_and_part(self, kept: int) -> None:
        """합치고 바로 나누기: everything is where it was, and each card goes on as on paper."""
        if self.together is not None:
            return
        self._all_ended()
        before, unread = self._everything(), self._lots(read=False)
        merge_id = self._merge(kept, 1 - kept)
        assert self._merge(kept, 1 - kept) == merge_id  # twice is once
        try:
            merge.undo_merge(**self.by, merge_id=merge_id)
        except NoUndo:
            self._blank(merge_id, kept, 1 - kept)
            return
        self.was_parted = True
        assert merge.undo_merge(**self.by, merge_id=merge_id) == self.people[1 - kept].id  # twice is once
        after = self._everything()
        assert after == before, [pair for pair in zip(before, after, strict=False) if pair[0] != pair[1]]
        assert not self._lots(read=False) - unread, "a merge leaves no lot of its own"

    @rule(kept=st.integers(0, 1))
    def merge(self, kept: int) -> None:
        """합치기: the other one's stamps, points and things are the kept one's."""
        if self.together is not None:
            return
        gone = 1 - kept
        self._all_ended()
        for who in (kept, gone):
            if not isinstance(self.paper[who], Purse):
                present = self.paper[who].present
                self.paper[who] = Purse(self.paper[who])
                self.paper[who].present = present
        into, out = self._purse(kept), self._purse(gone)
        moved = dict(zip(UNITS, self._held(gone), strict=True))
        rows = {
            table: {row.id: who for who in (kept, gone) for row in self._rows(table, who)} for table in _ROWS
        }
        ends, merge_id = self._ends_of(gone), self._merge(kept, gone)
        self.together = Together(
            merge_id, kept, gone, self.clock(), moved, rows,
            {entry: line.standing for entry, line in out.lines.items()}, dict(out.visits), self._newest(),
            into.shown_at, ends,
        )  # fmt: skip
        for unit in UNITS:
            into.held[unit] += moved[unit]
            out.held[unit] -= moved[unit]
        # Who showed one of two cards a moment ago has shown what is one card now.
        into.shown_at = max(filter(None, (into.shown_at, out.shown_at)), default=None)
        into.lines |= out.lines
        into.visits |= out.visits
        into.amounts |= out.amounts
        out.lines, out.visits = {}, {}
        self.gone, self.was_merged = {gone: kept}, True

    @rule()
    def part(self) -> None:
        """나누기: both have what they had; what happened since is the kept one's."""
        one = self.together
        if one is None:
            return
        db.session.rollback()
        blank = not db.session.scalars(db.select(Merge.before).where(Merge.id == one.merge_id)).one()
        may = self.clock() - one.at <= timedelta(days=30) and not blank
        try:
            merge.undo_merge(**self.by, merge_id=one.merge_id)
        except NoUndo:
            assert not may
            return
        assert may
        into, out = self._purse(one.kept), self._purse(one.gone)
        undone = Counter[str]()
        for entry, stood in one.lines.items():
            line = into.lines.pop(entry)
            out.lines[entry] = line
            if stood and not line.standing:
                undone["stamp"] -= line.stamps
                undone["point"] -= line.points
        for entry, line in list(into.lines.items()):
            if line.part_of in one.lines:  # put right while they were one: it goes with its stamp
                out.lines[entry] = into.lines.pop(entry)
                if line.standing:
                    undone["point"] += line.points
        out.visits = {visit: at for visit, at in one.visits.items() if visit in into.visits}
        for visit in out.visits:
            into.visits.pop(visit)
        undone["stamp"] += self._opened_since(one)
        if into.shown_at == out.shown_at:
            into.shown_at = one.shown_at
        came = self._came_back(one)
        for unit in UNITS:
            due = one.moved[unit] + undone[unit]
            # What ended while they were one is nobody's, also what was spent before; whose it was, the lots know.
            assert due - came[unit] == 0 or self._ended_since(one), (unit, due, came)
            into.held[unit] -= came[unit]
            out.held[unit] += came[unit]
        if not (any(undone.values()) or self._ended_since(one)):
            assert all(now >= then for now, then in zip(self._ends_of(one.gone), one.ends, strict=True))
        self.together, self.gone = None, {}
        for table, before in one.rows.items():
            now = {row.id: who for who in (0, 1) for row in self._rows(table, who)}
            assert {each: who for each, who in now.items() if each in before} == before, table

    def _standing(self, pick: int, *, used: bool) -> Any:
        """Return any reward on a card that has no exact paper any more."""
        held = [self.people[who].card_id for who, paper in enumerate(self.paper) if isinstance(paper, Purse)]
        db.session.rollback()
        is_used = Reward.used_at.is_not(None) if used else Reward.used_at.is_(None)
        found = db.session.execute(
            db.select(Reward.id, Reward.card_id)
            .where(Reward.card_id.in_(held), Reward.withdrawn_at.is_(None), is_used)
            .order_by(Reward.id)
        ).all()
        return found[pick % len(found)] if found else None

    @rule(pick=st.integers(0, 99))
    def use_of_one(self, pick: int) -> None:
        """혜택 사용 on a card that was one with another."""
        found = self._standing(pick, used=False)
        if found is not None:
            self.proven([person.card_id for person in self.people].index(found.card_id))
            redeem.use_reward(**self.by, reward_id=found.id, once=factories.once())

    @rule(pick=st.integers(0, 99))
    def undo_use_of_one(self, pick: int) -> None:
        """사용 취소 on a card that was one with another."""
        found = self._standing(pick, used=True)
        if found is not None:
            use = db.select(Redemption.id).where(
                Redemption.reward_id == found.id, Redemption.reversed_at.is_(None)
            )
            redeem.undo_use(**self.by, redemption_id=int(db.session.scalar(use) or 0))

    def _blank(self, merge_id: int, kept: int, gone: int) -> None:
        """Nothing came along but a phone: there is nothing to part, and the other one is gone for good."""
        assert self._held(gone) == (0, 0)
        self.gone, self.was_merged = {gone: kept}, True
        self.together = Together(
            merge_id, kept, gone, self.clock(), dict.fromkeys(UNITS, 0), {}, {}, {}, self._newest()
        )

    def _purse(self, who: int) -> Purse:
        found = self.paper[who]
        assert isinstance(found, Purse)
        return found

    def _all_ended(self) -> None:
        expiry.expire_due(shop_id=self.shop.id, now=self.clock())
        for paper in self.paper:
            paper.night(self.clock())

    def _held(self, who: int) -> tuple[int, int]:
        db.session.rollback()
        row = db.session.execute(
            db.select(Card.balance, Card.points).where(Card.id == self.people[who].card_id)
        ).one()
        return row.balance, row.points

    def _newest(self) -> int:
        db.session.rollback()
        return int(db.session.scalar(db.select(db.func.max(LedgerEntry.id))) or 0)

    def _rows(self, table: Any, who: int) -> list[Any]:
        db.session.rollback()
        return list(
            db.session.execute(db.select(table.id).where(table.customer_id == self.people[who].id)).all()
        )

    def _came_back(self, one: Together) -> Counter[str]:
        db.session.rollback()
        card_id = self.people[one.gone].card_id
        row = db.session.execute(
            db.select(LedgerEntry.delta, LedgerEntry.points).where(
                LedgerEntry.card_id == card_id, LedgerEntry.how == "unmerge", LedgerEntry.id > one.since
            )
        ).one_or_none()
        return Counter(stamp=row.delta, point=row.points) if row is not None else Counter()

    def _opened_since(self, one: Together) -> int:
        """Return the stamps of full cards of who went that were opened again while they were one."""
        fill = aliased(LedgerEntry)
        opened = db.session.scalar(
            db.select(db.func.sum(LedgerEntry.delta))
            .join(fill, fill.id == LedgerEntry.reverses_id)
            .where(
                LedgerEntry.card_id == self.people[one.kept].card_id,
                LedgerEntry.id > one.since,
                fill.kind == "fill",
                fill.card_id == self.people[one.gone].card_id,
            )
        )
        return int(opened or 0)

    def _ended_since(self, one: Together) -> bool:
        ended = db.select(LedgerEntry.id).where(LedgerEntry.kind == "expire", LedgerEntry.id > one.since)
        over = any(end <= self.clock().timestamp() for _unit, end in one.ends)
        return over or db.session.scalar(ended.limit(1)) is not None

    def _everything(self) -> list[Any]:
        """Return all that is each one's, as it can be seen."""
        db.session.rollback()
        said: list[Any] = [
            tuple(row)
            for row in db.session.execute(
                db.select(
                    Card.id, Card.customer_id, Card.balance, Card.points, Card.round, Card.rule_id,
                    Card.closed_at, Card.expires_at,
                ).order_by(Card.id)
            )
        ]  # fmt: skip
        for table, columns in (
            (Visit, (Visit.id, Visit.customer_id, Visit.reversed_at, Visit.amount)),
            (Coupon, (Coupon.id, Coupon.customer_id, Coupon.used_at, Coupon.withdrawn_at)),
            (Reward, (Reward.id, Reward.customer_id, Reward.card_id, Reward.round, Reward.stage, Reward.used_at)),
        ):  # fmt: skip
            query = db.select(*columns).order_by(columns[0])
            if table is Reward:
                query = query.where(Reward.withdrawn_at.is_(None))
            said += [tuple(row) for row in db.session.execute(query)]
        return [*said, self._lots(read=True)]

    def _lots(self, *, read: bool) -> Counter[Any]:
        """Return what lies in lots: where something can end, or what other cards still have and nobody reads."""
        ends = db.or_(CardRule.expiry != "none", Card.expires_at.is_not(None))
        lots = Counter[Any]()
        for lot in db.session.scalars(
            db.select(Lot)
            .join(Card, Card.id == Lot.card_id)
            .join(CardRule, CardRule.id == Card.rule_id)
            .where(Lot.remaining > 0, ends if read else ~ends)
        ):
            lots[(lot.card_id, lot.unit, lot.expires_at)] += lot.remaining
        return lots

    def _ends_of(self, who: int) -> list[tuple[str, float]]:
        """Return the end of every stamp and point in a card's lots, the nearest first."""
        db.session.rollback()
        return sorted(
            (unit, end.timestamp() if end is not None else math.inf)
            for (card_id, unit, end), held in self._lots(read=True).items()
            for _each in range(held if card_id == self.people[who].card_id else 0)
        )

    def purse_of(self, who: int) -> Counter[str]:
        """Return what the lines of a card brought and took, but for full cards and what ended."""
        turned = aliased(LedgerEntry)
        row = db.session.execute(
            db.select(
                db.func.coalesce(db.func.sum(LedgerEntry.delta), 0),
                db.func.coalesce(db.func.sum(LedgerEntry.points), 0),
            )
            .outerjoin(turned, turned.id == LedgerEntry.reverses_id)
            .where(
                LedgerEntry.card_id == self.people[who].card_id,
                LedgerEntry.kind.not_in(("fill", "expire")),
                db.or_(turned.id.is_(None), turned.kind != "fill"),
                db.or_(LedgerEntry.reason.is_(None), LedgerEntry.reason != "ended"),
            )
        ).one()
        return Counter(stamp=int(row[0]), point=int(row[1]))
