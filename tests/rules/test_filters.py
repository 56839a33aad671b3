"""A group of the shop's own as conditions: what may be chosen, and how it reads."""

from __future__ import annotations

import pytest

from app.insights import filter_words, filters
from app.insights.filters import WHATS, Rule
from app.kit.refusals import Invalid

CHOICES = {
    "products": {"7": "라떼", "8": "식빵"},
    "tags": {"3": "창가 자리"},
    "tiers": {"4": "으뜸"},
    "groups": {"regular": "단골", "silent": "뜸해진 손님"},
}


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        (["often:30:2"], "최근 30일 안에 두 번 이상 온 손님"),
        (["away:90"], "90일 넘게 안 온 손님"),
        (["bought:7:30"], "최근 30일 안에 라떼를 산 손님"),
        (["bought:8:7"], "최근 7일 안에 식빵을 산 손님"),
        (["spent:100000"], "지금까지 10만 원 이상 쓴 손님"),
        (["visits:20"], "모두 스무 번 이상 온 손님"),
        (["group:regular", "gender:f"], "‘단골’ 그룹에 있고, 여자인 손님"),
        (["gender:f"], "여자인 손님"),
        (["gender:unknown", "away:30"], "성별을 모르고, 30일 넘게 안 온 손님"),
        (["hour:6-11"], "주로 아침에 오는 손님"),
        (["weekday:5-6", "hour:14-18"], "주로 주말에 오고, 주로 오후에 오는 손님"),
        (["weekday:3-3"], "주로 목요일에 오는 손님"),
        (["tag:3"], "‘창가 자리’ 태그가 있는 손님"),
        (["tier:4", "coupon:n"], "으뜸 등급이고, 안 쓴 쿠폰이 없는 손님"),
        (["birthday:this"], "이번 달에 생일이 있는 손님"),
        (["birthday:12"], "12월에 생일이 있는 손님"),
        (["found_by:sns", "visits:2"], "SNS에서 알게 되었고, 모두 두 번 이상 온 손님"),
        (["source:poster"], "포스터로 카드를 받은 손님"),
        (["source:table"], "탁상 안내로 카드를 받은 손님"),
        (["source:import"], "가져온 명단으로 카드를 받은 손님"),
        (["agreed:y", "coupon:y"], "광고 문자에 동의했고, 안 쓴 쿠폰이 있는 손님"),
        (["agreed:n"], "광고 문자에 동의하지 않은 손님"),
    ],
)
def test_conditions_read_as_one_sentence(written: list[str], sentence: str) -> None:
    assert filter_words.sentence(filters.clean_rules(written, CHOICES), CHOICES) == sentence


def test_every_condition_reads_in_both_places() -> None:
    for key, what in WHATS.items():
        options = [filters.options(part, CHOICES) for part in what.parts]
        for chosen in zip(*(each * 3 for each in options), strict=False):
            rule = Rule(key, tuple(value for value, _word in chosen))
            said = filter_words.sentence([rule, rule], CHOICES)
            assert "{" not in said and "|" not in said and ", " in said and said.endswith(" 손님"), said


def test_nothing_chosen_and_things_that_are_gone_read_too() -> None:
    assert filter_words.sentence([], CHOICES) == "모든 손님"
    assert filter_words.sentence([Rule("tag", ("9",))], CHOICES) == "‘지금은 없는 것’ 태그가 있는 손님"


@pytest.mark.parametrize(
    ("written", "wrong"),
    [
        ([], "조건을 하나 이상 골라 주세요."),
        (["gender:x"], "지금은 쓸 수 없는 조건이 있어요. 그 조건을 빼고 저장해 주세요."),
        (["gender"], "지금은 쓸 수 없는 조건이 있어요. 그 조건을 빼고 저장해 주세요."),
        (["gender:f:m"], "지금은 쓸 수 없는 조건이 있어요. 그 조건을 빼고 저장해 주세요."),
        (["often:30:1000"], "지금은 쓸 수 없는 조건이 있어요. 그 조건을 빼고 저장해 주세요."),
        (["tag:9"], "지금은 쓸 수 없는 조건이 있어요. 그 조건을 빼고 저장해 주세요."),
        (["group:own:3"], "지금은 쓸 수 없는 조건이 있어요. 그 조건을 빼고 저장해 주세요."),
        (["no:1"], "지금은 쓸 수 없는 조건이 있어요. 그 조건을 빼고 저장해 주세요."),
        (
            [f"bought:7:{days}" for days in (7, 30, 90, 180, 365)]
            + [f"bought:8:{days}" for days in (7, 30, 90, 180)],
            "조건은 8개까지 넣을 수 있어요. 하나를 빼 주세요.",
        ),
    ],
)
def test_what_cannot_be_saved(written: list[str], wrong: str) -> None:
    with pytest.raises(Invalid) as said:
        filters.clean_rules(written, CHOICES)
    assert said.value.fields == {"rules": wrong}


def test_a_condition_stands_in_for_an_earlier_one_about_the_same() -> None:
    said = filters.clean_rules(["gender:f", "away:30", "gender:m", "away:30"], CHOICES)
    assert [rule.written for rule in said] == ["away:30", "gender:m"]
    bought = filters.clean_rules(["bought:7:30", "bought:8:30"], CHOICES)
    assert len(bought) == 2, "two things may have been bought"


def test_a_shop_is_offered_only_what_it_has() -> None:
    assert {"tag", "tier", "bought"} <= {key for key, _title in filters.offered(CHOICES)}
    assert not {"tag", "tier", "bought"} & {key for key, _title in filters.offered({})}


@pytest.mark.parametrize(("name", "wrong"), [(" ", "그룹 이름을 적어 주세요"), ("가" * 21, "20자까지")])
def test_a_name_is_short_and_not_empty(name: str, wrong: str) -> None:
    with pytest.raises(Invalid, match=wrong):
        filters.clean_name(name)
