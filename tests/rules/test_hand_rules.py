"""Sending by hand and writing to one person, as tables: when, who first, why, what it is, what may be typed."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from app.kit.refusals import Invalid
from app.messages import hand_rules, kakao_channel, kakao_rules, letter_rules
from app.messages.hand_rules import HandDay

TODAY = date(2026, 11, 26)


@pytest.mark.parametrize(
    ("hour", "opens", "ended", "sent", "quiet", "left"),
    [
        (5, 900, None, 0, True, 5),  # 14:00 in Korea
        (6, 900, None, 0, False, 5),
        (6, 900, TODAY, 0, True, 5),
        (6, 900, date(2026, 11, 25), 4, False, 1),
        (6, 900, None, 5, True, 0),
        (6, 900, None, 9, True, 0),
    ],
)
def test_the_day(hour: int, opens: int, ended: date | None, sent: int, quiet: bool, left: int) -> None:
    day = hand_rules.day_of(
        opens=opens, most=100, ended_on=ended, sent=sent, today=TODAY, now=datetime(2026, 11, 26, hour, tzinfo=UTC)
    )  # fmt: skip
    assert (day.is_quiet, day.left) == (quiet, left)


def test_the_carrier_has_the_last_word() -> None:
    assert HandDay(most=3, sent=3).is_full
    assert HandDay(most=3, sent=1).left == 2


@pytest.mark.parametrize(
    ("kind", "gap", "visits", "said"),
    [
        ("birthday", 40, 9, "생일이에요"),
        ("come_back", 31, 9, "못 뵌 지 한 달 됐어요"),
        ("come_back", 61, 9, "못 뵌 지 두 달 됐어요"),
        ("come_back", 400, 9, "못 뵌 지 한 해가 넘었어요"),
        ("come_back", 20, 9, "못 뵌 지 두 주 됐어요"),
        ("thank_you", 0, 1, "처음 오셨어요"),
        ("thank_you", 0, 4, "오늘 네 번째로 오셨어요"),
        ("thank_you", 1, 4, "어제 네 번째로 오셨어요"),
        ("reward_ready", 5, 4, ""),
        ("coupon_ends", None, 0, ""),
        ("work_done", 0, 4, "끝나면 사진을 받기로 하셨어요"),
    ],
)
def test_why_this_person(kind: str, gap: int | None, visits: int, said: str) -> None:
    assert hand_rules.why(kind, gap_days=gap, visit_count=visits) == said


def test_what_is_asked_for_comes_first() -> None:
    kinds = ["thank_you", "come_back", "birthday", "personal", "work_done"]
    assert sorted(kinds, key=lambda kind: hand_rules.rank(kind, waits=False)) == kinds[::-1]
    assert hand_rules.rank("phone_code", waits=True) == 0


@pytest.mark.parametrize(
    ("text", "answers", "done", "kind"),
    [
        ("우산 두고 가셨어요", False, False, "personal"),
        ("네, 있어요", True, False, "personal_answer"),
        ("네, 오늘만 할인이에요", True, False, "personal"),
        ("다 됐어요", True, True, "work_done"),
    ],
)
def test_what_words_are(text: str, answers: bool, done: bool, kind: str) -> None:
    assert letter_rules.kind_of(text, answers=answers, is_done=done) == kind
    said = letter_rules.class_words(kind, text, answers=answers)
    assert ("광고" in said.replace("(광고) 없이", "")) == (kind == "personal")


def test_whom_they_left() -> None:
    assert letter_rules.clean_what(" 콩이\n와 두부\u202e ") == "콩이 와 두부"
    with pytest.raises(Invalid):
        letter_rules.clean_what("가" * 21)
    assert letter_rules.done_words(what="", name="") == "맡기신 것이 다 됐어요. 편하실 때 찾으러 오세요."


@pytest.mark.parametrize(
    ("typed", "channel"),
    [
        ("https://pf.kakao.com/_ZeUTxl", "_ZeUTxl"),
        ("http://pf.kakao.com/_ZeUTxl/friend", "_ZeUTxl"),
        ("pf.kakao.com/_ZeUTxl/?utm_source=x", "_ZeUTxl"),
        (" _ZeUTxl ", "_ZeUTxl"),
        ("", ""),
    ],
)
def test_a_pasted_channel(typed: str, channel: str) -> None:
    assert kakao_rules.clean_channel(typed) == channel


@pytest.mark.parametrize(
    "typed",
    ["https://pf.kakao.com.evil.test/_ZeUTxl", "javascript:alert(1)", "https://evil.test/pf.kakao.com/_Ze", "_a/b", "달빛"],
)  # fmt: skip
def test_no_channel(typed: str) -> None:
    with pytest.raises(Invalid):
        kakao_rules.clean_channel(typed)


def test_the_file_is_digits_alone() -> None:
    assert kakao_channel.as_file(["01023456789"]) == "전화번호\r\n01023456789\r\n"
