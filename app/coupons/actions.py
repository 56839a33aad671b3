"""Changes to coupons: issue, use, take back. Flush, never commit.

Races are decided here by unique keys and conditional updates. Several kinds at once are taken in the order
of their ids, so that nobody waits for each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, or_, select, update

from app.coupons import rules, shifts
from app.coupons.models import Coupon, CouponKind, CouponUse, GivenOnce
from app.coupons.rules import CouponGone, CouponWithdrawn
from app.kit.signing import random_code
from app.kit.upsert import built_once
from app.shops.models import Staff

# Asked with every visit of a shop that gives coupons: built once.
_OF_RULES = (
    select(CouponKind)
    .where(
        CouponKind.shop_id == bindparam("shop"),
        CouponKind.rule.in_(bindparam("rules", expanding=True)),
        CouponKind.ended_at.is_(None),
    )
    .order_by(CouponKind.id)
)
_ISSUE = built_once(
    Coupon.__table__,
    lambda insert: insert.on_conflict_do_nothing(
        index_elements=["shop_id", "kind_id", "customer_id", "cause"]
    ).returning(Coupon.__table__.c.id),
)
_FIRST_TIME = built_once(
    GivenOnce.__table__,
    lambda insert: insert.on_conflict_do_nothing(index_elements=["shop_id", "what", "phone_key"]).returning(
        GivenOnce.__table__.c.id
    ),
)


def living_kinds(session: Any, *, shop_id: int, of: Sequence[str], today: date) -> list[CouponKind]:
    """Return the kinds of these rules that give themselves on a Korean day, in the order of their ids."""
    found = session.scalars(_OF_RULES, {"shop": shop_id, "rules": list(of)})
    return [kind for kind in found if rules.gives_itself(kind.terms, today=today)]


def kind(session: Any, *, shop_id: int, kind_id: int) -> CouponKind | None:
    """Return a kind of this shop, also an ended one."""
    found: CouponKind | None = session.scalar(
        select(CouponKind)
        .where(CouponKind.shop_id == shop_id, CouponKind.id == kind_id)
        .execution_options(populate_existing=True)
    )
    return found


def add_kind(
    session: Any, *, shop_id: int, terms: rules.Terms, now: datetime, once: str | None = None
) -> CouponKind:
    """Begin a new kind. Raises IntegrityError when its once-key was here before."""
    made = CouponKind(shop_id=shop_id, once=once, created_at=now, **vars(terms))
    session.add(made)
    session.flush()
    return made


def issue(session: Any, *, kind: CouponKind, customer_id: int, cause: str, now: datetime) -> int | None:
    """Issue one coupon; None when the cause gave one before, or the person or the kind has had all it may.

    The conditional update takes the kind's row: who comes second waits, and counts what the first one made.
    """
    if kind.per_person and of_person(session, kind=kind, customer_id=customer_id) >= kind.per_person:
        return None
    expires_at = shifts.end_for(session, kind=kind, issued_at=now)
    if expires_at is not None and expires_at <= now:
        return None
    room = session.execute(
        update(CouponKind)
        .where(
            CouponKind.shop_id == kind.shop_id,
            CouponKind.id == kind.id,
            CouponKind.ended_at.is_(None),
            or_(CouponKind.total == 0, CouponKind.issued < CouponKind.total),
        )
        .values(issued=CouponKind.issued + 1)
        .execution_options(synchronize_session=False)
    )
    if room.rowcount != 1:
        return None
    # Asked again with the row in hand: another cause may have given one at the same moment.
    allowed = not kind.per_person or (
        of_person(session, kind=kind, customer_id=customer_id) < kind.per_person
    )
    made: int | None = None
    if allowed:
        made = session.scalar(
            _ISSUE(session),
            {
                "shop_id": kind.shop_id,
                "kind_id": kind.id,
                "customer_id": customer_id,
                "ref": random_code(10),
                "cause": cause,
                "issued_at": now,
                "expires_at": expires_at,
            },
        )
    if made is None:
        count_back(session, shop_id=kind.shop_id, kind_id=kind.id, coupons=1)
    return made


def of_person(session: Any, *, kind: CouponKind, customer_id: int) -> int:
    """Return how many coupons of a kind a person has had, those that were taken back left out."""
    return int(
        session.scalar(
            select(func.count(Coupon.id)).where(
                Coupon.shop_id == kind.shop_id,
                Coupon.kind_id == kind.id,
                Coupon.customer_id == customer_id,
                Coupon.withdrawn_at.is_(None),
            )
        )
    )


def count_back(session: Any, *, shop_id: int, kind_id: int, coupons: int) -> None:
    """Take coupons off a kind's count of those that are out or used."""
    session.execute(
        update(CouponKind)
        .where(CouponKind.shop_id == shop_id, CouponKind.id == kind_id)
        .values(issued=CouponKind.issued - coupons)
        .execution_options(synchronize_session=False)
    )


def first_time(session: Any, *, shop_id: int, what: str, phone_key: str, now: datetime) -> int | None:
    """Note that a number gets something it gets once; None when it had it before, under whatever card."""
    values = {"shop_id": shop_id, "what": what, "phone_key": phone_key, "at": now}
    found: int | None = session.scalar(_FIRST_TIME(session), values)
    return found


def not_given_after_all(session: Any, *, shop_id: int, row_id: int) -> None:
    """Take the note of first_time() back in the same transaction: there was nothing left to give."""
    session.execute(delete(GivenOnce).where(GivenOnce.shop_id == shop_id, GivenOnce.id == row_id))


