"""Pages about reviews, words, cards and e-mail: axe light and dark, 320 px at 아주 크게; test_card.py has the card's own."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from flask import Flask

from app.flows import voice
from app.reviews import queries
from tests import factories
from tests.browser.conftest import NewHandset
from tests.browser.handset import Handset
from tests.factories import ACustomer, AShop
from tests.flows import mailing
from tests.flows.test_review import an_ask, gives, leave
from tests.phone import Phone

# How wide a page is with the largest text; then it is as it usually is.
_WIDTH = """(() => { const root = document.documentElement; root.dataset.text = 'xlarge';
 const wide = root.scrollWidth; root.dataset.text = 'normal'; return wide })()"""


def looks_wrong(phone: Handset, path: str) -> list[str]:
    """Return what is wrong with a page on a small phone with the largest text, and in axe's eyes; then it is left."""
    phone.page.set_viewport_size({"width": 320, "height": 568})
    wide = phone.open(path).evaluate(_WIDTH)
    phone.page.set_viewport_size({"width": 390, "height": 844})
    faults = phone.axe_faults(leaves=True)
    return [*([f"{path} is {wide} px wide"] if wide > 320 else []), *map(str, faults.items())]


def a_talker(shop: AShop) -> tuple[ACustomer, list[str]]:
    """Somebody who reviewed and spoke and has a card next door too, and the pages that show it."""
    stall = factories.a_shop("정순네 반찬", reward_name="반찬 한 통", is_demo=True)
    holder = factories.a_customer(shop, name="한지우", phone=factories.a_number(), agrees="all")
    factories.a_customer(stall, browser=holder.browser)
    gives(shop, 1)
    left = leave(
        an_ask(shop, holder, days_ago=1), stars="2", mood="bad", text="조금 아쉬웠어요 " * 20, told_reward=1
    )
    own = {"shop_id": shop.id, "now": factories.now()}
    thread = voice.open_voice(
        **own, customer_id=holder.id, kind="question", text="주차되나요?", once=factories.once()
    )
    answer = {"text": "가게 앞에 한 대 돼요.", "once": factories.once()}
    voice.answer(**own, staff_id=shop.owner_id, role="owner", voice_id=thread, **answer)
    (line,) = queries.reviews(shop.id).lines
    assert (line.id, bool(line.disclosed)) == (left.review_id, True)
    open_ask = an_ask(shop, holder)
    mine = [
        f"/c/{shop.code}{page}"
        for page in (
            "/reviews",
            "/voices",
            f"/voices/{thread}",
            "/inbox",
            "/visits",
            "/paper",
            "/me/days",
            "/me/statement",
        )
    ]
    return holder, [
        *mine, "/?all=1", f"/r/{open_ask}", f"/r/{line.token}", f"/r/{line.token}/thanks", f"/s/{shop.code}",
        f"/s/{shop.code}/reviews", f"/s/{shop.code}/reviews/{line.id}", f"/s/{shop.code}/reports/review/{line.id}",
        "/r/AAAAAAAAAAAAAAAAAAAAAA",
    ]  # fmt: skip


def test_what_customers_say_and_hear(handset: NewHandset, shop: AShop) -> None:
    holder, paths = a_talker(shop)
    phone = handset(card=holder, bypass_csp=True, reduced_motion="reduce", service_workers="block")
    assert [fault for path in paths for fault in looks_wrong(phone, path)] == []


def test_e_mail_pages_of_a_real_shop(app: Flask, handset: NewHandset) -> None:
    """Only a real shop on https sends mail: its pages are made in this process and shown by the browser."""
    shop = factories.a_shop("달빛커피")
    holder = factories.a_customer(shop, name="한지우", phone=factories.a_number(), agrees="all")
    phone = handset(bypass_csp=True, reduced_motion="reduce", service_workers="block")
    with mailing.a_mailing_shop(app, shop):
        app.config["WIRE"] = replace(app.config["WIRE"], public_url="https://dangol.test")
        mailing.give(shop, holder, "jiwoo.han.since.2026@mail.dangol-home.test")
        link = f"/s/{shop.code}/email/{mailing.token_of(holder)}"
        own, stranger = Phone(app, "https://127.0.0.1").holding(holder), Phone(app, "https://127.0.0.1")
        shown = {
            "/shown/me": own.open(f"/c/{shop.code}/me").html,
            "/shown/refused": own.submit("확인 메일 받기", email="지우", status=422).html,
            "/shown/asked": stranger.open(link).html,
            "/shown/confirmed": stranger.submit("네, 제 이메일이에요").html,
            "/shown/gone": stranger.open(f"/s/{shop.code}/email/1.2.3.4", status=410).html,
        }
    phone.page.route(
        "**/shown/*",
        lambda route: route.fulfill(
            body=shown[urlsplit(route.request.url).path], content_type="text/html; charset=utf-8"
        ),
    )
    assert [fault for path in shown for fault in looks_wrong(phone, path)] == []
