"""What messages bring: which automations are compared with nothing, and the nightly sums of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Float, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model
from app.kit.columns import UtcDateTime


class HoldOut(Model):
    """How many people an automation reaches, and since which day a tenth of them goes without. Counted nightly."""

    __tablename__ = "hold_outs"

    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"), primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(24), primary_key=True)
    reached: Mapped[int] = mapped_column(default=0)  # counted no farther than holdout.LEAST
    # Korea's day ("2026-11-27") from whose beginning people are left out; "" = nobody is.
    began: Mapped[str] = mapped_column(String(10), default="")
    counted_at: Mapped[datetime] = mapped_column(UtcDateTime)


class MessageResult(Model):
    """What the people of one side of a comparison did, summed at night.

    `what`: a kind or "campaign:12". `arm`: "sent" and "held" of a hold-out, "a" and "b" of two texts.
    """

    __tablename__ = "message_results"

    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"), primary_key=True, autoincrement=False)
    what: Mapped[str] = mapped_column(String(40), primary_key=True)
    began: Mapped[str] = mapped_column(String(10), primary_key=True)  # Korea's day since which it is counted
    arm: Mapped[str] = mapped_column(String(4), primary_key=True)
    people: Mapped[int] = mapped_column(default=0)  # whose days are over
    came: Mapped[int] = mapped_column(default=0)  # of these
    buyers: Mapped[int] = mapped_column(default=0)  # of these, with an amount
    visits: Mapped[int] = mapped_column(default=0)
    priced: Mapped[int] = mapped_column(default=0)  # of the visits: an amount was typed
    # Sums over people of what each spent, and of its square: of won, as floating numbers (a square is large).
    won: Mapped[float] = mapped_column(Float, default=0.0)
    won_squared: Mapped[float] = mapped_column(Float, default=0.0)
    counted_at: Mapped[datetime] = mapped_column(UtcDateTime)
