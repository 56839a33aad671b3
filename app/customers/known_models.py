"""What a shop knows of a person beyond who they are: its own tags, and who comes along (콩이)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, validates

from app.extensions import Model
from app.kit.columns import BigId, UtcDateTime
from app.kit.korean import initials, small_signs

# Compared by its bytes on both databases: then whatever begins with something lies between two bounds.
_BY_BYTES = String(20).with_variant(String(20, collation="C"), "postgresql")


class Tag(Model):
    """A word of the shop's own for some of its people: "창가 자리", "단체 주문"."""

    __tablename__ = "tags"
    __table_args__ = (UniqueConstraint("shop_id", "id"), UniqueConstraint("shop_id", "name"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    name: Mapped[str] = mapped_column(String(20))


class CustomerTag(Model):
    """A person who carries a tag."""

    __tablename__ = "customer_tags"
    __table_args__ = (
        UniqueConstraint("shop_id", "customer_id", "tag_id"),
        ForeignKeyConstraint(["shop_id", "customer_id"], ["customers.shop_id", "customers.id"]),
        ForeignKeyConstraint(["shop_id", "tag_id"], ["tags.shop_id", "tags.id"]),
        Index("ix_customer_tags_shop_tag", "shop_id", "tag_id", "customer_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column()
    customer_id: Mapped[int] = mapped_column()
    tag_id: Mapped[int] = mapped_column()


class Companion(Model):
    """Who comes along: a pet or a child, by the name it is called. No year of birth: nobody needs it."""

    __tablename__ = "companions"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        ForeignKeyConstraint(["shop_id", "customer_id"], ["customers.shop_id", "customers.id"]),
        Index("ix_companions_shop_customer", "shop_id", "customer_id"),
        *(Index(f"ix_companions_shop_{by}", "shop_id", by, "customer_id") for by in ("called", "initials")),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column()
    customer_id: Mapped[int] = mapped_column()
    name: Mapped[str] = mapped_column(String(20))  # as called, nothing is ever added to it
    # The name in small letters without blanks, and its first sounds: by how either begins the person is found.
    called: Mapped[str] = mapped_column(_BY_BYTES, default="", server_default="")
    initials: Mapped[str] = mapped_column(_BY_BYTES, default="", server_default="")
    note: Mapped[str] = mapped_column(String(120), default="", server_default="")
    photo: Mapped[str] = mapped_column(String(64), default="", server_default="")  # the name of its file
    birth_month: Mapped[int | None] = mapped_column()
    birth_day: Mapped[int | None] = mapped_column()
    birth_is_lunar: Mapped[bool] = mapped_column(default=False, server_default=false())
    birth_is_leap: Mapped[bool] = mapped_column(default=False, server_default=false())
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    @validates("name")
    def _found_by(self, _key: str, name: str) -> str:
        self.called, self.initials = small_signs(name), initials(name)
        return name


class NamePart(Model):
    """An ending of a name ("민지" of 김민지) or of its first sounds ("ㅁㅈ"), by which any part of it is found.

    Small letters, no blanks. Kept by the database itself (triggers on customers): nobody writes here.
    """

    __tablename__ = "name_parts"
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "customer_id"], ["customers.shop_id", "customers.id"]),
        Index("ix_name_parts_shop_customer", "shop_id", "customer_id"),
    )

    shop_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    # By its bytes on both databases: then whatever begins with something lies between two bounds.
    part: Mapped[str] = mapped_column(
        String(40).with_variant(String(40, collation="C"), "postgresql"), primary_key=True
    )
    customer_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
