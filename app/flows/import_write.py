"""One piece of a file becomes people and visits, inside a step of flows/import_run.py.

Its orders lie person by person: a new person comes with the sums of their visits, and only who was here before is
counted again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, datetime
from typing import Any

from app.cards.actions import bulk
from app.extensions import setting
from app.flows import receipts
from app.kit.clock import kst_day
from app.kit.signing import hasher
from app.visits import actions as visits
from app.visits import importing, imports, recounting
from app.visits.import_models import Import
from app.visits.importing import File, Who
from app.visits.line_rules import Known, Order, is_covered
from app.visits.receipt_rules import Receipt
from app.visits.source_contract import ORDERS, PEOPLE


def write_records(session: Any, *, row: Import, records: list[Any], now: datetime) -> None:
    """Write the records of a piece and count them in the file's row. Raises IntegrityError after a race: do it again."""
    file = File(row.shop_id, row.id, row.channel)
    if row.kind == ORDERS:
        made = _orders(session, row, file, [_order(each) for each in records], now)
    elif row.kind == PEOPLE:
        made = _people(session, row, file, [Known(*each) for each in records], now)
    else:
        told = [Receipt(key, datetime.fromisoformat(at), won, back) for key, at, won, back in records]
        new, days = receipts.add(session, file=file, told=told, now=now)
        row.added += new
        if days:
            widen(row, min(days), max(days))
        return
    bulk.open_cards(session, shop_id=row.shop_id, customer_ids=made, now=now)
    row.people += len(made)


def _people(session: Any, row: Import, file: File, people: list[Known], now: datetime) -> list[int]:
    key_of, phone_key = _keys()
    who = [
        Who(
            each.phone,
            "" if each.phone else key_of(f"list:{each.name}:{each.nth}"),
            each.name,
            each.gender,
            each.memo,
        )
        for each in people
    ]
    _found, made = importing.people_of(session, file=file, who=who, phone_key=phone_key, now=now)
    row.there += len(people) - len(made)
    return made


def _orders(session: Any, row: Import, file: File, orders: list[Order], now: datetime) -> list[int]:
    key_of, phone_key = _keys()
    # Of an order that was cancelled as a whole nobody is remembered. One that is here already is whose it was: who
    # asked to be forgotten since does not come back with it.
    here = imports.known_orders(row.shop_id, row.channel, [each.key for each in orders])
    standing = [each for each in orders if each.lines and each.key not in here]
    rest = [each for each in orders if not each.lines or each.key in here]
    who = [Who(each.phone, _key(each, key_of, joins=row.joins_names), each.name) for each in standing]
    found, made = importing.people_of(
        session, file=file, who=who, phone_key=phone_key, now=now, came=[each.at for each in standing]
    )
    new = set(made)
    first: dict[int, Order] = {}
    for order, customer in zip(standing, found, strict=True):
        if customer in new and (customer not in first or order.at < first[customer].at):
            first[customer] = order
    added = importing.add_visits(
        session,
        file=file,
        orders=standing + rest,
        customers=[*found, *[0] * len(rest)],
        firsts={order.key for order in first.values()},
        now=now,
    )
    # Who was here before; and of the new ones whose order came by another way at this moment.
    again = {
        customer
        for order, customer in zip(standing, found, strict=True)
        if (order.key in added.keys) != (customer in new)
    }
    recount(session, row, again | set(added.ended), now=now)
    visits.count_again(
        session, shop_id=row.shop_id, customer_ids=[who for _at, who in added.lessened], now=now
    )
    days = [kst_day(each.at) for each in standing if each.key in added.keys]
    days += [kst_day(at) for at, _who in added.lessened]
    if days:
        widen(row, min(days), max(days))
    row.added += len(added.keys)
    row.ended += len(added.ended)
    row.there += sum(bool(each.lines) for each in orders) - len(added.keys)
    if added.products:
        row.products = [*row.products, *added.products]
    return made


def recount(session: Any, row: Import, customer_ids: Collection[int], *, now: datetime) -> None:
    """Count these people's visits again, and note the days whose sums may be others now."""
    if customer_ids:
        span = recounting.recount(session, shop_id=row.shop_id, customer_ids=sorted(customer_ids), now=now)
        if span is not None:
            widen(row, *span)


def widen(row: Import, first: date, last: date) -> None:
    """Note days whose sums have to be counted again, in the file's own row: a worker may die before it does it."""
    before = row.found.get("days")
    if before:
        first, last = min(first, date.fromisoformat(before[0])), max(last, date.fromisoformat(before[1]))
    row.found = {**row.found, "days": [first.isoformat(), last.isoformat()]}


def _keys() -> tuple[Callable[[str], str], Callable[[str], str]]:
    master = setting("MASTER_KEY")
    return hasher(master, "buyer"), hasher(master, "phone")


def _order(told: list[Any]) -> Order:
    key, at, name, phone, buyer, amount, items, lines, cancelled = told
    bought = [(product, pieces, won) for product, pieces, won in items]
    return Order(key, datetime.fromisoformat(at), name, phone, buyer, amount, bought, lines, cancelled)


def _key(order: Order, key_of: Callable[[str], str], *, joins: bool) -> str:
    """Return by what else a buyer is known: the account there; without a number and an account the name, if the owner
    said that one name is one person, else nothing but this very order."""
    if order.buyer:
        return key_of(f"id:{order.buyer}")
    if order.phone:
        return ""
    is_one = joins and order.name and not is_covered(order.name)
    return key_of(f"name:{order.name}" if is_one else f"order:{order.key}")
