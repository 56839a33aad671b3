"""What has become of the fact a message follows from: asked again just before it is sent."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import aliased

from app.cards.models import LedgerEntry, Reward
from app.visits.models import Visit

_VISIT_REVERSED = select(Visit.reversed_at).where(
    Visit.shop_id == bindparam("shop"), Visit.id == bindparam("number")
)
_STAMP_REVERSED = select(LedgerEntry.id).where(
    LedgerEntry.shop_id == bindparam("shop"), LedgerEntry.reverses_id == bindparam("number")
)
# A reward that was used or taken back, by the ledger line that gave it.
_REWARD_GONE = select(Reward.id).where(
    Reward.shop_id == bindparam("shop"),
    Reward.entry_id == bindparam("number"),
    or_(Reward.used_at.is_not(None), Reward.withdrawn_at.is_not(None)),
)
_LAST, _LATER = aliased(Visit), aliased(Visit)
# A silence is over when its last visit has a later one, and never was when that visit was undone.
_SILENCE_OVER = (
    select(_LAST.id)
    .outerjoin(
        _LATER,
        (_LATER.shop_id == _LAST.shop_id)
        & (_LATER.customer_id == _LAST.customer_id)
        & (_LATER.at > _LAST.at)
        & _LATER.reversed_at.is_(None),
    )
    .where(
        _LAST.shop_id == bindparam("shop"),
        _LAST.id == bindparam("number"),
        or_(_LATER.id.is_not(None), _LAST.reversed_at.is_not(None)),
    )
    .limit(1)
)
_BECOME = {
    "visit": _VISIT_REVERSED,
    "stamp": _STAMP_REVERSED,
    "fill": _REWARD_GONE,
    "silence": _SILENCE_OVER,
}


def is_over(session: Any, *, shop_id: int, cause: str) -> bool:
    """Tell whether a cause ("visit:12", "silence:12" …) was undone, used up or ended; False for other words."""
    what, _, number = cause.partition(":")
    asked = _BECOME.get(what)
    if asked is None or not number.isdigit():
        return False
    return session.scalar(asked, {"shop": shop_id, "number": int(number)}) is not None
