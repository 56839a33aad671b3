"""What is kept on paper of cards that were one: the sum of all that came and went, and who had what before."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.flows.ledger_model import Line, PaperCard


class Purse(PaperCard):
    """What came onto a card and went off it, whatever rounds and lots made of it. Nothing ends in a purse."""

    def __init__(self, paper: PaperCard) -> None:
        super().__init__(paper.rule)
        self.lines, self.visits, self.amounts = paper.lines, paper.visits, paper.amounts
        self.shown_at = paper.shown_at
        for to, made in paper.left.items():  # no other card's line has this number
            self.lines[-to] = self.lines.pop(made)
            self.lines[-to].part_of = to
        standing = [line for line in self.lines.values() if line.standing]
        self.held = Counter(
            stamp=sum(line.stamps for line in standing), point=sum(line.points for line in standing)
        )

    def night(self, now: datetime) -> None:
        """What has ended is no movement of a purse."""

    def keeps_piles(self) -> bool:
        """A purse knows no piles."""
        return False

    def spendable(self, now: datetime) -> int | None:
        """What has ended is not known here."""
        return None

    def _moves(self, line: Line, times: int) -> None:
        self.held["stamp"] += times * line.stamps
        self.held["point"] += times * line.points

    def earn(self, entry: int, stamps: int, points: int, visit: int | None, now: datetime) -> None:
        """Stamps and points come."""
        self.lines[entry] = Line("earn", stamps, points, visit, now, rule=self.rule)
        if visit is not None and visit not in self.visits:
            self.visits[visit], self.lines[entry].own = now, self.rule.visit
        self._moves(self.lines[entry], 1)

    def turn(self, entry: int, now: datetime) -> None:
        """적립 취소, with what was put right about it."""
        line = self.lines[entry]
        for each in [line, *(part for part in self.lines.values() if part.part_of == entry)]:
            if each.standing:
                each.standing = False
                self._moves(each, -1)
        others = (o for o in self.lines.values() if o.standing and o.kind == "earn" and o.visit == line.visit)
        if line.visit is not None and not any(others):
            self.visits.pop(line.visit, None)

    def leaves(self, entry: int, points: int, now: datetime) -> None:
        """The visit goes on: of its own points those stay that had not ended. Which had, a purse does not know."""
        mine = [self.lines[entry], *(part for part in self.lines.values() if part.part_of == entry)]
        assert points <= max(line.own for line in mine)
        to = min(
            other
            for other, line in self.lines.items()
            if line.standing and line.kind == "earn" and line.visit == mine[0].visit
        )
        self.lines[-to] = Line("left", 0, points, mine[0].visit, now, part_of=to, own=points)
        self._moves(self.lines[-to], 1)

    def spend(self, entry: int, points: int, now: datetime) -> None:
        """Points are taken at the counter."""
        self.lines[entry] = Line("redeem", 0, -points, self.visit_here(now), now)
        self._moves(self.lines[entry], 1)

    def unspend(self, entry: int, now: datetime) -> None:
        """Points are given back."""
        self.lines[entry].standing = False
        self._moves(self.lines[entry], -1)


@dataclass
class Together:
    """A merge that stands: who went into whom, what came along, and from which line on they were one."""

    merge_id: int
    kept: int
    gone: int
    at: datetime
    moved: dict[str, int]
    rows: dict[Any, dict[int, int]]
    lines: dict[int, bool]  # of who went: whether each stood
    visits: dict[int, datetime]
    since: int
    shown_at: datetime | None = None  # when the kept card itself was at the counter
    ends: list[tuple[str, float]] = field(default_factory=list)  # of who went: of each stamp and point
