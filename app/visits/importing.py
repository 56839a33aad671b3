"""Writes what was read of a file, many rows by one statement, and takes it back. Flush, never commit.

People are found by their proven number, else by a keyed hash of their account or name in that channel; a passing
number (050…) is nobody. Unique keys decide: the same file again changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from app.customers.models import Customer
from app.kit.bulk_rows import put, put_new
from app.kit.korean import initials
from app.kit.upsert import insert_into, table_of
from app.visits.import_models import Buyer, ImportedPerson
from app.visits.line_rules import Order
from app.visits.models import Product, Visit, VisitItem

_PEOPLE, _VISITS, _ITEMS = table_of(Customer), table_of(Visit), table_of(VisitItem)
_PRODUCTS, _BUYERS, _CAME_WITH = table_of(Product), table_of(Buyer), table_of(ImportedPerson)


@dataclass(frozen=True)
class Who:
    """Who stands in a line: E.164 or "", what else they are known by there ("" nothing), and what is told of them."""

    phone: str
    key: str
    name: str
    gender: str = ""
    memo: str = ""


@dataclass(frozen=True)
class File:
    """The file that is written: whose, which, under what name its visits go."""

    shop_id: int
    import_id: int
    channel: str


@dataclass(frozen=True)
class Added:
    """What a piece came to: keys of the orders that are new, whose visits were taken back, products new on the menu.

    `lessened`: (when, whose) of the visits that came to less money, as something of the order was sent back.
    """

    keys: set[str]
    ended: list[int]
    products: list[int]
    lessened: list[tuple[datetime, int]]


def people_of(
    session: Any,
    *,
    file: File,
    who: Sequence[Who],
    phone_key: Callable[[str], str],
    now: datetime,
    came: Sequence[datetime] = (),
) -> tuple[list[int], list[int]]:
    """Return the customer of each, and who of them is new. Somebody who is here already is left as they are.

    `came`: when each of them came, so that a new person's visits need not be counted afterwards.

    Raises IntegrityError when somebody joins with one of the numbers at this moment: the step is done again.
    """
    known = _known(session, file=file, who=who)
    remembered = set(known)
    fresh: list[Who] = []
    place: dict[str, int] = {}
    visits: list[list[datetime]] = []
    for number, each in enumerate(who):
        names = [name for name in (each.phone, each.key) if name]
        if any(name in known for name in names):
            continue
        at = next((place[name] for name in names if name in place), len(fresh))
        if at == len(fresh):
            fresh.append(each)
            visits.append([])
        visits[at] += came[number : number + 1]
        for name in names:
            place.setdefault(name, at)
    made: list[int] = []
    if fresh:
        rows = [_row(file, one, phone_key, now, theirs) for one, theirs in zip(fresh, visits, strict=True)]
        made = put(session, _PEOPLE, rows)
        known |= {name: made[at] for name, at in place.items()}
        of_file = {"shop_id": file.shop_id, "import_id": file.import_id}
        put(session, _CAME_WITH, [{**of_file, "customer_id": each} for each in made])
    found = [known.get(each.phone) or known[each.key] for each in who]
    keys = {
        each.key: one for each, one in zip(who, found, strict=True) if each.key and each.key not in remembered
    }
    if keys:
        of = {"shop_id": file.shop_id, "channel": file.channel}
        rows = [{**of, "key": key, "customer_id": one} for key, one in keys.items()]
        session.execute(insert_into(session, _BUYERS).on_conflict_do_nothing(), rows)
    return found, made


def _row(
    file: File, one: Who, phone_key: Callable[[str], str], now: datetime, visits: Sequence[datetime]
) -> dict[str, Any]:
    return {
        "shop_id": file.shop_id,
        "name": one.name,
        "initials": initials(one.name)[:40],
        "phone": one.phone or None,
        "phone_tail": one.phone[-4:] or None,
        "phone_key": phone_key(one.phone) if one.phone else "",
        "gender": one.gender,
        "memo": one.memo,
        "source": "import",
        "joined_at": now,
        "visit_count": len(visits),
        "first_visit_at": min(visits, default=None),
        "last_visit_at": max(visits, default=None),
        "stale_at": now if visits else None,
    }


def _known(session: Any, *, file: File, who: Sequence[Who]) -> dict[str, int]:
    known: dict[str, int] = {}
    keys = {each.key for each in who if each.key}
    if keys:
        rows = session.execute(
            select(_BUYERS.c.key, _BUYERS.c.customer_id)
            .join(Customer, (Customer.shop_id == _BUYERS.c.shop_id) & (Customer.id == _BUYERS.c.customer_id))
            .where(
                _BUYERS.c.shop_id == file.shop_id,
                _BUYERS.c.channel == file.channel,
                _BUYERS.c.key.in_(keys),
                Customer.erased_at.is_(None),
            )
        )
        known = {row.key: row.customer_id for row in rows}
    phones = {each.phone for each in who if each.phone}
    if phones:
        rows = session.execute(
            select(Customer.phone, Customer.id).where(
                Customer.shop_id == file.shop_id, Customer.phone.in_(phones), Customer.erased_at.is_(None)
            )
        )
        known |= {row.phone: row.id for row in rows}
    return known


def add_visits(
    session: Any,
    *,
    file: File,
    orders: Sequence[Order],
    customers: Sequence[int],
    firsts: Collection[str],
    now: datetime,
) -> Added:
    """Write the visits of orders. `firsts`: the orders with which a new person came for the first time.

    `customers`: whose each order is, 0 for one that is not written. An order that is here already stays as it is, but
    for what was cancelled of it since.
    """
    standing = [(order, who) for order, who in zip(orders, customers, strict=True) if who]
    rows = [
        {
            "shop_id": file.shop_id,
            "customer_id": who,
            "at": order.at,
            "channel": file.channel,
            "source_key": order.key,
            "import_id": file.import_id,
            "amount": order.amount or None,
            "is_first": order.key in firsts,
        }
        for order, who in standing
    ]
    there = select(_VISITS.c.source_key).where(
        _VISITS.c.shop_id == file.shop_id,
        _VISITS.c.channel == file.channel,
        _VISITS.c.source_key.in_([order.key for order, _who in standing]),
    )
    added = put_new(session, _VISITS, rows, key="source_key", there=there)
    made = _add_items(session, shop_id=file.shop_id, orders=[each for each, _who in standing], added=added)
    ended, lessened = _take_back(session, file=file, orders=orders, added=added, now=now)
    return Added(set(added), ended, made, lessened)


def _add_items(session: Any, *, shop_id: int, orders: Sequence[Order], added: dict[str, int]) -> list[int]:
    bought = [(added[order.key], *item) for order in orders if order.key in added for item in order.items]
    if not bought:
        return []
    prices = {name: price for _visit, name, _pieces, price in reversed(bought)}
    ids, made = _products(session, shop_id=shop_id, prices=prices)
    rows = [
        {"shop_id": shop_id, "visit_id": visit, "product_id": ids[name], "quantity": pieces, "price": price}
        for visit, name, pieces, price in bought
    ]
    put(session, _ITEMS, rows)
    return made


def _products(session: Any, *, shop_id: int, prices: dict[str, int]) -> tuple[dict[str, int], list[int]]:
    look = select(_PRODUCTS.c.name, _PRODUCTS.c.id).where(
        _PRODUCTS.c.shop_id == shop_id, _PRODUCTS.c.name.in_(prices)
    )
    ids = {row.name: row.id for row in session.execute(look)}
    fresh = [
        {"shop_id": shop_id, "name": name, "price": price}
        for name, price in prices.items()
        if name not in ids
    ]
    if not fresh:
        return ids, []
    session.execute(insert_into(session, _PRODUCTS).on_conflict_do_nothing(), fresh)
    now_there = {row.name: row.id for row in session.execute(look)}
    return now_there, [now_there[each["name"]] for each in fresh]


def _take_back(
    session: Any, *, file: File, orders: Sequence[Order], added: dict[str, int], now: datetime
) -> tuple[list[int], list[tuple[datetime, int]]]:
    """Reverse what the file says was cancelled after it had come with an earlier one; returns whose visits they were,
    and (when, whose) of those that stand for less."""
    mine = (
        _VISITS.c.shop_id == file.shop_id,
        _VISITS.c.channel == file.channel,
        _VISITS.c.reversed_at.is_(None),
    )
    gone = [order.key for order in orders if order.cancelled and not order.lines]
    ended: list[int] = []
    if gone:
        back = update(_VISITS).where(*mine, _VISITS.c.source_key.in_(gone)).values(reversed_at=now)
        ended = list(session.scalars(back.returning(_VISITS.c.customer_id)))
    lessened: list[tuple[datetime, int]] = []
    for order in orders:  # one of several things was sent back: few, each its own amount
        if order.cancelled and order.lines and order.key not in added and order.amount is not None:
            less = update(_VISITS).where(
                *mine, _VISITS.c.source_key == order.key, _VISITS.c.amount > order.amount
            )
            less = less.values(amount=order.amount).returning(_VISITS.c.at, _VISITS.c.customer_id)
            lessened += [(row.at, row.customer_id) for row in session.execute(less)]
    return ended, lessened
