"""What the gate and the composer need to know, read from the rooms below. Every read names its shop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, exists, func, select, text
from sqlalchemy.exc import NoResultFound

from app.customers.models import Consent, Customer, Device, Suppression
from app.customers.rules import standing
from app.kit.columns import UtcDateTime
from app.messages import causes, raising, registry, rules
from app.messages.contract import Facts, Kind, Wire
from app.messages.models import AdGrant, Automation
from app.messages.result_models import HoldOut
from app.messages.way_models import ChannelAccount, PushSubscription, TalkTemplate
from app.shops.models import Shop

LONGEST_CAP = timedelta(days=max(days for _, days in rules.AD_CAPS))


@dataclass(frozen=True, slots=True)
class Around:
    """Everything around one message: who sends it, who would get it, the shop's words for it."""

    kind: Kind  # in the class in which this shop sends it
    person: rules.Person
    sender: rules.Sender
    name: str
    phone: str
    email: str
    address_key: str  # keyed hash of the number the person holds now
    email_key: str  # of the e-mail address they confirmed, or ""
    shop_email: str  # where answers to an e-mail go, or ""
    body: str  # the shop's words, placeholders unfilled
    delay: timedelta
    recent_ads: tuple[datetime, ...]
    shop_code: str = ""

    def address_for(self, channel: str) -> str:
        """Return the address of the person that a channel needs, or "" when there is none."""
        mine = {"email": self.email, "phone": self.phone}
        return mine.get(registry.channel(channel).CAPABILITIES.address, "")


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a shop and a person, whatever kind of message it will be."""

    person: rules.Person
    phone: str
    email: str
    address_key: str
    email_key: str
    shop: Any  # the row of SHOP
    automations: Mapping[str, Any]  # what the shop changed, by kind: rows of SHOP
    recent_ads: tuple[datetime, ...]


# Asked with every stamp and every message sent: built once.
SHOP = (
    select(
        Shop.name,
        Shop.code,
        Shop.phone,
        Shop.owner_name,
        Shop.address,
        Shop.email,
        Shop.is_demo,
        Shop.opt_out_080,
        Shop.code,
        Automation.kind,
        Automation.is_on,
        Automation.text,
        Automation.delay_minutes,
        Automation.text_b,
        Automation.ways,
        Automation.paused_at,
        Automation.paused_why,
        select(func.aggregate_strings(ChannelAccount.provider, " "))
        .where(ChannelAccount.shop_id == bindparam("shop"), ChannelAccount.state == "on")
        .scalar_subquery()
        .label("accounts"),
        select(func.aggregate_strings(TalkTemplate.provider + ":" + TalkTemplate.kind, " "))
        .where(TalkTemplate.shop_id == bindparam("shop"), TalkTemplate.state == "approved")
        .scalar_subquery()
        .label("talks"),
        Automation.as_ad,
        select(func.aggregate_strings(HoldOut.kind + ":" + HoldOut.began, " "))
        .where(HoldOut.shop_id == bindparam("shop"), HoldOut.began != "")
        .scalar_subquery()
        .label("compared"),
    )
    .outerjoin(Automation, Automation.shop_id == Shop.id)
    .where(Shop.id == bindparam("shop"))
)


def _refused(key: Any) -> Any:
    return exists().where(
        key != "",
        Suppression.shop_id == Customer.shop_id,
        Suppression.address_key == key,
        Suppression.lifted_at.is_(None),
    )


# A browser that was handed to somebody else, logged out or taken down is nobody's to ring (S23).
RINGS = (
    (PushSubscription.shop_id == Device.shop_id)
    & (PushSubscription.customer_id == Device.customer_id)
    & (PushSubscription.browser_hash == Device.browser_hash)
)
PERSON = select(
    Customer.name,
    Customer.phone,
    Customer.phone_key,
    Customer.email,
    Customer.email_key,
    Customer.email_checked_at,
    Customer.email_failed_at,
    Customer.erased_at,
    _refused(Customer.phone_key).label("refused"),
    _refused(Customer.email_key).label("refused_email"),
    ((Customer.phone_key != "") & (Customer.phone_failed_key == Customer.phone_key)).label("phone_failed"),
    exists()
    .where(PushSubscription.shop_id == Customer.shop_id, PushSubscription.customer_id == Customer.id, RINGS)
    .label("has_push"),
).where(Customer.shop_id == bindparam("shop"), Customer.id == bindparam("customer"))
_CONSENTS = (
    select(Consent.kind, Consent.action)
    .where(Consent.shop_id == bindparam("shop"), Consent.customer_id == bindparam("customer"))
    .order_by(Consent.kind, Consent.id)  # as its index has them: the newest of a kind decides
)
_RECENT_ADS = select(AdGrant.at).where(
    AdGrant.shop_id == bindparam("shop"),
    AdGrant.customer_id == bindparam("customer"),
    AdGrant.at > bindparam("since", type_=UtcDateTime()),
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
    variant: str = "",
) -> Around:
    """Read what is known at this moment. Raises NoResultFound when shop or customer don't exist."""
    known = look_up(session, shop_id=shop_id, customer_id=customer_id, now=now, but_message_id=but_message_id)
    return around(known, kind=kind, wire=wire, variant=variant)


