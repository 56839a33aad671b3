"""카페24: the shop chooses its own columns; cp949 CSV."""

from __future__ import annotations

from app.visits.source_contract import ORDERS, Source

SOURCE = Source(
    key="cafe24",
    name="카페24",
    kind=ORDERS,
    channel="cafe24",
    marks=(
        "품목별 주문번호",
        "주문상품명(기본)",
        "주문상품명(옵션포함)",
        "상품품목코드",
        "주문자 휴대전화",
        "총 주문금액(KRW)",
        "쇼핑몰번호",
    ),
    columns={
        "order": ("주문번호",),
        "line": ("품목별 주문번호",),
        "at": ("주문일시", "주문일", "결제일시(입금확인일)", "결제일시", "발주일"),
        "name": ("주문자명",),
        "phone": ("주문자 휴대전화", "주문자 휴대폰"),
        "buyer": ("주문자ID", "주문자 ID"),
        "product": ("주문상품명(기본)", "주문상품명", "주문상품명(옵션포함)"),
        "quantity": ("수량",),
        "price": ("판매가",),
        "amount": ("상품구매금액(KRW)", "상품구매금액"),
        "total": ("총 결제금액(KRW)", "총 결제금액", "총 주문금액(KRW)", "총 주문금액"),
        "status": ("주문상태", "주문 상태"),
    },
    steps=(
        "카페24 쇼핑몰 관리자 → 주문 → 전체 주문 목록에서 ‘엑셀다운로드’를 눌러요.",
        "양식에 주문번호, 주문일시, 주문자명, 주문자 휴대전화, 주문상품명, 수량, 결제금액, 주문상태가 있으면 돼요.",
    ),
)
