"""Who brought whom, and what both were given for it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model
from app.kit.columns import BigId, UtcDateTime


class Referral(Model):
    """A person who came by another's link. One row a friend: the first link counts."""

    __tablename__ = "referrals"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        UniqueConstraint("shop_id", "friend_id"),
        ForeignKeyConstraint(["shop_id", "friend_id"], ["customers.shop_id", "customers.id"]),
        ForeignKeyConstraint(["shop_id", "inviter_id"], ["customers.shop_id", "customers.id"]),
        Index("ix_referrals_shop_inviter", "shop_id", "inviter_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column()
    inviter_id: Mapped[int] = mapped_column()
    friend_id: Mapped[int] = mapped_column()
    at: Mapped[datetime] = mapped_column(UtcDateTime)