def look_up(
    session: Any, *, shop_id: int, customer_id: int, now: datetime, but_message_id: int | None = None
) -> Known:
    """Read what several messages to one person share. Raises NoResultFound as look_around does."""
    who = {"shop": shop_id, "customer": customer_id}
    shop = session.execute(SHOP, {"shop": shop_id}).all()
    if not shop:
        raise NoResultFound
    row = session.execute(PERSON, who).one()
    holds = standing([(row.kind, row.action) for row in session.execute(_CONSENTS, who)])
    ads = recent_ads(
        session, shop_id=shop_id, customer_id=customer_id, now=now, but_message_id=but_message_id
    )
    return known(shop, row, holds, ads)


def known(shop: Sequence[Any], row: Any, holds: Mapping[str, bool], ads: tuple[datetime, ...]) -> Known:
    """Return what is known from the rows of SHOP and of PERSON, the consents that stand and the recent ads."""
    return Known(
        person=rules.Person(
            has_phone=bool(row.phone),
            name=row.name,
            age14=holds["age14"],
            marketing=holds["marketing"],
            ads=holds["ads"],
            ads_night=holds["ads_night"],
            refused=bool(row.refused),
            erased=row.erased_at is not None,
            has_email=bool(row.email),
            email_checked=row.email_checked_at is not None,
            email_failed=row.email_failed_at is not None,
            ads_email=holds["ads_email"],
            refused_email=bool(row.refused_email),
            phone_failed=bool(row.phone_failed),
            has_push=bool(row.has_push),
            ads_push=holds["ads_push"],
        ),
        phone=row.phone or "",
        email=row.email or "",
        address_key=row.phone_key,
        email_key=row.email_key if row.email_checked_at else "",
        shop=shop[0],
        automations={row.kind: row for row in shop if row.kind is not None},
        recent_ads=ads,
    )


def around(known: Known, *, kind: Kind, wire: Wire, variant: str = "") -> Around:
    """Return what is known, as one kind of message needs it. `variant` "b": the other of two texts compared."""
    shop, automation = known.shop, known.automations.get(kind.key)
    delay = None if automation is None else automation.delay_minutes
    person = known.person
    if kind.to_typed_number:
        person = replace(person, has_phone=True, age14=True, phone_failed=False)
    return Around(
        kind=raising.as_sent(kind, automation is not None and automation.as_ad),
        person=person,
        sender=rules.Sender(
            shop_name=shop.name,
            contact=shop.phone,
            is_demo=shop.is_demo,
            kind_on=kind.default_on if automation is None else automation.is_on,
            public_url=wire.public_url,
            opt_out_080=shop.opt_out_080,
            ads_need_080=wire.ads_need_080,
            carries_mail=wire.carries_mail,
            carries_push=wire.carries_push,
            owner_name=shop.owner_name,
            address=shop.address,
            email=shop.email or wire.mail_from,
            accounts=frozenset((shop.accounts or "").split()),
            talks=frozenset((shop.talks or "").split()),
            ways=frozenset(automation.ways.split() if automation else ()),
        ),
        name=known.person.name,
        phone=known.phone,
        email=known.email,
        address_key=known.address_key,
        email_key=known.email_key,
        shop_email=shop.email,
        body=_words(automation, variant) or kind.text,
        delay=timedelta(minutes=kind.delay_minutes if delay is None else delay),
        recent_ads=known.recent_ads,
        shop_code=shop.code,
    )


def _words(automation: Any, variant: str) -> str:
    """Return the shop's own words for a kind, or "" for ours."""
    if automation is None:
        return ""
    words: str = (automation.text_b if variant == "b" else "") or automation.text
    return words


def recent_ads(
    session: Any, *, shop_id: int, customer_id: int, now: datetime, but_message_id: int | None = None
) -> tuple[datetime, ...]:
    """Return when this person was given ads, as far back as the longest cap looks."""
    facts: dict[str, Any] = {"shop": shop_id, "customer": customer_id, "since": now - LONGEST_CAP}
    if but_message_id is None:
        return tuple(session.scalars(_RECENT_ADS, facts))
    return tuple(session.scalars(_OTHER_RECENT_ADS, {**facts, "but": but_message_id}))


def fresh_facts(session: Any, *, shop_id: int, cause: str, facts: Facts) -> dict[str, Any]:
    """Return the planned facts with what has become of their cause (messages/causes.py says what that is)."""
    return {**facts, **causes.became(session, shop_id=shop_id, cause=cause)}
