"""S07: scripts typed into every field a person can fill; a real browser runs none of them and complains of nothing.

Each place is looked at here once. That each of the sixty scripts stays words in it: tests/security/test_payloads.py.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from urllib.parse import quote

import pytest
from flask import Flask

from app.cards.models import Card
from app.extensions import db
from app.flows import access
from app.messages.models import Message
from app.web.owner.sheets import SHEETS
from tests import factories
from tests.browser.conftest import NewHandset
from tests.browser.handset import wait_until
from tests.browser.injection import look, nothing_injected, refused, save
from tests.factories import AShop
from tests.payloads import PAYLOADS, fitting, packed

SHORT = fitting(20)
ROUNDS = 2


@pytest.fixture
def shop(app: Flask) -> AShop:
    """A shop with a short wait between two stamps, so that the reason for one more is asked."""
    return factories.a_shop("달빛커피", is_demo=True, hard_window_s=0, cooldown_s=600, daily_cap=0)


def ids(shop: AShop) -> list[tuple[int, int]]:
    """Return (customer id, card id) of the shop's people."""
    db.session.rollback()
    rows = db.session.execute(
        db.select(Card.customer_id, Card.id).where(Card.shop_id == shop.id).order_by(Card.id)
    )
    return [(row[0], row[1]) for row in rows]


def test_what_a_customer_types(handset: NewHandset, shop: AShop) -> None:
    customer, owner = handset(), handset(staff=shop)
    customer.open(f"/s/{shop.code}/details")
    for box in ("age14", "required"):
        customer.page.locator(f"label[for={box}]").first.click()
    save(customer, "카드 받기", phone=factories.a_number(), name=SHORT[0])
    customer.page.wait_for_url("**/c/*")
    person, card = ids(shop)[0]
    factories.a_stamp(shop, card)
    for name in SHORT[-2:]:
        customer.open(f"/c/{shop.code}/details")
        save(customer, name=name)
        assert name in customer.page.locator("body").inner_text()
        nothing_injected(customer, name)
    name = SHORT[-1]
    for path in (f"/c/{shop.code}/me", f"/c/{shop.code}/details"):
        look(customer, path, name)
    for path in (
        f"/owner/people/{person}",
        f"/owner/panel/{card}",
        "/owner/stamps/today",
        "/owner/messages/history",
    ):
        look(owner, path, name)
    # What is wrong comes back as it was typed.
    customer.open(f"/c/{shop.code}/details")
    for text in ('"><img src=x onerror=a>', "<svg onload=alert()>"):
        customer.page.fill("#phone", text[:20])
        customer.press("저장하기")
        customer.page.locator("#phone-error").wait_for()
        nothing_injected(customer, "details")


def test_what_the_owner_writes_about_people(handset: NewHandset, shop: AShop) -> None:
    owner, people = handset(staff=shop), [factories.a_customer(shop) for _ in range(ROUNDS)]
    for holder in people:
        factories.a_claim(shop, holder)
    likes = packed(60)[:ROUNDS]
    memo = "\n".join(PAYLOADS)
    for number, holder in enumerate(people):
        mine = likes[number::ROUNDS]
        owner.open(f"/owner/people/{holder.id}")
        for text in mine:  # saving leads to the page with the form again
            save(owner, name=SHORT[number], likes=text, memo=memo)
            nothing_injected(owner, text)
        look(owner, f"/owner/people/{holder.id}", SHORT[number], mine[-1], memo)
    shown = [text for number in range(ROUNDS) for text in (SHORT[number], likes[number::ROUNDS][-1])]
    look(owner, "/owner", *shown[::2])
    look(owner, "/owner/stamps", *shown[::2])
    owner.press("도장 찍기")
    owner.page.locator("#result .guest").wait_for()
    nothing_injected(owner, "the panel in place")
    phone = handset(card=people[0])
    look(phone, f"/c/{shop.code}/me", likes[0::ROUNDS][-1], memo)
    # Looking for somebody shows what was looked for.
    for text in PAYLOADS[::40]:
        owner.open(f"/owner/people?q={quote(text)}")
        assert owner.page.input_value("#q") == text[:40].strip()
        nothing_injected(owner, text)
    owner.open("/owner/stamps")
    owner.page.fill("#q", "<svg onload=alert()>")
    owner.press("찾기")
    owner.page.locator("[data-found]").wait_for()
    nothing_injected(owner, "the look-up")


