"""The table of lists that leave the shop as files: whom one is of, how far it is, where it lies until it is fetched."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model
from app.kit.columns import BigId, UtcDateTime

_OPEN = text("state IN ('making', 'packing', 'ready')")


class PeopleFile(Model):
    """One list of people that somebody took along. What it was narrowed by is blank once nothing is made of it any more.

    state: given (answered at once, kept nowhere), or making → packing → ready → over; failed.
    """

    __tablename__ = "people_files"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        UniqueConstraint("shop_id", "once"),
        ForeignKeyConstraint(["shop_id", "staff_id"], ["staff.shop_id", "staff.id"]),
        Index("ix_people_files_open", "state", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    staff_id: Mapped[int] = mapped_column()
    once: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(4))  # csv | xlsx
    whom: Mapped[str] = mapped_column(String(80), default="")  # in words, "" everybody; never what was typed
    typed: Mapped[str] = mapped_column(String(40), default="")
    tag_id: Mapped[int | None] = mapped_column()
    group: Mapped[str] = mapped_column("group_key", String(24), default="")
    total: Mapped[int] = mapped_column(default=0)  # people when it was asked for
    seen: Mapped[int] = mapped_column(default=0)
    after_id: Mapped[int] = mapped_column(default=0)  # up to whom it has come
    records: Mapped[str] = mapped_column(String(22), default="")  # where the rows lie so far, sealed
    place: Mapped[int] = mapped_column(default=0)  # how many bytes of them count
    ref: Mapped[str] = mapped_column(String(22), default="")  # where the finished file lies, sealed
    held_until: Mapped[datetime | None] = mapped_column(UtcDateTime)  # a worker is packing it, or it rests
    tries: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # until when a finished one can be fetched
