"""What the gate and the composer need to know, read from the rooms below. Every read names its shop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, exists, select, text
from sqlalchemy.exc import NoResultFound

from app.cards.models import LedgerEntry
from app.customers.models import Consent, Customer, Suppression
from app.customers.rules import standing
from app.kit.columns import UtcDateTime
from app.kit.text import fill
from app.messages import registry, rules
from app.messages.contract import Facts, Kind, Wire
from app.messages.models import AdGrant, Automation
from app.reviews.models import Review, ReviewAsk
from app.shops.models import Shop
from app.visits.models import Visit

_LONGEST_CAP = timedelta(days=max(days for _, days in rules.AD_CAPS))


@dataclass(frozen=True, slots=True)
class Around:
    """Everything around one message: who sends it, who would get it, the shop's words for it."""

    person: rules.Person
    sender: rules.Sender
    name: str
    phone: str
    address_key: str  # keyed hash of the number the person holds now
    body: str  # the shop's words, placeholders unfilled
    delay: timedelta
    recent_ads: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a shop and a person, whatever kind of message it will be."""

    person: rules.Person
    phone: str
    address_key: str
    shop: Any  # the row of _SHOP
    automations: Mapping[str, Any]  # what the shop changed, by kind: rows of _SHOP
    recent_ads: tuple[datetime, ...]


# Asked with every stamp and every message sent: built once.
_SHOP = (
    select(
        Shop.name,
        Shop.phone,
        Shop.is_demo,
        Shop.opt_out_080,
        Automation.kind,
        Automation.is_on,
        Automation.text,
        Automation.delay_minutes,
    )
    .outerjoin(Automation, Automation.shop_id == Shop.id)
    .where(Shop.id == bindparam("shop"))
)
_PERSON = select(
    Customer.name,
    Customer.phone,
    Customer.phone_key,
    Customer.erased_at,
    exists()
    .where(
        Customer.phone_key != "",
        Suppression.shop_id == Customer.shop_id,
        Suppression.address_key == Customer.phone_key,
        Suppression.lifted_at.is_(None),
    )
    .label("refused"),
).where(Customer.shop_id == bindparam("shop"), Customer.id == bindparam("customer"))
_CONSENTS = (
    select(Consent.kind, Consent.action)
    .where(Consent.shop_id == bindparam("shop"), Consent.customer_id == bindparam("customer"))
    .order_by(Consent.id)
)
_RECENT_ADS = select(AdGrant.at).where(
    AdGrant.shop_id == bindparam("shop"),
    AdGrant.customer_id == bindparam("customer"),
    AdGrant.at > bindparam("since", type_=UtcDateTime()),
)
# What became of a visit, and of the ask to review it: one look for every kind that follows a visit.
_VISIT_NOW = (
    select(Visit.reversed_at.is_not(None), ReviewAsk.wanted_at.is_not(None), Review.id.is_not(None))
    .outerjoin(ReviewAsk, (ReviewAsk.shop_id == Visit.shop_id) & (ReviewAsk.visit_id == Visit.id))
    .outerjoin(Review, (Review.shop_id == ReviewAsk.shop_id) & (Review.ask_id == ReviewAsk.id))
    .where(Visit.shop_id == bindparam("shop"), Visit.id == bindparam("number"))
)
_STAMP_REVERSED = select(LedgerEntry.id).where(
    LedgerEntry.shop_id == bindparam("shop"), LedgerEntry.reverses_id == bindparam("number")
)
_POSTGRES_MS = text("SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)")
_SQLITE_MS = text("SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)")
_OTHER_RECENT_ADS = _RECENT_ADS.where(AdGrant.message_id != bindparam("but"))


def database_ms(session: Any) -> int:
    """Return unix milliseconds on the database's clock, the one clock all processes share."""
    is_postgres = session.get_bind().dialect.name == "postgresql"
    return int(session.execute(_POSTGRES_MS if is_postgres else _SQLITE_MS).scalar_one())


def look_around(
    session: Any,
    *,
    shop_id: int,
    customer_id: int,
    kind: Kind,
    wire: Wire,
    now: datetime,
    but_message_id: int | None = None,
) -> Around:
    """Read what is known at this moment. Raises NoResultFound when shop or customer don't exist."""
    known = look_up(session, shop_id=shop_id, customer_id=customer_id, now=now, but_message_id=but_message_id)
    return around(known, kind=kind, wire=wire)


