"""Other tills: one row a payment, day and time in columns of their own."""

from __future__ import annotations

from app.visits.source_contract import RECEIPTS, Source

SOURCE = Source(
    key="other_pos",
    name="다른 포스",
    kind=RECEIPTS,
    channel="pos",
    marks=("결제일", "결제시간", "결제내역", "카드 결제", "현금 결제", "간편 결제"),
    columns={
        "at": ("결제일시", "결제일", "거래일시", "거래일"),
        "time": ("결제시간", "결제시각", "거래시간"),
        "amount": ("합계", "결제금액", "받은금액", "실매출액"),
        "order": ("영수증번호", "거래번호", "승인번호"),
        "till": ("포스번호",),
        "status": ("구분", "결제상태", "상태"),
    },
    steps=("포스의 매출 화면에서 영수증이 한 줄씩 나오는 목록을 엑셀로 내려받아요.",),
)
