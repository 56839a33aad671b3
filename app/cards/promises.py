"""What a card's rule promises beyond its stamps: stages on the way, points, and when things end. Pure."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol

from app.kit.refusals import Invalid, Refused
from app.shops.rules import GOALS, clean_card_rule

EXPIRIES = ("none", "date", "months", "activity")
STAGES_MOST = 3
_NAME_MOST = 20
_MONTHS = range(1, 61)
_POINTS_MOST = 1_000_000
# What came back to a lot that has ended meanwhile stands for so long: a mistake of the shop costs nobody anything.
GRACE = timedelta(days=7)


class PointsShort(Refused):
    """The card has fewer points than were typed."""

    code = "points_short"

    def __init__(self, points: int) -> None:
        self.points = points
        super().__init__(
            f"지금 쓸 수 있는 포인트는 {points:,}점이에요. 그 안에서 적어 주세요."
            if points > 0
            else "지금은 쓸 수 있는 포인트가 없어요."
        )


class PointsUnderLeast(Refused):
    """The shop lets nobody spend so few points."""

    code = "points_under_least"
    status = 422

    def __init__(self, least: int) -> None:
        super().__init__(f"포인트는 {least:,}점부터 쓸 수 있어요.")


class Staged(Protocol):
    """The part of a card's rule that says what lies on the way."""

    @property
    def goal(self) -> int:
        """Stamps to the full card."""

    @property
    def stages(self) -> list[list[Any]]:
        """Pairs of stamps and a name."""


class Pointed(Protocol):
    """The part of a card's rule that gives points."""

    @property
    def point_permille(self) -> int:
        """Thousandths of the amount."""

    @property
    def point_visit(self) -> int:
        """Points for a visit."""


class Ending(Protocol):
    """The part of a card's rule that says when what was earned ends."""

    @property
    def expiry(self) -> str:
        """One of EXPIRIES."""

    @property
    def expiry_months(self) -> int:
        """For months and activity."""

    @property
    def expires_on(self) -> date | None:
        """For a fixed date: the last good day."""


@dataclass(frozen=True)
class Stage:
    """A reward on the way to the full card: at so many stamps, this."""

    at: int
    name: str


@dataclass(frozen=True)
class CleanRule:
    """A card's rule as typed and checked. `point_permille` in thousandths of the amount, the others in points."""

    goal: int
    reward_name: str
    stages: tuple[Stage, ...]
    point_permille: int
    point_visit: int
    point_least: int
    expiry: str
    expiry_months: int
    expires_on: date | None

    def columns(self) -> dict[str, Any]:
        """Return the columns of a card_rules row."""
        facts = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return facts | {"stages": [[stage.at, stage.name] for stage in self.stages]}


def stages_of(rule: Staged) -> list[Stage]:
    """Return a rule's stages, the nearest first."""
    return sorted((Stage(int(at), str(name)) for at, name in rule.stages), key=lambda stage: stage.at)


def gives_points(rule: Pointed) -> bool:
    """Say whether a card of this rule earns points."""
    return rule.point_permille > 0 or rule.point_visit > 0


def points_for(rule: Pointed, *, amount: int | None, is_visit: bool, percent: int = 100) -> int:
    """Return the points of a purchase of `amount` won (None: not typed in), rounded down; a visit adds its own.

    `percent`: 200 on a day on which everything counts double.
    """
    of_visit = rule.point_visit if is_visit else 0
    return (amount or 0) * rule.point_permille * percent // 100_000 + of_visit * percent // 100


def reached(rule: Staged, *, low: int, high: int) -> list[Stage]:
    """Return the stages that a balance growing from `low` to `high` passes on one card."""
    return [stage for stage in stages_of(rule) if low < stage.at <= min(high, rule.goal - 1)]


def next_stage(rule: Staged, balance: int) -> Stage | None:
    """Return the stage that comes next from a balance, or None when only the full card is left."""
    return next((stage for stage in stages_of(rule) if stage.at > balance), None)


def last_good_day(rule: Ending, earned_on: date) -> date | None:
    """Return the last Korean day on which what is earned today counts; None = it never ends.

    A fixed date comes round every year, so that a rule never gives what is over already.
    """
    if rule.expiry == "date" and rule.expires_on is not None:
        end = rule.expires_on
        while end < earned_on:
            end = _same_day(end.year + 1, rule.expires_on)
        return end
    if rule.expiry in ("months", "activity"):
        return months_later(earned_on, rule.expiry_months)
    return None


def _same_day(year: int, day: date) -> date:
    return date(year, day.month, min(day.day, calendar.monthrange(year, day.month)[1]))


