"""Changes to people, their consents and their devices. Flush, never commit."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from app.customers import rules
from app.customers.models import Consent, Customer, Device, OptOutLink, PhoneClaim, Suppression
from app.customers.texts import CONSENT_TEXTS, TEXT_VERSION
from app.kit.signing import new_token, token_hash

AD_CHANNELS = "문자"


@dataclass(frozen=True)
class Trace:
    """From where a person acted: what consent evidence needs."""

    source: str
    ip: str
    user_agent: str


def add_customer(session: Any, *, shop_id: int, source: str, now: datetime) -> Customer:
    """Add a person about whom nothing is known yet."""
    customer = Customer(shop_id=shop_id, source=source, joined_at=now)
    session.add(customer)
    session.flush()
    return customer


def add_device(
    session: Any, *, shop_id: int, customer_id: int, browser_token: str, user_agent: str, now: datetime
) -> None:
    """Let a browser hold the person's card. The unique (browser, shop) decides between two taps."""
    session.add(
        Device(
            shop_id=shop_id,
            customer_id=customer_id,
            browser_hash=token_hash(browser_token),
            created_at=now,
            seen_at=now,
            user_agent=user_agent[:200],
        )
    )
    session.flush()


def customer_of_browser(session: Any, *, shop_id: int, browser_token: str) -> Customer | None:
    """Return the person whose card this browser holds in the shop."""
    found: Customer | None = session.scalar(
        select(Customer)
        .join(Device, (Device.shop_id == Customer.shop_id) & (Device.customer_id == Customer.id))
        .where(Device.shop_id == shop_id, Device.browser_hash == token_hash(browser_token))
    )
    return found


def customer(session: Any, *, shop_id: int, customer_id: int, lock: bool = False) -> Customer | None:
    """Return a living person of this shop; `lock` holds the row until the flow ends (PostgreSQL)."""
    query = select(Customer).where(
        Customer.shop_id == shop_id, Customer.id == customer_id, Customer.erased_at.is_(None)
    )
    found: Customer | None = session.scalar(query.with_for_update() if lock else query)
    return found


def give_phone(session: Any, *, person: Customer, phone: str, now: datetime) -> bool:
    """Give a person a number, or note the wish when another card of the shop has it. True when given."""
    taken = session.scalar(
        select(Customer.id).where(
            Customer.shop_id == person.shop_id, Customer.phone == phone, Customer.id != person.id
        )
    )
    if taken is None:
        person.phone = phone
        person.phone_tail = phone[-4:]
        session.flush()
        return True
    noted = select(PhoneClaim.id).where(
        PhoneClaim.shop_id == person.shop_id, PhoneClaim.customer_id == person.id, PhoneClaim.phone == phone
    )
    if session.scalar(noted) is None:
        session.add(PhoneClaim(shop_id=person.shop_id, customer_id=person.id, phone=phone, at=now))
        session.flush()
    return False


def answered(session: Any, *, person: Customer) -> set[str]:
    """Return the kinds of consent that a person has answered, one way or the other."""
    kinds = select(Consent.kind).where(Consent.shop_id == person.shop_id, Consent.customer_id == person.id)
    return set(session.scalars(kinds))


def standing(session: Any, *, person: Customer) -> dict[str, bool]:
    """Return which consents of a person hold now, by kind."""
    rows = session.execute(
        select(Consent.kind, Consent.action)
        .where(Consent.shop_id == person.shop_id, Consent.customer_id == person.id)
        .order_by(Consent.id)
    )
    return rules.standing([(kind, action) for kind, action in rows])


def record_consent(
    session: Any, *, person: Customer, kind: str, action: str, phone_key: str, trace: Trace, now: datetime
) -> Consent:
    """Append one line of consent evidence with the exact text that was shown."""
    row = Consent(
        shop_id=person.shop_id,
        customer_id=person.id,
        kind=kind,
        action=action,
        channels=AD_CHANNELS if kind in ("ads", "ads_night") else "",
        text_version=TEXT_VERSION,
        text_hash=hashlib.sha256(CONSENT_TEXTS[kind].encode()).hexdigest(),
        source=trace.source,
        at=now,
        ip=trace.ip[:45],
        user_agent=trace.user_agent[:200],
        phone_key=phone_key,
    )
    session.add(row)
    session.flush()
    return row


def opt_out_link(session: Any, *, shop_id: int, customer_id: int, address_key: str, now: datetime) -> str:
    """Return the person's free opt-out token, made once and good for years (S14: 128 bits)."""
    link = session.scalar(
        select(OptOutLink).where(OptOutLink.shop_id == shop_id, OptOutLink.customer_id == customer_id)
    )
    if link is None:
        link = OptOutLink(
            shop_id=shop_id,
            customer_id=customer_id,
            token=new_token(),
            address_key=address_key,
            created_at=now,
        )
        session.add(link)
    link.address_key = address_key or link.address_key
    session.flush()
    token: str = link.token
    return token


def opt_out_by_token(session: Any, *, token: str) -> OptOutLink | None:
    """Return the opt-out link a message carried."""
    found: OptOutLink | None = session.scalar(select(OptOutLink).where(OptOutLink.token == token))
    return found


def suppress(
    session: Any, *, shop_id: int, address_key: str, source: str, now: datetime
) -> tuple[Suppression, bool]:
    """Never send ads to this address again. Returns the row and whether it is new or renewed."""
    row = session.scalar(
        select(Suppression).where(Suppression.shop_id == shop_id, Suppression.address_key == address_key)
    )
    if row is not None and row.lifted_at is None:
        return row, False
    if row is None:
        row = Suppression(shop_id=shop_id, address_key=address_key, at=now, source=source)
        session.add(row)
    row.at, row.source, row.lifted_at = now, source, None
    session.flush()
    return row, True


def lift_suppression(session: Any, *, shop_id: int, address_key: str, now: datetime) -> None:
    """The person asked for messages again: the address is free from now on."""
    session.execute(
        update(Suppression)
        .where(Suppression.shop_id == shop_id, Suppression.address_key == address_key)
        .values(lifted_at=now)
    )


def forget(session: Any, *, person: Customer, now: datetime) -> None:
    """Take away everything that names a person (개인정보 보호법 21조); evidence and sums stay."""
    person.name = person.memo = person.likes = ""
    person.phone = person.phone_tail = None
    person.erased_at = now
    for table in (Device, PhoneClaim):
        session.query(table).filter_by(shop_id=person.shop_id, customer_id=person.id).delete()
    session.query(Consent).filter_by(shop_id=person.shop_id, customer_id=person.id).update(
        {"ip": "", "user_agent": ""}
    )
    session.flush()
