"""Voices' rules: the clock of a complaint, who hears what, what is offered and said about who complains often."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from app.kit.refusals import Invalid
from app.voices import care_rules, result_words, rules
from app.voices.results import Back, Results

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(hours=24), "24시간 남았어요"),
        (timedelta(hours=3, minutes=59), "3시간 남았어요"),
        (timedelta(minutes=59), "59분 남았어요"),
        (timedelta(seconds=5), "1분 남았어요"),
        (timedelta(0), "답할 시간이 지났어요"),
        (-timedelta(days=3), "답할 시간이 지났어요"),
    ],
)
def test_the_clock_in_words(left: timedelta, words: str) -> None:
    assert rules.clock_words(NOW + left, NOW) == words


@pytest.mark.parametrize(
    ("kind", "waiting", "answered", "first", "again", "due"),
    [
        ("complaint", NOW, None, NOW + timedelta(hours=1), None, NOW + timedelta(hours=1)),
        ("complaint", NOW, NOW, NOW - timedelta(days=9), NOW + timedelta(hours=3), NOW + timedelta(hours=3)),
        ("complaint", NOW, None, None, None, NOW + timedelta(hours=24)),
        ("complaint", NOW, NOW, NOW - timedelta(days=9), None, NOW + timedelta(hours=24)),
        ("complaint", None, None, NOW, None, None),
        ("question", NOW, None, None, None, None),
    ],
)
def test_when_an_answer_is_due(
    kind: str,
    waiting: datetime | None,
    answered: datetime | None,
    first: datetime | None,
    again: datetime | None,
    due: datetime | None,
) -> None:
    found = rules.due_at(kind, waiting_since=waiting, answered_at=answered, first_due=first, again_due=again)
    assert found == due


@pytest.mark.parametrize(
    ("kind", "role", "handed", "hears"),
    [
        ("complaint", "owner", False, True),
        ("complaint", "manager", True, False),
        ("complaint", "staff", True, False),
        ("question", "manager", False, True),
        ("question", "staff", False, False),
        ("question", "staff", True, True),
    ],
)
def test_who_hears_what(kind: str, role: str, handed: bool, hears: bool) -> None:
    assert rules.may_hear(kind, role, is_handed=handed) is hears


@pytest.mark.parametrize(
    ("complaints", "coupons", "warns"), [(1, 0, False), (2, 1, False), (3, 0, True), (1, 2, True)]
)
def test_who_complains_again_and_again(complaints: int, coupons: int, warns: bool) -> None:
    assert bool(care_rules.repeat_warning(complaints=complaints, coupons=coupons)) is warns


@pytest.mark.parametrize(
    ("text", "with_coupon", "refused"),
    [
        ("죄송해요. 바로 고칠게요.", True, False),
        ("네이버 리뷰를 남겨 주시면 커피를 드려요.", False, True),
        ("별점 5점 주시면 쿠폰 드릴게요", False, True),
        ("카드에 후기를 남겨 주셔서 고마워요.", True, False),
        ("네이버에 남겨 주신 후기 보고 알았어요. 다시 와 주세요.", True, False),
        ("네이버 후기를 내려 주시면 고맙겠어요.", True, True),
        ("구글 리뷰도 부탁드려요", True, True),
        ("구글 리뷰도 부탁드려요", False, False),
        ("별점을 다섯 개로 고쳐 주세요", True, True),
    ],
)
def test_an_answer_buys_nothing(text: str, with_coupon: bool, refused: bool) -> None:
    if not refused:
        assert rules.clean_answer(f" {text} ", with_coupon=with_coupon) == text
        return
    with pytest.raises(Invalid) as refusal:
        rules.clean_answer(text, with_coupon=with_coupon)
    assert set(refusal.value.fields) == {"text"}


def test_an_apology_fits_its_causes() -> None:
    assert "기다리시게" in care_rules.apology(["기다림", "주차"], name="한지우")
    assert care_rules.apology(["주차"], name="").startswith("불편을 드려")


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({}, set()),
        ({"said_on": "2026-11-01"}, set()),
        ({"said_on": "2026-11-24"}, {"said_on"}),
        ({"said_on": "2024-01-01"}, {"said_on"}),
        ({"said_on": "지난주"}, {"said_on"}),
        ({"source": "card"}, {"source"}),
        ({"kind": "", "text": "", "source": ""}, {"kind", "text", "source"}),
    ],
)
def test_what_was_heard(typed: dict[str, str], wrong: set[str]) -> None:
    form = {"kind": "praise", "text": "맛있대요", "source": "sns", "said_on": ""} | typed
    today = date(2026, 11, 23)
    if not wrong:
        kind, text, day = care_rules.clean_heard(**form, today=today)
        assert (kind, text, day <= today) == ("praise", "맛있대요", True)
        return
    with pytest.raises(Invalid) as refusal:
        care_rules.clean_heard(**form, today=today)
    assert set(refusal.value.fields) == wrong


def test_results_are_sentences_only_where_something_is_known() -> None:
    none = Results(0, 0, 0, 0, 0, 0, Back(0, 0), Back(0, 0), 0, 0)
    assert result_words.sentences(none, span="석 달") == []
    some = Results(12, 11, 10, 4, 3, 2, Back(5, 3), Back(1, 0), 6, 2)
    assert result_words.sentences(some, span="석 달") == [
        "석 달 동안 불편 말씀 12건 가운데 10건에 제때 답하셨어요.",
        "1건에는 답할 시간이 지나서 답하셨어요.",
        "손님이 직접 해결됐다고 하신 말씀이 4건이에요.",
        "미안한 마음으로 드린 쿠폰 3장 가운데 2장을 받아 가셨어요.",
        "답을 드린 손님 다섯 분 가운데 세 분이 60일 안에 다시 오셨어요.",
        "답을 못 드린 손님 한 분은 60일 안에 다시 오지 않으셨어요.",
        "아직 60일이 지나지 않은 손님 여섯 분 가운데 두 분은 벌써 다시 오셨어요.",
    ]
    other = Results(2, 2, 2, 0, 0, 0, Back(1, 1), Back(3, 3), 0, 0)
    assert result_words.sentences(other, span="석 달")[1:] == [
        "답을 드린 손님 한 분이 60일 안에 다시 오셨어요.",
        "답을 못 드린 손님 세 분 모두 60일 안에 다시 오셨어요.",
    ]
    assert not some.tells_of_hundred, "five people are no sixty of a hundred"
    assert (some.answered_back.percent, none.silent_back.percent) == (60, 0)
