"""What a full shop knows of its groups over time: where 단골 begins, how many were in one, who moved."""

from __future__ import annotations

from app.flows.unit import write
from app.insights.group_models import GroupDay, GroupSetting, PersonPlace
from app.kit.clock import kst_day
from tests import factories
from tests.factories import ACustomer, AShop


def with_groups(shop: AShop, known: ACustomer) -> None:
    """Let 단골 begin with the fourth visit, and the person have become quiet."""
    of, now = {"shop_id": shop.id}, factories.now()
    with write() as session:
        session.add(GroupSetting(**of, regular_visits=4, changed_at=now))
        session.merge(GroupDay(**of, group="regular", day=kst_day(now), people=1))
        session.merge(
            PersonPlace(**of, customer_id=known.id, place="silent", came_from="regular", since=kst_day(now))
        )
