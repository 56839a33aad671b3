"""The owner's kinds of coupons: made, bounded anew, stopped, given again. What is out stays as promised."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.coupons import actions as coupons
from app.coupons import offers
from app.coupons.models import CouponKind
from app.coupons.rules import Terms
from app.flows import audit
from app.flows.unit import after_a_race, write
from app.kit.clock import kst_day
from app.kit.refusals import Invalid, NotHere
from app.messages import recall
from app.reviews.bought_rules import bought_gift
from app.shops import actions as shops

NO_KIND = "찾으시는 쿠폰 종류가 없어요. 쿠폰 목록에서 다시 골라 주세요."


def make(
    *,
    shop_id: int,
    staff_id: int | None,
    typed: Mapping[str, str],
    once: str,
    now: datetime,
    instead_of: int | None = None,
) -> int:
    """Make a kind from what was typed; with `instead_of` that one is given no more from now on.

    The same `once` makes one kind. Returns its id. Raises Invalid with a sentence a field, NotHere.
    """
    terms = offers.clean(typed, today=kst_day(now))
    if (fault := bought_gift(terms.name)) is not None:
        raise Invalid({"name": fault})
    return after_a_race(
        lambda: _make(
            shop_id=shop_id, staff_id=staff_id, terms=terms, once=once, now=now, instead_of=instead_of
        )
    )


def _make(
    *,
    shop_id: int,
    staff_id: int | None,
    terms: Terms,
    once: str,
    now: datetime,
    instead_of: int | None,
) -> int:
    with write() as session:
        before = session.scalar(
            select(CouponKind.id).where(CouponKind.shop_id == shop_id, CouponKind.once == once)
        )
        if before is not None:
            return int(before)
        if instead_of is not None:
            old = _kind(session, shop_id=shop_id, kind_id=instead_of)
            old.ended_at = old.ended_at or now
        kind = coupons.add_kind(session, shop_id=shop_id, terms=terms, once=once, now=now)
        shops.set_use(session, shop_id=shop_id, what="coupons", is_on=True)
        if terms.rule == "review":
            # With a reward even a request that was asked for is an ad (정보통신망법 50조).
            reason = "후기에 쿠폰을 드리기로 해서 보내지 않아요."
            recall.cancel_kind(session, shop_id=shop_id, kind="review_wanted", reason=reason)
        _note(session, kind=kind, what="coupon_kind", staff_id=staff_id, now=now)
        return kind.id


def bound(
    *, shop_id: int, staff_id: int | None, kind_id: int, typed: Mapping[str, str], now: datetime
) -> None:
    """Change how many one person and everybody may get. Nothing that is out changes by it.

    Raises Invalid, also for a total below what is out already, and NotHere.
    """
    per_person, total = offers.limits(typed)
    with write() as session:
        kind = _kind(session, shop_id=shop_id, kind_id=kind_id)
        if total and total < kind.issued:
            raise Invalid({"total": f"이미 {kind.issued:,}장을 드렸어요. 그보다 적게는 정할 수 없어요."})
        if (kind.per_person, kind.total) != (per_person, total):
            kind.per_person, kind.total = per_person, total
            _note(session, kind=kind, what="coupon_kind", staff_id=staff_id, now=now)


def stop(*, shop_id: int, staff_id: int | None, kind_id: int, now: datetime) -> None:
    """Give no more of a kind; what is out stays good. The second time changes nothing. Raises NotHere."""
    with write() as session:
        kind = _kind(session, shop_id=shop_id, kind_id=kind_id)
        if kind.ended_at is None:
            kind.ended_at = now
            _note(session, kind=kind, what="coupon_kind_ended", staff_id=staff_id, now=now)


def go_on(*, shop_id: int, staff_id: int | None, kind_id: int, now: datetime) -> None:
    """Give a stopped kind again. Raises NotHere, Invalid for one whose last day is over."""
    with write() as session:
        kind = _kind(session, shop_id=shop_id, kind_id=kind_id)
        if kind.valid_until is not None and kind.valid_until < kst_day(now):
            raise Invalid({"on": "마지막 날이 지난 쿠폰이에요. 날짜를 바꿔 새로 만들어 주세요."})
        if kind.ended_at is not None:
            kind.ended_at = None
            _note(session, kind=kind, what="coupon_kind_again", staff_id=staff_id, now=now)


def _kind(session: Any, *, shop_id: int, kind_id: int) -> CouponKind:
    found: CouponKind | None = session.scalar(
        select(CouponKind)
        .where(CouponKind.shop_id == shop_id, CouponKind.id == kind_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotHere(NO_KIND)
    return found


def _note(session: Any, *, kind: CouponKind, what: str, staff_id: int | None, now: datetime) -> None:
    session.flush()
    audit.note(
        session,
        shop_id=kind.shop_id,
        what=what,
        staff_id=staff_id,
        subject=f"coupon_kind:{kind.id}",
        detail=kind.rule,
        now=now,
    )
