"""A word is the same word in wide letters, taken apart, or with something invisible in it."""

from __future__ import annotations

import unicodedata

import pytest

from app.messages import forms


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (unicodedata.normalize("NFD", "오늘 할인해요"), "할인"),
        ("오늘 할\u200b인해요", "할인"),
        ("모두 ３０％", "30%"),
        ("커피 １＋１", "1+1"),
        ("오늘만 ＯＦＦ", "OFF"),
        ("말씀 고맙습니다. ９시까지 열어요", None),
    ],
)
def test_promotion(text: str, word: str | None) -> None:
    assert forms.promotion_word(text) == word


@pytest.mark.parametrize(
    "text", ["（광고）달빛커피", "［광고］", "(광\u200b고)", unicodedata.normalize("NFD", "(광고)")]
)
def test_a_label_of_its_own(text: str) -> None:
    assert forms.false_label(text)


def test_an_opt_out_of_its_own() -> None:
    assert forms.own_opt_out("무료 수신\u2060거부 080")
