"""A coupon's life between two phones: promised on the join button, held, read by the camera, used once."""

from __future__ import annotations

from pathlib import Path

from app.cards.models import Card
from app.extensions import db
from tests import coupons, factories
from tests.browser import camera
from tests.browser.conftest import NewHandset
from tests.browser.handset import wait_until
from tests.factories import AShop


def test_from_the_join_button_to_the_counter(handset: NewHandset, shop: AShop, film: Path) -> None:
    coupons.a_kind(shop, "sign_up", name="쿠키 한 개")
    customer, owner = handset(), handset(staff=shop)
    customer.open(f"/s/{shop.code}")
    customer.page.get_by_role("link", name="카드 만들고 첫 방문에 쿠키 한 개 받기").click()
    customer.page.locator("input[name=phone]").fill(factories.a_number())
    for box in ("age14", "required"):
        customer.page.locator(f"input[name={box}]").check()
    customer.press("카드 만들고 첫 방문에 쿠키 한 개 받기")
    customer.page.wait_for_url("**/c/*")
    assert "첫 방문에 쿠키 한 개를 드려요" in customer.words
    factories.a_stamp(shop, db.session.scalars(db.select(Card.id).where(Card.shop_id == shop.id)).one())
    customer.page.reload()
    customer.page.locator(".tickets a").first.click()
    assert customer.h1 == "쿠키 한 개"
    assert "무상 제공 · 현금으로 바꿀 수 없어요" in customer.words
    code = customer.code()
    assert code.startswith("C1.")
    # A network that is gone takes nothing away: the page draws its code by the card's own key.
    customer.context.set_offline(True)
    customer.page.wait_for_timeout(1500)
    assert customer.code().startswith("C1.")
    customer.context.set_offline(False)
    camera.film(customer.code(), film)
    owner.open("/owner/stamps")
    owner.page.locator("#result .guest").wait_for()
    camera.film_nothing(film)
    assert "손님 쿠폰이에요" in owner.words
    assert "도장 찍었어요" not in owner.words
    owner.press("쿠폰 쓰기")
    wait_until(lambda: "쿠키 한 개를 썼어요" in owner.words, "the coupon was used", owner.page)
    assert owner.page.get_by_role("button", name="쿠폰 쓰기").count() == 0
    customer.page.reload()
    assert "쓴 쿠폰이에요" in customer.words
    coupons.check(shop)
