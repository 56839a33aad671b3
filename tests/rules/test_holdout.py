"""When comparing begins and ends, and who can be reached at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from app.messages import holdout, registry
from app.messages.contract import Capabilities
from app.messages.rules import Person

TODAY = date(2026, 11, 26)
EVERYTHING = Person(
    has_phone=True, age14=True, marketing=True, ads=True, ads_night=False, refused=False, erased=False,
    has_email=True, email_checked=True,
)  # fmt: skip
CAN = {
    "text": Capabilities(transmits=True),
    "mail": Capabilities(transmits=True, address="email", consent="ads_email"),
    "push": Capabilities(transmits=True, address="push", consent="ads_push"),
}


@pytest.mark.parametrize(
    ("began", "reached", "is_wanted", "then"),
    [
        ("", 299, True, ""),
        ("", 300, True, "2026-11-27"),  # a whole day
        ("", 300, False, ""),
        ("2026-11-01", 300, True, "2026-11-01"),
        ("2026-11-01", 270, True, "2026-11-01"),  # a few less do not begin it anew
        ("2026-11-01", 269, True, ""),
        ("2026-11-01", 300, False, ""),
        ("2026-11-27", 300, True, "2026-11-27"),  # it begins tomorrow
        ("2026-05-31", 300, True, "2026-05-31"),
        ("2026-05-30", 300, True, "2026-11-27"),  # after 180 days another tenth
    ],
)
def test_when_comparing_begins_and_ends(began: str, reached: int, is_wanted: bool, then: str) -> None:
    assert holdout.goes_on(began, reached=reached, is_wanted=is_wanted, today=TODAY) == then


@pytest.mark.parametrize(
    ("ways", "lacks", "is_reached"),
    [
        (("text",), {}, True),
        ((), {}, False),
        (("text",), {"has_phone": False}, False),
        (("text",), {"ads": False}, False),
        (("text",), {"refused": True}, False),
        (("text",), {"phone_failed": True}, False),
        (("text",), {"age14": False}, False),
        (("text",), {"erased": True}, False),
        (("text",), {"marketing": False}, True),  # a greeting is no personal offer
        (("mail",), {}, False),
        (("mail",), {"ads_email": True}, True),
        (("mail",), {"ads_email": True, "refused_email": True}, False),
        (("text", "mail"), {"ads": False, "ads_email": True}, True),
        (("push",), {}, False),
        (("push",), {"has_push": True}, False),
        (("push",), {"ads_push": True}, False),
        (("push",), {"has_phone": False, "ads": False, "has_push": True, "ads_push": True}, True),
        (("push",), {"has_push": True, "ads_push": True, "age14": False}, False),
    ],
)
def test_who_is_reached(ways: tuple[str, ...], lacks: dict[str, Any], is_reached: bool) -> None:
    kind = registry.kind("thank_you")
    assert holdout.is_reachable(replace(EVERYTHING, **lacks), kind, ways, CAN) is is_reached
    offer = replace(kind, personal_offer=True)
    person = replace(EVERYTHING, **{**lacks, "marketing": False})
    assert not holdout.is_reachable(person, offer, ways, CAN)


def test_the_visit_that_is_thanked_for_is_no_coming_again() -> None:
    at = datetime(2026, 11, 26, 5, 0, tzinfo=UTC)
    assert holdout.counts_from("thank_you", at) == at + timedelta(hours=6)
    assert holdout.counts_from("come_back", at) == at
    days = [holdout.days_of(what) for what in ("thank_you", "repurchase", "campaign:12", "campaign")]
    assert days == [30, 21, 14, 14]
