"""Who brought whom, and what both were given for it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model
from app.kit.columns import BigId, UtcDateTime


class ReferralSetting(Model):
    """What a shop gives to who brings somebody, and to who is brought. In force while the shop uses "referrals"."""

    __tablename__ = "referral_settings"

    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"), primary_key=True, autoincrement=False)
    inviter_stamps: Mapped[int] = mapped_column(default=0, server_default="0")
    inviter_kind_id: Mapped[int | None] = mapped_column()  # or this kind of coupon
    friend_stamps: Mapped[int] = mapped_column(default=0, server_default="0")
    friend_kind_id: Mapped[int | None] = mapped_column()
    month_most: Mapped[int] = mapped_column(
        default=5, server_default="5"
    )  # gifts to one inviter; 0 = any number
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Invite(Model):
    """A person's own link: an unguessable word, and whether the friend may read who sent it."""

    __tablename__ = "invites"
    __table_args__ = (
        UniqueConstraint("shop_id", "customer_id"),
        UniqueConstraint("shop_id", "word"),
        ForeignKeyConstraint(["shop_id", "customer_id"], ["customers.shop_id", "customers.id"]),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column()
    customer_id: Mapped[int] = mapped_column()
    word: Mapped[str] = mapped_column(String(12))
    shows_name: Mapped[bool] = mapped_column(default=False, server_default=false())  # masked, never whole
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Referral(Model):
    """A person who came by another's link. One row a friend: the first link counts.

    It keeps what both were promised on that day. waiting (no visit) → came (`visit_id`) | refused, with why.
    """

    __tablename__ = "referrals"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        UniqueConstraint("shop_id", "friend_id"),
        ForeignKeyConstraint(["shop_id", "friend_id"], ["customers.shop_id", "customers.id"]),
        ForeignKeyConstraint(["shop_id", "inviter_id"], ["customers.shop_id", "customers.id"]),
        Index("ix_referrals_shop_inviter", "shop_id", "inviter_id", "came_at"),
        Index("ix_referrals_shop_visit", "shop_id", "visit_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column()
    inviter_id: Mapped[int] = mapped_column()
    friend_id: Mapped[int] = mapped_column()
    at: Mapped[datetime] = mapped_column(UtcDateTime)  # joined
    inviter_stamps: Mapped[int] = mapped_column(default=0, server_default="0")
    inviter_kind_id: Mapped[int | None] = mapped_column()
    friend_stamps: Mapped[int] = mapped_column(default=0, server_default="0")
    friend_kind_id: Mapped[int | None] = mapped_column()
    refused: Mapped[str] = mapped_column(String(8), default="", server_default="")  # rules.REASONS
    refused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    visit_id: Mapped[int | None] = mapped_column()  # the first real visit
    came_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # What was given, so that an undone visit takes exactly this back: ledger lines and coupons.
    inviter_entry_id: Mapped[int | None] = mapped_column()
    inviter_coupon_id: Mapped[int | None] = mapped_column()
    inviter_is_due: Mapped[bool] = mapped_column(
        default=False, server_default=false()
    )  # theirs follows the visit
    friend_entry_id: Mapped[int | None] = mapped_column()
    friend_coupon_id: Mapped[int | None] = mapped_column()
    once_id: Mapped[int | None] = mapped_column()  # the friend's number in given_once
    taken_back_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
