"""Changes to tiers, standings, boosts and what is given. Flush, never commit.

Who moves whom at the same moment is decided by the person's row, which every caller holds, and by unique keys.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from app.kit.clock import kst_day
from app.kit.upsert import built_once, insert_into
from app.tiers.forecast import Placed
from app.tiers.models import Boost, Gift, GiftGiven, Tier, TierChange, TierPolicy, TierStanding
from app.tiers.rules import Policy

_PUT_STANDING = built_once(
    TierStanding.__table__,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["shop_id", "customer_id"],
        set_={name: insert.excluded[name] for name in ("tier_id", "since", "grace_until", "why")},
    ),
)


def policy(session: Any, *, shop_id: int, lock: bool = False) -> TierPolicy | None:
    """Return how a shop decides; `lock` holds it, so that two owners who change it do so one after the other."""
    query = select(TierPolicy).where(TierPolicy.shop_id == shop_id)
    found: TierPolicy | None = session.scalar(query.with_for_update() if lock else query)
    return found


def put_policy(session: Any, *, shop_id: int, policy: Policy, now: datetime) -> None:
    """Write down how a shop decides from now on."""
    values: dict[str, Any] = {
        "measure": policy.measure,
        "months": policy.months,
        "downgrade": policy.downgrade,
        "grace_days": policy.grace_days,
        "changed_at": now,
    }
    session.execute(
        insert_into(session, TierPolicy)
        .values(shop_id=shop_id, **values)
        .on_conflict_do_update(index_elements=["shop_id"], set_=values)
    )


def tiers(session: Any, *, shop_id: int) -> list[Tier]:
    """Return a shop's living tiers, from the lowest."""
    return list(
        session.scalars(
            select(Tier)
            .where(Tier.shop_id == shop_id, Tier.ended_at.is_(None))
            .order_by(Tier.least)
            .execution_options(populate_existing=True)
        )
    )


def add_tier(session: Any, *, shop_id: int, name: str, least: int, now: datetime, **brings: Any) -> Tier:
    """Add a level."""
    made = Tier(shop_id=shop_id, name=name, least=least, created_at=now, **brings)
    session.add(made)
    session.flush()
    return made


def end_tier(session: Any, *, tier: Tier, falls_to: int | None, now: datetime) -> None:
    """End a level; its people stand in the next one below, what was only for it is for that one and above.

    Without one below, its boosts and lists end with it: they must not become everybody's.
    """
    tier.ended_at = now
    own = {"shop_id": tier.shop_id, "tier_id": tier.id}
    session.execute(
        update(TierStanding)
        .where(TierStanding.shop_id == own["shop_id"], TierStanding.tier_id == own["tier_id"])
        .values(tier_id=falls_to)
        .execution_options(synchronize_session=False)
    )
    for table in (Boost, Gift):
        session.execute(
            update(table)
            .where(table.shop_id == own["shop_id"], table.tier_id == own["tier_id"], table.ended_at.is_(None))
            .values({"tier_id": falls_to} if falls_to is not None else {"ended_at": now})
            .execution_options(synchronize_session=False)
        )
    session.flush()


def put_standing(
    session: Any,
    *,
    shop_id: int,
    customer_id: int,
    tier_id: int | None,
    since: datetime,
    grace_until: datetime | None,
    why: str,
) -> None:
    """Write down where a person stands from now on."""
    values = {
        "shop_id": shop_id,
        "customer_id": customer_id,
        "tier_id": tier_id,
        "since": since,
        "grace_until": grace_until,
        "why": why,
    }
    session.execute(_PUT_STANDING(session), values)


def set_grace(session: Any, *, shop_id: int, customer_id: int, until: datetime | None) -> None:
    """Keep a person's tier until a moment although it is not earned any more; None: it is earned again."""
    session.execute(
        update(TierStanding)
        .where(TierStanding.shop_id == shop_id, TierStanding.customer_id == customer_id)
        .values(grace_until=until)
        .execution_options(synchronize_session=False)
    )


def drop_standing(session: Any, *, shop_id: int, customer_id: int) -> None:
    """Let a person stand nowhere, as before their first tier."""
    session.execute(
        delete(TierStanding).where(TierStanding.shop_id == shop_id, TierStanding.customer_id == customer_id)
    )


def add_change(session: Any, *, shop_id: int, customer_id: int, now: datetime, **facts: Any) -> TierChange:
    """Append a move: from_id, to_id, why, visit_id, stood_since."""
    made = TierChange(shop_id=shop_id, customer_id=customer_id, at=now, **facts)
    session.add(made)
    session.flush()
    return made


