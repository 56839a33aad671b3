"""What is odd about a day at the counter, and what a friend brings: tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.insights import closing
from app.insights.closing import Day, Hand, Limits
from app.referrals import rules
from app.referrals.rules import Facts, Gift

OWNER = Hand(1, "김사장", "owner", stamps=40, again=1, overrides=0, hours=[(12, 25), (14, 15)])
MINSU = Hand(2, "민수", "staff", stamps=40, again=2, overrides=1, hours=[(12, 20), (18, 20)])


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (Day([]), "아직 찍은 도장이 없어요."),
        (Day([OWNER, MINSU]), "눈에 띄는 것이 없어요."),
        (Day([OWNER, MINSU], receipts=80), "영수증과 도장이 잘 맞아요."),
        (Day([OWNER, MINSU], receipts=77), "영수증과 도장이 잘 맞아요."),  # three more are no wonder
        (Day([OWNER, MINSU], receipts=200), "영수증과 도장이 잘 맞아요."),  # not everybody has a card
        (
            Day([OWNER, MINSU], receipts=70, companions=8),
            "영수증과 도장이 잘 맞아요.",
        ),  # a family, one receipt
        (Day([OWNER, MINSU], receipts=70), "영수증은 70장인데 도장은 80번 찍었어요."),
        (
            Day([OWNER, replace(MINSU, again=9)], receipts=70),
            "영수증은 70장인데 도장은 80번 찍었고, 한 번 더 찍은 것은 민수 님이 9번이에요.",
        ),
        (
            Day([OWNER, replace(MINSU, hours=[(18, 120)])]),
            "민수 님이 오후 6시부터 한 시간에 도장을 120번 찍었어요.",
        ),
        (Day([replace(OWNER, hours=[(18, 500)])]), "눈에 띄는 것이 없어요."),
        (
            Day([OWNER, replace(MINSU, overrides=30)]),
            "민수 님이 이유를 적고 한 번 더 찍은 도장이 30번이에요.",
        ),
        (
            Day([OWNER, MINSU], outside=[(23, "민수", 2), (4, "민수", 1)]),
            "영업시간이 아닌 때에 도장을 3번 찍었어요(민수 님, 오후 11시).",
        ),
        (
            Day([OWNER, replace(MINSU, again=12)]),
            "한 번 더 찍은 도장 13번 가운데 12번을 민수 님이 찍었어요.",
        ),
        (Day([OWNER, replace(MINSU, again=5)]), "눈에 띄는 것이 없어요."),  # few are chance
        (Day([replace(MINSU, again=12)]), "눈에 띄는 것이 없어요."),  # alone: nobody to compare with
        (Day([replace(OWNER, stamps=2, again=0), replace(MINSU, again=12)]), "눈에 띄는 것이 없어요."),
        (
            Day([replace(OWNER, checks=1), replace(MINSU, checks=7)]),
            "카드를 찍지 않고 쓴 혜택 8번 가운데 7번을 민수 님이 써 드렸어요.",
        ),
        (
            Day([OWNER, replace(MINSU, checks=10)]),
            "민수 님이 카드를 찍지 않고 써 드린 혜택이 10번이에요.",
        ),
    ],
)
def test_a_day_in_one_sentence(day: Day, sentence: str) -> None:
    assert closing.headline(day, Limits()) == sentence


def test_the_weightiest_stands_first_and_the_others_follow() -> None:
    day = Day([OWNER, replace(MINSU, again=12, checks=7)], receipts=50, outside=[(23, "민수", 2)])
    told = closing.odd(day, Limits())
    assert [sentence.split()[0] for sentence in told] == ["영수증은", "영업시간이", "한", "카드를"]


START = datetime(2026, 11, 22, 15, tzinfo=UTC)  # midnight in Korea


@pytest.mark.parametrize(
    ("opens", "closes", "begins"),
    [(540, 1320, 0), (540, 1440, 0), (1020, 1530, 150), (60, 1530, 60)],  # minutes; 1530 = half past one
)
def test_a_shop_open_past_midnight_closes_its_own_day(opens: int, closes: int, begins: int) -> None:
    since, until = closing.window(day_start=START, open_minute=opens, close_minute=closes)
    assert since == START + timedelta(minutes=begins)
    assert until - since == timedelta(days=1)


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({}, ""),
        ({"chain": [3, 4]}, ""),
        ({"inviter_id": 1}, "self"),
        ({"types_inviters_number": True, "types_known_number": True}, "self"),
        ({"same_person_of_shop": True}, "staff"),
        ({"stamped_by_inviter": True}, "staff"),
        ({"chain": [3, 1]}, "loop"),
        ({"types_known_number": True}, "known"),
    ],
)
def test_why_nothing_is_given(facts: dict[str, Any], why: str) -> None:
    found = rules.why_not(Facts(**{"friend_id": 1, "inviter_id": 2} | facts))
    assert found == why
    assert not found or rules.REASONS[found]


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("김단골", "김*골"),
        ("김단", "김*"),
        ("김", ""),
        ("", ""),
        ("남궁 민수", "남***수"),
        ("<b>x</b>", "<******>"),
    ],
)
def test_a_friend_reads_a_masked_name(name: str, masked: str) -> None:
    assert rules.shown_name(name) == masked


@pytest.mark.parametrize(
    ("inviter", "friend", "sentence"),
    [
        ("도장 2개", "도장 2개", "친구가 처음 오면 두 분 모두 도장 2개를 받아요"),
        ("도장 2개", "도장 1개", "친구가 처음 오면 나는 도장 2개, 친구는 도장 1개를 받아요"),
        ("쿠키", "", "친구가 처음 오면 나는 ‘쿠키’ 쿠폰을 받아요"),
        ("", "생일 쿠폰", "친구가 처음 오면 친구는 ‘생일 쿠폰’을 받아요"),
        ("", "도장 1개", "친구가 처음 오면 친구는 도장 1개를 받아요"),
        ("", "", "친구에게 우리 가게를 알려 주세요"),
    ],
)
def test_the_promise_is_one_sentence(inviter: str, friend: str, sentence: str) -> None:
    assert rules.promise_words(inviter=inviter, friend=friend) == sentence
    assert Gift(stamps=2).choice == "stamps:2"
