"""What an owner writes to one person, and who asked to be told that the work is done."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model
from app.kit.columns import BigId, UtcDateTime


class PersonalLetter(Model):
    """The owner's own words to one person, perhaps with a photo. A draft until `sent_at`; then a message has them.

    The photo is a row of `photos` without a review (reviews/models.py), named by `photo_ref`.
    """

    __tablename__ = "personal_letters"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        ForeignKeyConstraint(["shop_id", "customer_id"], ["customers.shop_id", "customers.id"]),
        ForeignKeyConstraint(["shop_id", "staff_id"], ["staff.shop_id", "staff.id"]),
        ForeignKeyConstraint(["shop_id", "done_id"], ["done_requests.shop_id", "done_requests.id"]),
        Index("ix_personal_letters_shop_customer", "shop_id", "customer_id", "id"),
        Index("ix_personal_letters_shop_photo", "shop_id", "photo_ref"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    customer_id: Mapped[int] = mapped_column()
    staff_id: Mapped[int] = mapped_column()  # who writes it; nobody else goes on with their draft
    done_id: Mapped[int | None] = mapped_column()  # the request it answers: 끝나면 사진 받을게요
    text: Mapped[str] = mapped_column(Text, default="")
    photo_ref: Mapped[str | None] = mapped_column(String(24))
    kind: Mapped[str] = mapped_column(String(24), default="", server_default="")  # as it was sent
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class DoneRequest(Model):
    """끝나면 사진 받을게요: asked for at drop-off, answered once. state: waiting | done | withdrawn."""

    __tablename__ = "done_requests"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        UniqueConstraint("shop_id", "once"),
        ForeignKeyConstraint(["shop_id", "customer_id"], ["customers.shop_id", "customers.id"]),
        Index("ix_done_requests_shop_customer", "shop_id", "customer_id", "id"),
        Index(
            "ix_done_requests_waiting",
            "shop_id",
            "id",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    customer_id: Mapped[int] = mapped_column()
    once: Mapped[str] = mapped_column(String(40))
    what: Mapped[str] = mapped_column(String(20), default="")  # whom or what they left: "콩이"; "" = not said
    staff_id: Mapped[int | None] = (
        mapped_column()
    )  # who noted it at the counter; None: the customer, on the card
    state: Mapped[str] = mapped_column(String(9), default="waiting")
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
