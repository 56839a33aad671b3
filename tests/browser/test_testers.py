"""A 체험단 between two phones, from the first word to "이렇게 바꿨어요"."""

from __future__ import annotations

from datetime import timedelta

from app.kit.clock import kst_day
from tests import factories, trying
from tests.browser.conftest import NewHandset
from tests.factories import AShop


def test_from_recruiting_to_what_was_changed(handset: NewHandset, shop: AShop) -> None:
    owner, jiwoo = handset(staff=shop), factories.a_customer(shop, name="한지우")
    customer = handset(card=jiwoo)
    today = kst_day(factories.now())
    owner.open("/owner/testers/new?sort=trial")
    for name, said in (
        ("product", "쑥 비누"),
        ("places", "1"),
        ("apply_until", (today + timedelta(days=7)).isoformat()),
        ("try_days", "0"),
        ("answer_until", (today + timedelta(days=20)).isoformat()),
    ):
        owner.page.locator(f"#{name}").fill(said)
    owner.press("질문 정하러 가기")
    owner.page.wait_for_url("**/questions")
    owner.press("2번 질문을 위로")
    owner.page.get_by_role("link", name="1. 피부가 어떤 편이세요?").click()
    owner.page.locator("#text").fill("피부가 어떠세요?")
    owner.press("저장하기")
    owner.page.get_by_role("link", name="1. 피부가 어떠세요?").wait_for()
    owner.page.get_by_role("link", name="다 됐어요").click()
    owner.press("모집 시작")
    owner.page.get_by_text("신청을 받고 있어요").wait_for()
    customer.open(f"/c/{shop.code}")
    customer.page.get_by_role("link", name="체험단").click()
    customer.page.get_by_role("link", name="쑥 비누").click()
    customer.page.get_by_text("민감한 편").click()
    customer.press("신청하기")
    customer.page.get_by_text("신청했어요. 결과를 기다려 주세요").wait_for()
    owner.page.get_by_role("link", name="신청한 분 보기").click()
    owner.page.get_by_text("1. 한지우 님").click()
    owner.press("고른 분과 함께하기")
    owner.press("한지우 님 받아 갔어요")
    owner.page.get_by_text("받아 가셨어요").wait_for()
    customer.page.reload()
    customer.page.get_by_role("link", name="답하기").click()
    said = ("5점 · 아주 좋아요", "4점 · 좋아요", "알맞아요", "불편한 점이 없어요", "살래요", "", "")
    for place, word in enumerate(said):
        customer.page.get_by_text(f"7개 가운데 {place}개를 답했어요").wait_for()
        if word:
            customer.page.get_by_text(word, exact=True).click()
        elif place == 5:
            customer.page.locator("textarea").fill("거품이 조금 적어요")
        customer.press("마치기" if place == 6 else "다음")
    customer.page.get_by_role("heading", name="다 답해 주셨어요").wait_for()
    row = trying.newest(shop)
    owner.open(f"/owner/testers/{row.id}/summary")
    assert "1명이 답했고 평균 4.0점이에요" in owner.words
    assert "거품이 조금 적어요" in owner.words
    owner.page.get_by_text("보완해요").click()
    owner.press("정한 것 저장하기")
    owner.page.locator("#change").fill("거품이 더 나게 바꿨어요")
    owner.press("답해 주신 분께 알리기")
    owner.page.get_by_text("알렸어요").wait_for()
    trying.turn(trying.the(shop, row.id))
    customer.open(f"/c/{shop.code}/inbox")
    customer.page.get_by_role("link", name="바꾼 것 보기").click()
    customer.page.get_by_text("거품이 더 나게 바꿨어요").wait_for()
