"""Six digits as RFC 6238 has them, and secrets that only their own row and key can read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.kit import totp
from app.kit.sealing import Unreadable, seal, unseal

# "12345678901234567890" in base32, and the last six digits of RFC 6238 appendix B (SHA-1).
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
VECTORS = {
    59: "287082",
    1111111109: "081804",
    1111111111: "050471",
    1234567890: "005924",
    2000000000: "279037",
}
MASTER = b"a master key of the tests, 32 by"


@pytest.mark.parametrize("seconds", VECTORS)
def test_the_vectors_of_the_rfc(seconds: int) -> None:
    moment = datetime.fromtimestamp(seconds, UTC)
    assert totp.code_at(SECRET, totp.step_of(moment)) == VECTORS[seconds]
    assert totp.matching_step(SECRET, VECTORS[seconds], moment) == seconds // 30


@pytest.mark.parametrize(
    ("seconds_off", "fits"), [(-61, False), (-30, True), (0, True), (30, True), (61, False)]
)
def test_one_step_early_or_late_is_taken(seconds_off: int, fits: bool) -> None:
    moment = datetime.fromtimestamp(1234567890, UTC)
    found = totp.matching_step(SECRET, VECTORS[1234567890], moment + timedelta(seconds=seconds_off))
    assert (found is not None) == fits


@pytest.mark.parametrize("typed", ["", "12345", "0059244", "００５９２４", "abcdef"])
def test_what_is_no_code_matches_nothing(typed: str) -> None:
    assert totp.matching_step(SECRET, typed, datetime.fromtimestamp(1234567890, UTC)) is None


def test_a_secret_is_sealed_for_one_row_and_one_purpose() -> None:
    sealed = seal(MASTER, "second step", SECRET, bound_to="1:2")
    assert SECRET not in sealed
    assert sealed != seal(MASTER, "second step", SECRET, bound_to="1:2")
    assert len(sealed) <= 200
    assert unseal(MASTER, "second step", sealed, bound_to="1:2") == SECRET
    wrong = [
        (MASTER, "second step", sealed, "1:3"),
        (MASTER, "another", sealed, "1:2"),
        (b"another master key, also 32 byte", "second step", sealed, "1:2"),
        (MASTER, "second step", sealed[:-4] + "AAA=", "1:2"),
        (MASTER, "second step", "", "1:2"),
    ]
    for master, purpose, text, whose in wrong:
        with pytest.raises(Unreadable):
            unseal(master, purpose, text, bound_to=whose)
