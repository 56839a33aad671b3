"""Daily sums, written in the same transaction as the stamp, so that a dashboard never counts history."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model
from app.kit.columns import BigId


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
