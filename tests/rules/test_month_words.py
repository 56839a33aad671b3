"""이번 달 in words: months compared, shares, cohorts, pairs; and one kind sentence where too little is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.insights import month_words as words
from app.insights.month_facts import DaySums, Facts, Pair, Section, Sold, read_month
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
            "10월에 처음 오신 32분 가운데 9분이 11월에도 오셨어요.",
        ),
        (
            words.cohort(first="10월", then="11월", there=3, came=0, goes_on=True),
            "10월에 처음 오신 3분은 11월에는 아직 오시지 않았어요.",
        ),
        (words.found(how="지나가다가", many=12, total=20), "알려 주신 20분 가운데 12분은 지나가다가 오셨어요."),
        (words.together("라떼", "쿠키", share=0.41), "라떼를 사실 때 열 번에 네 번은 쿠키도 사셨어요."),
        (words.coupons(issued=40, used=12, rewards=0), "쿠폰을 40장 드렸고 12장을 쓰셨어요."),
        (words.sales(378_000, priced=7, visits=9), "판 금액은 378,000원이에요. 금액을 적은 7번의 합이에요."),
        (words.sales(0, priced=0, visits=9), ""),
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
    assert found.words == "10월에 처음 오신 32분 가운데 8분이 11월에도 오셨어요."
    assert (found.points, found.head) == ([("10월에 처음", 25)], ("처음 오신 달", "10월", "11월"))
    assert found.rows == [("2026년 10월", "32", "8"), ("2026년 11월", "", "5")]
