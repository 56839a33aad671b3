"""A card as anybody could keep it with pencil and paper: what the product's ledger is compared with."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from app.kit.clock import kst_day, start_of_day

THREE_HOURS = timedelta(hours=3)


@dataclass
class Rule:
    """What a card promises, as the test chose it."""

    goal: int
    stages: dict[int, str] = field(default_factory=dict)
    permille: int = 0
    visit: int = 0
    expiry: str = "none"
    months: int = 0
    until: date | None = None

    def end(self, now: datetime) -> datetime | None:
        """The moment from which on what is earned now is gone."""
        today = kst_day(now)
        if self.expiry == "none":
            return None
        if self.until is not None:
            last = self.until
            while last < today:
                last = last.replace(year=last.year + 1)
        else:
            month = today.month - 1 + self.months
            year, month = today.year + month // 12, month % 12 + 1
            last = next(
                date(year, month, day) for day in range(today.day, 0, -1) if _is_day(year, month, day)
            )
        return start_of_day(last + timedelta(days=1))


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


@dataclass
class Pile:
    """Stamps or points that came together. `of`: the line that brought them."""

    unit: str
    left: int
    end: datetime | None
    of: int
    ended: int = 0  # of it, gone by its end


@dataclass
class Prize:
    """A reward: of a full card (stage 0) or of a stage."""

    name: str
    round: int
    stage: int
    rule: Rule
    line: int
    used: bool = False
    gone: bool = False
    visit: int | None = None
    used_at: datetime | None = None


@dataclass
class Line:
    """A line that can be turned around."""

    kind: str
    stamps: int
    points: int
    visit: int | None
    at: datetime
    standing: bool = True
    part_of: int | None = None  # the stamp whose amount was put right
    own: int = 0  # of its points, the visit's
    rule: Rule | None = None  # what the card promised then


class PaperCard:
    """One card. Each method is what the shop's rules say in words, done to plain lists."""

    def __init__(self, rule: Rule) -> None:
        self.rule, self.round = rule, 1
        self.held = {"stamp": 0, "point": 0}
        self.piles: list[Pile] = []
        self.prizes: list[Prize] = []
        self.lines: dict[int, Line] = {}
        self.visits: dict[int, datetime] = {}
        self.taken: dict[object, list[tuple[Pile, int]]] = defaultdict(list)
        self.amounts: dict[int, int] = {}  # won, by visit
        self.shown_at: datetime | None = None  # when the card itself was at the counter last
        self.left: dict[int, int] = {}  # stamp → the line that left it the visit's own points
        self._made = 0

    # --- piles ---------------------------------------------------------------------------------

    def keeps_piles(self) -> bool:
        """Whether anything on this card can end."""
        return self.rule.expiry != "none" or any(pile.end and pile.left for pile in self.piles)

    def night(self, now: datetime) -> None:
        """What has ended goes."""
        for pile in self.piles:
            if pile.end is not None and pile.end <= now and pile.left:
                self.held[pile.unit] -= pile.left
                pile.ended += pile.left
                pile.left = 0

    def _level(self, line: object, now: datetime, first: object = None, keeps: bool | None = None) -> None:
        """Bring the piles to what is held."""
        if not (self.keeps_piles() if keeps is None else keeps):
            return
        for unit, held in self.held.items():
            mine = [pile for pile in self.piles if pile.unit == unit]
            missing = max(held, 0) - sum(pile.left for pile in mine)
            order = sorted(
                mine,
                key=lambda p: (p.of not in (line, first), p.end is None, p.end.timestamp() if p.end else 0),
            )
            for pile in order:
                step = min(pile.left, max(-missing, 0))
                pile.left -= step
                missing += step
                if step:
                    self.taken[line].append((pile, step))
            came_from = sorted(
                (pair for pair in self.taken[first] if pair[0].unit == unit),
                key=lambda pair: (pair[0].end is not None, -(pair[0].end.timestamp() if pair[0].end else 0)),
            )
            for pile, step in came_from:
                back = min(step, max(missing, 0))
                if back:
                    pile.left += back
                    missing -= back
                    if pile.end is not None and pile.end <= now:
                        pile.end = start_of_day(kst_day(now) + timedelta(days=8))
            if missing > 0:
                self.piles.append(Pile(unit, missing, None, -1))

    # --- earning -------------------------------------------------------------------------------

    def earn(self, entry: int, stamps: int, points: int, visit: int | None, now: datetime) -> None:
        """Stamps and points come; stages and full cards follow."""
        self.night(now)
        low = self.held["stamp"]
        self.lines[entry] = Line("earn", stamps, points, visit, now, rule=self.rule)
        if visit is not None and visit not in self.visits:
            self.lines[entry].own = self.rule.visit
        if visit is not None:
            self.visits.setdefault(visit, now)
        self.held["stamp"] += stamps
        self.held["point"] += points
        if self.keeps_piles():
            end = self.rule.end(now)
            if self.rule.expiry == "activity" and end is not None:
                for pile in self.piles:
                    if pile.left and pile.end is not None and pile.end < end:
                        pile.end = end
            for unit, came in (("stamp", stamps), ("point", points)):
                if came:
                    self.piles.append(Pile(unit, came, end, entry))
            self._level(entry, now, keeps=True)
        self._fill(entry, low, now)

    def _fill(self, entry: int, low: int, now: datetime) -> None:
        """Stages that were reached, and full cards."""
        while True:
            for at, name in sorted(self.rule.stages.items()):
                if low < at <= min(self.held["stamp"], self.rule.goal - 1) and not any(
                    p.round == self.round and p.stage == at and not p.gone for p in self.prizes
                ):
                    self.prizes.append(Prize(name, self.round, at, self.rule, entry))
            if self.held["stamp"] < self.rule.goal:
                return
            self._made -= 1
            self.held["stamp"] -= self.rule.goal
            self.prizes.append(Prize("다 모았어요", self.round, 0, self.rule, self._made))
            self._level(self._made, now)
            self.round += 1
            self.rule = self.present
            self._level(self._made, now)
            low = 0

    present: Rule  # what the shop promises now

    def pays(self, visit: int, amount: int | None) -> None:
        """What is paid with a stamp adds up on the visit."""
        if amount:
            self.amounts[visit] = self.amounts.get(visit, 0) + amount

    def corrects(self, entry: int, line: int, visit: int, amount: int, now: datetime) -> None:
        """The visit's amount was another one: its points are what that one brings."""
        then = self.lines[entry].rule or self.rule
        more = (amount * then.permille // 1000) - (self.amounts.get(visit, 0) * then.permille // 1000)
        self.amounts[visit] = amount
        assert bool(more) == bool(line)
        if not more:
            return
        self.night(now)
        self.lines[line] = Line("amount", 0, more, visit, now, part_of=entry)
        self.held["point"] += more
        if self.keeps_piles():
            if more > 0:
                self.piles.append(Pile("point", more, self.rule.end(now), line))
            self._level(line, now, keeps=True)

    def turn(self, entry: int, now: datetime) -> None:
        """적립 취소: the line is turned around, and what it had brought and nobody used."""
        source = self.left.pop(entry, entry)
        if source != entry:
            self._back(source, now)
        self.night(now)
        for other, part in sorted(self.lines.items()):
            if part.part_of == entry and part.standing:
                self._back(other, now)
        line, round_before, high = self.lines[entry], self.round, self.held["stamp"]
        self._back(entry, now)
        while self.held["stamp"] < 0:
            waiting = [p for p in self.prizes if not p.stage and not p.used and not p.gone]
            if not waiting:
                break
            prize = waiting[-1]
            prize.gone = True
            if prize.round == self.round - 1:
                self.round, self.rule = prize.round, prize.rule
            self.held["stamp"] += prize.rule.goal
            self._level(("opened", prize.line), now, first=prize.line)
        high = high if self.round == round_before else self.rule.goal
        for prize in self.prizes:
            uncarried = prize.round > self.round or (
                prize.round == self.round
                and self.held["stamp"] < prize.stage <= high
                and prize.line >= entry  # what ended stamps had brought stays
            )
            if prize.stage and not prize.used and uncarried:
                prize.gone = True
        if self.held["stamp"] >= self.rule.goal:  # an older card held more than this one promises for
            self._fill(max(self.lines), self.held["stamp"], now)
        others = [
            key
            for key, other in sorted(self.lines.items())
            if other.visit == line.visit and other.standing and other.kind == "earn"
        ]
        if line.visit is not None and others:
            self._leave(source, others[0], now)
        elif line.visit is not None:
            self.visits.pop(line.visit, None)

    def _back(self, entry: int, now: datetime) -> None:
        """A line is turned around; what of it had ended is not taken a second time."""
        self.night(now)
        line, keeps, turned = self.lines[entry], self.keeps_piles(), ("turned", entry)
        line.standing = False
        self.held["stamp"] -= line.stamps
        self.held["point"] -= line.points
        self._level(turned, now, first=entry, keeps=keeps)
        for unit in self.held:
            self.held[unit] += sum(p.ended for p in self.piles if p.of == entry and p.unit == unit)
        self._level(("kept", entry), now, first=turned)

    def _leave(self, source: int, to: int, now: datetime) -> None:
        """The visit goes on: its own points stay, with the end they had."""
        line = self.lines[source]
        piles = [pile for pile in self.piles if pile.of == source and pile.unit == "point"]
        own = min(line.own, line.points - sum(pile.ended for pile in piles))
        if own <= 0:
            return
        self._made -= 1
        self.left[to] = self._made
        self.lines[self._made] = Line("left", 0, own, line.visit, now, own=own)
        keeps = self.keeps_piles()
        self.held["point"] += own
        if keeps:
            end = piles[0].end if piles and piles[0].end is not None else self.rule.end(now)
            self.piles.append(Pile("point", own, end, self._made))
            self._level(self._made, now, keeps=True)

    def leaves(self, entry: int, points: int, now: datetime) -> None:
        """What the product left of a visit without a stamp: reckoned here already (_leave)."""

    # --- using ---------------------------------------------------------------------------------

    def visit_here(self, now: datetime) -> int | None:
        """The visit that something used now belongs to."""
        here = [(at, visit) for visit, at in self.visits.items() if now - THREE_HOURS < at <= now]
        return max(here)[1] if here else None

    def spendable(self, now: datetime) -> int | None:
        """The points that have not ended yet."""
        ended = sum(pile.left for pile in self.piles if pile.unit == "point" and pile.end and pile.end <= now)
        return self.held["point"] - ended

    def spend(self, entry: int, points: int, now: datetime) -> None:
        """Points are taken at the counter."""
        self.lines[entry] = Line("redeem", 0, -points, self.visit_here(now), now)
        self.held["point"] -= points
        self._level(entry, now)

    def unspend(self, entry: int, now: datetime) -> None:
        """Points are given back."""
        self.night(now)
        line = self.lines[entry]
        line.standing = False
        self.held["point"] -= line.points
        self._level(("turned", entry), now, first=entry)

    def refund(self, visit: int, now: datetime) -> None:
        """What was used at a visit goes back, what it earned is turned around."""
        began = self.visits[visit]

        def belongs(named: int | None, at: datetime | None) -> bool:
            return named == visit or (named is None and at is not None and began - THREE_HOURS < at <= began)

        for prize in self.prizes:
            if prize.used and belongs(prize.visit, prize.used_at):
                prize.used = False
        for entry, line in sorted(self.lines.items()):
            if line.standing and line.kind == "redeem" and belongs(line.visit, line.at):
                self.unspend(entry, now)
        for entry, line in sorted(self.lines.items(), reverse=True):
            if line.standing and line.kind == "earn" and line.visit == visit:
                self.turn(entry, now)
        self.visits.pop(visit, None)
