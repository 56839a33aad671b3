"""What a shop does about voices: how soon it answers, causes, answers at hand, hand-overs, what is offered to make up for something."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model
from app.kit.columns import BigId, UtcDateTime


class VoiceSetting(Model):
    """What a shop decided about voices. No row = the defaults."""

    __tablename__ = "voice_settings"

    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"), primary_key=True, autoincrement=False)
    answer_hours: Mapped[int] = mapped_column()  # a complaint is to be answered within so many
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class VoiceCause(Model):
    """Why people complain, in the shop's own words ("기다림"); "고쳤어요" is said of one to all who said it."""

    __tablename__ = "voice_causes"
    __table_args__ = (UniqueConstraint("shop_id", "id"), UniqueConstraint("shop_id", "name"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    name: Mapped[str] = mapped_column(String(20))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # chosen no more


class VoiceCauseMark(Model):
    """A voice has a cause."""

    __tablename__ = "voice_cause_marks"
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "voice_id"], ["voices.shop_id", "voices.id"]),
        ForeignKeyConstraint(["shop_id", "cause_id"], ["voice_causes.shop_id", "voice_causes.id"]),
        Index("ix_voice_cause_marks_shop_cause", "shop_id", "cause_id"),
    )

    shop_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    voice_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    cause_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class VoiceFix(Model):
    """ "고쳤어요": what was done about a cause, told in the thread of everyone who had said it by then."""

    __tablename__ = "voice_fixes"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        UniqueConstraint("shop_id", "once"),
        ForeignKeyConstraint(["shop_id", "cause_id"], ["voice_causes.shop_id", "voice_causes.id"]),
        Index("ix_voice_fixes_open", "done_at", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column()
    cause_id: Mapped[int] = mapped_column()
    once: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text)
    staff_id: Mapped[int] = mapped_column()
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    after_id: Mapped[int] = mapped_column(
        default=0
    )  # how far the telling has come, by the voices' ids: people become one meanwhile
    told: Mapped[int] = mapped_column(default=0)  # people in whose thread it stands
    on_card: Mapped[int] = mapped_column(default=0)  # of them those to whom no message could go
    nameless: Mapped[int] = mapped_column(default=0)  # voices nobody can be told of
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ReadyAnswer(Model):
    """An answer the shop has at hand."""

    __tablename__ = "ready_answers"
    __table_args__ = (UniqueConstraint("shop_id", "id"), UniqueConstraint("shop_id", "name"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    name: Mapped[str] = mapped_column(String(20))  # "주차"
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class VoiceHandover(Model):
    """A question that somebody else of the shop answers. The newest row counts."""

    __tablename__ = "voice_handovers"
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "voice_id"], ["voices.shop_id", "voices.id"]),
        ForeignKeyConstraint(["shop_id", "to_staff"], ["staff.shop_id", "staff.id"]),
        Index("ix_voice_handovers_shop_voice", "shop_id", "voice_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column()
    voice_id: Mapped[int] = mapped_column()
    to_staff: Mapped[int] = mapped_column()
    by_staff: Mapped[int] = mapped_column()
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class VoiceOffer(Model):
    """A coupon offered inside a thread. It is issued when the customer takes it: asked for, not sent to them."""

    __tablename__ = "voice_offers"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        UniqueConstraint("shop_id", "line_id"),
        ForeignKeyConstraint(["shop_id", "voice_id"], ["voices.shop_id", "voices.id"]),
        ForeignKeyConstraint(["shop_id", "line_id"], ["voice_lines.shop_id", "voice_lines.id"]),
        ForeignKeyConstraint(["shop_id", "kind_id"], ["coupon_kinds.shop_id", "coupon_kinds.id"]),
        ForeignKeyConstraint(["shop_id", "coupon_id"], ["coupons.shop_id", "coupons.id"]),
        Index("ix_voice_offers_shop_voice", "shop_id", "voice_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column()
    voice_id: Mapped[int] = mapped_column()
    line_id: Mapped[int] = mapped_column()  # the shop's words it came with
    kind_id: Mapped[int] = mapped_column()
    staff_id: Mapped[int] = mapped_column()
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    coupon_id: Mapped[int | None] = mapped_column()


class VoicePhoto(Model):
    """A photo that came with a line of a thread."""

    __tablename__ = "voice_photos"
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "line_id"], ["voice_lines.shop_id", "voice_lines.id"]),
        ForeignKeyConstraint(["shop_id", "photo_id"], ["photos.shop_id", "photos.id"]),
        Index("ix_voice_photos_shop_photo", "shop_id", "photo_id"),
    )

    shop_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    line_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    photo_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