def change_by_visit(session: Any, *, shop_id: int, customer_id: int, visit_id: int) -> TierChange | None:
    """Return the move that a visit brought and that still stands."""
    found: TierChange | None = session.scalar(
        select(TierChange).where(
            TierChange.shop_id == shop_id,
            TierChange.customer_id == customer_id,
            TierChange.visit_id == visit_id,
            TierChange.reversed_at.is_(None),
        )
    )
    return found


def has_entered(session: Any, *, shop_id: int, customer_id: int, tier_id: int, but: int) -> bool:
    """Tell whether a person entered a tier before, by another move than `but` that still stands."""
    return bool(
        session.scalar(
            select(func.count(TierChange.id)).where(
                TierChange.shop_id == shop_id,
                TierChange.customer_id == customer_id,
                TierChange.to_id == tier_id,
                TierChange.reversed_at.is_(None),
                TierChange.id != but,
            )
        )
    )


def place(session: Any, *, shop_id: int, placed: Sequence[Placed], why: str, now: datetime) -> None:
    """Put many people where they belong, with a line for each."""
    of_all = {"shop_id": shop_id, "why": why}
    if placed:
        session.execute(
            _PUT_STANDING(session),
            [
                {
                    **of_all,
                    "customer_id": one.customer_id,
                    "tier_id": one.tier_id,
                    "since": now,
                    "grace_until": None,
                }
                for one in placed
            ],
        )
        session.execute(
            insert(TierChange),
            [
                {**of_all, "customer_id": one.customer_id, "from_id": one.from_id, "to_id": one.tier_id,
                 "visit_id": None, "stood_since": one.since, "at": now, "reversed_at": None}
                for one in placed
            ],
        )  # fmt: skip


def add_given(session: Any, **facts: Any) -> GiftGiven | None:
    """Write down that something was handed over; None when its once-key or its tick was there before."""
    made = GiftGiven(**facts)
    try:
        with session.begin_nested():
            session.add(made)
            session.flush()
    except IntegrityError:
        return None
    return made


def given_by_once(session: Any, *, shop_id: int, once: str) -> GiftGiven | None:
    """Return what this once-key did before."""
    found: GiftGiven | None = session.scalar(
        select(GiftGiven).where(GiftGiven.shop_id == shop_id, GiftGiven.once == once)
    )
    return found


def given(session: Any, *, shop_id: int, given_id: int) -> GiftGiven | None:
    """Return one thing that was handed over in this shop."""
    found: GiftGiven | None = session.scalar(
        select(GiftGiven).where(GiftGiven.shop_id == shop_id, GiftGiven.id == given_id)
    )
    return found


def reverse_given(session: Any, *, shop_id: int, given_id: int, staff_id: int, now: datetime) -> bool:
    """Take a mark back by one conditional update. False when somebody was first."""
    done = session.execute(
        update(GiftGiven)
        .where(GiftGiven.shop_id == shop_id, GiftGiven.id == given_id, GiftGiven.reversed_at.is_(None))
        .values(reversed_at=now, reversed_by=staff_id)
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount)


def living(session: Any, table: Any, *, shop_id: int, row_id: int) -> Any:
    """Return a boost or a gift list (`table`) of this shop that has not ended."""
    return session.scalar(
        select(table).where(table.shop_id == shop_id, table.id == row_id, table.ended_at.is_(None))
    )


def count_living(session: Any, table: Any, *, shop_id: int) -> int:
    """Return how many boosts or gift lists (`table`) of a shop have not ended."""
    return int(
        session.scalar(
            select(func.count()).select_from(table).where(table.shop_id == shop_id, table.ended_at.is_(None))
        )
    )


def end_passed_boosts(session: Any, *, shop_id: int, now: datetime) -> int:
    """End the boosts whose last day is behind us; returns how many."""
    done = session.execute(
        update(Boost)
        .where(Boost.shop_id == shop_id, Boost.ended_at.is_(None), Boost.to_day < kst_day(now))
        .values(ended_at=now)
        .execution_options(synchronize_session=False)
    )
    return int(done.rowcount)


def forget(session: Any, *, shop_id: int, customer_id: int) -> None:
    """Delete where an erased person stood, how they got there and what they were given."""
    for table in (TierStanding, TierChange, GiftGiven):
        session.execute(delete(table).where(table.shop_id == shop_id, table.customer_id == customer_id))
