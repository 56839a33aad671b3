"""A customer's e-mail address: given, confirmed by the link we send to it, taken away.

Double opt-in: until the person opened that link nothing else goes there, whoever typed the address.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.cards.actions import ledger
from app.customers import actions as people
from app.customers.actions import Trace
from app.customers.models import Customer
from app.customers.rules import ADS_EMAIL, clean_email
from app.flows.join import email_key, tell_result
from app.flows.unit import after_a_race, write
from app.kit.clock import kst_day
from app.kit.refusals import Invalid, NotHere, Refused
from app.kit.signing import keyed_hash, same
from app.messages import outbox, recall
from app.messages.models import Message

LIFE = timedelta(hours=24)
# Mails that ask one address whether it is somebody's, a day and shop: nobody is flooded by a stranger's typing.
_ASKED_A_DAY = 3
# The same tap again is no wish for a second mail.
_SAME_TAP = timedelta(minutes=1)
_MAC_CHARACTERS = 32  # 128 bits


class MailLinkGone(Refused):
    """The link is too old, of an address that was changed since, or never was ours."""

    code = "mail_link_gone"
    status = 410
    sentence = "시간이 지났거나 다른 주소의 링크예요. 내 정보에서 확인 메일을 다시 받아 주세요."


def give_email(
    *,
    shop_id: int,
    shop_code: str,
    customer_id: int,
    typed: str,
    ads: bool,
    ip: str,
    user_agent: str,
    master: bytes,
    now: datetime,
) -> None:
    """Note the address a person typed and what they said to ads there, and send the link that confirms it.

    The answer is the same whoever else has this address (S06). Raises NotHere, and Invalid: for an address
    that is none (field: email), for a person without a number, and for ads without the marketing consent
    (field: ads_email).
    """
    address = clean_email(typed)
    key, trace = email_key(master, address), Trace(source="card", ip=ip, user_agent=user_agent)
    after_a_race(
        lambda: _give(
            shop_id=shop_id,
            shop_code=shop_code,
            customer_id=customer_id,
            address=address,
            key=key,
            ads=ads,
            trace=trace,
            master=master,
            now=now,
        )
    )


def _give(
    *,
    shop_id: int,
    shop_code: str,
    customer_id: int,
    address: str,
    key: str,
    ads: bool,
    trace: Trace,
    master: bytes,
    now: datetime,
) -> None:
    with write() as session:
        person = _person(session, shop_id=shop_id, customer_id=customer_id)
        standing = people.standing(session, person=person)
        if not (standing["age14"] and standing["required"] and _has_number(session, person)):
            raise Invalid({"email": "휴대폰 번호를 먼저 남겨 주세요."})
        if ads and not standing["marketing"]:
            raise Invalid({ADS_EMAIL: "광고 이메일을 받으려면 위의 ‘맞춤 혜택’도 켜 주세요."})
        if person.email_key != key or person.email_failed_at is not None:
            was_checked = person.email_checked_at is not None
            _forget_waiting(session, person=person, now=now)
            people.give_email(session, person=person, email=address, key=key)
            _answer(session, person=person, ads=ads, stands=standing[ADS_EMAIL], trace=trace, now=now)
            if was_checked and standing[ADS_EMAIL] and not ads:
                # The yes that was told is over: so that is told too (50조 7항). A new yes is, once it is confirmed.
                _tell(session, person=person, granted=False, now=now)
        elif ads != standing[ADS_EMAIL]:
            _answer(session, person=person, ads=ads, stands=standing[ADS_EMAIL], trace=trace, now=now)
            if person.email_checked_at is not None:
                if ads:
                    people.lift_suppression(session, person=person, address_key=key, now=now)
                _tell(session, person=person, granted=ads, now=now)
        if person.email_checked_at is None:
            _send_link(session, person=person, shop_code=shop_code, master=master, now=now)


def confirm(*, shop_id: int, token: str, master: bytes, now: datetime) -> str:
    """The person opened the link and said that the address is theirs; returns it. The second tap says so too.

    Raises MailLinkGone.
    """
    customer_id = _customer_of(token, shop_id=shop_id, master=master, now=now)
    with write() as session:
        person = people.customer(session, shop_id=shop_id, customer_id=customer_id, lock=True)
        if person is None or not _is_of(person, token):
            raise MailLinkGone
        if person.email_checked_at is None:
            person.email_checked_at, person.email_failed_at = now, None
            session.flush()
            if people.standing(session, person=person)[ADS_EMAIL]:
                # The yes counts from here on: told to the address it is about (50조 7항).
                people.lift_suppression(session, person=person, address_key=person.email_key, now=now)
                _tell(session, person=person, granted=True, now=now)
        return person.email or ""


def drop_email(*, shop_id: int, customer_id: int, ip: str, user_agent: str, now: datetime) -> None:
    """Forget a person's e-mail address; the consent to ads there ends with it. The second tap changes nothing.

    Raises NotHere.
    """
    with write() as session:
        person = _person(session, shop_id=shop_id, customer_id=customer_id)
        if people.standing(session, person=person)[ADS_EMAIL]:
            was_checked = person.email_checked_at is not None
            trace = Trace(source="card", ip=ip, user_agent=user_agent)
            row = _record(session, person=person, action="withdraw", trace=trace, now=now)
            if was_checked:
                tell_result(session, person=person, consent_id=row.id, kind=ADS_EMAIL, granted=False, now=now)
        _forget_waiting(session, person=person, now=now)
        people.drop_email(session, person=person)


def _person(session: Any, *, shop_id: int, customer_id: int) -> Customer:
    ledger.hold_card(session, shop_id=shop_id, customer_id=customer_id)
    person = people.customer(session, shop_id=shop_id, customer_id=customer_id, lock=True)
    if person is None:
        raise NotHere
    return person


def _has_number(session: Any, person: Customer) -> bool:
    # One that waits for the shop's check counts: the screen must not tell (S06).
    return bool(person.phone or people.claimed_phone(session, person=person))


def _answer(session: Any, *, person: Customer, ads: bool, stands: bool, trace: Trace, now: datetime) -> None:
    action = "grant" if ads else "withdraw" if stands else "decline"
    _record(session, person=person, action=action, trace=trace, now=now)
    if not ads and stands:
        recall.cancel_unconsented(session, shop_id=person.shop_id, customer_id=person.id, now=now)


def _record(session: Any, *, person: Customer, action: str, trace: Trace, now: datetime) -> Any:
    return people.record_consent(
        session,
        person=person,
        kind=ADS_EMAIL,
        action=action,
        phone_key=person.email_key,
        trace=trace,
        now=now,
    )


def _tell(session: Any, *, person: Customer, granted: bool, now: datetime) -> None:
    row = people.last_consent(session, person=person, kind=ADS_EMAIL)
    tell_result(session, person=person, consent_id=row.id, kind=ADS_EMAIL, granted=granted, now=now)


def _forget_waiting(session: Any, *, person: Customer, now: datetime) -> None:
    """What waits for the old address does not go to the new one, nor to none."""
    recall.cancel_channel(
        session,
        shop_id=person.shop_id,
        customer_id=person.id,
        channel="email",
        reason="손님이 이메일 주소를 바꾸셨어요.",
    )


def _send_link(session: Any, *, person: Customer, shop_code: str, master: bytes, now: datetime) -> None:
    causes = [f"email:{person.email_key[:18]}:{kst_day(now):%y%m%d}:{n}" for n in range(_ASKED_A_DAY)]
    asked = session.execute(
        select(Message.cause, Message.customer_id, Message.created_at)
        .where(Message.shop_id == person.shop_id, Message.cause.in_(causes), Message.kind == "email_check")
        .order_by(Message.id)
    ).all()
    mine = [row.created_at for row in asked if row.customer_id == person.id]
    if len(asked) >= _ASKED_A_DAY or (mine and now - mine[-1] < _SAME_TAP):
        return
    token = make_token(person, master=master, now=now)
    outbox.plan(
        session,
        shop_id=person.shop_id,
        customer_id=person.id,
        kind="email_check",
        cause=causes[len(asked)],
        due_at=now,
        not_after=now + LIFE,
        facts={"path": f"/s/{shop_code}/email/{token}"},
        now=now,
    )


def make_token(person: Customer, *, master: bytes, now: datetime) -> str:
    """Return the token that confirms the address a person has at this moment; good for 24 hours."""
    facts = f"{person.id}.{int((now + LIFE).timestamp())}.{person.email_key[:16]}"
    return f"{facts}.{_mac(master, person.shop_id, facts)}"


def _mac(master: bytes, shop_id: int, facts: str) -> str:
    return keyed_hash(master, "email-check", f"{shop_id}.{facts}")[:_MAC_CHARACTERS]


def _customer_of(token: str, *, shop_id: int, master: bytes, now: datetime) -> int:
    """Return whose address a token confirms. Raises MailLinkGone."""
    facts, _, mac = token.rpartition(".")
    if not facts or not same(mac, _mac(master, shop_id, facts)):
        raise MailLinkGone
    customer_id, until, _key = facts.split(".")
    if int(until) < now.timestamp():
        raise MailLinkGone
    return int(customer_id)


def _is_of(person: Customer, token: str) -> bool:
    return bool(person.email) and token.split(".")[2] == person.email_key[:16]


def is_good(token: str, *, shop_id: int, master: bytes, now: datetime) -> bool:
    """Tell whether a link may still confirm; looking burns nothing (S08)."""
    try:
        _customer_of(token, shop_id=shop_id, master=master, now=now)
    except MailLinkGone:
        return False
    return True
