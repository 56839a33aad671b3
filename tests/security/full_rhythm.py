"""What a full shop knows of how its people come: its rhythm and its model.

Where the product runs, its worker adds up too: what it may have written already is merged, here as in the files beside.
"""

from __future__ import annotations

from app.flows.unit import write
from app.insights.models import ShopRhythm
from tests import factories
from tests.factories import AShop


def with_rhythm(shop: AShop) -> None:
    """Let the shop have a rhythm of its own."""
    with write() as session:
        session.merge(
            ShopRhythm(
                shop_id=shop.id, median_days=9, people=2, again=1, reason="few", fitted_at=factories.now()
            )
        )
