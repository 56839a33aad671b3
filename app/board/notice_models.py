"""가게 소식: what a shop tells its people, who read it, and where else the shop is to be found."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model
from app.kit.columns import BigId, UtcDateTime


class Notice(Model):
    """One piece of news: draft → shown → taken down. It lies on the card; a message about it is a campaign."""

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        UniqueConstraint("shop_id", "once"),
        ForeignKeyConstraint(["shop_id", "product_id"], ["products.shop_id", "products.id"]),
        Index("ix_notices_shop_shown", "shop_id", "shown_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    once: Mapped[str] = mapped_column(String(40))  # of the form that made it: two taps make one
    sort: Mapped[str] = mapped_column(String(8))  # notice | season | product
    title: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(Text, default="")
    photo: Mapped[str] = mapped_column(String(40), default="")  # name of its picture's file, or ""
    group: Mapped[str] = mapped_column("group_key", String(20), default="")  # who sees it; "" = everybody
    product_id: Mapped[int | None] = mapped_column()  # what is in season or new, where it is a product
    is_first: Mapped[bool] = mapped_column(default=False, server_default=false())  # stays on top
    staff_id: Mapped[int] = mapped_column()
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    shown_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # None: still being written
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class NoticeRead(Model):
    """A person opened a piece of news: once, however often they look. A row of its own number, so that it goes
    along when two cards of one person become one."""

    __tablename__ = "notice_reads"
    __table_args__ = (
        UniqueConstraint("shop_id", "notice_id", "customer_id"),
        ForeignKeyConstraint(["shop_id", "notice_id"], ["notices.shop_id", "notices.id"]),
        ForeignKeyConstraint(["shop_id", "customer_id"], ["customers.shop_id", "customers.id"]),
        Index("ix_notice_reads_shop_customer", "shop_id", "customer_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column()
    notice_id: Mapped[int] = mapped_column()
    customer_id: Mapped[int] = mapped_column()
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ShopLink(Model):
    """Where else the shop is: its page somewhere, as the shop page links it. Its Kakao channel is kept with the ways
    of sending (messages/way_models)."""

    __tablename__ = "shop_links"

    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"), primary_key=True, autoincrement=False)
    sort: Mapped[str] = mapped_column(String(10), primary_key=True)  # instagram | band | openchat
    url: Mapped[str] = mapped_column(String(200))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ParcelSetting(Model):
    """What a shop says on the slip in a parcel. No row = the words we begin with."""

    __tablename__ = "parcel_settings"

    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"), primary_key=True, autoincrement=False)
    thanks: Mapped[str] = mapped_column(String(60), default="")  # "" = the words we begin with
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
