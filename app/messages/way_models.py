"""How a shop's messages travel: its own accounts, approved templates, reports, what it costs, browsers to push to."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model
from app.kit.columns import BigId, UtcDateTime


class MessageSettings(Model):
    """What a shop decided about its messages as a whole. No row = the defaults."""

    __tablename__ = "message_settings"

    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"), primary_key=True, autoincrement=False)
    # Won in a calendar month for what a provider charges for; a shop that never chose spends no more than this.
    month_won: Mapped[int] = mapped_column(default=30_000, server_default="30000")
    hand_minute: Mapped[int] = mapped_column(default=15 * 60, server_default="900")  # the owner's quiet hour
    hand_most: Mapped[int] = mapped_column(
        default=100, server_default="100"
    )  # what their carrier lets out a day
    hand_done_on: Mapped[date | None] = mapped_column(Date)  # 오늘은 그만: nothing more is shown that day
    # After a restore the owner looked at their phone's own texts, last at this moment.
    hand_checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    talk_channel: Mapped[str] = mapped_column(
        String(60), default="", server_default=""
    )  # 카카오톡 채널: "_abCd"
    # Who says nothing to the two-yearly question keeps the consent (망법 시행령 62조의3), or loses it.
    silence_keeps: Mapped[bool] = mapped_column(default=True, server_default=true())
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ChannelAccount(Model):
    """A shop's own account with a provider. Its keys are sealed and leave this row only for a call.

    state: on | off | wrong (the provider does not know the keys) | paused (too many went wrong).
    """

    __tablename__ = "channel_accounts"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        UniqueConstraint("shop_id", "provider"),
        UniqueConstraint("hook"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    provider: Mapped[str] = mapped_column(String(12))  # solapi | nhn
    sealed: Mapped[str] = mapped_column(Text)  # JSON of the keys, AES-256-GCM, bound to shop and provider
    sender: Mapped[str] = mapped_column(String(16), default="")  # the registered 발신번호, digits
    settings: Mapped[dict[str, Any]] = mapped_column(
        JSON, default=dict
    )  # nothing secret: profile, 080, prices
    state: Mapped[str] = mapped_column(String(8), default="off")
    detail: Mapped[str] = mapped_column(String(160), default="")  # why, in the owner's words
    hook: Mapped[str] = mapped_column(String(24))  # 128 bits in the address that reports are posted to
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    tested_at: Mapped[datetime | None] = mapped_column(
        UtcDateTime
    )  # 시험 보내기 arrived at the owner's phone
    # How it has been behaving, as ChannelHealth says it of a deployment's own channels.
    failures: Mapped[int] = mapped_column(default=0, server_default="0")
    rest_until_ms: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    opt_outs_until: Mapped[datetime | None] = mapped_column(UtcDateTime)  # how far its 수신거부 list was read


class TalkTemplate(Model):
    """A kind's text as it stands, or waits, at Kakao. state: written | asked | approved | refused | stopped."""

    __tablename__ = "talk_templates"
    __table_args__ = (
        UniqueConstraint("shop_id", "provider", "kind"),
        ForeignKeyConstraint(
            ["shop_id", "provider"], ["channel_accounts.shop_id", "channel_accounts.provider"]
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column()
    provider: Mapped[str] = mapped_column(String(12))
    kind: Mapped[str] = mapped_column(String(24))
    code: Mapped[str] = mapped_column(String(64), default="")  # the provider's name for it
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(8), default="written")
    detail: Mapped[str] = mapped_column(String(160), default="")  # the inspectors' words
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DeliveryReport(Model):
    """What a provider told about messages, as it came; unique by its own event, applied forward only."""

    __tablename__ = "delivery_reports"
    __table_args__ = (
        UniqueConstraint("shop_id", "provider", "event_id"),
        Index("ix_delivery_reports_received", "received_at"),
        Index("ix_delivery_reports_shop_key", "shop_id", "key"),
        # Few wait: a report that came before our own note of its message.
        Index(
            "ix_delivery_reports_waiting",
            "received_at",
            sqlite_where=text("applied_at IS NULL"),
            postgresql_where=text("applied_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    provider: Mapped[str] = mapped_column(String(12))
    event_id: Mapped[str] = mapped_column(String(80))
    key: Mapped[str] = mapped_column(String(32), default="")  # ours, of the message it speaks of
    delivered: Mapped[bool] = mapped_column(default=True, server_default=true())
    dead_address: Mapped[bool] = mapped_column(default=False, server_default=false())
    detail: Mapped[str] = mapped_column(String(160), default="", server_default="")
    raw: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    applied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MonthSpending(Model):
    """What a shop's messages cost in a calendar month. Raised by one conditional update, never past the budget."""

    __tablename__ = "month_spendings"

    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"), primary_key=True, autoincrement=False)
    month: Mapped[str] = mapped_column(String(7), primary_key=True)  # "2026-11"
    won: Mapped[int] = mapped_column(default=0)
    told_share: Mapped[int] = mapped_column(default=0, server_default="0")  # percent the owner was told of


class Charge(Model):
    """The right to spend for one message: tied to the message, not to a try."""

    __tablename__ = "charges"
    __table_args__ = (
        UniqueConstraint("message_id"),
        ForeignKeyConstraint(["shop_id", "message_id"], ["messages.shop_id", "messages.id"]),
        Index("ix_charges_shop_month", "shop_id", "month"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column()
    message_id: Mapped[int] = mapped_column()
    month: Mapped[str] = mapped_column(String(7))
    won: Mapped[int] = mapped_column()
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Restore(Model):
    """The database was put back from a backup, surely or perhaps: noted when the worker began again."""

    __tablename__ = "restores"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    is_sure: Mapped[bool] = mapped_column()
    backup_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the last thing the database knew of


class SendTally(Model):
    """How the latest letters of an automation (its kind) or a campaign ("campaign:12") fared; halved as it grows."""

    __tablename__ = "send_tallies"

    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"), primary_key=True, autoincrement=False)
    what: Mapped[str] = mapped_column(String(40), primary_key=True)
    tried: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)


class PushSubscription(Model):
    """A browser that lets a shop push to it (RFC 8030); one person may have several."""

    __tablename__ = "push_subscriptions"
    __table_args__ = (
        UniqueConstraint("shop_id", "endpoint_key"),
        ForeignKeyConstraint(["shop_id", "customer_id"], ["customers.shop_id", "customers.id"]),
        Index("ix_push_subscriptions_shop_customer", "shop_id", "customer_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column()
    customer_id: Mapped[int] = mapped_column()
    browser_hash: Mapped[str] = mapped_column(String(64))  # whose logout ends it
    endpoint: Mapped[str] = mapped_column(Text)
    endpoint_key: Mapped[str] = mapped_column(String(64))  # keyed hash of it
    p256dh: Mapped[str] = mapped_column(String(120))
    auth: Mapped[str] = mapped_column(String(40))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