def test_why_one_more(handset: NewHandset, shop: AShop) -> None:
    owner, holder = handset(staff=shop), factories.a_customer(shop)
    factories.a_stamp(shop, holder.card_id)
    reasons = packed(60)[:: -(-len(packed(60)) // ROUNDS)]
    for reason in reasons:
        factories.a_claim(shop, holder)
        owner.open("/owner/stamps")
        owner.press("도장 찍기")
        owner.page.get_by_text("직접 쓰기").click()
        owner.page.fill("#reason_text", reason)
        owner.press("한 번 더 찍기")
        owner.page.locator("#result .guest").wait_for()
    look(owner, "/owner/stamps/today", *reasons)
    look(owner, f"/owner/people/{holder.id}", *reasons)


def test_what_the_shop_says(handset: NewHandset, shop: AShop) -> None:
    holder = factories.a_customer(shop, name="한지우", phone=factories.a_number(), agrees="all")
    factories.a_reward(shop, holder)
    owner, customer, visitor = handset(staff=shop), handset(card=holder), handset()
    addresses, stories, sheets = packed(60)[:ROUNDS], packed(500), list(SHEETS)
    for number, address in enumerate(addresses):
        name, story = SHORT[1::2][number % (len(SHORT) // 2)], stories[number % len(stories)]
        owner.open("/owner/more/shop")
        save(
            owner,
            name=name,
            owner_name=SHORT[-1 - number % len(SHORT)],
            address=address,
            story=story,
            mark="<",
        )
        look(visitor, f"/s/{shop.code}", name, story)
        look(visitor, f"/s/{shop.code}/privacy", name, address)
        look(customer, f"/c/{shop.code}", name)
        look(owner, "/owner/more/shop", name, address, story)
    owner.open(f"/owner/print/{sheets[0]}")
    assert owner.context.request.get(owner.page.url + "/pdf").ok
    for path in ("/", f"/c/{shop.code}/inbox", f"/c/{shop.code}/me"):
        customer.open(path)
        nothing_injected(customer, path)
    for path in (*(f"/owner/print/{sheet}" for sheet in sheets), "/owner/more", "/owner/messages"):
        owner.open(path)
        nothing_injected(owner, path)
    for reward in SHORT[:1]:
        owner.open("/owner/more/card")
        save(owner, reward_name=reward)
        look(visitor, f"/s/{shop.code}", reward)


def test_what_is_sent_by_itself(handset: NewHandset, shop: AShop) -> None:
    owner, glass, card, texts = handset(staff=shop), handset(), handset(), packed(600, braces=False)[:1]
    token = access.mint_link(
        kind="phone", shop_id=shop.id, staff_id=None, lifetime_s=600, now=factories.now()
    )
    for number, text in enumerate(texts):
        # Who agreed gets it on the phone, who left no number finds it in the letter box.
        named = factories.a_customer(shop, name=SHORT[number], phone=factories.a_number(), agrees="all")
        nameless = factories.a_customer(shop)
        owner.open("/owner/messages/thank_you")
        owner.page.fill("#text", text)
        owner.page.locator("#preview .bubble", has_text=text[-12:]).wait_for()
        nothing_injected(owner, "the preview")
        save(owner)
        look(owner, "/owner/messages/thank_you", text)
        for holder in (named, nameless):
            factories.a_stamp(shop, holder.card_id, at=factories.now() - timedelta(hours=16))
        wanted = {"demo_phone": number + 1, "card": 2 * number + 2}
        wait_until(lambda wanted=wanted: thanked(shop) == wanted, "both are thanked", owner.page)
        look(glass, f"/demo/phone/{token}", text)
        card.keep("card", nameless.browser)
        look(card, f"/c/{shop.code}/inbox", text)
    look(owner, "/owner/messages/history", *SHORT[: len(texts)])
    owner.open("/owner/messages/thank_you")
    refused(owner, text="{{7*7}}{%set x=1%}<svg onload=alert()>")


def thanked(shop: AShop) -> dict[str, int]:
    """Return how many thank-yous have gone out by channel."""
    db.session.rollback()
    went_out = (Message.shop_id == shop.id, Message.kind == "thank_you", Message.state == "sent")
    return dict(Counter(db.session.scalars(db.select(Message.channel).where(*went_out))))
