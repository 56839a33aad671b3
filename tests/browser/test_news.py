"""News in real browsers: opened on a customer's phone it is counted by itself; its words are copied on the owner's."""

from __future__ import annotations

from tests import factories
from tests.browser.conftest import NewHandset
from tests.browser.handset import wait_until
from tests.factories import AShop
from tests.flows.test_notices import read_by, shown


def test_opening_counts_and_the_words_are_copied(handset: NewHandset, shop: AShop) -> None:
    made = shown(shop, title="햇사과가 왔어요", text="달고 아삭해요")
    customer, owner = handset(card=factories.a_customer(shop)), handset(staff=shop)
    page = customer.open(f"/c/{shop.code}")
    page.get_by_role("link", name="가게 소식").click()
    page.get_by_role("link", name="햇사과가 왔어요").click()
    page.get_by_text("달고 아삭해요").wait_for()
    wait_until(lambda: read_by(shop, made) == 1, "it was counted", page)
    page.reload()
    page.goto(f"{customer.base_url}/c/{shop.code}")
    assert "새로 온 것" not in page.get_by_role("link", name="가게 소식").inner_text()

    owner.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk = owner.open(f"/owner/notices/{made}/caption")
    desk.fill("#caption", "제가 고친 글이에요")
    owner.press("글 복사하기")
    desk.get_by_text("글을 복사했어요").wait_for()
    assert desk.evaluate("navigator.clipboard.readText()") == "제가 고친 글이에요"
    owner.until("document.querySelector('img.square').naturalWidth === 1080")
    assert read_by(shop, made) == 1
