"""A disappointed customer and the owner, each on their own phone."""

from __future__ import annotations

from tests import factories
from tests.browser.conftest import NewHandset
from tests.factories import AShop
from tests.flows.test_review import an_ask


def test_one_star_is_heard_and_answered(handset: NewHandset, shop: AShop) -> None:
    holder = factories.a_customer(shop)
    token = an_ask(shop, holder)
    customer, owner = handset(card=holder), handset(staff=shop)
    page = customer.open(f"/r/{token}")
    page.get_by_role("radio", name="1점 · 많이 아쉬워요").check()
    page.get_by_role("radio", name="아쉬웠어요").check()
    page.fill("#text", "주문이 두 번이나 틀렸어요")
    customer.press("후기 남기기")
    page.wait_for_url("**/thanks")
    assert customer.h1 == "후기 고마워요"

    counter = owner.open("/owner")
    counter.get_by_role("link", name="손님 말씀").click()
    counter.get_by_role("link", name="주문이 두 번이나 틀렸어요").click()
    counter.locator("#lines").get_by_text("주문이 두 번이나 틀렸어요").wait_for()

    # The customer waits on the open thread; the answer comes by itself.
    customer.open(f"/c/{shop.code}/voices")
    page.get_by_role("link", name="주문이 두 번이나 틀렸어요").click()
    page.locator("#lines").wait_for()
    counter.fill("#text", "정말 죄송해요. 다음에 오시면 제가 직접 챙길게요.")
    owner.press("답 보내기")
    page.locator("#lines").get_by_text("제가 직접 챙길게요").wait_for()

    # And what the customer says next comes to the owner's open page.
    page.fill("#text", "고맙습니다. 또 갈게요.")
    customer.press("보내기")
    counter.locator("#lines").get_by_text("또 갈게요").wait_for()
    owner.press("해결했어요")
    counter.wait_for_url("**/owner/voices")

    counter.goto(owner.base_url + "/owner/reviews?unanswered=1")
    counter.locator("summary", has_text="답글 쓰기").click()
    counter.locator("textarea").fill("말씀 새겨들을게요.")
    owner.press("답글 남기기")
    counter.locator("#toasts").get_by_text("답글을 남겼어요").wait_for()
    assert counter.locator("article.review .reply").inner_text().endswith("말씀 새겨들을게요.")
    stranger = handset()
    stranger.open(f"/s/{shop.code}/reviews")
    assert "말씀 새겨들을게요." in stranger.words
