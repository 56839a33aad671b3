"""Certificates come into being, are claimed, and are taken back. Flush, never commit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import String, cast, delete, select, update

from app.kit.among import among
from app.kit.signing import new_token, random_code
from app.visits.models import Visit, VisitItem
from app.voices.models import Voice
from app.warranties.actions import repairs
from app.warranties.models import RepairRequest, RepairStep, Warranty, WarrantyKind, WarrantyMove
from app.warranties.rules import SERIAL_LENGTH


@dataclass(frozen=True, kw_only=True)
class New:
    """One certificate to be. `cause`: what it is issued for; the same cause issues one."""

    kind_id: int
    cause: str
    how: str  # till | import | package
    customer_id: int | None = None
    visit_id: int | None = None
    bought_on: date | None = None
    until: date | None = None
    channel: str = ""
    price: int | None = None
    claim_hash: str | None = None


@dataclass(frozen=True)
class SoldLine:
    """One line of a purchase: what, how many, when, whose, by which channel; `price` in won for one piece."""

    item_id: int
    visit_id: int
    customer_id: int
    product_id: int
    pieces: int
    price: int
    at: datetime
    channel: str
    is_reversed: bool


def issue(
    session: Any, *, shop_id: int, new: Sequence[New], staff_id: int | None, now: datetime
) -> list[Warranty]:
    """Write certificates down that are not there yet; returns them in their order, the older ones left out.

    A piece of a purchase whose certificate was taken back by mistake may have another one, with a number of its own.
    Raises IntegrityError when another press issued one of them at the same moment (its cause is unique).
    """
    causes = [each.cause for each in new]
    _let_go_of_mistakes(session, shop_id=shop_id, causes=causes)
    there = set(
        session.scalars(
            select(Warranty.cause).where(Warranty.shop_id == shop_id, among(session, Warranty.cause, causes))
        )
    )
    made = [
        Warranty(
            shop_id=shop_id,
            kind_id=each.kind_id,
            customer_id=each.customer_id,
            visit_id=each.visit_id,
            serial=random_code(SERIAL_LENGTH),
            check_ref=new_token(),
            claim_hash=each.claim_hash,
            cause=each.cause,
            how=each.how,
            bought_on=each.bought_on,
            channel=each.channel,
            price=each.price,
            until=each.until,
            staff_id=staff_id,
            issued_at=now,
            claimed_at=None if each.customer_id is None else now,
        )
        for each in new
        if each.cause not in there
    ]
    session.add_all(made)
    session.flush()
    return made


def _let_go_of_mistakes(session: Any, *, shop_id: int, causes: Sequence[str]) -> None:
    """Free the causes of purchases whose certificates were given by mistake: what was taken back keeps its row."""
    of_purchases = [cause for cause in causes if cause.startswith("item:")]
    if not of_purchases:
        return
    session.execute(
        update(Warranty)
        .where(
            Warranty.shop_id == shop_id,
            among(session, Warranty.cause, of_purchases),
            Warranty.ended_at.is_not(None),
            Warranty.end_cause == "mistake",
        )
        .values(cause="back:" + cast(Warranty.id, String))
        .execution_options(synchronize_session=False)
    )


def by_cause(session: Any, *, shop_id: int, cause: str) -> Warranty | None:
    """Return what a cause issued before."""
    found: Warranty | None = session.scalar(
        select(Warranty).where(Warranty.shop_id == shop_id, Warranty.cause == cause)
    )
    return found


SOLD_LINES = select(
    VisitItem.id,
    VisitItem.visit_id,
    Visit.customer_id,
    VisitItem.product_id,
    VisitItem.quantity,
    VisitItem.price,
    Visit.at,
    Visit.channel,
    Visit.reversed_at.is_not(None),
).join(Visit, (Visit.shop_id == VisitItem.shop_id) & (Visit.id == VisitItem.visit_id))


def sold_lines(session: Any, *, shop_id: int, item_ids: Sequence[int]) -> list[SoldLine]:
    """Return lines of purchases with whose they are, as they stand in this transaction."""
    rows = session.execute(
        SOLD_LINES.where(VisitItem.shop_id == shop_id, among(session, VisitItem.id, item_ids)).order_by(
            Visit.customer_id, VisitItem.id
        )
    )
    return [SoldLine(*row) for row in rows]


def warranty(session: Any, *, shop_id: int, serial: str) -> tuple[Warranty, WarrantyKind] | None:
    """Return a certificate of this shop with its kind, held until the flow ends (PostgreSQL)."""
    return _one(session, Warranty.shop_id == shop_id, Warranty.serial == serial)


def by_secret(session: Any, *, shop_id: int, claim_hash: str) -> tuple[Warranty, WarrantyKind] | None:
    """Return what a package's QR stands for, held until the flow ends (PostgreSQL)."""
    return _one(session, Warranty.shop_id == shop_id, Warranty.claim_hash == claim_hash)


