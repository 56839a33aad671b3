"""Particles, counting words, dates and times as Koreans write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit import clock, korean, particles, phone

NOW = datetime(2026, 11, 23, 5, 49, tzinfo=UTC)


@pytest.mark.parametrize(
    ("word", "pair", "written"),
    [
        ("라떼", "을/를", "라떼를"), ("커피콩", "을/를", "커피콩을"), ("한지우", "은/는", "한지우는"), ("박준", "이/가", "박준이"),
        ("서울", "으로/로", "서울로"), ("부산", "으로/로", "부산으로"), ("제주", "으로/로", "제주로"), ("콩이", "과/와", "콩이와"),
        ("쿠폰 3", "을/를", "쿠폰 3을"), ("도장 2", "이/가", "도장 2가"), ("Latte", "을/를", "Latte를"), ("쌀(10kg)", "을/를", "쌀(10kg)를"),
        ("김", "이에요/예요", "김이에요"), ("나비", "이에요/예요", "나비예요"), ("달님", "아/야", "달님아"), ("", "을/를", "를"), ("☕", "은/는", "☕는"),
    ],
)  # fmt: skip
def test_particles(word: str, pair: str, written: str) -> None:
    assert particles.josa(word, pair) == written


@given(
    st.text(max_size=12),
    st.sampled_from(["은/는", "이/가", "을/를", "과/와", "아/야", "이에요/예요", "으로/로"]),
)
def test_any_word_takes_one_of_the_two(word: str, pair: str) -> None:
    written = particles.josa(word, pair)
    assert written.startswith(word)
    assert written.removeprefix(word) in pair.split("/")


@pytest.mark.parametrize(
    ("number", "word"),
    [(1, "한"), (3, "세"), (10, "열"), (11, "열한"), (20, "스무"), (21, "스물한"), (38, "서른여덟"), (99, "아흔아홉"), (0, "0"), (100, "100"), (1200, "1,200")],
)  # fmt: skip
def test_counting(number: int, word: str) -> None:
    assert korean.native_count(number) == word


@pytest.mark.parametrize(
    ("hour", "minute", "written"), [(0, 0, "오전 12:00"), (9, 5, "오전 9:05"), (12, 0, "오후 12:00"), (14, 49, "오후 2:49"), (23, 59, "오후 11:59")]
)  # fmt: skip
def test_times(hour: int, minute: int, written: str) -> None:
    assert korean.clock_time(datetime(2026, 11, 23, hour, minute, tzinfo=clock.KST)) == written


def test_days() -> None:
    assert korean.day_and_time(NOW) == "11월 23일(월) 오후 2:49"
    assert korean.day_name(date(2025, 2, 28), date(2026, 11, 23)) == "2025년 2월 28일(금)"
    assert korean.won(12000) == "12,000원"


@pytest.mark.parametrize(
    ("span", "written"),
    [(timedelta(seconds=59), "방금"), (timedelta(minutes=3), "3분 전"), (timedelta(hours=2), "2시간 전"), (timedelta(hours=15), "어제"), (timedelta(days=5), "5일 전"), (timedelta(days=40), "10월 14일(수)"), (timedelta(seconds=-5), "방금")],
)  # fmt: skip
def test_ago(span: timedelta, written: str) -> None:
    assert korean.ago(NOW - span, NOW) == written


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("010-1234-5678", "+821012345678"), ("010 1234 5678", "+821012345678"), ("０１０１２３４５６７８", "+821012345678"), ("+82 10-1234-5678", "+821012345678"),
        ("0082 10 1234 5678", "+821012345678"), ("821012345678", "+821012345678"), ("1012345678", "+821012345678"), ("010.1234.5678", "+821012345678"), ("(010)1234-5678", "+821012345678"),
        ("010-123-4567", None), ("02-123-4567", None), ("070-1234-5678", None), ("0505-123-4567", None), ("1588-1234", None), ("", None), ("전화번호", None), ("010123456789", None),
        ("+1 415 555 0100", None), ("+81 90 1234 5678", None), ("010-1234-567", None), ("😀", None),
    ],
)  # fmt: skip
def test_korean_mobiles(typed: str, stored: str | None) -> None:
    assert phone.korean_mobile(typed) == stored


@given(st.text(max_size=30))
def test_any_text_is_a_mobile_or_none(typed: str) -> None:
    found = phone.korean_mobile(typed)
    assert found is None or (found.startswith("+821") and phone.masked(found).count("•") == 4)


@pytest.mark.parametrize(
    ("now", "minute", "then"),
    [
        (datetime(2026, 11, 23, 5, 49, tzinfo=UTC), 22 * 60, datetime(2026, 11, 23, 13, tzinfo=UTC)),
        (datetime(2026, 11, 23, 13, 0, tzinfo=UTC), 22 * 60, datetime(2026, 11, 24, 13, tzinfo=UTC)),
        (
            datetime(2026, 11, 23, 15, 30, tzinfo=UTC),
            26 * 60,
            datetime(2026, 11, 23, 17, tzinfo=UTC),
        ),  # 00:30, closes at 2
        (datetime(2026, 11, 23, 17, 0, tzinfo=UTC), 26 * 60, datetime(2026, 11, 24, 17, tzinfo=UTC)),
    ],
)
def test_the_next_closing(now: datetime, minute: int, then: datetime) -> None:
    assert clock.next_minute_of_day(now, minute) == then


def test_a_korean_day_begins_at_three_in_the_afternoon_before() -> None:
    assert clock.start_of_day(date(2026, 11, 23)) == datetime(2026, 11, 22, 15, tzinfo=UTC)
    assert clock.kst_day(datetime(2026, 11, 22, 15, tzinfo=UTC)) == date(2026, 11, 23)
