"""A push in Chromium: what stands on the lock screen, what a tap opens, and whose letters don't stay there (S23)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright

from app.customers.models import Suppression
from app.customers.reaching import opt_out_link
from app.extensions import db
from app.flows import voice
from app.flows.unit import write
from app.messages import staff_push
from app.messages.channels import web_push
from app.messages.contract import Letter
from app.shops import notification_rules as rules
from tests import factories
from tests.browser.conftest import NewHandset
from tests.browser.handset import Handset, chromium, wait_until
from tests.browser.running import Running
from tests.factories import ACustomer, AShop

SHOWN = """async () => (await (await navigator.serviceWorker.ready).getNotifications()).map(
  ({ title, body, tag, actions }) => ({ title, body, tag, ways: actions.map((each) => each.title) }))"""
# Only a finger on the phone's own screen may open a window: what would be opened is noted instead.
TAP = """async (action) => {
  const opened = new Promise((resolve) => { self.clients.openWindow = async (address) => resolve(address); });
  const [notification] = await self.registration.getNotifications();
  self.dispatchEvent(new NotificationEvent('notificationclick', { notification, action }));
  return action ? '' : opened;
}"""


@pytest.fixture(scope="module")
def browser(playwright: Playwright, film: Path) -> Iterator[Browser]:
    """The whole Chromium, which shows notifications."""
    started = chromium(playwright, film, program="chromium")
    yield started
    started.close()


def open_card(phone: Handset, shop: AShop) -> None:
    """Open the card and wait for its service worker."""
    phone.context.grant_permissions(["notifications"])
    phone.open(f"/c/{shop.code}")
    phone.page.evaluate("navigator.serviceWorker.ready.then(() => true)")


def tap(phone: Handset, action: str = "") -> str:
    """Tap what is shown; return the address it opens. The worker that just brought it is awake."""
    wait_until(lambda: bool(phone.context.service_workers), "a service worker", phone.page)
    return str(phone.context.service_workers[-1].evaluate(TAP, action))


def deliver(phone: Handset, site: Running, plain: str) -> None:
    """Let the browser's push service bring it."""
    # A message for a worker that is not up yet is lost here; a real push service would bring it again.
    phone.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    line = phone.context.new_cdp_session(phone.page)
    known: list[str] = []

    def note(told: dict[str, Any]) -> None:
        known.extend(each["registrationId"] for each in told["registrations"])

    line.on("ServiceWorker.workerRegistrationUpdated", note)
    line.send("ServiceWorker.enable")
    wait_until(lambda: bool(known), "a registration", phone.page)
    what = {"origin": site.url, "registrationId": known[-1], "data": plain}
    line.send("ServiceWorker.deliverPushMessage", what)


def shown(phone: Handset, count: int) -> list[dict[str, Any]]:
    """Return what stands on the lock screen, once there are so many."""
    found: list[dict[str, Any]] = []

    def look() -> bool:
        found[:] = phone.page.evaluate(SHOWN)
        return len(found) == count

    wait_until(look, f"{count} notifications", phone.page)
    return found


def an_ad(site: Running, shop: AShop, who: ACustomer, *, link: str = "") -> tuple[str, str]:
    """Return what is pushed, and the opt-out link in it."""
    with write() as session:
        key = factories.a_person(who.id).phone_key
        token = opt_out_link(
            session, shop_id=shop.id, customer_id=who.id, address_key=key, now=factories.now()
        )
    letter = Letter(
        key="0123456789abcdef0123456789abcdef",
        to="",
        text="고맙습니다.\n문의 02-123-4567\n무료수신거부 알림의 ‘수신거부’ 또는 카드의 ‘내 정보’",
        at=factories.now(),
        subject="(광고) 달빛커피",
        is_ad=True,
        opt_out=f"{site.url}/o/{token}",
        link=link or f"{site.url}/c/{shop.code}",
    )
    return web_push.payload(letter).decode(), letter.opt_out


