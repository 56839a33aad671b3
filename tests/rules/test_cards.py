"""When a stamp may land, and what a code means: tables."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cards import rules
from app.cards.rules import (
    Earning,
    ForgedPrint,
    OldPrint,
    OverCap,
    StampRefused,
    TooSoon,
    UnknownCode,
)
from app.kit.refusals import Refused
from app.kit.signing import derive_key

NOW = datetime(2026, 11, 23, 5, 49, tzinfo=UTC)
RULE = Earning(goal=10, hard_window_s=5, cooldown_s=600, daily_cap=5)
KEY = derive_key(b"k" * 32, "card-code", "1", "2", "1")


@pytest.mark.parametrize(
    ("ago_s", "today", "overridden", "refused"),
    [
        (None, 0, False, None),
        (599, 1, False, TooSoon),
        (600, 1, False, None),
        (30, 1, True, None),
        (0, 1, False, TooSoon),
        (-30, 1, False, TooSoon),  # the other till's clock is half a minute ahead
        (-3600, 1, False, None),  # a clock that was an hour ahead locks nobody for an hour
        (86400, 5, False, OverCap),
        (86400, 5, True, OverCap),
        (86400, 4, False, None),
    ],
)
def test_may_stamp(
    ago_s: int | None, today: int, overridden: bool, refused: type[StampRefused] | None
) -> None:
    last = None if ago_s is None else NOW - timedelta(seconds=ago_s)
    answer = rules.may_stamp(rule=RULE, last_at=last, today=today, now=NOW, overridden=overridden)
    assert type(answer) is (refused or type(None))


def test_a_shop_without_limits_refuses_nothing() -> None:
    free = Earning(goal=10, hard_window_s=0, cooldown_s=0, daily_cap=0)
    for seconds in (-3600, -1, 0, 1):
        last = NOW - timedelta(seconds=seconds)
        assert rules.may_stamp(rule=free, last_at=last, today=999, now=NOW, overridden=False) is None
        assert not rules.within_hard_window(rule=free, last_at=last, now=NOW)


@pytest.mark.parametrize(("ago_s", "same_tap"), [(0, True), (4.9, True), (5, False), (-1, False)])
def test_the_hard_window(ago_s: float, same_tap: bool) -> None:
    assert rules.within_hard_window(rule=RULE, last_at=NOW - timedelta(seconds=ago_s), now=NOW) is same_tap


@pytest.mark.parametrize(("minutes", "words"), [(0, "방금"), (3, "3분 전에"), (9, "9분 전에")])
def test_too_soon_says_when(minutes: int, words: str) -> None:
    assert TooSoon(minutes).sentence == f"{words} 도장을 찍었어요. 한 번 더 찍을까요?"


@given(st.integers(0, 2**40), st.integers(1, 10**9))
def test_a_code_is_read_back_and_found(step: int, shop_id: int) -> None:
    at = datetime.fromtimestamp((step % 10**8) * 30 + 7, UTC)
    code = rules.card_code(key=KEY, shop_id=shop_id, ref="ABCDEFGH23", step=rules.code_step(at))
    ref, mac = rules.read_code(f" {code.lower()}\n")
    assert rules.matching_step(key=KEY, shop_id=shop_id, ref=ref, mac=mac, now=at) == rules.code_step(at)
    assert rules.matching_step(key=KEY, shop_id=shop_id + 1, ref=ref, mac=mac, now=at) is None


@given(st.text(max_size=60))
def test_any_text_is_a_code_or_refused(text: str) -> None:
    try:
        ref, mac = rules.read_code(text)
    except UnknownCode:
        return
    assert text.strip().upper() == f"D1.{ref}.{mac}"


def test_the_alphanumeric_mode_of_a_qr_takes_every_code() -> None:
    code = rules.card_code(key=KEY, shop_id=7, ref="23456789AB", step=1)
    assert set(code) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")
    assert len(code) == 24


@given(st.sets(st.sampled_from("가나다라마")), st.integers(0, 4))
def test_a_free_word_is_nobody_elses(taken: set[str], pick: int) -> None:
    word = rules.free_word("가나다라마", taken, pick)
    assert word not in taken
    if len(taken) < 5:
        assert word in "가나다라마"


def test_when_all_words_are_taken_a_number_helps() -> None:
    assert rules.free_word(["해", "달"], {"해", "달", "해2"}, 0) == "해3"


@pytest.mark.parametrize(
    ("typed", "kept"), [(None, ""), ("  일행   것까지 ", "일행 것까지"), ("가" * 99, "가" * 60), ("\n", "")]
)
def test_reasons_are_tidied(typed: str | None, kept: str) -> None:
    assert rules.clean_reason(typed) == kept


# --- the code on paper -------------------------------------------------------------------------------

PRINTED = [derive_key(b"k" * 32, "printed-card", "1", "2", str(version)) for version in (1, 2, 3)]


def _on_paper(version: int, *, shop_id: int = 1, ref: str = "ABCDEFGH23") -> str:
    return rules.printed_code(key=PRINTED[version - 1], shop_id=shop_id, ref=ref)


@pytest.mark.parametrize(
    ("text", "versions", "refused"),
    [
        (_on_paper(1), 1, None),
        (f" {_on_paper(1).lower()}\n", 1, None),
        (_on_paper(3), 3, None),
        (_on_paper(1), 3, OldPrint),
        (_on_paper(2), 3, OldPrint),
        (_on_paper(2), 1, ForgedPrint),  # a version that does not exist yet
        (_on_paper(1), 0, ForgedPrint),  # never printed
        (_on_paper(1, shop_id=2), 1, ForgedPrint),
        (_on_paper(1, ref="ABCDEFGH24").replace("GH24", "GH23"), 1, ForgedPrint),
        (_on_paper(1)[:-1] + ("2" if _on_paper(1)[-1] != "2" else "3"), 1, ForgedPrint),
        (_on_paper(1)[:-1], 1, UnknownCode),
        (_on_paper(1) + "2", 1, UnknownCode),
        (_on_paper(1).replace("P1", "D1"), 1, UnknownCode),
        (_on_paper(1).replace("P1", "P2"), 1, UnknownCode),
        ("P1..", 1, UnknownCode),
        ("P1.ABCDEFGH23.OOOOOOOOOOOOOOOO", 1, UnknownCode),
        ("https://dangol.test/s/ABC", 1, UnknownCode),
    ],
)
def test_a_printed_code(text: str, versions: int, refused: type[Refused] | None) -> None:
    def read() -> None:
        ref, mac = rules.read_printed_code(text)
        rules.check_print(keys=PRINTED[:versions], shop_id=1, ref=ref, mac=mac)

    if refused is None:
        read()
    else:
        with pytest.raises(refused) as told:
            read()
        assert type(told.value) is refused


def test_a_printed_code_is_no_rotating_one_and_fits_a_small_qr() -> None:
    code = _on_paper(1)
    assert set(code) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")
    assert (len(code), rules.is_printed(code.lower()), rules.is_printed("D1.A.B")) == (30, True, False)
    with pytest.raises(UnknownCode):
        rules.read_code(code)
