"""Each marketplace's own file, with its real titles, and people who are one across channels."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from app.extensions import db
from app.flows import imports, merge
from app.kit.refusals import NotHere
from app.visits import imports as reads
from app.visits.import_models import Buyer, NotSame
from app.visits.models import Visit, VisitItem
from tests import exports
from tests.factories import ACustomer, AShop
from tests.flows import taking_in
from tests.world import Clock

SMART = {
    "구매자명": "한지우",
    "구매자ID": "jiwoo**",
    "구매자연락처": "010-2345-6789",
    "수취인명": "남",
    "통합배송지": "서울시 어딘가",
    "개인통관고유부호": "P123",
}


def smartstore(*rows: dict[str, object]) -> list[list[object]]:
    return [
        ["상품주문번호는 지우지 마세요"],
        exports.SMARTSTORE,
        *[exports.row(exports.SMARTSTORE, {**SMART, **row}) for row in rows],
    ]


MARKETS: dict[str, Callable[[], bytes]] = {
    "smartstore": lambda: exports.locked(
        exports.xlsx(
            smartstore(
                {"상품주문번호": 2026112012345671, "주문번호": 2026112012345670, "주문일시": 46346.5, "상품명": "감귤청", "수량": 2, "상품가격": 9000, "최종 상품별 총 주문금액": 18000},
                {"상품주문번호": 2026112012345672, "주문번호": 2026112012345670, "주문일시": 46346.5, "상품명": "유자청", "수량": 1, "상품가격": 8000, "최종 상품별 총 주문금액": 8000},
                {"상품주문번호": 2026112012345673, "주문번호": 2026112012345673, "주문일시": 46347.5, "상품명": "유자청", "수량": 1, "최종 상품별 총 주문금액": 8000, "주문상태": "취소"},
            ),
            sheet="발송처리",
        ),
        "9999",
    ),
    "coupang": lambda: exports.xlsx(
        [
            exports.COUPANG,
            *[
                exports.row(exports.COUPANG, {"주문번호": key, "묶음배송번호": key, "주문일": "2026-11-20 12:00:00", "등록상품명": "감귤청", "구매수(수량)": 2, "결제액": 26000, "구매자": "한지우", "구매자전화번호": "0504-1234-5678", "수취인 주소": "서울"})
                for key in ("C1", "C2")
            ],
        ]
    ),
    "cafe24": lambda: exports.plain(
        [
            exports.CAFE24,
            exports.row(exports.CAFE24, {"쇼핑몰번호": "1", "주문번호": "20261120-01", "품목별 주문번호": "20261120-01-1", "총 결제금액(KRW)": "26000.00", "주문상품명(기본)": "감귤청", "수량": "1", "판매가": "13000", "상품구매금액(KRW)": "13000", "주문자명": "한지우", "주문자 휴대전화": "010-2345-6789", "발주일": "2026-11-20", "주문상태": "배송완료"}),
            exports.row(exports.CAFE24, {"쇼핑몰번호": "1", "주문번호": "20261120-01", "품목별 주문번호": "20261120-01-2", "총 결제금액(KRW)": "26000.00", "주문상품명(기본)": "유자청", "수량": "1", "판매가": "13000", "상품구매금액(KRW)": "13000", "주문자명": "한지우", "주문자 휴대전화": "010-2345-6789", "발주일": "2026-11-20", "주문상태": "배송완료"}),
        ],
        letters="cp949",
    ),
    "esm": lambda: exports.xlsx(
        [exports.ESM, exports.row(exports.ESM, {"판매아이디": "shop", "주문번호": "E1", "상품명": "감귤청", "수량": 2, "판매금액": "26,000", "구매자명": "한지우", "구매자아이디": "ji", "구매자 휴대폰": 1023456789, "주문일": "2026-11-20 12:00", "주소": "서울"})]
    ),
}  # fmt: skip


@pytest.mark.parametrize("channel", MARKETS)
def test_each_market_comes_in_as_its_channel(
    shop: AShop, jiwoo: ACustomer, clock: Clock, channel: str
) -> None:
    looked = taking_in.read(shop, MARKETS[channel](), clock)
    if looked.state == "password":
        who: dict[str, Any] = {"shop_id": shop.id, "import_id": looked.id, "now": clock()}
        imports.open_with(**who, password="1234")
        assert "비밀번호가 맞지 않아요" in taking_in.go_on(shop, looked.id, clock).detail
        imports.open_with(**who, password="9999")
        looked = taking_in.go_on(shop, looked.id, clock)
    assert (looked.state, looked.source) == ("checked", channel), looked.detail
    assert looked.found["lines"] == looked.found["taken"] + looked.found["left"] + looked.found["blank"]
    assert any("주소" in title or "배송지" in title for title in looked.found["dropped"])
    taking_in.begin(shop, looked.id, clock)
    done = taking_in.go_on(shop, looked.id, clock)
    assert done.state == "done"
    rows = taking_in.visits(shop, Visit.channel, Visit.amount, Visit.customer_id, Visit.at)
    assert {(row.channel, row.amount) for row in rows} == {(channel, 26000)}
    assert {row.at.date() for row in rows} == {date(2026, 11, 20)}
    if channel == "coupang":
        assert len(rows) == 2 and done.people == 2, "a passing number is nobody's, and a name alone no proof"
        assert done.found["safe_numbers"] == 2
        assert all(phone is None for name, phone, count in taking_in.people(shop) if count)
    else:
        assert [row.customer_id for row in rows] == [jiwoo.id], "one person across channels by the number"
    assert taking_in.count(VisitItem, shop) == (2 if channel != "esm" else 1)
    # The same file again changes nothing.
    looked = taking_in.read(shop, MARKETS[channel](), clock)
    if looked.state == "password":
        imports.open_with(shop_id=shop.id, import_id=looked.id, now=clock(), password="9999")
        looked = taking_in.go_on(shop, looked.id, clock)
    taking_in.begin(shop, looked.id, clock)
    again = taking_in.go_on(shop, looked.id, clock)
    assert (again.added, again.people, again.ended) == (0, 0, 0)
    assert taking_in.count(Visit, shop) == len(rows)
    with db.engine.connect() as look:
        for table in db.metadata.sorted_tables:
            assert "P123" not in repr(look.execute(select(table)).all()) and "어딘가" not in repr(
                look.execute(select(table)).all()
            )


def test_one_name_is_one_person_only_when_the_owner_says_so(shop: AShop, clock: Clock) -> None:
    done = taking_in.take_in(shop, MARKETS["coupang"](), clock, joins_names=True)
    assert (done.people, taking_in.people(shop)) == (1, [("한지우", None, 2)])


def test_one_name_is_suggested_and_may_be_told_apart(
    shop: AShop, other_shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    taking_in.take_in(shop, MARKETS["coupang"](), clock)
    pairs = reads.alike(shop.id)
    assert [(pair.name, pair.other_id) for pair in pairs if pair.other_id == jiwoo.id] == [
        ("한지우", jiwoo.id)
    ] * 2
    assert len(pairs) == 2 and reads.alike(other_shop.id) == []
    first, second = (pair.one_id for pair in pairs if pair.other_id == jiwoo.id)
    for _ in range(2):
        imports.tell_apart(
            shop_id=shop.id, staff_id=shop.owner_id, one_id=first, other_id=jiwoo.id, now=clock()
        )
    assert taking_in.count(NotSame, shop) == 1
    merge.merge_people(shop_id=shop.id, kept_id=jiwoo.id, gone_id=second, staff_id=shop.owner_id, now=clock())
    assert [pair.other_id for pair in reads.alike(shop.id)] == []
    with pytest.raises(NotHere):
        imports.tell_apart(
            shop_id=other_shop.id, staff_id=other_shop.owner_id, one_id=first, other_id=jiwoo.id, now=clock()
        )
    assert db.session.scalar(select(Buyer.customer_id).where(Buyer.customer_id == jiwoo.id)) == jiwoo.id, (
        "the next file finds who they are now"
    )
