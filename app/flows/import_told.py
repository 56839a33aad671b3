"""What the dry run tells of a file's records before anything is written: how many there are, what is here already, and
the first few of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from app.flows.retention import PERSON
from app.flows.unit import end_reading
from app.kit.clock import KST
from app.kit.names import masked_name
from app.kit.phone import masked
from app.visits import imports, piece_rules
from app.visits.line_rules import Order
from app.visits.list_rules import Known
from app.visits.receipt_rules import Receipt
from app.visits.source_contract import ORDERS, PEOPLE

_SAMPLES = 5
_ASKED_AT_ONCE = 2_000


def counts(shop_id: int, channel: str, kind: str, records: Sequence[Any], now: datetime) -> dict[str, Any]:
    """Count what is here already, a few thousand at a time."""
    if kind not in (ORDERS, PEOPLE):
        return {"won": sum(each.amount for each in records if not each.is_back)}
    phones = {each.phone for each in records if each.phone}
    there = sum(len(imports.known_phones(shop_id, some)) for some in _by(sorted(phones)))
    found: dict[str, Any] = {
        "phones": len(phones),
        "known": there,
        "no_phone": sum(not each.phone for each in records),
    }
    if kind == ORDERS:
        keys = [each.key for each in records]
        found["there"] = sum(len(imports.known_orders(shop_id, channel, some)) for some in _by(keys))
        found["won"] = sum(each.amount or 0 for each in records if each.lines)
        # They lie person by person, the last order of each at the end.
        last = {piece_rules.person(each): each.at for each in records}
        found["long_ago"] = sum(at < now - PERSON for at in last.values())
        days = [each.at for each in records if each.lines] or [now]
        found["standing"] = sum(bool(each.lines) for each in records)
        found["first"], found["last"] = (
            day.astimezone(KST).date().isoformat() for day in (min(days), max(days))
        )
    end_reading()
    return found


def _by(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), _ASKED_AT_ONCE):
        yield values[start : start + _ASKED_AT_ONCE]


def samples(records: Sequence[Any]) -> list[dict[str, Any]]:
    """Return the first few records that stand, as the dry run shows them, the people covered."""
    standing = (each for each in records if not isinstance(each, Order) or each.lines)
    return [_sample(each) for each in islice(standing, _SAMPLES)]


def _sample(record: Order | Known | Receipt) -> dict[str, Any]:
    if isinstance(record, Receipt):
        return {"at": record.at.isoformat(), "amount": record.amount, "is_back": record.is_back}
    shown: dict[str, Any] = {
        "name": masked_name(record.name),
        "phone": masked(record.phone) if record.phone else "",
    }
    if isinstance(record, Order):
        shown |= {
            "at": record.at.isoformat(),
            "amount": record.amount,
            "items": [name for name, _n, _won in record.items][:2],
        }
    return shown
