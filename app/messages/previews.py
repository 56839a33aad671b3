"""Messages as they would travel: the preview with a real customer, and the by-hand queue."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Exists, exists, or_, select

from app.customers.models import Consent, Customer
from app.extensions import db
from app.insights.rules import sayable
from app.kit.clock import kst_day, start_of_day
from app.kit.korean import josa
from app.kit.phone import masked
from app.kit.text import carrier_bytes, fill, not_carried, placeholders
from app.messages import composing, duties, gather, raising, registry, routing, rules
from app.messages.channels.own_phone import sms_link
from app.messages.contract import Facts, Kind, Wire
from app.messages.examples import facts_for
from app.messages.models import Message

BEST_OF_DAY = 5
# Remarks of another kind stand among what people like.
_LIKES_LOOKED_AT = 10
# Enough to find five that may go out now among those that must wait.
_LOOKED_AT = 40


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


@dataclass(frozen=True)
class HandLine:
    """One message the owner may send from the shop's phone now."""

    id: int
    customer_id: int
    customer_name: str
    phone: str  # masked
    label: str
    text: str
    sms_link: str  # opens the message app with number and text filled in
    length: int
    hides: bool  # what the dots stand for is only in the link


def by_hand(shop_id: int, *, wire: Wire, now: datetime, limit: int = BEST_OF_DAY) -> list[HandLine]:
    """Return the best of the by-hand queue that the gate lets go out at this moment.

    Best first: a code somebody waits for this very minute, what the law wants told by a day, then those who
    came most often, then those whose message grows stale soonest. What may not be kept stands only in the link that opens the message app: it
    proves something to its reader, and nothing to who can read the shop's pages.
    """
    typed = [key for key, spec in registry.kinds().items() if spec.to_typed_number]
    first = [Message.kind.in_(each).desc() for each in (typed, duties.kinds())]
    rows = db.session.execute(
        select(Message, Customer.phone)
        .join(Customer, (Customer.shop_id == Message.shop_id) & (Customer.id == Message.customer_id))
        .where(
            Message.shop_id == shop_id,
            Message.state == "ready",
            Message.staged_at.is_not(None),
            Message.due_at <= now,
            Message.not_after >= now,
            or_(Customer.phone.is_not(None), Message.kind.in_(typed)),
        )
        .order_by(*first, Customer.visit_count.desc(), Message.not_after, Message.id)
        .limit(_LOOKED_AT)
    ).all()
    lines = []
    for message, number in rows:
        spec = registry.kind(message.kind)
        facts: Facts = message.facts
        if spec.to_typed_number:
            facts = gather.fresh_facts(db.session, shop_id=shop_id, cause=message.cause, facts=message.facts)
            if not spec.still_wanted(facts):
                continue
        phone = str(facts.get("to") or number)  # never empty: the query asks for one
        around = gather.look_around(
            db.session, shop_id=shop_id, customer_id=message.customer_id, kind=spec, wire=wire, now=now
        )
        verdict = composing.verdict_on(
            kind=around.kind,
            channel=message.channel,
            around=around,
            text=message.text,
            facts=message.facts,
            not_after=message.not_after,
            now=now,
        )
        if not isinstance(verdict, rules.Send):
            continue
        text = message.text
        if spec.to_typed_number:
            text = composing.compose(
                kind=spec, channel=message.channel, around=around, facts=facts, opt_out=""
            )
        lines.append(
            HandLine(
                id=message.id,
                customer_id=message.customer_id,
                customer_name=around.name,
                phone=masked(phone),
                label=spec.label,
                text=message.text,
                sms_link=sms_link(phone, text),
                length=carrier_bytes(text),
                hides=spec.to_typed_number,
            )
        )
        if len(lines) == limit:
            break
    return lines


@dataclass(frozen=True)
class HandDone:
    """One message sent from the shop's phone today; may be taken back when it was a slip."""

    id: int
    customer_name: str
    label: str
    at: datetime


def sent_by_hand_today(shop_id: int, *, now: datetime) -> list[HandDone]:
    """Return what the owner marked as sent today, newest first."""
    rows = db.session.execute(
        select(Message.id, Customer.name, Message.kind, Message.sent_at)
        .join(Customer, (Customer.shop_id == Message.shop_id) & (Customer.id == Message.customer_id))
        .where(
            Message.shop_id == shop_id,
            Message.channel == "own_phone",
            Message.state == "sent",
            Message.sent_at >= start_of_day(kst_day(now)),
        )
        .order_by(Message.sent_at.desc())
        .limit(50)
    )
    return [HandDone(row.id, row.name, registry.kind(row.kind).label, row.sent_at) for row in rows]
