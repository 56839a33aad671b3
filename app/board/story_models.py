"""손님 사진: what customers show of what they bought, cooked or saw, with the shop's answer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model
from app.kit.columns import BigId, UtcDateTime


class Story(Model):
    """One contribution: photos or a link to where they were posted. Shown when the person agreed and the shop let it."""

    __tablename__ = "stories"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        UniqueConstraint("shop_id", "once"),
        ForeignKeyConstraint(["shop_id", "customer_id"], ["customers.shop_id", "customers.id"]),
        ForeignKeyConstraint(["shop_id", "event_id"], ["events.shop_id", "events.id"]),
        Index("ix_stories_shop_customer", "shop_id", "customer_id"),
        Index("ix_stories_shop_passed", "shop_id", "passed_at", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    customer_id: Mapped[int] = mapped_column()
    once: Mapped[str] = mapped_column(String(40))
    event_id: Mapped[int | None] = (
        mapped_column()
    )  # the event it was sent for: that is told wherever it is shown
    sort: Mapped[str] = mapped_column(String(6))  # cook | visit | use
    text: Mapped[str] = mapped_column(Text, default="")
    link: Mapped[str] = mapped_column(String(200), default="")  # where it was posted
    shown_name: Mapped[str] = mapped_column(String(40), default="")  # masked
    agreed_at: Mapped[datetime | None] = mapped_column(
        UtcDateTime
    )  # to be shown on the shop's page; None: not
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    passed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the shop let it be shown
    comment: Mapped[str] = mapped_column(Text, default="")  # the owner's
    commented_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    linked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # "댓글 달았어요" at the linked place
    hidden_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    hidden_cause: Mapped[str] = mapped_column(String(10), default="")


class StoryPhoto(Model):
    """A photo of a contribution."""

    __tablename__ = "story_photos"
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "story_id"], ["stories.shop_id", "stories.id"]),
        ForeignKeyConstraint(["shop_id", "photo_id"], ["photos.shop_id", "photos.id"]),
        Index("ix_story_photos_shop_photo", "shop_id", "photo_id"),
    )

    shop_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    story_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    photo_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
