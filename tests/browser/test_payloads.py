"""S07: sixty scripts typed into every field a person can fill; every page that shows them shows them as words."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from flask import Flask

from app.cards.models import Card
from app.customers.models import Customer
from app.extensions import db
from tests import factories
from tests.browser.conftest import NewHandset
from tests.browser.handset import Handset
from tests.browser.payloads import INJECTED, PAYLOADS, fitting, packed
from tests.factories import AShop

SHORT = fitting(20)
# One-line fields take turns: between likes and addresses each text is typed once, the memo takes all at once.
ROUNDS = 5


@pytest.fixture
def shop(app: Flask) -> AShop:
    """A shop with a short wait between two stamps, so that the reason for one more is asked."""
    return factories.a_shop("달빛커피", is_demo=True, hard_window_s=0, cooldown_s=600, daily_cap=0)


def look(phone: Handset, path: str, *shown: str) -> None:
    """Open a page: every text is there as text (or in a field), and nothing of it became an element."""
    phone.open(path)
    seen = phone.page.evaluate(
        "document.body.textContent + [...document.querySelectorAll('input, textarea')].map((at) => at.value).join('\\n')"
        " + document.title"
    )
    plain = " ".join(seen.split())
    for text in shown:
        assert " ".join(text.split()) in plain, f"{path} does not show {text!r}"
    nothing_injected(phone, path)
    assert phone.page.url.endswith(path), phone.page.url


def nothing_injected(phone: Handset, where: str) -> None:
    """No payload made an element or an attribute of its own."""
    found = phone.page.evaluate(
        "(query) => [...document.querySelectorAll(query)].map((at) => at.outerHTML)", INJECTED
    )
    assert found == [], where


def save(handset: Handset, button: str = "저장하기", **fields: str) -> None:
    """Fill a form's fields as a person does and send it; it must not be refused."""
    for name, text in fields.items():
        handset.page.fill(f"#{name}", text)
    with handset.page.expect_navigation():
        handset.press(button)
    assert handset.page.locator("[role=alert]").count() == 0, handset.page.locator(
        "[role=alert]"
    ).all_inner_texts()


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
    for name in SHORT[::2]:  # the others are typed into the shop's own names
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
    likes = list(packed(60))[::2]
    memo = "\n".join(PAYLOADS)
    for number, holder in enumerate(people):
        mine = likes[number::ROUNDS]
        for text in mine:
            owner.open(f"/owner/people/{holder.id}")
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
    for text in PAYLOADS[::4]:
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
    reasons = list(packed(60))[:: len(list(packed(60))) // ROUNDS]
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
    addresses, stories = list(packed(60))[1::2], list(packed(500))
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
        if number % 4 == 0:
            look(visitor, f"/s/{shop.code}", name, story)
            look(visitor, f"/s/{shop.code}/privacy", name, address)
            look(customer, f"/c/{shop.code}", name)
            look(owner, "/owner/more/shop", name, address, story)
    for path in ("/", f"/c/{shop.code}/inbox", f"/c/{shop.code}/me"):
        customer.open(path)
        nothing_injected(customer, path)
    for path in ("/owner/print/poster", "/owner/print/parcel", "/owner/more", "/owner/more/staff"):
        owner.open(path)
        nothing_injected(owner, path)
    for reward in SHORT[::5]:
        owner.open("/owner/more/card")
        save(owner, reward_name=reward)
        look(visitor, f"/s/{shop.code}", reward)
    for number, name in enumerate(SHORT[::4]):
        owner.open("/owner/more/staff")
        save(owner, "직원 넣기", name=name, login=f"s{shop.id}-{number}", password="문장처럼 긴 비밀번호")
    look(owner, "/owner/more/staff", *SHORT[::4])


def test_what_is_sent_by_itself(handset: NewHandset, shop: AShop) -> None:
    holder = factories.a_customer(shop, name=SHORT[0], phone=factories.a_number(), agrees="all")
    owner = handset(staff=shop)
    for text in packed(600, braces=False):
        owner.open("/owner/messages/thank_you")
        owner.page.fill("#text", text)
        owner.page.locator("#preview .bubble", has_text=text[-12:]).wait_for()
        nothing_injected(owner, "the preview")
        save(owner)
        look(owner, "/owner/messages/thank_you", text)
    factories.a_stamp(shop, holder.card_id)
    look(owner, "/owner/messages/history", SHORT[0])
    assert db.session.scalar(db.select(Customer.name).where(Customer.id == holder.id)) == SHORT[0]
