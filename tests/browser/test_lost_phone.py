"""A phone is lost: the new one asks for its card, the code comes to the number, and the stamps are there."""

from __future__ import annotations

import re

from tests import factories
from tests.browser.conftest import NewHandset
from tests.browser.test_customer_looks import looks_wrong
from tests.browser.test_letters import demo_phone
from tests.factories import AShop


def test_a_new_phone_finds_its_card_by_the_code(handset: NewHandset, shop: AShop) -> None:
    number = factories.a_number()
    old = factories.a_card_with(4, shop, factories.a_customer(shop, name="한지우", phone=number))
    new, glass = handset(), handset()
    new.open(f"/s/{shop.code}")
    new.page.get_by_role("link", name="전에 만든 카드가 있어요").click()
    new.page.fill("#phone", number)
    new.press("인증번호 받기")
    new.page.wait_for_url("**/restore/code")
    demo_phone(glass, shop)
    bubble = glass.page.locator(".bubble", has_text="인증번호")
    bubble.wait_for()
    found = re.search(r"인증번호 (\d{6})", bubble.inner_text())
    assert found is not None
    new.page.fill("#digits", found.group(1))
    new.press("확인하기")
    new.page.wait_for_url(f"**/c/{shop.code}")
    new.page.locator("[data-stamps='4']").wait_for()
    assert "카드를 찾았어요" in new.words
    assert factories.a_person(old.id).phone_checked_at is not None


def test_the_counters_word_opens_the_card_by_itself(handset: NewHandset, shop: AShop) -> None:
    who = factories.a_customer(shop, name="한지우", phone=factories.a_number())
    new, owner = handset(), handset(staff=shop)
    new.open(f"/s/{shop.code}/restore/counter")
    new.press("가게에서 옮기기")
    word = new.page.locator(".word").inner_text()
    owner.open(f"/owner/people/{who.id}/new-phone")
    owner.page.locator("label", has_text=word).click()
    owner.page.locator("label", has_text="아는 손님이에요").click()
    owner.press("이 휴대폰으로 옮기기")
    owner.page.wait_for_url(f"**/owner/people/{who.id}")
    new.page.wait_for_url(f"**/c/{shop.code}")


def test_the_pages_of_a_lost_phone(handset: NewHandset, shop: AShop) -> None:
    holder = factories.a_customer(shop, name="한지우", phone=factories.a_number())
    settings = {"bypass_csp": True, "reduced_motion": "reduce", "service_workers": "block"}
    mine, new = handset(card=holder, **settings), handset(**settings)
    wrong = [
        fault for page in ("me", "me/number", "me/other-phones") for fault in looks_wrong(mine, f"/c/{shop.code}/{page}")
    ]  # fmt: skip
    wrong += looks_wrong(new, f"/s/{shop.code}/restore/counter")
    new.open(f"/s/{shop.code}/restore/counter")
    new.press("가게에서 옮기기")
    new.page.locator(".word").wait_for()
    pages = ("restore", "restore/code", "restore/counter")
    assert wrong + [fault for page in pages for fault in looks_wrong(new, f"/s/{shop.code}/{page}")] == []
