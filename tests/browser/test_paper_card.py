"""An old paper card: photographed by its holder, counted by the shop, and the stamps land on the open card."""

from __future__ import annotations

from app.extensions import db
from app.flows import photo
from app.reviews.models import Photo
from tests import factories
from tests.browser.conftest import NewHandset
from tests.browser.handset import wait_until
from tests.browser.test_photos import a_photo
from tests.factories import AShop


def _is_made(shop: AShop) -> bool:
    db.session.rollback()
    return set(db.session.scalars(db.select(Photo.state).where(Photo.shop_id == shop.id))) == {"ready"}


def test_a_photo_becomes_stamps(handset: NewHandset, shop: AShop) -> None:
    someone = factories.a_customer(shop)
    customer, owner = handset(card=someone), handset(staff=shop)
    customer.open(f"/c/{shop.code}")
    customer.page.get_by_role("link", name="종이 카드가 있어요").click()
    customer.page.locator("#photo").set_input_files([a_photo()])
    customer.page.locator("#stamps").fill("7")
    customer.press("사장님께 보내기")
    customer.page.locator("h1", has_text="사장님이 세어 보고").wait_for()
    photo.make_waiting(clock=factories.now)
    wait_until(lambda: _is_made(shop), "the photo, which the worker may have been at", customer.page)
    owner.open("/owner")
    owner.page.get_by_role("link", name="종이 카드 옮기기").click()
    owner.page.get_by_role("link", name="도장 7개").click()
    owner.until("document.querySelector('img.photo')?.naturalWidth > 400")
    customer.open(f"/c/{shop.code}")
    owner.page.locator("#stamps").fill("6")
    owner.press("도장 옮기기")
    owner.page.get_by_text("도장 여섯 개를 옮겼어요").wait_for()
    customer.page.locator("[data-stamps='6']").wait_for()
    customer.page.get_by_role("link", name="가게에서 온 말").click()
    customer.page.get_by_text("종이 카드의 도장 6개를 이 카드로 옮겨 드렸어요").wait_for()
