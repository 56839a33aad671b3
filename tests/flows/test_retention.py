"""What is promised to end does end, and nothing that still has worth."""

from __future__ import annotations

from datetime import timedelta

from app.cards.models import CodeUse
from app.customers.models import Consent, Customer
from app.extensions import db
from app.flows import privacy, retention
from app.shops.models import LoginTry
from tests import factories
from tests.factories import AShop

YEAR = timedelta(days=366)


def living() -> set[int]:
    """Return the people who are still known."""
    db.session.rollback()
    return set(db.session.scalars(db.select(Customer.id).where(Customer.erased_at.is_(None))))


def test_a_year_of_silence_ends_an_empty_card_only(shop: AShop) -> None:
    silent = factories.a_customer(shop, name="조용한 분", phone=factories.a_number())
    with_stamps = factories.a_card_with(3, shop)
    with_reward, _reward = factories.a_reward(shop)
    assert retention.erase_the_long_gone(shop_id=shop.id, now=factories.now() + timedelta(days=300)) == 0
    assert retention.erase_the_long_gone(shop_id=shop.id, now=factories.now() + YEAR) == 1
    assert silent.id not in living()
    assert {with_stamps.id, with_reward.id} <= living()


def test_records_of_passing_use_are_pruned(shop: AShop) -> None:
    now = factories.now()
    who = factories.a_card_with(1, shop)
    db.session.add(LoginTry(key="login:x", at=now))
    db.session.add(CodeUse(shop_id=shop.id, card_id=who.card_id, step=1, at=now))
    db.session.commit()
    retention.prune(now=now + timedelta(hours=1))
    assert db.session.scalar(db.select(db.func.count(LoginTry.id))) == 1
    retention.prune(now=now + timedelta(days=3))
    assert db.session.scalar(db.select(db.func.count(LoginTry.id))) == 0
    assert db.session.scalar(db.select(db.func.count(CodeUse.id))) == 0


def test_evidence_ends_five_years_after_the_person_left(shop: AShop) -> None:
    who = factories.a_customer(shop, name="떠난 분", phone=factories.a_number())
    privacy.erase(shop_id=shop.id, customer_id=who.id, now=factories.now())
    retention.prune(now=factories.now() + 4 * YEAR)
    assert db.session.scalar(db.select(db.func.count(Consent.id))) > 0
    retention.prune(now=factories.now() + 5 * YEAR)
    assert db.session.scalar(db.select(db.func.count(Consent.id))) == 0
