"""보증 기한 안내 when the shop says something else in between."""

from __future__ import annotations

from app.flows import warranty_days
from tests import warranties as given
from tests.factories import ACustomer, AShop
from tests.world import Clock


def test_those_in_between_are_told_once_when_the_shop_tells_earlier_than_before(
    shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    given.issued(shop, jiwoo, given.a_kind(shop, months="2"))  # until 23 January
    clock.advance(days=10)
    assert warranty_days.plan_ends(shop_id=shop.id, now=clock()) == 0
    given.giving(shop, notice_days="60")
    told = []
    for _day in range(60):
        clock.advance(days=1)
        told.append(warranty_days.plan_ends(shop_id=shop.id, now=clock()))
    assert (told[0], sum(told)) == (1, 1)
