"""What a shop does about reviews: hiding one for a listed cause, and the words people use in them, counted."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model
from app.kit.columns import BigId, UtcDateTime


class ReviewHiding(Model):
    """A review that is not shown, for a listed cause and never for its rating (전자상거래법 21조 ①1). A row is never
    deleted: public pages count what is hidden by cause."""

    __tablename__ = "review_hidings"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        ForeignKeyConstraint(["shop_id", "review_id"], ["reviews.shop_id", "reviews.id"]),
        Index(
            "ix_review_hidings_standing",
            "shop_id",
            "review_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column()
    review_id: Mapped[int] = mapped_column()
    cause: Mapped[str] = mapped_column(String(10))  # abuse | private | untrue | ad | twice
    note: Mapped[str] = mapped_column(String(200), default="")  # what in it; for the shop's own record
    staff_id: Mapped[int] = mapped_column()
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # shown again
    ended_by: Mapped[int | None] = mapped_column()


class ReviewWord(Model):
    """How many reviews of a month use a word, on which side: worked out at night, of all shown reviews anew."""

    __tablename__ = "review_words"

    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"), primary_key=True, autoincrement=False)
    month: Mapped[date] = mapped_column(Date, primary_key=True)  # its first day
    product_id: Mapped[int] = mapped_column(
        primary_key=True, autoincrement=False
    )  # 0: of the shop as a whole
    word: Mapped[str] = mapped_column(String(20), primary_key=True)
    side: Mapped[str] = mapped_column(String(6), primary_key=True)  # praise | blame
    reviews: Mapped[int] = mapped_column()
