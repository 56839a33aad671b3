"""What customers say in public about a visit, their photos, and the shop's answer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model
from app.kit.columns import BigId, UtcDateTime


class ReviewSetting(Model):
    """What a shop decided about reviews. No row = the defaults."""

    __tablename__ = "review_settings"

    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"), primary_key=True, autoincrement=False)
    reward_stamps: Mapped[int] = mapped_column(
        default=0
    )  # given for a review; 0 = none, and nothing to disclose
    hashtag: Mapped[str] = mapped_column(String(30), default="")  # without the #
    naver_url: Mapped[str] = mapped_column(String(200), default="")
    kakao_url: Mapped[str] = mapped_column(String(200), default="")
    google_url: Mapped[str] = mapped_column(String(200), default="")
    checks_photos: Mapped[bool] = mapped_column(
        default=False, server_default=false()
    )  # shown once the shop saw them
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ReviewAsk(Model):
    """The right to review one visit: the link that a message carries, or the card's own button."""

    __tablename__ = "review_asks"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        UniqueConstraint("shop_id", "visit_id"),
        ForeignKeyConstraint(["shop_id", "customer_id"], ["customers.shop_id", "customers.id"]),
        ForeignKeyConstraint(["shop_id", "visit_id"], ["visits.shop_id", "visits.id"]),
        ForeignKeyConstraint(["shop_id", "product_id"], ["products.shop_id", "products.id"]),
        Index("ix_review_asks_shop_customer", "shop_id", "customer_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    customer_id: Mapped[int] = mapped_column()
    visit_id: Mapped[int] = mapped_column()
    token: Mapped[str] = mapped_column(String(24), unique=True)  # 128 bits
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    wanted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # "이번 후기 요청 받을게요"
    product_id: Mapped[int | None] = mapped_column()  # of several bought at once the one that is asked about
    picked: Mapped[int] = mapped_column(default=0)  # photos ever picked for it, also those that are gone


class Review(Model):
    """One review of one visit. The customer's text is never edited."""

    __tablename__ = "reviews"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        UniqueConstraint("shop_id", "ask_id"),
        ForeignKeyConstraint(["shop_id", "customer_id"], ["customers.shop_id", "customers.id"]),
        ForeignKeyConstraint(["shop_id", "ask_id"], ["review_asks.shop_id", "review_asks.id"]),
        Index("ix_reviews_shop_customer", "shop_id", "customer_id"),
        Index(
            "ix_reviews_unanswered",
            "shop_id",
            "id",
            sqlite_where=text("answered_at IS NULL"),
            postgresql_where=text("answered_at IS NULL"),
        ),
        Index(
            "ix_reviews_unread",
            "id",
            sqlite_where=text("words_at IS NULL"),
            postgresql_where=text("words_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    customer_id: Mapped[int] = mapped_column()
    ask_id: Mapped[int] = mapped_column()
    stars: Mapped[int] = mapped_column()  # 1–5
    mood: Mapped[str] = mapped_column(String(4), default="")  # good | fair | bad, "" = not said
    text: Mapped[str] = mapped_column(Text, default="")
    shown_name: Mapped[str] = mapped_column(String(40), default="")  # masked: 김*지
    reward: Mapped[str] = mapped_column(String(40), default="")  # what was given for it: "도장 1개"
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # None: it waits for the shop's answer
    words_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # its words were looked for (ReviewWord)


class ReviewReply(Model):
    """사장님 답글: one to a review."""

    __tablename__ = "review_replies"
    __table_args__ = (
        UniqueConstraint("shop_id", "review_id"),
        ForeignKeyConstraint(["shop_id", "review_id"], ["reviews.shop_id", "reviews.id"]),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column()
    review_id: Mapped[int] = mapped_column()
    staff_id: Mapped[int] = mapped_column()
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Photo(Model):
    """A customer's photo. It is shown only after a job has decoded it and written it anew (S09).

    state: waiting → ready | refused, or dropped: taken out of a form (`pick`) that was not sent. The files are named
    by `ref`; nobody can guess one.
    """

    __tablename__ = "photos"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        UniqueConstraint("shop_id", "ask_id", "digest"),  # the same photo picked twice is one
        UniqueConstraint("shop_id", "pick", "digest"),
        ForeignKeyConstraint(["shop_id", "customer_id"], ["customers.shop_id", "customers.id"]),
        ForeignKeyConstraint(["shop_id", "ask_id"], ["review_asks.shop_id", "review_asks.id"]),
        ForeignKeyConstraint(["shop_id", "review_id"], ["reviews.shop_id", "reviews.id"]),
        Index("ix_photos_shop_ask", "shop_id", "ask_id"),
        Index("ix_photos_shop_review", "shop_id", "review_id"),
        Index("ix_photos_shop_customer", "shop_id", "customer_id"),
        Index(
            "ix_photos_waiting",
            "id",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "ix_photos_unseen",
            "shop_id",
            "id",
            sqlite_where=text("state = 'ready' AND review_id IS NOT NULL AND passed_at IS NULL"),
            postgresql_where=text("state = 'ready' AND review_id IS NOT NULL AND passed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    customer_id: Mapped[int] = mapped_column()
    ask_id: Mapped[int | None] = mapped_column()
    review_id: Mapped[int | None] = mapped_column()  # None: picked, the review is not sent yet
    ref: Mapped[str] = mapped_column(String(24), unique=True)  # 128 bits
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    reason: Mapped[str] = mapped_column(String(80), default="")  # why refused, in the customer's words
    width: Mapped[int] = mapped_column(default=0)  # pixels, once ready
    height: Mapped[int] = mapped_column(default=0)
    tries: Mapped[int] = mapped_column(default=0)  # a photo that kills its worker is given up
    held_until: Mapped[datetime | None] = mapped_column(UtcDateTime)  # a worker is at it
    digest: Mapped[str | None] = mapped_column(String(64))  # SHA-256 of what was picked, hex
    # Picked in another form than a review's: which kind of form and its once-key ("voice:…"), and when that was sent.
    pick: Mapped[str | None] = mapped_column(String(60))
    kept_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    passed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the shop saw it and lets it be shown
    at: Mapped[datetime] = mapped_column(UtcDateTime)
