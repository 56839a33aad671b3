"""A number put right by the shop: unproven, without a yes to ads that was said for another one, and nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from app.coupons.models import GivenOnce
from app.customers.models import Consent, Customer
from app.extensions import db
from app.flows import phone_change, refusing
from app.flows.join import phone_key
from app.flows.phone_change import NumberTaken
from app.messages import gather
from app.shops.models import AccessLog, AuditLine
from tests import factories
from tests.factories import ACustomer, AShop
from tests.phone import Phone
from tests.world import all_at_once

pytestmark = pytest.mark.databases("sqlite", "postgres")
NEW = "010-7777-1234"


def row(customer: ACustomer) -> Customer:
    """Return the person's row as it is now."""
    db.session.rollback()
    return db.session.scalars(db.select(Customer).where(Customer.id == customer.id)).one()


def change(shop: AShop, who: ACustomer, typed: str = NEW, *, agreed: bool = False) -> bool:
    """Put a number right."""
    return phone_change.change(
        shop_id=shop.id,
        customer_id=who.id,
        staff_id=shop.owner_id,
        typed=typed,
        agreed=agreed,
        ip="",
        user_agent="",
        master=factories.master(),
        now=factories.now(),
    )


def key(phone: str) -> str:
    """Return the keyed hash of a number."""
    return phone_key(factories.master(), phone)


def test_a_number_is_put_right_and_proves_nothing(owner_phone: Phone, shop: AShop) -> None:
    who = factories.a_customer(shop, name="최순이", phone="010-1111-2222", agrees="all")
    person = row(who)
    person.phone_checked_at = factories.now()
    db.session.add(GivenOnce(shop_id=shop.id, what="sign_up", phone_key=person.phone_key, at=factories.now()))
    db.session.commit()
    page = owner_phone.open(f"/owner/people/{who.id}/phone")
    assert page.h1 == "전화번호 고치기" and "광고 문자 동의는 예전 번호로" in page.words
    page = owner_phone.submit("번호 고치기", phone="010-12", status=422)
    assert "휴대폰 번호를 다시 확인해" in page.words and page.value("phone") == "010-12"
    page = owner_phone.submit("번호 고치기", phone=NEW)
    assert page.path == f"/owner/people/{who.id}"
    assert "번호를 고쳤어요" in page.words and "010-••••-1234" in page.words
    assert "확인한 번호예요" not in page.words
    person = row(who)
    assert (person.phone, person.phone_tail) == ("+821077771234", "1234")
    assert (person.phone_checked_at, person.phone_key) == (None, key("+821077771234"))
    facts = gather.look_up(db.session, shop_id=shop.id, customer_id=who.id, now=factories.now())
    assert (facts.person.ads, facts.person.ads_night) == (False, False)
    ended = db.session.execute(
        db.select(Consent.kind, Consent.phone_key).where(Consent.action == "number").order_by(Consent.id)
    ).all()
    assert [tuple(each) for each in ended] == [
        ("ads", key("+821011112222")),
        ("ads_night", key("+821011112222")),
    ]
    assert "번호가 바뀌어 끝났어요" in owner_phone.open(f"/owner/people/{who.id}/consents").words
    assert "손님 한 분의 전화번호를 고쳤어요" in owner_phone.open("/owner/more/changes").words
    # Twice the same press: nothing more.
    owner_phone.open(f"/owner/people/{who.id}/phone")
    assert "이미 이 번호예요" in owner_phone.submit("번호 고치기", phone=NEW).words
    assert len(db.session.scalars(db.select(AuditLine).where(AuditLine.what == "phone_changed")).all()) == 1
    assert len(db.session.scalars(db.select(AccessLog).where(AccessLog.action == "phone")).all()) == 1
    once = db.session.scalars(db.select(GivenOnce.phone_key)).all()
    assert set(once) == {key("+821011112222"), key("+821077771234")}, "no second first time"


def test_a_refusal_stays_with_its_number(shop: AShop, jiwoo: ACustomer) -> None:
    refusing.take_list(
        shop_id=shop.id, numbers=["+821077771234"], staff_id=shop.owner_id, now=factories.now()
    )
    assert change(shop, jiwoo)
    facts = gather.look_up(db.session, shop_id=shop.id, customer_id=jiwoo.id, now=factories.now())
    assert facts.person.refused, "080 said no for the number they have now"
    assert change(shop, jiwoo, "010-7777-9999")
    facts = gather.look_up(db.session, shop_id=shop.id, customer_id=jiwoo.id, now=factories.now())
    assert not facts.person.refused


def test_a_taken_number_leads_to_who_has_it(
    app: Flask, owner_phone: Phone, shop: AShop, other_shop: AShop, jiwoo: ACustomer
) -> None:
    who = factories.a_customer(shop, name="최순이", phone="010-1111-2222")
    factories.a_customer(other_shop, name="남의손님", phone=NEW)
    owner_phone.open(f"/owner/people/{who.id}/phone")
    page = owner_phone.submit("번호 고치기", phone="010-2345-6789", status=422)
    assert "한지우 님에게 이 번호가 적혀 있어요" in page.words
    assert page.value("phone") == "010-2345-6789"
    assert owner_phone.tap("두 카드 나란히 보기").h1 == "같은 분이 맞나요?"
    assert row(who).phone == "+821011112222"
    manager = Phone(app).signed_in(shop, factories.a_staff(shop, role="manager"))
    manager.open(f"/owner/people/{who.id}/phone")
    manager.submit("번호 고치기", phone="010-2345-6789", status=422)
    assert "한지우 님" in manager.tap("그 손님 보기").h1
    assert change(shop, who, NEW), "another shop's number is free here"
    stranger = Phone(app).signed_in(other_shop, other_shop.owner_id)
    stranger.open(f"/owner/people/{who.id}/phone", status=404)
    stranger.open("/owner/people/new")
    stranger.post(f"/owner/people/{who.id}/phone", {"csrf_token": stranger.token(), "phone": NEW}, status=404)


def test_a_first_number_needs_a_yes(owner_phone: Phone, shop: AShop) -> None:
    who = factories.a_customer(shop, name="")
    owner_phone.open(f"/owner/people/{who.id}/phone")
    page = owner_phone.submit("번호 적기", phone=NEW, status=422)
    assert "먼저 여쭤봐 주세요" in page.words and row(who).phone is None
    owner_phone.submit("번호 적기", phone=NEW, agreed="y")
    db.session.rollback()
    said = db.session.execute(db.select(Consent.kind, Consent.action)).all()
    assert {tuple(each) for each in said} == {("age14", "grant"), ("required", "grant")}


def test_two_at_once_give_a_number_to_one(app: Flask, shop: AShop) -> None:
    both = [factories.a_customer(shop, phone=f"010-1111-000{number}") for number in range(2)]
    works: list[Callable[[], Any]] = [lambda who=who: change(shop, who) for who in both]  # type: ignore[misc]
    results = all_at_once(app, works)
    assert sorted(type(each).__name__ for each in results) == ["NumberTaken", "bool"]
    lost = next(each for each in results if isinstance(each, NumberTaken))
    winner = next(who for who, each in zip(both, results, strict=True) if each is True)
    assert lost.holder_id == winner.id
    assert [row(who).phone == "+821077771234" for who in both].count(True) == 1
