"""손님 말씀: what a customer says to the owner alone, and the thread that follows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model
from app.kit.columns import BigId, UtcDateTime


class Voice(Model):
    """One matter a customer brought up."""

    __tablename__ = "voices"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        UniqueConstraint("shop_id", "review_id"),
        ForeignKeyConstraint(["shop_id", "customer_id"], ["customers.shop_id", "customers.id"]),
        ForeignKeyConstraint(["shop_id", "review_id"], ["reviews.shop_id", "reviews.id"]),
        Index("ix_voices_shop_customer", "shop_id", "customer_id"),
        Index("ix_voices_shop_opened", "shop_id", "opened_at"),
        Index(
            "ix_voices_open",
            "shop_id",
            "opened_at",
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index(
            "ix_voices_waiting",
            "shop_id",
            "waiting_since",
            "id",
            sqlite_where=text("waiting_since IS NOT NULL"),
            postgresql_where=text("waiting_since IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    customer_id: Mapped[int | None] = mapped_column()  # None: heard from somebody the shop could not name
    kind: Mapped[str] = mapped_column(String(10))  # praise | complaint | question | idea
    source: Mapped[str] = mapped_column(
        String(8), default="card", server_default="card"
    )  # card | letter | review | spoken | market | sns
    heard_by: Mapped[int | None] = mapped_column()  # who of the shop wrote down what was heard elsewhere
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # a complaint is to be answered by then
    # And by then again, when its customer spoke after an answer; None: a day after they spoke.
    again_due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    review_id: Mapped[int | None] = mapped_column()  # 아쉬웠어요 in a review opened it
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # The shop's first answer to this person, also one said aloud that the closing tells of; what is told to everybody
    # with a cause ("고쳤어요") is none.
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    waiting_since: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the customer spoke last, since then
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by: Mapped[int | None] = (
        mapped_column()
    )  # staff; None with closed_at: the customer said it is settled
    closed_note: Mapped[str] = mapped_column(String(200), default="", server_default="")
    reopened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    came_back_at: Mapped[datetime | None] = mapped_column(
        UtcDateTime
    )  # the first visit within 60 days of the answer


class VoiceLine(Model):
    """One thing said in a thread."""

    __tablename__ = "voice_lines"
    __table_args__ = (
        UniqueConstraint("shop_id", "once"),
        ForeignKeyConstraint(["shop_id", "voice_id"], ["voices.shop_id", "voices.id"]),
        UniqueConstraint("shop_id", "id"),
        Index("ix_voice_lines_shop_voice", "shop_id", "voice_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column()
    voice_id: Mapped[int] = mapped_column()
    staff_id: Mapped[int | None] = mapped_column()  # None: the customer said it
    text: Mapped[str] = mapped_column(Text)
    once: Mapped[str] = mapped_column(String(40))  # client-made: a second tap is the same line
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # by the other side
