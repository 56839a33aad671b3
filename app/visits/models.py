"""What was bought and when. The stamp is a consequence of a visit, not the same thing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model
from app.kit.columns import BigId, UtcDateTime


class Product(Model):
    """Something on the shop's menu."""

    __tablename__ = "products"
    __table_args__ = (UniqueConstraint("shop_id", "id"), UniqueConstraint("shop_id", "name"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    name: Mapped[str] = mapped_column(String(60))
    price: Mapped[int] = mapped_column()  # won
    # Days until it has been used, so that asking how it was makes sense; until it is used up and bought again.
    review_days: Mapped[int | None] = mapped_column()
    rebuy_days: Mapped[int | None] = mapped_column()
    is_pick: Mapped[bool] = mapped_column(
        default=False, server_default=false()
    )  # {추천 상품}: the owner's tick


class Visit(Model):
    """One visit or purchase, from any channel."""

    __tablename__ = "visits"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        ForeignKeyConstraint(["shop_id", "customer_id"], ["customers.shop_id", "customers.id"]),
        Index("ix_visits_shop_customer_at", "shop_id", "customer_id", "at"),
        Index("ix_visits_shop_at", "shop_id", "at"),
        # What came from a file or another program comes once, however often it is sent.
        Index(
            "uq_visits_one_source",
            "shop_id",
            "channel",
            "source_key",
            unique=True,
            sqlite_where=text("source_key IS NOT NULL"),
            postgresql_where=text("source_key IS NOT NULL"),
        ),
        Index(
            "ix_visits_shop_import",
            "shop_id",
            "import_id",
            sqlite_where=text("import_id IS NOT NULL"),
            postgresql_where=text("import_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    customer_id: Mapped[int] = mapped_column()
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    # shop | smartstore | coupang | cafe24 | esm | pos | file | api
    channel: Mapped[str] = mapped_column(String(12), default="shop")
    source_key: Mapped[str | None] = mapped_column(String(64))  # the order's number there
    import_id: Mapped[int | None] = mapped_column()
    amount: Mapped[int | None] = mapped_column()  # won; never required
    staff_id: Mapped[int | None] = mapped_column()
    party_size: Mapped[int] = mapped_column(default=1)
    is_first: Mapped[bool] = mapped_column(default=False)  # counted as a new customer on its day
    reversed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class VisitItem(Model):
    """One line of a visit."""

    __tablename__ = "visit_items"
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "visit_id"], ["visits.shop_id", "visits.id"]),
        ForeignKeyConstraint(["shop_id", "product_id"], ["products.shop_id", "products.id"]),
        Index("ix_visit_items_shop_visit", "shop_id", "visit_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column()
    visit_id: Mapped[int] = mapped_column()
    product_id: Mapped[int] = mapped_column()
    quantity: Mapped[int] = mapped_column(default=1)
    price: Mapped[int] = mapped_column()  # won, one piece
