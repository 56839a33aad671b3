"""The shapes that several calls share: who is meant, what is answered."""

from __future__ import annotations

from typing import Any

from app.flows.from_programs import Who
from app.web.api.entrance import Answer
from app.web.api.fields import Record, Text, Whole
from app.web.readable import LARGEST_ROW

_ID = Whole(1, LARGEST_ROW, "The customer's id in this shop.", 41)
_PHONE = Text(
    20, "A Korean mobile number, however it is written. Safe numbers (050…) are refused.", "010-1234-5678"
)
_CARD = Text(
    40, "The card's number as it is read aloud, or the text of the QR on the customer's screen.", "K7M2"
)

WHO = Record(
    {"id": _ID, "phone": _PHONE, "card": _CARD},
    exactly_one=("id", "phone", "card"),
    about="Whom this is about: exactly one of id, phone, card.",
    example={"phone": "010-1234-5678"},
)
PHONE = _PHONE
CARD = _CARD


def who(read: dict[str, Any]) -> Who:
    """Return whom a body means."""
    return Who(customer_id=read.get("id"), phone=read.get("phone"), card=read.get("card"))


def shape(**kinds: Any) -> dict[str, Any]:
    """Return the JSON Schema of an answer whose every name is always there."""
    return {"type": "object", "properties": kinds, "required": list(kinds)}


NUMBER: dict[str, Any] = {"type": "integer"}
WORDS: dict[str, Any] = {"type": "string"}
YES_NO: dict[str, Any] = {"type": "boolean"}
WHEN: dict[str, Any] = {"type": ["string", "null"], "format": "date-time"}

CUSTOMER = Answer(
    "The customer.",
    shape(
        id=NUMBER,
        name={**WORDS, "description": 'As the shop knows it, "" when nobody said.'},
        phone={"type": ["string", "null"], "description": "Masked: 010-••••-5678."},
        card=shape(number=WORDS, stamps=NUMBER, goal=NUMBER, reward=WORDS, rewards_ready=NUMBER),
        visits=NUMBER,
        last_visit_at=WHEN,
    ),
    {
        "id": 41,
        "name": "김단골",
        "phone": "010-••••-5678",
        "card": {"number": "K7M2", "stamps": 3, "goal": 10, "reward": "아메리카노 한 잔", "rewards_ready": 0},
        "visits": 12,
        "last_visit_at": "2026-11-20T05:49:00+00:00",
    },
)
