"""Repairs that are asked for and go on. Flush, never commit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from app.voices import actions as voices
from app.voices.models import Voice
from app.warranties.models import RepairRequest, RepairStep, Warranty
from app.warranties.repair_rules import ENDS, LEFT


def open_request(session: Any, *, shop_id: int, warranty_id: int) -> RepairRequest | None:
    """Return the repair of a certificate that is not over yet."""
    found: RepairRequest | None = session.scalar(
        select(RepairRequest).where(
            RepairRequest.shop_id == shop_id,
            RepairRequest.warranty_id == warranty_id,
            RepairRequest.ended_at.is_(None),
        )
    )
    return found


def whose(session: Any, *, shop_id: int, request_id: int) -> int | None:
    """Return who asked for a repair of this shop."""
    found: int | None = session.scalar(
        select(Voice.customer_id)
        .join(RepairRequest, (RepairRequest.shop_id == Voice.shop_id) & (RepairRequest.voice_id == Voice.id))
        .where(RepairRequest.shop_id == shop_id, RepairRequest.id == request_id)
    )
    return found


def holder(session: Any, *, shop_id: int, request_id: int) -> int | None:
    """Return who holds the certificate that a repair of this shop is about."""
    found: int | None = session.scalar(
        select(Warranty.customer_id)
        .join(
            RepairRequest,
            (RepairRequest.shop_id == Warranty.shop_id) & (RepairRequest.warranty_id == Warranty.id),
        )
        .where(RepairRequest.shop_id == shop_id, RepairRequest.id == request_id)
    )
    return found


def request(session: Any, *, shop_id: int, request_id: int) -> RepairRequest | None:
    """Return a repair of this shop, held until the flow ends (PostgreSQL)."""
    found: RepairRequest | None = session.scalar(
        select(RepairRequest)
        .where(RepairRequest.shop_id == shop_id, RepairRequest.id == request_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found


def add_request(
    session: Any, *, shop_id: int, warranty_id: int, voice_id: int, now: datetime
) -> RepairRequest:
    """Note that a repair is asked for in a thread."""
    made = RepairRequest(shop_id=shop_id, warranty_id=warranty_id, voice_id=voice_id, at=now, state="asked")
    session.add(made)
    session.flush()
    return made


def add_step(
    session: Any, *, repair: RepairRequest, state: str, note: str, staff_id: int, now: datetime
) -> RepairStep:
    """Move a repair on."""
    step = RepairStep(
        shop_id=repair.shop_id, request_id=repair.id, state=state, note=note, staff_id=staff_id, at=now
    )
    session.add(step)
    repair.state = state
    repair.ended_at = now if state in ENDS else None
    session.flush()
    return step


def part_open(session: Any, *, shop_id: int, customer_id: int, now: datetime) -> None:
    """Part the repairs under way of what others hold by now from who asked for them."""
    rows = session.execute(
        select(RepairRequest.id, RepairRequest.voice_id)
        .join(Voice, (Voice.shop_id == RepairRequest.shop_id) & (Voice.id == RepairRequest.voice_id))
        .join(
            Warranty, (Warranty.shop_id == RepairRequest.shop_id) & (Warranty.id == RepairRequest.warranty_id)
        )
        .where(
            RepairRequest.shop_id == shop_id,
            RepairRequest.ended_at.is_(None),
            Voice.customer_id == customer_id,
            Warranty.customer_id.is_not(None),
            Warranty.customer_id != customer_id,
        )
    ).all()
    for request_id, voice_id in rows:
        session.execute(
            update(RepairStep)
            .where(RepairStep.shop_id == shop_id, RepairStep.request_id == request_id)
            .values(note="")
            .execution_options(synchronize_session=False)
        )
        voices.unname(session, shop_id=shop_id, voice_id=voice_id, left=LEFT, now=now)
