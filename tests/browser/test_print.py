"""Paper before the owner's camera: it earns, and a reward is the staff's to check."""

from __future__ import annotations

from pathlib import Path

from tests import factories
from tests.browser import camera
from tests.browser.conftest import NewHandset
from tests.factories import AShop


def test_the_camera_reads_a_card_on_paper(handset: NewHandset, shop: AShop, film: Path) -> None:
    holder, _reward = factories.a_reward(shop)
    owner = handset(staff=shop)
    camera.film(factories.a_printed_code(holder), film)
    owner.open("/owner/stamps")
    owner.page.locator("#result .guest").wait_for()
    assert owner.page.locator("#result .chip").first.inner_text() == "도장 찍었어요"
    owner.page.locator("#result [data-stamps='1']").wait_for()
    assert "쓰기 전에 누구 카드인지 확인해요" in owner.words
    owner.page.get_by_text("카드 없이 확인하기", exact=True).click()
    owner.page.get_by_text("종이 카드예요").click()
    owner.press("확인했어요")
    owner.press("사용하기")
    owner.page.get_by_text("아메리카노 한 잔을 사용했어요").wait_for()
    camera.film_nothing(film)
