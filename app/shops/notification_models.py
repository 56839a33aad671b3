"""What rings the phone of somebody who works in the shop: which phones, what for, when not, and each ring once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint, text, true
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model
from app.kit.columns import BigId, UtcDateTime


class StaffPushSubscription(Model):
    """A browser of somebody who works here that lets itself be rung, as long as its sign-in lasts."""

    __tablename__ = "staff_push_subscriptions"
    __table_args__ = (
        UniqueConstraint("shop_id", "endpoint_key"),
        UniqueConstraint("shop_id", "session_id"),
        ForeignKeyConstraint(["shop_id", "staff_id"], ["staff.shop_id", "staff.id"]),
        Index("ix_staff_push_subscriptions_staff", "shop_id", "staff_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    staff_id: Mapped[int] = mapped_column()
    session_id: Mapped[int] = mapped_column()  # of staff_sessions: who signs out is not rung there any more
    endpoint: Mapped[str] = mapped_column(Text)
    endpoint_key: Mapped[str] = mapped_column(String(64))  # its keyed hash
    p256dh: Mapped[str] = mapped_column(String(120))
    auth: Mapped[str] = mapped_column(String(40))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class NotificationPreference(Model):
    """What a person wants to be rung for, as words with a space between them. No row = the defaults."""

    __tablename__ = "notification_preferences"
    __table_args__ = (ForeignKeyConstraint(["shop_id", "staff_id"], ["staff.shop_id", "staff.id"]),)

    shop_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    staff_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kinds: Mapped[str] = mapped_column(String(80), default="", server_default="")
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class QuietHours(Model):
    """When nobody of a shop is rung; both the same minute: never. No row = the defaults."""

    __tablename__ = "quiet_hours"

    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"), primary_key=True, autoincrement=False)
    begins: Mapped[int] = mapped_column()  # minutes after midnight in Korea
    ends: Mapped[int] = mapped_column()
    complaints_wait: Mapped[bool] = mapped_column(default=True, server_default=true())
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class StaffNotification(Model):
    """One thing somebody is rung for, once. What was on its way when its sender died is never sent again.

    state: waiting | sending | sent | unclear | failed | skipped; `code` says why in one word.
    """

    __tablename__ = "staff_notifications"
    __table_args__ = (
        UniqueConstraint("shop_id", "staff_id", "cause"),
        ForeignKeyConstraint(["shop_id", "staff_id"], ["staff.shop_id", "staff.id"]),
        Index(
            "ix_staff_notifications_due",
            "due_at",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "ix_staff_notifications_sending",
            "taken_at",
            sqlite_where=text("state = 'sending'"),
            postgresql_where=text("state = 'sending'"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    staff_id: Mapped[int] = mapped_column()
    kind: Mapped[str] = mapped_column(String(10))  # notification_rules.KINDS, or "due"
    subject: Mapped[str] = mapped_column(String(40))  # "voice:12", "story:5": what a tap leads to
    cause: Mapped[str] = mapped_column(String(60))  # the one fact it follows from: "line:345"
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(8), default="waiting", server_default="waiting")
    code: Mapped[str] = mapped_column(String(16), default="", server_default="")
    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
