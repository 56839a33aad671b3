"""Which notices a shop sends as ads: raised, never lowered.

An 안내 into which the shop wants to write what only an ad may say becomes one in everything: consent, label,
free opt-out, night, cap, history. The class an ad has by its kind is nobody's to change (50조).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import bindparam, select

from app.messages import registry
from app.messages.contract import Kind
from app.messages.models import Automation

# Asked with every batch that is sent: built once.
_RAISED = select(Automation.kind).where(Automation.shop_id == bindparam("shop"), Automation.as_ad.is_(True))


def may_be_raised(kind: Kind) -> bool:
    """Tell whether a shop may send this kind as an ad: a notice of its own wording to whom it knows."""
    return not (kind.is_ad or kind.statutory or kind.to_typed_number or kind.proves_address)


def as_sent(kind: Kind, is_raised: bool) -> Kind:
    """Return a kind in the class in which a shop sends it. An ad waits for the morning, whoever waits for it."""
    return replace(kind, is_ad=True, any_hour=False) if is_raised and may_be_raised(kind) else kind


def raised(session: Any, *, shop_id: int) -> frozenset[str]:
    """Return the kinds that a shop raised."""
    return frozenset(session.scalars(_RAISED, {"shop": shop_id}))


def kinds(session: Any, *, shop_id: int) -> dict[str, Kind]:
    """Return every kind by its key, in the class in which this shop sends it."""
    mine = raised(session, shop_id=shop_id)
    return {key: as_sent(kind, key in mine) for key, kind in registry.kinds().items()}