def test_a_push_is_shown_once_and_opens_the_card(handset: NewHandset, site: Running, shop: AShop) -> None:
    who = factories.a_customer(shop, name="한지우", phone=factories.a_number(), agrees="all")
    phone = handset(card=who)
    open_card(phone, shop)
    plain, _ = an_ad(site, shop, who)
    deliver(phone, site, plain)
    (letter,) = shown(phone, 1)
    assert letter["title"] == "(광고) 달빛커피"
    assert letter["body"].endswith("무료수신거부 알림의 ‘수신거부’ 또는 카드의 ‘내 정보’")
    assert letter["ways"] == ["수신거부"]
    deliver(phone, site, plain)  # brought twice: one takes the other's place
    phone.page.wait_for_timeout(300)
    assert shown(phone, 1) == [letter]
    phone.open(f"/c/{shop.code}/inbox")  # the card is not the page that is open
    assert tap(phone) == f"{site.url}/c/{shop.code}"
    assert shown(phone, 0) == []
    # Whatever an address says, only ours is opened; what can't be read leads to the card.
    for told in (an_ad(site, shop, who, link="https://evil.test/c/x")[0], "nonsense"):
        deliver(phone, site, told)
        shown(phone, 1)
        assert tap(phone).removesuffix("/") == site.url


def test_a_complaint_rings_the_owner_and_the_tap_opens_its_thread(
    handset: NewHandset, site: Running, shop: AShop
) -> None:
    said = rules.told(
        [("complaint", "voice:7")], shop_id=shop.id, shop="달빛커피", due=None, now=factories.now()
    )
    plain = staff_push.payload(said, base=site.url).decode()
    phone = handset(staff=shop)
    phone.context.grant_permissions(["notifications"])
    phone.open("/owner/more/notifications")
    phone.page.evaluate(
        "navigator.serviceWorker.register('/sw.js').then(() => navigator.serviceWorker.ready.then(() => true))"
    )
    deliver(phone, site, plain)
    (ring,) = shown(phone, 1)
    assert (ring["title"], ring["body"]) == ("불편 말씀이 왔어요", "달빛커피 · 눌러서 확인해 주세요")
    deliver(phone, site, plain)  # more of the same thread takes its place
    phone.page.wait_for_timeout(300)
    assert shown(phone, 1) == [ring]
    # A browser without a card forgets what was for cards: not this.
    phone.page.evaluate("caches.open('push-staff').then(() => true)")
    phone.open(f"/s/{shop.code}")
    phone.open("/owner/more/notifications")
    assert shown(phone, 1) == [ring]
    assert tap(phone) == f"{site.url}/owner/voices/7"
    # The thread that is open before somebody's eyes shows the words by itself.
    who = factories.a_customer(shop, name="한지우")
    asked = {"kind": "complaint", "text": "추워요", "once": factories.once(), "now": factories.now()}
    voice_id = voice.open_voice(shop_id=shop.id, customer_id=who.id, **asked)
    thread = rules.told(
        [("line", f"voice:{voice_id}")], shop_id=shop.id, shop="달빛커피", due=None, now=factories.now()
    )
    plain = staff_push.payload(thread, base=site.url).decode()
    phone.open(f"/owner/voices/{voice_id}")
    deliver(phone, site, plain)
    phone.page.wait_for_timeout(500)
    assert shown(phone, 0) == []
    phone.open("/owner")
    deliver(phone, site, plain)
    shown(phone, 1)
    phone.open("/owner/more")
    phone.press("로그아웃")
    phone.page.wait_for_url(lambda url: "/owner/more" not in url)
    assert shown(phone, 0) == []


def test_one_tap_refuses_and_leaving_clears_the_screen(
    handset: NewHandset, site: Running, shop: AShop
) -> None:
    who = factories.a_customer(shop, name="한지우", phone=factories.a_number(), agrees="all")
    phone = handset(card=who)
    open_card(phone, shop)
    deliver(phone, site, an_ad(site, shop, who)[0])
    shown(phone, 1)
    tap(phone, "refuse")
    wait_until(lambda: _refused(shop, who), "the refusal is taken", phone.page)
    (said,) = shown(phone, 1)
    assert said["title"] == "수신거부했어요"
    deliver(phone, site, an_ad(site, shop, who)[0])
    shown(phone, 2)
    phone.open(f"/c/{shop.code}/me/delete")
    phone.press("모두 지우기")
    phone.page.wait_for_url(lambda url: "/me/delete" not in url)
    assert shown(phone, 0) == []


def _refused(shop: AShop, who: ACustomer) -> bool:
    db.session.rollback()
    query = db.select(Suppression.id).where(Suppression.shop_id == shop.id, Suppression.customer_id == who.id)
    return db.session.scalar(query) is not None
