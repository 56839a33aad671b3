"""이번 달 in words: months compared, shares, cohorts, pairs; and one kind sentence where too little is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.insights import month_words as words
from app.insights.month_facts import DaySums, Facts, Moved, Pair, Section, Sold, read_month
from app.insights.month_sections import sections

TODAY = date(2026, 11, 26)  # a Thursday
NOVEMBER, OCTOBER = date(2026, 11, 1), date(2026, 10, 1)
LATTE, COOKIE = Sold(1, "라떼", 84, 378_000, 70), Sold(2, "쿠키", 40, 100_000, 40)


def _days(first: date, last: date, visits: int, **more: int) -> list[DaySums]:
    many = (last - first).days + 1
    return [DaySums(first + timedelta(days=each), visits, visits, **more) for each in range(many)]


def _section(facts: Facts, key: str) -> Section:
    return next(each for each in sections(facts) if each.key == key)


NOTHING = Facts(month=NOVEMBER, is_present=True, today=TODAY)


@pytest.mark.parametrize(
    ("november", "october", "sentence"),
    [
        (0, 5, "11월에는 아직 오신 손님이 없어요."),
        (4, 0, "11월에는 손님이 104번 오셨어요."),
        (4, 4, "11월에는 손님이 104번 오셨어요. 지난달 이맘때와 비슷해요."),
        (5, 4, "11월에는 손님이 130번 오셨어요. 지난달 이맘때보다 26번 많아요."),
        (3, 4, "11월에는 손님이 78번 오셨어요. 지난달 이맘때보다 26번 적어요."),
    ],
)
def test_a_month_is_compared_with_the_same_days_before(november: int, october: int, sentence: str) -> None:
    days = _days(OCTOBER, date(2026, 10, 31), october) + _days(NOVEMBER, TODAY, november)
    assert words.month(days, month=NOVEMBER, today=TODAY) == sentence


def test_a_month_that_is_over_is_compared_with_the_whole_one_before() -> None:
    days = _days(OCTOBER, date(2026, 10, 31), 10) + _days(NOVEMBER, date(2026, 11, 30), 20)
    told = words.month(days, month=NOVEMBER, today=date(2027, 2, 3))
    assert told == "11월에는 손님이 600번 오셨어요. 10월보다 290번 많아요."
    march = _days(date(2027, 2, 1), date(2027, 3, 31), 10)
    told = words.month(march, month=date(2027, 3, 1), today=date(2027, 3, 31))
    assert told.endswith("지난달 이맘때보다 30번 많아요.")


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("2026-10", OCTOBER),
        ("", NOVEMBER),
        ("2027-01", NOVEMBER),
        ("2026-13", NOVEMBER),
        ("어제", NOVEMBER),
        ("1970-01", date(1970, 1, 1)),
        # The month before the first of all is none that a calendar has.
        ("0001-01", NOVEMBER),
        ("9999-12", NOVEMBER),
    ],
)
def test_a_month_as_it_stands_in_an_address(text: str, month: date) -> None:
    assert read_month(text, today=TODAY) == month


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        (words.again(people=120, before=84, month="11월"), "11월에 오신 120분 가운데 열에 일곱 분은 전에도 오셨던 분이에요."),
        (words.again(people=12, before=0, month="11월"), "11월에 오신 12분은 모두 처음 오신 분이에요."),
        (words.again(people=100, before=1, month="11월"), "11월에 오신 100분 가운데 몇 분만 전에도 오셨던 분이에요."),
        (words.often(new=30, often=11), "처음 오신 30분 가운데 11분은 그달에 또 오셨어요."),
        (
            words.cohort(first="10월", then="11월", there=32, came=9, goes_on=True),
            "10월에 처음 오신 32분 가운데 아홉 분이 11월에도 오셨어요.",
        ),
        (
            words.cohort(first="10월", then="11월", there=3, came=0, goes_on=True),
            "10월에 처음 오신 세 분은 11월에는 아직 오시지 않았어요.",
        ),
        (words.found(how="지나가다가", many=12, total=20), "알려 주신 20분 가운데 12분은 지나가다가 오셨어요."),
        (words.together("라떼", "쿠키", share=0.41), "라떼를 사실 때 열 번에 네 번은 쿠키도 사셨어요."),
        (words.coupons(issued=40, used=12, rewards=0), "쿠폰을 40장 드렸고 12장을 쓰셨어요."),
        (words.sales(378_000, priced=7, visits=9), "판 금액은 378,000원이에요. 금액을 적은 일곱 번의 합이에요."),
        (words.sales(0, priced=0, visits=9), ""),
        (words.sales(4500, priced=1, visits=1), "판 금액은 4,500원이에요."),
        (words.sales(4500, priced=1, visits=2), "판 금액은 4,500원이에요. 금액을 적은 방문은 한 번이에요."),
        (words.again(people=12, before=12, month="11월"), "11월에 오신 12분은 모두 전에도 오셨던 분이에요."),
        (words.often(new=0, often=0), ""),
        (words.often(new=1, often=0, goes_on=True), "처음 오신 한 분은 아직 다시 오시지 않았어요."),
        (words.often(new=1, often=0), "처음 오신 한 분은 그달에 다시 오시지 않았어요."),
        (words.often(new=1, often=1, goes_on=True), "처음 오신 한 분은 이달에 또 오셨어요."),
        (words.often(new=2, often=2), "처음 오신 두 분 모두 그달에 또 오셨어요."),
        (
            words.cohort(first="10월", then="11월", there=1, came=1, goes_on=True),
            "10월에 처음 오신 한 분이 11월에도 오셨어요.",
        ),
        (
            words.cohort(first="10월", then="11월", there=12, came=12, goes_on=True),
            "10월에 처음 오신 12분이 모두 11월에도 오셨어요.",
        ),
        (words.found(how="지나가다가", many=1, total=1), "알려 주신 한 분은 지나가다가 오셨어요."),
        (words.found(how="지나가다가", many=2, total=2), "알려 주신 두 분은 모두 지나가다가 오셨어요."),
        (words.coupons(issued=0, used=1, rewards=0), "전에 드린 쿠폰을 1장 쓰셨어요."),
        (words.coupons(issued=1, used=0, rewards=1), "쿠폰을 1장 드렸고, 쓰신 쿠폰은 없어요. 모은 도장으로 쓰신 혜택은 1개예요."),
    ],
)  # fmt: skip
def test_it_is_said_as_one_would(sentence: str, said: str) -> None:
    assert sentence == said


def test_of_a_month_without_anybody_every_section_says_one_kind_sentence() -> None:
    found = sections(NOTHING)
    assert all(each.words and not each.rows and not each.chart for each in found)
    assert {"pairs", "tiers"}.isdisjoint(each.key for each in found), "what this shop doesn't use isn't there"


def test_the_fifth_is_told_by_what_most_visits_carry() -> None:
    days = _days(NOVEMBER, TODAY, 10, sales=10_000, priced=10)
    facts = replace(NOTHING, days=days, people=120, fifth=(24, 130, 182_000))
    assert _section(facts, "fifth").words == "자주 오신 24분이 방문의 50%를 채워 주셨어요."
    rich = replace(facts, by_won=True)
    assert _section(rich, "fifth").words == "많이 쓰신 24분이 판 금액의 70%를 채워 주셨어요."
    assert _section(replace(facts, people=9), "fifth").rows == ()


def test_only_what_is_bought_together_more_often_than_by_chance_is_told() -> None:
    facts = replace(NOTHING, products=[LATTE, COOKIE], baskets=200)
    chance, often = Pair("라떼", "쿠키", 100, 50, 25), Pair("라떼", "쿠키", 100, 50, 40)
    few = Pair("라떼", "쿠키", 10, 4, 4)
    assert _section(replace(facts, pairs=[chance, few]), "pairs").rows == ()
    found = _section(replace(facts, pairs=[often]), "pairs")
    assert found.words == "쿠키를 사실 때 열 번에 여덟 번은 라떼도 사셨어요."
    assert found.rows == [("쿠키", "라떼", "50번 중 40번", "80%")]


def test_the_busiest_hour_is_the_fullest_of_the_table() -> None:
    assert _section(replace(NOTHING, hours={(1, 12): 29}), "hours").rows == ()
    found = _section(replace(NOTHING, hours={(1, 12): 20, (5, 9): 19}), "hours")
    assert found.words == "화요일 낮 12시가 가장 붐벼요."
    assert found.rows[0] == ("9시", "0", "0", "0", "0", "0", "19", "0")
    assert len(found.rows) == 4


def test_who_came_first_when_and_came_again() -> None:
    cohorts = {(OCTOBER, OCTOBER): (32, 4), (OCTOBER, NOVEMBER): (8, 1), (NOVEMBER, NOVEMBER): (5, 0)}
    found = _section(replace(NOTHING, cohorts=cohorts, people=13), "cohorts")
    assert found.words == "10월에 처음 오신 32분 가운데 여덟 분이 11월에도 오셨어요."
    assert (found.points, found.head) == ([("10월에 처음", 25)], ("처음 오신 달", "10월", "11월"))
    assert found.rows == [("2026년 10월", "32", "8"), ("2026년 11월", "", "5")]


ONE = replace(
    NOTHING,
    days=[DaySums(NOVEMBER, 1, 0, 1, 4500, 1)],
    people=1,
    by_won=True,
    fifth=(1, 1, 4500),
    hours={(6, 14): 1},
    cohorts={(NOVEMBER, NOVEMBER): (1, 0)},
    found={"": 1},
    products=[Sold(1, "라떼", 1, 4500, 1)],
    baskets=1,
    tiers=[("새싹", 1)],
    moves=[],
)
OF_ONE = {
    "visits": "11월에는 손님이 한 번 오셨어요.",
    "again": "손님이 조금 더 오시면 몇 분이 다시 오셨는지 알려 드릴게요.",
    "cohorts": "처음 오신 손님이 다음 달에 또 오시는지, 한 달이 지나면 알려 드릴게요.",
    "moves": "최근 한 달 사이에는 크게 달라진 손님이 없어요.",
    "fifth": "손님이 조금 더 오시면 자주 오시는 분이 얼마나 큰 힘인지 알려 드릴게요.",
    "hours": "방문이 30번쯤 쌓이면 무슨 요일 몇 시가 붐비는지 알려 드릴게요.",
    "found": "처음 오신 분께 어떻게 알고 오셨는지 여쭤보면 여기에 모여요.",
    "products": "라떼가 1개 나갔어요.",
    "pairs": "함께 사시는 상품이 있는지는 조금 더 지나야 보여요.",
    "tiers": "새싹 등급 손님이 1명이에요.",
    "coupons": "이달에는 드리거나 쓰신 쿠폰과 혜택이 없어요.",
}


def test_a_month_of_one_person_is_told_without_a_share() -> None:
    assert {each.key: each.words for each in sections(ONE)} == OF_ONE
    over = sections(replace(ONE, is_present=False, today=date(2026, 12, 3), moves=None))
    told = {each.key: each.words for each in over}
    assert told["again"] == "11월에는 오신 손님이 적어서 다시 오신 비율은 셈하지 않았어요."
    assert told["hours"] == "11월에는 오신 손님이 적어서 붐비는 때는 셈하지 않았어요."
    assert told["cohorts"] == "11월이 되기 전에 처음 오신 손님은 없어요."
    assert "moves" not in told, "who moved is known of the present alone"
    cohorts = {(OCTOBER, OCTOBER): (1, 0), (OCTOBER, NOVEMBER): (1, 0)}
    found = _section(replace(ONE, cohorts=cohorts), "cohorts")
    assert (found.words, found.chart) == ("10월에 처음 오신 한 분이 11월에도 오셨어요.", ""), (
        "one is no share"
    )


def test_nothing_but_gifts_is_no_share_of_money() -> None:
    days = _days(NOVEMBER, TODAY, 10, priced=10)
    facts = replace(NOTHING, days=days, people=120, by_won=True, fifth=(24, 130, 0))
    assert _section(facts, "fifth").words == "자주 오신 24분이 방문의 50%를 채워 주셨어요."


def test_who_moved_is_said_first_and_counted_below() -> None:
    faded = Moved("faded", 12, "단골 12명이 뜸해졌어요", "뜸해진 단골")
    back = Moved("back", 1, "뜸하던 1명이 다시 오셨어요", "다시 오신 뜸하던 분")
    found = _section(replace(NOTHING, moves=[faded, back]), "moves")
    assert found.words == "최근 한 달 사이 단골 12명이 뜸해졌어요."
    assert found.rows == [("뜸해진 단골", "12명"), ("다시 오신 뜸하던 분", "1명")]