def by_id(session: Any, *, shop_id: int, warranty_id: int) -> tuple[Warranty, WarrantyKind] | None:
    """Return a certificate by its number, held until the flow ends (PostgreSQL)."""
    return _one(session, Warranty.shop_id == shop_id, Warranty.id == warranty_id)


def _one(session: Any, *where: Any) -> tuple[Warranty, WarrantyKind] | None:
    row = session.execute(
        select(Warranty, WarrantyKind)
        .join(
            WarrantyKind, (WarrantyKind.shop_id == Warranty.shop_id) & (WarrantyKind.id == Warranty.kind_id)
        )
        .where(*where)
        .with_for_update(of=Warranty)
        .execution_options(populate_existing=True)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def claim(
    session: Any, *, shop_id: int, warranty_id: int, customer_id: int, on: date, until: date, now: datetime
) -> bool:
    """Give a package's certificate to a person; False when somebody was first or it was taken back."""
    done = session.execute(
        update(Warranty)
        .where(
            Warranty.shop_id == shop_id,
            Warranty.id == warranty_id,
            Warranty.claimed_at.is_(None),
            Warranty.ended_at.is_(None),
        )
        .values(customer_id=customer_id, claimed_at=now, bought_on=on, until=until)
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount)


def end(session: Any, *, shop_id: int, warranty_ids: Sequence[int], cause: str, now: datetime) -> list[int]:
    """Take certificates back, and what waits to hand them on; returns those that stood until now."""
    stood = list(
        session.scalars(
            select(Warranty.id)
            .where(
                Warranty.shop_id == shop_id,
                among(session, Warranty.id, warranty_ids),
                Warranty.ended_at.is_(None),
            )
            .order_by(Warranty.id)
            .with_for_update()
        )
    )
    if not stood:
        return []
    session.execute(
        update(Warranty)
        .where(Warranty.shop_id == shop_id, among(session, Warranty.id, stood))
        .values(ended_at=now, end_cause=cause)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(WarrantyMove)
        .where(
            WarrantyMove.shop_id == shop_id,
            among(session, WarrantyMove.warranty_id, stood),
            WarrantyMove.taken_at.is_(None),
            WarrantyMove.called_off_at.is_(None),
        )
        .values(called_off_at=now)
        .execution_options(synchronize_session=False)
    )
    return stood


def of_visits(session: Any, *, shop_id: int, visit_ids: Sequence[int]) -> list[int]:
    """Return the certificates that were issued for purchases and stand."""
    return list(
        session.scalars(
            select(Warranty.id).where(
                Warranty.shop_id == shop_id,
                among(session, Warranty.visit_id, visit_ids),
                Warranty.ended_at.is_(None),
            )
        )
    )


def forget(session: Any, *, shop_id: int, customer_id: int, now: datetime) -> None:
    """Let go of a person's certificates: they stay without a holder, what was paid and asked of them goes.

    A repair that is not over stays with the piece for whom it was handed on to, without a word of who asked. Call
    before the person's voices are deleted: a repair is talked about in one.
    """
    repairs.part_open(session, shop_id=shop_id, customer_id=customer_id, now=now)
    theirs = select(Voice.id).where(Voice.shop_id == shop_id, Voice.customer_id == customer_id)
    requests = list(
        session.scalars(
            select(RepairRequest.id).where(
                RepairRequest.shop_id == shop_id, RepairRequest.voice_id.in_(theirs)
            )
        )
    )
    for goes, column in ((RepairStep, RepairStep.request_id), (RepairRequest, RepairRequest.id)):
        session.execute(
            delete(goes)
            .where(goes.shop_id == shop_id, column.in_(requests))
            .execution_options(synchronize_session=False)
        )
    for side in ("from_customer", "to_customer"):
        session.execute(
            update(WarrantyMove)
            .where(WarrantyMove.shop_id == shop_id, getattr(WarrantyMove, side) == customer_id)
            .values({side: None})
            .execution_options(synchronize_session=False)
        )
    mine = (Warranty.shop_id == shop_id, Warranty.customer_id == customer_id)
    held = select(Warranty.id).where(*mine)
    session.execute(
        update(WarrantyMove)
        .where(
            WarrantyMove.shop_id == shop_id,
            WarrantyMove.warranty_id.in_(held),
            WarrantyMove.taken_at.is_(None),
            WarrantyMove.called_off_at.is_(None),
        )
        .values(called_off_at=now)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(Warranty)
        .where(*mine)
        .values(customer_id=None, visit_id=None, price=None)
        .execution_options(synchronize_session=False)
    )
