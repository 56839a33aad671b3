"""What another program asks of a shop by its key: a purchase, a refund, a person, a word about the own mall.

A program is known as its key (KeyView) and acts in the name of whom made it. Every call may come twice: a purchase
by its Idempotency-Key, a refund because it is one, a person because their number is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from app.cards import rules as card_rules
from app.cards.actions import ledger
from app.cards.models import Card
from app.customers import actions as people
from app.customers import merges
from app.customers.models import Customer
from app.flows import cart_left, news, visit
from app.flows.at_counter import card_key
from app.flows.join import phone_key
from app.flows.unit import JustTaken, after_a_race, write
from app.kit.phone import korean_mobile
from app.kit.signing import token_hash
from app.programs import actions as programs
from app.programs import rules
from app.programs.queries import KeyView
from app.programs.rules import BadNumber, NoSuchPerson, OtherBody, SafeNumber
from app.shops import actions as shops
from app.visits import actions as visits
from app.visits.rules import Bought

SOURCE = "api"


@dataclass(frozen=True)
class Who:
    """How a program names a person: by exactly one of these."""

    customer_id: int | None = None
    phone: str | None = None
    card: str | None = None


@dataclass(frozen=True)
class Purchase:
    """A purchase as a program tells it; `amount` in won, `order_number` its own."""

    who: Who
    at: datetime
    channel: str
    amount: int | None
    items: tuple[Bought, ...]
    order_number: str | None


@dataclass(frozen=True)
class Noted:
    """What became of a purchase. `created`: a visit of its own; else it belongs to one that was here."""

    visit_id: int
    customer_id: int
    created: bool


def clean_phone(typed: str) -> str:
    """Return a number as it is stored. Raises SafeNumber, BadNumber."""
    if rules.is_safe_number(typed):
        raise SafeNumber
    phone = korean_mobile(typed)
    if phone is None:
        raise BadNumber
    return phone


def buy(
    *, key: KeyView, purchase: Purchase, once: str, body_hash: str, master: bytes, now: datetime
) -> tuple[Noted, bool]:
    """Write a purchase down, once for each Idempotency-Key; returns (what became of it, whether it came again).

    `body_hash`: of the request's body. A refusal keeps nothing: the same key may come again with what was wrong put
    right. Raises OtherBody, NoSuchPerson, OtherOrder, SafeNumber, BadNumber.
    """
    taken = token_hash(once)

    def bought() -> tuple[Noted, bool]:
        with write() as session:
            before = programs.answer(session, shop_id=key.shop_id, key_id=key.id, once=taken)
            if before is not None:
                if before.body_hash != body_hash:
                    raise OtherBody
                return Noted(**before.answer), True
            row = programs.add_answer(
                session, shop_id=key.shop_id, key_id=key.id, once=taken, body_hash=body_hash, now=now
            )
            visit_id, is_new = visit.record(
                session,
                shop_id=key.shop_id,
                customer_id=_person(session, key.shop_id, purchase.who, master, now),
                at=purchase.at,
                channel=purchase.channel,
                amount=purchase.amount,
                items=purchase.items,
                source_key=purchase.order_number,
                staff_id=None,
                now=now,
            )
            written = visits.visit(session, shop_id=key.shop_id, visit_id=visit_id)
            if written is None:
                raise NoSuchPerson
            noted = Noted(visit_id, written.customer_id, is_new)
            row.answer = asdict(noted)
            return noted, False

    return after_a_race(bought)


def _person(session: Any, shop_id: int, who: Who, master: bytes, now: datetime) -> int:
    """Return whom a program means. Raises NoSuchPerson, SafeNumber, BadNumber."""
    found: int | None = None
    if who.customer_id is not None:
        by_now = merges.now_is(shop_id=shop_id, customer_id=who.customer_id)
        person = people.customer(session, shop_id=shop_id, customer_id=by_now)
        found = person.id if person else None
    elif who.phone is not None:
        found = people.holder_of(session, shop_id=shop_id, phone=clean_phone(who.phone))
    elif who.card is not None:
        found = _holder(session, shop_id, who.card, master, now)
    if found is None:
        raise NoSuchPerson
    return found


def _holder(session: Any, shop_id: int, text: str, master: bytes, now: datetime) -> int | None:
    """Return whose card this is: its number as it is read aloud, or its QR, which stays good for the stamp."""
    try:
        ref, mac = card_rules.read_code(text)
    except card_rules.UnknownCode:
        spoken = "".join(text.split()).upper()
        held = ledger.card(session, shop_id=shop_id, where=Card.spoken == spoken)
        return held[0].customer_id if held else None
    held = ledger.card(session, shop_id=shop_id, where=Card.ref == ref)
    if held is None:
        return None
    card = held[0]
    key = card_key(master, shop_id=shop_id, card_id=card.id, version=card.key_version)
    step = card_rules.matching_step(key=key, shop_id=shop_id, ref=ref, mac=mac, now=now)
    return None if step is None else card.customer_id


def take_back(*, key: KeyView, visit_id: int, now: datetime) -> bool:
    """Refund a purchase with all it earned; False when it was taken back before. Raises NotHere."""

    def taken_back() -> bool:
        with write() as session:
            return visit.refund(
                session, shop_id=key.shop_id, visit_id=visit_id, staff_id=key.made_by, now=now
            )

    return after_a_race(taken_back)


def find(*, key: KeyView, who: Who, ip: str, master: bytes, now: datetime) -> int:
    """Return whom a program asks for, and write down that it looked (안전성 확보조치 기준 제8조).

    Raises NoSuchPerson, SafeNumber, BadNumber.
    """
    with write() as session:
        customer_id = _person(session, key.shop_id, who, master, now)
        _looked(session, key, customer_id, ip, now)
        return customer_id


def add_person(
    *, key: KeyView, phone: str, name: str, ip: str, master: bytes, now: datetime
) -> tuple[int, bool]:
    """Return the person who has a number, added with a card when there is none, and whether they are new.

    A name that is there stays. Nobody agreed to anything by this: no ads (정보통신망법 50조). Raises SafeNumber,
    BadNumber.
    """
    number = clean_phone(phone)

    def added() -> tuple[int, bool]:
        with write() as session:
            known = people.holder_of(session, shop_id=key.shop_id, phone=number)
            if known is not None:
                _looked(session, key, known, ip, now)
                return known, False
            person = people.add_customer(session, shop_id=key.shop_id, source=SOURCE, now=now)
            _name(session, person, name, number, phone_key(master, number), now)
            ledger.open_card(session, shop_id=key.shop_id, customer_id=person.id, now=now)
            uses = shops.uses(session, shop_id=key.shop_id)
            news.customer_joined(session, person=person, uses=uses, now=now)
            _looked(session, key, person.id, ip, now)
            return person.id, True

    return after_a_race(added)


def _name(session: Any, person: Customer, name: str, phone: str, key: str, now: datetime) -> None:
    person.name = " ".join(name.split())
    if not people.give_phone(session, person=person, phone=phone, key=key, now=now):
        raise JustTaken
    session.flush()  # the number is theirs alone: of two at once the second one finds the first


def _looked(session: Any, key: KeyView, customer_id: int, ip: str, now: datetime) -> None:
    shops.log_access(
        session,
        shop_id=key.shop_id,
        staff_id=key.made_by,
        customer_id=customer_id,
        action="program",
        ip=ip,
        now=now,
    )


def note_event(
    *, key: KeyView, kind: str, who: Who, items: Sequence[str], at: datetime, master: bytes, now: datetime
) -> bool:
    """Take in what somebody looked at or left in the cart; False where the shop has that switched off.

    Off is how every shop begins: then nothing is looked up and nothing is kept. A cart that was left may bring one
    friendly word, where the shop has also switched that on. Raises NoSuchPerson, SafeNumber, BadNumber.
    """
    with write() as session:
        if rules.HAS_MALL not in shops.uses(session, shop_id=key.shop_id):
            return False
        customer_id = _person(session, key.shop_id, who, master, now)
        people.customer(session, shop_id=key.shop_id, customer_id=customer_id, lock=True)
        for item in items:
            programs.note_event(
                session, shop_id=key.shop_id, customer_id=customer_id, kind=kind, item=item, at=at
            )
        code = shops.code_of(session, shop_id=key.shop_id)
    if kind == cart_left.KIND:
        words = items[0] if len(items) == 1 else f"{items[0][:50]} 외 {len(items) - 1}개"
        cart_left.note(
            shop_id=key.shop_id, customer_id=customer_id, items=words, path=f"/c/{code}", at=at, now=now
        )
    return True
