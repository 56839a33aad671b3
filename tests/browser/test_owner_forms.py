"""What an owner types: it comes back into its page, outlives the session, and nothing said lies over a button."""

from __future__ import annotations

from app.flows import access
from tests import factories
from tests.browser.conftest import NewHandset
from tests.browser.handset import Handset
from tests.factories import AShop


def _lies_over(phone: Handset, one: str, other: str) -> bool:
    boxes = [phone.page.locator(which).first.bounding_box() for which in (one, other)]
    (a, b) = boxes
    assert a is not None
    assert b is not None
    return a["y"] < b["y"] + b["height"] and b["y"] < a["y"] + a["height"]


def test_a_form_that_cant_be_saved_leaves_the_way_back_open(handset: NewHandset, shop: AShop) -> None:
    phone = handset(staff=shop)
    phone.open("/owner/more")
    phone.page.get_by_role("heading", name="카드와 혜택").click()
    phone.page.get_by_role("link", name="카드 규칙").click()
    phone.page.locator("#goal").fill("1")
    phone.press("저장하기")
    phone.page.locator(".summary").wait_for()
    phone.until("document.activeElement.matches('.summary')")
    assert phone.page.locator("#goal").input_value() == "1"
    phone.open("/owner")
    phone.page.go_back()
    assert phone.page.locator("h1").inner_text() == "카드 규칙"
    phone.page.locator("#goal").fill("8")
    phone.press("저장하기")
    phone.page.locator(".said", has_text="저장했어요").wait_for()
    assert not _lies_over(phone, ".said", "h1")
    phone.page.get_by_role("heading", name="카드와 혜택").click()
    assert "도장 8개" in phone.words


def test_what_was_typed_outlives_the_session(handset: NewHandset, shop: AShop) -> None:
    person = factories.a_customer(shop, name="한지우", phone=factories.a_number())
    phone = handset(staff=shop)
    phone.open(f"/owner/people/{person.id}")
    phone.page.locator("#memo").fill("창가 자리를 좋아해요")
    token = next(each["value"] for each in phone.context.cookies() if each["name"].endswith("staff"))
    access.sign_out(token=token, now=factories.now())
    phone.press("저장하기")
    phone.page.locator("h1", has_text="사장님 로그인").wait_for()
    assert "쓰던 내용은 그대로 있어요" in phone.words


def test_a_toast_never_lies_where_the_thumb_is(handset: NewHandset, shop: AShop) -> None:
    factories.a_claim(shop, factories.a_customer(shop))
    factories.a_claim(shop, factories.a_customer(shop))
    phone = handset(staff=shop)
    phone.open("/owner/stamps")
    phone.press("도장 찍기")
    phone.page.locator(".toast", has_text="적립 취소").wait_for()
    assert not _lies_over(phone, ".toast", ".page .thumb")
    assert not _lies_over(phone, ".toast", "[data-result]")
    phone.page.locator("#claims h2", has_text="한 분이 기다려요").wait_for()
    assert phone.page.locator("#waiting").inner_text().split()[-1] == "1"


def test_back_to_a_refused_form_opens_the_form_and_not_the_page_without_a_network(
    handset: NewHandset, shop: AShop
) -> None:
    person = factories.a_customer(shop, name="한지우")
    phone = handset(staff=shop)
    phone.open("/owner")
    phone.until("navigator.serviceWorker.controller !== null")
    phone.open(f"/owner/people/{person.id}/companions")
    phone.press("저장하기")
    phone.page.locator(".summary").wait_for()
    phone.page.locator("#name").fill("콩이")
    phone.press("저장하기")
    phone.page.locator("#companions", has_text="콩이").wait_for()
    phone.page.go_back()
    phone.page.locator("h1", has_text="함께 오는 친구").wait_for()
    assert phone.page.locator("#name").input_value() == ""
