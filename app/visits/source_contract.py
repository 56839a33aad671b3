"""What a source of files must offer: one file of app/visits/sources for each kind of export. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

ORDERS, PEOPLE, RECEIPTS = "orders", "people", "receipts"
# Each kind's fields in the order in which they are asked for, with the words on screen.
FIELDS: dict[str, dict[str, str]] = {
    ORDERS: {
        "at": "주문한 날",
        "time": "주문한 시각",
        "name": "손님 이름",
        "phone": "손님 휴대폰",
        "buyer": "손님 아이디",
        "order": "주문번호",
        "line": "상품별 주문번호",
        "product": "상품 이름",
        "quantity": "수량",
        "price": "한 개 값",
        "amount": "금액",
        "total": "주문 전체 금액",
        "status": "주문 상태",
        "claim": "취소·반품 상태",
    },
    PEOPLE: {"name": "이름", "phone": "휴대폰", "gender": "성별", "memo": "메모"},
    RECEIPTS: {
        "at": "결제한 때",
        "time": "결제 시각",
        "amount": "받은 금액",
        "order": "영수증번호",
        "till": "포스번호",
        "status": "매출·반품",
    },
}
# What the owner is asked about; the rest is found by its title or does without.
ASKED: dict[str, tuple[str, ...]] = {
    ORDERS: ("at", "name", "phone", "order", "product", "quantity", "amount", "status"),
    PEOPLE: ("name", "phone", "gender", "memo"),
    RECEIPTS: ("at", "time", "amount", "order", "status"),
}


@dataclass(frozen=True)
class Source:
    """A kind of export. `marks`: titles by which it is known; `columns`: field → titles, the best first.

    `channel`: what its visits are called (visits.models.Visit). `steps`: how its file is got, for the owner.
    """

    key: str
    name: str
    kind: str
    channel: str
    marks: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]
    steps: tuple[str, ...] = field(default=())
