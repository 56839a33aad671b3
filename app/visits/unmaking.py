"""Takes back what a file brought: rows that nothing else points at go, the others stay. Flush, never commit."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Table, delete, select, update

from app.customers.models import Customer
from app.extensions import Model
from app.kit.upsert import table_of
from app.shops.models import AccessLog
from app.visits.import_models import Buyer, ImportedPerson, NotSame, Receipt
from app.visits.models import Product, Visit, VisitItem

_PEOPLE, _VISITS, _ITEMS, _PRODUCTS = (
    table_of(Customer),
    table_of(Visit),
    table_of(VisitItem),
    table_of(Product),
)
# What goes along with a person whom a file brought, and says nothing of them by itself.
_OF_A_PERSON = (
    *("buyers", "imported_people", "not_same"),
    *("person_stats", "person_places", "name_parts", "cards"),
)
# Who looked at whose data stays to be read, also of somebody who is gone (안전성 확보조치 기준 제8조).
_NO_TIE = {"access_log.customer_id"}


@cache
def _pointing(table: Table, column: str) -> tuple[Any, ...]:
    """Return every column by which another row is tied to a row of a table: by a key of the database, or by its name."""
    found = {}
    for other in Model.metadata.sorted_tables:
        for rule in other.constraints:
            if isinstance(rule, ForeignKeyConstraint):
                for key in rule.elements:
                    if key.target_fullname == f"{table.name}.id":
                        found[f"{other.name}.{key.parent.name}"] = key.parent
        if column in other.c:
            found[f"{other.name}.{column}"] = other.c[column]
    return tuple(found.values())


def _free(
    session: Any, table: Table, column: str, ids: Sequence[int], *, shop_id: int, but: Collection[str]
) -> list[int]:
    """Return those of the rows that nothing is tied to, apart from the tables named in `but`."""
    tied: set[int] = set()
    for pointing in _pointing(table, column):
        home = pointing.table
        if home.name in but or str(pointing) in _NO_TIE:
            continue
        look = select(pointing).where(pointing.in_(ids)).distinct()
        if "shop_id" in home.c:
            look = look.where(home.c.shop_id == shop_id)
        tied |= set(session.scalars(look))
    return [each for each in ids if each not in tied]


def take_visits_back(session: Any, *, shop_id: int, visit_ids: Sequence[int], now: datetime) -> None:
    """Delete visits that nothing was made of; one with a review or a stamp is reversed, and its key is free again."""
    receipts = update(Receipt).where(Receipt.shop_id == shop_id, Receipt.visit_id.in_(visit_ids))
    session.execute(receipts.values(visit_id=None, state="open", fills=False))
    free = _free(session, _VISITS, "visit_id", visit_ids, shop_id=shop_id, but=("visit_items",))
    session.execute(delete(_ITEMS).where(_ITEMS.c.shop_id == shop_id, _ITEMS.c.visit_id.in_(free)))
    session.execute(delete(_VISITS).where(_VISITS.c.shop_id == shop_id, _VISITS.c.id.in_(free)))
    kept = [each for each in visit_ids if each not in set(free)]
    if kept:
        mine = (_VISITS.c.shop_id == shop_id, _VISITS.c.id.in_(kept))
        session.execute(update(_VISITS).where(*mine, _VISITS.c.reversed_at.is_(None)).values(reversed_at=now))
        session.execute(update(_VISITS).where(*mine).values(source_key=None))


def take_people_back(session: Any, *, shop_id: int, customer_ids: Sequence[int]) -> int:
    """Delete people whom a file brought and who left nothing else since; returns how many went.

    Whom the shop has written something of since stays: their name, memo and likes lie in the row itself.
    """
    cards = Model.metadata.tables["cards"]
    held = select(cards.c.id).where(cards.c.shop_id == shop_id, cards.c.customer_id.in_(customer_ids))
    card_ids = list(session.scalars(held))
    used = set(card_ids) - set(_free(session, cards, "card_id", card_ids, shop_id=shop_id, but=()))
    busy = select(cards.c.customer_id).where(cards.c.shop_id == shop_id, cards.c.id.in_(used))
    written_of = select(AccessLog.customer_id).where(
        AccessLog.shop_id == shop_id, AccessLog.customer_id.in_(customer_ids), AccessLog.action == "edit"
    )
    idle = sorted(set(customer_ids) - set(session.scalars(busy)) - set(session.scalars(written_of)))
    free = _free(session, _PEOPLE, "customer_id", idle, shop_id=shop_id, but=_OF_A_PERSON)
    pairs = (NotSame.low_id.in_(free)) | (NotSame.high_id.in_(free))
    session.execute(delete(NotSame).where(NotSame.shop_id == shop_id, pairs))
    for name in _OF_A_PERSON:
        if name != "not_same":
            table = Model.metadata.tables[name]
            session.execute(delete(table).where(table.c.shop_id == shop_id, table.c.customer_id.in_(free)))
    session.execute(delete(_PEOPLE).where(_PEOPLE.c.shop_id == shop_id, _PEOPLE.c.id.in_(free)))
    return len(free)


def take_products_back(session: Any, *, shop_id: int, product_ids: Sequence[int]) -> None:
    """Delete what a file brought to the menu and nobody has bought, as far as anybody knows."""
    free = _free(session, _PRODUCTS, "product_id", product_ids, shop_id=shop_id, but=())
    session.execute(delete(_PRODUCTS).where(_PRODUCTS.c.shop_id == shop_id, _PRODUCTS.c.id.in_(free)))


def forget(session: Any, *, shop_id: int, customer_id: int) -> None:
    """Delete by what a person was known in other channels."""
    pairs = (NotSame.low_id == customer_id) | (NotSame.high_id == customer_id)
    session.execute(delete(NotSame).where(NotSame.shop_id == shop_id, pairs))
    for table in (Buyer, ImportedPerson):
        session.execute(delete(table).where(table.shop_id == shop_id, table.customer_id == customer_id))
