"""Who is left out on purpose, to see what a message brings: one in ten, the same ones for as long as it is compared.

Pure. Only of greetings that nobody was promised and nobody waits for. A birthday comes once a year, a coupon that
was asked for is owed, and what the law or the card's rule says is sent to everybody.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta

from app.kit.signing import keyed_hash
from app.messages.contract import Capabilities, Kind
from app.messages.rules import Person

PERCENT = 10
# Fewer people in reach say nothing as numbers: then nobody is left out, and people are named.
LEAST = 300
# What is compared already goes on down to here: a person more or less does not begin it anew.
LEAST_TO_GO_ON = 270
# So long one tenth goes without; then another one does.
ROUND = timedelta(days=180)
KINDS = frozenset({"come_back", "dormant", "repurchase", "thank_you"})
CAMPAIGN = "campaign"
CODE = "held_out"
REASON = "효과를 보려고 일부러 보내지 않았어요. 열 분 중 한 분이에요."

# What somebody does within so many days counts as its doing, and the same days are looked at of who got none.
_DAYS = {CAMPAIGN: 14, "repurchase": 21}
_USUAL_DAYS = 30
# A second stamp of the visit that brought the thanks about is no coming again.
_BEGINS = {"thank_you": timedelta(hours=6)}


def is_held_out(master: bytes, *, shop_id: int, customer_id: int, what: str) -> bool:
    """Tell whether a person gets none of `what`: a kind with the day its comparison began, or "campaign:12"."""
    return int(keyed_hash(master, f"holdout:{shop_id}:{what}", str(customer_id)), 16) % 100 < PERCENT


def round_of(kind: str, began: str) -> str:
    """Return what a comparison is called in is_held_out: another one leaves out other people."""
    return f"{kind}:{began}"


def may_compare(kind: Kind) -> bool:
    """Tell whether it is fair to leave people out of a kind at all."""
    return kind.key in KINDS and kind.is_ad and not kind.statutory


def goes_on(began: str, *, reached: int, is_wanted: bool, today: date) -> str:
    """Return the day a kind's comparison began or begins ("2026-11-27"), "" for none.

    `began`: as it stands now; `reached`: people its messages can travel to. It begins with a whole day.
    """
    if not is_wanted or reached < (LEAST_TO_GO_ON if began else LEAST):
        return ""
    if began and today - date.fromisoformat(began) < ROUND:
        return began
    return (today + timedelta(days=1)).isoformat()


def days_of(what: str) -> int:
    """Return how many days count after a message; `what` is a kind or "campaign:12"."""
    return _DAYS.get(what.partition(":")[0], _USUAL_DAYS)


def counts_from(what: str, planned_at: datetime) -> datetime:
    """Return from when on somebody's coming counts, of a message that was planned at this moment."""
    return planned_at + _BEGINS.get(what, timedelta(0))


def is_reachable(person: Person, kind: Kind, ways: Collection[str], of: Mapping[str, Capabilities]) -> bool:
    """Tell whether one of these ways may carry an ad of a kind to a person at all; `of`: channel → what it can."""
    if person.erased or not person.age14 or (kind.personal_offer and not person.marketing):
        return False
    return any(_carries(of[way], person) for way in ways)


def _carries(channel: Capabilities, person: Person) -> bool:
    """Tell whether a channel may bring an ad to a person: each has its own address and its own consent (망법 50조①)."""
    if channel.address == "email":
        return person.ads_email and not person.refused_email
    if channel.address == "push":  # needs no number: a browser that holds their card is enough
        return person.has_push and person.ads_push
    return person.has_phone and person.ads and not person.refused and not person.phone_failed