def months_later(day: date, months: int) -> date:
    """Return the same day so many months later, the month's last day where it has no such day."""
    month = day.year * 12 + day.month - 1 + months
    year, month = divmod(month, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def typed_of(rule: CleanRule) -> dict[str, str]:
    """Return a rule as its form shows it, field by field from the top, the stages numbered from one."""
    typed = {"reward_name": rule.reward_name, "goal": str(rule.goal)}
    for number in range(1, STAGES_MOST + 1):
        stage = rule.stages[number - 1] if number <= len(rule.stages) else None
        typed[f"stage_at_{number}"] = str(stage.at) if stage else ""
        typed[f"stage_name_{number}"] = stage.name if stage else ""
    return typed | {
        "point_percent": f"{rule.point_permille / 10:g}" if rule.point_permille else "",
        "point_visit": str(rule.point_visit or ""),
        "point_least": str(rule.point_least or ""),
        "expiry": rule.expiry,
        "expiry_months": str(rule.expiry_months or ""),
        "expires_on": rule.expires_on.isoformat() if rule.expires_on else "",
    }


def clean_rule(typed: Mapping[str, str]) -> CleanRule:
    """Check a card's rule as the owner typed it: the fields of typed_of(); a stage left blank is none.

    Percent may have one decimal ("0.5"). Raises Invalid with one sentence a field.
    """
    wrong: dict[str, str] = {}
    goal, reward = GOALS.stop, ""
    try:
        goal, reward = clean_card_rule(goal=typed["goal"], reward_name=typed["reward_name"])
    except Invalid as error:
        wrong |= error.fields
    stages = _clean_stages(typed, goal, wrong)
    permille = _permille(typed["point_percent"], wrong)
    visit = _points("point_visit", typed["point_visit"], wrong)
    least = _points("point_least", typed["point_least"], wrong)
    expiry, months, day = _clean_expiry(typed, wrong)
    if wrong:
        raise Invalid(wrong)
    return CleanRule(goal, reward, stages, permille, visit, least, expiry, months, day)


def _clean_stages(typed: Mapping[str, str], goal: int, wrong: dict[str, str]) -> tuple[Stage, ...]:
    kept: list[Stage] = []
    for number in range(1, STAGES_MOST + 1):
        at_field, name_field = f"stage_at_{number}", f"stage_name_{number}"
        at, name = _whole(typed[at_field]), _name(typed[name_field])
        if not typed[at_field].strip() and not name:
            continue
        if at is None or not 1 <= at < goal:
            wrong[at_field] = f"1개부터 {goal - 1}개 사이로 적어 주세요."
        elif any(stage.at == at for stage in kept):
            wrong[at_field] = f"도장 {at}개에 드릴 것이 두 번 적혔어요. 개수를 바꿔 주세요."
        if not name:
            wrong[name_field] = "드릴 것을 적어 주세요. 예: 사이즈업"
        elif len(name) > _NAME_MOST:
            wrong[name_field] = f"{_NAME_MOST}자까지 쓸 수 있어요."
        kept.append(Stage(at or 0, name))
    return tuple(sorted(kept, key=lambda stage: stage.at))


def _clean_expiry(typed: Mapping[str, str], wrong: dict[str, str]) -> tuple[str, int, date | None]:
    expiry = typed["expiry"] if typed["expiry"] in EXPIRIES else "none"
    months = _whole(typed["expiry_months"]) or 0
    if expiry in ("months", "activity") and months not in _MONTHS:
        wrong["expiry_months"] = f"{_MONTHS.start}개월부터 {_MONTHS.stop - 1}개월까지 정할 수 있어요."
    day: date | None = None
    if expiry == "date":
        try:
            day = date.fromisoformat(typed["expires_on"].strip())
        except ValueError:
            wrong["expires_on"] = "날짜를 골라 주세요."
    return expiry, months if expiry in ("months", "activity") else 0, day


def _permille(typed: str, wrong: dict[str, str]) -> int:
    text = typed.strip().rstrip("%").strip() or "0"
    whole, _, tenths = text.partition(".")
    if not (whole.isascii() and whole.isdigit() and len(whole) <= 2) or not (
        tenths == "" or (tenths.isascii() and tenths.isdigit() and len(tenths) == 1)
    ):
        wrong["point_percent"] = "0에서 50 사이의 숫자로 적어 주세요. 예: 1 또는 0.5"
        return 0
    permille = int(whole) * 10 + int(tenths or 0)
    if permille > 500:
        wrong["point_percent"] = "포인트는 금액의 50%까지 정할 수 있어요."
    return permille


def _points(name: str, typed: str, wrong: dict[str, str]) -> int:
    points = read_points(typed) if typed.strip() else 0
    if points is None or points > _POINTS_MOST:
        wrong[name] = f"0부터 {_POINTS_MOST:,}까지의 숫자로 적어 주세요."
        return 0
    return points


def read_points(typed: str) -> int | None:
    """Read a number of points as people type it ("1,000점"), or None when it is none."""
    return _whole(typed.strip().removesuffix("점"))


def _whole(typed: str) -> int | None:
    digits = typed.strip().replace(",", "").removesuffix("개").strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 7 else None


def _name(typed: str) -> str:
    return " ".join(typed.split())
