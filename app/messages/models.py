"""The outbox: the database is the truth, the queue only says "wake up".

Times that people see (`due_at`, …) run on the application's clock. Leases, pauses and circuits run on
the database's clock (`*_ms`, unix milliseconds): two processes may disagree about the hour, never about
whose turn it is.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
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


class Automation(Model):
    """What a shop changed about a kind: switched off, other words, another delay. No row = the defaults."""

    __tablename__ = "automations"
    __table_args__ = (UniqueConstraint("shop_id", "kind"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    kind: Mapped[str] = mapped_column(String(24))
    is_on: Mapped[bool] = mapped_column(default=True)
    text: Mapped[str] = mapped_column(Text, default="")  # "" = the default words
    delay_minutes: Mapped[int | None] = mapped_column()
    # A second text that every other person gets while the two are compared; "" = nothing is compared.
    text_b: Mapped[str] = mapped_column(Text, default="", server_default="")
    compared_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # since when
    as_ad: Mapped[bool] = mapped_column(
        default=False, server_default=false()
    )  # a notice the shop sends as an ad
    # Channels it may take, a space between; "" = the kind's own, those that cost nothing.
    ways: Mapped[str] = mapped_column(String(80), default="", server_default="")
    holds_out: Mapped[bool] = mapped_column(default=True, server_default=true())  # to see what it brings
    paused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # too much of it went wrong
    paused_why: Mapped[str] = mapped_column(String(160), default="", server_default="")
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Message(Model):
    """One message to one person over one channel, written in the transaction of its cause.

    state: ready → claimed → sending → sent → delivered | undelivered; sending → unknown;
    → suppressed (with reason) | failed | dead | cancelled | expired.
    """

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        UniqueConstraint("shop_id", "dedupe_key"),
        UniqueConstraint("provider_key"),
        ForeignKeyConstraint(["shop_id", "customer_id"], ["customers.shop_id", "customers.id"]),
        # Only rows that still want something: the index stays small however long the history grows. SQLite takes
        # it only for a query that names the same condition (turns.still_open).
        Index(
            "ix_messages_open",
            "state",
            "not_after",
            sqlite_where=text("state IN ('ready', 'claimed', 'sending', 'unknown')"),
            postgresql_where=text("state IN ('ready', 'claimed', 'sending', 'unknown')"),
        ),
        # What waits for a worker, and nothing else: which shops have something due on which channels is read
        # by leaping from one to the next, however many rows one of them has.
        Index(
            "ix_messages_waiting",
            "shop_id",
            "channel",
            "due_at",
            "id",
            sqlite_where=text("state = 'ready' AND staged_at IS NULL"),
            postgresql_where=text("state = 'ready' AND staged_at IS NULL"),
        ),
        # Whom a kind was sent to lately, however many letters lie on cards (results.py names the same condition).
        Index(
            "ix_messages_travelled",
            "shop_id",
            "kind",
            "sent_at",
            sqlite_where=text("sent_at IS NOT NULL AND channel <> 'card'"),
            postgresql_where=text("sent_at IS NOT NULL AND channel <> 'card'"),
        ),
        Index("ix_messages_shop_customer", "shop_id", "customer_id", "channel", "id"),
        Index("ix_messages_shop_cause", "shop_id", "cause"),
        Index("ix_messages_shop_channel_state", "shop_id", "channel", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    customer_id: Mapped[int] = mapped_column()
    kind: Mapped[str] = mapped_column(String(24))
    channel: Mapped[str] = mapped_column(String(16))
    cause: Mapped[str] = mapped_column(String(40))  # "visit:12"
    dedupe_key: Mapped[str] = mapped_column(String(90))
    state: Mapped[str] = mapped_column(String(12), default="ready")
    code: Mapped[str] = mapped_column(String(24), default="")  # why it waits or was left out, for programs
    reason: Mapped[str] = mapped_column(String(160), default="")  # the same in the owner's words
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    not_after: Mapped[datetime] = mapped_column(UtcDateTime)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    text: Mapped[str] = mapped_column(Text, default="")  # as it went out
    variant: Mapped[str] = mapped_column(String(1), default="", server_default="")  # a | b of two compared
    provider_key: Mapped[str] = mapped_column(String(32))  # ours, the same in every attempt
    provider_id: Mapped[str] = mapped_column(String(80), default="")
    # Keyed hash of the address it was handed over with: what is said later is said of that one.
    address_key: Mapped[str] = mapped_column(String(64), default="", server_default="")
    fence: Mapped[int] = mapped_column(default=0)  # grows with every change of hands
    lease_ms: Mapped[int | None] = mapped_column(
        BigInteger
    )  # unix ms on the database's clock; of a ready row: not tried again before; of a sent one: not asked about before
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    staged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # lies ready in the by-hand queue
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # seen on the card


class Attempt(Model):
    """One call to a provider, written before the call. `outcome` "" = nobody came back to say."""

    __tablename__ = "attempts"
    __table_args__ = (
        UniqueConstraint("message_id", "fence"),
        ForeignKeyConstraint(["shop_id", "message_id"], ["messages.shop_id", "messages.id"]),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column()
    message_id: Mapped[int] = mapped_column()
    fence: Mapped[int] = mapped_column()
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str] = mapped_column(String(10), default="")  # accepted | rejected | unknown | by_hand
    detail: Mapped[str] = mapped_column(String(160), default="")


class AdGrant(Model):
    """The right to send one ad to one person: counted for the cap, tied to the message, not to a try."""

    __tablename__ = "ad_grants"
    __table_args__ = (
        UniqueConstraint("message_id"),
        ForeignKeyConstraint(["shop_id", "message_id"], ["messages.shop_id", "messages.id"]),
        Index("ix_ad_grants_shop_customer_at", "shop_id", "customer_id", "at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column()
    customer_id: Mapped[int] = mapped_column()
    message_id: Mapped[int] = mapped_column()
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ChannelHealth(Model):
    """How a provider has been behaving, for all workers."""

    __tablename__ = "channel_health"

    channel: Mapped[str] = mapped_column(String(16), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)  # transport failures in a row
    rest_until_ms: Mapped[int] = mapped_column(BigInteger, default=0)  # paused, or its circuit is open


class ClockLease(Model):
    """Who is the clock now. `seen_at` is the heartbeat that /readyz reads."""

    __tablename__ = "clock_leases"

    name: Mapped[str] = mapped_column(String(16), primary_key=True)
    holder: Mapped[str] = mapped_column(String(64), default="")
    until_ms: Mapped[int] = mapped_column(BigInteger, default=0)
    seen_ms: Mapped[int] = mapped_column(BigInteger, default=0)


class PeriodicTask(Model):
    """Work that comes again. Taken by moving `next_run_at` forward, which only one process can."""

    __tablename__ = "periodic_tasks"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    next_run_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_run_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class DemoPhoneMessage(Model):
    """What the demo carrier took in. The key is unique: the same letter twice is one bubble."""

    __tablename__ = "demo_phone_messages"
    __table_args__ = (UniqueConstraint("key"), Index("ix_demo_phone_messages_shop", "shop_id", "id"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    key: Mapped[str] = mapped_column(String(32))
    to: Mapped[str] = mapped_column(String(16))  # E.164
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
