"""What the owner is told in words is true of this person and this week, and can be said aloud."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from app.cards.rules import read_lookup
from app.insights import rules
from app.insights.rules import Guest
from app.messages.faded import Faded
from app.testers import queries as testers
from app.voices import queries as voices
from app.web.owner import todos
from app.web.owner.closing_news import Untold

_MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("guest", "said"),
    [
        (Guest("김민지", 1), "처음 오셨네요, 반가워요!"),
        (Guest("김민지", 1, likes="라떼 연하게"), "처음 오셨네요, 반가워요! 라떼 연하게 드릴까요?"),
        (Guest("김민지", 7, 12, 5, likes="라떼 연하게"), "오랜만이에요! 오늘도 라떼 연하게 드릴까요?"),
        (
            Guest("김민지", 7, 6, 5, likes="라떼 연하게"),
            "김민지 님, 어서 오세요! 오늘도 라떼 연하게 드릴까요?",
        ),
        (Guest("김민지", 3, 30), "오랜만이에요!"),
        (Guest("김민지", 3, 2, 1), "김민지 님, 어서 오세요!"),
        (Guest("", 3, 2), "어서 오세요, 또 뵙네요!"),
        (Guest("", 3, 0), "또 오셨네요, 반가워요!"),
        (
            Guest("이수", 4, 3, likes="얼음 적게, 창가 자리"),
            "이수 님, 어서 오세요! 오늘도 얼음 적게 드릴까요?",
        ),
        (
            Guest("이수", 4, 3, likes="오이 싫어함", usual="라떼"),
            "이수 님, 어서 오세요! 오늘도 라떼 드릴까요?",
        ),
        (Guest("이수", 4, 3, likes="창가를 좋아해요"), "이수 님, 어서 오세요!"),
        (Guest("이수", 4, 3, likes="아이스크림"), "이수 님, 어서 오세요! 오늘도 아이스크림 드릴까요?"),
        (
            Guest("이수", 4, 3, likes="라떼", reward_ready="쿠키"),
            "이수 님, 어서 오세요! 쿠키, 오늘 드릴까요?",
        ),
        (
            Guest("이수", 4, 3, missing=1, reward_name="쿠키"),
            "이수 님, 어서 오세요! 도장 한 개만 더 모으시면 쿠키 드려요.",
        ),
    ],
)
def test_the_greeting_is_made_from_what_is_true(guest: Guest, said: str) -> None:
    assert rules.greeting(guest) == said


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0, "오늘 또 오셨어요"), (1, "어제도 오셨어요"), (12, "12일 만이에요"), (59, "59일 만이에요"),
        (61, "두 달 만이에요"), (340, "열한 달 만이에요"), (400, "1년 만이에요"), (800, "2년 만이에요"),
    ],
)  # fmt: skip
def test_a_gap_in_words(days: int, said: str) -> None:
    assert rules.gap_words(days) == said


def test_a_rhythm_needs_four_visits_and_is_the_median() -> None:
    days = [_MONDAY - timedelta(days=back) for back in (0, 7, 14, 60)]
    assert rules.rhythm(days[:3]) is None
    assert rules.rhythm([*days, days[0]]) == 7
    assert rules.rhythm_words(7) == "일주일에 한 번쯤 오세요"
    assert rules.rhythm_words(5) == "보통 5일에 한 번 오세요"


@pytest.mark.parametrize(
    ("gap", "due"), [(0, False), (3, False), (6, True), (7, True), (9, True), (10, False), (30, False)]
)
def test_due_follows_the_own_rhythm(gap: int, due: bool) -> None:
    assert rules.is_due(gap_days=gap, rhythm_days=7) is due


def _week(*counts: int) -> list[tuple[date, int]]:
    return [(_MONDAY + timedelta(days=place), count) for place, count in enumerate(counts)]


@pytest.mark.parametrize(
    ("counts", "before", "said", "busiest"),
    [
        ((0,) * 7, 5, "지난 일주일은 찍은 도장이 없어요.", -1),
        ((1, 2, 3, 4, 5, 9, 6), 0, "지난 일주일은 토요일이 가장 바빴어요.", 5),
        (
            (1, 2, 3, 4, 5, 9, 6),
            20,
            "지난 일주일은 토요일이 가장 바빴어요. 한 주 동안 도장 30개, 그 전 주보다 10개 많아요.",
            5,
        ),
        (
            (1, 2, 3, 4, 5, 9, 6),
            30,
            "지난 일주일은 토요일이 가장 바빴어요. 한 주 동안 도장 30개, 그 전 주와 똑같아요.",
            5,
        ),
        ((5, 5, 0, 0, 0, 0, 0), 12, "지난 일주일에 도장 10개를 찍었어요. 그 전 주보다 2개 적어요.", -1),
    ],
)
def test_the_week_in_one_sentence(counts: tuple[int, ...], before: int, said: str, busiest: int) -> None:
    assert rules.week_words(_week(*counts), before=before) == said
    assert rules.busiest_index(_week(*counts)) == busiest


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("7q2k", ("7Q2K", None, None)),
        ("7243", ("7243", "7243", None)),
        ("0108", (None, "0108", None)),
        ("010-1234-5678", (None, None, "01012345678")),
        ("김민지", (None, None, None)),
        ("", (None, None, None)),
        ("１２３４", (None, None, None)),
    ],
)
def test_what_was_typed_at_the_counter(typed: str, read: tuple[str | None, ...]) -> None:
    assert read_lookup(typed) == read


_NOON = datetime(2026, 11, 23, 3, tzinfo=UTC)
_NOBODY = voices.Waiting(complaints=0, complaint_since=None, others=0, complaint_due=None)
_EVENT: Any = SimpleNamespace(id=7, title="여름 사진전", entries=1200)
_EVERYTHING = todos.Waits(
    voices=voices.Waiting(
        complaints=1, complaint_since=_NOON, others=2, complaint_due=_NOON + timedelta(hours=3)
    ),
    reported=(2, True), repairs=1, offline=3, papers=4, by_hand=5, questions=100, draws=[_EVENT],
    testers=testers.Waiting(applied=0, to_choose=6, to_decide=(8, "밤빵")), reviews=100, photos=9, stories=10,
    untold=Untold(11, "11월 28일"), faded=Faded(12, "단골 열두 분이 뜸해졌어요", 5),
)  # fmt: skip


def test_what_waits_for_the_owner_stands_in_the_order_in_which_waiting_hurts() -> None:
    every = todos.todos(_EVERYTHING, now=_NOON)
    assert [each.words for each in every] == [
        "손님 말씀", "신고된 글과 사진", "AS 요청 1건", "확인할 적립", "종이 카드 옮기기", "오늘 보낼 말 5통",
        "질문 99+건", "추첨할 이벤트", "체험단에서 고를 분", "체험단 답이 모였어요", "답글 기다리는 후기", "확인할 사진",
        "손님 사진 10장을 기다려요", "11월 28일 쉬어요", "단골 열두 분이 뜸해졌어요",
    ]  # fmt: skip
    assert (every[0].count, every[0].alarm) == (3, "불편 말씀 1건, 3시간 남았어요")
    assert [each.detail for each in (every[1], every[7], every[-1])] == [
        "여러 분이 신고했어요. 먼저 봐 주세요",
        "여름 사진전 · 1,200명 참여",
        "이 가운데 5명께는 아직 안부를 전하지 않았어요",
    ]
    assert every[10].value == "99+개"
    assert [len(part) for part in todos.seen_at_once(every)] == [5, 10]


def test_what_does_not_wait_is_not_there_and_one_thing_more_is_not_hidden() -> None:
    nothing = todos.Waits(voices=_NOBODY)
    assert todos.todos(nothing, now=_NOON) == []
    still = testers.Waiting(applied=3, to_choose=0, to_decide=None)
    some = replace(nothing, repairs=1, offline=1, papers=1, by_hand=1, reviews=2, testers=still)
    every = todos.todos(some, now=_NOON)
    assert [each.words for each in every][-2:] == ["체험단 신청 3명", "답글 기다리는 후기"]
    assert [len(part) for part in todos.seen_at_once(every)] == [6, 0]
