"""What may be promised, how long it holds, and how a repair goes: tables."""

from __future__ import annotations

from datetime import date

import pytest

from app.kit.refusals import Invalid
from app.warranties import repair_rules, rules

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("bought", "months", "last"),
    [
        (date(2026, 11, 23), 12, date(2027, 11, 23)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 3, 1), 120, date(2036, 3, 1)),
    ],
)
def test_a_period_ends_on_the_same_day_of_a_later_month(bought: date, months: int, last: date) -> None:
    assert rules.last_day(bought, months) == last


@pytest.mark.parametrize(
    ("until", "words"),
    [
        (TODAY, "오늘까지예요"),
        (date(2026, 11, 24), "1일 남았어요"),
        (date(2026, 12, 22), "29일 남았어요"),
        (date(2026, 12, 23), "1개월 남았어요"),
        (date(2027, 11, 22), "11개월 남았어요"),
        (date(2027, 11, 23), "1년 남았어요"),
        (date(2028, 2, 1), "1년 2개월 남았어요"),
        (date(2026, 11, 22), ""),
    ],
)
def test_what_is_left_is_said_in_words(until: date, words: str) -> None:
    assert rules.left_words(until, TODAY) == words


@pytest.mark.parametrize(
    ("held", "was_claimed", "ended", "until", "state"),
    [
        (False, False, False, None, "waiting"),
        (True, True, False, TODAY, "valid"),
        (True, True, False, date(2026, 11, 22), "over"),
        (True, True, True, TODAY, "ended"),
        (False, True, False, TODAY, "nobody"),
    ],
)
def test_where_one_stands(held: bool, was_claimed: bool, ended: bool, until: date | None, state: str) -> None:
    found = rules.state_of(is_held=held, is_claimed=was_claimed, is_ended=ended, until=until, today=TODAY)
    assert found == state
    assert state in rules.STATES


@pytest.mark.parametrize(
    ("typed", "serial"),
    [
        ("k7qm-4xzp", "K7QM4XZP"),
        (" K7QM 4XZP ", "K7QM4XZP"),
        ("K7QM4XZ", ""),
        ("K7QM4XZ0", ""),
        ("K7QM4XZO", ""),
        ("김민지", ""),
    ],
)
def test_a_serial_is_read_as_people_type_it(typed: str, serial: str) -> None:
    assert rules.read_serial(typed) == serial


def test_only_our_own_addresses_are_certificates() -> None:
    ref, secret = "a" * 20 + "-_", "K7QM4XZPK7QM4XZPK7QM4XZPK7"
    assert rules.read_check(f"https://dangol.test/w/{ref}") == ref
    assert rules.read_package(f"https://dangol.test/s/BOMNAL/package/{secret}") == secret
    for other in (
        "D1.ABC.DEF",
        f"https://x/w/{ref}x",
        "https://x/w/short",
        f"https://x/s/B/package/{secret[1:]}",
        "",
    ):
        assert not rules.is_warranty(other), other


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "가" * 61}, "name"),
        ({"months": "0"}, "months"),
        ({"months": "121"}, "months"),
        ({"months": "일년"}, "months"),
        ({"covers": "가" * 601}, "covers"),
        ({"care": "가" * 601}, "care"),
        ({"product": "x"}, "product"),
    ],
)
def test_what_cannot_be_promised_is_said_beside_its_field(changes: dict[str, str], field: str) -> None:
    said = {"name": "원목 의자", "product": "", "months": "12개월", "covers": "", "care": ""}
    assert rules.clean_kind(**said).months == 12
    with pytest.raises(Invalid) as refused:
        rules.clean_kind(**{**said, **changes})
    assert set(refused.value.fields) == {field}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"bought_on": "2026-11-24"}, "bought_on"),
        ({"bought_on": "2006-01-01"}, "bought_on"),
        ({"bought_on": "어제"}, "bought_on"),
        ({"channel": "moon"}, "channel"),
        ({"price": "-1"}, "price"),
        ({"price": "999999999"}, "price"),
    ],
)
def test_a_purchase_is_checked(changes: dict[str, str], field: str) -> None:
    said = {"bought_on": "2026-11-23", "channel": "shop", "price": "250,000원"}
    assert rules.clean_sale(**said, today=TODAY).price == 250_000
    with pytest.raises(Invalid) as refused:
        rules.clean_sale(**{**said, **changes}, today=TODAY)
    assert set(refused.value.fields) == {field}


def test_a_repair_goes_on_and_never_back() -> None:
    assert repair_rules.next_states("asked") == ("got", "working", "ready", "done", "refused")
    assert repair_rules.next_states("ready") == ("done", "refused")
    assert repair_rules.next_states("done") == repair_rules.next_states("refused") == ()
    for state, note in (("", ""), ("asked", ""), ("got", "가" * 201), ("refused", " ")):
        with pytest.raises(Invalid):
            repair_rules.clean_step(state=state, note=note)
