"""체험단 and 모니터단: what is tried, who tries it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Date,
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


class Programme(Model):
    """Something that people try and are asked about: draft → recruiting → trying → ended, with a verdict."""

    __tablename__ = "programmes"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        UniqueConstraint("shop_id", "once"),
        UniqueConstraint("ref"),
        ForeignKeyConstraint(["shop_id", "product_id"], ["products.shop_id", "products.id"]),
        ForeignKeyConstraint(["shop_id", "coupon_kind_id"], ["coupon_kinds.shop_id", "coupon_kinds.id"]),
        Index("ix_programmes_shop_made", "shop_id", "made_at"),
        Index(
            "ix_programmes_open",
            "shop_id",
            sqlite_where=text("shown_at IS NOT NULL AND ended_at IS NULL"),
            postgresql_where=text("shown_at IS NOT NULL AND ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    once: Mapped[str] = mapped_column(String(40))
    ref: Mapped[str] = mapped_column(String(24))  # 128 bits: the QR of a counter tasting
    sort: Mapped[str] = mapped_column(String(8))  # trial | monitor | tasting
    product: Mapped[str] = mapped_column(String(60))
    product_id: Mapped[int | None] = mapped_column()
    about: Mapped[str] = mapped_column(Text, default="")
    people: Mapped[str] = mapped_column(String(12), default="")  # which group may apply; "" = everybody
    places: Mapped[int] = mapped_column(default=0)  # how many are chosen; 0 = a tasting, whoever comes
    price: Mapped[int] = mapped_column(default=0)  # won a tester pays; 0 = free
    benefit: Mapped[str] = mapped_column(String(60), default="")  # of a 모니터단: "매달 커피 두 잔"
    # Given to who is chosen; of a 모니터단 at the end of its term, to who answered at all.
    coupon_kind_id: Mapped[int | None] = mapped_column()
    # {"least_visits": 3, "note": "집에 강아지가 있는 분"}: the first is looked at, the second is read.
    conditions: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    try_days: Mapped[int] = mapped_column(default=3)  # after the hand-over, before one is asked
    apply_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    term_starts: Mapped[date | None] = mapped_column(Date)  # of a 모니터단, as the next
    term_ends: Mapped[date | None] = mapped_column(Date)
    seed: Mapped[str] = mapped_column(String(64), default="")  # of a fair draw among those who applied
    seed_hash: Mapped[str] = mapped_column(String(64), default="")
    staff_id: Mapped[int] = mapped_column()
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    shown_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # nobody applies any more, before the day
    settled_at: Mapped[datetime | None] = mapped_column(
        UtcDateTime
    )  # nobody more is chosen: the rest are told
    drawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    drawn: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # the tickets of the draw, how many won
    invites: Mapped[bool] = mapped_column(default=False, server_default=false())  # the group is told
    invited_after: Mapped[int] = mapped_column(
        default=0, server_default="0"
    )  # how far, by the customers' ids
    invited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # all of them
    called_off_at: Mapped[datetime | None] = mapped_column(
        UtcDateTime
    )  # what had not gone of it was taken back
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    verdict: Mapped[str] = mapped_column(String(8), default="")  # launch | improve | stop
    verdict_note: Mapped[str] = mapped_column(Text, default="")
    change: Mapped[str] = mapped_column(Text, default="")  # "이렇게 바꿨어요"
    change_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ProgrammeQuestion(Model):
    """One question of a programme."""

    __tablename__ = "programme_questions"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        UniqueConstraint("shop_id", "programme_id", "position"),
        ForeignKeyConstraint(["shop_id", "programme_id"], ["programmes.shop_id", "programmes.id"]),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column()
    programme_id: Mapped[int] = mapped_column()
    position: Mapped[int] = mapped_column()
    when: Mapped[str] = mapped_column("asked_when", String(5))  # apply | after
    form: Mapped[str] = mapped_column(String(6))  # scale | choice | many | text | photo
    text: Mapped[str] = mapped_column(String(120))
    options: Mapped[list[str]] = mapped_column(JSON, default=list)
    is_needed: Mapped[bool] = mapped_column(default=True)


class Tester(Model):
    """One person in a programme: applied → chosen → given → answered, or not chosen, or gone."""

    __tablename__ = "testers"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        UniqueConstraint("shop_id", "programme_id", "customer_id"),
        ForeignKeyConstraint(["shop_id", "programme_id"], ["programmes.shop_id", "programmes.id"]),
        ForeignKeyConstraint(["shop_id", "customer_id"], ["customers.shop_id", "customers.id"]),
        Index("ix_testers_shop_customer", "shop_id", "customer_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column()
    programme_id: Mapped[int] = mapped_column()
    customer_id: Mapped[int | None] = (
        mapped_column()
    )  # None: they left; what they answered stays without them
    number: Mapped[int] = mapped_column()  # in the order they came
    ticket: Mapped[str] = mapped_column(String(10))  # stands for them in a draw that anybody can do again
    invited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    applied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    chosen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    chosen_by: Mapped[str] = mapped_column(String(5), default="", server_default="")  # hand | draw
    declined_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # not this time, by either side
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # of being chosen or not
    given_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    given_by: Mapped[int | None] = mapped_column()
    asked_month: Mapped[date | None] = mapped_column(Date)  # of a 모니터단: the last one they were asked in
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # every question answered, the last time
    rewarded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # of a 모니터단 that ended
    change_told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Of a 모니터단: when its benefit was handed over the last time. Once a month: the month of it is the one it is of.
    benefit_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    benefit_by: Mapped[int | None] = mapped_column()


class TesterAnswer(Model):
    """One answer. `turn`: the month of a 모니터단's round, or the first day of all times."""

    __tablename__ = "tester_answers"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        UniqueConstraint("shop_id", "tester_id", "question_id", "turn"),
        ForeignKeyConstraint(["shop_id", "tester_id"], ["testers.shop_id", "testers.id"]),
        ForeignKeyConstraint(
            ["shop_id", "question_id"], ["programme_questions.shop_id", "programme_questions.id"]
        ),
        ForeignKeyConstraint(["shop_id", "photo_id"], ["photos.shop_id", "photos.id"]),
        Index("ix_tester_answers_shop_question", "shop_id", "question_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column()
    tester_id: Mapped[int] = mapped_column()
    question_id: Mapped[int] = mapped_column()
    turn: Mapped[date] = mapped_column(Date)
    number: Mapped[int | None] = mapped_column()  # scale: 1–5; choice: which option, from 0
    picks: Mapped[list[int]] = mapped_column(JSON, default=list)  # many: which options
    text: Mapped[str] = mapped_column(Text, default="")
    photo_id: Mapped[int | None] = mapped_column()
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class TastingAnswer(Model):
    """What somebody at the counter said to the one question of a tasting; once a browser and day, and nobody's name."""

    __tablename__ = "tasting_answers"
    __table_args__ = (
        UniqueConstraint("shop_id", "question_id", "day", "browser_hash"),
        ForeignKeyConstraint(
            ["shop_id", "question_id"], ["programme_questions.shop_id", "programme_questions.id"]
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column()
    question_id: Mapped[int] = mapped_column()
    day: Mapped[date] = mapped_column(Date)  # in Korea
    browser_hash: Mapped[str] = mapped_column(String(64))
    number: Mapped[int] = mapped_column()
    text: Mapped[str] = mapped_column(String(200), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
