"""Bad input: each a clear Korean sentence, nothing typed is lost, nothing happens twice."""

from __future__ import annotations

import pytest

from app.cards.models import Card
from app.customers.models import Customer
from app.extensions import db
from app.flows import access
from app.flows import shop as shop_flow
from tests import factories
from tests.browser.conftest import NewHandset
from tests.browser.handset import Handset
from tests.factories import ACustomer, AShop

# "이름, 취향 ☕️" with a family emoji: several code points that are one letter on the screen.
LONG_MEMO = ("단골 👨‍👩‍👧‍👦☕️ 라떼는 늘 연하게. " * 300)[:4000]


@pytest.fixture
def strict(app: object) -> AShop:
    """A shop with the limits every shop starts with."""
    return factories.a_shop("단비다방", is_demo=True)


def balance(customer: ACustomer) -> int:
    """Return the stamps on a card now."""
    return int(factories.a_card(customer.card_id).balance)


def scan(owner: Handset, text: str) -> None:
    """Let the scan form send a text, as scan.js does with whatever it read."""
    owner.page.evaluate(
        "(text) => { const form = document.getElementById('scan-form'); form.elements.code.value = text;"
        " form.requestSubmit() }",
        text,
    )


def test_every_wrong_qr_says_what_to_do(handset: NewHandset, strict: AShop, shop: AShop) -> None:
    owner = handset(staff=strict)
    holder, foreigner = factories.a_customer(strict), factories.a_customer(shop)
    old = factories.a_code(holder, at=factories.now().replace(year=2025))
    unknown = "카드의 QR이 아니에요. 손님 화면의 QR을 찍어 주세요."
    owner.open("/owner/stamps")
    for text, sentence in (
        ("https://example.com/menu", unknown),
        ("D1.한글.쿠폰", unknown),
        ("D1." + "Z" * 5000, unknown),
        (
            factories.a_code(foreigner),
            "우리 가게 카드가 아니에요. 손님께 우리 가게 카드를 열어 달라고 해 주세요.",
        ),
        (old, "시간이 지난 코드예요. 손님 화면을 새로 열어 다시 찍어 주세요."),
    ):
        owner.page.evaluate("document.getElementById('result').replaceChildren()")
        scan(owner, text)
        alert = owner.page.locator("#result [role=alert]")
        alert.wait_for()
        assert alert.locator("h2").inner_text() == sentence, text[:30]
    code = factories.a_code(holder)
    scan(owner, code)
    owner.page.locator("#result .guest").wait_for()
    assert balance(holder) == 1
    # A picture of the code that was just used: the same tap, not a second stamp.
    scan(owner, code)
    owner.page.get_by_text("방금 찍은 도장이에요. 더 찍지 않았어요").wait_for()
    assert (balance(holder), balance(foreigner)) == (1, 0)


def test_a_number_that_is_no_mobile_and_a_box_not_ticked_lose_nothing(
    handset: NewHandset, shop: AShop
) -> None:
    phone = handset()
    page = phone.open(f"/s/{shop.code}/details")
    page.fill("#name", "정다은")
    for number in ("02-123-4567", "010-12-34", "+1 415 555 2671", "번호 없음 📵", "0101234567890123"):
        page.fill("#phone", number)
        phone.press("카드 받기")
        page.locator("[role=alert]").wait_for()
        assert page.locator("#phone-error").inner_text().strip() != ""
        assert (page.input_value("#phone"), page.input_value("#name")) == (number[:20], "정다은")
    page.fill("#phone", factories.a_number())
    page.locator("label[for=required]").first.click()
    phone.press("카드 받기")
    page.locator("#age14-error").wait_for()
    assert "만 14세 이상만" in page.locator("#age14-error").inner_text()
    assert page.is_checked("#required") and not page.is_checked("#age14")
    assert page.input_value("#name") == "정다은"
    assert db.session.scalar(db.select(db.func.count(Customer.id)).where(Customer.shop_id == shop.id)) == 0
    page.locator("label[for=age14]").first.click()
    phone.press("카드 받기")
    page.wait_for_url(f"**/c/{shop.code}")


