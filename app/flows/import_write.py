"""One piece of a file becomes people and visits, inside a step of flows/import_run.py.

Its orders lie person by person: a new person comes with the sums of their visits, and only who was here before is
counted again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import compress
from typing import Any

from app.cards.actions import bulk
from app.extensions import setting
from app.flows import receipts, warranty
from app.kit.clock import kst_day
from app.kit.signing import hasher
from app.visits import actions as visits
from app.visits import importing, imports, piece_rules, recounting
from app.visits.import_models import Import
from app.visits.importing import File, Who
from app.visits.line_rules import is_covered
from app.visits.list_rules import Known
from app.visits.piece_rules import Told
from app.visits.receipt_rules import Receipt
from app.visits.source_contract import ORDERS, PEOPLE


@dataclass(frozen=True)
class Ready:
    """A piece that can be written at once: how many records it holds, who stands in it, and what is told of them."""

    many: int
    who: Who | None = None
    told: Told | None = None
    receipts: Sequence[Receipt] = ()


def make_ready(piece: bytes, *, kind: str, joins_names: bool) -> Ready:
    """Do with the opened piece what needs no database: nobody waits meanwhile."""
    kept = json.loads(piece)
    if kind == ORDERS:
        told = piece_rules.as_told(kept)
        who = Who(told.phones, _keys(told, joins=joins_names), told.names, came=told.ats)
        return Ready(len(told.orders) + len(told.gone), who, told)
    if kind == PEOPLE:
        people = [Known(*each) for each in kept]
        key_of = hasher(setting("MASTER_KEY"), "buyer")
        keys = ["" if each.phone else key_of(f"list:{each.name}:{each.nth}") for each in people]
        columns = [[getattr(each, name) for each in people] for name in ("phone", "name", "gender", "memo")]
        phones, names, genders, memos = columns
        return Ready(len(people), Who(phones, keys, names, genders, memos))
    told_receipts = [Receipt(key, datetime.fromisoformat(at), won, back) for key, at, won, back in kept]
    return Ready(len(told_receipts), receipts=told_receipts)


def write_piece(session: Any, *, row: Import, piece: Ready, asks: bool, now: datetime) -> None:
    """Write a piece and count it in the file's row. Raises IntegrityError after a race: do it again.

    `asks`: look for each order before it is written. Of a file none of whose orders the dry run found here, that is
    needed only after the unique key has refused one.
    """
    file = File(row.shop_id, row.id, row.channel)
    row.seen += piece.many
    if piece.who is None:
        new, days = receipts.add(session, file=file, told=piece.receipts, now=now)
        row.added += new
        if days:
            widen(row, min(days), max(days))
        return
    who, told = piece.who, piece.told
    if told is not None:
        row.there += len(told.orders)
        asks = asks or bool(row.found.get("there"))
        if asks:
            who, told = _new_here(row, who, told)
    phone_key = hasher(setting("MASTER_KEY"), "phone")
    people = importing.people_of(session, file=file, who=who, phone_key=phone_key, now=now)
    if told is None:
        row.there += piece.many - len(people.made)
    else:
        _visits(session, row, file, told, people, was_asked=asks, now=now)
    bulk.open_cards(session, shop_id=row.shop_id, customer_ids=people.made, now=now)
    row.people += len(people.made)


def _new_here(row: Import, who: Who, told: Told) -> tuple[Who, Told]:
    """Return the orders that are not here yet, and whose they are.

    One that is here already is whose it was: who asked to be forgotten since does not come back with it.
    """
    here = imports.known_orders(row.shop_id, row.channel, told.orders)
    if not here:
        return who, told
    if not row.found.get("there"):  # they have come since the dry run, and so may others
        row.found = {**row.found, "there": len(here)}
    is_new = [key not in here for key in told.orders]
    left = piece_rules.only(told, is_new)
    return Who(left.phones, list(compress(who.keys, is_new)), left.names, came=left.ats), left


def _visits(
    session: Any,
    row: Import,
    file: File,
    told: Told,
    people: importing.Found,
    *,
    was_asked: bool,
    now: datetime,
) -> None:
    added = importing.add_visits(session, file=file, told=told, people=people, was_asked=was_asked, now=now)
    new = set(people.made)
    # Who was here before; and of the new ones whose order came by another way at this moment.
    again = {
        customer
        for key, customer in zip(told.orders, people.ids, strict=True)
        if (key in added.keys) != (customer in new)
    }
    recount(session, row, again | set(added.ended), now=now)
    if added.ended_visits:
        warranty.purchases_gone(
            session, shop_id=row.shop_id, visit_ids=added.ended_visits, cause="refund", now=now
        )
    days = [kst_day(at) for at, _who in added.lessened]
    if added.lessened:
        whose = {who for _at, who in added.lessened}
        visits.count_again(session, shop_id=row.shop_id, customer_ids=whose, now=now)
    moments = [at for key, at in zip(told.orders, told.ats, strict=True) if key in added.keys]
    if moments:
        edges = (datetime.fromisoformat(edge(moments)).replace(tzinfo=UTC) for edge in (min, max))
        days += [kst_day(each) for each in edges]
    if days:
        widen(row, min(days), max(days))
    row.added += len(added.keys)
    row.ended += len(added.ended)
    row.there -= len(added.keys)
    if added.products:
        row.products = [*row.products, *added.products]


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


def _keys(told: Told, *, joins: bool) -> list[str]:
    """Return by what else each buyer is known: the account there; without a number and an account the name, if the
    owner said that one name is one person, else nothing but this very order."""
    key_of = hasher(setting("MASTER_KEY"), "buyer")
    columns = zip(told.orders, told.names, told.phones, told.buyers, strict=True)
    return [_key(key_of, *line, joins=joins) for line in columns]


def _key(key_of: Callable[[str], str], order: str, name: str, phone: str, buyer: str, *, joins: bool) -> str:
    if buyer:
        return key_of(f"id:{buyer}")
    if phone:
        return ""
    is_one = joins and name and not is_covered(name)
    return key_of(f"name:{name}" if is_one else f"order:{order}")
