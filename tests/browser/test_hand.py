"""Sending by hand with the message app in between, and a photo for one person from the phone's camera."""

from __future__ import annotations

from app.extensions import db
from app.flows import hand_day
from app.messages.models import Attempt, Message
from tests import factories
from tests.browser.conftest import NewHandset
from tests.browser.handset import Handset, wait_until
from tests.browser.test_photos import a_photo
from tests.factories import AShop
from tests.web.test_hand_pages import staged

# No message app here: the press is heard, nothing is opened. And the share sheet only notes what it was given.
NO_APPS = """() => {
  document.addEventListener('click', (event) => { if (event.target.closest('[data-hand-open]')) event.preventDefault(); });
}"""
SHOWS = "Object.defineProperty(document, 'visibilityState', { value: '%s', configurable: true });"


def away(phone: Handset) -> None:
    """The message app comes to the front, and a little later the page again."""
    for state in ("hidden", "visible"):
        phone.page.evaluate(SHOWS % state + "document.dispatchEvent(new Event('visibilitychange'))")
        phone.page.wait_for_timeout(900)


def test_coming_back_from_the_message_app_asks_once(handset: NewHandset, shop: AShop) -> None:
    hand_day.save(shop_id=shop.id, staff_id=shop.owner_id, time="08:00", most="100", now=factories.now())
    for name in ("한지우", "박민호"):
        staged(shop, factories.a_customer(shop, name=name, phone=factories.a_number(), agrees="all"))
    owner = handset(staff=shop)
    page = owner.open("/owner/messages/phone")
    page.evaluate(NO_APPS)
    asks = page.locator("#hand-asks")
    away(owner)
    assert not asks.is_visible(), "nothing was opened"
    page.get_by_role("link", name="문자 쓰기").first.click()
    away(owner)
    asks.get_by_text("한지우 님께 보낼 말이에요").wait_for()
    page.keyboard.press("Escape")  # the back button: not sent, and not asked again
    away(owner)
    assert not asks.is_visible()
    page.get_by_role("link", name="문자 쓰기").first.click()
    page = owner.open("/owner/messages/phone")  # the phone was locked, the page thrown away meanwhile
    asks = page.locator("#hand-asks")
    asks.wait_for()
    page.locator("[data-hand-yes]").dblclick()
    page.get_by_text("보냈다고 적어 두었어요").wait_for()
    page.get_by_role("heading", name="박민호 님").wait_for()
    assert not asks.is_visible()
    db.session.rollback()
    tries = db.session.query(Attempt).filter_by(shop_id=shop.id, outcome="by_hand").count()
    assert tries == 1
    page.get_by_role("button", name="안 보냈어요").click()
    page.get_by_role("heading", name="한지우 님").wait_for()


def test_a_photo_for_one_person(handset: NewHandset, shop: AShop) -> None:
    someone = factories.a_customer(shop, name="한지우", phone=factories.a_number(), agrees="all")
    owner, customer = handset(staff=shop), handset(card=someone)
    page = owner.open(f"/owner/people/{someone.id}/letter")
    page.locator("#text").fill("두고 가신 우산이에요")
    page.locator("#camera").set_input_files([a_photo()])
    page.get_by_text("이 사진을 함께 보내요").wait_for()
    owner.until("document.querySelector('[data-letter-shows]').width === 1200")
    owner.press("어떻게 보일지 보기")
    page.get_by_text("가게에서 먼저 건네는 말은 광고예요").wait_for()
    page.locator("article img.photo").wait_for()  # the worker has written it anew
    owner.press("보내기")
    page.get_by_text("보냈어요").first.wait_for()
    customer.open(f"/c/{shop.code}/inbox")
    customer.until("document.querySelector('article img.photo').naturalWidth === 1200")
    assert "두고 가신 우산이에요" in customer.words

    def has_gone() -> bool:
        db.session.rollback()
        which = {"shop_id": shop.id, "kind": "personal", "channel": "demo_phone", "state": "sent"}
        return db.session.query(Message).filter_by(**which).count() == 1

    wait_until(has_gone, "the text went out", page)
