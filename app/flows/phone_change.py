"""A person's number is put right by the shop: it was mistyped, or they have a new one.

A number that the shop types proves nothing, and what was agreed to or refused for the old one is not said for it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.cards.actions import ledger
from app.coupons import actions as coupons
from app.coupons.models import GivenOnce
from app.customers import actions as people
from app.customers.actions import Trace
from app.customers.known_rules import clean_phone
from app.customers.models import Customer
from app.flows import audit
from app.flows.join import phone_key
from app.flows.proven import touch_card
from app.flows.unit import JustTaken, after_a_race, write
from app.kit.refusals import Invalid, NotHere, Refused
from app.messages import recall
from app.shops import actions as shops

_GONE = "찾으시는 손님이 없어요. 손님 목록에서 다시 골라 주세요."
_ASK_FIRST = "손님이 그러자고 하셨을 때만 적을 수 있어요. 먼저 여쭤봐 주세요."
# What was said for a number, and is not said for another one (정보통신망법 50조 1항).
_SAID_FOR_A_NUMBER = ("ads", "ads_night")


class NumberTaken(Refused):
    """Somebody else of the shop has the number: `holder_id`."""

    code = "number_taken"
    status = 422
    sentence = "이 번호는 다른 손님에게 적혀 있어요. 누구인지 확인해 주세요."

    def __init__(self, holder_id: int) -> None:
        super().__init__()
        self.holder_id = holder_id


def change(
    *,
    shop_id: int,
    customer_id: int,
    staff_id: int,
    typed: str,
    agreed: bool,
    ip: str,
    user_agent: str,
    master: bytes,
    now: datetime,
) -> bool:
    """Write down another number for a person; returns whether it is another one. Twice the same press changes it once.

    It counts as unproven until its owner types a code (whose browser does keeps the card). Consent to ads by text
    ends with the old number, and a refusal of either number stays with that number. `agreed`: they said so at the
    counter, asked for where nothing of theirs says yet that a number may be kept.
    Raises Invalid (phone, agreed), NumberTaken, NotHere.
    """
    phone = clean_phone(typed)
    trace = Trace(source="staff", ip=ip, user_agent=user_agent)

    def work() -> bool:
        with write() as session:
            ledger.hold_card(session, shop_id=shop_id, customer_id=customer_id)
            person = people.customer(session, shop_id=shop_id, customer_id=customer_id, lock=True)
            if person is None:
                raise NotHere(_GONE)
            if person.phone == phone:
                return False
            holder = people.holder_of(session, shop_id=shop_id, phone=phone)
            if holder is not None:
                raise NumberTaken(holder)
            _may_be_kept(session, person, agreed)
            _give(session, person, phone, trace, phone_key(master, phone), now)
            shops.log_access(
                session, shop_id=shop_id, staff_id=staff_id, customer_id=customer_id, action="phone", ip=ip, now=now
            )  # fmt: skip
            audit.note(
                session,
                shop_id=shop_id,
                what="phone_changed",
                staff_id=staff_id,
                subject=f"customer:{customer_id}",
                now=now,
            )
            return True

    return after_a_race(work)


def _may_be_kept(session: Any, person: Customer, agreed: bool) -> None:
    if person.phone is None and not agreed and not people.standing(session, person=person)["required"]:
        raise Invalid({"agreed": _ASK_FIRST})


def _give(session: Any, person: Customer, phone: str, trace: Trace, key: str, now: datetime) -> None:
    old, holds = person.phone_key, people.standing(session, person=person)
    if person.phone is None:
        for kind in ("age14", "required"):
            if not holds[kind]:
                people.record_consent(
                    session, person=person, kind=kind, action="grant", phone_key=key, trace=trace, now=now
                )
    if not people.give_phone(session, person=person, phone=phone, key=key, now=now):
        raise JustTaken
    for kind in _SAID_FOR_A_NUMBER:
        if holds[kind]:
            people.record_consent(
                session, person=person, kind=kind, action="number", phone_key=old, trace=trace, now=now
            )
    recall.cancel_unconsented(session, shop_id=person.shop_id, customer_id=person.id, now=now)
    if old:
        _had_once(session, person.shop_id, old, key, now)
    touch_card(session, person=person)


def _had_once(session: Any, shop_id: int, old: str, key: str, now: datetime) -> None:
    """What a number gets once was had under the old one: a new number is no new face."""
    had = select(GivenOnce.what).where(GivenOnce.shop_id == shop_id, GivenOnce.phone_key == old)
    for what in session.scalars(had).all():
        coupons.first_time(session, shop_id=shop_id, what=what, phone_key=key, now=now)
