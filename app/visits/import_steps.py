"""Changes to a file that is taken in: what state it is in, how far it is, where its lines went. Flush, never commit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import delete, insert, select, update

from app.kit.upsert import insert_into
from app.visits.import_models import Import, ImportColumns, ImportLeft


def held(session: Any, *, shop_id: int, import_id: int) -> Import | None:
    """Return a file of this shop as it is now, held until the flow ends."""
    found: Import | None = session.scalar(
        select(Import)
        .where(Import.shop_id == shop_id, Import.id == import_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found


def by_once(session: Any, *, shop_id: int, once: str) -> int | None:
    """Return the file that the same press has brought already."""
    found: int | None = session.scalar(
        select(Import.id).where(Import.shop_id == shop_id, Import.once == once)
    )
    return found


def claim(
    session: Any, *, shop_id: int, import_id: int, held_until: datetime, now: datetime
) -> Import | None:
    """Hold a file for reading, unless another worker has it; the try is counted before it begins."""
    won = session.scalar(
        update(Import)
        .where(
            Import.shop_id == shop_id,
            Import.id == import_id,
            Import.state == "reading",
            Import.held_until.is_(None) | (Import.held_until <= now),
        )
        .values(held_until=held_until, tries=Import.tries + 1)
        .returning(Import.id)
        .execution_options(synchronize_session=False)
    )
    return None if won is None else held(session, shop_id=shop_id, import_id=import_id)


def note_left(session: Any, *, shop_id: int, import_id: int, left: Iterable[tuple[str, int]]) -> None:
    """Write down which lines were not taken and why, instead of what was written before."""
    session.execute(
        delete(ImportLeft).where(ImportLeft.shop_id == shop_id, ImportLeft.import_id == import_id)
    )
    rows = []
    numbered = enumerate(sorted(left, key=lambda each: each[1]))
    for (reason, _apart), run in groupby(numbered, key=lambda each: (each[1][0], each[1][1] - each[0])):
        lines = [line for _place, (_reason, line) in run]
        rows.append(
            {
                "shop_id": shop_id,
                "import_id": import_id,
                "reason": reason,
                "first": lines[0],
                "last": lines[-1],
            }
        )
    if rows:
        session.execute(insert(ImportLeft), rows)


def remember_columns(
    session: Any, *, shop_id: int, header_key: str, source: str, columns: Mapping[str, int], now: datetime
) -> None:
    """Remember which column is what for every file with the same titles."""
    facts = {"source": source, "columns": dict(columns), "at": now}
    session.execute(
        insert_into(session, ImportColumns)
        .values(shop_id=shop_id, header_key=header_key, **facts)
        .on_conflict_do_update(index_elements=["shop_id", "header_key"], set_=facts)
    )
