"""Placeholders, their particles, and a carrier's bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.text import carrier_bytes, fill, not_carried, placeholders, stray_braces


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("{이름} 님, 안녕하세요", {"이름": "김단골"}, "김단골 님, 안녕하세요"),
        ("{이름} 님, 안녕하세요", {"이름": ""}, "고객님, 안녕하세요"),
        ("{메뉴}을(를) 준비했어요", {"메뉴": "라떼"}, "라떼를 준비했어요"),
        ("{메뉴}을(를) 준비했어요", {"메뉴": "식혜와 떡"}, "식혜와 떡을 준비했어요"),
        ("{가게}(으)로 오세요", {"가게": "서울"}, "서울로 오세요"),
        ("{가게}은(는) 쉬어요", {"가게": "콩이"}, "콩이는 쉬어요"),
        ("{가게}에서", {"가게": "{이름}"}, "{이름}에서"),
        ("없음", {}, "없음"),
    ],
)
def test_filling(text: str, values: dict[str, str], expected: str) -> None:
    assert fill(text, values) == expected


def test_a_placeholder_without_a_value_is_an_error() -> None:
    with pytest.raises(KeyError):
        fill("{주소}", {"이름": "김"})


def test_braces() -> None:
    assert placeholders("{이름} 님 {가게}") == {"이름", "가게"}
    assert stray_braces("{이름 님")
    assert stray_braces("이름} 님")
    assert not stray_braces("{이름} 님")


@pytest.mark.parametrize(
    ("text", "size"),
    [("", 0), ("abc", 3), ("가나다", 6), ("뷁", 2), ("a\n가", 4), ("😀", 2), ("(광고)한빛카페", 14)],
)
def test_bytes_as_carriers_count(text: str, size: int) -> None:
    assert carrier_bytes(text) == size


def test_the_handbooks_example_is_73_bytes() -> None:
    text = "(광고)한빛카페\n오늘 아메리카노 1+1, 스탬프 2배!\n무료수신거부 080-123-4567"
    assert carrier_bytes(text) == 73


def test_what_a_carrier_cannot_show() -> None:
    assert not_carried("안녕😀하세요 ☕😀") == ["😀", "☕"]


@given(st.text(max_size=40), st.text(max_size=20))
def test_a_filled_value_stays_as_it_is(before: str, value: str) -> None:
    plain = before.replace("{", "").replace("}", "")
    assert fill(f"{plain}{{것}}", {"것": value}) == plain + value


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("안녕하세요. {맛} 생각나시죠? 또 봬요.", "안녕하세요. 또 봬요."),
        ("{맛} 어떠세요", ""),
        ("안녕! {맛}을(를) 드릴게요.\n또 봬요", "안녕!\n또 봬요"),
        ("{이름} 님, {맛} 있어요. {이름} 님!", "지우 님!"),
        ("첫 줄\n{맛}\n끝 줄", "첫 줄\n끝 줄"),
        ("1.5잔은 {이름} 님께.", "1.5잔은 지우 님께."),
        ("1.5잔과 {맛} 어떠세요? 또 봬요.", "또 봬요."),
    ],
)
def test_a_sentence_nobody_can_fill_is_left_out(text: str, told: str) -> None:
    assert fill(text, {"이름": "지우", "맛": None}) == told
