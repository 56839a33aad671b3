"""Changes to people, their consents and their devices. Flush, never commit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, select, true, update

from app.customers import celebrating, rules
from app.customers.models import Consent, Customer, Device, OptOutLink, PhoneClaim, Suppression
from app.customers.texts import CONSENT_TEXTS, TEXT_VERSION, text_hash
from app.kit.signing import token_hash

AD_CHANNELS = "문자"
MAIL_CHANNELS = "이메일"
PUSH_CHANNELS = "알림"

_CHANNELS = {
    "ads": AD_CHANNELS,
    "ads_night": AD_CHANNELS,
    "ads_email": MAIL_CHANNELS,
    "ads_push": PUSH_CHANNELS,
}

# Asked with every stamp or every message: built once.
_LIVING = select(Customer).where(
    Customer.shop_id == bindparam("shop"), Customer.id == bindparam("customer"), Customer.erased_at.is_(None)
)
_LIVING_LOCKED = _LIVING.with_for_update()


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
    held = token_hash(browser_token)
    hold(session, shop_id=shop_id, customer_id=customer_id, browser_hash=held, user_agent=user_agent, now=now)


def hold(
    session: Any, *, shop_id: int, customer_id: int, browser_hash: str, user_agent: str, now: datetime
) -> None:
    """The same for a browser of which we know only the hash: it waits at the counter."""
    facts = {"created_at": now, "seen_at": now, "user_agent": user_agent[:200]}
    session.add(Device(shop_id=shop_id, customer_id=customer_id, browser_hash=browser_hash, **facts))
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
    query = _LIVING_LOCKED if lock else _LIVING
    found: Customer | None = session.scalar(query, {"shop": shop_id, "customer": customer_id})
    return found


def hold_people(session: Any, *, shop_id: int, customer_ids: Sequence[int]) -> None:
    """Hold several people's rows until the flow ends, in one order so that nobody waits for each other (PostgreSQL)."""
    session.execute(
        select(Customer.id)
        .where(Customer.shop_id == shop_id, Customer.id.in_(customer_ids))
        .order_by(Customer.id)
        .with_for_update()
    )


def give_phone(session: Any, *, person: Customer, phone: str, key: str, now: datetime) -> bool:
    """Give a person a number, or note the wish when another card of the shop has it. True when given."""
    drop_claims(session, person=person, but=phone)
    taken = session.scalar(
        select(Customer.id).where(
            Customer.shop_id == person.shop_id, Customer.phone == phone, Customer.id != person.id
        )
    )
    if taken is None:
        person.phone = phone
        person.phone_tail = phone[-4:]
        person.phone_key = key
        person.phone_checked_at = None
        drop_claims(session, person=person)
        return True
    noted = select(PhoneClaim.id).where(
        PhoneClaim.shop_id == person.shop_id, PhoneClaim.customer_id == person.id, PhoneClaim.phone == phone
    )
    if session.scalar(noted) is None:
        session.add(PhoneClaim(shop_id=person.shop_id, customer_id=person.id, phone=phone, at=now))
        session.flush()
    return False


def drop_claims(session: Any, *, person: Customer, but: str | None = None) -> None:
    """Forget the taken numbers a person typed before: the last word counts, as it does for a free one."""
    session.flush()
    stale = delete(PhoneClaim).where(
        PhoneClaim.shop_id == person.shop_id, PhoneClaim.customer_id == person.id
    )
    session.execute(stale if but is None else stale.where(PhoneClaim.phone != but))


def claimed_phone(session: Any, *, person: Customer) -> str | None:
    """Return the number a person typed last while another card of the shop has it."""
    found: str | None = session.scalar(
        select(PhoneClaim.phone)
        .where(PhoneClaim.shop_id == person.shop_id, PhoneClaim.customer_id == person.id)
        .order_by(PhoneClaim.id.desc())
        .limit(1)
    )
    return found


def give_email(session: Any, *, person: Customer, email: str, key: str) -> None:
    """Note an e-mail address; nothing goes there before the person opened the link we send to it."""
    person.email, person.email_key = email, key
    person.email_checked_at = person.email_failed_at = None
    session.flush()


