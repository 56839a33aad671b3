"""내 카드: the cards one browser holds, of whatever shops. Nothing else joins shops."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import case, func, select

from app.cards.models import Card, CardRule, Reward
from app.customers.models import Customer, Device
from app.extensions import db
from app.kit.signing import token_hash
from app.shops.models import Shop


@dataclass(frozen=True)
class HeldCard:
    """One of the cards a browser holds, for 내 카드. `ready`: the oldest reward that can be used now, "" for none."""

    shop_id: int
    customer_id: int
    shop_code: str
    shop_name: str
    mark: str
    balance: int
    goal: int
    reward_name: str
    visit_count: int
    rewards: int
    ready: str

    @property
    def missing(self) -> int:
        """Stamps until the next reward."""
        return max(self.goal - self.balance, 0)


def held_cards(browser_token: str) -> list[HeldCard]:
    """Return the cards this browser holds, the one used last first. Nothing else joins these shops."""
    waiting = select(Reward.name).where(
        Reward.shop_id == Card.shop_id,
        Reward.card_id == Card.id,
        Reward.used_at.is_(None),
        Reward.withdrawn_at.is_(None),
    )
    ready = waiting.with_only_columns(func.count()).scalar_subquery()
    oldest = waiting.order_by(Reward.id).limit(1).scalar_subquery()
    # A browser that got the card today counts as a use; afterwards the visits tell.
    used_at = case(
        (Customer.last_visit_at > Device.seen_at, Customer.last_visit_at),
        else_=Device.seen_at,
    )
    rows = db.session.execute(
        select(
            Device.shop_id,
            Device.customer_id,
            Shop.code,
            Shop.name,
            Shop.mark,
            Card.balance,
            CardRule.goal,
            CardRule.reward_name,
            Customer.visit_count,
            ready,
            func.coalesce(oldest, ""),
        )
        .select_from(Device)
        .join(Customer, (Customer.shop_id == Device.shop_id) & (Customer.id == Device.customer_id))
        .join(Card, (Card.shop_id == Device.shop_id) & (Card.customer_id == Device.customer_id))
        .join(CardRule, (CardRule.shop_id == Card.shop_id) & (CardRule.id == Card.rule_id))
        .join(Shop, Shop.id == Device.shop_id)
        .where(Device.browser_hash == token_hash(browser_token), Card.closed_at.is_(None))
        .order_by(used_at.desc(), Device.id.desc())
    )
    return [HeldCard(*row) for row in rows]
