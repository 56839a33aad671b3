"""이벤트: what one can enter once, and a draw that everybody can check."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model
from app.kit.columns import BigId, UtcDateTime


class Event(Model):
    """Something to enter: draft → open → ended → drawn, or cancelled.

    The seed of its draw is chosen before anybody enters and kept; its SHA-256 is shown from the first moment. After
    the draw the seed itself is shown: whoever has the list of tickets can draw again.
    """

    __tablename__ = "events"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        UniqueConstraint("shop_id", "once"),
        Index("ix_events_shop_ends", "shop_id", "ends_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    once: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(Text, default="")
    prize: Mapped[str] = mapped_column(String(60))  # "수제청 한 병"
    winners: Mapped[int] = mapped_column()
    photo: Mapped[str] = mapped_column(String(40), default="")  # name of its picture's file, or ""
    conditions: Mapped[dict[str, Any]] = mapped_column(
        JSON, default=dict
    )  # see rules: visits, group, age14, asks
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seed: Mapped[str] = mapped_column(String(64))  # 256 random bits, hex; told to nobody before the draw
    seed_hash: Mapped[str] = mapped_column(String(64))  # SHA-256 of the seed's hex, shown from the beginning
    entries: Mapped[int] = mapped_column(default=0)  # how many tickets are out: moved with each entry
    staff_id: Mapped[int] = mapped_column()
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    shown_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    drawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class EventEntry(Model):
    """One person's entry. `ticket` is what the public list shows instead of a name."""

    __tablename__ = "event_entries"
    __table_args__ = (
        UniqueConstraint("shop_id", "event_id", "customer_id"),
        UniqueConstraint("shop_id", "event_id", "number"),
        UniqueConstraint("shop_id", "event_id", "ticket"),
        ForeignKeyConstraint(["shop_id", "event_id"], ["events.shop_id", "events.id"]),
        ForeignKeyConstraint(["shop_id", "customer_id"], ["customers.shop_id", "customers.id"]),
        Index("ix_event_entries_shop_customer", "shop_id", "customer_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column()
    event_id: Mapped[int] = mapped_column()
    # None: they left; the ticket stays, or the draw can't be checked.
    customer_id: Mapped[int | None] = mapped_column()
    number: Mapped[int] = mapped_column()  # 1, 2, 3 … in the order they came
    ticket: Mapped[str] = mapped_column(String(12))  # random
    # Masked, where they agreed that the result names them; "" where not.
    shown_name: Mapped[str] = mapped_column(String(40), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    rank: Mapped[int | None] = mapped_column()  # 1 … winners, once drawn
    given_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the prize was handed over
    # It was not drawn with: when the draw was, its holder had an earlier one, from a card that became one with theirs.
    is_out: Mapped[bool] = mapped_column(default=False, server_default=false())
