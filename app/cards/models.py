"""Cards, the ledger that explains them line by line, rewards and their use."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model
from app.kit.columns import BigId, UtcDateTime


def card_of_shop() -> tuple[ForeignKeyConstraint, ForeignKeyConstraint]:
    """Tie a row to a card and a customer of its own shop, so that no row can point across (S05)."""
    return (
        ForeignKeyConstraint(["shop_id", "card_id"], ["cards.shop_id", "cards.id"]),
        ForeignKeyConstraint(["shop_id", "customer_id"], ["customers.shop_id", "customers.id"]),
    )


class CardRule(Model):
    """What a card promises. A card keeps the rule it was issued with; a change is a new row."""

    __tablename__ = "card_rules"
    __table_args__ = (UniqueConstraint("shop_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"), index=True)
    goal: Mapped[int] = mapped_column(default=10)  # stamps to a reward
    reward_name: Mapped[str] = mapped_column(String(40))
    hard_window_s: Mapped[int] = mapped_column(default=5)  # a second tap within it is the same tap
    cooldown_s: Mapped[int] = mapped_column(default=600)  # staff may override with a reason
    daily_cap: Mapped[int] = mapped_column(default=5)  # stamps a card a day; 0 = no cap
    scan_cap: Mapped[int] = mapped_column(default=5, server_default="5")  # stamps one scan may bring
    # Rewards on the way to the full one: [[5, "사이즈업"]], each below `goal`. They take no stamps away.
    stages: Mapped[list[list[Any]]] = mapped_column(JSON, default=list, server_default="[]")
    # Points beside the stamps: thousandths of the amount (10 = 1 %), and for a visit; 0 and 0 = no points.
    point_permille: Mapped[int] = mapped_column(default=0, server_default="0")
    point_visit: Mapped[int] = mapped_column(default=0, server_default="0")
    point_least: Mapped[int] = mapped_column(default=0, server_default="0")  # so many before any may be spent
    # none | date (on `expires_on`) | months (so many after each earning) | activity (restarted by each earning)
    expiry: Mapped[str] = mapped_column(String(8), default="none", server_default="none")
    expiry_months: Mapped[int] = mapped_column(default=0, server_default="0")
    expires_on: Mapped[date | None] = mapped_column(Date)  # the last good day in Korea
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Card(Model):
    """What the customer holds. `balance` is a cache of sum(ledger), checked every night."""

    __tablename__ = "cards"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        UniqueConstraint("shop_id", "ref"),
        UniqueConstraint("shop_id", "spoken"),
        ForeignKeyConstraint(["shop_id", "customer_id"], ["customers.shop_id", "customers.id"]),
        ForeignKeyConstraint(["shop_id", "rule_id"], ["card_rules.shop_id", "card_rules.id"]),
        Index("ix_cards_shop_customer", "shop_id", "customer_id"),
        # Who holds a card is asked of everybody whenever a group is counted.
        Index(
            "ix_cards_shop_open",
            "shop_id",
            "customer_id",
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    customer_id: Mapped[int] = mapped_column()
    rule_id: Mapped[int] = mapped_column()
    ref: Mapped[str] = mapped_column(String(10))  # random; inside the QR
    spoken: Mapped[str] = mapped_column(String(6))  # read aloud when the screen can't be scanned
    balance: Mapped[int] = mapped_column(default=0)  # stamps; below zero after a late undo
    points: Mapped[int] = mapped_column(default=0, server_default="0")  # the same of the ledger's points
    round: Mapped[int] = mapped_column(default=1, server_default="1")  # the first card, the second …
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the nearest end of a lot; None = never
    key_version: Mapped[int] = mapped_column(default=1)
    print_version: Mapped[int] = mapped_column(default=0, server_default="0")  # of the printed code; 0 = none
    changed: Mapped[int] = mapped_column(default=0)  # grows with every change the holder can see
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LedgerEntry(Model):
    """One movement of stamps, or a refused attempt with its reason. Append-only."""

    __tablename__ = "ledger_entries"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        UniqueConstraint("shop_id", "once"),
        UniqueConstraint("shop_id", "reverses_id"),
        *card_of_shop(),
        ForeignKeyConstraint(["shop_id", "visit_id"], ["visits.shop_id", "visits.id"]),
        Index("ix_ledger_entries_shop_card_at", "shop_id", "card_id", "at"),
        Index("ix_ledger_entries_shop_at", "shop_id", "at"),
        Index("ix_ledger_entries_shop_visit", "shop_id", "visit_id"),
        Index(
            "uq_ledger_entries_one_earn_a_claim",
            "shop_id",
            "claim_id",
            unique=True,
            sqlite_where=text("kind = 'earn'"),
            postgresql_where=text("kind = 'earn'"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column()
    card_id: Mapped[int] = mapped_column()
    customer_id: Mapped[int] = mapped_column()
    kind: Mapped[str] = mapped_column(
        String(8)
    )  # earn | fill | redeem | expire | adjust | migrate | reverse | refuse
    delta: Mapped[int] = mapped_column()  # stamps
    points: Mapped[int] = mapped_column(default=0, server_default="0")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    how: Mapped[str] = mapped_column(
        String(12), default=""
    )  # claim | counter | kiosk | scan | printed | offline | digits | spoken | more | review …; of points: how checked
    staff_id: Mapped[int | None] = mapped_column()
    visit_id: Mapped[int | None] = mapped_column()
    claim_id: Mapped[int | None] = mapped_column()  # the 도장 받기 that asked for it
    once: Mapped[str | None] = mapped_column(String(40))  # client-made key: the same key, the same answer
    part_of_id: Mapped[int | None] = mapped_column()  # the earn that filled the card
    rule_id: Mapped[int | None] = mapped_column()  # the rule of the card it filled, or was earned with
    reverses_id: Mapped[int | None] = mapped_column()
    reason: Mapped[str] = mapped_column(String(80), default="")  # why refused, or why the staff overrode
    # Won of the purchase the stamp stands for, as it was put right since; and how its points counted, in percent.
    amount: Mapped[int | None] = mapped_column()
    percent: Mapped[int] = mapped_column(default=100, server_default="100")
    # Why it brought more than usual, in the shop's words: "화요일은 두 배". The holder may read it.
    boosted: Mapped[str] = mapped_column(String(40), default="", server_default="")


class Lot(Model):
    """Stamps or points that came together and end together: spent first-expiring-first, then the oldest.

    Only cards on which something can end have lots. What is still there of it is `remaining`: its amount less
    all that was taken (LotUse).
    """

    __tablename__ = "lots"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        UniqueConstraint("shop_id", "entry_id", "unit"),
        ForeignKeyConstraint(["shop_id", "card_id"], ["cards.shop_id", "cards.id"]),
        ForeignKeyConstraint(["shop_id", "entry_id"], ["ledger_entries.shop_id", "ledger_entries.id"]),
        Index("ix_lots_shop_card", "shop_id", "card_id", "unit"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column()
    card_id: Mapped[int] = mapped_column()
    entry_id: Mapped[int] = mapped_column()  # the line that brought it
    unit: Mapped[str] = mapped_column(String(6))  # stamp | point
    amount: Mapped[int] = mapped_column()
    remaining: Mapped[int] = mapped_column()
    earned_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # gone from this moment on; None = never
    # The last good day by the rule alone: closed days move `expires_at` away from it and back (actions/shifts.py).
    ends_on: Mapped[date | None] = mapped_column(Date)


class LotUse(Model):
    """What one line took out of a lot (or, below zero, put back): a reversal gives back just where it came from."""

    __tablename__ = "lot_uses"
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "lot_id"], ["lots.shop_id", "lots.id"]),
        ForeignKeyConstraint(["shop_id", "entry_id"], ["ledger_entries.shop_id", "ledger_entries.id"]),
        Index("ix_lot_uses_shop_entry", "shop_id", "entry_id"),
        Index("ix_lot_uses_shop_lot", "shop_id", "lot_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column()
    lot_id: Mapped[int] = mapped_column()
    entry_id: Mapped[int] = mapped_column()  # the line that took it
    amount: Mapped[int] = mapped_column()


class CodeUse(Model):
    """A rotating code of a card or of a coupon on it, spent. The unique key decides the race (S01)."""

    __tablename__ = "code_uses"
    __table_args__ = (
        UniqueConstraint("card_id", "step", "what"),
        ForeignKeyConstraint(["shop_id", "card_id"], ["cards.shop_id", "cards.id"]),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column()
    card_id: Mapped[int] = mapped_column()
    step: Mapped[int] = mapped_column()  # unix time in units of 30 s
    what: Mapped[str] = mapped_column(
        String(10), default="", server_default=""
    )  # a coupon's ref; "" = the card's
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Claim(Model):
    """도장 받기: the customer asks, the shop approves with one tap. Waits until closing."""

    __tablename__ = "claims"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        UniqueConstraint("shop_id", "once"),
        *card_of_shop(),
        Index(
            "uq_claims_one_waiting",
            "card_id",
            unique=True,
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "uq_claims_one_word",
            "shop_id",
            "word",
            unique=True,
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index("ix_claims_shop_state_at", "shop_id", "state", "created_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column()
    card_id: Mapped[int] = mapped_column()
    customer_id: Mapped[int] = mapped_column()
    word: Mapped[str] = mapped_column(String(10))  # the matching word both phones show
    once: Mapped[str] = mapped_column(String(40))
    via: Mapped[str] = mapped_column(
        String(8), default="card", server_default="card"
    )  # card | counter | kiosk
    state: Mapped[str] = mapped_column(
        String(10), default="waiting"
    )  # waiting | approved | declined | expired
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    staff_id: Mapped[int | None] = mapped_column()
    entry_id: Mapped[int | None] = mapped_column()


class Reward(Model):
    """What a full card gave, or a stage on the way to it. Used once, by one conditional update."""

    __tablename__ = "rewards"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        UniqueConstraint("shop_id", "entry_id", "round", "stage"),
        *card_of_shop(),
        Index("ix_rewards_shop_card", "shop_id", "card_id", "used_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column()
    card_id: Mapped[int] = mapped_column()
    customer_id: Mapped[int] = mapped_column()
    name: Mapped[str] = mapped_column(String(40))
    earned_at: Mapped[datetime] = mapped_column(UtcDateTime)
    entry_id: Mapped[int] = mapped_column()  # the ledger's `fill`; of a stage, the line that reached it
    round: Mapped[int] = mapped_column(default=1, server_default="1")  # which card it was earned with
    stage: Mapped[int] = mapped_column(default=0, server_default="0")  # at so many stamps; 0 = the full card
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(
        UtcDateTime
    )  # the stamp that filled the card was undone


class Redemption(Model):
    """One use of a reward, or one that was taken back."""

    __tablename__ = "redemptions"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        UniqueConstraint("shop_id", "once"),
        ForeignKeyConstraint(["shop_id", "reward_id"], ["rewards.shop_id", "rewards.id"]),
        ForeignKeyConstraint(["shop_id", "visit_id"], ["visits.shop_id", "visits.id"]),
        Index("ix_redemptions_shop_at", "shop_id", "at"),
        Index("ix_redemptions_shop_reward", "shop_id", "reward_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column()
    reward_id: Mapped[int] = mapped_column()
    visit_id: Mapped[int | None] = mapped_column()  # the visit it was used at: a refund gives it back
    once: Mapped[str] = mapped_column(String(40))
    staff_id: Mapped[int] = mapped_column()
    how: Mapped[str] = mapped_column(String(12))  # live_card | staff_check
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    reversed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reversed_by: Mapped[int | None] = mapped_column()
