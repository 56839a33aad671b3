"""PINs, names and roles, and what the hash of a line of the record holds: tables."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from app.kit.refusals import Invalid
from app.shops import rules


@pytest.mark.parametrize("pin", ["4719", " 8305 ", "90210", "271828", "1357"])
def test_pins_that_are_taken(pin: str) -> None:
    assert rules.clean_pin(pin) == pin.strip()


@pytest.mark.parametrize(
    ("pin", "why"),
    [
        *((pin, "너무 쉬운") for pin in ("0000", "777777", "1234", "4321", "234567", "8901", "2109", "4747")),
        *((pin, "너무 쉬운") for pin in ("121212", "2580", "1004", "1122")),
        *((pin, "네 개에서 여섯 개") for pin in ("", "123", "1234567", "12a4", "١٢٣٤", "4719 2", "-471")),
    ],
)
def test_pins_that_are_refused(pin: str, why: str) -> None:
    with pytest.raises(Invalid) as refused:
        rules.clean_pin(pin)
    assert why in refused.value.fields["pin"]


@pytest.mark.parametrize(
    ("name", "role", "wrong"),
    [
        (" 박  점장 ", "manager", set()),
        ("", "staff", {"name"}),
        ("가" * 21, "staff", {"name"}),
        ("박점장", "boss", {"role"}),
        (" ", "", {"name", "role"}),
    ],
)
def test_what_a_person_is_called_and_may_do(name: str, role: str, wrong: set[str]) -> None:
    if wrong:
        with pytest.raises(Invalid) as refused:
            rules.clean_person(name=name, role=role)
        assert set(refused.value.fields) == wrong
    else:
        assert rules.clean_person(name=name, role=role) == ("박 점장", role)


def test_nobody_is_more_than_a_manager_on_a_shared_device() -> None:
    assert [rules.role_on_shared(role) for role in rules.ROLES] == ["staff", "manager", "manager"]


LINE: dict[str, Any] = {
    "shop_id": 1,
    "number": 2,
    "at": datetime(2026, 11, 23, 5, 49, 0, 17, UTC),
    "staff_id": 3,
    "what": "staff_added",
    "subject": "staff:4",
    "detail": "manager",
    "hash_before": "ab" * 32,
}


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("shop_id", 2), ("number", 3), ("at", LINE["at"] + timedelta(microseconds=1)), ("staff_id", None),
        ("what", "staff_ended"), ("subject", "staff:5"), ("detail", "staff"), ("hash_before", ""),
    ],
)  # fmt: skip
def test_every_fact_of_a_line_is_in_its_hash(name: str, other: Any) -> None:
    assert rules.line_hash(**LINE) != rules.line_hash(**LINE | {name: other})


def test_words_do_not_slip_from_one_field_into_the_next() -> None:
    moved = LINE | {"subject": "staff:4manager", "detail": ""}
    assert rules.line_hash(**LINE) != rules.line_hash(**moved)
    seoul = LINE | {"at": LINE["at"].astimezone(timezone(timedelta(hours=9)))}
    assert rules.line_hash(**LINE) == rules.line_hash(**seoul), "a moment is the same moment everywhere"
