"""What a shop does about reviews, and what is known of them: hiding one for a listed cause, their sums and their words."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint, text
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


class ReviewGoods(Model):
    """What a reviewed visit had in its basket when the review was written: by product, reviews are found by this."""

    __tablename__ = "review_goods"
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "product_id"], ["products.shop_id", "products.id"]),
        ForeignKeyConstraint(["shop_id", "review_id"], ["reviews.shop_id", "reviews.id"]),
        Index("ix_review_goods_shop_review", "shop_id", "review_id"),
    )

    shop_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    product_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    review_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class ReviewSum(Model):
    """How many shown reviews a shop has by stars: kept with every review, so that no page adds thousands up."""

    __tablename__ = "review_sums"

    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"), primary_key=True, autoincrement=False)
    product_id: Mapped[int] = mapped_column(
        primary_key=True, autoincrement=False
    )  # 0: of the shop as a whole
    stars: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    reviews: Mapped[int] = mapped_column()


class ReviewWord(Model):
    """A word by which a review praises or blames something: found at night, once for each review."""

    __tablename__ = "review_words"
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "review_id"], ["reviews.shop_id", "reviews.id"]),
        Index("ix_review_words_shop_word", "shop_id", "word", "side", "review_id"),
    )

    shop_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    review_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    word: Mapped[str] = mapped_column(String(20), primary_key=True)
    side: Mapped[str] = mapped_column(String(6), primary_key=True)  # praise | blame
