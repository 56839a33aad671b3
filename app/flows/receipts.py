"""Receipts of a till that knows no customers: held against the stamps of the day by time and amount.

One receipt and one visit that only fit each other are one; where more would fit, the owner is asked and nothing is
guessed. A visit that fits none stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select, update

from app.customers import actions as people
from app.flows import audit
from app.flows.unit import write
from app.insights import actions as sums
from app.kit.clock import kst_day
from app.kit.refusals import NotHere, Refused
from app.kit.upsert import insert_into, table_of
from app.visits import actions as visit_actions
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


def add(session: Any, *, file: File, told: Sequence[Told], now: datetime) -> tuple[int, list[date]]:
    """Write the receipts of a piece that are not here yet, and match them; returns how many are new, and the Korean
    days whose sums have to be counted again."""
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
    return len(made), match(session, shop_id=file.shop_id, receipt_ids=made, now=now)


def match(session: Any, *, shop_id: int, receipt_ids: Sequence[int], now: datetime) -> list[date]:
    """Give each new receipt the one visit that fits it and nothing else; the doubtful ones wait for the owner.

    Returns the Korean days of the visits whose amount came by it: the caller counts them again.
    """
    open_ones = session.execute(
        select(_RECEIPTS.c.id, _RECEIPTS.c.at, _RECEIPTS.c.amount).where(
            _RECEIPTS.c.shop_id == shop_id,
            _RECEIPTS.c.id.in_(receipt_ids),
            _RECEIPTS.c.state == "open",
            _RECEIPTS.c.is_back.is_(False),
        )
    ).all()
    if not open_ones:
        return []
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
    free = receipts.free_visits(shop_id=shop_id, first=first, last=last).add_columns(Visit.customer_id)
    visits = session.execute(free).all()
    pairs = receipt_rules.fitting(
        [tuple(row) for row in others], [(row.id, row.at, row.amount) for row in visits]
    )
    sure = receipt_rules.sure(pairs)
    whose = {row.id: row.customer_id for row in visits}
    # People before their visits, as a stamp takes them.
    people.hold_people(session, shop_id=shop_id, customer_ids=sorted({whose[each] for each in sure.values()}))
    days = [
        kst_day(at)
        for receipt_id, visit_id in sure.items()
        if (at := _join(session, shop_id=shop_id, receipt_id=receipt_id, visit_id=visit_id, now=now))
    ]
    doubtful = [each for each in pairs if each not in sure]
    session.execute(
        update(_RECEIPTS)
        .where(_RECEIPTS.c.shop_id == shop_id, _RECEIPTS.c.id.in_(doubtful))
        .values(state="asked")
    )
    return days


def _join(session: Any, *, shop_id: int, receipt_id: int, visit_id: int, now: datetime) -> datetime | None:
    """Let a receipt and a visit be one; returns when the visit was if its amount came by it, else None."""
    amount = session.scalar(
        select(Receipt.amount).where(Receipt.shop_id == shop_id, Receipt.id == receipt_id)
    )
    filled = session.execute(
        update(Visit)
        .where(Visit.shop_id == shop_id, Visit.id == visit_id, Visit.amount.is_(None))
        .values(amount=amount)
        .returning(Visit.at, Visit.customer_id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    session.execute(
        update(Receipt)
        .where(Receipt.shop_id == shop_id, Receipt.id == receipt_id)
        .values(state="matched", visit_id=visit_id, fills=filled is not None)
        .execution_options(synchronize_session=False)
    )
    if filled is None:
        return None
    visit_actions.count_again(session, shop_id=shop_id, customer_ids=(filled.customer_id,), now=now)
    at: datetime = filled.at
    return at


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
            at = _join(session, shop_id=shop_id, receipt_id=receipt_id, visit_id=visit_id, now=now)
            if at is not None:
                sums.count_amount(session, shop_id=shop_id, at=at, before=None, after=row.amount)
        audit.note(
            session,
            shop_id=shop_id,
            what="receipt",
            staff_id=staff_id,
            subject=f"receipt:{receipt_id}",
            now=now,
        )


def take_back(
    session: Any, *, shop_id: int, import_id: int, limit: int, now: datetime
) -> tuple[bool, list[date]]:
    """Delete the next receipts of a file, and the amounts that came from them; returns whether there are more, and the
    Korean days whose sums have to be counted again. An amount that staff put right since stays."""
    rows = session.execute(
        select(Receipt.id, Receipt.visit_id, Receipt.fills)
        .where(Receipt.shop_id == shop_id, Receipt.import_id == import_id)
        .limit(limit)
    ).all()
    told = (
        select(Receipt.amount)
        .where(Receipt.shop_id == shop_id, Receipt.visit_id == Visit.id)
        .scalar_subquery()
    )
    filled = [row.visit_id for row in rows if row.fills and row.visit_id is not None]
    emptied = session.execute(
        update(Visit)
        .where(Visit.shop_id == shop_id, Visit.id.in_(filled), Visit.amount == told)
        .values(amount=None)
        .returning(Visit.at, Visit.customer_id)
        .execution_options(synchronize_session=False)
    ).all()
    session.execute(
        delete(Receipt).where(Receipt.shop_id == shop_id, Receipt.id.in_([row.id for row in rows]))
    )
    visit_actions.count_again(
        session, shop_id=shop_id, customer_ids=sorted({row.customer_id for row in emptied}), now=now
    )
    return len(rows) == limit, [kst_day(row.at) for row in emptied]
