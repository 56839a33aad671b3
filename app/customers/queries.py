"""Reads about people and what they agreed to, shaped for pages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.exc import NoResultFound

from app.customers import rules
from app.customers.models import Consent, Customer, Device, OptOutLink, PhoneClaim, Suppression
from app.extensions import db
from app.shops.models import Shop


@dataclass(frozen=True)
class ConsentLine:
    """One line of what a person said: kind, action, the version of the text, when and where."""

    kind: str
    action: str
    text_version: str
    channels: str
    source: str
    at: datetime


@dataclass(frozen=True)
class MyDetails:
    """What a person sees of their own data. `standing`: which consents hold now."""

    name: str
    phone: str | None
    likes: str
    memo: str
    source: str
    joined_at: datetime
    first_visit_at: datetime | None
    last_visit_at: datetime | None
    visit_count: int
    email: str | None
    email_checked_at: datetime | None
    email_failed_at: datetime | None
    phone_checked_at: datetime | None
    gender: str
    found_by: str
    standing: dict[str, bool]
    said: list[ConsentLine]


@dataclass(frozen=True)
class OptOutPage:
    """Whose messages an opt-out link refuses. `since`: from when on the person gets no ads at all, or None."""

    shop_name: str
    shop_phone: str
    since: datetime | None


def my_details(*, shop_id: int, customer_id: int) -> MyDetails:
    """Return a person's own data, with the number they typed last: also one that another card has.

    The page must not tell a taken number from a free one (S06).
    Raises NoResultFound for a person of another shop or an erased one.
    """
    known = _details(shop_id=shop_id, customer_id=customer_id)
    typed = _claimed_phone(shop_id=shop_id, customer_id=customer_id)
    return known if typed is None else replace(known, phone=typed, phone_checked_at=None)


def works_here(*, shop_id: int, customer_id: int) -> bool:
    """Tell whether a card is that of somebody who works in the shop."""
    found = select(Customer.staff_id).where(Customer.shop_id == shop_id, Customer.id == customer_id)
    return db.session.scalar(found) is not None


def _claimed_phone(*, shop_id: int, customer_id: int) -> str | None:
    return db.session.scalar(
        select(PhoneClaim.phone)
        .where(PhoneClaim.shop_id == shop_id, PhoneClaim.customer_id == customer_id)
        .order_by(PhoneClaim.id.desc())
        .limit(1)
    )


def _details(*, shop_id: int, customer_id: int) -> MyDetails:
    row = db.session.execute(
        select(
            Customer.name,
            Customer.phone,
            Customer.likes,
            Customer.memo,
            Customer.source,
            Customer.joined_at,
            Customer.first_visit_at,
            Customer.last_visit_at,
            Customer.visit_count,
            Customer.email,
            Customer.email_checked_at,
            Customer.email_failed_at,
            Customer.phone_checked_at,
            Customer.gender,
            Customer.found_by,
        ).where(Customer.shop_id == shop_id, Customer.id == customer_id, Customer.erased_at.is_(None))
    ).one()
    said = [
        ConsentLine(*line)
        for line in db.session.execute(
            select(
                Consent.kind,
                Consent.action,
                Consent.text_version,
                Consent.channels,
                Consent.source,
                Consent.at,
            )
            .where(Consent.shop_id == shop_id, Consent.customer_id == customer_id)
            .order_by(Consent.id)
        )
    ]
    standing = rules.standing([(line.kind, line.action) for line in said])
    return MyDetails(**row._mapping, standing=standing, said=said)


def person(*, shop_id: int, customer_id: int) -> MyDetails | None:
    """Return the same for the shop's own page, with the number that is really this card's.

    None for another shop's person or an erased one (S05).
    """
    try:
        return _details(shop_id=shop_id, customer_id=customer_id)
    except NoResultFound:
        return None


@dataclass(frozen=True)
class SameNumber:
    """A number typed on one card while another has it; the shop settles it in person."""

    phone: str
    customer_id: int | None  # the other card's person; None once that card is gone
    name: str


def same_number(*, shop_id: int, customer_id: int) -> SameNumber | None:
    """Return the number this person typed that another card of the shop has, or None."""
    phone = _claimed_phone(shop_id=shop_id, customer_id=customer_id)
    if phone is None:
        return None
    other = db.session.execute(
        select(Customer.id, Customer.name).where(Customer.shop_id == shop_id, Customer.phone == phone)
    ).one_or_none()
    return SameNumber(phone, *other) if other else SameNumber(phone, None, "")


def opt_out_page(token: str) -> OptOutPage | None:
    """Return whose messages this link refuses; looking changes nothing (S14)."""
    row = db.session.execute(
        select(
            Shop.name,
            Shop.phone,
            OptOutLink.shop_id,
            OptOutLink.address_key,
            OptOutLink.email_key,
            Customer.id.label("customer_id"),  # None once they left: then only the addresses count
            Customer.phone_key,
            case((Customer.email_checked_at.is_not(None), Customer.email_key), else_="").label("mail_now"),
        )
        .join(OptOutLink, OptOutLink.shop_id == Shop.id)
        .outerjoin(
            Customer,
            (Customer.shop_id == OptOutLink.shop_id)
            & (Customer.id == OptOutLink.customer_id)
            & Customer.erased_at.is_(None),
        )
        .where(OptOutLink.token == token)
    ).one_or_none()
    if row is None:
        return None
    # The link's own addresses are those of the last ad; what the person holds now counts as well.
    keys = {row.address_key, row.email_key, row.phone_key, row.mail_now} - {"", None}
    refused = db.session.scalars(
        select(Suppression.at).where(
            Suppression.shop_id == row.shop_id,
            Suppression.address_key.in_(keys),
            Suppression.lifted_at.is_(None),
        )
    ).all()
    said = db.session.execute(
        select(Consent.kind, Consent.action)
        .where(Consent.shop_id == row.shop_id, Consent.customer_id == row.customer_id)
        .order_by(Consent.id)
    )
    standing = rules.standing([(kind, action) for kind, action in said])
    # While one of them may still get ads, or a consent to ads stands, there is something left to refuse.
    is_over = len(refused) == len(keys) > 0 and not any(standing[kind] for kind in rules.AD_KINDS)
    return OptOutPage(row.name, row.phone, max(refused) if is_over else None)


def browsers_of(*, shop_id: int, customer_id: int) -> int:
    """Return how many browsers hold this person's card."""
    return int(
        db.session.scalar(
            select(func.count()).where(Device.shop_id == shop_id, Device.customer_id == customer_id)
        )
        or 0
    )