def free_number(session: Any, *, shop_id: int, what: str, phone_key: str) -> None:
    """Forget that a number had something: it was taken back before anybody used it."""
    session.execute(
        delete(GivenOnce).where(
            GivenOnce.shop_id == shop_id, GivenOnce.what == what, GivenOnce.phone_key == phone_key
        )
    )


def coupon(session: Any, *, shop_id: int, coupon_id: int) -> tuple[Coupon, CouponKind] | None:
    """Return a coupon of this shop with its kind, as they are now."""
    return _coupon(session, shop_id, Coupon.id == coupon_id)


def coupon_by_ref(session: Any, *, shop_id: int, ref: str) -> tuple[Coupon, CouponKind] | None:
    """Return the coupon whose rotating code names it."""
    return _coupon(session, shop_id, Coupon.ref == ref)


def _coupon(session: Any, shop_id: int, which: Any) -> tuple[Coupon, CouponKind] | None:
    row = session.execute(
        select(Coupon, CouponKind)
        .join(CouponKind, (CouponKind.shop_id == Coupon.shop_id) & (CouponKind.id == Coupon.kind_id))
        .where(Coupon.shop_id == shop_id, which)
        .execution_options(populate_existing=True)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def use(session: Any, *, shop_id: int, coupon_id: int, now: datetime) -> None:
    """Mark a coupon used, by one conditional update: of two counters at once, one wins.

    Raises CouponGone (with when, and by whom) or CouponWithdrawn for the other.
    """
    done = session.execute(
        update(Coupon)
        .where(
            Coupon.shop_id == shop_id,
            Coupon.id == coupon_id,
            Coupon.used_at.is_(None),
            Coupon.withdrawn_at.is_(None),
            or_(Coupon.expires_at.is_(None), Coupon.expires_at > now),
        )
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
    if done.rowcount != 1:
        raise why_gone(session, shop_id=shop_id, coupon_id=coupon_id)


def why_gone(session: Any, *, shop_id: int, coupon_id: int) -> CouponGone:
    """Return why a coupon can't be used any more, with when and by whom it was."""
    row = session.execute(
        select(CouponUse.at, Staff.name)
        .outerjoin(Staff, (Staff.shop_id == CouponUse.shop_id) & (Staff.id == CouponUse.staff_id))
        .where(
            CouponUse.shop_id == shop_id, CouponUse.coupon_id == coupon_id, CouponUse.reversed_at.is_(None)
        )
        .order_by(CouponUse.id.desc())
        .limit(1)
    ).one_or_none()
    return CouponWithdrawn() if row is None else CouponGone(used_at=row.at, by=row.name or "")


def add_use(session: Any, *, coupon: Coupon, now: datetime, **facts: Any) -> CouponUse:
    """Write a use down. Raises IntegrityError when its once-key was here before."""
    use = CouponUse(shop_id=coupon.shop_id, coupon_id=coupon.id, at=now, **facts)
    session.add(use)
    session.flush()
    return use


def use_by_once(session: Any, *, shop_id: int, once: str) -> CouponUse | None:
    """Return what this once-key used before."""
    found: CouponUse | None = session.scalar(
        select(CouponUse).where(CouponUse.shop_id == shop_id, CouponUse.once == once)
    )
    return found


def use_by_id(session: Any, *, shop_id: int, use_id: int) -> CouponUse | None:
    """Return a use of this shop."""
    found: CouponUse | None = session.scalar(
        select(CouponUse).where(CouponUse.shop_id == shop_id, CouponUse.id == use_id)
    )
    return found


def used_beside(session: Any, *, shop_id: int, customer_id: int, since: datetime) -> list[bool]:
    """Return, for every coupon a person has used since a moment, whether it may stand beside another."""
    return list(
        session.scalars(
            select(CouponKind.stacks)
            .join(Coupon, (Coupon.shop_id == CouponKind.shop_id) & (Coupon.kind_id == CouponKind.id))
            .where(Coupon.shop_id == shop_id, Coupon.customer_id == customer_id, Coupon.used_at > since)
        )
    )


def reverse_use(session: Any, *, shop_id: int, use_id: int, staff_id: int, now: datetime) -> bool:
    """Take a use back, by one conditional update; the coupon is the person's again. False the second time."""
    done = session.execute(
        update(CouponUse)
        .where(CouponUse.shop_id == shop_id, CouponUse.id == use_id, CouponUse.reversed_at.is_(None))
        .values(reversed_at=now, reversed_by=staff_id)
        .execution_options(synchronize_session=False)
    )
    if done.rowcount != 1:
        return False
    mine = select(CouponUse.coupon_id).where(CouponUse.shop_id == shop_id, CouponUse.id == use_id)
    session.execute(
        update(Coupon)
        .where(Coupon.shop_id == shop_id, Coupon.id == mine.scalar_subquery())
        .values(used_at=None)
        .execution_options(synchronize_session=False)
    )
    return True


def withdraw(session: Any, *, shop_id: int, now: datetime, which: Sequence[Any]) -> list[Coupon]:
    """Take back every coupon of these conditions that nobody used; returns them. A use at once wins."""
    open_ones = (*which, Coupon.shop_id == shop_id, Coupon.used_at.is_(None), Coupon.withdrawn_at.is_(None))
    found = list(session.scalars(select(Coupon).where(*open_ones).order_by(Coupon.kind_id, Coupon.id)))
    taken = []
    for each in found:
        done = session.execute(
            update(Coupon)
            .where(Coupon.id == each.id, *open_ones)
            .values(withdrawn_at=now)
            .execution_options(synchronize_session=False)
        )
        if done.rowcount == 1:
            taken.append(each)
            count_back(session, shop_id=shop_id, kind_id=each.kind_id, coupons=1)
    return taken
