"""A complaint on two phones: answered with a coupon, which is taken in the thread and used; who came back is counted."""

from __future__ import annotations

from datetime import timedelta

from app.extensions import db
from app.flows import voice_results
from app.voices.models import Voice
from tests import coupons, factories
from tests.browser.conftest import NewHandset
from tests.factories import AShop


def test_a_complaint_is_made_good_and_its_customer_comes_back(handset: NewHandset, shop: AShop) -> None:
    holder = factories.a_customer(shop)
    coupons.a_kind(shop, "recovery", name="국 한 그릇")
    customer, owner = handset(card=holder), handset(staff=shop)
    page = customer.open(f"/c/{shop.code}/voices")
    page.get_by_role("radio", name="불편").check()
    page.fill("#text", "국이 다 식어서 나왔어요")
    customer.press("사장님께 보내기")
    page.locator("#lines").get_by_text("국이 다 식어서 나왔어요").wait_for()
    thread = page.url
    page.go_back()
    assert page.locator("#text").input_value() == "국이 다 식어서 나왔어요", "the browser brings it back"
    customer.press("사장님께 보내기")
    page.locator("#lines").wait_for()
    assert page.url == thread, "pressed again, it is the same matter"

    desk = owner.open("/owner")
    desk.get_by_text("불편 말씀 1건").wait_for()
    desk.get_by_role("link", name="손님 말씀").click()
    desk.get_by_role("link", name="국이 다 식어서 나왔어요").click()
    desk.locator("#lines").wait_for()
    desk.fill("#text", "안녕하세요.")
    desk.get_by_text("무엇 때문인가요?").click()
    owner.press("원인 적어 두기")
    desk.get_by_text("원인을 적어 두었어요").wait_for()
    assert desk.locator("#text").input_value() == "안녕하세요.", (
        "an answer begun stays when something else is sent"
    )
    desk.get_by_role("link", name="사과 글 넣기").click()
    typed = desk.locator("#text").input_value()
    assert typed.startswith("안녕하세요.\n"), "what was typed stays"
    assert "죄송해요" in typed
    # The customer's open page is being written in while the answer comes.
    page.fill("#text", "그리고 반찬도")
    desk.get_by_role("radio", name="국 한 그릇").check()
    owner.press("답 보내기")
    page.get_by_role("button", name="쿠폰 받기").wait_for()
    assert page.locator("#text").input_value() == "그리고 반찬도"
    customer.press("쿠폰 받기")
    page.get_by_role("link", name="쿠폰 보기").wait_for()
    desk.locator("#lines").get_by_text("손님이 받으셨어요").wait_for()
    customer.press("해결됐어요")
    page.get_by_text("해결된 말씀이에요").wait_for()

    later = factories.now() + timedelta(seconds=5)
    (coupon_id,) = coupons.living(holder)
    coupons.use(shop, coupon_id, now=later)
    factories.a_stamp(shop, holder.card_id, at=later)
    voice_results.count_back(shop_id=shop.id, now=later)
    db.session.rollback()
    assert db.session.scalar(db.select(Voice.came_back_at).where(Voice.shop_id == shop.id)) == later
    told = owner.open("/owner/voices/results")
    told.get_by_text("한 분은 벌써 다시 오셨어요").wait_for()
