"""Tiers, what they bring, and who stands where; days on which stamps count double; what was given."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    Date,
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


class TierPolicy(Model):
    """How a shop's tiers are reached and lost. One row a shop; whether they are on is in Shop.uses."""

    __tablename__ = "tier_policies"

    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"), primary_key=True)
    measure: Mapped[str] = mapped_column(String(6), default="visits")  # visits | spend (won)
    months: Mapped[int] = mapped_column(default=12)  # the rolling period; 0 = all time
    downgrade: Mapped[str] = mapped_column(String(6), default="grace")  # never | grace
    grace_days: Mapped[int] = mapped_column(default=30)  # told so long before a tier is lost
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Tier(Model):
    """A level with benefits. Never deleted, only ended: who stood there can still be told."""

    __tablename__ = "tiers"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        ForeignKeyConstraint(["shop_id", "coupon_kind_id"], ["coupon_kinds.shop_id", "coupon_kinds.id"]),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    name: Mapped[str] = mapped_column(String(20))
    least: Mapped[int] = mapped_column(default=1, server_default="1")  # visits or won from which it begins
    percent: Mapped[int] = mapped_column(
        default=100, server_default="100"
    )  # of stamps and points; 200 = double
    discount: Mapped[int] = mapped_column(
        default=0, server_default="0"
    )  # percent the staff take off; 0 = none
    extra: Mapped[str] = mapped_column(String(20), default="", server_default="")  # the usual 덤: "쿠키 하나"
    early_news: Mapped[bool] = mapped_column(default=False, server_default=false())
    coupon_kind_id: Mapped[int | None] = mapped_column()  # given once, on entering
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class TierStanding(Model):
    """Where one person stands now. Who never reached a tier has no row."""

    __tablename__ = "tier_standings"
    __table_args__ = (
        UniqueConstraint("shop_id", "customer_id"),
        ForeignKeyConstraint(["shop_id", "customer_id"], ["customers.shop_id", "customers.id"]),
        ForeignKeyConstraint(["shop_id", "tier_id"], ["tiers.shop_id", "tiers.id"]),
        Index("ix_tier_standings_shop_tier", "shop_id", "tier_id", "customer_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column()
    customer_id: Mapped[int] = mapped_column()
    tier_id: Mapped[int | None] = mapped_column()  # None: fell below the lowest
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    grace_until: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the tier is kept until then
    why: Mapped[str] = mapped_column(String(8))  # visit | night | rule | undo


class TierChange(Model):
    """One move of a person between tiers, or one that was taken back. Explains a standing line by line."""

    __tablename__ = "tier_changes"
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "customer_id"], ["customers.shop_id", "customers.id"]),
        ForeignKeyConstraint(["shop_id", "from_id"], ["tiers.shop_id", "tiers.id"]),
        ForeignKeyConstraint(["shop_id", "to_id"], ["tiers.shop_id", "tiers.id"]),
        ForeignKeyConstraint(["shop_id", "visit_id"], ["visits.shop_id", "visits.id"]),
        Index("ix_tier_changes_shop_customer", "shop_id", "customer_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column()
    customer_id: Mapped[int] = mapped_column()
    from_id: Mapped[int | None] = mapped_column()
    to_id: Mapped[int | None] = mapped_column()
    why: Mapped[str] = mapped_column(String(8))  # as of a standing
    visit_id: Mapped[int | None] = mapped_column()  # the visit that brought it
    stood_since: Mapped[datetime | None] = mapped_column(UtcDateTime)  # at `from_id`
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    reversed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # its visit was undone


class Boost(Model):
    """Days and hours on which stamps and points count more. Never deleted, only ended."""

    __tablename__ = "boosts"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        ForeignKeyConstraint(["shop_id", "tier_id"], ["tiers.shop_id", "tiers.id"]),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    name: Mapped[str] = mapped_column(String(20))  # "화요일은 두 배", what everybody reads
    percent: Mapped[int] = mapped_column()  # 200 = double
    tier_id: Mapped[int | None] = mapped_column()  # only this tier and those above; None = everybody
    weekdays: Mapped[str] = mapped_column(String(7), default="")  # "0" Monday … "6" Sunday; "" = every day
    from_minute: Mapped[int] = mapped_column(default=0)  # after midnight in Korea
    to_minute: Mapped[int] = mapped_column(default=1440)  # not included
    from_day: Mapped[date | None] = mapped_column(Date)  # in Korea, both included
    to_day: Mapped[date | None] = mapped_column(Date)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Gift(Model):
    """A list of people who are to be given something: 설 선물 for 으뜸 and above."""

    __tablename__ = "gifts"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        ForeignKeyConstraint(["shop_id", "tier_id"], ["tiers.shop_id", "tiers.id"]),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    name: Mapped[str] = mapped_column(String(20))
    tier_id: Mapped[int] = mapped_column()  # this tier and those above
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class GiftGiven(Model):
    """Something handed to a person: one of a list (`gift_id`), or a 덤. Taken back by marking it so."""

    __tablename__ = "gifts_given"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        UniqueConstraint("shop_id", "once"),
        ForeignKeyConstraint(["shop_id", "customer_id"], ["customers.shop_id", "customers.id"]),
        ForeignKeyConstraint(["shop_id", "gift_id"], ["gifts.shop_id", "gifts.id"]),
        Index("ix_gifts_given_shop_customer", "shop_id", "customer_id", "at"),
        # Two who tick the same person at once tick once.
        Index(
            "uq_gifts_given_one_standing",
            "shop_id",
            "gift_id",
            "customer_id",
            unique=True,
            sqlite_where=text("gift_id IS NOT NULL AND reversed_at IS NULL"),
            postgresql_where=text("gift_id IS NOT NULL AND reversed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column()
    customer_id: Mapped[int] = mapped_column()
    gift_id: Mapped[int | None] = mapped_column()
    what: Mapped[str] = mapped_column(String(20))  # as it was called then
    once: Mapped[str] = mapped_column(String(40))
    staff_id: Mapped[int] = mapped_column()
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    reversed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reversed_by: Mapped[int | None] = mapped_column()
