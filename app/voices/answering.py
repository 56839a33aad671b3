"""Reads who of a shop answers for a voice, and whether it still waits, inside a flow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, select

from app.shops.models import Staff
from app.voices.care_models import VoiceHandover
from app.voices.models import Voice
from app.voices.queries import MATTER
from app.voices.rules import COMPLAINT, Matter


@dataclass(frozen=True)
class Standing:
    """How a thread stands: about what it is, in whose hands, whether the customer waits, until when.

    `hand`: None is nobody's, also where who had it works here no more.
    """

    kind: str
    hand: int | None
    waits: bool
    due: datetime | None

    @property
    def is_complaint(self) -> bool:
        """Whether it is for the owner alone."""
        return self.kind == COMPLAINT


def standing(session: Any, *, shop_id: int, voice_id: int) -> Standing | None:
    """Return how a thread of this shop stands; None when it is gone."""
    hand = (
        select(case((Staff.ended_at.is_(None), VoiceHandover.to_staff)))
        .join(Staff, (Staff.shop_id == VoiceHandover.shop_id) & (Staff.id == VoiceHandover.to_staff))
        .where(VoiceHandover.shop_id == shop_id, VoiceHandover.voice_id == voice_id)
        .order_by(VoiceHandover.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    row = session.execute(
        select(*MATTER, hand).where(Voice.shop_id == shop_id, Voice.id == voice_id)
    ).one_or_none()
    if row is None:
        return None
    *stands, in_hand = row
    matter = Matter(*stands)
    return Standing(
        kind=matter.kind,
        hand=in_hand,
        waits=matter.waiting_since is not None and matter.closed_at is None,
        due=matter.due,
    )
