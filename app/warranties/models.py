"""보증서: what was sold with a promise, who holds it now, and what was asked of it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model
from app.kit.columns import BigId, UtcDateTime


class WarrantySetting(Model):
    """How a shop gives warranties. Whether it does stands in Shop.uses, which every page has read already."""

    __tablename__ = "warranty_settings"

    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"), primary_key=True, autoincrement=False)
    notice_days: Mapped[int] = mapped_column(default=30)  # before the end its holder is told
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class WarrantyKind(Model):
    """What is promised for a product. A warranty keeps the words it was issued with: a change is a new kind."""

    __tablename__ = "warranty_kinds"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        UniqueConstraint("shop_id", "once"),
        ForeignKeyConstraint(["shop_id", "product_id"], ["products.shop_id", "products.id"]),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    once: Mapped[str] = mapped_column(String(40))
    product_id: Mapped[int | None] = mapped_column()
    name: Mapped[str] = mapped_column(String(60))  # "원목 의자"
    months: Mapped[int] = mapped_column()
    covers: Mapped[str] = mapped_column(Text, default="")  # what is mended, and what is not
    care: Mapped[str] = mapped_column(Text, default="")  # how to look after it
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # issued no more


class WarrantySheet(Model):
    """QR codes printed for packages at one press. What they hold comes from the sheet itself: only its hash is kept."""

    __tablename__ = "warranty_sheets"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        UniqueConstraint("shop_id", "once"),
        ForeignKeyConstraint(["shop_id", "kind_id"], ["warranty_kinds.shop_id", "warranty_kinds.id"]),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column()
    once: Mapped[str] = mapped_column(String(40))
    kind_id: Mapped[int] = mapped_column()
    pieces: Mapped[int] = mapped_column()
    staff_id: Mapped[int] = mapped_column()
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Warranty(Model):
    """One warranty. `customer_id` None: printed for a package, nobody has claimed it; or its holder left."""

    __tablename__ = "warranties"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        UniqueConstraint("shop_id", "serial"),
        UniqueConstraint("check_ref"),
        UniqueConstraint("claim_hash"),
        UniqueConstraint("shop_id", "cause"),
        ForeignKeyConstraint(["shop_id", "kind_id"], ["warranty_kinds.shop_id", "warranty_kinds.id"]),
        ForeignKeyConstraint(["shop_id", "customer_id"], ["customers.shop_id", "customers.id"]),
        ForeignKeyConstraint(["shop_id", "visit_id"], ["visits.shop_id", "visits.id"]),
        Index("ix_warranties_shop_customer", "shop_id", "customer_id"),
        Index("ix_warranties_shop_kind", "shop_id", "kind_id", "customer_id"),
        Index("ix_warranties_shop_until", "shop_id", "until"),
        Index("ix_warranties_shop_visit", "shop_id", "visit_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column()
    kind_id: Mapped[int] = mapped_column()
    customer_id: Mapped[int | None] = mapped_column()
    visit_id: Mapped[int | None] = mapped_column()
    serial: Mapped[str] = mapped_column(String(16))  # what is read aloud; no O, I, 0, 1
    check_ref: Mapped[str] = mapped_column(String(24))  # 128 bits: the public page that nobody can guess
    claim_hash: Mapped[str | None] = mapped_column(String(64))  # SHA-256 of what a package's QR holds
    cause: Mapped[str] = mapped_column(
        String(60)
    )  # "item:12:1", "once:…", "sheet:3:7": the same cause issues one
    how: Mapped[str] = mapped_column(String(8))  # till | import | package
    bought_on: Mapped[date | None] = mapped_column(Date)  # None until a package is claimed
    channel: Mapped[str] = mapped_column(String(10), default="")  # where it was bought
    price: Mapped[int | None] = mapped_column()  # won
    until: Mapped[date | None] = mapped_column(Date)  # its last day in Korea
    staff_id: Mapped[int | None] = mapped_column()
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # taken back
    end_cause: Mapped[str] = mapped_column(String(10), default="")  # refund | undone | mistake


class WarrantyRun(Model):
    """Many certificates that are given piece by piece: for a product of a file's orders, or for one line of a purchase.

    state: going → done | stopped (by the shop) | ended (the shop gives this one no more).
    """

    __tablename__ = "warranty_runs"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        UniqueConstraint("shop_id", "once"),
        ForeignKeyConstraint(["shop_id", "kind_id"], ["warranty_kinds.shop_id", "warranty_kinds.id"]),
        ForeignKeyConstraint(["shop_id", "import_id"], ["imports.shop_id", "imports.id"]),
        ForeignKeyConstraint(["shop_id", "staff_id"], ["staff.shop_id", "staff.id"]),
        Index(
            "ix_warranty_runs_going",
            "id",
            sqlite_where=text("state = 'going'"),
            postgresql_where=text("state = 'going'"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column()
    once: Mapped[str] = mapped_column(String(40))
    kind_id: Mapped[int] = mapped_column()
    import_id: Mapped[int | None] = mapped_column()  # a file's orders…
    product_id: Mapped[int | None] = mapped_column()
    item_id: Mapped[int | None] = mapped_column()  # …or one line of a purchase
    state: Mapped[str] = mapped_column(String(8), default="going")
    total: Mapped[int] = mapped_column()  # certificates, as counted when it was asked for
    given: Mapped[int] = mapped_column(default=0)
    # Up to where it has come, in the order of people, lines and pieces; and who was told of theirs last.
    after_customer: Mapped[int] = mapped_column(default=0)
    after_item: Mapped[int] = mapped_column(default=0)
    after_piece: Mapped[int] = mapped_column(default=0)
    told_customer: Mapped[int] = mapped_column(default=0)
    staff_id: Mapped[int] = mapped_column()
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    held_until: Mapped[datetime | None] = mapped_column(UtcDateTime)  # left alone after a fault
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class WarrantyMove(Model):
    """A warranty that goes from one holder to the next: asked by the one, taken by the other."""

    __tablename__ = "warranty_moves"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        UniqueConstraint("token_hash"),
        ForeignKeyConstraint(["shop_id", "warranty_id"], ["warranties.shop_id", "warranties.id"]),
        ForeignKeyConstraint(["shop_id", "from_customer"], ["customers.shop_id", "customers.id"]),
        ForeignKeyConstraint(["shop_id", "to_customer"], ["customers.shop_id", "customers.id"]),
        Index("ix_warranty_moves_shop_warranty", "shop_id", "warranty_id"),
        Index("ix_warranty_moves_shop_from", "shop_id", "from_customer"),
        Index("ix_warranty_moves_shop_to", "shop_id", "to_customer"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column()
    warranty_id: Mapped[int] = mapped_column()
    from_customer: Mapped[int | None] = mapped_column()
    to_customer: Mapped[int | None] = mapped_column()
    token_hash: Mapped[str] = mapped_column(String(64))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    called_off_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RepairRequest(Model):
    """A repair asked for: the thread it is talked about in, and where it stands."""

    __tablename__ = "repair_requests"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        UniqueConstraint("shop_id", "voice_id"),
        ForeignKeyConstraint(["shop_id", "warranty_id"], ["warranties.shop_id", "warranties.id"]),
        ForeignKeyConstraint(["shop_id", "voice_id"], ["voices.shop_id", "voices.id"]),
        Index("ix_repair_requests_shop_warranty", "shop_id", "warranty_id"),
        Index(
            "ix_repair_requests_open",
            "shop_id",
            "id",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column()
    warranty_id: Mapped[int] = mapped_column()
    voice_id: Mapped[int] = mapped_column()
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(
        String(8), default="asked"
    )  # asked | got | working | ready | done | refused
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RepairStep(Model):
    """Where a repair went, when, by whom. The newest one is its state."""

    __tablename__ = "repair_steps"
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "request_id"], ["repair_requests.shop_id", "repair_requests.id"]),
        Index("ix_repair_steps_shop_request", "shop_id", "request_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column()
    request_id: Mapped[int] = mapped_column()
    state: Mapped[str] = mapped_column(String(8))
    note: Mapped[str] = mapped_column(String(200), default="")
    staff_id: Mapped[int | None] = mapped_column()
    at: Mapped[datetime] = mapped_column(UtcDateTime)
