"""Messages as they would travel: the preview with a real customer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Exists, exists, select

from app.customers.models import Consent, Customer
from app.extensions import db
from app.insights.rules import sayable
from app.kit.particles import josa
from app.kit.text import carrier_bytes, fill, not_carried, placeholders
from app.messages import composing, gather, raising, registry, routing, rules
from app.messages.contract import Kind, Wire
from app.messages.examples import facts_for

# Remarks of another kind stand among what people like.
_LIKES_LOOKED_AT = 10


@dataclass(frozen=True)
class Preview:
    """A kind's words as one real customer would read them, and the gate's answer about it."""

    customer_name: str  # "" for a nameless one
    channel_label: str
    on_card: bool  # it lies on the card: nothing is transmitted, nothing is paid
    text: str
    answer: str  # "지금 보낼 수 있어요", or the reason
    code: str  # "" when it may go out now
    length: int  # bytes as carriers count
    not_carried: tuple[str, ...]  # characters a text message can't show
    subject: str = ""  # of an e-mail
    lacking: str = ""  # what becomes of these words for whom a placeholder is not known, or ""


def preview(shop_id: int, kind: str, *, wire: Wire, now: datetime, text: str | None = None) -> Preview | None:
    """Show a kind with the shop's words (or `text`, not saved yet) and the latest fitting customer.

    None when the shop has no customer yet. Raises KeyError for an unknown kind or placeholder.
    """
    spec = raising.kinds(db.session, shop_id=shop_id)[kind]
    customer_id = _who_has_it_all(shop_id, spec, now) or _fitting_customer(shop_id, wants_consent=spec.is_ad)
    if customer_id is None:
        return None
    around = gather.look_around(
        db.session, shop_id=shop_id, customer_id=customer_id, kind=spec, wire=wire, now=now
    )
    if text is not None:
        around = replace(around, body=text)
    channel = _preview_channel(spec, around)
    facts = facts_for(shop_id=shop_id, customer_id=customer_id, kind=spec, around=around, now=now)
    words = composing.compose(
        kind=spec,
        channel=channel,
        around=around,
        facts=facts,
        opt_out=f"{wire.public_url or wire.base_url}/o/…",
        base_url=wire.public_url or wire.base_url,
    )
    verdict = composing.verdict_on(
        kind=spec,
        channel=channel,
        around=around,
        text=words,
        facts=facts,
        not_after=now + timedelta(days=40),
        now=now,
    )
    by_phone = registry.channel(channel).CAPABILITIES.address == "phone"
    return Preview(
        customer_name=around.name,
        channel_label=registry.channel(channel).LABEL,
        on_card=not registry.channel(channel).CAPABILITIES.transmits,
        text=words,
        answer="지금 보내도 돼요." if isinstance(verdict, rules.Send) else verdict.reason,
        code="" if isinstance(verdict, rules.Send) else verdict.code,
        length=carrier_bytes(words),
        not_carried=tuple(not_carried(words)) if by_phone else (),
        subject=composing.subject(kind=spec, channel=channel, around=around),
        lacking=_lacking(spec, around.body),
    )


def _lacking(kind: Kind, body: str) -> str:
    """Say how the words change for who lacks one of their placeholders."""
    named = [name for name in kind.may_lack if name in placeholders(body)]
    if not named:
        return ""
    known: dict[str, str | None] = dict.fromkeys(placeholders(body), "말")
    what = josa(", ".join(named), "이/가")
    if fill(body, known | dict.fromkeys(named)).strip():
        return f"{what} 없으면 그 문장을 빼고 보내요."
    return f"{what} 없으면 기본 글을 보내요."


def _who_has_it_all(shop_id: int, kind: Kind, now: datetime) -> int | None:
    """Return the one seen last of whom everything the words may name is known and may be used."""
    if "좋아하는 것" not in kind.may_lack:
        return None
    seen = db.session.execute(
        select(Customer.id, Customer.likes)
        .where(
            Customer.shop_id == shop_id,
            Customer.erased_at.is_(None),
            Customer.phone.is_not(None),
            Customer.likes != "",
            _agreed(shop_id, "ads"),
            _agreed(shop_id, "marketing"),
        )
        .order_by(Customer.last_visit_at.desc().nulls_last(), Customer.id.desc())
        .limit(_LIKES_LOOKED_AT)
    )
    for customer_id, likes in seen:
        if sayable(likes):
            holds = gather.look_up(db.session, shop_id=shop_id, customer_id=customer_id, now=now).person
            if holds.ads and holds.marketing and not holds.refused:
                return int(customer_id)
    return None


def _agreed(shop_id: int, kind: str) -> Exists:
    """Say that somebody agreed once; whether it still holds is asked of the few who are found."""
    return exists().where(
        Consent.shop_id == shop_id,
        Consent.customer_id == Customer.id,
        Consent.kind == kind,
        Consent.action == "grant",
    )


def _fitting_customer(shop_id: int, *, wants_consent: bool) -> int | None:
    """Return the customer seen last, among those who agreed to ads when one did."""
    people = (
        select(Customer.id)
        .where(Customer.shop_id == shop_id, Customer.erased_at.is_(None))
        .order_by(Customer.last_visit_at.desc().nulls_last(), Customer.id.desc())
        .limit(1)
    )
    if wants_consent:
        found = db.session.scalar(people.where(Customer.phone.is_not(None), _agreed(shop_id, "ads")))
        if found is not None:
            return int(found)
    found = db.session.scalar(people)
    return None if found is None else int(found)


def _preview_channel(kind: Kind, around: gather.Around) -> str:
    person = around.person
    for key in routing.ways(kind, person, around.sender):
        by_phone = registry.channel(key).CAPABILITIES.address == "phone"
        if not by_phone or (person.has_phone and (person.ads or not kind.is_ad)):
            return key
    return "card" if "card" in kind.channels else kind.channels[0]
