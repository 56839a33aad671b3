"""Daily sums, written in the same transaction as the stamp, so that a dashboard never counts history; days closed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model
from app.kit.columns import BigId, UtcDateTime


class DayCount(Model):
    """What happened in a shop on one Korean calendar day."""

    __tablename__ = "day_counts"
    __table_args__ = (UniqueConstraint("shop_id", "day"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    day: Mapped[date] = mapped_column()
    stamps: Mapped[int] = mapped_column(default=0, server_default="0")
    visits: Mapped[int] = mapped_column(default=0, server_default="0")
    returning_visits: Mapped[int] = mapped_column(
        default=0, server_default="0"
    )  # visits by people who had been here before
    new_customers: Mapped[int] = mapped_column(default=0, server_default="0")
    rewards_used: Mapped[int] = mapped_column(default=0, server_default="0")
    coupons_used: Mapped[int] = mapped_column(default=0, server_default="0")
    sales: Mapped[int] = mapped_column(
        BigInteger, default=0, server_default="0"
    )  # won of the visits with an amount
    priced: Mapped[int] = mapped_column(default=0, server_default="0")  # how many visits those are
    # How often anything of this day changed: a month whose days changed is worked out anew (months.py).
    changes: Mapped[int] = mapped_column(default=0, server_default="0")


class PersonStat(Model):
    """What the visits of a person add up to; worked out at night and for whoever has just come. Never edited.

    It has no row number of its own: when two people become one it is worked out again.
    """

    __tablename__ = "person_stats"
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "customer_id"], ["customers.shop_id", "customers.id"]),
        Index("ix_person_stats_shop_standing", "shop_id", "standing", "customer_id"),
        Index(
            "ix_person_stats_shop_vip",
            "shop_id",
            "customer_id",
            sqlite_where=text("is_vip"),
            postgresql_where=text("is_vip"),
        ),
    )

    shop_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    customer_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    visits: Mapped[int] = mapped_column(default=0, server_default="0")
    spent: Mapped[int] = mapped_column(
        BigInteger, default=0, server_default="0"
    )  # won, of visits with an amount
    priced: Mapped[int] = mapped_column(default=0, server_default="0")  # visits with an amount
    year_visits: Mapped[int] = mapped_column(default=0, server_default="0")  # of the last 365 days
    year_spent: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    last_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rhythm_days: Mapped[int | None] = (
        mapped_column()
    )  # the own one, or the shop's where there are too few visits
    has_own_rhythm: Mapped[bool] = mapped_column(default=False, server_default=false())
    # How they come: comes | quiet | dormant | "" never came. By how often they did: places.place
    standing: Mapped[str] = mapped_column(String(8), default="", server_default="")
    is_vip: Mapped[bool] = mapped_column(default=False, server_default=false())
    alive: Mapped[float | None] = (
        mapped_column()
    )  # P(alive) of BG/NBD, None where the shop has too little history
    expected: Mapped[float | None] = mapped_column()  # visits in the next 30 days the shop is open
    counted_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ShopRhythm(Model):
    """How people come to a shop as a whole: the rhythm that stands in for one of their own, and BG/NBD's parameters.

    One row a shop, written every night. Without parameters `reason` says why: few | unclear (insights/bgnbd.py).
    """

    __tablename__ = "shop_rhythms"

    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"), primary_key=True, autoincrement=False)
    median_days: Mapped[int | None] = mapped_column()  # of people's own gaps; None while too few came again
    people: Mapped[int] = mapped_column(default=0, server_default="0")  # who came at least once
    again: Mapped[int] = mapped_column(default=0, server_default="0")  # visits after somebody's first
    r: Mapped[float | None] = mapped_column()
    alpha: Mapped[float | None] = mapped_column()  # in days the shop was open
    a: Mapped[float | None] = mapped_column()
    b: Mapped[float | None] = mapped_column()
    log_likelihood: Mapped[float | None] = mapped_column()
    reason: Mapped[str] = mapped_column(String(8), default="", server_default="")
    fitted_at: Mapped[datetime] = mapped_column(UtcDateTime)


class OwnGroup(Model):
    """A group that the shop put together itself. `filter`: what insights/filters.py reads."""

    __tablename__ = "own_groups"
    __table_args__ = (UniqueConstraint("shop_id", "id"), UniqueConstraint("shop_id", "name"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    name: Mapped[str] = mapped_column(String(20))
    filter: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DayClose(Model):
    """마감 맞춰 보기: what somebody counted on a day. Append-only: the newest row of a day counts."""

    __tablename__ = "day_closes"
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "staff_id"], ["staff.shop_id", "staff.id"]),
        Index("ix_day_closes_shop_day", "shop_id", "day", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    day: Mapped[date] = mapped_column()
    receipts: Mapped[int | None] = mapped_column()  # nobody has to count
    staff_id: Mapped[int] = mapped_column()
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class StaffLimit(Model):
    """From how many on the owner is told what one of the staff did. No row = the defaults (insights/closing.py)."""

    __tablename__ = "staff_limits"

    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"), primary_key=True, autoincrement=False)
    stamps_an_hour: Mapped[int] = mapped_column()
    overrides_a_day: Mapped[int] = mapped_column()  # stamps with a reason, before the pause was over
    checks_a_day: Mapped[int] = mapped_column()  # uses without the live card
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
