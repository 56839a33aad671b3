"""네이버 스마트스토어: 발송처리 and 주문조회, with a password and one row of guidance above the titles."""

from __future__ import annotations

from app.visits.source_contract import ORDERS, Source

SOURCE = Source(
    key="smartstore",
    name="스마트스토어",
    kind=ORDERS,
    channel="smartstore",
    marks=("상품주문번호", "구매자연락처", "구매자ID", "수량클레임 여부", "네이버페이 주문관리 수수료"),
    columns={
        "order": ("주문번호",),
        "line": ("상품주문번호",),
        "at": ("주문일시", "결제일"),
        "name": ("구매자명",),
        "phone": ("구매자연락처",),
        "buyer": ("구매자ID",),
        "product": ("상품명",),
        "quantity": ("수량",),
        "price": ("상품가격",),
        "amount": ("최종 상품별 총 주문금액", "상품별 총 주문금액", "최초 상품별 총 주문금액"),
        "status": ("주문상태",),
        "claim": ("클레임상태", "주문세부상태"),
    },
    steps=(
        "스마트스토어센터 → 판매관리 → 주문통합검색에서 기간을 고르고 ‘엑셀다운’을 눌러요.",
        "파일 비밀번호를 정하라고 하면 정해 주세요. 올린 뒤에 한 번 여쭤봐요.",
    ),
)
