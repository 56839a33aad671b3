"""쿠팡 Wing: DeliveryList. Its phone numbers are mostly 안심번호, which are nobody's."""

from __future__ import annotations

from app.visits.source_contract import ORDERS, Source

SOURCE = Source(
    key="coupang",
    name="쿠팡",
    kind=ORDERS,
    channel="coupang",
    marks=("묶음배송번호", "구매자전화번호", "노출상품ID", "옵션ID", "최초등록옵션명"),
    columns={
        "order": ("주문번호",),
        "at": ("주문일", "주문일시"),
        "name": ("구매자",),
        "phone": ("구매자전화번호",),
        "product": ("등록상품명", "노출상품명(옵션명)"),
        "quantity": ("구매수(수량)", "구매수"),
        "price": ("옵션판매가(판매단가)", "옵션판매가"),
        "amount": ("결제액",),
        "status": ("주문상태", "진행상태"),
    },
    steps=(
        "쿠팡 Wing → 주문/배송 → 배송 관리에서 ‘주문내역 다운로드’를 눌러요.",
        "쿠팡이 주는 050 번호는 며칠 뒤 사라지는 안심번호라서 손님 번호로 쓰지 않아요.",
    ),
)
