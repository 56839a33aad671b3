"""Pure: what an owner typed about a coupon becomes its conditions, and the kinds one may start from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from app.coupons.rules import FORMS, RULES, Terms
from app.kit.korean import won
from app.kit.refusals import Invalid

NAME_MAX = 40
MOST_WON = 1_000_000
MOST_STAMPS = 10
MOST_DAYS = 365
_MOST_PEOPLE = 1_000_000
# What the form may ask, in the order of the page.
FIELDS = (
    "rule",
    "rule_value",
    "gives",
    "name",
    "value",
    "valid_days",
    "starts_on",
    "valid_until",
    "least_amount",
    "least_tier",
    "stacks",
    "per_person",
    "total",
)


@dataclass(frozen=True)
class Start:
    """A kind to start from: what the owner reads, and what the form then already says."""

    key: str
    label: str
    detail: str
    typed: Mapping[str, str] = field(default_factory=dict)


# The commonest first. `recovery`, `referral` and `tier` are given by what they are named after.
STARTS = (
    Start("sign_up", "첫 만남", "번호를 남기고 처음 오시면", {"gives": "item", "name": "아메리카노 한 잔"}),
    Start("nth_visit", "다시 오신 날", "세 번째 오시면", {"rule_value": "3", "gives": "item"}),
    Start(
        "birthday", "생일", "생일날 아침에", {"gives": "item", "name": "케이크 한 조각", "valid_days": "14"}
    ),
    Start(
        "win_back", "오랜만에", "한동안 안 오시면", {"rule_value": "60", "gives": "amount", "value": "2000"}
    ),
    Start("season", "철 따라", "정한 기간에 오시면", {"gives": "percent", "value": "10"}),
    Start("review", "후기 감사", "후기를 남기시면", {"gives": "extra", "name": "쿠키 한 개 덤"}),
    Start("anniversary", "기념일", "적어 두신 기념일 아침에", {"gives": "item", "valid_days": "14"}),
    Start("referral", "소개 감사", "친구와 함께 오시면 두 분께", {"gives": "item"}),
    Start("recovery", "불편을 겪은 분께", "말씀에 답할 때 골라서", {"gives": "item"}),
    Start("tier", "등급이 오르면", "새 등급이 된 날", {"gives": "item"}),
    Start("manual", "직접 드리기", "손님 한 분이나 여러 분을 골라서", {"gives": "item"}),
)
_ALWAYS = {
    "rule": "manual",
    "rule_value": "",
    "gives": "item",
    "name": "",
    "value": "",
    "valid_days": "30",
    "starts_on": "",
    "valid_until": "",
    "least_amount": "",
    "least_tier": "",
    "stacks": "",
    "per_person": "1",
    "total": "",
}
# How many days a person is silent before a win-back coupon, and which visit may be rewarded.
_ASKS_NUMBER = {
    "nth_visit": (1, 100, "몇 번째 방문인지 1에서 100 사이로 적어 주세요."),
    "win_back": (14, 365, "며칠인지 14에서 365 사이로 적어 주세요."),
}


def started(key: str) -> dict[str, str] | None:
    """Return the form as it looks when one starts from this kind; None when there is none of that name."""
    start = next((start for start in STARTS if start.key == key), None)
    return None if start is None else {**_ALWAYS, **start.typed, "rule": start.key}


def as_typed(terms: Terms) -> dict[str, str]:
    """Return the form that says these conditions."""
    return {
        "rule": terms.rule,
        "rule_value": str(terms.rule_value or ""),
        "gives": terms.form,
        "name": terms.name,
        "value": str(terms.value or ""),
        "valid_days": str(terms.valid_days or ""),
        "starts_on": terms.starts_on.isoformat() if terms.starts_on else "",
        "valid_until": terms.valid_until.isoformat() if terms.valid_until else "",
        "least_amount": str(terms.least_amount or ""),
        "least_tier": str(terms.least_tier_id or ""),
        "stacks": "y" if terms.stacks else "",
        "per_person": str(terms.per_person),
        "total": str(terms.total or ""),
    }


def clean(typed: Mapping[str, str], *, today: date) -> Terms:
    """Return the conditions that a form says. Raises Invalid with a sentence a field."""
    wrong: dict[str, str] = {}
    form = typed.get("gives", "")
    rule = typed.get("rule", "")
    if form not in FORMS:
        wrong["gives"] = "무엇을 드릴지 골라 주세요."
    if rule not in RULES:
        wrong["rule"] = "언제 드릴지 골라 주세요."
    value = _value(form, typed, wrong)
    name = " ".join(typed.get("name", "").split()) or _own_name(form, value)
    if not name and "value" not in wrong:
        wrong["name"] = "손님이 읽을 이름을 적어 주세요. 예: 아메리카노 한 잔"
    elif len(name) > NAME_MAX:
        wrong["name"] = f"이름을 {NAME_MAX}자 안으로 줄여 주세요."
    days = _number(typed, "valid_days", 0, MOST_DAYS, f"며칠 동안인지 {MOST_DAYS} 안으로 적어 주세요.", wrong)
    starts_on, valid_until = _period(rule, typed, today, wrong)
    if not days and valid_until is None and not {"valid_days", "valid_until"} & wrong.keys():
        wrong["valid_days"] = "며칠 동안 쓸 수 있는지, 또는 마지막 날을 정해 주세요."
    rule_value = 0
    if rule in _ASKS_NUMBER:
        least, most, sentence = _ASKS_NUMBER[rule]
        rule_value = _number(typed, "rule_value", least, most, sentence, wrong)
    elif rule == "tier":
        rule_value = _number(typed, "rule_value", 0, 2**31 - 1, "등급을 다시 골라 주세요.", wrong)
    least_amount = _number(typed, "least_amount", 0, MOST_WON, f"{won(MOST_WON)} 안으로 적어 주세요.", wrong)
    tier = _number(typed, "least_tier", 0, 2**31 - 1, "등급을 다시 골라 주세요.", wrong)
    per_person = _number(typed, "per_person", 0, 100, "한 분께 몇 장까지인지 100 안으로 적어 주세요.", wrong)
    total = _number(typed, "total", 0, _MOST_PEOPLE, "모두 몇 장인지 숫자로 적어 주세요.", wrong)
    if wrong:
        raise Invalid({name: wrong[name] for name in FIELDS if name in wrong})
    return Terms(
        name=name,
        form=form,
        value=value,
        rule=rule,
        rule_value=rule_value,
        valid_days=days,
        valid_until=valid_until,
        starts_on=starts_on,
        least_amount=least_amount,
        least_tier_id=tier or None,
        stacks=bool(typed.get("stacks")),
        # What a rule gives for a cause that comes again is once a cause; the rest is bounded by this number.
        per_person=per_person,
        total=total,
    )


def limits(typed: Mapping[str, str]) -> tuple[int, int]:
    """Return (how many to one person, how many in all) as typed. Raises Invalid with a sentence a field."""
    wrong: dict[str, str] = {}
    per_person = _number(typed, "per_person", 0, 100, "한 분께 몇 장까지인지 100 안으로 적어 주세요.", wrong)
    total = _number(typed, "total", 0, _MOST_PEOPLE, "모두 몇 장인지 숫자로 적어 주세요.", wrong)
    if wrong:
        raise Invalid(wrong)
    return per_person, total


def _value(form: str, typed: Mapping[str, str], wrong: dict[str, str]) -> int:
    if form == "amount":
        return _number(typed, "value", 100, MOST_WON, "얼마를 빼 드릴지 100원부터 적어 주세요.", wrong)
    if form == "percent":
        return _number(typed, "value", 1, 100, "몇 %를 빼 드릴지 1에서 100 사이로 적어 주세요.", wrong)
    if form == "extra":
        return _number(typed, "value", 0, MOST_STAMPS, f"도장은 {MOST_STAMPS}개까지 드릴 수 있어요.", wrong)
    return 0


def _own_name(form: str, value: int) -> str:
    """Return the name that a number already says."""
    if not value:
        return ""
    return {"amount": f"{won(value)} 할인", "percent": f"{value}% 할인", "extra": f"도장 {value}개 더"}.get(
        form, ""
    )


def _period(
    rule: str, typed: Mapping[str, str], today: date, wrong: dict[str, str]
) -> tuple[date | None, date | None]:
    first, last = (_date(typed, name, wrong) for name in ("starts_on", "valid_until"))
    if rule != "season":
        first = None
    elif first is None and "starts_on" not in wrong:
        wrong["starts_on"] = "언제부터 드릴지 골라 주세요."
    if rule == "season" and last is None and "valid_until" not in wrong:
        wrong["valid_until"] = "언제까지 드릴지 골라 주세요."
    if last is not None and last < today:
        wrong["valid_until"] = "마지막 날이 이미 지났어요. 오늘이나 그 뒤로 골라 주세요."
    elif first is not None and last is not None and last < first:
        wrong["valid_until"] = "마지막 날이 첫날보다 앞서요. 날짜를 다시 골라 주세요."
    return first, last


def _date(typed: Mapping[str, str], name: str, wrong: dict[str, str]) -> date | None:
    text = typed.get(name, "").strip()
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        wrong[name] = "날짜를 다시 골라 주세요. 예: 2026-12-31"
        return None
    if not 2000 <= found.year <= 2100:
        wrong[name] = "날짜를 다시 골라 주세요. 예: 2026-12-31"
        return None
    return found


def _number(
    typed: Mapping[str, str], name: str, least: int, most: int, sentence: str, wrong: dict[str, str]
) -> int:
    """Return a whole number as people type it ("2,000원"); "" is 0."""
    text = "".join(typed.get(name, "").split()).replace(",", "").rstrip("원일장개%")
    if not text and least == 0:
        return 0
    if not (text.isascii() and text.isdigit()) or len(text) > 10 or not least <= int(text) <= most:
        wrong[name] = sentence
        return 0
    return int(text)
