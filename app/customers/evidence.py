"""Reads what proves a person's consent: what, when, where, the exact words; and what was refused since.

망법 50조 asks for a consent that can be shown, and a shop that is asked for it has this page alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.customers import merges, rules, texts
from app.customers.models import Consent, Customer, Suppression
from app.customers.rules import AD_KINDS
from app.extensions import db


@dataclass(frozen=True)
class Said:
    """One line of evidence. `words`: everything that was shown with the box; "" when that text is not ours to show."""

    id: int
    kind: str
    action: str  # grant | decline | withdraw | merge
    channels: str
    source: str
    at: datetime
    ip: str
    user_agent: str
    text_version: str
    text_hash: str
    words: str
    on_other_card: bool  # on one that went into theirs: it stands as it was said


@dataclass(frozen=True)
class Refused:
    """A refusal of all ads that stands, or stood until the person asked for them again."""

    at: datetime
    source: str
    lifted_at: datetime | None


@dataclass(frozen=True)
class Evidence:
    """All of it about one person, oldest first, with what was said on cards that went into theirs."""

    name: str
    phone: str | None
    joined_at: datetime
    said: list[Said]
    refused: list[Refused]


def evidence(*, shop_id: int, customer_id: int) -> Evidence | None:
    """Return a person's evidence; None for another shop's person or one who left."""
    person = db.session.execute(
        select(
            Customer.name,
            Customer.phone,
            Customer.joined_at,
            Customer.phone_key,
            Customer.email_key,
        ).where(Customer.shop_id == shop_id, Customer.id == customer_id, Customer.erased_at.is_(None))
    ).one_or_none()
    if person is None:
        return None
    everybody = merges.people_in(db.session, shop_id=shop_id, customer_id=customer_id)
    rows = db.session.scalars(
        select(Consent)
        .where(Consent.shop_id == shop_id, Consent.customer_id.in_(everybody))
        .order_by(Consent.at, Consent.id)
    )
    said = [
        Said(
            id=row.id,
            kind=row.kind,
            action=row.action,
            channels=row.channels,
            source=row.source,
            at=row.at,
            ip=row.ip,
            user_agent=row.user_agent,
            text_version=row.text_version,
            text_hash=row.text_hash,
            words=texts.shown(row.text_hash),
            on_other_card=row.customer_id != customer_id,
        )
        for row in rows
    ]
    keys = {person.phone_key, person.email_key} - {""}
    refused = db.session.execute(
        select(Suppression.at, Suppression.source, Suppression.lifted_at)
        .where(
            Suppression.shop_id == shop_id,
            Suppression.address_key.in_(keys) | Suppression.customer_id.in_(everybody),
        )
        .order_by(Suppression.at)
    )
    return Evidence(
        name=person.name,
        phone=person.phone,
        joined_at=person.joined_at,
        said=said,
        refused=[Refused(*row) for row in refused],
    )


def gets_ads(*, shop_id: int, customer_id: int) -> bool:
    """Tell whether a consent of this person to ads stands, on whatever way."""
    rows = db.session.execute(
        select(Consent.kind, Consent.action)
        .where(Consent.shop_id == shop_id, Consent.customer_id == customer_id, Consent.kind.in_(AD_KINDS))
        .order_by(Consent.id)
    )
    return any(rules.standing([(kind, action) for kind, action in rows])[kind] for kind in AD_KINDS)


def refused_total(shop_id: int) -> int:
    """Return how many addresses refuse ads of this shop."""
    return int(
        db.session.scalar(
            select(func.count(Suppression.id)).where(
                Suppression.shop_id == shop_id, Suppression.lifted_at.is_(None)
            )
        )
        or 0
    )
