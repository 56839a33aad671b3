"""What has become of the fact a message follows from: asked again just before it is sent."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import aliased

from app.cards.models import LedgerEntry, Reward
from app.coupons.models import Coupon
from app.coupons.queries import gives_by
from app.customers.models import PhoneCode
from app.customers.rules import code_of
from app.extensions import setting
from app.messages.letter_models import DoneRequest
from app.reviews.models import Review, ReviewAsk, ReviewSetting
from app.visits.models import Visit

# What became of a visit, and of the ask to review it: one look for every kind that follows a visit.
_VISIT_NOW = (
    select(
        Visit.reversed_at.is_not(None),
        ReviewAsk.wanted_at.is_not(None),
        Review.id.is_not(None),
        or_(func.coalesce(ReviewSetting.reward_stamps, 0) > 0, gives_by("review")),
    )
    .outerjoin(ReviewAsk, (ReviewAsk.shop_id == Visit.shop_id) & (ReviewAsk.visit_id == Visit.id))
    .outerjoin(Review, (Review.shop_id == ReviewAsk.shop_id) & (Review.ask_id == ReviewAsk.id))
    .outerjoin(ReviewSetting, ReviewSetting.shop_id == Visit.shop_id)
    .where(Visit.shop_id == bindparam("shop"), Visit.id == bindparam("number"))
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
# A coupon that was used, or taken back.
_COUPON_GONE = select(Coupon.id).where(
    Coupon.shop_id == bindparam("shop"),
    Coupon.id == bindparam("number"),
    or_(Coupon.used_at.is_not(None), Coupon.withdrawn_at.is_not(None)),
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
# The newest request of a browser counts; an older code is dead the moment another is asked for.
_NEWER_CODE = aliased(PhoneCode)
_CODE = select(
    PhoneCode.phone,
    PhoneCode.salt,
    PhoneCode.used_at.is_not(None),
    select(_NEWER_CODE.id)
    .where(
        _NEWER_CODE.shop_id == PhoneCode.shop_id,
        _NEWER_CODE.browser_hash == PhoneCode.browser_hash,
        _NEWER_CODE.id > PhoneCode.id,
        _NEWER_CODE.refused == "",
    )
    .exists(),
).where(PhoneCode.shop_id == bindparam("shop"), PhoneCode.id == bindparam("number"))
# Who asked to be told when the work is done, and took that back.
_DONE_GONE = select(DoneRequest.id).where(
    DoneRequest.shop_id == bindparam("shop"),
    DoneRequest.id == bindparam("number"),
    DoneRequest.state == "withdrawn",
)
# A row says that the cause is over.
_OVER = {
    "stamp": _STAMP_REVERSED,
    "fill": _REWARD_GONE,
    "stage": _REWARD_GONE,
    "silence": _SILENCE_OVER,
    "coupon": _COUPON_GONE,
    "done": _DONE_GONE,
}


def became(session: Any, *, shop_id: int, cause: str) -> dict[str, Any]:
    """Return what a cause ("visit:12", "silence:12" …) has become, as facts for a kind's `still_wanted`.

    `taken_back`: undone, used up or ended. For a visit also `wanted` (its customer asked to be asked for a
    review), `reviewed` (it has one) and `rewarded` (the shop gives something for a review by now). For a code
    that was asked for its six digits (`code`) and the number they go to (`to`).
    """
    what, _, number = cause.partition(":")
    if not number.isdigit():
        return {"taken_back": False}
    which = {"shop": shop_id, "number": int(number)}
    if what == "visit":
        row = session.execute(_VISIT_NOW, which).one_or_none() or (False,) * 4
        return dict(zip(("taken_back", "wanted", "reviewed", "rewarded"), map(bool, row), strict=True))
    if what == "code":
        return _code(session, which)
    over = _OVER.get(what)
    return {"taken_back": over is not None and session.scalar(over, which) is not None}


def _code(session: Any, which: dict[str, int]) -> dict[str, Any]:
    row = session.execute(_CODE, which).one_or_none()
    if row is None or not row.phone:
        return {"taken_back": True}
    _phone, salt, used, renewed = row
    code = code_of(setting("MASTER_KEY"), shop_id=which["shop"], salt=salt)
    return {"taken_back": used or renewed, "code": code, "to": row.phone}
