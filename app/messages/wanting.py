"""Whether the card may offer "이번 후기 요청 받을게요", in one look: every look at a card asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from app.coupons.queries import gives_by
from app.extensions import db
from app.kit.columns import UtcDateTime
from app.messages import registry
from app.messages.models import Automation
from app.messages.rules import next_daytime
from app.reviews.models import Review, ReviewAsk, ReviewSetting
from app.reviews.rules import WANTED_AFTER
from app.visits.models import Visit

_KIND = "review_wanted"


@dataclass(frozen=True)
class Wish:
    """The visit that may be asked about. `wanted`: the person said yes already; `comes_at`: when they are asked."""

    visit_id: int
    wanted: bool
    comes_at: datetime


# Built once, as everything the card page asks.
_LATEST = (
    select(
        Visit.id,
        Visit.at,
        ReviewAsk.wanted_at,
        Review.id.label("review"),
        select(ReviewSetting.reward_stamps)
        .where(ReviewSetting.shop_id == bindparam("shop"))
        .scalar_subquery()
        .label("reward"),
        select(Automation.is_on)
        .where(Automation.shop_id == bindparam("shop"), Automation.kind == _KIND)
        .scalar_subquery()
        .label("is_on"),
    )
    .outerjoin(ReviewAsk, (ReviewAsk.shop_id == Visit.shop_id) & (ReviewAsk.visit_id == Visit.id))
    .outerjoin(Review, (Review.shop_id == ReviewAsk.shop_id) & (Review.ask_id == ReviewAsk.id))
    .where(
        Visit.shop_id == bindparam("shop"),
        Visit.customer_id == bindparam("customer"),
        Visit.at > bindparam("since", type_=UtcDateTime()),
        Visit.reversed_at.is_(None),
    )
    .order_by(Visit.at.desc())
    .limit(1)
)


_COUPON = select(gives_by("review"))


def wish(*, shop_id: int, customer_id: int, now: datetime, has_coupons: bool = False) -> Wish | None:
    """Return the latest visit a request may be wished for, or None.

    None when it has its review, is more than a day ago, the shop gives a reward for reviews (then asking
    would be an ad), or switched the kind off. `has_coupons`: the shop gives coupons, perhaps for reviews.
    """
    which = {"shop": shop_id, "customer": customer_id, "since": now - WANTED_AFTER}
    row = db.session.execute(_LATEST, which).one_or_none()
    if row is None or row.review is not None or row.reward:
        return None
    if row.is_on is False or (row.is_on is None and not registry.kind(_KIND).default_on):
        return None
    if has_coupons and db.session.scalar(_COUPON, {"shop": shop_id}):
        return None
    return Wish(row.id, row.wanted_at is not None, next_daytime(row.at + WANTED_AFTER))
