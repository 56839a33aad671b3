"""A staff's phone without a network (F21): twenty scans, the network back twice, the session over in between."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from flask import Flask
from playwright.sync_api import Route

from app.cards.models import LedgerEntry
from app.extensions import db
from app.flows import access
from tests import factories
from tests.browser import camera
from tests.browser.conftest import NewHandset
from tests.browser.handset import Handset, wait_until
from tests.factories import ACustomer, AShop
from tests.flows import books

_READY = """async () => {
  const shells = (await caches.keys()).filter((name) => name.startsWith('owner-'));
  const kept = shells.length && await (await caches.open(shells[0])).match('/owner/offline');
  return Boolean(kept && navigator.serviceWorker.controller);
}"""
# What scan.js does with a code it has read.
_READ = """(code) => {
  const form = document.getElementById('scan-form');
  form.elements.code.value = code;
  form.elements.once.value = Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('');
  form.requestSubmit();
}"""


def ready(phone: Handset, path: str = "/owner") -> None:
    """Open an owner's page online and wait until the phone could go without a network."""
    page = phone.open(path)
    wait_until(lambda: bool(page.evaluate(f"({_READY})()")), "the page that scans is kept", page)


def scan(phone: Handset, code: str, count: int) -> None:
    """Let the page read a code, and wait until so many are kept."""
    phone.page.evaluate(_READ, code)
    phone.page.locator("[data-offline-count]", has_text=f"확인 중 {count}건").wait_for()


def stamps_of(people: list[ACustomer]) -> list[int]:
    return [books.stamps_on(who.card_id) for who in people]


def test_twenty_scans_and_the_network_back_twice(
    app: Flask, handset: NewHandset, shop: AShop, film: Path
) -> None:
    phone = handset(staff=shop, quiet=False)
    people = [factories.a_customer(shop) for _ in range(20)]
    ready(phone)
    phone.context.set_offline(True)
    page = phone.open("/owner/people")  # whatever is asked for: the page that scans answers
    assert phone.h1 == "인터넷 없이 적립"
    assert page.evaluate("document.body.innerText.includes('달빛커피')") is False
    back = page.locator("[data-offline-back]")
    assert not back.is_visible()
    phone.context.set_offline(False)
    back.get_by_text("인터넷이 다시 연결됐어요.").wait_for()
    assert not page.get_by_role("link", name="적립 화면 다시 열기").is_visible()
    phone.context.set_offline(True)
    back.wait_for(state="hidden")
    assert "혜택과 쿠폰은 인터넷이 연결되면 쓸 수 있어요. 적립은 지금도 돼요." in phone.words
    # The first one by the camera itself, with the engine out of the cache. Not before: it would be sent at once.
    camera.film(factories.a_code(people[0]), film)
    page = phone.open("/owner/people")
    page.locator("[data-offline-count]", has_text="확인 중 1건").wait_for()
    camera.film_nothing(film)
    for number, who in enumerate(people[1:], start=2):
        scan(phone, factories.a_code(who), number)
    page.evaluate(_READ, factories.a_code(people[7]))
    page.get_by_text("이미 모아 둔 도장이에요.").wait_for()
    page.evaluate(_READ, "https://example.com/")
    page.get_by_text("카드의 QR이 아니에요.").wait_for()
    page.reload()  # closed and opened again without a network: everything is still there
    page.get_by_text("확인 중 20건").wait_for()
    assert stamps_of(people) == [0] * 20
    # The session ends meanwhile; back online, what was kept stays, and asks to sign in.
    access.end_other_browsers(shop_id=shop.id, staff_id=shop.owner_id, session_id=0, now=factories.now())
    phone.context.set_offline(False)
    page.get_by_role("link", name="로그인하기").wait_for()
    assert "로그인하면 저절로 보내요" in phone.words
    assert stamps_of(people) == [0] * 20
    # Signed in again: the answer of the first sending is lost on the way.
    lost: list[str] = []

    def lose_the_first(route: Route) -> None:
        if lost:
            return route.continue_()
        lost.append(route.fetch().text())
        return route.abort()

    phone.context.route("**/owner/offline-stamps", lose_the_first)
    phone.keep("staff", factories.a_session(shop, shop.owner_id))
    phone.open("/owner")
    wait_until(lambda: bool(lost), "the answer was lost", page)
    page.get_by_text("확인 중 20건").wait_for()
    phone.context.set_offline(True)
    phone.context.set_offline(False)  # the second time back
    page.get_by_text("모아 둔 도장 20개를 찍었어요.").wait_for()
    page.locator("[data-offline-queue]").wait_for(state="hidden")
    phone.open("/owner/offline")
    assert not back.is_visible(), "who opens it with a network has missed nothing"
    page.reload()
    assert stamps_of(people) == [1] * 20
    scans = db.session.scalars(db.select(LedgerEntry).where(LedgerEntry.shop_id == shop.id)).all()
    assert {entry.how for entry in scans} == {"offline"}
    assert min(entry.at for entry in scans) < factories.now() - timedelta(seconds=2), "as of their own moment"
    # Logging out takes the page that scans away.
    phone.open("/owner/more")
    phone.press("로그아웃")
    page.get_by_role("heading", name="로그인").first.wait_for()
    wait_until(
        lambda: not page.evaluate("caches.keys().then((all) => all.some((one) => one.startsWith('owner-')))"),
        "the kept page is gone",
        page,
    )


def test_the_network_goes_while_the_counter_is_open(handset: NewHandset, shop: AShop) -> None:
    holder, _reward = factories.a_reward(shop)
    factories.show_card(holder.card_id, shop=shop)
    other = factories.a_customer(shop)
    phone = handset(staff=shop, quiet=False)
    ready(phone, "/owner/stamps")
    panel = phone.context.new_page()
    panel.goto(f"{phone.base_url}/owner/panel/{holder.card_id}")
    phone.context.set_offline(True)
    panel.get_by_role("button", name="사용하기").click()
    panel.get_by_text("인터넷이 연결되면 쓸 수 있어요. 적립은 지금도 돼요.").wait_for()
    scan(phone, factories.a_code(other), 1)
    phone.page.get_by_text("모아 두었어요", exact=True).wait_for()
    phone.context.set_offline(False)
    phone.page.get_by_text("모아 둔 도장 1개를 찍었어요.").wait_for()
    assert books.stamps_on(other.card_id) == 1


def test_without_a_safe_address_it_says_so(handset: NewHandset, shop: AShop) -> None:
    phone = handset(lan=True, staff=shop)
    page = phone.open("/owner/offline")
    page.get_by_text("이 주소에서는 인터넷 없이 적립할 수 없어요.").wait_for()
    assert not page.get_by_role("button", name="카메라 켜기").is_visible()
