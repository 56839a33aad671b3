"""Joining: a tap is enough; a name and a number may follow at any time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from app.cards.actions import ledger
from app.cards.models import Card
from app.customers import actions as people
from app.customers import rules
from app.customers.actions import Trace
from app.customers.models import Customer
from app.customers.rules import Details
from app.flows import news, proven, referral
from app.flows.unit import after_a_race, write
from app.kit.signing import keyed_hash
from app.messages import outbox, recall
from app.shops import actions as shops

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Joined:
    """The card a browser holds now. `is_new`: it was made by this call."""

    customer_id: int
    card_id: int
    is_new: bool


def email_key(master: bytes, email: str) -> str:
    """Return the keyed hash that finds an e-mail address again after it was deleted."""
    return keyed_hash(master, "email", email)


def phone_key(master: bytes, phone: str) -> str:
    """Return the keyed hash that finds a number again after it was deleted."""
    return keyed_hash(master, "phone", phone)


def join_anonymous(
    *, shop_id: int, browser_token: str, source: str, user_agent: str, now: datetime, invited_by: str = ""
) -> Joined:
    """Give this browser a card without asking anything; a second tap gives the same card.

    `invited_by`: the word of the link they came by, "" for none.
    """
    return onto_card(
        _invited(invited_by, now),
        shop_id=shop_id,
        source=source,
        browser_token=browser_token,
        user_agent=user_agent,
        now=now,
    )


def onto_card(
    put: Callable[[Any, Customer, Joined], Answer],
    *,
    shop_id: int,
    source: str,
    browser_token: str,
    user_agent: str,
    now: datetime,
) -> Answer:
    """Let `put` give something to whoever holds this browser, within the transaction that made the card if need be.

    The person comes before what becomes theirs, as leaving takes them. Where `put` refuses, no card was made either.
    """

    def done() -> Answer:
        with write() as session:
            person, joined = person_and_card(
                session,
                shop_id=shop_id,
                browser_token=browser_token,
                source=source,
                user_agent=user_agent,
                now=now,
            )
            return put(session, person, joined)

    return after_a_race(done)


def _invited(word: str, now: datetime) -> Callable[[Any, Customer, Joined], Joined]:
    """Return what notes by whose link somebody new came."""

    def noted(session: Any, person: Customer, joined: Joined) -> Joined:
        if word and joined.is_new:
            referral.note_join(session, shop_id=person.shop_id, friend=person, word=word, now=now)
        return joined

    return noted


def add_details(
    *,
    shop_id: int,
    browser_token: str,
    details: Details,
    source: str,
    ip: str,
    user_agent: str,
    master: bytes,
    now: datetime,
    invited_by: str = "",
) -> Joined:
    """Add a name and a number with the five answers; joins first when this browser has no card yet.

    `invited_by`: the word of the link a new person came by, "" for none.

    A number that belongs to another card of the shop is noted for the shop to settle, and the screen
    answers as for any other (S06). Raises Invalid with a sentence for each wrong field.
    """
    clean = rules.clean_details(details)
    trace = Trace(source=source, ip=ip, user_agent=user_agent)
    came = _invited(invited_by, now)

    def added(session: Any, person: Customer, joined: Joined) -> Joined:
        came(session, person, joined)
        person.name = clean.name or person.name
        before = person.phone_key
        _record_answers(session, person=person, clean=clean, trace=trace, master=master, now=now)
        if person.phone_key != before:
            proven.known_lately(session, person=person, browser_token=browser_token, now=now)
        ledger.touch(session, shop_id=shop_id, card_id=joined.card_id)
        return joined

    return onto_card(
        added, shop_id=shop_id, source=source, browser_token=browser_token, user_agent=user_agent, now=now
    )


def _record_answers(
    session: Any,
    *,
    person: Customer,
    clean: rules.CleanDetails,
    trace: Trace,
    master: bytes,
    now: datetime,
) -> None:
    is_new_number, key = False, person.phone_key
    if clean.phone is not None:
        key = phone_key(master, clean.phone)
        if person.phone_key == key:
            people.drop_claims(session, person=person)  # back to the number they have
        is_new_number = person.phone_key != key and people.give_phone(
            session, person=person, phone=clean.phone, key=key, now=now
        )
    said, standing = people.answered(session, person=person), people.standing(session, person=person)
    withdrawn = False
    for kind in rules.CONSENT_KINDS:
        granted = clean.answers[kind]
        if kind in said and granted == standing[kind] and not is_new_number:
            continue  # said before, nothing new: a double submit adds no evidence
        gone = standing[kind] and not granted
        withdrawn = withdrawn or gone
        row = people.record_consent(
            session,
            person=person,
            kind=kind,
            action="grant" if granted else "withdraw" if gone else "decline",
            phone_key=key,
            trace=trace,
            now=now,
        )
        if kind in ("ads", "ads_night") and (granted or gone):
            if granted:
                people.lift_suppression(session, person=person, address_key=person.phone_key, now=now)
            tell_result(session, person=person, consent_id=row.id, kind=kind, granted=granted, now=now)
    if standing["marketing"] and not clean.answers["marketing"] and standing[rules.ADS_EMAIL]:
        # Agreed to elsewhere, but it stands on this one.
        row = people.record_consent(
            session,
            person=person,
            kind=rules.ADS_EMAIL,
            action="withdraw",
            phone_key=person.email_key,
            trace=trace,
            now=now,
        )
        tell_result(session, person=person, consent_id=row.id, kind=rules.ADS_EMAIL, granted=False, now=now)
    if withdrawn:
        recall.cancel_unconsented(session, shop_id=person.shop_id, customer_id=person.id, now=now)


def tell_result(
    session: Any,
    *,
    person: Customer,
    consent_id: int,
    kind: str,
    granted: bool,
    now: datetime,
    silent: bool = False,
) -> None:
    """Plan the notice of a consent's result, due within 14 days (정보통신망법 50조 7항, 시행령 62조의2).

    `silent`: it ended because the two-yearly question got no answer.
    """
    outbox.plan(
        session,
        shop_id=person.shop_id,
        customer_id=person.id,
        kind="consent_result",
        cause=f"consent:{consent_id}",
        due_at=now,
        not_after=None,
        facts={
            "consent": kind,
            "granted": granted,
            "consent_at": now.isoformat(),
            **({"silent": True} if silent else {}),
        },
        now=now,
    )


def person_and_card(
    session: Any, *, shop_id: int, browser_token: str, source: str, user_agent: str, now: datetime
) -> tuple[Customer, Joined]:
    """Return the person whose card this browser holds, and the card; both are made when there are none."""
    person = people.customer_of_browser(session, shop_id=shop_id, browser_token=browser_token)
    if person is not None:
        found = ledger.card(session, shop_id=shop_id, where=Card.customer_id == person.id, lock=True)
        if found is not None:
            return person, Joined(person.id, found[0].id, is_new=False)
    else:
        person = people.add_customer(session, shop_id=shop_id, source=source, now=now)
        people.add_device(
            session,
            shop_id=shop_id,
            customer_id=person.id,
            browser_token=browser_token,
            user_agent=user_agent,
            now=now,
        )
    card = ledger.open_card(session, shop_id=shop_id, customer_id=person.id, now=now)
    news.customer_joined(session, person=person, uses=shops.uses(session, shop_id=shop_id), now=now)
    return person, Joined(person.id, card.id, is_new=True)
