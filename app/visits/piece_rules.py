"""How what was read lies sealed, piece by piece, between the dry run and the writing; orders column by column. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import compress
from operator import attrgetter
from typing import Any

from app.kit.columns import stored
from app.visits.line_rules import Order
from app.visits.list_rules import Known
from app.visits.receipt_rules import Receipt


@dataclass
class Told:
    """What stands in a piece of orders. Of one that was cancelled as a whole nothing is told but its number.

    `ats` as they are stored; `buyers` accounts there, or ""; the things that were bought name their order by its place.
    """

    orders: list[str]
    ats: list[str]
    names: list[str]
    phones: list[str]
    buyers: list[str]
    amounts: list[int | None]
    bought_in: list[int]
    products: list[str]
    pieces: list[int]
    prices: list[int]
    gone: list[str]
    less: list[tuple[str, int]]  # part of it was sent back: what it costs by now


def told(orders: Sequence[Order]) -> Told:
    """Return orders column by column."""
    standing = [each for each in orders if each.lines]
    items = [(place, *item) for place, each in enumerate(standing) for item in each.items]
    return Told(
        orders=[each.key for each in standing],
        ats=[stored(each.at) for each in standing],
        names=[each.name for each in standing],
        phones=[each.phone for each in standing],
        buyers=[each.buyer for each in standing],
        amounts=[each.amount for each in standing],
        bought_in=[item[0] for item in items],
        products=[item[1] for item in items],
        pieces=[item[2] for item in items],
        prices=[item[3] for item in items],
        gone=[each.key for each in orders if not each.lines],
        less=[(each.key, each.amount) for each in standing if each.cancelled and each.amount is not None],
    )


def only(piece: Told, stays: Sequence[bool]) -> Told:
    """Return a piece without those of its standing orders that do not stay; what was cancelled stays told."""
    place = {line: nth for nth, line in enumerate(compress(range(len(stays)), stays))}
    bought = [line in place for line in piece.bought_in]
    lines = ("orders", "ats", "names", "phones", "buyers", "amounts")
    kept: dict[str, list[Any]] = {name: list(compress(getattr(piece, name), stays)) for name in lines}
    for name in ("bought_in", "products", "pieces", "prices"):
        kept[name] = list(compress(getattr(piece, name), bought))
    kept["bought_in"] = [place[line] for line in kept["bought_in"]]
    return replace(piece, **kept)


def person_by_person(orders: list[Any]) -> None:
    """Let the orders of each person lie together, the people as they came first.

    Whose visits lie together are counted as they are written; and neighbours came at about the same time, so that
    what is written together also lies together in the indexes.
    """
    orders.sort(key=attrgetter("at"))
    first: dict[str, int] = {}
    turns = {id(each): first.setdefault(person(each), len(first)) for each in orders}
    orders.sort(key=lambda each: turns[id(each)])


def person(order: Order) -> str:
    """Return by what the orders of one person are held together, within a file."""
    return order.phone or order.buyer or order.name


def pieces(records: Sequence[Order | Known | Receipt], *, size: int) -> Iterator[bytes]:
    """Yield records as they are kept, so many together."""
    as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    for start in range(0, len(records), size):
        some = records[start : start + size]
        orders = [each for each in some if isinstance(each, Order)]
        yield as_json(vars(told(orders)) if orders else [_plain(each) for each in some]).encode()


def _plain(record: Any) -> list[Any]:
    """Return a record as plain values in the order of its fields."""
    values = [getattr(record, name) for name in record.__dataclass_fields__]
    return [value.isoformat() if isinstance(value, datetime) else value for value in values]


def as_told(kept: Any) -> Told:
    """Return the piece that was kept, also one that an older version of the product kept order by order."""
    if isinstance(kept, dict):
        return Told(**kept)
    orders = []
    for key, at, name, phone, buyer, amount, items, lines, cancelled in kept:
        bought = [(product, pieces, won) for product, pieces, won in items]
        when = datetime.fromisoformat(at)
        orders.append(Order(key, when, name, phone, buyer, amount, bought, lines, cancelled))
    return told(orders)
