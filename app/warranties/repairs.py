"""Reads about repairs: what waits for the shop, what belongs to a thread, what came of one's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from app.customers.models import Customer
from app.extensions import db
from app.voices.models import Voice
from app.warranties import rules
from app.warranties.models import RepairRequest, RepairStep, Warranty, WarrantyKind, WarrantyMove
from app.warranties.repair_rules import ENDS, STATES, next_states


@dataclass(frozen=True)
class RepairLine:
    """One repair: whose, of what, and how far it is."""

    id: int
    voice_id: int
    serial: str
    product: str
    name: str
    customer_id: int | None
    state: str
    at: datetime
    ended_at: datetime | None

    @property
    def words(self) -> str:
        """How far it is, in words."""
        return STATES[self.state]

    @property
    def spoken(self) -> str:
        """The certificate's serial as it is read aloud."""
        return rules.serial_words(self.serial)

    @property
    def next_states(self) -> list[tuple[str, str]]:
        """Where it may go from here, with the words of each."""
        return [(state, STATES[state]) for state in next_states(self.state)]


_LINES = (
    select(
        RepairRequest.id,
        RepairRequest.voice_id,
        Warranty.serial,
        WarrantyKind.name,
        func.coalesce(Customer.name, ""),
        Voice.customer_id,
        RepairRequest.state,
        RepairRequest.at,
        RepairRequest.ended_at,
    )
    .join(Warranty, (Warranty.shop_id == RepairRequest.shop_id) & (Warranty.id == RepairRequest.warranty_id))
    .join(WarrantyKind, (WarrantyKind.shop_id == Warranty.shop_id) & (WarrantyKind.id == Warranty.kind_id))
    .join(Voice, (Voice.shop_id == RepairRequest.shop_id) & (Voice.id == RepairRequest.voice_id))
    .outerjoin(Customer, (Customer.shop_id == Voice.shop_id) & (Customer.id == Voice.customer_id))
)


def _found(statement: Any) -> list[RepairLine]:
    return [RepairLine(*row) for row in db.session.execute(statement)]


def waiting(shop_id: int) -> int:
    """Return how many repairs are asked for that nobody of the shop has taken in hand."""
    count = db.session.scalar(
        select(func.count(RepairRequest.id)).where(
            RepairRequest.shop_id == shop_id,
            RepairRequest.ended_at.is_(None),
            RepairRequest.state == "asked",
        )
    )
    return int(count or 0)


def under_way(shop_id: int, *, limit: int = 100) -> list[RepairLine]:
    """Return the repairs that are not over, the longest waiting first."""
    return _found(
        _LINES.where(RepairRequest.shop_id == shop_id, RepairRequest.ended_at.is_(None))
        .order_by(RepairRequest.id)
        .limit(limit)
    )


def is_under_way(*, shop_id: int, warranty_id: int) -> bool:
    """Tell whether a repair of a certificate, whoever asked for it, is not over."""
    open_one = select(RepairRequest.id).where(
        RepairRequest.shop_id == shop_id,
        RepairRequest.warranty_id == warranty_id,
        RepairRequest.ended_at.is_(None),
    )
    return db.session.scalar(open_one.limit(1)) is not None


def of_certificate(*, shop_id: int, warranty_id: int, customer_id: int | None = None) -> list[RepairLine]:
    """Return the repairs of a certificate, newest first; `customer_id`: only those this person asked for."""
    where = [RepairRequest.shop_id == shop_id, RepairRequest.warranty_id == warranty_id]
    if customer_id is not None:
        where.append(Voice.customer_id == customer_id)
    return _found(_LINES.where(*where).order_by(RepairRequest.id.desc()))


@dataclass(frozen=True)
class ComeAlong:
    """How far a repair is that somebody else had asked for: of the piece, and no word or name of theirs."""

    state: str
    at: datetime  # when it went there last

    @property
    def goes(self) -> bool:
        """Tell whether it is not over."""
        return self.state not in ENDS

    @property
    def words(self) -> str:
        """How far it is, in words."""
        return STATES[self.state]


def come_along(*, shop_id: int, warranty_id: int, customer_id: int) -> list[ComeAlong]:
    """Return the repairs that were not over when a certificate came to its holder, newest first."""
    came = (
        select(func.max(WarrantyMove.taken_at))
        .where(
            WarrantyMove.shop_id == shop_id,
            WarrantyMove.warranty_id == warranty_id,
            WarrantyMove.to_customer == customer_id,
        )
        .scalar_subquery()
    )
    step = (
        select(func.max(RepairStep.at))
        .where(RepairStep.shop_id == RepairRequest.shop_id, RepairStep.request_id == RepairRequest.id)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(RepairRequest.state, func.coalesce(step, RepairRequest.at))
        .join(Voice, (Voice.shop_id == RepairRequest.shop_id) & (Voice.id == RepairRequest.voice_id))
        .where(
            RepairRequest.shop_id == shop_id,
            RepairRequest.warranty_id == warranty_id,
            Voice.customer_id.is_distinct_from(customer_id),
            RepairRequest.ended_at.is_(None) | (RepairRequest.ended_at > came),
        )
        .order_by(RepairRequest.id.desc())
    )
    return [ComeAlong(*row) for row in rows]


def of_voice(*, shop_id: int, voice_id: int) -> RepairLine | None:
    """Return the repair that a thread is about, or None."""
    found = _found(_LINES.where(RepairRequest.shop_id == shop_id, RepairRequest.voice_id == voice_id))
    return found[0] if found else None


def repair(*, shop_id: int, request_id: int) -> RepairLine | None:
    """Return one repair of this shop, or None."""
    found = _found(_LINES.where(RepairRequest.shop_id == shop_id, RepairRequest.id == request_id))
    return found[0] if found else None


@dataclass(frozen=True)
class StepLine:
    """Where a repair went, when, and what was said about it."""

    state: str
    note: str
    at: datetime

    @property
    def words(self) -> str:
        """The step in words."""
        return STATES[self.state]


def steps(*, shop_id: int, request_id: int) -> list[StepLine]:
    """Return how a repair went, oldest first."""
    rows = db.session.execute(
        select(RepairStep.state, RepairStep.note, RepairStep.at)
        .where(RepairStep.shop_id == shop_id, RepairStep.request_id == request_id)
        .order_by(RepairStep.id)
    )
    return [StepLine(*row) for row in rows]
