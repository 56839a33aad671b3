"""Letters that ask: for a review, as the person wished, and after a silence; from the demo phone to the answer."""

from __future__ import annotations

from datetime import timedelta

from app.flows import automation, come_back, review_asks, rhythm
from tests import factories
from tests.browser.conftest import NewHandset
from tests.browser.handset import Handset
from tests.browser.test_letters import demo_phone
from tests.factories import ACustomer, AShop


def a_guest(shop: AShop, *days_ago: float, agrees: str = "all") -> ACustomer:
    """Somebody with a number who came so many days ago; nobody is thanked, so that nothing else is on the way."""
    automation.switch(shop_id=shop.id, kind="thank_you", is_on=False, now=factories.now())
    guest = factories.a_customer(shop, name="한지우", phone=factories.a_number(), agrees=agrees)
    for days in sorted(days_ago, reverse=True):
        factories.a_stamp(shop, guest.card_id, at=factories.now() - timedelta(days=days))
    return guest


def hurried(glass: Handset, label: str, begins: str) -> None:
    """Press 지금 보내기 beside a letter that is coming, wait for it, and tap the link in it."""
    coming = glass.page.locator("li", has_text=label).filter(has_text="지금 보내기")
    coming.get_by_role("button", name="지금 보내기").first.click()
    bubble = glass.page.locator(".bubble", has_text="/r/")
    bubble.wait_for()
    assert bubble.inner_text().startswith(begins)
    bubble.locator("a[href*='/r/']").click()
    glass.page.locator("h1", has_text="어떠셨어요?").wait_for()


def test_a_request_is_tapped_and_the_answer_comes_back(handset: NewHandset, shop: AShop) -> None:
    guest = a_guest(shop, 0.5)
    assert review_asks.plan_requests(shop_id=shop.id, now=factories.now()) == 1
    glass, owner, customer = handset(), handset(staff=shop), handset(card=guest)
    demo_phone(glass, shop)
    hurried(glass, "후기 요청", "(광고)달빛커피")
    glass.page.get_by_label("5점").check()
    glass.page.fill("#text", "라떼가 정말 고소해요")
    glass.press("후기 남기기")
    glass.page.locator("h1", has_text="후기 고마워요").wait_for()
    owner.open("/owner")
    owner.page.get_by_role("link", name="답글 기다리는 후기").click()
    owner.page.locator("summary", has_text="답글 쓰기").click()
    owner.page.locator("article textarea").fill("또 고소하게 볶아 둘게요.")
    owner.press("답글 남기기")
    owner.page.locator("#toasts").get_by_text("답글을 남겼어요").wait_for()
    customer.open(f"/c/{shop.code}")
    customer.page.get_by_role("link", name="내 후기").click()
    customer.page.locator("article.review .reply", has_text="또 고소하게 볶아 둘게요.").wait_for()
    assert "라떼가 정말 고소해요" in customer.words


def test_who_wished_is_asked_as_they_wished(handset: NewHandset, shop: AShop) -> None:
    guest = a_guest(shop, 0.1, agrees="required")
    customer, glass = handset(card=guest), handset()
    customer.open(f"/c/{shop.code}")
    customer.press("이번 후기 요청 받을게요")
    customer.page.get_by_text("후기 쓰는 곳을 알려 드릴게요").first.wait_for()
    demo_phone(glass, shop)
    hurried(glass, "부탁받은 후기 안내", "[달빛커피]")


def test_the_silent_are_asked_after_and_come_back(handset: NewHandset, shop: AShop) -> None:
    guest = a_guest(shop, 15, 22, 29, 36)
    automation.switch(shop_id=shop.id, kind="come_back", is_on=True, now=factories.now())
    glass, owner = handset(), handset(staff=shop)
    demo_phone(glass, shop)
    rhythm.count_shop(shop_id=shop.id, now=factories.now())
    come_back.plan_for(shop_id=shop.id, now=factories.now())
    bubble = glass.page.locator(".bubble", has_text="안부 전합니다")
    bubble.wait_for()
    assert bubble.inner_text().startswith("(광고)달빛커피")
    factories.a_stamp(shop, guest.card_id)
    owner.open("/owner")
    owner.page.get_by_text("오랜만에 안부를 전한 손님들이에요").wait_for()
    assert "한지우 님" in owner.words
