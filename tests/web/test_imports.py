"""주문·명단 가져오기 on screen: brought, looked at, taken in, left out lines, undone; only the owner's."""

from __future__ import annotations

import io

from flask import Flask

from app.flows import import_run
from app.jobs import tasks
from tests import exports, factories
from tests.factories import ACustomer, AShop
from tests.flows import taking_in
from tests.flows.test_import_markets import MARKETS
from tests.phone import Page, Phone
from tests.world import Clock

PEOPLE = exports.plain(
    [["이름", "휴대폰", "주소"], ["김민지", "010-1111-2222", "부산"], ["", "", "메모"], ["최하나", "", ""]],
    letters="cp949",
)


def bring(phone: Phone, data: bytes, name: str = "단골 명단.csv", *, status: int = 200) -> Page:
    phone.open("/owner/imports")
    page = phone.page
    assert page is not None
    fields = {"csrf_token": phone.token(), "once": page.value("once"), "file": (io.BytesIO(data), name)}
    return phone.post("/owner/imports", fields, status=status)


def test_a_list_is_looked_at_taken_in_and_undone(shop: AShop, owner_phone: Phone, clock: Clock) -> None:
    assert "주문·명단 가져오기" in owner_phone.open("/owner/more").words
    assert "가져올 파일을 골라 주세요" in bring(owner_phone, b"", name="", status=422).words
    assert "엑셀이나 CSV 파일이 아니에요" in bring(owner_phone, b"%PDF-1.4", status=422).words
    page = bring(owner_phone, PEOPLE)
    assert "읽고 있어요" in page.words
    assert tasks.take_in_files() == {"steps": 1}
    page = owner_phone.open(page.path)
    assert page.h1 == "이렇게 가져올게요"
    assert "파일의 4줄 = 가져오는 줄 2 + 빠지는 줄 1 + 빈 줄과 열 이름 1" in page.words
    assert (
        "담지 않고 버리는 열" in page.words and "주소" in page.words and "광고를 보내지 않아요" in page.words
    )
    assert "김*지" in page.words and "010-1111-2222" not in page.html
    assert "3" in owner_phone.open(f"{page.path}/left-out").words
    owner_phone.open(page.path)
    page = owner_phone.submit("가져오기")
    assert "가져오고 있어요" in page.words and page.soup.progress is not None
    waiting = owner_phone.open(f"{page.path}/progress")
    assert "HX-Refresh" not in waiting.answer.headers
    tasks.take_in_files()
    assert owner_phone.open(f"{page.path}/progress").answer.headers["HX-Refresh"] == "true"
    page = owner_phone.open(page.path)
    assert page.h1 == "가져왔어요" and "새 손님 2명" in page.words
    assert "파일에서 2건을 가져왔어요" in owner_phone.open("/owner/more/changes").words
    owner_phone.open(page.path)
    owner_phone.submit("가져온 것 되돌리기")
    tasks.take_in_files()
    assert "되돌렸어요" in owner_phone.open(page.path).words
    assert taking_in.people(shop) == []


def test_what_only_cancelled_says_that_nothing_comes_back(
    shop: AShop, owner_phone: Phone, clock: Clock
) -> None:
    titles = ["주문번호", "주문일", "이름", "휴대폰", "상품", "수량", "금액", "상태"]

    def told(*orders: tuple[str, str]) -> bytes:
        return exports.plain(
            [
                titles,
                *[
                    [key, "2026-11-20", "김민지", "010-1111-2222", "차", 1, 900, state]
                    for key, state in orders
                ],
            ]
        )

    taking_in.take_in(shop, told(("A", ""), ("B", "")), clock)
    only = taking_in.take_in(shop, told(("A", "취소완료")), clock)
    page = owner_phone.open(f"/owner/imports/{only.id}")
    assert "들어온 것이 없어서 되돌릴 것도 없고" in page.words
    assert "가져온 것 되돌리기" not in page.words
    both = taking_in.take_in(shop, told(("B", "취소완료"), ("C", "")), clock)
    page = owner_phone.open(f"/owner/imports/{both.id}")
    assert "취소로 바뀐 주문 1건은 되살아나지 않아요" in page.words
    assert "가져온 것 되돌리기" in page.words