def test_pressing_twice_is_pressing_once(handset: NewHandset, strict: AShop) -> None:
    customer, owner = handset(), handset(staff=strict)
    customer.open(f"/s/{strict.code}")
    customer.page.get_by_role("button", name="카드 받기").dblclick()
    customer.page.wait_for_url("**/c/*")
    (person,) = db.session.scalars(db.select(Customer).where(Customer.shop_id == strict.id)).all()
    customer.page.get_by_role("button", name="도장 받기").dblclick(no_wait_after=True)
    customer.page.locator(".slip .word").wait_for()
    owner.open("/owner/stamps")
    assert owner.page.locator(".claims li").count() == 1
    owner.page.get_by_role("button", name="도장 찍기").dblclick(no_wait_after=True)
    owner.page.locator("#result .guest").wait_for()
    customer.page.locator("[data-stamps='1']").wait_for()
    db.session.rollback()
    assert db.session.get_one(Customer, person.id).visit_count == 1


def test_back_after_sending_and_sending_again(handset: NewHandset, strict: AShop) -> None:
    phone, owner = handset(), handset(staff=strict)
    page = phone.open(f"/s/{strict.code}/details")
    number = factories.a_number()
    page.fill("#phone", number)
    for box in ("age14", "required"):
        page.locator(f"label[for={box}]").first.click()
    phone.press("카드 받기")
    page.wait_for_url(f"**/c/{strict.code}")
    page.go_back()
    # The form is not there to be sent again: whoever holds a card gets to what was written down.
    page.locator("h1", has_text="이름과 번호를 고쳐요").wait_for()
    phone.press("저장하기")
    page.wait_for_url(f"**/c/{strict.code}")
    (card,) = db.session.scalars(db.select(Card).where(Card.shop_id == strict.id)).all()
    owner.open(f"/owner/panel/{card.id}")
    owner.press("도장 찍기")
    owner.page.get_by_text("도장 찍었어요").first.wait_for()
    owner.open("/owner/people")
    owner.page.go_back()
    owner.page.get_by_role("button", name="한 개 더").wait_for()
    assert owner.page.get_by_role("button", name="도장 찍기").count() == 0
    page.locator("[data-stamps='1']").wait_for()


def test_a_session_that_ended_keeps_what_was_typed(handset: NewHandset, shop: AShop) -> None:
    holder = factories.a_customer(shop, name="서하람", phone=factories.a_number())
    login, word = f"owner{shop.id}", "문장처럼 긴 비밀번호"
    shop_flow.set_password(
        shop_id=shop.id, staff_id=shop.owner_id, login=login, password=word, now=factories.now()
    )
    owner = handset(staff=shop)
    page = owner.open(f"/owner/people/{holder.id}")
    page.fill("#memo", "창가 자리를 좋아하세요\n둘째 줄도 그대로")
    page.fill("#likes", "라떼 연하게")
    token = next(each["value"] for each in owner.context.cookies() if each["name"].endswith("staff"))
    access.sign_out(token=token, now=factories.now())
    owner.press("저장하기")
    page.get_by_text("쓰던 내용은 그대로 있어요").wait_for()
    page.fill("#login", login)
    page.fill("#password", "틀린 비밀번호예요")
    owner.press("로그인")
    page.locator("[role=alert]").wait_for()
    assert page.input_value("#login") == login
    page.fill("#password", word)
    owner.press("로그인")
    page.locator("h1", has_text="쓰던 내용이 그대로 있어요").wait_for()
    owner.press("이어서 저장하기")
    page.locator("h1", has_text="서하람 님").wait_for()
    assert page.input_value("#memo") == "창가 자리를 좋아하세요\n둘째 줄도 그대로"
    assert page.input_value("#likes") == "라떼 연하게"


def test_four_thousand_characters_and_emoji(handset: NewHandset, shop: AShop) -> None:
    holder = factories.a_customer(shop, name="최예나", phone=factories.a_number())
    owner, customer = handset(staff=shop), handset(card=holder)
    page = owner.open(f"/owner/people/{holder.id}")
    page.fill("#memo", LONG_MEMO + "한 글자 더")
    owner.press("저장하기")
    page.locator("[role=alert]").wait_for()
    assert "4,000자까지" in page.locator("[role=alert]").inner_text()
    assert page.input_value("#memo") == LONG_MEMO + "한 글자 더"
    page.fill("#memo", LONG_MEMO)
    owner.press("저장하기")
    page.get_by_text("저장했어요").wait_for()
    assert page.input_value("#memo") == LONG_MEMO.strip()
    for phone, path in ((owner, f"/owner/panel/{holder.card_id}"), (customer, f"/c/{shop.code}/me")):
        phone.page.set_viewport_size({"width": 320, "height": 568})
        phone.open(path)
        assert "👨‍👩‍👧‍👦☕️" in phone.words
        assert phone.page.evaluate("document.documentElement.scrollWidth") <= 320
