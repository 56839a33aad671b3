"""Reads about people and what they agreed to, shaped for pages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import case, false, func, or_, select, tuple_
from sqlalchemy.exc import NoResultFound

from app.customers import rules
from app.customers.models import Consent, Customer, Device, OptOutLink, PhoneClaim, Suppression
from app.extensions import db
from app.kit.keyset import read_place, write_place
from app.kit.phone import korean_mobile
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


@dataclass(frozen=True)
class PersonLine:
    """One row of the people list."""

    id: int
    name: str
    phone: str | None
    visit_count: int
    last_visit_at: datetime | None
    likes: str


@dataclass(frozen=True)
class PeoplePage:
    """Some rows, the one who came last on top; `after` asks for the next ones, None at the end."""

    lines: list[PersonLine]
    after: str | None


def people(*, shop_id: int, typed: str = "", after: str | None = None, limit: int = 30) -> PeoplePage:
    """Return people by their last visit, found by a part of the name or the last digits of the number.

    Keyset: `after` is the last row's place ("v<microseconds>.<id>", "n<id>" among those who never came).
    A place that can't be read begins at the top.
    """
    where = [Customer.shop_id == shop_id, Customer.erased_at.is_(None), *_fitting(typed)]
    place = read_place(after)
    lines: list[PersonLine] = []
    if place is None or place[0] is not None:
        came = [*where, Customer.last_visit_at.is_not(None)]
        if place is not None:
            came.append(tuple_(Customer.last_visit_at, Customer.id) < tuple_(*place))
        lines = _lines(came, (Customer.last_visit_at.desc(), Customer.id.desc()), limit + 1)
    if len(lines) <= limit:
        never = [*where, Customer.last_visit_at.is_(None)]
        if place is not None and place[0] is None:
            never.append(Customer.id < place[1])
        lines += _lines(never, (Customer.id.desc(),), limit + 1 - len(lines))
    shown = lines[:limit]
    if len(lines) <= limit:
        return PeoplePage(shown, None)
    return PeoplePage(shown, write_place(shown[-1].last_visit_at, shown[-1].id))


def _fitting(typed: str) -> list[Any]:
    text = " ".join(typed.split())[:40]
    if not text:
        return []
    digits = "".join(char for char in text if char.isascii() and char.isdigit())
    if digits and not any(char.isalpha() for char in text):
        if len(digits) == 4:
            return [Customer.phone_tail == digits]
        if len(digits) < 4:
            return [Customer.phone_tail.endswith(digits)]
        whole = korean_mobile(digits)
        # No whole number is nobody's: compared with nothing it would be everybody without a number.
        return [Customer.phone == whole if whole else false()]
    # Koreans are called by the given name: "민지" must find 김민지.
    return [or_(Customer.name.contains(text, autoescape=True), Customer.name == text)]


def _lines(where: list[Any], order: tuple[Any, ...], limit: int) -> list[PersonLine]:
    rows = db.session.execute(
        select(
            Customer.id,
            Customer.name,
            Customer.phone,
            Customer.visit_count,
            Customer.last_visit_at,
            Customer.likes,
        )
        .where(*where)
        .order_by(*order)
        .limit(limit)
    )
    return [PersonLine(*row) for row in rows]


def browsers_of(*, shop_id: int, customer_id: int) -> int:
    """Return how many browsers hold this person's card."""
    return int(
        db.session.scalar(
            select(func.count()).where(Device.shop_id == shop_id, Device.customer_id == customer_id)
        )
        or 0
    )
