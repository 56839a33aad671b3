"""단체 문자 on a phone: three steps, put away and taken up again, confirmed by its number, stopped in time."""

from __future__ import annotations

from app.extensions import db
from app.messages.campaign_models import Campaign, CampaignPerson
from app.messages.models import Message
from tests import factories
from tests.browser.conftest import NewHandset
from tests.browser.handset import wait_until
from tests.factories import AShop


def test_from_the_first_step_to_the_stop(handset: NewHandset, shop: AShop) -> None:
    for name in ("한지우", "박민호"):
        factories.a_customer(shop, name=name, phone=factories.a_number(), agrees="all")
    owner = handset(staff=shop)
    page = owner.page
    owner.open("/owner/campaigns/new")
    owner.press("다음")
    page.wait_for_url("**/text")
    page.fill("#text", "{이름} 님, 햇귤이 왔어요 🍊")
    wait_until(lambda: "님, 햇귤이 왔어요 🍊" in page.inner_text("#preview"), "the live preview", page)
    assert "문자에는 🍊 그림이 나오지 않아요" in page.inner_text("#preview")
    # The phone is put away here: whoever comes back finds every letter.
    owner.open("/owner/campaigns")
    page.get_by_role("link", name="○○ 님, 햇귤이 왔어요 🍊").click()
    page.wait_for_url("**/text")
    assert page.input_value("#text") == "{이름} 님, 햇귤이 왔어요 🍊"
    page.locator("summary", has_text="두 가지 글").click()
    assert not page.locator("#text_b").is_visible(), "written beside a switch that is off it would be lost"
    page.locator("input[name=compares]").check()
    page.fill("#text_b", "{이름} 님, 귤 드시러 오세요.")
    wait_until(lambda: "둘째 글" in page.inner_text("#preview"), "both texts", page)
    owner.press("다음")
    page.wait_for_url("**/time")
    assert not page.locator("#day").is_visible()
    page.locator("input[value=later]").check()
    assert page.locator("#day").is_visible()
    page.locator("input[value=soon]").check()
    owner.press("다음")
    page.wait_for_url("**/check")
    page.go_back()
    assert page.locator("input[value=soon]").is_checked()
    page.go_forward()
    page.wait_for_url("**/check")
    page.fill("#typed", "3")
    owner.press("2명에게 보내기")
    wait_until(lambda: "받는 분은 2명이에요" in owner.words, "another number goes nowhere", page)
    page.fill("#typed", "2")
    owner.press("2명에게 보내기")
    page.get_by_role("button", name="보내지 않고 취소하기").wait_for()
    db.session.rollback()
    mine = db.select(db.func.count()).select_from(CampaignPerson).where(CampaignPerson.shop_id == shop.id)
    assert db.session.scalar(mine) == 2
    owner.press("보내지 않고 취소하기")
    wait_until(lambda: "아무에게도 보내지 않았어요" in owner.words, "it was stopped", page)
    db.session.rollback()
    assert db.session.scalar(db.select(Campaign.state).where(Campaign.shop_id == shop.id)) == "cancelled"
    written = db.select(Message.id).where(Message.shop_id == shop.id, Message.kind == "campaign")
    assert db.session.scalars(written).all() == []
