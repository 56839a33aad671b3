"""One's own certificates in the file one takes along: as sentences, and as data for programs."""

from __future__ import annotations

from typing import Any

from app.kit.korean import won
from app.warranties import queries as warranties
from app.warranties import repairs
from app.warranties.queries import Certificate
from app.web.certificates import long_day
from app.web.customer import my_words
from app.web.guards import current_card

_ALL = 10_000


def sections() -> dict[str, list[str]]:
    """Return the file's part about them by its heading; nothing for somebody who has none."""
    held = _held()
    return {"보증서": [_line(each) for each in held]} if held else {}


def facts() -> list[dict[str, Any]]:
    """Return the same as data; what was asked of each stands with it."""
    return [
        {
            "serial": each.serial,
            "product": each.product,
            "bought_on": each.bought_on,
            "where": each.where,
            "price": _paid(each),
            "until": each.until,
            "repairs": [
                {"at": repair.at, "state": repair.state, "ended_at": repair.ended_at}
                for repair in _repairs(each)
            ],
        }
        for each in _held()
    ]


def _held() -> list[Certificate]:
    holder = current_card()
    return warranties.certificates_of(shop_id=holder.shop_id, customer_id=holder.customer_id, limit=_ALL)


def _repairs(held: Certificate) -> list[repairs.RepairLine]:
    return repairs.of_certificate(
        shop_id=held.shop_id, warranty_id=held.id, customer_id=current_card().customer_id
    )


def _paid(held: Certificate) -> int | None:
    """Return what its holder paid: of one that was handed on that is what somebody else did."""
    return None if held.moved else held.price


def _line(held: Certificate) -> str:
    told = [held.product, f"번호 {held.spoken}", f"{long_day(held.bought_on)}에 샀어요", held.where]
    paid = _paid(held)
    told += [won(paid) if paid else "", f"{long_day(held.until)}까지 보증"]
    asked = [f"\r\n  {my_words.at(each.at)} · AS: {each.words}" for each in _repairs(held)]
    return " · ".join(word for word in told if word) + "".join(asked)
