"""ESM PLUS: 지마켓 and 옥션."""

from __future__ import annotations

from app.visits.source_contract import ORDERS, Source

SOURCE = Source(
    key="esm",
    name="지마켓·옥션(ESM)",
    kind=ORDERS,
    channel="esm",
    marks=(
        "판매아이디",
        "구매자아이디",
        "구매자ID(지마켓/옥션)",
        "구매자 휴대폰",
        "발송마감일",
        "배송시 요구사항",
    ),
    columns={
        "order": ("주문번호",),
        "at": ("주문일", "주문일시", "주문일자(결제확인전)", "결제일", "결제일시"),
        "name": ("구매자명",),
        "phone": ("구매자 휴대폰", "구매자휴대폰"),
        "buyer": ("구매자아이디", "구매자ID"),
        "product": ("상품명",),
        "quantity": ("수량", "주문수량"),
        "price": ("판매단가",),
        "amount": ("판매금액", "결제금액", "구매금액"),
        "status": ("주문상태", "진행상태"),
    },
    steps=("ESM PLUS → 주문관리 → 전체 주문 조회에서 기간을 고르고 ‘엑셀 다운로드’를 눌러요.",),
)
