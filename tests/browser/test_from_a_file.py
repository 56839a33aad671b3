"""The whole errand on one phone: orders from a file, who they make, a word to one group of them, and one of its people."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from app.extensions import db
from app.kit.clock import KST
from app.messages.models import Message
from tests import exports, factories
from tests.browser.conftest import NewHandset
from tests.browser.handset import Handset
from tests.factories import AShop

# Who bought how many days ago; 한지우 was here before and agreed to ads, the others are nobody yet.
BOUGHT = {
    "한지우": ("010-2345-6789", (3, 10, 17)),
    "박서연": ("010-3456-7890", (2, 9, 16, 23)),
    "최민호": ("010-4567-8901", (5,)),
}


def _orders() -> bytes:
    """Return a file as 스마트스토어 gives it: guidance above the titles, behind a password; one order was cancelled."""
    now, rows = factories.now(), []
    for name, (phone, days) in BOUGHT.items():
        for place, ago in enumerate(days):
            number = 10_000 * int(phone[-4:]) + place
            rows.append(
                {
                    "상품주문번호": f"{number}1", "주문번호": str(number), "구매자명": name, "구매자연락처": phone,
                    "주문일시": _noon(now - timedelta(days=ago)), "상품명": "감귤청", "수량": 2,
                    "최종 상품별 총 주문금액": 18_000, "통합배송지": "제주시 어딘가",
                }
            )  # fmt: skip
    rows.append({**rows[-1], "주문번호": "777", "상품주문번호": "7771", "주문상태": "취소"})
    told = [["상품주문번호는 지우지 마세요"], exports.SMARTSTORE]
    book = exports.xlsx([*told, *(exports.row(exports.SMARTSTORE, each) for each in rows)], sheet="발송처리")
    return exports.locked(book, "9999")


def _noon(moment: datetime) -> str:
    return f"{moment.astimezone(KST):%Y-%m-%d} 12:00:00"


def _tap(owner: Handset, link: str) -> None:
    """Tap the link that begins like this."""
    owner.page.locator("main a, .thumb a", has_text=re.compile(rf"^\s*{link}")).first.click()


def _heading(owner: Handset, words: str) -> None:
    owner.page.locator("h1", has_text=words).wait_for()


def test_from_a_file_of_orders_to_a_word_to_its_regulars(handset: NewHandset, shop: AShop) -> None:
    factories.a_customer(shop, name="한지우", phone=BOUGHT["한지우"][0], agrees="all")
    owner = handset(staff=shop)
    page = owner.page
    owner.open("/owner/more")
    page.get_by_role("searchbox").press_sequentially("스마트스토어")
    _tap(owner, "주문·명단 가져오기")
    _heading(owner, "주문·명단 가져오기")
    page.set_input_files(
        "#file",
        {"name": "스마트스토어 주문.xlsx", "mimeType": "application/octet-stream", "buffer": _orders()},
    )
    owner.press("파일 올리기")
    # The worker reads it, and the page turns by itself.
    _heading(owner, "파일 비밀번호")
    page.fill("#password", "9999")
    owner.press("파일 열기")
    _heading(owner, "이렇게 가져올게요")
    assert "8건 · 144,000원" in owner.words and "3명 · 이미 아는 분 1명" in owner.words
    assert "파일의 11줄 = 가져오는 줄 8 + 빠지는 줄 1 + 빈 줄과 열 이름 2" in owner.words
    assert "가져온 손님께는 광고를 보내지 않아요" in owner.words
    owner.press("가져오기")
    _heading(owner, "가져왔어요")
    assert "새 손님" in owner.words and "취소하거나 반품한 주문이에요" in owner.words
    _tap(owner, "손님 그룹 보기")
    _heading(owner, "손님 그룹")
    lines = page.locator("main a", has=page.locator(".value")).all_inner_texts()
    counted = {line.split("\n")[0]: line.split("\n")[-1] for line in lines}
    assert [counted[name] for name in ("모든 손님", "신규 손님", "다시 온 손님", "단골", "광고에 동의한 손님")] == [
        "3명", "1명", "0명", "2명", "1명",
    ]  # fmt: skip
    _tap(owner, "단골")
    _heading(owner, "단골")
    assert "박서연 님" in owner.words and "한지우 님" in owner.words and "최민호" not in owner.words
    _tap(owner, "이 그룹에 단체 문자 보내기")
    _heading(owner, "누구에게 보낼까요?")
    assert page.locator("input[value=regular]").is_checked()
    owner.press("다음")
    _heading(owner, "무슨 말을 보낼까요?")
    page.fill("#text", "{이름} 님, 올해 감귤청을 새로 담갔어요.")
    owner.press("다음")
    _heading(owner, "언제")
    owner.press("다음")
    _heading(owner, "이렇게 보낼까요?")
    assert page.inner_text(".hero-number") == "1명" and "단골 2명 가운데 받는 분이에요" in owner.words
    assert "한지우 님, 올해 감귤청을 새로 담갔어요." in owner.words
    assert "파일에서 가져온 손님도 동의하신 뒤에 보낼 수 있어요" in owner.words
    _tap(owner, "맞춤 혜택에 동의하지 않은 손님")
    _heading(owner, "문자가 안 가는 분")
    assert "한지우" not in owner.words
    _tap(owner, "박서연 님")
    _heading(owner, "박서연 님")
    assert "4번 왔어요" in owner.words and "일주일에 한 번쯤" in owner.words
    assert (
        "감귤청 2" in owner.words and "스마트스토어 · 환불하기" in owner.words and "18,000원" in owner.words
    )
    assert "가져온 파일에 있었어요" in owner.words and "010-••••-7890" in owner.words
    told = db.select(Message.customer_id).where(Message.shop_id == shop.id, Message.kind != "consent_result")
    assert db.session.scalars(told).all() == [], "nothing goes out by looking"
