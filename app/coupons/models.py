"""Kinds of coupons, the coupons issued from them, and their use. Everything is free: nothing is sold."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from app.coupons.rules import Terms
from app.extensions import Model
from app.kit.columns import BigId, UtcDateTime


class CouponKind(Model):
    """What a shop gives as a coupon, when by itself, and under which conditions.

    A coupon keeps the words and conditions it was issued with: a change of what it gives is a new kind.
    """

    __tablename__ = "coupon_kinds"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        UniqueConstraint("shop_id", "once"),
        Index("ix_coupon_kinds_shop_rule", "shop_id", "rule"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    once: Mapped[str | None] = mapped_column(String(40))  # of the form that made it: two taps make one
    name: Mapped[str] = mapped_column(String(40))  # "아메리카노 한 잔", what the holder reads
    form: Mapped[str] = mapped_column(String(8))  # amount (won) | percent | item | extra
    value: Mapped[int] = mapped_column(default=0)  # won or percent; 0 for item and extra
    # manual | sign_up | nth_visit | review | birthday | anniversary | win_back | season | referral | recovery | tier
    rule: Mapped[str] = mapped_column(String(12), default="manual")
    rule_value: Mapped[int] = mapped_column(default=0)  # nth_visit: n; win_back: days of silence
    valid_days: Mapped[int] = mapped_column(default=30)  # after issuing; 0 = only `valid_until` ends it
    starts_on: Mapped[date | None] = mapped_column(Date)  # season: gives itself from this Korean day on
    valid_until: Mapped[date | None] = mapped_column(Date)  # the last good day in Korea
    least_amount: Mapped[int] = mapped_column(default=0)  # won of the purchase; 0 = any
    least_tier_id: Mapped[int | None] = mapped_column()  # only for this tier and those above it
    stacks: Mapped[bool] = mapped_column(default=False, server_default=false())  # with another in one visit
    per_person: Mapped[int] = mapped_column(default=1)  # so many to one person; 0 = any number
    total: Mapped[int] = mapped_column(default=0)  # so many in all; 0 = any number
    issued: Mapped[int] = mapped_column(
        default=0
    )  # how many are out or used: moved by one conditional update
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # issues no more; what is out stays good

    @property
    def terms(self) -> Terms:
        """What it gives and under which conditions, as a plain value."""
        return Terms(**{name: getattr(self, name) for name in Terms.__dataclass_fields__})


class Coupon(Model):
    """One coupon of one person: issued → used (and perhaps given back) | expired | withdrawn."""

    __tablename__ = "coupons"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        UniqueConstraint("shop_id", "ref"),
        UniqueConstraint("shop_id", "kind_id", "customer_id", "cause"),
        ForeignKeyConstraint(["shop_id", "kind_id"], ["coupon_kinds.shop_id", "coupon_kinds.id"]),
        ForeignKeyConstraint(["shop_id", "customer_id"], ["customers.shop_id", "customers.id"]),
        Index("ix_coupons_shop_customer", "shop_id", "customer_id", "used_at"),
        Index("ix_coupons_shop_cause", "shop_id", "cause"),
        Index("ix_coupons_shop_expires", "shop_id", "expires_at"),
        Index("ix_coupons_shop_issued", "shop_id", "issued_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column()
    kind_id: Mapped[int] = mapped_column()
    customer_id: Mapped[int] = mapped_column()
    ref: Mapped[str] = mapped_column(String(10))  # random; inside its rotating code
    cause: Mapped[str] = mapped_column(String(40))  # "visit:12", "birthday:2026": the same cause gives one
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # from this moment it is no good
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # what it was given for was undone


class CouponUse(Model):
    """One use of a coupon, or one that was taken back."""

    __tablename__ = "coupon_uses"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        UniqueConstraint("shop_id", "once"),
        ForeignKeyConstraint(["shop_id", "coupon_id"], ["coupons.shop_id", "coupons.id"]),
        ForeignKeyConstraint(["shop_id", "visit_id"], ["visits.shop_id", "visits.id"]),
        Index("ix_coupon_uses_shop_at", "shop_id", "at"),
        Index("ix_coupon_uses_shop_coupon", "shop_id", "coupon_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column()
    coupon_id: Mapped[int] = mapped_column()
    visit_id: Mapped[int | None] = mapped_column()  # the visit it was used at: a refund gives it back
    once: Mapped[str] = mapped_column(String(40))
    staff_id: Mapped[int] = mapped_column()
    how: Mapped[str] = mapped_column(String(12))  # live_card | staff_check, as for a reward
    amount: Mapped[int | None] = mapped_column()  # won of the purchase, where it mattered
    off: Mapped[int] = mapped_column(default=0, server_default="0")  # won that were taken off it
    entry_id: Mapped[int | None] = mapped_column()  # the ledger line of stamps it brought
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    reversed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reversed_by: Mapped[int | None] = mapped_column()


class CouponGift(Model):
    """A kind given by hand to a group of people, in steps: who has it is told by the cause "gift:<id>"."""

    __tablename__ = "coupon_gifts"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        UniqueConstraint("shop_id", "once"),
        ForeignKeyConstraint(["shop_id", "kind_id"], ["coupon_kinds.shop_id", "coupon_kinds.id"]),
        Index("ix_coupon_gifts_open", "done_at", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column()
    kind_id: Mapped[int] = mapped_column()
    once: Mapped[str] = mapped_column(String(40))
    staff_id: Mapped[int] = mapped_column()
    people: Mapped[str] = mapped_column(String(12))  # which group (insights/groups.py)
    counted: Mapped[int] = mapped_column()  # how many it was for, as the owner read before giving
    given: Mapped[int] = mapped_column(default=0)
    after_id: Mapped[int] = mapped_column(default=0)  # how far it has come, by the customers' ids
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_by: Mapped[int | None] = mapped_column()


class GivenOnce(Model):
    """What a phone number has had and will not get again, also after it was deleted and came back.

    Holds the keyed hash alone: the number itself is gone with its person.
    """

    __tablename__ = "given_once"
    __table_args__ = (UniqueConstraint("shop_id", "what", "phone_key"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    what: Mapped[str] = mapped_column(String(12))  # sign_up | referral
    phone_key: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
