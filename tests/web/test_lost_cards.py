"""The screens around a lost phone: the customer's, the counter's, and two cards of one person."""

from __future__ import annotations

import pytest
from flask import Flask

from app.cards.models import Card, Claim
from app.customers.models import PhoneCode
from app.customers.rules import code_of
from app.extensions import db
from tests import factories
from tests.factories import ACustomer, AShop
from tests.phone import Phone


def the_code() -> str:
    """Return the digits that the phone got."""
    db.session.rollback()
    row = db.session.scalars(db.select(PhoneCode).order_by(PhoneCode.id.desc()).limit(1)).one()
    return code_of(factories.master(), shop_id=row.shop_id, salt=row.salt)


def test_a_new_phone_finds_its_card(phone: Phone, owner_phone: Phone, shop: AShop, jiwoo: ACustomer) -> None:
    phone.open(f"/s/{shop.code}")
    phone.tap("전에 만든 카드가 있어요")
    page = phone.submit("인증번호 받기", phone="02-123-4567", status=422)
    assert "010으로 시작하는" in page.errors()[0] and page.value("phone") == "02-123-4567"
    page = phone.submit("인증번호 받기", phone="010-2345-6789")
    assert page.h1 == "인증번호를 적어 주세요" and "직원에게도 불러 주지 마세요" in page.words
    code = the_code()
    page = phone.submit("확인하기", digits=f"{(int(code) + 1) % 10**6:06d}", status=422)
    assert "맞지 않거나" in page.errors()[0]
    page = phone.submit("확인하기", digits=f"{code[:3]} {code[3:]}")
    assert page.path == f"/c/{shop.code}" and "카드를 찾았어요" in page.words
    # The new phone's empty card brought nothing: nothing was joined that could be parted.
    assert "합친 카드" not in owner_phone.open(f"/owner/people/{jiwoo.id}").words


def test_who_works_here_gets_their_card_back_as_their_own(
    owner_phone: Phone, shop: AShop, jiwoo: ACustomer
) -> None:
    owner_phone.open(f"/s/{shop.code}/restore")
    owner_phone.submit("인증번호 받기", phone="010-2345-6789")
    owner_phone.submit("확인하기", digits=the_code())
    assert factories.a_person(jiwoo.id).staff_id == shop.owner_id


@pytest.mark.parametrize("number", ["010-2345-6789", "010-9999-0000"])
def test_the_answer_tells_nothing_of_whose_number_it_is(
    app: Flask, owner_phone: Phone, shop: AShop, jiwoo: ACustomer, number: str
) -> None:
    def asked(typed: str) -> tuple[int, str]:
        someone = Phone(app)
        someone.open(f"/s/{shop.code}/restore")
        page = someone.submit("인증번호 받기", phone=typed)
        page.soup.find("input", attrs={"name": "csrf_token"}).decompose()
        return page.status, str(page.soup.body)

    assert asked(number) == asked("010-7777-0000")


def test_the_counter_moves_a_card_to_a_phone_that_waits(
    phone: Phone, owner_phone: Phone, shop: AShop, jiwoo: ACustomer
) -> None:
    phone.open(f"/s/{shop.code}/restore/counter")
    page = phone.submit("가게에서 옮기기")
    word = str(page.soup.select_one(".word").get_text())  # type: ignore[union-attr]
    assert phone.open(f"/s/{shop.code}/restore/counter/live", status=204).html == ""
    page = owner_phone.open(f"/owner/people/{jiwoo.id}/new-phone")
    assert word in page.words
    waiting = str(page.soup.select_one("input[name=waiting]")["value"])  # type: ignore[index]
    page = owner_phone.submit("이 휴대폰으로 옮기기", waiting=waiting, status=422)
    assert "어떻게 확인했는지" in page.errors()[0]
    page = owner_phone.submit("이 휴대폰으로 옮기기", waiting=waiting, checked="number")
    assert page.path == f"/owner/people/{jiwoo.id}" and "옮겼어요" in page.words
    live = phone.open(f"/s/{shop.code}/restore/counter/live")
    assert live.path == f"/c/{shop.code}"
    assert "가게에서 새 휴대폰으로 카드를 옮겨 드렸어요" in phone.open(f"/c/{shop.code}/inbox").words


def test_two_cards_become_one_and_two_again(
    owner_phone: Phone, shop: AShop, jiwoo: ACustomer, minho: ACustomer
) -> None:
    factories.a_card_with(2, shop, jiwoo)
    factories.a_card_with(3, shop, minho)
    asked = factories.a_claim(shop, minho)
    page = owner_phone.open(f"/owner/people/{minho.id}/twin?q=지우")
    assert "한지우 님" in page.words
    spoken = db.session.scalar(db.select(Card.spoken).where(Card.id == jiwoo.card_id))
    assert "한지우 님" in owner_phone.open(f"/owner/people/{minho.id}/twin?q={spoken}").words
    page = owner_phone.open(f"/owner/people/{minho.id}/twin/{jiwoo.id}")
    assert "도장 5개가 한지우 님 카드에 모여요" in page.words
    page = owner_phone.submit("한 분으로 합치기")
    assert page.path == f"/owner/people/{jiwoo.id}" and "합친 카드" in page.words
    assert owner_phone.open(f"/owner/people/{minho.id}").path == page.path
    page = owner_phone.submit("다시 나누기")
    assert page.path == f"/owner/people/{minho.id}"
    waits = db.select(Claim.card_id, Claim.customer_id).where(Claim.id == asked.claim_id)
    assert tuple(db.session.execute(waits).one()) == (minho.card_id, minho.id)
    said = owner_phone.open("/owner/more/changes").words
    assert "도장 3개를 옮겨 두 손님을 한 분으로 합쳤어요" in said and "다시 나눴어요" in said


def test_a_number_is_proven_from_my_details_and_other_phones_lose_the_card(
    app: Flask, owner_phone: Phone, shop: AShop, jiwoo: ACustomer
) -> None:
    phone = Phone(app).holding(jiwoo)
    phone.open(f"/c/{shop.code}/me")
    phone.open(f"/c/{shop.code}/me/number")
    phone.submit("인증번호 받기")
    page = phone.submit("확인하기", digits=the_code())
    assert "번호를 확인했어요" in page.words
    assert "확인한 번호예요" in phone.open(f"/c/{shop.code}/me").words
    assert "확인한 번호예요" in owner_phone.open(f"/owner/people/{jiwoo.id}").words
    phone.open(f"/c/{shop.code}/me/other-phones")
    assert "모두 내렸어요" in phone.submit("다른 휴대폰에서 모두 내리기").words
    page = owner_phone.open(f"/owner/people/{jiwoo.id}/lost-card")
    owner_phone.submit("예전 카드 모두 막기")
    assert phone.open(f"/c/{shop.code}").path == f"/s/{shop.code}"


def test_where_nobody_can_send_the_counter_is_offered(phone: Phone, shop: AShop, jiwoo: ACustomer) -> None:
    phone.open(f"/s/{shop.code}/restore")
    page = phone.submit("인증번호 받기", phone="010-2345-6789", status=422)
    assert "지금은 문자를 보내 드릴 수 없어요" in page.words and page.value("phone") == "010-2345-6789"