def look_up(
    session: Any, *, shop_id: int, customer_id: int, now: datetime, but_message_id: int | None = None
) -> Known:
    """Read what several messages to one person share. Raises NoResultFound as look_around does."""
    who = {"shop": shop_id, "customer": customer_id}
    shop = session.execute(_SHOP, {"shop": shop_id}).all()
    if not shop:
        raise NoResultFound
    name, phone, address_key, erased_at, refused = session.execute(_PERSON, who).one()
    holds = standing([(row.kind, row.action) for row in session.execute(_CONSENTS, who)])
    return Known(
        person=rules.Person(
            has_phone=bool(phone),
            name=name,
            age14=holds["age14"],
            marketing=holds["marketing"],
            ads=holds["ads"],
            ads_night=holds["ads_night"],
            refused=bool(refused),
            erased=erased_at is not None,
        ),
        phone=phone or "",
        address_key=address_key,
        shop=shop[0],
        automations={row.kind: row for row in shop if row.kind is not None},
        recent_ads=recent_ads(
            session, shop_id=shop_id, customer_id=customer_id, now=now, but_message_id=but_message_id
        ),
    )


def around(known: Known, *, kind: Kind, wire: Wire) -> Around:
    """Return what is known, as one kind of message needs it."""
    shop, automation = known.shop, known.automations.get(kind.key)
    delay = None if automation is None else automation.delay_minutes
    return Around(
        person=known.person,
        sender=rules.Sender(
            shop_name=shop.name,
            contact=shop.phone,
            is_demo=shop.is_demo,
            kind_on=kind.default_on if automation is None else automation.is_on,
            public_url=wire.public_url,
            opt_out_080=shop.opt_out_080,
            ads_need_080=wire.ads_need_080,
        ),
        name=known.person.name,
        phone=known.phone,
        address_key=known.address_key,
        body=(automation.text if automation else "") or kind.text,
        delay=timedelta(minutes=kind.delay_minutes if delay is None else delay),
        recent_ads=known.recent_ads,
    )


def recent_ads(
    session: Any, *, shop_id: int, customer_id: int, now: datetime, but_message_id: int | None = None
) -> tuple[datetime, ...]:
    """Return when this person was given ads, as far back as the longest cap looks."""
    facts: dict[str, Any] = {"shop": shop_id, "customer": customer_id, "since": now - _LONGEST_CAP}
    if but_message_id is None:
        return tuple(session.scalars(_RECENT_ADS, facts))
    return tuple(session.scalars(_OTHER_RECENT_ADS, {**facts, "but": but_message_id}))


def fresh_facts(session: Any, *, shop_id: int, cause: str, facts: Facts) -> dict[str, Any]:
    """Return the planned facts with what has become of their cause: `taken_back` for an undone one.

    For a visit also `wanted` (its customer asked to be asked for a review) and `reviewed` (it has one).
    """
    what, _, number = cause.partition(":")
    taken_back = False
    if what == "visit" and number.isdigit():
        row = session.execute(_VISIT_NOW, {"shop": shop_id, "number": int(number)}).one_or_none()
        undone, wanted, reviewed = row or (False, False, False)
        return {**facts, "taken_back": bool(undone), "wanted": bool(wanted), "reviewed": bool(reviewed)}
    if what == "stamp" and number.isdigit():
        taken_back = session.scalar(_STAMP_REVERSED, {"shop": shop_id, "number": int(number)}) is not None
    return {**facts, "taken_back": taken_back}


def compose(
    *, kind: Kind, channel: str, around: Around, facts: Facts, opt_out: str, base_url: str = ""
) -> str:
    """Return the whole message as it travels over a channel. `base_url` stands before the kind's own path.

    Raises KeyError when the shop's words name a placeholder that the facts can't fill.
    """
    values = {"이름": around.name, "가게": around.sender.shop_name, **kind.words(facts)}
    body = fill(around.body, values)
    if not registry.channel(channel).CAPABILITIES.transmits:
        return body
    if kind.path is not None:
        body = f"{body.rstrip()}\n{base_url}{kind.path(facts)}"
    name, contact = around.sender.shop_name, around.sender.contact
    if kind.is_ad:
        return rules.ad_text(shop_name=name, body=body, contact=contact, opt_out=opt_out)
    return rules.service_text(shop_name=name, body=body, contact=contact)


def verdict_on(
    *, kind: Kind, channel: str, around: Around, text: str, not_after: datetime, now: datetime
) -> rules.Verdict:
    """Ask the gate about a composed message."""
    return rules.may_send(
        kind=kind,
        channel=registry.channel(channel).CAPABILITIES,
        text=text,
        person=around.person,
        sender=around.sender,
        recent_ads=around.recent_ads,
        not_after=not_after,
        now=now,
    )


def as_if_wired(around: Around, base_url: str) -> Around:
    """Return the same with a public address, for planning: what a deployment lacks is judged at sending."""
    sender = replace(around.sender, public_url=around.sender.public_url or base_url, ads_need_080=False)
    return replace(around, sender=sender)
