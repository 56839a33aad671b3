"""Other programs that work with a shop: their keys, the answers they were given, where news of the shop goes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model
from app.kit.columns import BigId, UtcDateTime


class ApiKey(Model):
    """What lets a till or a mall speak for a shop. The key itself is shown once and stored nowhere.

    It acts in the name of whom made it: their line stands in the ledger and in the log of who looked.
    """

    __tablename__ = "api_keys"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        UniqueConstraint("key_hash"),
        ForeignKeyConstraint(["shop_id", "made_by"], ["staff.shop_id", "staff.id"]),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    name: Mapped[str] = mapped_column(String(40))  # "계산대 포스"
    key_hash: Mapped[str] = mapped_column(String(64))  # SHA-256 of 256 random bits
    key_end: Mapped[str] = mapped_column(String(4))
    scopes: Mapped[str] = mapped_column(String(40))  # some of: visits customers events
    made_by: Mapped[int] = mapped_column()
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # How often in which minute: counted here, so that two processes do not let twice as many through.
    minute_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    minute_count: Mapped[int] = mapped_column(default=0, server_default="0")


class ApiAnswer(Model):
    """What a key's Idempotency-Key was answered: the same request again gets the same answer. No names in it."""

    __tablename__ = "api_answers"
    __table_args__ = (
        UniqueConstraint("shop_id", "key_id", "once"),
        ForeignKeyConstraint(["shop_id", "key_id"], ["api_keys.shop_id", "api_keys.id"]),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column()
    key_id: Mapped[int] = mapped_column()
    once: Mapped[str] = mapped_column(String(64))  # hash of the Idempotency-Key
    body_hash: Mapped[str] = mapped_column(String(64))
    answer: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Webhook(Model):
    """An address of another program to which the shop's news goes."""

    __tablename__ = "webhooks"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        ForeignKeyConstraint(["shop_id", "made_by"], ["staff.shop_id", "staff.id"]),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    url: Mapped[str] = mapped_column(String(300))
    sealed: Mapped[str] = mapped_column(Text)  # the secret it is signed with
    events: Mapped[str] = mapped_column(String(160))
    state: Mapped[str] = mapped_column(String(8), default="on")  # on | off | stopped (it failed for days)
    made_by: Mapped[int] = mapped_column()
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    failures: Mapped[int] = mapped_column(default=0, server_default="0")  # in a row
    failing_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rest_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_ok_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_code: Mapped[str] = mapped_column(String(20), default="", server_default="")


class WebhookNews(Model):
    """One piece of news for one address, written with what it tells of. Only numbers and times, nobody's name."""

    __tablename__ = "webhook_news"
    __table_args__ = (
        UniqueConstraint("ref"),
        ForeignKeyConstraint(["shop_id", "webhook_id"], ["webhooks.shop_id", "webhooks.id"]),
        Index(
            "ix_webhook_news_waiting",
            "shop_id",
            "webhook_id",
            "due_at",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column()
    webhook_id: Mapped[int] = mapped_column()
    ref: Mapped[str] = mapped_column(String(32))  # the webhook-id header: the same at every try
    event: Mapped[str] = mapped_column(String(24))
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    state: Mapped[str] = mapped_column(String(8), default="waiting")  # waiting | sent | gone
    code: Mapped[str] = mapped_column(String(20), default="", server_default="")  # what the last try met


class MallEvent(Model):
    """What somebody looked at or left in the cart in the shop's own mall. Only while the shop has it switched on."""

    __tablename__ = "mall_events"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        UniqueConstraint("shop_id", "customer_id", "kind", "item", "at"),
        ForeignKeyConstraint(["shop_id", "customer_id"], ["customers.shop_id", "customers.id"]),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column()
    customer_id: Mapped[int] = mapped_column()
    kind: Mapped[str] = mapped_column(String(10))  # viewed | cart_left
    item: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
