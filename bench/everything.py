"""The bench's shop with everything switched on: everybody stands in a tier and holds coupons and points."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import text

from app.coupons.offers import started
from app.extensions import db
from app.flows import amount, boosts, coupon_kinds, gifts, referral, tier_rules
from app.flows import shop as shop_flow
from app.flows.unit import write
from app.kit.signing import new_token
from app.shops import actions as shops
from app.tiers import queries as tiers
from app.tiers.rules import BoostRule
from bench.data import GOAL, REWARD

_COUPONS = ("아메리카노 한 잔", "쿠키 하나", "사이즈업")  # each person holds one of each
_FACTS = (
    "UPDATE cards SET points = 50, rule_id = (SELECT max(id) FROM card_rules)",
    # Their newest stamp brought them, so that the books balance still.
    "UPDATE ledger_entries SET points = 50 WHERE id IN (SELECT max(id) FROM ledger_entries GROUP BY card_id)",
    "INSERT INTO coupons (shop_id, kind_id, customer_id, ref, cause, issued_at)"
    " SELECT 1, coupon_kinds.id, customers.id, 'C' || (customers.id * 8 + coupon_kinds.id), 'hand:1', customers.last_visit_at"
    " FROM customers CROSS JOIN coupon_kinds",
    "ANALYZE",
)


def switch_on(*, now: datetime) -> None:
    """Let the shop use all there is: points, stages, coupons, tiers, boosts, gifts, friends, price buttons, a tablet."""
    own: dict[str, Any] = {"shop_id": 1, "staff_id": 1, "now": now}
    beyond = {"point_percent": "1", "point_visit": "5", "stage_at_1": "5", "stage_name_1": "사이즈업"}
    shop_flow.save_card_rule(**own, goal=str(GOAL), reward_name=REWARD, **beyond)
    amount.save_prices(**own, typed=["4500", "9000", "12000"])
    tier_rules.switch(**own, is_on=True)
    with write() as session:
        shops.set_use(session, shop_id=1, what="kiosk", is_on=True)
    lowest = tiers.tiers_of(1)[0].id
    boosts.make(**own, rule=BoostRule("늘 두 배", 200), tier_id=None)
    gifts.open_list(**own, name="설 선물", tier_id=lowest)
    referral.save_settings(**own, is_on=True, inviter="stamps:1", friend="stamps:1", month_most="3")
    for name in _COUPONS:
        typed = (started("manual") or {}) | {"gives": "item", "name": name, "least_tier": str(lowest)}
        coupon_kinds.make(**own, typed=typed, once=new_token())
    for query in _FACTS:
        db.session.execute(text(query))
        db.session.commit()
