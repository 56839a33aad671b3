"""What is asked, looked at and scanned at the counter around a card: paper ones, checks, scans without a network."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.cards.models import card_of_shop
from app.extensions import Model
from app.kit.columns import BigId, UtcDateTime


class PaperCard(Model):
    """종이 카드가 있어요: stamps of an old paper card that the shop counts and moves over, once.

    state: waiting → moved | refused | withdrawn. Its photo is a row of `photos`, gone once it is decided.
    """

    __tablename__ = "paper_cards"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        UniqueConstraint("shop_id", "once"),
        *card_of_shop(),
        Index(
            "uq_paper_cards_one_waiting",
            "card_id",
            unique=True,
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index("ix_paper_cards_shop_state", "shop_id", "state", "id"),
        Index("ix_paper_cards_shop_card", "shop_id", "card_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column()
    card_id: Mapped[int] = mapped_column()
    customer_id: Mapped[int] = mapped_column()
    once: Mapped[str] = mapped_column(String(40))
    asked: Mapped[int] = mapped_column()  # stamps the customer counted
    photo_ref: Mapped[str | None] = mapped_column(String(24))
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    reason: Mapped[str] = mapped_column(String(80), default="")  # why refused; why moved without a photo
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    staff_id: Mapped[int | None] = mapped_column()
    entry_id: Mapped[int | None] = mapped_column()  # the ledger's `migrate`


class CardCheck(Model):
    """Somebody looked whose card this is before it is spent from: by its live code, or by asking the person."""

    __tablename__ = "card_checks"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        *card_of_shop(),
        ForeignKeyConstraint(["shop_id", "staff_id"], ["staff.shop_id", "staff.id"]),
        Index("ix_card_checks_shop_card_at", "shop_id", "card_id", "at"),
        Index("ix_card_checks_shop_at", "shop_id", "at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column()
    card_id: Mapped[int] = mapped_column()
    customer_id: Mapped[int] = mapped_column()
    staff_id: Mapped[int] = mapped_column()
    what: Mapped[str] = mapped_column(String(8))  # live | number | known | paper
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class OfflineEvent(Model):
    """A card that a staff's phone scanned without a network, and what became of it. Its client id makes it one.

    What can't be stamped at once waits for the owner with a reason. The scanned text itself is not kept.
    """

    __tablename__ = "offline_events"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        UniqueConstraint("shop_id", "client_id"),
        ForeignKeyConstraint(["shop_id", "card_id"], ["cards.shop_id", "cards.id"]),
        ForeignKeyConstraint(["shop_id", "staff_id"], ["staff.shop_id", "staff.id"]),
        ForeignKeyConstraint(["shop_id", "entry_id"], ["ledger_entries.shop_id", "ledger_entries.id"]),
        Index("ix_offline_events_shop_state", "shop_id", "state"),
        Index("ix_offline_events_shop_card", "shop_id", "card_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column()
    client_id: Mapped[str] = mapped_column(String(40))  # also the once-key of its stamp
    staff_id: Mapped[int] = mapped_column()  # who scanned
    card_id: Mapped[int | None] = mapped_column()  # None: no card of this shop
    ref_tail: Mapped[str] = mapped_column(String(4), default="")  # the same letters the phone showed
    scanned_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(8))  # stamped | listed | refused
    reason: Mapped[str] = mapped_column(String(16), default="")  # why it was listed (cards/rules.py)
    entry_id: Mapped[int | None] = mapped_column()  # the stamp it brought
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column()
