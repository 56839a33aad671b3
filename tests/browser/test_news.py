"""News in real browsers: opened on a customer's phone it is counted by itself; its words are copied on the owner's."""

from __future__ import annotations

from app.flows import shop_links
from app.flows.unit import write
from tests import factories
from tests.browser.conftest import NewHandset
from tests.browser.handset import wait_until
from tests.factories import AShop
from tests.flows.test_notices import pictured, read_by, shown


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


def test_what_a_shop_shows_is_fit_for_everybody(handset: NewHandset, shop: AShop) -> None:
    """At 320 px nothing scrolls sideways; axe finds nothing, light and dark."""
    with write():
        row = factories.the_shop(shop)
        row.address, row.story = "서울 은하구 달빛로 12", "매일 아침 콩을 볶아요."
    typed = {
        "instagram": "@bomnal_coffee_roasters_seoul",
        "openchat": "https://open.kakao.com/o/gAbCdEfGhIjKl",
    }
    shop_links.save(shop_id=shop.id, staff_id=shop.owner_id, typed=typed, now=factories.now())
    made = shown(shop, title="햇사과가 영월에서 오늘 아침에 막 도착했어요", is_first=True)
    pictured(shop, made)
    phone = handset(card=factories.a_customer(shop), bypass_csp=True, reduced_motion="reduce")
    wide, found = {}, {}
    for path in (
        f"/s/{shop.code}/shop",
        f"/s/{shop.code}/notices",
        f"/s/{shop.code}/notices/{made}",
        f"/c/{shop.code}/notices",
        f"/c/{shop.code}/notices/{made}",
        f"/c/{shop.code}",
    ):
        phone.page.set_viewport_size({"width": 320, "height": 568})
        wide[path] = phone.open(path).evaluate("document.documentElement.scrollWidth")
        phone.page.set_viewport_size({"width": 390, "height": 2400})
        found[path] = phone.axe_faults()
    assert {path: width for path, width in wide.items() if width > 320} == {}
    assert {path: faults for path, faults in found.items() if faults} == {}
