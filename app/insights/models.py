"""Daily sums, written in the same transaction as the stamp, so that a dashboard never counts history; days closed."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
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
