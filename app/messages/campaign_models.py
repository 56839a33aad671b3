"""단체 문자: one message of the owner's to many, its people fixed at the moment it was confirmed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model
from app.kit.columns import BigId, UtcDateTime


class Campaign(Model):
    """One campaign. state: draft → waiting (may be cancelled) → going → done; paused (with why) | cancelled.

    Its people stand in campaign_people from the moment of `made_at`; their messages are written in steps.
    """

    __tablename__ = "campaigns"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        UniqueConstraint("shop_id", "once"),
        ForeignKeyConstraint(["shop_id", "made_by"], ["staff.shop_id", "staff.id"]),
        Index("ix_campaigns_state", "state", "send_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    once: Mapped[str] = mapped_column(String(40))
    made_by: Mapped[int] = mapped_column()
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    people: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # who was meant: {"group": "silent"}
    counted: Mapped[int] = mapped_column()  # how many the owner read and confirmed
    text: Mapped[str] = mapped_column(Text)
    text_b: Mapped[str] = mapped_column(Text, default="")  # the other of two compared, or ""
    photo: Mapped[str] = mapped_column(String(40), default="")  # name of its picture's file, or ""
    coupon_kind_id: Mapped[int | None] = mapped_column()  # given with it
    ways: Mapped[str] = mapped_column(
        String(80), default=""
    )  # channels it may take, a space between; "" = all
    # As soon as it may go; else at the day and hour that were chosen.
    is_soon: Mapped[bool] = mapped_column(default=True, server_default=true())
    send_at: Mapped[datetime] = mapped_column(UtcDateTime)  # ten minutes after it was confirmed, or later
    holds_out: Mapped[bool] = mapped_column(default=False, server_default=false())
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    detail: Mapped[str] = mapped_column(String(160), default="")
    after_id: Mapped[int] = mapped_column(default=0)  # how far its people's messages are written
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CampaignPerson(Model):
    """Somebody a campaign is for, as they stood in the group when it was confirmed."""

    __tablename__ = "campaign_people"
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "campaign_id"], ["campaigns.shop_id", "campaigns.id"]),
        ForeignKeyConstraint(["shop_id", "customer_id"], ["customers.shop_id", "customers.id"]),
        Index("ix_campaign_people_shop_customer", "shop_id", "customer_id"),
    )

    shop_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    campaign_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    customer_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    is_held_out: Mapped[bool] = mapped_column(default=False, server_default=false())
