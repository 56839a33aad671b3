"""People who came so many days ago, written as rows; and what was worked out of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from app.customers.models import Customer
from app.extensions import db
from app.flows import rhythm
from app.flows.unit import write
from app.insights.models import PersonStat, ShopRhythm
from app.kit.clock import kst_day
from app.shops.models import SpecialDays, WeeklyDayOff
from app.visits.models import Visit
from tests import factories
from tests.factories import AShop


def people_with(shop: AShop, days_ago: list[list[int]], amounts: list[int | None] | None = None) -> list[int]:
    """Let people have come so many days ago each, written as rows."""
    now = factories.now()
    with write() as session:
        people = [
            Customer(shop_id=shop.id, source="qr", joined_at=now, visit_count=len(days), stale_at=now)
            for days in days_ago
        ]
        session.add_all(people)
        session.flush()
        for person, days in zip(people, days_ago, strict=True):
            for place, day in enumerate(days):
                won = amounts[place % len(amounts)] if amounts else None
                session.add(
                    Visit(
                        shop_id=shop.id,
                        customer_id=person.id,
                        at=now - timedelta(days=day, minutes=place),
                        amount=won,
                    )
                )
        return [person.id for person in people]


def closed(shop: AShop, *days_ago: int, weekly: int | None = None) -> None:
    """Let the shop have been closed so many days ago each, and on a weekday."""
    today = kst_day(factories.now())
    with write() as session:
        for day in days_ago:
            that = today - timedelta(days=day)
            session.add(
                SpecialDays(
                    shop_id=shop.id, first=that, last=that, is_open=False, note="", staff_id=shop.owner_id,
                    created_at=factories.now(),
                )
            )  # fmt: skip
        if weekly is not None:
            session.add(WeeklyDayOff(shop_id=shop.id, weekday=weekly, since=date(2020, 1, 1)))


def rows(shop: AShop) -> dict[int, PersonStat]:
    """Return what was worked out of everybody, by person."""
    db.session.rollback()
    found = db.session.scalars(db.select(PersonStat).where(PersonStat.shop_id == shop.id))
    return {row.customer_id: row for row in found}


def shops_days(shop: AShop) -> int | None:
    """Return the shop's own rhythm."""
    return db.session.scalar(db.select(ShopRhythm.median_days).where(ShopRhythm.shop_id == shop.id))


def minute(now: datetime) -> int:
    """Count whose visits have changed, as the clock does every minute; returns how many people."""
    return sum(rhythm.count_shop(shop_id=shop_id, now=now) for shop_id in rhythm.shops_due())


def counted(shop: AShop, now: datetime | None = None) -> None:
    """Let whoever came be counted, and a night pass: what is told of everybody is of now."""
    minute(now or factories.now())
    night(shop, now)


def night(shop: AShop, now: datetime | None = None) -> None:
    """Let a night pass."""
    rhythm.see_to(shop_id=shop.id, now=now or factories.now())


def drawn(people: int, seed: int = 7) -> list[list[int]]:
    """Draw people as the model thinks of them: a rate and a chance to leave of their own each."""
    import numpy as np

    rng = np.random.default_rng(seed)
    found = []
    for _ in range(people):
        first, rate, leaves = rng.integers(20, 300), rng.gamma(1.2, 1 / 9), rng.beta(0.8, 3)
        days, at = [int(first)], float(first)
        while rng.random() > leaves and (at := at - rng.exponential(1 / rate)) > 0:
            days.append(int(at))
        found.append(sorted(days))
    return found
