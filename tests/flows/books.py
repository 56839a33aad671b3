"""The shop's books, added up again from the lines and compared with every sum the product keeps."""

from __future__ import annotations

from collections import Counter
from datetime import date

from app.cards.models import Card, CodeUse, LedgerEntry, Redemption, Reward
from app.customers.models import Customer
from app.extensions import db
from app.insights.models import DayCount
from app.kit.clock import kst_day
from app.visits.models import Visit
from tests.factories import AShop


def check(shop: AShop) -> None:
    """Fail on the first sum that is not what its lines say."""
    db.session.rollback()
    entries = list(db.session.scalars(db.select(LedgerEntry).where(LedgerEntry.shop_id == shop.id)))
    undone = {entry.reverses_id for entry in entries if entry.reverses_id}
    _balances(shop, entries)
    _rewards(shop, entries, undone)
    _days(shop, entries, undone)


def _balances(shop: AShop, entries: list[LedgerEntry]) -> None:
    sums: Counter[int] = Counter()
    by_id = {entry.id: entry for entry in entries}
    for entry in entries:
        sums[entry.card_id] += entry.delta
        if entry.reverses_id:
            assert entry.delta == -by_id[entry.reverses_id].delta, "a reversal turns its line around"
        if entry.kind == "refuse":
            assert entry.delta == 0
    cards = db.session.execute(db.select(Card.id, Card.balance).where(Card.shop_id == shop.id)).all()
    assert {row.id: row.balance for row in cards} == {row.id: sums[row.id] for row in cards}
    once = [entry.once for entry in entries if entry.once]
    assert len(once) == len(set(once))


def _rewards(shop: AShop, entries: list[LedgerEntry], undone: set[int | None]) -> None:
    rewards = list(db.session.scalars(db.select(Reward).where(Reward.shop_id == shop.id)))
    fills = {entry.id: entry for entry in entries if entry.kind == "fill"}
    assert {reward.entry_id for reward in rewards if not reward.stage} == set(fills)
    uses = list(db.session.scalars(db.select(Redemption).where(Redemption.shop_id == shop.id)))
    for reward in rewards:
        if not reward.stage:
            assert (reward.withdrawn_at is not None) == (reward.entry_id in undone)
        standing = [use for use in uses if use.reward_id == reward.id and use.reversed_at is None]
        assert len(standing) == (1 if reward.used_at else 0)
        assert not (reward.used_at and reward.withdrawn_at)


def _days(shop: AShop, entries: list[LedgerEntry], undone: set[int | None]) -> None:
    stamps: Counter[date] = Counter()
    for entry in entries:
        if entry.kind == "earn" and entry.id not in undone:
            stamps[kst_day(entry.at)] += entry.delta  # a double day brings two with one line
    visits = list(
        db.session.scalars(db.select(Visit).where(Visit.shop_id == shop.id, Visit.reversed_at.is_(None)))
    )
    days = Counter(kst_day(visit.at) for visit in visits)
    used = Counter(
        kst_day(use.at)
        for use in db.session.scalars(
            db.select(Redemption).where(Redemption.shop_id == shop.id, Redemption.reversed_at.is_(None))
        )
    )
    for row in db.session.scalars(db.select(DayCount).where(DayCount.shop_id == shop.id)):
        assert (row.stamps, row.visits, row.rewards_used) == (stamps[row.day], days[row.day], used[row.day])
        assert row.new_customers + row.returning_visits == row.visits
        assert min(row.new_customers, row.returning_visits) >= 0
    # Who went into somebody else keeps the dates of then: their visits are the other one's.
    apart = db.select(Customer).where(Customer.shop_id == shop.id, Customer.merged_into_id.is_(None))
    for person in db.session.scalars(apart):
        mine = [visit.at for visit in visits if visit.customer_id == person.id]
        assert person.visit_count == len(mine)
        assert (person.first_visit_at, person.last_visit_at) == (
            (min(mine), max(mine)) if mine else (None, None)
        )


def stamps_on(card_id: int) -> int:
    """Return how many stamps of a card stand."""
    db.session.rollback()
    return int(
        db.session.scalar(
            db.select(db.func.coalesce(db.func.sum(LedgerEntry.delta), 0)).where(
                LedgerEntry.card_id == card_id,
                LedgerEntry.kind.in_(("earn", "reverse")),
            )
        )
        or 0
    )


def count(kind: str, card_id: int) -> int:
    """Return how many ledger lines of a kind a card has."""
    db.session.rollback()
    return int(
        db.session.scalar(
            db.select(db.func.count(LedgerEntry.id)).where(
                LedgerEntry.card_id == card_id, LedgerEntry.kind == kind
            )
        )
        or 0
    )


def codes_spent(card_id: int) -> int:
    """Return how many rotating codes of a card were spent."""
    db.session.rollback()
    return int(db.session.scalar(db.select(db.func.count(CodeUse.id)).where(CodeUse.card_id == card_id)) or 0)


def last_stamp(card_id: int) -> int:
    """Return the newest stamp's line."""
    db.session.rollback()
    found = db.session.scalar(
        db.select(db.func.max(LedgerEntry.id)).where(
            LedgerEntry.card_id == card_id, LedgerEntry.kind == "earn"
        )
    )
    assert found is not None
    return int(found)
