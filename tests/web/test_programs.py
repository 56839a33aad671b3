"""다른 프로그램과 연결: a key shown once, an address with its secret, both ended; and 구매 적기 at the till."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from app.extensions import db
from app.flows import news, visit
from app.programs.models import ApiKey, Webhook
from app.visits.models import Visit, VisitItem
from app.visits.rules import Bought
from tests import factories
from tests.factories import ACustomer, AShop
from tests.flows.receiver import receiving
from tests.phone import Phone
from tests.web.api import Till


def test_a_key_is_shown_once_works_and_is_ended(app: Flask, shop: AShop, owner_phone: Phone) -> None:
    owner_phone.open("/owner/more")
    owner_phone.tap("다른 프로그램과 연결 포스나 쇼핑몰이 구매를 알려 줘요")
    owner_phone.tap("연결 키 만들기")
    page = owner_phone.submit("키 만들기", name="", status=422)
    assert "어디에 쓰는 키인지 40자 안으로 적어 주세요. 예: 계산대 포스" in page.errors()
    page = owner_phone.submit("키 만들기", name="계산대 포스")
    found = re.search(r"dgk_[\w-]{43}", page.html)
    assert found
    assert Till(app, found[0]).call("GET", "/key")["scopes"] == ["visits", "customers"]
    page = owner_phone.open("/owner/more/programs")
    assert found[0] not in page.html and found[0][-4:] in page.words and "방금 썼어요" in page.words
    assert "/developers" in page.words
    owner_phone.submit("계산대 포스 키 끊기")
    Till(app, found[0]).call("GET", "/key", status=401)
    assert "다른 프로그램의 연결 키를 끊었어요" in owner_phone.open("/owner/more/changes").words


def test_an_address_is_tried_switched_off_and_told_of_when_it_fails(
    app: Flask, shop: AShop, owner_phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner_phone.open("/owner/more/programs")
    owner_phone.tap("소식 보낼 주소 적기 손님이 오거나 혜택을 쓰면 알려 줘요")
    page = owner_phone.submit("주소 적기", url="http://pos.example.kr", status=422)
    assert page.value("url") == "http://pos.example.kr"
    page = owner_phone.submit("주소 적기", url="https://pos.example.kr/news")
    assert "whsec_" in page.words
    owner_phone.open("/owner/more/programs")
    with receiving() as receiver:

        def here(method: str, url: str, **how: object) -> object:
            assert url == "https://pos.example.kr/news"
            return real(method, receiver.url, **{**how, "trusted": frozenset({receiver.origin})})  # type: ignore[arg-type]

        real = news.call
        monkeypatch.setattr(news, "call", here)
        assert "시험으로 보냈고, 잘 받았어요" in owner_phone.submit("시험으로 보내기").words
        receiver.manner = 410
        assert "받지 못했어요" in owner_phone.submit("시험으로 보내기").words
    assert db.session.scalars(db.select(Webhook.state)).one() == "stopped"
    assert "소식을 보내지 못해 꺼 두었어요" in owner_phone.open("/owner").words
    owner_phone.open("/owner/more/programs")
    assert "이 주소로 다시 보내요" in owner_phone.submit("다시 켜기").words
    assert "꺼 두었어요" not in owner_phone.open("/owner").words
    owner_phone.open("/owner/more/programs")
    owner_phone.submit("https://pos.example.kr/news 지우기")
    db.session.rollback()
    assert db.session.scalar(db.select(Webhook.id)) is None


def test_the_malls_switch_says_what_it_does(owner_phone: Phone, shop: AShop) -> None:
    owner_phone.open("/owner/more/programs")
    assert "받아 적어요" in owner_phone.submit("저장하기", is_on=True).words
    assert "모두 지우고 껐어요" in owner_phone.submit("저장하기", is_on=False).words


def test_only_the_owner_connects_and_never_another_shops(
    app: Flask, shop: AShop, other_shop: AShop, owner_phone: Phone
) -> None:
    manager = Phone(app).signed_in(shop, factories.a_staff(shop, role="manager"))
    manager.open("/owner/more/programs", status=403)
    theirs = Phone(app).signed_in(other_shop, other_shop.owner_id)
    theirs.open("/owner/more/programs/keys")
    theirs.submit("키 만들기", name="옆집 포스")
    key_id = db.session.scalars(db.select(ApiKey.id)).one()
    owner_phone.open("/owner/more/programs")
    token = {"csrf_token": owner_phone.token()}
    owner_phone.post(f"/owner/more/programs/keys/{key_id}/end", token, status=404)
    owner_phone.post("/owner/more/programs/webhooks/1/trial", token, status=404)


def test_the_usual_is_written_down_by_two_taps_and_taken_back_by_one(
    app: Flask, shop: AShop, jiwoo: ACustomer
) -> None:
    phone = Phone(app).signed_in(shop, factories.a_staff(shop))
    panel = f"/owner/panel/{jiwoo.card_id}"
    page = phone.open(panel)
    phone.tap("구매 적기")
    page = phone.submit("적기", amount="", status=422)
    assert "산 것을 고르거나 금액을 적어 주세요." in page.errors()
    assert "4,500원 적었어요" in phone.submit("적기", amount="4,500원").words
    phone.submit("되돌리기")
    db.session.rollback()
    assert db.session.scalars(db.select(Visit.reversed_at)).one() is not None
    own = {"shop_id": shop.id, "staff_id": shop.owner_id, "customer_id": jiwoo.id, "now": factories.now()}
    visit.write_down(**own, amount=None, items=[Bought("라떼", 2, 4500)], once="the-first-one")
    phone.open(panel)
    page = phone.tap("구매 적기")
    assert "라떼 4,500원" in page.words
    once = page.value("once")
    page = phone.submit("라떼 4,500원")
    assert "4,500원 적었어요" in page.words
    token = phone.token()
    usual = db.session.scalars(db.select(VisitItem.product_id)).first()
    phone.post(page.path, {"usual": str(usual), "once": once, "csrf_token": token})
    db.session.rollback()
    standing = db.select(db.func.count(Visit.id)).where(Visit.reversed_at.is_(None))
    assert db.session.scalar(standing) == 2, "two taps on one button are one purchase"
