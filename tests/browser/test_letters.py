"""What reaches a customer's phone, how they stop it, and how they leave."""

from __future__ import annotations

import re
from datetime import timedelta

from app.cards.models import Card
from app.extensions import db
from app.flows import access
from app.messages.models import Message
from tests import factories
from tests.browser.conftest import NewHandset
from tests.browser.handset import Handset, wait_until
from tests.factories import AShop

BOXES = ("age14", "required", "marketing", "ads")


def join_with_number(phone: Handset, shop: AShop, *, name: str, number: str) -> None:
    """Join with a name and a number, ticking everything but ads at night."""
    phone.open(f"/s/{shop.code}/details")
    phone.page.fill("#phone", number)
    phone.page.fill("#name", name)
    for box in BOXES:
        phone.page.locator(f"label[for={box}]").first.click()
    phone.press("카드 받기")
    phone.page.wait_for_url(f"**/c/{shop.code}")


def demo_phone(phone: Handset, shop: AShop) -> None:
    """Open the demo shop's phone."""
    token = access.mint_link(
        kind="phone", shop_id=shop.id, staff_id=None, lifetime_s=600, now=factories.now()
    )
    phone.open(f"/demo/phone/{token}")


def claim_and_approve(customer: Handset, owner: Handset, shop: AShop) -> None:
    """도장 받기 on one phone, 도장 찍기 on the other."""
    customer.open(f"/c/{shop.code}")
    customer.press("도장 받기")
    customer.page.locator(".slip .word").wait_for()
    owner.open("/owner/stamps")
    owner.press("도장 찍기")
    owner.page.locator("#result .guest").wait_for()


def thanks_on(phone: Handset) -> list[str]:
    """Return the thank-yous on the demo phone's glass."""
    return [text for text in phone.page.locator(".bubble").all_inner_texts() if "(광고)" in text]


def settled_thanks(shop: AShop) -> list[str]:
    """Return the channels of the thank-yous that have gone out."""
    db.session.rollback()
    went_out = (Message.shop_id == shop.id, Message.kind == "thank_you", Message.state == "sent")
    return list(db.session.scalars(db.select(Message.channel).where(*went_out)))


def test_a_thank_you_comes_once_and_its_link_stops_the_next(handset: NewHandset, shop: AShop) -> None:
    customer, owner, glass, stranger = handset(), handset(staff=shop), handset(), handset()
    number = factories.a_number()
    join_with_number(customer, shop, name="한지우", number=number)
    claim_and_approve(customer, owner, shop)
    demo_phone(glass, shop)
    # Two impatient people press at once: the same page twice, each with its own 지금 보내기.
    other = glass.context.new_page()
    other.goto(glass.page.url)
    glass.press("지금 보내기")
    other.get_by_role("button", name="지금 보내기").first.click()
    glass.page.locator(".bubble", has_text="(광고)").wait_for()
    glass.page.wait_for_timeout(3000)  # more than a tick of the clock: a second one would be here by now
    other.close()
    glass.page.reload()
    (thanks,) = thanks_on(glass)
    assert thanks.startswith("(광고)달빛커피\n")
    assert "문의 02-123-4567" in thanks
    assert number[-4:] in glass.words
    link = re.search(r"무료수신거부 (http\S+)$", thanks)
    assert link is not None
    # Another phone without any of our cookies: no login, one tap.
    stranger.open(link.group(1))
    assert stranger.page.locator("h1").inner_text() == "광고를 그만 받을까요?"
    stranger.press("무료 수신거부")
    stranger.page.locator("h1", has_text="이제 광고를 보내지 않아요").wait_for()
    # The visit of yesterday evening would have brought one of its own, still in time.
    holder = db.session.scalars(db.select(Card).where(Card.shop_id == shop.id)).one()
    factories.a_stamp(shop, holder.id, at=factories.now() - timedelta(hours=16))
    wait_until(
        lambda: settled_thanks(shop).count("card") == 2, "the second one is in the letter box", glass.page
    )
    assert settled_thanks(shop).count("demo_phone") == 1
    glass.page.reload()
    assert thanks_on(glass) == [thanks]
    assert glass.page.get_by_role("button", name="지금 보내기").count() == 0


def test_who_leaves_is_gone(handset: NewHandset, shop: AShop) -> None:
    customer, owner = handset(), handset(staff=shop)
    join_with_number(customer, shop, name="오가은", number=factories.a_number())
    claim_and_approve(customer, owner, shop)
    owner.open("/owner/people")
    assert "오가은 님" in owner.words
    person = str(owner.page.get_by_role("link", name="오가은 님").first.get_attribute("href"))
    customer.open(f"/c/{shop.code}/me")
    assert "오가은" in customer.words
    customer.page.get_by_role("link", name="내 정보 모두 지우기").click()
    customer.press("모두 지우기")
    customer.page.locator("h1", has_text="정보를 모두 지웠어요").wait_for()
    customer.open(f"/c/{shop.code}")
    assert customer.page.url == f"{customer.base_url}/s/{shop.code}"
    assert "오가은" not in customer.words
    for place in ("/owner", "/owner/people", "/owner/people?q=오가은", "/owner/stamps/today", person):
        owner.open(place)
        assert "오가은 님" not in owner.words, place
