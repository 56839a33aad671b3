"""Reads whether somebody looked whose card this is before it is spent from, and who did so without the card."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, bindparam, func, or_, select

from app.cards.counter_models import CardCheck
from app.cards.models import Claim, LedgerEntry
from app.cards.rules import LIVE_SECONDS
from app.customers.models import Customer
from app.extensions import db
from app.kit.columns import UtcDateTime
from app.shops.models import Staff

_SHOP: Any = bindparam("shop", type_=BigInteger)
_CARD: Any = bindparam("card", type_=BigInteger)
_SINCE, _NOW = bindparam("live_since", type_=UtcDateTime()), bindparam("now", type_=UtcDateTime())
_SCANNED = (
    select(LedgerEntry.id)
    .where(
        LedgerEntry.shop_id == _SHOP,
        LedgerEntry.card_id == _CARD,
        LedgerEntry.at.between(_SINCE, _NOW),
        LedgerEntry.how == "scan",
        # Too soon or over the cap: there is no stamp, but the card was here. An old picture of it was not.
        or_(LedgerEntry.kind == "earn", LedgerEntry.reason.in_(("too_soon", "over_cap", "over_scan"))),
    )
    .exists()
)
_ASKED = (
    select(Claim.id)
    .where(
        Claim.shop_id == _SHOP,
        Claim.card_id == _CARD,
        Claim.state == "approved",
        Claim.via != "kiosk",  # anybody can type anybody's number
        Claim.created_at.between(_SINCE, _NOW),
    )
    .exists()
)
_CHECKED = select(CardCheck.id).where(
    CardCheck.shop_id == _SHOP,
    CardCheck.card_id == _CARD,
    CardCheck.at.between(_SINCE, _NOW),
)
# The columns that say it, for a statement about a card; what they ask of it besides: of_checks().
CHECKED = (
    or_(_SCANNED, _ASKED, _CHECKED.where(CardCheck.what == "live").exists()).label("live"),
    _CHECKED.where(CardCheck.what != "live").exists().label("by_staff"),
)
_HOW_CHECKED = select(*CHECKED)


@dataclass(frozen=True)
class CheckLine:
    """One time somebody looked at the person instead of the card. `what`: number | known | paper."""

    what: str
    at: datetime
    card_id: int
    name: str
    staff_id: int
    staff: str
    visit_count: int


def how_checked(*, shop_id: int, card_id: int, now: datetime) -> str:
    """Return how the holder of a card was checked within LIVE_SECONDS: live_card, staff_check, or "".

    Live is the card itself: its rotating code was scanned, or its holder asked for a stamp that was approved.
    A printed card, digits and a tablet's number pad never are.
    """
    row = db.session.execute(_HOW_CHECKED, {"shop": shop_id, "card": card_id, **of_checks(now)}).one()
    return "live_card" if row.live else "staff_check" if row.by_staff else ""


def of_checks(now: datetime) -> dict[str, datetime]:
    """Return what a statement with CHECKED must be told beside the shop and the card."""
    return {"live_since": now - timedelta(seconds=LIVE_SECONDS), "now": now}


def checks_without_card(
    *, shop_id: int, since: datetime | None = None, card_id: int | None = None, limit: int = 100
) -> list[CheckLine]:
    """Return when the staff looked at the person instead of the card, newest first: of the shop, or of one card."""
    query = (
        select(
            CardCheck.what,
            CardCheck.at,
            CardCheck.card_id,
            Customer.name,
            CardCheck.staff_id,
            Staff.name,
            Customer.visit_count,
        )
        .join(Customer, (Customer.shop_id == CardCheck.shop_id) & (Customer.id == CardCheck.customer_id))
        .join(Staff, (Staff.shop_id == CardCheck.shop_id) & (Staff.id == CardCheck.staff_id))
        .where(CardCheck.shop_id == shop_id, CardCheck.what != "live")
    )
    if since is not None:
        query = query.where(CardCheck.at >= since)
    if card_id is not None:
        query = query.where(CardCheck.card_id == card_id)
    rows = db.session.execute(query.order_by(CardCheck.at.desc(), CardCheck.id.desc()).limit(limit))
    return [CheckLine(*row) for row in rows]


def count_without_card(
    *, shop_id: int, since: datetime, card_id: int | None = None, staff_id: int | None = None
) -> int:
    """Return how often a card was, or a staff member has, looked at the person instead of the card since then."""
    query = select(func.count(CardCheck.id)).where(
        CardCheck.shop_id == shop_id, CardCheck.what != "live", CardCheck.at >= since
    )
    if card_id is not None:
        query = query.where(CardCheck.card_id == card_id)
    if staff_id is not None:
        query = query.where(CardCheck.staff_id == staff_id)
    return int(db.session.scalar(query) or 0)


def looked_without_card(*, shop_id: int, since: datetime, until: datetime) -> dict[int, int]:
    """Return how often each of the staff looked at the person instead of the card between two moments, by id."""
    rows = db.session.execute(
        select(CardCheck.staff_id, func.count(CardCheck.id))
        .where(
            CardCheck.shop_id == shop_id,
            CardCheck.what != "live",
            CardCheck.at >= since,
            CardCheck.at < until,
        )
        .group_by(CardCheck.staff_id)
    )
    return {row[0]: row[1] for row in rows}
