"""Tables of files that are taken in: how far one is, where its lines went, who came with it, receipts of a till."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model
from app.kit.columns import BigId, UtcDateTime


class Import(Model):
    """One file of a shop. Its words lie sealed in the store until it is done, and nowhere else.

    state: reading → password | columns | checked | refused, then going → counting → done; cancelled; undoing → undone.
    """

    __tablename__ = "imports"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        UniqueConstraint("shop_id", "once"),
        ForeignKeyConstraint(["shop_id", "staff_id"], ["staff.shop_id", "staff.id"]),
        Index(
            "ix_imports_working",
            "state",
            "id",
            sqlite_where=text("state IN ('reading', 'going', 'counting', 'undoing')"),
            postgresql_where=text("state IN ('reading', 'going', 'counting', 'undoing')"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    staff_id: Mapped[int] = mapped_column()
    once: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(80))  # of the file, as the owner knows it
    state: Mapped[str] = mapped_column(String(10), default="reading")
    detail: Mapped[str] = mapped_column(Text, default="")  # why it was refused, in a sentence
    upload: Mapped[str] = mapped_column(String(22), default="")  # where the sealed file lies
    records: Mapped[str] = mapped_column(String(22), default="")  # where what was read of it lies, sealed
    password: Mapped[str] = mapped_column(Text, default="")  # sealed, and blank once it was read
    source: Mapped[str] = mapped_column(String(16), default="")
    kind: Mapped[str] = mapped_column(String(8), default="")  # orders | people | receipts
    channel: Mapped[str] = mapped_column(String(12), default="")
    day: Mapped[str] = mapped_column(String(10), default="")  # of receipts that tell only times
    header_row: Mapped[int] = mapped_column(default=0)  # from 0
    titles: Mapped[list[str]] = mapped_column(JSON, default=list)
    columns: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    # What the dry run found: counts by name, and a few lines with names and numbers covered.
    found: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    joins_names: Mapped[bool] = mapped_column(
        default=False, server_default=false()
    )  # the same name without a number is one person
    held_until: Mapped[datetime | None] = mapped_column(UtcDateTime)  # a worker is reading it
    tries: Mapped[int] = mapped_column(default=0)
    place: Mapped[int] = mapped_column(default=0)  # how far the records are read, in bytes
    after_id: Mapped[int] = mapped_column(default=0)  # up to whom counting or undoing has come
    total: Mapped[int] = mapped_column(default=0)  # orders, people or receipts in it
    seen: Mapped[int] = mapped_column(default=0)
    added: Mapped[int] = mapped_column(default=0)  # came into being
    there: Mapped[int] = mapped_column(default=0)  # were here before
    ended: Mapped[int] = mapped_column(default=0)  # taken back because the file says so
    people: Mapped[int] = mapped_column(default=0)  # new people
    is_cancelled: Mapped[bool] = mapped_column(default=False, server_default=false())
    products: Mapped[list[int]] = mapped_column(JSON, default=list)  # that it brought to the menu
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    began_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ImportLeft(Model):
    """Lines of a file that were not taken, one row for neighbours with one reason: where they are, never what they say."""

    __tablename__ = "import_lefts"
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "import_id"], ["imports.shop_id", "imports.id"]),
        Index("ix_import_lefts_shop_import", "shop_id", "import_id", "first"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    import_id: Mapped[int] = mapped_column()
    reason: Mapped[str] = mapped_column(String(12))
    first: Mapped[int] = mapped_column()  # line from 1
    last: Mapped[int] = mapped_column()


class ImportColumns(Model):
    """Which column is what, as a shop said once for files with these titles."""

    __tablename__ = "import_columns"
    __table_args__ = (UniqueConstraint("shop_id", "header_key"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    header_key: Mapped[str] = mapped_column(String(64))
    source: Mapped[str] = mapped_column(String(16))
    columns: Mapped[dict[str, int]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Buyer(Model):
    """By what a person without a number is known in a channel: a keyed hash of their name or account there."""

    __tablename__ = "buyers"
    __table_args__ = (
        UniqueConstraint("shop_id", "channel", "key"),
        ForeignKeyConstraint(["shop_id", "customer_id"], ["customers.shop_id", "customers.id"]),
        Index("ix_buyers_shop_customer", "shop_id", "customer_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    customer_id: Mapped[int] = mapped_column()
    channel: Mapped[str] = mapped_column(String(12))
    key: Mapped[str] = mapped_column(String(64))


class ImportedPerson(Model):
    """Who came into being by which file, so that it can be undone. It has no row number: it stays with who it names."""

    __tablename__ = "imported_people"
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "customer_id"], ["customers.shop_id", "customers.id"]),
        ForeignKeyConstraint(["shop_id", "import_id"], ["imports.shop_id", "imports.id"]),
        Index("ix_imported_people_shop_import", "shop_id", "import_id", "customer_id"),
    )

    shop_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    customer_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    import_id: Mapped[int] = mapped_column()


class NotSame(Model):
    """Two people with one name who are two, the shop says. `low_id` is the smaller number."""

    __tablename__ = "not_same"
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "low_id"], ["customers.shop_id", "customers.id"]),
        ForeignKeyConstraint(["shop_id", "high_id"], ["customers.shop_id", "customers.id"]),
    )

    shop_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    low_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    high_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    staff_id: Mapped[int] = mapped_column()
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Receipt(Model):
    """One receipt of a till that knows no customers. state: open (nobody's yet) | matched | asked | nobody."""

    __tablename__ = "receipts"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        UniqueConstraint("shop_id", "key"),
        ForeignKeyConstraint(["shop_id", "import_id"], ["imports.shop_id", "imports.id"]),
        ForeignKeyConstraint(["shop_id", "visit_id"], ["visits.shop_id", "visits.id"]),
        Index("ix_receipts_shop_at", "shop_id", "at"),
        Index("ix_receipts_shop_import", "shop_id", "import_id", "state"),
        Index(
            "uq_receipts_one_a_visit",
            "shop_id",
            "visit_id",
            unique=True,
            sqlite_where=text("visit_id IS NOT NULL"),
            postgresql_where=text("visit_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    import_id: Mapped[int] = mapped_column()
    key: Mapped[str] = mapped_column(String(64))  # day, till and number
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    amount: Mapped[int] = mapped_column()  # won
    is_back: Mapped[bool] = mapped_column(default=False, server_default=false())
    state: Mapped[str] = mapped_column(String(8), default="open", server_default="open")
    visit_id: Mapped[int | None] = mapped_column()
    fills: Mapped[bool] = mapped_column(
        default=False, server_default=false()
    )  # the visit's amount came from it
