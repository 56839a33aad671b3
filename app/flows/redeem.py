"""Handing a reward over: exactly once, by one conditional update."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.cards.actions import rewards
from app.cards.models import Redemption, Reward
from app.cards.rules import RewardGone
from app.flows import audit, news, own_card, spending
from app.flows.unit import write
from app.insights import actions as sums
from app.messages import recall
from app.shops import actions as shops
from app.visits import actions as visits


@dataclass(frozen=True)
class Used:
    """A reward that was handed over. `repeated`: the same tap again."""

    redemption_id: int
    reward_name: str
    card_id: int
    repeated: bool


def use_reward(
    *, shop_id: int, staff_id: int, reward_id: int, once: str, how: str | None = None, now: datetime
) -> Used:
    """Use a reward, when somebody has looked whose card it is (flows/spending.py).

    `how`: live_card or staff_check where that was settled before (a past that is told again); no door says it.
    The same `once` gives the same answer. Raises RewardGone when it was used or taken back before, OwnCard, and
    what spending.proof raises.
    """
    with own_card.kept(now=now), write() as session:
        before = rewards.redemption_by_once(session, shop_id=shop_id, once=once)
        if before is not None:
            return _same_answer(*before)
        try:
            reward = rewards.use_reward(session, shop_id=shop_id, reward_id=reward_id, now=now)
        except RewardGone:
            # The same tap twice at once: the other one was first, and its answer is ours.
            before = rewards.redemption_by_once(session, shop_id=shop_id, once=once)
            if before is None:
                raise
            return _same_answer(*before)
        if how is None:
            how = spending.proof(session, shop_id=shop_id, card_id=reward.card_id, staff_id=staff_id, now=now)
        else:
            own_card.check(session, shop_id=shop_id, staff_id=staff_id, card_id=reward.card_id)
        use = rewards.add_redemption(
            session,
            reward=reward,
            once=once,
            staff_id=staff_id,
            how=how,
            visit_id=visits.visit_here(session, shop_id=shop_id, customer_id=reward.customer_id, now=now),
            now=now,
        )
        sums.count(session, shop_id=shop_id, at=now, rewards_used=1)
        # Who has it in hand needs no letter about it; the one on the card stays, as what happened.
        recall.cancel(
            session,
            shop_id=shop_id,
            cause=f"{'stage' if reward.stage else 'fill'}:{reward.entry_id}",
            but_card=True,
            reason="손님이 이미 쓰셨어요.",
            now=now,
        )
        uses = shops.uses(session, shop_id=shop_id)
        news.reward_used(session, reward=reward, redemption_id=use.id, uses=uses, now=now)
        return Used(use.id, reward.name, reward.card_id, repeated=False)


def _same_answer(use: Redemption, reward: Reward) -> Used:
    return Used(use.id, reward.name, reward.card_id, repeated=True)


def undo_use(*, shop_id: int, staff_id: int, redemption_id: int, now: datetime) -> int:
    """Take a use back; the reward waits on the card again. Returns the card's id.

    Raises NothingToUndo the second time.
    """
    with write() as session:
        reward = take_back(session, shop_id=shop_id, staff_id=staff_id, redemption_id=redemption_id, now=now)
        audit.note(
            session,
            shop_id=shop_id,
            what="use_undone",
            staff_id=staff_id,
            subject=f"redemption:{redemption_id}",
            now=now,
        )
        return reward.card_id


def take_back(session: Any, *, shop_id: int, staff_id: int, redemption_id: int, now: datetime) -> Reward:
    """Take a use back inside the caller's transaction; returns the reward, which waits again.

    Raises NothingToUndo the second time.
    """
    reward, used_at = rewards.reverse_redemption(
        session, shop_id=shop_id, redemption_id=redemption_id, staff_id=staff_id, now=now
    )
    sums.count(session, shop_id=shop_id, at=used_at, rewards_used=-1)
    return reward
