"""Pure: coupons in sentences, for the owner and for who holds one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.coupons import rules
from app.coupons.rules import Terms
from app.kit.korean import day_name, native_count, won

FREE = "무상 제공"
NO_CASH = "현금으로 바꿀 수 없어요"


def called(name: str) -> str:
    """Return a coupon as one speaks of it: "아메리카노 한 잔 쿠폰"; a name that says so already stays as it is."""
    return name if name.endswith("쿠폰") else f"{name} 쿠폰"


def whom(terms: Terms) -> str:
    """Return whom a kind is for and when: "세 번째 오신 분께"."""
    if terms.rule == "nth_visit":
        return (
            "처음 오신 분께" if terms.rule_value == 1 else f"{native_count(terms.rule_value)} 번째 오신 분께"
        )
    if terms.rule == "win_back":
        return f"{terms.rule_value}일 동안 안 오신 분께"
    if terms.rule == "season" and terms.starts_on and terms.valid_until:
        return f"{day_name(terms.starts_on)}부터 {day_name(terms.valid_until)}까지 오신 분께"
    return {
        "manual": "고른 분께",
        "sign_up": "번호를 남기고 처음 오신 분께",
        "review": "후기를 남긴 분께",
        "birthday": "생일인 분께",
        "anniversary": "기념일인 분께",
        "referral": "친구와 함께 온 두 분께",
        "recovery": "불편을 겪은 분께",
        "tier": "등급이 오른 분께",
    }.get(terms.rule, "고른 분께")


def how_long(terms: Terms) -> str:
    """Return until when it is good, seen from the day it is given: "30일 동안", "12월 31일(목)까지"."""
    last = f"{day_name(terms.valid_until)}까지" if terms.valid_until else ""
    if terms.valid_days and last:
        return f"{terms.valid_days}일 동안, 늦어도 {last}"
    return f"{terms.valid_days}일 동안" if terms.valid_days else last


def sentence(terms: Terms) -> str:
    """Return a kind as one sentence: "세 번째 오신 분께 아메리카노 한 잔, 30일 동안"."""
    return f"{whom(terms)} {terms.name}, {how_long(terms)}"


def promise(terms: Terms) -> str:
    """Return what a later visit brings, to the one who will come: "세 번째 오시면 아메리카노 한 잔"."""
    return f"{native_count(terms.rule_value)} 번째 오시면 {terms.name}"


def conditions(terms: Terms, *, tier: str = "") -> list[str]:
    """Return what the holder must know before using it, each as a sentence; `tier`: the least one's name."""
    told = []
    if terms.form == "extra" and terms.value:
        told.append(f"쓰시면 도장 {terms.value}개를 더 찍어 드려요")
    if terms.least_amount:
        told.append(f"{won(terms.least_amount)}부터 쓸 수 있어요")
    if terms.least_tier_id:
        told.append(f"{tier} 등급부터 쓸 수 있어요" if tier else "정해 둔 등급부터 쓸 수 있어요")
    told.append("다른 쿠폰과 함께 쓸 수 있어요" if terms.stacks else "한 번 오실 때 쿠폰 하나만 쓸 수 있어요")
    return told


def fine_print(expires_at: datetime | None) -> str:
    """Return what every coupon prints (free, not for cash, its last minute)."""
    last = [rules.until_words(expires_at)] if expires_at else []
    return " · ".join([FREE, NO_CASH, *last])


def limits(terms: Terms) -> str:
    """Return how many are given: "한 분께 한 장, 모두 100장", or "" where nothing bounds it."""
    told = [f"한 분께 {native_count(terms.per_person)} 장"] if terms.per_person else []
    return ", ".join([*told, *([f"모두 {terms.total:,}장"] if terms.total else [])])


def told(counts: Sequence[tuple[int, int]]) -> str:
    """Return what became of them in one sentence. `counts`: (given, used) of each kind."""
    given, used = sum(each[0] for each in counts), sum(each[1] for each in counts)
    if not given:
        return "아직 드린 쿠폰이 없어요."
    if not used:
        return f"{given:,}장을 드렸고, 아직 쓰신 분은 없어요."
    if used == given:
        return f"드린 {given:,}장을 모두 쓰셨어요."
    # Of a handful every single one is named; of many the share says more.
    share = f" 열 장에 {native_count(round(used / given * 10) or 1)} 장쯤이에요." if given >= 20 else ""
    return f"{given:,}장 가운데 {used:,}장을 쓰셨어요.{share}"


def by_message(terms: Terms) -> str:
    """Return how its holder hears of it, for the owner: an 안내, or a 광고 for those who agreed alone."""
    if terms.rule in rules.NEEDS_MARKETING:
        return "맞춤 혜택에 동의한 손님께만 드리고 알려요. 손님의 날이나 방문을 보고 드리는 거라서 그래요."
    if terms.rule in rules.EARNED:
        return "미리 보고 받은 쿠폰이라 안내로 알려 드려요."
    return "쿠폰은 카드에 담기고, 알리는 말은 광고라서 동의한 손님께만 보내요."
