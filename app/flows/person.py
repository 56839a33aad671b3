"""What the shop remembers about a person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from app.cards.actions import ledger
from app.cards.models import Card
from app.customers import actions as people
from app.customers import known_rules, rules
from app.customers.actions import Trace
from app.customers.known_rules import CleanPerson
from app.flows.join import phone_key
from app.flows.unit import JustTaken, after_a_race, write
from app.insights import actions as sums
from app.kit.refusals import NotHere
from app.shops import actions as shops

_GONE = "찾으시는 손님이 없어요. 손님 목록에서 다시 골라 주세요."


def save_notes(
    *, shop_id: int, customer_id: int, staff_id: int, name: str, memo: str, likes: str, ip: str, now: datetime
) -> None:
    """Save a person's name, likes and memo. Raises NotHere, or Invalid with a sentence a field."""
    name, memo, likes = rules.clean_notes(name=name, memo=memo, likes=likes)
    with write() as session:
        ledger.hold_card(session, shop_id=shop_id, customer_id=customer_id)
        person = people.customer(session, shop_id=shop_id, customer_id=customer_id, lock=True)
        if person is None:
            raise NotHere(_GONE)
        person.name, person.memo, person.likes = name, memo, likes
        shops.log_access(
            session,
            shop_id=shop_id,
            staff_id=staff_id,
            customer_id=customer_id,
            action="edit",
            ip=ip,
            now=now,
        )
        found = ledger.card(session, shop_id=shop_id, where=Card.customer_id == customer_id)
        if found is not None:
            ledger.touch(session, shop_id=shop_id, card_id=found[0].id)


def save_about(
    *, shop_id: int, customer_id: int, staff_id: int, gender: str, found_by: str, ip: str, now: datetime
) -> None:
    """Save what the shop was told of a person: gender and how they found it, "" for neither. Raises NotHere, Invalid."""
    gender, found_by = known_rules.clean_about(gender=gender, found_by=found_by)
    with write() as session:
        person = people.customer(session, shop_id=shop_id, customer_id=customer_id, lock=True)
        if person is None:
            raise NotHere(_GONE)
        if person.found_by != found_by:
            sums.touch(session, shop_id=shop_id, customer_ids=(customer_id,))
        person.gender, person.found_by = gender, found_by
        shops.log_access(
            session, shop_id=shop_id, staff_id=staff_id, customer_id=customer_id, action="edit", ip=ip, now=now
        )  # fmt: skip


def say_found_by(*, shop_id: int, customer_id: int, found_by: str) -> None:
    """The person says themselves how they found the shop; the last word counts. Raises NotHere, Invalid (found_by)."""
    _gender, found_by = known_rules.clean_about(gender="", found_by=found_by)
    with write() as session:
        person = people.customer(session, shop_id=shop_id, customer_id=customer_id, lock=True)
        if person is None:
            raise NotHere(_GONE)
        if person.found_by != found_by:
            sums.touch(session, shop_id=shop_id, customer_ids=(customer_id,))
        person.found_by = found_by


def add(
    *,
    shop_id: int,
    staff_id: int,
    said: Mapping[str, str],
    agreed: bool,
    ip: str,
    user_agent: str,
    master: bytes,
    now: datetime,
) -> tuple[int, bool]:
    """Write down a person (name, phone, origin) who said yes at the counter or on the phone; returns (id, is new).

    Their card is there at once. Consent to ads is never among it: that is theirs to give, on their own screen
    (정보통신망법 50조). A number that somebody has leads to who has it; twice the same press, one person.
    Raises Invalid with a sentence a field.
    """
    clean = known_rules.clean_person(
        name=said.get("name", ""), phone=said.get("phone", ""), origin=said.get("origin", ""), agreed=agreed
    )
    trace = Trace(source="staff", ip=ip, user_agent=user_agent)

    def work() -> tuple[int, bool]:
        return _add(shop_id=shop_id, staff_id=staff_id, clean=clean, trace=trace, master=master, now=now)

    return after_a_race(work)


def _add(
    *, shop_id: int, staff_id: int, clean: CleanPerson, trace: Trace, master: bytes, now: datetime
) -> tuple[int, bool]:
    with write() as session:
        holder = people.holder_of(session, shop_id=shop_id, phone=clean.phone)
        if holder is not None:
            return holder, False
        person = people.add_customer(session, shop_id=shop_id, source=clean.origin, now=now)
        key = phone_key(master, clean.phone)
        if not people.give_phone(session, person=person, phone=clean.phone, key=key, now=now):
            raise JustTaken
        person.name = clean.name
        for kind in ("age14", "required"):
            people.record_consent(
                session, person=person, kind=kind, action="grant", phone_key=key, trace=trace, now=now
            )
        ledger.open_card(session, shop_id=shop_id, customer_id=person.id, now=now)
        shops.log_access(
            session, shop_id=shop_id, staff_id=staff_id, customer_id=person.id, action="add", ip=trace.ip, now=now
        )  # fmt: skip
        return person.id, True
