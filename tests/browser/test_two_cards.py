"""Two shops' cards in one browser: neither takes the other's place, also without a network."""

from __future__ import annotations

from tests import factories
from tests.browser.conftest import NewHandset
from tests.browser.handset import wait_until
from tests.factories import AShop

_KEPT = (
    "(async () => { const found = []; for (const name of await caches.keys()) if (name.startsWith('card-'))"
    " for (const page of await (await caches.open(name)).keys()) found.push(new URL(page.url).pathname); return found })()"
)


def test_both_are_saved_and_leaving_one_keeps_the_other(handset: NewHandset, shop: AShop) -> None:
    stall = factories.a_shop("정순네 반찬", reward_name="반찬 한 통", is_demo=True, **factories.no_limits())
    here = factories.a_card_with(3, shop)
    factories.a_card_with(2, stall, factories.a_customer(stall, browser=here.browser))
    phone = handset(card=here, quiet=False)
    page = phone.open(f"/c/{stall.code}")
    wait_until(lambda: page.evaluate(_KEPT) == [f"/c/{stall.code}"], "the first card is saved", page)
    phone.open(f"/c/{shop.code}")
    wait_until(lambda: len(page.evaluate(_KEPT)) == 2, "the second card is saved beside it", page)

    phone.context.set_offline(True)
    phone.open("/")
    assert page.locator("h1").inner_text() == "내 카드"
    assert page.locator(".list .voice").all_inner_texts() == ["달빛커피", "정순네 반찬"]
    page.get_by_text("정순네 반찬").click()
    page.get_by_text("저장해 둔 카드예요").wait_for()
    assert page.url == f"{phone.base_url}/c/{stall.code}"
    assert "반찬 한 통" in page.locator("h1").inner_text()
    phone.context.set_offline(False)

    phone.open(f"/c/{stall.code}/me/delete")
    phone.press("모두 지우기")
    page.get_by_text("다른 카드는 그대로 있어요").wait_for()
    wait_until(lambda: page.evaluate(_KEPT) == [f"/c/{shop.code}"], "only the other card is kept", page)
