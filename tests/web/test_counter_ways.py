"""The counter's QR, the customers' tablet, a queue of people, amounts: each through the doors."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from app.cards.models import Claim
from app.extensions import db
from tests import factories
from tests.factories import ACustomer, AShop
from tests.phone import Phone
from tests.security.full_shop import rows_of
from tests.world import Clock


def address(owner_phone: Phone) -> str:
    """Return the address that the counter's QR of this moment says."""
    answer = owner_phone.client.get("/owner/counter/codes", base_url=owner_phone.base_url)
    found: list[str] = answer.get_json()["addresses"]
    assert len(found) == 40, "so many steps are drawn while the network is gone"
    assert "no-store" in answer.headers["Cache-Control"]
    return "/s/" + found[0].split("/s/")[1]


def claims_of(shop: AShop) -> list[str]:
    """Return by which way each claim of the shop came."""
    db.session.rollback()
    return list(db.session.scalars(db.select(Claim.via).where(Claim.shop_id == shop.id)))


@pytest.fixture
def tablet(app: Flask, shop: AShop) -> Phone:
    """A customers' tablet of the shop."""
    phone = Phone(app)
    phone.keep("kiosk", factories.a_kiosk(shop)[1])
    return phone


def test_the_counters_qr_becomes_a_claim(
    app: Flask, owner_phone: Phone, shop: AShop, jiwoo: ACustomer
) -> None:
    assert owner_phone.open("/owner/counter").h1 == "봄날커피 도장 받기"
    link = address(owner_phone)
    customer = Phone(app).holding(jiwoo)
    before = rows_of()
    page = customer.open(link)
    assert page.h1 == "봄날커피 도장 받기"
    assert rows_of() == before, "a link preview burns nothing"
    page = customer.submit("도장 받기")
    assert page.path == f"/c/{shop.code}"
    assert "사장님 확인을 기다려요" in page.words
    assert claims_of(shop) == ["counter"]


def test_who_has_no_card_gets_one_first(app: Flask, owner_phone: Phone, shop: AShop, clock: Clock) -> None:
    newcomer = Phone(app)
    page = newcomer.open(address(owner_phone))
    assert page.path == f"/s/{shop.code}"
    clock.advance(minutes=5)  # they read it all
    page = newcomer.submit("카드 받기")
    assert page.h1 == "봄날커피 도장 받기"
    newcomer.submit("도장 받기")
    assert claims_of(shop) == ["counter"]


def test_an_old_code_says_what_to_do(
    app: Flask, owner_phone: Phone, clock: Clock, jiwoo: ACustomer, shop: AShop
) -> None:
    link = address(owner_phone)
    clock.advance(seconds=91)
    customer = Phone(app).holding(jiwoo)
    page = customer.open(link, status=410)
    assert "지금 화면에 보이는 QR을 다시 비춰 주세요" in page.words
    assert "내 카드 열기" in page.words
    assert "카드 받기" in Phone(app).open(link, status=410).words
    assert claims_of(shop) == []


def test_the_tablet_takes_a_number_and_opens_nothing_else(
    tablet: Phone, owner_phone: Phone, shop: AShop, clock: Clock
) -> None:
    factories.a_customer(shop, name="최민서", phone="010-2222-3456")
    assert tablet.open("/kiosk").h1 == "전화번호를 눌러 주세요"
    page = tablet.submit("확인", number="2222", status=422)
    assert "여덟 자리를 모두 눌러 주세요" in page.words
    page = tablet.submit("확인", number="2222 3456")
    word = str(db.session.scalar(db.select(Claim.word)))
    assert word in page.words
    assert not any(told in page.html for told in ("3456", "최민서"))
    assert "2222" not in page.path
    assert f"{word} 최민서 님" in owner_phone.open("/owner/stamps").words
    owner_phone.submit("도장 찍기")
    assert "도장 1/10" in tablet.open(page.path).words
    clock.advance(seconds=61)
    assert tablet.open(page.path).path == "/kiosk", "the way back shows nobody"
    for path in ("/owner", "/owner/login", f"/s/{shop.code}", f"/c/{shop.code}", "/"):
        assert tablet.open(path).path == "/kiosk"
    tablet.post(f"/s/{shop.code}", {"csrf_token": tablet.token()}, status=403)


def test_the_same_answer_for_a_number_without_a_card(tablet: Phone, owner_phone: Phone, shop: AShop) -> None:
    factories.a_customer(shop, phone="010-2222-3456")

    def answer(number: str) -> str:
        tablet.open("/kiosk")
        page = tablet.submit("확인", number=number)
        word = re.search(r'class="word big">([^<]+)<', page.html)
        assert word is not None
        html = page.html.replace(word[1], "").replace(page.path.rsplit("/", 1)[1], "")
        return re.sub(r"csrf_token\" value=\"[^\"]+|data-rendered=\"\d+\"", "", html)

    assert answer("2222 3456") == answer("9999 0000")
    page = owner_phone.open("/owner/stamps")
    assert "카드가 없는 번호예요 · 끝 0000" in page.words
    assert "카드가 없는 번호예요" not in owner_phone.submit("알겠어요").words


