"""Writes what was read of a file, many rows by one statement, and takes it back. Flush, never commit.

People are found by their proven number, else by a keyed hash of their account or name in that channel; a passing
number (050…) is nobody. Unique keys decide: the same file again changes nothing. A piece comes column by column, as its
rows will be stored: a hundred thousand orders are no hundred thousand objects.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from app.customers import endings
from app.customers.models import Customer
from app.kit.among import among
from app.kit.bulk_rows import put, put_new
from app.kit.korean import initials
from app.kit.upsert import insert_into, table_of
from app.visits.import_models import Buyer, ImportedPerson
from app.visits.models import Product, Visit, VisitItem
from app.visits.piece_rules import Told

_PEOPLE, _VISITS, _ITEMS = table_of(Customer), table_of(Visit), table_of(VisitItem)
_PRODUCTS, _BUYERS, _CAME_WITH = table_of(Product), table_of(Buyer), table_of(ImportedPerson)


@dataclass(frozen=True)
class Who:
    """Who stands in each line: E.164 or "", what else they are known by there ("" nothing), and what is told of them.

    `came`: when, as it is stored; [] where no visit is told of.
    """

    phones: Sequence[str]
    keys: Sequence[str]
    names: Sequence[str]
    genders: Sequence[str] = ()
    memos: Sequence[str] = ()
    came: Sequence[str] = ()


@dataclass(frozen=True)
class File:
    """The file that is written: whose, which, under what name its visits go."""

    shop_id: int
    import_id: int
    channel: str


@dataclass(frozen=True)
class Found:
    """The customer of each line, who of them is new, and the lines with which a new one came for the first time."""

    ids: list[int]
    made: Sequence[int]
    firsts: list[int]


@dataclass(frozen=True)
class Added:
    """What a piece came to: keys of the orders that are new, whose visits were taken back and which, products new on the menu.

    `lessened`: (when, whose) of the visits that came to less money, as something of the order was sent back.
    """

    keys: set[str]
    ended: list[int]
    products: list[int]
    lessened: list[tuple[datetime, int]]
    ended_visits: list[int]


def people_of(session: Any, *, file: File, who: Who, phone_key: Callable[[str], str], now: datetime) -> Found:
    """Return the customer of each. Somebody who is here already is left as they are, somebody new comes with the sums
    of their visits.

    Raises IntegrityError when somebody joins with one of the numbers at this moment: the step is done again.
    """
    known = _known(session, file=file, who=who)
    remembered = set(known)
    new: list[list[int]] = []  # the lines of each new person
    ids: list[int] = []  # below zero: the first new one, the second …
    for line, (phone, key) in enumerate(zip(who.phones, who.keys, strict=True)):
        one = known.get(phone) or known.get(key)
        if one is None:
            new.append([])
            one = -len(new)
        if phone and one < 0:  # somebody who is here already is proven by their own number alone
            known.setdefault(phone, one)
        if key:
            known.setdefault(key, one)
        if one < 0:
            new[-one - 1].append(line)
        ids.append(one)
    made: Sequence[int] = []
    if new:
        people = _new_people(who, new, phone_key)
        made = put(session, _PEOPLE, people, same=_of_all(file, who, now))
        endings.keep(
            session,
            shop_id=file.shop_id,
            customer_ids=made,
            names=people["name"],
            sounds=people["initials"],
        )
        of_file = {"shop_id": file.shop_id, "import_id": file.import_id}
        put(session, _CAME_WITH, {"customer_id": made}, same=of_file)
        ids = [one if one > 0 else made[-one - 1] for one in ids]
    keys = {key: one for key, one in zip(who.keys, ids, strict=True) if key and key not in remembered}
    if keys:
        mine = {"shop_id": file.shop_id, "channel": file.channel}
        given: dict[str, Sequence[Any]] = {"key": list(keys), "customer_id": list(keys.values())}
        # Somebody may be known by it who left since: theirs it stays.
        there = select(_BUYERS.c.key).where(
            _BUYERS.c.shop_id == file.shop_id,
            _BUYERS.c.channel == file.channel,
            among(session, _BUYERS.c.key, keys),
        )
        put_new(session, _BUYERS, given, same=mine, key="key", there=there)
    firsts = [min(lines, key=who.came.__getitem__) for lines in new] if who.came else []
    return Found(ids, made, firsts)


def _new_people(who: Who, new: Sequence[list[int]], phone_key: Callable[[str], str]) -> dict[str, list[Any]]:
    heads = [lines[0] for lines in new]
    names, phones = [who.names[line] for line in heads], [who.phones[line] for line in heads]
    came = [[who.came[line] for line in lines] for lines in new] if who.came else [[]] * len(new)
    return {
        "name": names,
        "initials": [initials(name)[:40] for name in names],
        "phone": [phone or None for phone in phones],
        "phone_tail": [phone[-4:] or None for phone in phones],
        "phone_key": [phone_key(phone) if phone else "" for phone in phones],
        "gender": [who.genders[line] for line in heads] if who.genders else [""] * len(new),
        "memo": [who.memos[line] for line in heads] if who.memos else [""] * len(new),
        "visit_count": [len(theirs) for theirs in came],
        "first_visit_at": [min(theirs, default=None) for theirs in came],
        "last_visit_at": [max(theirs, default=None) for theirs in came],
    }


def _of_all(file: File, who: Who, now: datetime) -> dict[str, Any]:
    return {
        "shop_id": file.shop_id,
        "source": "import",
        "joined_at": now,
        "stale_at": now if who.came else None,
    }


def _known(session: Any, *, file: File, who: Who) -> dict[str, int]:
    known: dict[str, int] = {}
    keys = {key for key in who.keys if key}
    if keys:
        rows = session.execute(
            select(_BUYERS.c.key, _BUYERS.c.customer_id)
            .join(Customer, (Customer.shop_id == _BUYERS.c.shop_id) & (Customer.id == _BUYERS.c.customer_id))
            .where(
                _BUYERS.c.shop_id == file.shop_id,
                _BUYERS.c.channel == file.channel,
                among(session, _BUYERS.c.key, keys),
                Customer.erased_at.is_(None),
            )
        )
        known = {row.key: row.customer_id for row in rows}
    phones = {phone for phone in who.phones if phone}
    if phones:
        rows = session.execute(
            select(Customer.phone, Customer.id).where(
                Customer.shop_id == file.shop_id,
                among(session, _PEOPLE.c.phone, phones),
                Customer.erased_at.is_(None),
            )
        )
        known |= {row.phone: row.id for row in rows}
    return known


def add_visits(
    session: Any, *, file: File, told: Told, people: Found, was_asked: bool, now: datetime
) -> Added:
    """Write the visits of orders that are not here yet.

    `was_asked`: the caller looked for them in this transaction; who trusts that none is here is refused by the unique
    key if one is (IntegrityError). One that is here already stays as it is, but for what was cancelled of it since
    (`told.gone`, `told.less`).
    """
    is_first = [False] * len(told.orders)
    for line in people.firsts:
        is_first[line] = True
    columns: dict[str, Sequence[Any]] = {
        "customer_id": people.ids,
        "at": told.ats,
        "source_key": told.orders,
        "amount": [won or None for won in told.amounts],
        "is_first": is_first,
    }
    of_all = {"shop_id": file.shop_id, "channel": file.channel, "import_id": file.import_id}
    if was_asked:
        # SQLite's only writer asked before; elsewhere one may have come by another way at this moment.
        added = put_new(session, _VISITS, columns, same=of_all, key="source_key", there=None)
    else:
        added = dict(zip(told.orders, put(session, _VISITS, columns, same=of_all), strict=True))
    made = _add_items(session, shop_id=file.shop_id, told=told, added=added)
    ended, lessened, gone = _take_back(session, file=file, told=told, added=added, now=now)
    return Added(set(added), ended, made, lessened, gone)


def _add_items(session: Any, *, shop_id: int, told: Told, added: dict[str, int]) -> list[int]:
    visits = [added.get(key) for key in told.orders]
    items = list(zip(told.bought_in, told.products, told.pieces, told.prices, strict=True))
    if len(added) < len(visits):
        items = [each for each in items if visits[each[0]] is not None]
    if not items:
        return []
    prices = {product: price for _order, product, _pieces, price in reversed(items)}
    ids, made = _products(session, shop_id=shop_id, prices=prices)
    orders, products, pieces, won = zip(*items, strict=True)
    columns = {
        "visit_id": [visits[order] for order in orders],
        "product_id": [ids[product] for product in products],
        "quantity": pieces,
        "price": won,
    }
    put(session, _ITEMS, columns, same={"shop_id": shop_id})
    return made


def _products(session: Any, *, shop_id: int, prices: dict[str, int]) -> tuple[dict[str, int], list[int]]:
    look = select(_PRODUCTS.c.name, _PRODUCTS.c.id).where(
        _PRODUCTS.c.shop_id == shop_id, among(session, _PRODUCTS.c.name, prices)
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
    session: Any, *, file: File, told: Told, added: dict[str, int], now: datetime
) -> tuple[list[int], list[tuple[datetime, int]], list[int]]:
    """Reverse what the file says was cancelled after it had come with an earlier one; returns whose visits they were,
    (when, whose) of those that stand for less, and the visits that were reversed."""
    mine = (
        _VISITS.c.shop_id == file.shop_id,
        _VISITS.c.channel == file.channel,
        _VISITS.c.reversed_at.is_(None),
    )
    ended: list[int] = []
    gone: list[int] = []
    if told.gone:
        back = (
            update(_VISITS)
            .where(*mine, among(session, _VISITS.c.source_key, told.gone))
            .values(reversed_at=now)
        )
        rows = session.execute(back.returning(_VISITS.c.customer_id, _VISITS.c.id)).all()
        ended, gone = [row.customer_id for row in rows], [row.id for row in rows]
    lessened: list[tuple[datetime, int]] = []
    for key, won in told.less:  # one of several things was sent back: few, each its own amount
        if key not in added:
            less = update(_VISITS).where(*mine, _VISITS.c.source_key == key, _VISITS.c.amount > won)
            less = less.values(amount=won).returning(_VISITS.c.at, _VISITS.c.customer_id)
            lessened += [(row.at, row.customer_id) for row in session.execute(less)]
    return ended, lessened, gone
