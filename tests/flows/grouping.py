"""People with the facts that put them into groups, written as rows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.cards.models import Card
from app.customers.models import Consent, Customer
from app.extensions import db
from app.flows.unit import write
from app.insights import groups
from app.insights.models import PersonStat
from app.referrals.models import Referral
from app.reviews.models import Review, ReviewAsk
from app.visits.models import Product, Visit, VisitItem
from app.voices.models import Voice
from tests import factories
from tests.factories import ACustomer, AShop


def a_person(
    shop: AShop,
    *,
    visits: int = 0,
    standing: str = "",
    own: bool = True,
    vip: bool = False,
    spent: int = 0,
    balance: int | None = None,
    said: tuple[str, ...] = (),
    **facts: Any,
) -> ACustomer:
    """Let somebody hold a card who came so often, stands there by the last night, and agreed to these kinds."""
    found = factories.a_customer(shop)
    of: dict[str, Any] = {"shop_id": shop.id, "customer_id": found.id}
    now = factories.now()
    with write() as session:
        session.execute(
            db.update(Customer)
            .where(Customer.id == found.id)
            .values(**{"visit_count": visits, "last_visit_at": now if visits else None, **facts})
        )
        session.add(
            PersonStat(
                **of,
                visits=visits,
                standing=standing,
                has_own_rhythm=own,
                is_vip=vip,
                spent=spent,
                counted_at=now,
            )
        )
        if balance is not None:
            session.execute(db.update(Card).where(Card.id == found.card_id).values(balance=balance))
        for kind in said:
            kind, _, action = kind.partition(":")
            session.add(
                Consent(
                    **of,
                    kind=kind,
                    action=action or "grant",
                    text_version="1",
                    text_hash="",
                    source="qr",
                    at=now,
                )
            )
    return found


def brought(shop: AShop, inviter: ACustomer, *, came: bool = True) -> None:
    """Let somebody have brought a friend, who came or is still waited for."""
    friend, now = factories.a_customer(shop), factories.now()
    visit_id = a_visit(shop, friend) if came else None
    with write() as session:
        session.add(
            Referral(
                shop_id=shop.id,
                inviter_id=inviter.id,
                friend_id=friend.id,
                at=now,
                visit_id=visit_id,
                came_at=now if came else None,
            )
        )


def a_visit(
    shop: AShop, who: ACustomer, *, days_ago: float = 0, product: int | None = None, reversed_: bool = False
) -> int:
    """Write down a visit so many days ago, perhaps of something bought; returns its id."""
    at = factories.now() - timedelta(days=days_ago)
    with write() as session:
        visit = Visit(shop_id=shop.id, customer_id=who.id, at=at, reversed_at=at if reversed_ else None)
        session.add(visit)
        session.flush()
        if product is not None:
            session.add(VisitItem(shop_id=shop.id, visit_id=visit.id, product_id=product, price=4500))
        return visit.id


def a_product(shop: AShop, name: str) -> int:
    """Put something on the menu; returns its id."""
    with write() as session:
        product = Product(shop_id=shop.id, name=name, price=4500)
        session.add(product)
        session.flush()
        return product.id


def a_review(shop: AShop, who: ACustomer) -> None:
    """Let somebody have left a review."""
    of: dict[str, Any] = {"shop_id": shop.id, "customer_id": who.id}
    visit_id, now = a_visit(shop, who), factories.now()
    with write() as session:
        ask = ReviewAsk(**of, visit_id=visit_id, token=factories.once()[:22], made_at=now, expires_at=now)
        session.add(ask)
        session.flush()
        session.add(Review(**of, ask_id=ask.id, stars=2, at=now))


def a_voice(shop: AShop, who: ACustomer, kind: str) -> None:
    """Let somebody have said something to the owner."""
    with write() as session:
        session.add(Voice(shop_id=shop.id, customer_id=who.id, kind=kind, opened_at=factories.now()))


def is_gone(who: ACustomer, *, into: ACustomer | None = None) -> None:
    """Let somebody have left, or have become one with another."""
    with write() as session:
        session.execute(
            db.update(Customer)
            .where(Customer.id == who.id)
            .values(erased_at=factories.now(), merged_into_id=into.id if into else None)
        )


def members(shop: AShop, group: str) -> list[int]:
    """Return who is in a group, after every way to ask has said the same."""
    db.session.rollback()
    asked: dict[str, Any] = {"shop_id": shop.id, "group": group, "now": factories.now()}
    found, _on = groups.members(**asked)
    assert groups.count(**asked) == len(found)
    assert sorted(db.session.scalars(groups.chosen(**asked))) == found
    assert sorted(each.id for each in groups.page(**asked).lines) == found
    return found
