"""Tiers in words: how one gets there, what they bring, when something counts double. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Protocol

from app.kit.clock import kst_day
from app.kit.korean import day_name, native_count, won
from app.kit.particles import josa
from app.tiers.rules import BoostRule, Level, Policy, Stands

_WEEKDAYS = "월화수목금토일"


class Standing(Protocol):
    """What has to be known of a person to tell them their next step."""

    @property
    def policy(self) -> Policy:
        """How the shop decides."""

    @property
    def levels(self) -> list[Level]:
        """The shop's levels."""

    @property
    def stands(self) -> Stands:
        """Where they stand."""

    @property
    def amount(self) -> int:
        """Their visits or won in the period."""


_PERIODS = {
    0: "지금까지",
    3: "최근 석 달 동안",
    6: "최근 여섯 달 동안",
    12: "최근 1년 동안",
    24: "최근 2년 동안",
}
TIMES = {100: "그대로", 150: "1.5배", 200: "두 배", 300: "세 배"}


def period(months: int) -> str:
    """Return "최근 1년 동안", or "지금까지" for all time."""
    return _PERIODS.get(months, f"최근 {months}달 동안")


def rule_sentence(policy: Policy) -> str:
    """Return how the shop decides, in one or two sentences."""
    what = "오신 횟수로" if policy.measure == "visits" else "쓰신 금액으로"
    if policy.downgrade == "never":
        return f"{period(policy.months)} {what} 정해요. 한번 오른 등급은 내려가지 않아요."
    if policy.grace_days == 0:
        return f"{period(policy.months)} {what} 정해요. 기준에 못 미치면 바로 내려가요."
    return f"{period(policy.months)} {what} 정해요. 기준에 못 미치면 먼저 알려 드리고 {policy.grace_days}일 뒤에 내려가요."


def least_words(policy: Policy, least: int) -> str:
    """Return from where a level begins: "5번 오시면", "100,000원어치 쓰시면"."""
    if policy.measure == "spend":
        return f"{won(least)}을 쓰시면"
    return "한 번만 오셔도" if least == 1 else f"{native_count(least)} 번 오시면"


def short_least(policy: Policy, least: int) -> str:
    """Return the same for a list: "5번부터", "100,000원부터"."""
    return f"{won(least)}부터" if policy.measure == "spend" else f"{least}번부터"


def missing_words(policy: Policy, missing: int) -> str:
    """Return what is still missing: "두 번 더 오시면", "12,000원을 더 쓰시면"."""
    if policy.measure == "spend":
        return f"{won(missing)}을 더 쓰시면"
    return f"{native_count(missing)} 번 더 오시면"


def progress(
    policy: Policy,
    levels: Sequence[Level],
    *,
    tier_id: int | None,
    amount: int,
    until: date | None,
    today: date,
) -> str:
    """Return what a person is told about their next step: kindly, and only what is true today.

    `until`: the last day of grace, when their tier is kept although it is not earned.
    """
    here = next((level for level in levels if level.id == tier_id), None)
    if here is not None and until is not None:
        if here.least > amount:
            keeps = missing_words(policy, here.least - amount)
            return f"{day_name(until, today)}까지 {keeps} {here.name} 등급이 그대로예요"
        return f"{here.name} 등급 그대로예요"
    above = min(
        (level for level in levels if level.least > (here.least if here else -1) and level.least > amount),
        key=lambda level: level.least,
        default=None,
    )
    if above is None:
        return "가장 높은 등급이에요"
    # "더" of nothing would be odd to somebody who has never been here.
    step = missing_words(policy, above.least - amount) if amount else least_words(policy, above.least)
    return f"{step} {above.name} 등급이에요"


def progress_of(look: Standing, today: date) -> str:
    """Return `progress` for what was read of a person (tiers/queries.Look)."""
    grace = look.stands.grace_until
    return progress(
        look.policy,
        look.levels,
        tier_id=look.stands.tier_id,
        amount=look.amount,
        until=last_day(grace) if grace else None,
        today=today,
    )


def last_day(grace_until: datetime) -> date:
    """Return the last whole day in Korea on which a tier is surely kept."""
    return kst_day(grace_until) - timedelta(days=1)


def benefits(
    *, percent: int, discount: int, extra: str, early_news: bool, coupon: str, points: bool
) -> list[str]:
    """Return what a tier brings, a phrase each; [] for a tier that is a name alone. `points`: the shop gives some."""
    found = []
    what = "도장과 포인트" if points else "도장"
    if percent >= 200:
        found.append(f"올 때마다 {what} {TIMES.get(percent, f'{percent}%')}")
    elif percent > 100 and points:
        found.append(f"포인트 {TIMES.get(percent, f'{percent}%')}")
    if discount:
        found.append(f"늘 {discount}% 할인")
    if coupon:
        found.append(f"등급에 오르면 쿠폰 한 장: {coupon}")
    if extra:
        found.append(f"덤: {extra}")
    if early_news:
        found.append("새 소식을 먼저 알려 드려요")
    return found


def boost_when(boost: BoostRule, today: date) -> str:
    """Return when a boost holds: "화요일 · 오후 2시–오후 5시 · 11월 28일(토)까지", "언제나"."""
    told = []
    if boost.weekdays and len(boost.weekdays) < 7:
        told.append("·".join(_WEEKDAYS[int(day)] for day in sorted(boost.weekdays)) + "요일")
    if (boost.from_minute, boost.to_minute) != (0, 1440):
        told.append(f"{_clock(boost.from_minute)}–{_clock(boost.to_minute)}")
    if boost.from_day and boost.from_day == boost.to_day:
        told.append(day_name(boost.from_day, today))
    else:
        if boost.from_day and boost.from_day > today:
            told.append(f"{day_name(boost.from_day, today)}부터")
        if boost.to_day:
            told.append(f"{day_name(boost.to_day, today)}까지")
    return " · ".join(told) or "언제나"


def _clock(minute: int) -> str:
    hour, rest = divmod(minute, 60)
    if hour in (0, 24):
        return "자정"
    half = "오전" if hour < 12 else "오후"
    return f"{half} {(hour + 11) % 12 + 1}시" + (f" {rest}분" if rest else "")


def boosted(why: str, stamps: int) -> str:
    """Return why a stamping brought more, for the panel: "‘화요일은 두 배’라서 2개 찍었어요"."""
    return f"‘{why}’{_because(why)} 도장 {stamps}개를 찍었어요"


def _because(word: str) -> str:
    # 이라서/라서 goes with the same sounds as 이라는/라는.
    return "이라서" if josa(word, "이라는/라는").endswith("이라는") else "라서"


def changed(how: str, name: str, until: str = "") -> str:
    """Return what a letter tells of a change: up | down | grace (`until`: the last day, in words). No promotion."""
    if how == "grace":
        return f"지금의 {name} 등급은 {until}까지예요. 그 뒤에는 등급이 다시 정해져요"
    if how == "down":
        return (
            f"이제 {name} 등급이에요. 늘 고맙습니다" if name else "등급이 처음으로 돌아갔어요. 늘 고맙습니다"
        )
    return f"오늘부터 {name} 등급이에요. 자주 찾아 주셔서 고맙습니다"
