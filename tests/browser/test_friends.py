"""A friend's link from KakaoTalk to the phone's own browser, to the card, to the first stamp: both are rewarded."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from tests import factories
from tests.browser.conftest import NewHandset
from tests.browser.handset import wait_until
from tests.factories import AShop
from tests.flows.test_referral import switched_on

_KAKAO = "Mozilla/5.0 (Linux; Android 15; SM-S931N) AppleWebKit/537.36 Chrome/142.0 Mobile KAKAOTALK/25.1.0"
_SHARED = "window.shared = []; navigator.share = async (what) => { window.shared.push(what) }"


def test_a_link_survives_kakaotalk_and_rewards_both(handset: NewHandset, shop: AShop) -> None:
    switched_on(shop)
    inviter = factories.a_card_with(1, shop, factories.a_customer(shop, name="김단골"))
    mine = handset(card=inviter, bypass_csp=True)
    mine.context.add_init_script(_SHARED)
    page = mine.open(f"/c/{shop.code}/friends")
    page.get_by_text("보여 주기").click()
    mine.press("내 초대 링크 만들기")
    page.locator("#invite-link").wait_for()
    mine.press("친구에게 보내기")
    wait_until(lambda: page.evaluate("window.shared.length") == 1, "the phone's own sheet opens", page)
    link = str(page.evaluate("window.shared[0].url"))
    assert link == page.locator("#invite-link").input_value()

    kakao = handset(user_agent=_KAKAO)
    kakao.open(f"{urlsplit(link).path}?{urlsplit(link).query}")
    assert "김*골 님이 초대했어요. 첫 방문에 도장 1개를 더 드려요." in kakao.words
    out = str(kakao.page.get_by_role("link", name="브라우저로 열기").get_attribute("href"))
    outside = urlsplit(parse_qs(urlsplit(out).query)["url"][0])

    friend = handset()
    friend.open(f"{outside.path}?{outside.query}")
    friend.press("카드 받기")
    friend.page.get_by_text("친구의 초대로 오셨네요").wait_for()
    friend.press("도장 받기")
    friend.page.locator("[data-waiting]").wait_for()
    counter = handset(staff=shop)
    counter.open("/owner/stamps")
    counter.press("도장 찍기")
    counter.page.locator(".guest").wait_for()
    counter.press("함께 오셨어요 +1")
    counter.page.get_by_text("두 분이 함께 오셨어요").wait_for()
    assert factories.a_card(inviter.card_id).balance == 3
    friend.open(f"/c/{shop.code}/visits")
    assert "친구 소개로" in friend.words
    assert "소개해 주신 분이 다녀가셨어요" in mine.open(f"/c/{shop.code}/inbox").inner_text("main")