def test_a_tablet_is_made_and_taken_back(app: Flask, shop: AShop, owner_phone: Phone, clock: Clock) -> None:
    policy, kept = f"/s/{shop.code}/privacy", "번호의 뒤 네 자리와 누른 시각만 하루 동안"
    assert kept not in owner_phone.open(policy).words
    assert "먼저 아이디와 비밀번호를 정해 주세요" in owner_phone.open("/owner/more/kiosks").words
    password = factories.a_password(shop, shop.owner_id)
    device = Phone(app).signed_in(shop, shop.owner_id)
    device.open("/owner/more/kiosks")
    page = device.submit("손님용 태블릿으로 쓰기")
    assert page.path == "/kiosk"
    assert kept in owner_phone.open(policy).words
    device.open("/kiosk/end")
    assert (
        "아이디나 비밀번호가 맞지 않아요"
        in device.submit("태블릿 끄기", login="bomnal", password="wrong-password", status=422).words
    )
    page = device.submit("태블릿 끄기", login="bomnal", password=password)
    assert page.path == "/owner"
    tablet = Phone(app)
    tablet.keep("kiosk", factories.a_kiosk(shop)[1])
    tablet.open("/kiosk")
    clock.advance(minutes=3)
    assert "3분 전에 썼어요" in device.open("/owner/more/kiosks").words
    assert "그 태블릿을 껐어요" in device.submit("끄기").words
    assert "손님용 태블릿이 꺼져 있어요" in tablet.open("/kiosk", status=410).words
    assert tablet.open("/owner").path == "/owner/login"


def test_a_queue_is_one_line_a_person(
    app: Flask, owner_phone: Phone, shop: AShop, jiwoo: ACustomer, minho: ACustomer, clock: Clock
) -> None:
    owner_phone.open("/owner/stamps")
    page = owner_phone.submit("이어서 적립")
    assert "이번에 0명" in page.words
    form = {"csrf_token": owner_phone.token(), "how": "scan"}
    lines = []
    for person in (jiwoo, minho):
        tap = form | {"once": factories.once(), "code": factories.a_code(person)}
        lines.append(owner_phone.post("/owner/stamps", tap, htmx=True).words)
        clock.advance(seconds=20)
    assert "한지우 님 도장 1/10" in lines[0]
    assert "이번에 2명" in lines[1]
    entry = db.session.scalar(db.text("select max(id) from ledger_entries"))
    back = owner_phone.post(f"/owner/entries/{entry}/reversal", form | {"from": "queue"}, htmx=True)
    assert "적립을 취소했어요" in back.words
    assert "이번에 1명" in back.words
    assert "이번에 1명에게 찍었어요" in owner_phone.submit("그만하기").words
    owner_phone.open("/owner/stamps")
    owner_phone.submit("이어서 적립")
    clock.advance(minutes=16)
    assert "이어서 적립하고 있어요" not in owner_phone.open("/owner/stamps").words, "it ends by itself"


def test_a_stamp_and_its_amount_are_two_taps(owner_phone: Phone, shop: AShop, jiwoo: ACustomer) -> None:
    factories.a_claim(shop, jiwoo)
    owner_phone.open("/owner/stamps")
    assert "얼마였나요?" not in owner_phone.submit("도장 찍기").words, (
        "a shop without prices is asked nothing"
    )
    owner_phone.open("/owner/more/prices")
    assert "세 개부터 여섯 개" in owner_phone.submit("저장하기", price1="4500", status=422).words
    owner_phone.submit("저장하기", price1="4500", price2="5000", price3="12,000원")
    assert "얼마였나요?" in owner_phone.open(f"/owner/panel/{jiwoo.card_id}").words
    assert "5,000원 적었어요" in owner_phone.submit("5,000원").words
    page = owner_phone.submit("적기", amount="많이", status=422)
    assert "숫자로 적어 주세요" in page.words
    assert "금액을 지웠어요" in owner_phone.submit("금액 지우기").words


def test_the_card_says_why_there_was_no_stamp(
    app: Flask, owner_phone: Phone, shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    factories.a_stamp(shop, jiwoo.card_id)
    clock.advance(minutes=2)
    customer = Phone(app).holding(jiwoo)
    customer.open(f"/c/{shop.code}")
    customer.submit("도장 받기")
    owner_phone.open("/owner/stamps")
    owner_phone.submit("도장 찍기", status=409)
    assert "· 방금 찍어서 이번에는 찍지 않았어요" in customer.open(f"/c/{shop.code}/live?v=0").words
    assert "방금 찍어서 이번에는 찍지 않았어요" in customer.open(f"/c/{shop.code}/visits").words
    clock.advance(minutes=11)
    assert "이번에는 찍지 않았어요" not in customer.open(f"/c/{shop.code}").words


def test_several_in_one_go_and_too_many(owner_phone: Phone, shop: AShop, jiwoo: ACustomer) -> None:
    owner_phone.open(f"/owner/panel/{jiwoo.card_id}")
    page = owner_phone.submit("찍기", count="9", status=409)
    assert "한 번에 5개까지 찍을 수 있어요" in page.words
    owner_phone.open(f"/owner/panel/{jiwoo.card_id}")
    owner_phone.submit("찍기", count="3")
    assert factories.a_card(jiwoo.card_id).balance == 3
