"""What a full shop knows of its month: each table's row."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.flows.unit import write
from app.insights.month_models import MonthCohort, MonthCount, MonthFound, MonthHour, MonthPair, MonthProduct
from app.visits.models import Product
from tests import factories
from tests.factories import AShop


def with_months(shop: AShop, word: str) -> None:
    """Let the shop have a month worked out, with two products that were bought together."""
    of: dict[str, Any] = {"shop_id": shop.id, "month": date(2026, 10, 1)}
    with write() as session:
        tea, cake = (Product(shop_id=shop.id, name=f"{word}{name}", price=3000) for name in ("차", "떡"))
        session.add_all([tea, cake])
        session.flush()
        one, other = sorted((tea.id, cake.id))
        for row in (
            MonthCount(**of, changes=0, counted_at=factories.now(), people=1),
            MonthHour(**of, weekday=0, hour=14, visits=1),
            MonthCohort(**of, first_month=of["month"], people=1, often=0),
            MonthFound(**of, found_by="friend", source="qr", people=1),
            MonthProduct(**of, product_id=one, pieces=1, won=3000, visits=1),
            MonthPair(**of, product_id=one, other_id=other, visits=3),
        ):
            session.merge(row)
            session.flush()
