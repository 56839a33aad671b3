"""Coupons in rules and words, as tables."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from app.coupons import offers, rules, words
from app.coupons.rules import Terms
from app.kit.refusals import Invalid
from app.messages.contract import Kind
from app.messages.kinds import coupon_gift, coupon_gift_ends

NOW = datetime(2026, 11, 26, 6, 0, tzinfo=UTC)  # 11월 26일(목) 오후 3:00
TODAY = date(2026, 11, 26)


@pytest.mark.parametrize(
    ("days", "until", "last"),
    [
        (30, None, date(2026, 12, 26)),
        (0, date(2026, 12, 1), date(2026, 12, 1)),
        (30, date(2026, 12, 1), date(2026, 12, 1)),
        (3, date(2026, 12, 1), date(2026, 11, 29)),
    ],
)
def test_the_last_good_day(days: int, until: date | None, last: date) -> None:
    end = rules.end_of(valid_days=days, valid_until=until, issued_at=NOW)
    assert end is not None
    assert rules.last_day(end) == last
    assert rules.last_day(end - timedelta(minutes=1)) == last
    assert end.astimezone(UTC).hour == 15, "midnight in Korea"


def test_the_night_of_the_day_counts_as_that_day() -> None:
    late = datetime(2026, 11, 26, 14, 59, tzinfo=UTC)  # a minute before midnight in Korea
    end = rules.end_of(valid_days=1, valid_until=None, issued_at=late)
    assert end == datetime(2026, 11, 27, 15, 0, tzinfo=UTC)


def test_a_coupon_says_what_the_law_wants() -> None:
    end = rules.end_of(valid_days=30, valid_until=None, issued_at=NOW)
    assert words.fine_print(end) == "무상 제공 · 현금으로 바꿀 수 없어요 · 12월 26일(토) 밤 11:59까지"


@pytest.mark.parametrize(
    ("terms", "sentence"),
    [
        (
            Terms("아메리카노 한 잔", "item", rule="nth_visit", rule_value=3),
            "세 번째 오신 분께 아메리카노 한 잔, 30일 동안",
        ),
        (
            Terms("쿠키", "item", rule="nth_visit", rule_value=1, valid_days=7),
            "처음 오신 분께 쿠키, 7일 동안",
        ),
        (
            Terms("10% 할인", "percent", 10, rule="win_back", rule_value=60, valid_until=date(2026, 12, 31)),
            "60일 동안 안 오신 분께 10% 할인, 30일 동안, 늦어도 12월 31일(목)까지",
        ),
        (
            Terms(
                "붕어빵", "item", rule="season", valid_days=0,
                starts_on=date(2026, 12, 1), valid_until=date(2026, 12, 31),
            ),
            "12월 1일(화)부터 12월 31일(목)까지 오신 분께 붕어빵, 12월 31일(목)까지",
        ),
    ],
)  # fmt: skip
def test_a_kind_in_one_sentence(terms: Terms, sentence: str) -> None:
    assert words.sentence(terms) == sentence


@pytest.mark.parametrize("rule", rules.RULES)
def test_every_rule_has_words_and_a_start(rule: str) -> None:
    typed = offers.started(rule)
    assert typed is not None
    assert words.whom(Terms("쿠키", "item", rule=rule, rule_value=2)).endswith("께")
    assert words.by_message(Terms("쿠키", "item", rule=rule))


@pytest.mark.parametrize("start", offers.STARTS, ids=lambda start: start.key)
def test_what_a_start_says_can_be_made(start: offers.Start) -> None:
    typed = {**(offers.started(start.key) or {})}
    typed["name"] = typed["name"] or "쿠키 한 개"
    if start.key == "season":
        typed |= {"starts_on": "2026-12-01", "valid_until": "2026-12-31"}
    terms = offers.clean(typed, today=TODAY)
    assert terms.rule == start.key
    again = offers.clean(offers.as_typed(terms), today=TODAY)
    assert again == terms, "the form says the same again"


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"gives": "cash"}, "gives"),
        ({"rule": "weather"}, "rule"),
        ({"name": " "}, "name"),
        ({"name": "긴" * 41}, "name"),
        ({"gives": "percent", "value": "101"}, "value"),
        ({"gives": "amount", "value": "50"}, "value"),
        ({"gives": "amount", "value": "많이"}, "value"),
        ({"gives": "extra", "value": "11"}, "value"),
        ({"valid_days": ""}, "valid_days"),
        ({"valid_days": "366"}, "valid_days"),
        ({"valid_days": "", "valid_until": "내일"}, "valid_until"),
        ({"valid_until": "2026-11-25"}, "valid_until"),
        ({"rule": "season", "valid_until": "2026-12-01"}, "starts_on"),
        ({"rule": "season", "starts_on": "2026-12-02", "valid_until": "2026-12-01"}, "valid_until"),
        ({"rule": "nth_visit", "rule_value": "0"}, "rule_value"),
        ({"rule": "win_back", "rule_value": "3"}, "rule_value"),
        ({"per_person": "-1"}, "per_person"),
        ({"total": "①"}, "total"),
        ({"least_amount": "9" * 12}, "least_amount"),
    ],
)
def test_what_cannot_be_given_is_told_beside_its_field(typed: dict[str, str], field: str) -> None:
    form = {**(offers.started("manual") or {}), "name": "쿠키", **typed}
    with pytest.raises(Invalid) as told:
        offers.clean(form, today=TODAY)
    assert list(told.value.fields) == [field]
    assert told.value.fields[field].endswith(("요.", "잔", "31"))


@pytest.mark.parametrize(
    ("gives", "value", "name"),
    [("amount", "2,000원", "2,000원 할인"), ("percent", "10%", "10% 할인"), ("extra", "2개", "도장 2개 더")],
)
def test_a_number_names_itself(gives: str, value: str, name: str) -> None:
    form = {**(offers.started("manual") or {}), "gives": gives, "value": value}
    assert offers.clean(form, today=TODAY).name == name


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ([], "아직 드린 쿠폰이 없어요."),
        ([(3, 0)], "3장을 드렸고, 아직 쓰신 분은 없어요."),
        ([(2, 2)], "드린 2장을 모두 쓰셨어요."),
        ([(5, 2), (1, 1)], "6장 가운데 3장을 쓰셨어요."),
        ([(1000, 310)], "1,000장 가운데 310장을 쓰셨어요. 열 장에 세 장쯤이에요."),
    ],
)
def test_what_became_of_them(counts: list[tuple[int, int]], told: str) -> None:
    assert words.told(counts) == told


@pytest.mark.parametrize(
    ("name", "called"),
    [("아메리카노 한 잔", "아메리카노 한 잔 쿠폰"), ("생일 쿠폰", "생일 쿠폰"), ("쿠폰", "쿠폰")],
)
@pytest.mark.parametrize("kind", [coupon_gift.KIND, coupon_gift_ends.KIND])
def test_a_letter_says_coupon_once(name: str, called: str, kind: Kind) -> None:
    assert words.called(name) == called
    told = kind.words({"coupon": name, "until": "오늘", "code": "ABC"})
    assert told["받은 것"] == called


def test_a_coupons_code_is_its_own() -> None:
    key, common = b"k" * 32, {"shop_id": 1, "card_ref": "CARD222222", "ref": "ABCDEFGHJK"}
    code = rules.coupon_code(key=key, **common, step=rules.code_step(NOW))
    ref, mac = rules.read_code(f" {code.lower()} ")
    assert ref == common["ref"]
    fits = rules.matching_step(key=key, **common, mac=mac, now=NOW)
    assert fits == rules.code_step(NOW)
    for wrong in ({"shop_id": 2}, {"ref": "ABCDEFGHJ2"}, {"card_ref": "CARD222223"}):
        assert rules.matching_step(key=key, **(common | wrong), mac=mac, now=NOW) is None
    assert rules.matching_step(key=key, **common, mac=mac, now=NOW + timedelta(seconds=75)) is None
