"""What is a person's becomes another's, and goes back: one mechanism for every table. Flush, never commit.

A column that points at a customer belongs to the person and moves, also one that a later room brings; what
has to stay is named here with its reason. Rows are re-pointed, never copied or deleted, and keep their ids.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKeyConstraint, Table, UniqueConstraint, select, tuple_, update

from app.extensions import Model

# Stay with the one who went in:
_STAYS = {
    "cards",  # closed; its balance moves by lines of the ledger
    "ledger_entries",  # append-only: they explain the card they stand on
    "claims",  # a request stands on its card
    "consents",  # evidence of what was said, when and where (망법 50조, 개인정보 보호법 22조)
    "opt_out_links",  # in messages that went out years ago; they lead on to the kept one
    "phone_claims",  # the wish is fulfilled
    "phone_codes",  # what a browser asked for
    "access_log",  # who looked at whose data, as it was
    "merges",
}
Moved = dict[str, list[int]]


def columns_of_people() -> list[tuple[Table, Any]]:
    """Return every column by which a row is a person's and goes along with them, parents first."""
    return [
        (table, table.c[name])
        for table in Model.metadata.sorted_tables
        # A table without row numbers holds what is worked out again (a standing, a count).
        if table.name not in _STAYS and {"id", "shop_id"} <= set(table.c.keys())
        for name in sorted(_names_of_people(table))
    ]


def _names_of_people(table: Table) -> set[str]:
    pointing = {
        key.parent.name
        for rule in table.constraints
        if isinstance(rule, ForeignKeyConstraint)
        for key in rule.elements
        if key.target_fullname == "customers.id"
    }
    return pointing | ({"customer_id"} & set(table.c.keys()))


def move(session: Any, *, shop_id: int, gone_id: int, kept_id: int, cards: tuple[int, int]) -> Moved:
    """Give everything of one person to another; returns the row ids by "table.column". `cards`: (from, to).

    A row that the kept person or their card has already, as a unique key says, stays where it is; so does one
    that would tie them to themselves.
    """
    moved: Moved = {}
    for table, column in columns_of_people():
        ids = _free_ids(session, table, column, shop_id=shop_id, gone_id=gone_id, kept_id=kept_id)
        ids = _free_on_card(session, table, ids, shop_id=shop_id, card=cards[1])
        if ids:
            moved[f"{table.name}.{column.name}"] = ids
            _point(session, table, column, shop_id=shop_id, ids=ids, whose=gone_id, to=kept_id, card=cards[1])
    return moved


def move_back(
    session: Any, *, shop_id: int, gone_id: int, kept_id: int, cards: tuple[int, int], moved: Moved
) -> None:
    """Give back what had moved and is still there. `cards`: (from, to) as it was then."""
    for table, column in columns_of_people():
        ids = moved.get(f"{table.name}.{column.name}")
        if ids:
            _point(session, table, column, shop_id=shop_id, ids=ids, whose=kept_id, to=gone_id, card=cards[0])


def _point(
    session: Any, table: Table, column: Any, *, shop_id: int, ids: list[int], whose: int, to: int, card: int
) -> None:
    values: dict[str, Any] = {column.name: to}
    if "card_id" in table.c:
        values["card_id"] = card
    session.execute(
        update(table).where(table.c.shop_id == shop_id, table.c.id.in_(ids), column == whose).values(**values)
    )


def _free_ids(
    session: Any, table: Table, column: Any, *, shop_id: int, gone_id: int, kept_id: int
) -> list[int]:
    """Return the rows of one person that the other may have as well."""
    mine = select(table.c.id).where(table.c.shop_id == shop_id, column == gone_id)
    for name in _names_of_people(table) - {column.name}:
        mine = mine.where(table.c[name].is_distinct_from(kept_id))
    ids = list(session.scalars(mine.order_by(table.c.id)))
    for rest in _rests_of_keys(table, column.name):
        if not ids:
            break
        theirs = select(*rest).where(table.c.shop_id == shop_id, column == kept_id)
        if not rest:  # one row a person
            one = select(table.c.id).where(table.c.shop_id == shop_id, column == kept_id).limit(1)
            return [] if session.scalar(one) is not None else ids[:1]
        taken = set(session.scalars(mine.where(tuple_(*rest).in_(theirs))))
        ids = [each for each in ids if each not in taken]
    return ids


def _free_on_card(session: Any, table: Table, ids: list[int], *, shop_id: int, card: int) -> list[int]:
    """Return those of the rows that the other card may have as well: a key may say that one of a kind waits on it."""
    for index in table.indexes:
        if not ids or not index.unique or "card_id" not in index.columns:
            continue
        of = [table.c.shop_id == shop_id]
        only = index.dialect_options["postgresql"]["where"]  # the same words as for SQLite
        if only is not None:
            of.append(only)
        rest = [table.c.id * 0, *(each for each in index.columns if each.name not in ("card_id", "shop_id"))]
        theirs = select(*rest).where(*of, table.c.card_id == card)
        taken = set(
            session.scalars(select(table.c.id).where(*of, table.c.id.in_(ids), tuple_(*rest).in_(theirs)))
        )
        ids = [each for each in ids if each not in taken]
    return ids


def _rests_of_keys(table: Table, name: str) -> list[list[Any]]:
    """Return the other columns of each key by which a person may have a thing only once."""
    keys: list[Any] = [rule.columns for rule in table.constraints if isinstance(rule, UniqueConstraint)]
    keys += [index.columns for index in table.indexes if index.unique]
    return [
        [column for column in key if column.name not in (name, "shop_id")]
        for key in keys
        if any(column.name == name for column in key)
    ]
