"""Does what the cards say follow from their lines? Reads for `flask doctor`, the night and what ends by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import aliased

from app.cards.models import Card, CardRule, LedgerEntry, Lot, LotUse, Redemption, Reward
from app.customers.models import Merge
from app.extensions import db

# Lines that may leave a balance below zero: what they take was used before.
_MAY_OWE = ("reverse", "adjust", "merge")


@dataclass(frozen=True)
class Drift:
    """Something that does not follow from the lines. `what` is a short stable English word for logs and scripts."""

    what: str
    card_id: int
    detail: str


def cards_with_ended(*, shop_id: int, now: datetime, limit: int) -> list[int]:
    """Return open cards on which something has ended by now."""
    return list(
        db.session.scalars(
            select(Card.id)
            .where(Card.shop_id == shop_id, Card.expires_at <= now, Card.closed_at.is_(None))
            .order_by(Card.id)
            .limit(limit)
        )
    )


def drifts(*, shop_id: int) -> list[Drift]:
    """Return everything of a shop's cards that does not follow from its lines; none = whole.

    A difference is a bug, never repaired in silence: the ledger is what the customer can be shown.
    """
    looks = (_sums, _lots, _nearest, _debts, _reversals, _fills, _stages, _rounds, _uses)
    return [drift for look in looks for drift in look(shop_id)]


def _sums(shop_id: int) -> Iterator[Drift]:
    stamps = func.coalesce(func.sum(LedgerEntry.delta), 0)
    points = func.coalesce(func.sum(LedgerEntry.points), 0)
    rows = db.session.execute(
        select(Card.id, Card.balance, stamps.label("stamps"), Card.points, points.label("sum_points"))
        .outerjoin(LedgerEntry, (LedgerEntry.shop_id == Card.shop_id) & (LedgerEntry.card_id == Card.id))
        .where(Card.shop_id == shop_id)
        .group_by(Card.id, Card.balance, Card.points)
        .having(or_(Card.balance != stamps, Card.points != points))
    )
    for row in rows:
        if row.balance != row.stamps:
            yield Drift("balance", row.id, f"balance {row.balance}, lines add up to {row.stamps}")
        if row.points != row.sum_points:
            yield Drift("points", row.id, f"points {row.points}, lines add up to {row.sum_points}")


def _lots(shop_id: int) -> Iterator[Drift]:
    left = {
        unit: func.coalesce(func.sum(case((Lot.unit == unit, Lot.remaining), else_=0)), 0)
        for unit in ("stamp", "point")
    }
    rows = db.session.execute(
        select(
            Card.id, Card.balance, Card.points, left["stamp"].label("stamps"), left["point"].label("in_lots")
        )
        .join(CardRule, (CardRule.shop_id == Card.shop_id) & (CardRule.id == Card.rule_id))
        .outerjoin(Lot, (Lot.shop_id == Card.shop_id) & (Lot.card_id == Card.id))
        .where(Card.shop_id == shop_id, or_(CardRule.expiry != "none", Card.expires_at.is_not(None)))
        .group_by(Card.id, Card.balance, Card.points)
    )
    for row in rows:
        for unit, held, lots in (("stamps", row.balance, row.stamps), ("points", row.points, row.in_lots)):
            if lots != max(held, 0):
                yield Drift("lots", row.id, f"{unit} {held}, lots hold {lots}")
    taken = func.coalesce(func.sum(LotUse.amount), 0)
    for row in db.session.execute(
        select(Lot.card_id, Lot.id, Lot.amount, Lot.remaining, taken.label("taken"))
        .outerjoin(LotUse, (LotUse.shop_id == Lot.shop_id) & (LotUse.lot_id == Lot.id))
        .where(Lot.shop_id == shop_id)
        .group_by(Lot.card_id, Lot.id, Lot.amount, Lot.remaining)
        .having(or_(Lot.amount - taken != Lot.remaining, Lot.remaining < 0))
    ):
        yield Drift("lot", row.card_id, f"lot {row.id}: {row.amount} less {row.taken} is not {row.remaining}")


def _nearest(shop_id: int) -> Iterator[Drift]:
    nearest = func.min(Lot.expires_at)
    rows = db.session.execute(
        select(Card.id, Card.expires_at, nearest.label("nearest"))
        .outerjoin(Lot, and_(Lot.shop_id == Card.shop_id, Lot.card_id == Card.id, Lot.remaining > 0))
        .where(Card.shop_id == shop_id)
        .group_by(Card.id, Card.expires_at)
        .having(or_(Card.expires_at.is_not(None), nearest.is_not(None)))
    )
    for row in rows:
        if row.expires_at != row.nearest:
            yield Drift("end", row.id, f"says {row.expires_at}, its lots {row.nearest}")


def _debts(shop_id: int) -> Iterator[Drift]:
    owing = select(Card.id).where(Card.shop_id == shop_id, or_(Card.balance < 0, Card.points < 0))
    held: dict[int, list[int]] = {}
    for row in db.session.execute(
        select(LedgerEntry.card_id, LedgerEntry.kind, LedgerEntry.delta, LedgerEntry.points)
        .where(LedgerEntry.shop_id == shop_id, LedgerEntry.card_id.in_(owing))
        .order_by(LedgerEntry.id)
    ):
        sums = held.setdefault(row.card_id, [0, 0])
        for place, step in enumerate((row.delta, row.points)):
            sums[place] += step
            if step < 0 and sums[place] < 0 and row.kind not in _MAY_OWE:
                yield Drift("debt", row.card_id, f"a line of kind {row.kind} took what was not there")


_OTHER = aliased(LedgerEntry)
# A line of a card that once went into another, directly or by way of a third, may be turned around there; and
# what was put right there goes back with its stamp, and may be turned around after that.
_went_into = (
    select(Merge.id)
    .where(
        Merge.shop_id == _OTHER.shop_id,
        or_(Merge.gone_card_id == _OTHER.card_id, Merge.kept_card_id == _OTHER.card_id),
    )
    .correlate(_OTHER)
    .exists()
)


def _reversals(shop_id: int) -> Iterator[Drift]:
    rows = db.session.execute(
        select(LedgerEntry.card_id, LedgerEntry.id)
        .outerjoin(_OTHER, (_OTHER.shop_id == LedgerEntry.shop_id) & (_OTHER.id == LedgerEntry.reverses_id))
        .where(
            LedgerEntry.shop_id == shop_id,
            LedgerEntry.reverses_id.is_not(None),
            or_(
                _OTHER.id.is_(None),
                (_OTHER.card_id != LedgerEntry.card_id) & ~_went_into,
                _OTHER.delta != -LedgerEntry.delta,
                _OTHER.points != -LedgerEntry.points,
            ),
        )
    )
    for row in rows:
        yield Drift("reversal", row.card_id, f"line {row.id} does not turn its line around")


def _fills(shop_id: int) -> Iterator[Drift]:
    """A full card without its reward, a reward without its full card; also after both were taken back."""
    reversed_ = (
        select(_OTHER.id)
        .where(_OTHER.shop_id == LedgerEntry.shop_id, _OTHER.reverses_id == LedgerEntry.id)
        .exists()
    )
    fill = and_(
        LedgerEntry.shop_id == Reward.shop_id, LedgerEntry.id == Reward.entry_id, LedgerEntry.kind == "fill"
    )
    for row in db.session.execute(
        select(
            Reward.card_id,
            Reward.id,
            LedgerEntry.id.label("fill"),
            Reward.withdrawn_at,
            reversed_.label("back"),
        )
        .outerjoin(LedgerEntry, fill)
        .where(Reward.shop_id == shop_id, Reward.stage == 0)
    ):
        if row.fill is None:
            yield Drift("reward", row.card_id, f"reward {row.id} has no full card behind it")
        elif bool(row.back) != (row.withdrawn_at is not None):
            yield Drift(
                "reward", row.card_id, f"reward {row.id} and its full card were not taken back together"
            )
    for alone in db.session.execute(
        select(LedgerEntry.card_id, LedgerEntry.id, func.count(Reward.id).label("rewards"))
        .outerjoin(
            Reward,
            and_(Reward.shop_id == LedgerEntry.shop_id, Reward.entry_id == LedgerEntry.id, Reward.stage == 0),
        )
        .where(LedgerEntry.shop_id == shop_id, LedgerEntry.kind == "fill")
        .group_by(LedgerEntry.card_id, LedgerEntry.id)
        .having(func.count(Reward.id) != 1)
    ):
        yield Drift("fill", alone.card_id, f"full card {alone.id} gave {alone.rewards} rewards")


def _stages(shop_id: int) -> Iterator[Drift]:
    rows = db.session.execute(
        select(Reward.card_id, Reward.round, Reward.stage, func.count(Reward.id).label("times"))
        .where(Reward.shop_id == shop_id, Reward.withdrawn_at.is_(None))
        .group_by(Reward.card_id, Reward.round, Reward.stage)
        .having(func.count(Reward.id) > 1)
    )
    for row in rows:
        yield Drift(
            "twice", row.card_id, f"stage {row.stage} of round {row.round} was given {row.times} times"
        )
    for alone in db.session.execute(
        select(Reward.card_id, Reward.id)
        .outerjoin(LedgerEntry, (LedgerEntry.shop_id == Reward.shop_id) & (LedgerEntry.id == Reward.entry_id))
        .where(Reward.shop_id == shop_id, Reward.stage > 0, LedgerEntry.id.is_(None))
    ):
        yield Drift("reward", alone.card_id, f"reward {alone.id} has no line that reached it")


def _rounds(shop_id: int) -> Iterator[Drift]:
    last = func.coalesce(func.max(Reward.round), 0)
    rows = db.session.execute(
        select(Card.id, Card.round, last.label("last"))
        .outerjoin(
            Reward,
            and_(
                Reward.shop_id == Card.shop_id,
                Reward.card_id == Card.id,
                Reward.stage == 0,
                Reward.withdrawn_at.is_(None),
            ),
        )
        .where(Card.shop_id == shop_id)
        .group_by(Card.id, Card.round)
        .having(Card.round <= last)
    )
    for row in rows:
        yield Drift("round", row.id, f"round {row.round}, but round {row.last} is full already")


def _uses(shop_id: int) -> Iterator[Drift]:
    # Counted before they are joined: no index leads from a reward to its uses, and this reads all of both.
    standing: Any = (
        select(
            Redemption.reward_id,
            func.count(Redemption.id).filter(Redemption.reversed_at.is_(None)).label("uses"),
        )
        .where(Redemption.shop_id == shop_id)
        .group_by(Redemption.reward_id)
        .subquery()
    )
    rows = db.session.execute(
        select(
            Reward.card_id,
            Reward.id,
            Reward.used_at,
            Reward.withdrawn_at,
            func.coalesce(standing.c.uses, 0).label("uses"),
        )
        .outerjoin(standing, standing.c.reward_id == Reward.id)
        .where(Reward.shop_id == shop_id)
    )
    for row in rows:
        if row.uses != (1 if row.used_at else 0):
            yield Drift("use", row.card_id, f"reward {row.id} has {row.uses} uses that stand")
        if row.used_at and row.withdrawn_at:
            yield Drift("use", row.card_id, f"reward {row.id} is used and taken back at once")
