"""Tables of groups over time: how many were in one, and who moved from where to where. Written at night."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model
from app.kit.columns import UtcDateTime


class GroupSetting(Model):
    """What a shop decided about its groups. No row = the defaults."""

    __tablename__ = "group_settings"

    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"), primary_key=True, autoincrement=False)
    regular_visits: Mapped[int] = mapped_column()  # 단골 begins with so many visits
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class GroupDay(Model):
    """How many people were in a group when a night was over."""

    __tablename__ = "group_days"

    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"), primary_key=True, autoincrement=False)
    group: Mapped[str] = mapped_column("group_key", String(12), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)  # in Korea
    people: Mapped[int] = mapped_column()


class PersonPlace(Model):
    """Where somebody stood when the last night was over; `came_from` and `since`: their last move.

    new | again | regular | silent | dormant. `came_from` is "" for whoever has not moved since they were first seen.
    """

    __tablename__ = "person_places"
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "customer_id"], ["customers.shop_id", "customers.id"]),
        Index("ix_person_places_shop_since", "shop_id", "since", "came_from", "place"),
    )

    shop_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    customer_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    place: Mapped[str] = mapped_column(String(8))
    came_from: Mapped[str] = mapped_column(String(8), default="", server_default="")
    since: Mapped[date] = mapped_column()  # in Korea