def drop_email(session: Any, *, person: Customer) -> None:
    """Forget a person's e-mail address."""
    person.email, person.email_key = None, ""
    person.email_checked_at = person.email_failed_at = None
    session.flush()


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
        channels=_CHANNELS.get(kind, ""),
        text_version=TEXT_VERSION,
        text_hash=text_hash(CONSENT_TEXTS[kind]),
        source=trace.source,
        at=now,
        ip=trace.ip[:45],
        user_agent=trace.user_agent[:200],
        phone_key=phone_key,
    )
    session.add(row)
    session.flush()
    return row


def last_consent(session: Any, *, person: Customer, kind: str) -> Consent:
    """Return what a person said last about one kind of consent. Raises NoResultFound when they never did."""
    row: Consent = session.scalars(
        select(Consent)
        .where(Consent.shop_id == person.shop_id, Consent.customer_id == person.id, Consent.kind == kind)
        .order_by(Consent.id.desc())
        .limit(1)
    ).one()
    return row


def opt_out_by_token(session: Any, *, token: str) -> OptOutLink | None:
    """Return the opt-out link a message carried."""
    found: OptOutLink | None = session.scalar(select(OptOutLink).where(OptOutLink.token == token))
    return found


def holder_of(session: Any, *, shop_id: int, phone: str) -> int | None:
    """Return the person of the shop who holds a number (E.164)."""
    found: int | None = session.scalar(
        select(Customer.id).where(
            Customer.shop_id == shop_id, Customer.phone == phone, Customer.erased_at.is_(None)
        )
    )
    return found


def suppress(
    session: Any, *, shop_id: int, customer_id: int | None, address_key: str, source: str, now: datetime
) -> tuple[Suppression, bool]:
    """Never send ads to this address (of nobody here: None) again. Returns the row and whether it is new or renewed."""
    row = session.scalar(
        select(Suppression).where(Suppression.shop_id == shop_id, Suppression.address_key == address_key)
    )
    if row is not None and row.lifted_at is None:
        return row, False
    if row is None:
        row = Suppression(shop_id=shop_id, address_key=address_key, at=now, source=source)
        session.add(row)
    row.at, row.source, row.customer_id, row.lifted_at = now, source, customer_id, None
    session.flush()
    return row, True


def lift_suppression(session: Any, *, person: Customer, address_key: str, now: datetime) -> None:
    """The person who refused asks for messages again: this address of theirs is free from now on.

    Nobody else can ask: a typed number proves nothing, and an opt-out outlives the card it came from. Who
    proved the number by a code may, also after the card that refused was deleted.
    """
    proved = person.phone_checked_at is not None and address_key == person.phone_key
    who = Suppression.customer_id == person.id
    session.execute(
        update(Suppression)
        .where(
            Suppression.shop_id == person.shop_id,
            Suppression.address_key == address_key,
            true() if proved else who,
            Suppression.lifted_at.is_(None),
        )
        .values(lifted_at=now)
    )


def forget(session: Any, *, person: Customer, now: datetime) -> None:
    """Take away everything that names a person (개인정보 보호법 21조).

    Consent evidence and the opt-out stay, moved to an empty stub: nothing ties them to what the person
    bought any more. Visits and stamps stay without anybody, so that the shop's sums stay true.
    """
    stub = Customer(shop_id=person.shop_id, source="erased", joined_at=now, erased_at=now)
    session.add(stub)
    session.flush()
    mine: tuple[Any, ...] = (Consent, OptOutLink, Suppression)
    for table in mine:
        session.execute(
            update(table)
            .where(table.shop_id == person.shop_id, table.customer_id == person.id)
            .values(customer_id=stub.id)
        )
    session.execute(
        update(Consent)
        .where(Consent.shop_id == person.shop_id, Consent.customer_id == stub.id)
        .values(ip="", user_agent="")
    )
    for table in (Device, PhoneClaim):
        session.execute(delete(table).where(table.shop_id == person.shop_id, table.customer_id == person.id))
    person.name = person.memo = person.likes = person.phone_key = person.phone_failed_key = ""
    person.phone = person.phone_tail = person.phone_checked_at = None
    person.gender = person.found_by = ""
    person.staff_id = None
    drop_email(session, person=person)
    celebrating.drop_days(session, person=person)
    person.erased_at = person.stale_at = now  # what was added up of them goes, also if a night is just at it
    session.flush()


def drop_evidence(session: Any, *, before: datetime) -> None:
    """Delete the consent evidence of people who left before a moment; the opt-out itself stays."""
    left = select(Customer.id).where(Customer.erased_at < before)
    session.execute(delete(Consent).where(Consent.customer_id.in_(left)))
