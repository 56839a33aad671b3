"""What a month was like, so that a page reads a few rows however long the history: worked out of the month's visits.

A month is worked out anew when one of its days has changed since (DayCount.changes). Months are their first day.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, BigInteger, ForeignKey, ForeignKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model
from app.kit.columns import UtcDateTime


class MonthCount(Model):
    """A month in numbers that can't be added up from its days: a person counts once."""

    __tablename__ = "month_counts"

    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"), primary_key=True, autoincrement=False)
    month: Mapped[date] = mapped_column(primary_key=True)
    changes: Mapped[int] = mapped_column()  # of its days, when it was worked out
    counted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    people: Mapped[int] = mapped_column(default=0)  # who came
    baskets: Mapped[int] = mapped_column(default=0)  # visits of which is known what was bought
    # The fifth of its people who came most, or spent most where most visits carry amounts (`by_won`).
    by_won: Mapped[bool] = mapped_column(default=False)
    fifth_people: Mapped[int] = mapped_column(default=0)
    fifth_visits: Mapped[int] = mapped_column(default=0)
    fifth_won: Mapped[int] = mapped_column(BigInteger, default=0)
    coupons_issued: Mapped[int] = mapped_column(default=0)
    # How many stood in each tier when it was counted last: {"3": 12}; of a month that is over, at its end.
    tiers: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)


class MonthHour(Model):
    """The visits of one hour of one weekday in a month."""

    __tablename__ = "month_hours"

    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"), primary_key=True, autoincrement=False)
    month: Mapped[date] = mapped_column(primary_key=True)
    weekday: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # 0 = Monday
    hour: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # 0–23 in Korea
    visits: Mapped[int] = mapped_column()


class MonthCohort(Model):
    """How many of those who came first in one month came in another one."""

    __tablename__ = "month_cohorts"

    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"), primary_key=True, autoincrement=False)
    month: Mapped[date] = mapped_column(primary_key=True)
    first_month: Mapped[date] = mapped_column(primary_key=True)
    people: Mapped[int] = mapped_column()
    often: Mapped[int] = mapped_column()  # of them those who came twice or more within the month


class MonthFound(Model):
    """How many people a month brought for the first time, by how they found the shop and where the card came from."""

    __tablename__ = "month_found"

    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"), primary_key=True, autoincrement=False)
    month: Mapped[date] = mapped_column(primary_key=True)
    found_by: Mapped[str] = mapped_column(String(8), primary_key=True)  # Customer.found_by, "" nobody asked
    source: Mapped[str] = mapped_column(String(20), primary_key=True)  # Customer.source
    people: Mapped[int] = mapped_column()


class MonthProduct(Model):
    """What was sold of a product in a month."""

    __tablename__ = "month_products"
    __table_args__ = (ForeignKeyConstraint(["shop_id", "product_id"], ["products.shop_id", "products.id"]),)

    shop_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    month: Mapped[date] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    pieces: Mapped[int] = mapped_column()
    won: Mapped[int] = mapped_column(BigInteger)
    visits: Mapped[int] = mapped_column()


class MonthPair(Model):
    """Two products that were bought at one visit, often enough to be told (months.PAIR_LEAST)."""

    __tablename__ = "month_pairs"
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "product_id"], ["products.shop_id", "products.id"]),
        ForeignKeyConstraint(["shop_id", "other_id"], ["products.shop_id", "products.id"]),
    )

    shop_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    month: Mapped[date] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # the smaller number
    other_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    visits: Mapped[int] = mapped_column()
