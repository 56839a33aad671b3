"""OKPOS: 당일매출상세현황. No customer in it: its receipts are held against the stamps of the day."""

from __future__ import annotations

from app.visits.source_contract import RECEIPTS, Source

SOURCE = Source(
    key="okpos",
    name="OKPOS",
    kind=RECEIPTS,
    channel="pos",
    marks=("영수증번호", "포스번호", "결제시각", "실매출액", "객단가"),
    columns={
        "at": ("영업일자", "매출일자", "결제일자", "일자"),
        "time": ("결제시각", "결제시간"),
        "amount": ("실매출액", "총매출액"),
        "order": ("영수증번호",),
        "till": ("포스번호",),
        "status": ("매출/반품", "(매출/반품)", "구분", "매출구분"),
    },
    steps=("OKPOS 매장관리 → 매출관리 → 당일매출상세현황에서 하루를 고르고 엑셀로 내려받아요.",),
)