def test_a_password_and_columns_are_asked_for(shop: AShop, owner_phone: Phone, clock: Clock) -> None:
    page = bring(owner_phone, MARKETS["smartstore"](), "스마트스토어.xlsx")
    tasks.take_in_files()
    page = owner_phone.open(page.path)
    assert page.h1 == "파일 비밀번호"
    assert "비밀번호를 적어 주세요" in owner_phone.submit("파일 열기", password="", status=422).words
    owner_phone.submit("파일 열기", password="0000")
    tasks.take_in_files()
    assert "비밀번호가 맞지 않아요" in owner_phone.open(page.path).words
    owner_phone.submit("파일 열기", password="9999")
    tasks.take_in_files()
    page = owner_phone.open(page.path)
    assert "주문 1건 · 26,000원" in page.words and "취소하거나 반품한 주문이에요" in page.words
    page = owner_phone.tap("열 다시 고르기")
    assert page.h1 == "어느 열인지 알려 주세요" and "서울시 어딘가" not in page.html
    wrong = owner_phone.submit("다음", column_at="", status=422)
    assert "주문한 날이 어느 열인지" in wrong.words
    owner_phone.open(page.path)
    owner_phone.tap("손님 명단")
    owner_phone.submit("다음", column_name="11")
    tasks.take_in_files()
    page = owner_phone.open(page.path.removesuffix("/columns"))
    assert "손님 명단" not in page.h1 and "번호 없는 손님" in page.words
    assert "파일은 지웠어요" in owner_phone.submit("가져오지 않고 파일 지우기").words


def test_names_and_receipts_are_asked_about(
    shop: AShop, jiwoo: ACustomer, minho: ACustomer, owner_phone: Phone, clock: Clock
) -> None:
    taking_in.take_in(shop, MARKETS["coupang"](), clock)
    for who in (jiwoo, minho):
        factories.a_stamp(shop, who.card_id)
    taking_in.take_in(
        shop,
        exports.plain([["결제일", "결제시간", "결제내역", "합계"], ["2026-11-23", "14:50", "차", "4500"]]),
        clock,
    )
    page = owner_phone.open("/owner/imports")
    assert "같은 분일 수 있어요" in page.words and "누구의 영수증인가요?" in page.words
    page = owner_phone.open("/owner/same-names")
    assert "010-••••-6789" in page.words
    owner_phone.submit("다른 분이에요")
    page = owner_phone.open("/owner/same-names")
    assert owner_phone.tap("같은 분이에요").h1 == "같은 분이 맞나요?"
    page = owner_phone.open("/owner/receipts")
    assert "4,500원" in page.words and "한지우 님" in page.words
    assert "여쭤볼 영수증이 없어요" in owner_phone.submit("한지우 님 · 오후 2:49").words


def test_only_the_owner_brings_files(
    app: Flask, shop: AShop, other_shop: AShop, owner_phone: Phone, clock: Clock
) -> None:
    page = bring(owner_phone, PEOPLE)
    import_run.work(clock=clock)
    manager = Phone(app).signed_in(shop, factories.a_staff(shop, name="매니저", role="manager"))
    for path in ("/owner/imports", page.path, "/owner/same-names", "/owner/receipts"):
        manager.open(path, status=403)
    stranger = Phone(app).signed_in(other_shop, other_shop.owner_id)
    for path in ("", "/progress", "/columns", "/left-out"):
        stranger.open(page.path + path, status=404)
    stranger.open("/owner/imports")
    token = stranger.token()
    for path in ("/beginning", "/cancellation", "/reversal", "/password"):
        stranger.post(page.path + path, {"csrf_token": token, "password": "x"}, status=404)
