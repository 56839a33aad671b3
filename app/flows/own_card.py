"""Nobody who works here stamps their own card or uses what is on it (S04); the owner may.

A card is somebody's of the shop (`Customer.staff_id`) when a browser that is signed in holds it, or when they say so
under 더보기 › 내 카드. It stands on the person, who is read with every stamp anyway: this costs the stamp no question.

The owner may because the stamps are the owner's own to give: who works alone tries the card out on their own phone
on the first day, and takes nothing from anybody. It is in the ledger under their name like any other.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.cards.actions import ledger
from app.cards.models import Card
from app.cards.rules import StampRefused
from app.customers.models import Customer
from app.flows import audit
from app.flows.unit import write
from app.kit.refusals import Invalid, NotHere
from app.kit.signing import token_hash
from app.referrals import actions as referrals
from app.shops import actions as shops
from app.shops.models import StaffSession


class OwnCard(StampRefused):
    """Staff at their own card: somebody else does it for them. Carries what is written down about it."""

    code = "own_card"
    sentence = "내 카드에는 직접 찍거나 쓸 수 없어요. 다른 직원이나 사장님께 부탁해 주세요."

    def __init__(self, *, shop_id: int, staff_id: int, card_id: int) -> None:
        self.shop_id, self.staff_id, self.card_id = shop_id, staff_id, card_id
        super().__init__()


def refusal(
    session: Any, *, shop_id: int, staff_id: int, person: Customer | None, card_id: int
) -> OwnCard | None:
    """Return why this person of the shop may not touch this card, or None. `person`: whose card it is."""
    if person is None or person.staff_id is None or person.staff_id != staff_id:
        return None
    works = shops.staff(session, shop_id=shop_id, staff_id=staff_id)
    if works is not None and works.role == "owner":
        return None
    return OwnCard(shop_id=shop_id, staff_id=staff_id, card_id=card_id)


def check(session: Any, *, shop_id: int, staff_id: int, card_id: int) -> None:
    """Before a reward, a coupon or points are spent: not by whose card it is. Raises OwnCard.

    The flow's own `with` has kept() around it, so that the refusal outlives the transaction it ends.
    """
    whose = (
        select(Customer)
        .join(Card, (Card.shop_id == Customer.shop_id) & (Card.customer_id == Customer.id))
        .where(Card.shop_id == shop_id, Card.id == card_id)
    )
    found = refusal(
        session, shop_id=shop_id, staff_id=staff_id, person=session.scalar(whose), card_id=card_id
    )
    if found is not None:
        raise found


@contextmanager
def kept(*, now: datetime) -> Iterator[None]:
    """Write an OwnCard down that ends the transaction inside, in one of its own, and let it go on."""
    try:
        yield
    except OwnCard as refused:
        with write() as session:
            found = ledger.card(session, shop_id=refused.shop_id, where=Card.id == refused.card_id)
            if found is not None:
                ledger.note_refusal(
                    session,
                    card=found[0],
                    reason=refused.code,
                    once=None,
                    now=now,
                    staff_id=refused.staff_id,
                )
        raise


def who_works_here(session: Any, *, shop_id: int, staff_token: str | None, now: datetime) -> int | None:
    """Return who of the shop is signed in with this token on a device of their own, or None."""
    if not staff_token:
        return None
    found: int | None = session.scalar(
        select(StaffSession.staff_id).where(
            StaffSession.shop_id == shop_id,
            StaffSession.token_hash == token_hash(staff_token),
            StaffSession.ended_at.is_(None),
            StaffSession.expires_at > now,
            StaffSession.is_shared.is_(False),
        )
    )
    return found


def note_browser(*, shop_id: int, browser_token: str | None, staff_token: str | None, now: datetime) -> None:
    """A browser is signed in and holds a card: that card is the person's own.

    A shared device is nobody's. Called where a browser signs in and where it gets a card.
    """
    if not browser_token or not staff_token:
        return
    with write() as session:
        staff_id = who_works_here(session, shop_id=shop_id, staff_token=staff_token, now=now)
        if staff_id is not None:
            referrals.link_browser(
                session, shop_id=shop_id, browser_hash=token_hash(browser_token), staff_id=staff_id
            )


def link(*, shop_id: int, staff_id: int, spoken: str, now: datetime) -> None:
    """Say by its code that a card is one's own. Raises Invalid (field: spoken)."""
    code = "".join(spoken.split()).upper()[:6]
    with write() as session:
        found = ledger.card(session, shop_id=shop_id, where=Card.spoken == code, lock=True) if code else None
        if found is None:
            raise Invalid(
                {"spoken": "그 번호의 카드가 없어요. 내 카드의 QR 옆에 적힌 카드 번호를 적어 주세요."}
            )
        person = session.scalars(
            select(Customer).where(Customer.shop_id == shop_id, Customer.id == found[0].customer_id)
        ).one()
        if person.staff_id not in (None, staff_id):
            raise Invalid({"spoken": "다른 직원의 카드로 적혀 있어요. 사장님께 말씀해 주세요."})
        if person.staff_id is None:
            person.staff_id = staff_id
            audit.note(
                session,
                shop_id=shop_id,
                what="own_card",
                staff_id=staff_id,
                subject=f"staff:{staff_id}",
                detail="on",
                now=now,
            )


def unlink(*, shop_id: int, customer_id: int, by: int, now: datetime) -> None:
    """The owner says that a card is nobody's of the shop. Raises NotHere the second time."""
    with write() as session:
        person = session.scalar(
            select(Customer).where(
                Customer.shop_id == shop_id, Customer.id == customer_id, Customer.staff_id.is_not(None)
            )
        )
        if person is None:
            raise NotHere("이미 푼 카드예요.")
        whose, person.staff_id = person.staff_id, None
        audit.note(
            session,
            shop_id=shop_id,
            what="own_card",
            staff_id=by,
            subject=f"staff:{whose}",
            detail="off",
            now=now,
        )
