"""What follows from a number being proven."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.cards.actions import ledger
from app.cards.models import Card
from app.customers import actions as people
from app.customers import proving
from app.customers.actions import Trace
from app.customers.models import Customer, Suppression
from app.customers.rules import ADS_EMAIL
from app.flows import coupon_rules
from app.flows.reissue import take_down
from app.shops import actions as shops

_PROVED_FOR = timedelta(hours=1)


def mark_proven(session: Any, *, person: Customer, now: datetime) -> None:
    """The number a person has is theirs beyond doubt: note it, give what a new one is given, and let a yes to ads
    count that came after a no.

    An opt-out outlives the card it came from; lifted is one that is older than the consent of who proved the
    number now.
    """
    person.phone_checked_at = now
    session.flush()
    if "coupons" in shops.uses(session, shop_id=person.shop_id):
        coupon_rules.at_proof(session, shop_id=person.shop_id, customer_id=person.id, now=now)
    if not people.standing(session, person=person)["ads"]:
        return
    said = people.last_consent(session, person=person, kind="ads").at
    refused = session.scalar(
        select(Suppression.at).where(
            Suppression.shop_id == person.shop_id,
            Suppression.address_key == person.phone_key,
            Suppression.lifted_at.is_(None),
        )
    )
    if refused is not None and refused <= said:
        people.lift_suppression(session, person=person, address_key=person.phone_key, now=now)


def known_lately(session: Any, *, person: Customer, browser_token: str, now: datetime) -> None:
    """A number that this browser proved before it was written down is proven from the start."""
    at = proving.proved_lately(
        session,
        shop_id=person.shop_id,
        browser_token=browser_token,
        phone_key=person.phone_key,
        since=now - _PROVED_FOR,
    )
    if at is not None:
        mark_proven(session, person=person, now=now)


def take_over(
    session: Any, *, owner: Customer, person: Customer, phone: str, key: str, now: datetime
) -> bool:
    """Part a card from whoever typed its number without proving it; returns whether the prover's own one is kept.

    It may be the prover's old phone or somebody who typed another's number, and nobody can tell which: so what
    lies on the card comes to the prover, but no phone, code or e-mail address of before reaches it any more.
    """
    take_down(session, shop_id=owner.shop_id, customer_id=owner.id, now=now)
    if people.standing(session, person=owner)[ADS_EMAIL]:
        trace = Trace(source="merge", ip="", user_agent="")
        people.record_consent(
            session,
            person=owner,
            kind=ADS_EMAIL,
            action="merge",
            phone_key=owner.email_key,
            trace=trace,
            now=now,
        )
    people.drop_email(session, person=owner)
    if not person.name and person.first_visit_at is None:
        return False  # a new phone with nothing of its own: the card comes back as it was
    owner.phone = owner.phone_tail = None
    owner.phone_key = ""
    session.flush()
    people.give_phone(session, person=person, phone=phone, key=key, now=now)
    return True


def touch_card(session: Any, *, person: Customer) -> None:
    """Tell the person's open page that something changed."""
    found = ledger.card(session, shop_id=person.shop_id, where=Card.customer_id == person.id)
    if found is not None:
        ledger.touch(session, shop_id=person.shop_id, card_id=found[0].id)
