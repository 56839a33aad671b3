"""Receipts of a till that knows no customers: held against the stamps of the day by time and amount.

One receipt and one visit that only fit each other are one; where more would fit, the owner is asked and nothing is
guessed. A visit that fits none stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from app.flows import audit
from app.flows.unit import write
from app.kit.refusals import NotHere, Refused
from app.kit.upsert import insert_into, table_of
from app.visits import receipt_rules, receipts
from app.visits.import_models import Receipt
from app.visits.importing import File
from app.visits.models import Visit
from app.visits.receipt_rules import Receipt as Told

_RECEIPTS = table_of(Receipt)


class NotFitting(Refused):
    """The visit has a receipt by now, or is none of those that were offered."""

    code = "not_fitting"
    sentence = "이 영수증과 맞출 수 없는 방문이에요. 화면을 새로 열어 다시 골라 주세요."


def add(session: Any, *, file: File, told: Sequence[Told]) -> int:
    """Write the receipts of a piece that are not here yet, and match them; returns how many are new."""
    rows = [
        {
            "shop_id": file.shop_id,
            "import_id": file.import_id,
            "key": each.key,
            "at": each.at,
            "amount": each.amount,
            "is_back": each.is_back,
        }
        for each in told
    ]
    statement = insert_into(session, _RECEIPTS).on_conflict_do_nothing().returning(_RECEIPTS.c.id)
    made = list(session.scalars(statement, rows))
    match(session, shop_id=file.shop_id, receipt_ids=made)
    return len(made)


def match(session: Any, *, shop_id: int, receipt_ids: Sequence[int]) -> None:
    """Give each new receipt the one visit that fits it and nothing else; the doubtful ones wait for the owner."""
    open_ones = session.execute(
        select(_RECEIPTS.c.id, _RECEIPTS.c.at, _RECEIPTS.c.amount).where(
            _RECEIPTS.c.shop_id == shop_id,
            _RECEIPTS.c.id.in_(receipt_ids),
            _RECEIPTS.c.state == "open",
            _RECEIPTS.c.is_back.is_(False),
        )
    ).all()
    if not open_ones:
        return
    near = receipt_rules.AROUND
    first, last = min(row.at for row in open_ones) - near, max(row.at for row in open_ones) + near
    # Who else would fit counts, also a receipt of an earlier file.
    others = session.execute(
        select(_RECEIPTS.c.id, _RECEIPTS.c.at, _RECEIPTS.c.amount).where(
            _RECEIPTS.c.shop_id == shop_id,
            _RECEIPTS.c.at.between(first - near, last + near),
            _RECEIPTS.c.state.in_(("open", "asked")),
            _RECEIPTS.c.is_back.is_(False),
        )
    ).all()
    visits = session.execute(receipts.free_visits(shop_id=shop_id, first=first, last=last)).all()
    pairs = receipt_rules.fitting([tuple(row) for row in others], [tuple(row) for row in visits])
    sure = receipt_rules.sure(pairs)
    for receipt_id, visit_id in sure.items():
        _join(session, shop_id=shop_id, receipt_id=receipt_id, visit_id=visit_id)
    doubtful = [each for each in pairs if each not in sure]
    session.execute(
        update(_RECEIPTS)
        .where(_RECEIPTS.c.shop_id == shop_id, _RECEIPTS.c.id.in_(doubtful))
        .values(state="asked")
    )


def _join(session: Any, *, shop_id: int, receipt_id: int, visit_id: int) -> None:
    amount = session.scalar(
        select(Receipt.amount).where(Receipt.shop_id == shop_id, Receipt.id == receipt_id)
    )
    filled = session.execute(
        update(Visit)
        .where(Visit.shop_id == shop_id, Visit.id == visit_id, Visit.amount.is_(None))
        .values(amount=amount)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(Receipt)
        .where(Receipt.shop_id == shop_id, Receipt.id == receipt_id)
        .values(state="matched", visit_id=visit_id, fills=bool(filled.rowcount))
        .execution_options(synchronize_session=False)
    )


def settle(*, shop_id: int, staff_id: int, receipt_id: int, visit_id: int | None, now: datetime) -> None:
    """Say whose a receipt is, or that it is nobody's (None). Said twice is said once. Raises NotHere, NotFitting."""
    with write() as session:
        row = session.scalar(
            select(Receipt).where(Receipt.shop_id == shop_id, Receipt.id == receipt_id).with_for_update()
        )
        if row is None:
            raise NotHere("찾으시는 영수증이 없어요. 목록을 새로 열어 주세요.")
        if row.visit_id == visit_id and row.state in ("matched", "nobody"):
            return
        if row.state not in ("asked", "open"):
            raise NotFitting
        if visit_id is None:
            row.state = "nobody"
        else:
            offered = receipts.free_visits(
                shop_id=shop_id, first=row.at - receipt_rules.AROUND, last=row.at + receipt_rules.AROUND
            )
            if visit_id not in {each.id for each in session.execute(offered)}:
                raise NotFitting
            _join(session, shop_id=shop_id, receipt_id=receipt_id, visit_id=visit_id)
        audit.note(
            session,
            shop_id=shop_id,
            what="receipt",
            staff_id=staff_id,
            subject=f"receipt:{receipt_id}",
            now=now,
        )


def take_back(session: Any, *, shop_id: int, import_id: int, limit: int) -> bool:
    """Delete the next receipts of a file, and the amounts that came from them; True while there are more."""
    rows = session.execute(
        select(Receipt.id, Receipt.visit_id, Receipt.fills)
        .where(Receipt.shop_id == shop_id, Receipt.import_id == import_id)
        .limit(limit)
    ).all()
    filled = [row.visit_id for row in rows if row.fills and row.visit_id is not None]
    session.execute(update(Visit).where(Visit.shop_id == shop_id, Visit.id.in_(filled)).values(amount=None))
    session.execute(
        delete(Receipt).where(Receipt.shop_id == shop_id, Receipt.id.in_([row.id for row in rows]))
    )
    return len(rows) == limit
