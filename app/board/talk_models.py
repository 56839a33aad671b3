"""단골 게시판 and 질문과 답: what customers say among each other and ask in public, and what is reported of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model
from app.kit.columns import BigId, UtcDateTime


class BoardSetting(Model):
    """Whether a shop has a board. No row: it has none."""

    __tablename__ = "board_settings"

    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"), primary_key=True, autoincrement=False)
    has_board: Mapped[bool] = mapped_column(default=False)
    has_stories: Mapped[bool] = mapped_column(default=True)
    checks_first: Mapped[bool] = mapped_column(default=True)  # photos are shown once the shop has seen them
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Post(Model):
    """One post, of a customer or of the shop. What is taken down keeps its row."""

    __tablename__ = "posts"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        UniqueConstraint("shop_id", "once"),
        ForeignKeyConstraint(["shop_id", "customer_id"], ["customers.shop_id", "customers.id"]),
        ForeignKeyConstraint(["shop_id", "event_id"], ["events.shop_id", "events.id"]),
        Index("ix_posts_shop_customer", "shop_id", "customer_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    customer_id: Mapped[int | None] = mapped_column()
    staff_id: Mapped[int | None] = mapped_column()
    event_id: Mapped[int | None] = (
        mapped_column()
    )  # the event it was written for: that is told wherever it is shown
    once: Mapped[str] = mapped_column(String(40))
    shown_name: Mapped[str] = mapped_column(String(40), default="")
    title: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(Text)
    is_first: Mapped[bool] = mapped_column(default=False, server_default=false())
    comments: Mapped[int] = mapped_column(default=0)  # shown ones: moved with each
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    hidden_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    hidden_cause: Mapped[str] = mapped_column(String(10), default="")  # "mine": its writer took it down


class PostComment(Model):
    """One comment under a post."""

    __tablename__ = "post_comments"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        UniqueConstraint("shop_id", "once"),
        ForeignKeyConstraint(["shop_id", "post_id"], ["posts.shop_id", "posts.id"]),
        ForeignKeyConstraint(["shop_id", "customer_id"], ["customers.shop_id", "customers.id"]),
        Index("ix_post_comments_shop_post", "shop_id", "post_id", "id"),
        Index("ix_post_comments_shop_customer", "shop_id", "customer_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column()
    post_id: Mapped[int] = mapped_column()
    customer_id: Mapped[int | None] = mapped_column()
    staff_id: Mapped[int | None] = mapped_column()
    once: Mapped[str] = mapped_column(String(40))
    shown_name: Mapped[str] = mapped_column(String(40), default="")
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    hidden_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    hidden_cause: Mapped[str] = mapped_column(String(10), default="")


class Question(Model):
    """A question in public with the shop's answer."""

    __tablename__ = "questions"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        UniqueConstraint("shop_id", "once"),
        ForeignKeyConstraint(["shop_id", "customer_id"], ["customers.shop_id", "customers.id"]),
        ForeignKeyConstraint(["shop_id", "product_id"], ["products.shop_id", "products.id"]),
        Index("ix_questions_shop_customer", "shop_id", "customer_id"),
        Index(
            "ix_questions_unanswered",
            "shop_id",
            "id",
            sqlite_where=text("answered_at IS NULL AND hidden_at IS NULL"),
            postgresql_where=text("answered_at IS NULL AND hidden_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    customer_id: Mapped[int] = mapped_column()
    product_id: Mapped[int | None] = mapped_column()
    once: Mapped[str] = mapped_column(String(40))
    shown_name: Mapped[str] = mapped_column(String(40), default="")
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by: Mapped[int | None] = mapped_column()
    hidden_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    hidden_cause: Mapped[str] = mapped_column(String(10), default="")


class Report(Model):
    """A customer reports what another one showed. `what` names its table in one word, `row_id` the row there."""

    __tablename__ = "reports_of_content"
    __table_args__ = (
        UniqueConstraint("shop_id", "what", "row_id", "customer_id"),
        ForeignKeyConstraint(["shop_id", "customer_id"], ["customers.shop_id", "customers.id"]),
        Index("ix_reports_of_content_shop_customer", "shop_id", "customer_id"),
        Index(
            "ix_reports_of_content_open",
            "shop_id",
            "id",
            sqlite_where=text("settled_at IS NULL"),
            postgresql_where=text("settled_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    customer_id: Mapped[int] = mapped_column()
    what: Mapped[str] = mapped_column(String(8))  # review | story | post | comment | question
    row_id: Mapped[int] = mapped_column()
    cause: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_by: Mapped[int | None] = mapped_column()
