"""Changes to rewards and their use. Flush, never commit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from app.cards.actions.ledger import add_entry, touch
from app.cards.models import Card, CardRule, LedgerEntry, Redemption, Reward
from app.cards.rules import NothingToUndo, RewardGone, filled


def add_reward(session: Any, *, card: Card, rule: CardRule, entry: LedgerEntry, now: datetime) -> Reward:
    """Give what the full card promised."""
    reward = Reward(
        shop_id=card.shop_id,
        card_id=card.id,
        customer_id=card.customer_id,
        name=rule.reward_name,
        earned_at=now,
        entry_id=entry.id,
    )
    session.add(reward)
    session.flush()
    return reward


def give_if_full(
    session: Any, *, card: Card, rule: CardRule, earned: LedgerEntry, staff_id: int | None, now: datetime
) -> int | None:
    """Turn a full card into its reward, by the line that filled it; returns the ledger's `fill`, None while not full."""
    if not filled(card.balance, rule.goal):
        return None
    by = {} if staff_id is None else {"staff_id": staff_id}
    fill = add_entry(session, card=card, kind="fill", delta=-rule.goal, now=now, part_of_id=earned.id, **by)
    add_reward(session, card=card, rule=rule, entry=fill, now=now)
    return fill.id


def withdraw_newest(session: Any, *, shop_id: int, card_id: int, now: datetime) -> int | None:
    """Take back the card's newest reward that nobody used; returns the `fill` that gave it, or None.

    The choice is made under the card's lock, and the change is conditional: a use at the same moment wins.
    """
    newest = session.execute(
        select(Reward.id, Reward.entry_id)
        .where(
            Reward.shop_id == shop_id,
            Reward.card_id == card_id,
            Reward.used_at.is_(None),
            Reward.withdrawn_at.is_(None),
        )
        .order_by(Reward.id.desc())
        .limit(1)
    ).one_or_none()
    if newest is None:
        return None
    done = session.execute(
        update(Reward)
        .where(
            Reward.shop_id == shop_id,
            Reward.id == newest.id,
            Reward.used_at.is_(None),
            Reward.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=now)
    )
    return int(newest.entry_id) if done.rowcount == 1 else None


def use_reward(session: Any, *, shop_id: int, reward_id: int, now: datetime) -> Reward:
    """Mark a reward used, by one conditional update: of twenty at once, one wins.

    Raises RewardGone for the others.
    """
    _hold_card(session, shop_id=shop_id, reward_id=reward_id)
    done = session.execute(
        update(Reward)
        .where(
            Reward.shop_id == shop_id,
            Reward.id == reward_id,
            Reward.used_at.is_(None),
            Reward.withdrawn_at.is_(None),
        )
        .values(used_at=now)
    )
    if done.rowcount != 1:
        raise RewardGone
    reward: Reward = session.scalars(
        select(Reward)
        .where(Reward.shop_id == shop_id, Reward.id == reward_id)
        .execution_options(populate_existing=True)
    ).one()
    touch(session, shop_id=shop_id, card_id=reward.card_id)
    return reward


def _hold_card(session: Any, *, shop_id: int, reward_id: int | None) -> None:
    # The card first, as every flow takes it: an undo of the stamp that brought the reward waits here.
    whose = select(Reward.card_id).where(Reward.shop_id == shop_id, Reward.id == reward_id).scalar_subquery()
    session.execute(select(Card.id).where(Card.shop_id == shop_id, Card.id == whose).with_for_update())


def add_redemption(
    session: Any, *, reward: Reward, once: str, staff_id: int, how: str, now: datetime
) -> Redemption:
    """Record who handed the reward over and how the holder was checked."""
    use = Redemption(
        shop_id=reward.shop_id, reward_id=reward.id, once=once, staff_id=staff_id, how=how, at=now
    )
    session.add(use)
    session.flush()
    return use


def redemption_by_once(session: Any, *, shop_id: int, once: str) -> tuple[Redemption, Reward] | None:
    """Return what this once-key used before."""
    row = session.execute(
        select(Redemption, Reward)
        .join(Reward, (Reward.shop_id == Redemption.shop_id) & (Reward.id == Redemption.reward_id))
        .where(Redemption.shop_id == shop_id, Redemption.once == once)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def reverse_redemption(
    session: Any, *, shop_id: int, redemption_id: int, staff_id: int, now: datetime
) -> tuple[Reward, datetime]:
    """Take a use back; the reward is the customer's again. Returns it and when it had been used.

    Raises NothingToUndo the second time.
    """
    reward_id = session.scalar(
        select(Redemption.reward_id).where(Redemption.shop_id == shop_id, Redemption.id == redemption_id)
    )
    _hold_card(session, shop_id=shop_id, reward_id=reward_id)
    done = session.execute(
        update(Redemption)
        .where(
            Redemption.shop_id == shop_id, Redemption.id == redemption_id, Redemption.reversed_at.is_(None)
        )
        .values(reversed_at=now, reversed_by=staff_id)
    )
    if done.rowcount != 1:
        raise NothingToUndo
    use, reward = session.execute(
        select(Redemption, Reward)
        .join(Reward, (Redemption.shop_id == Reward.shop_id) & (Redemption.reward_id == Reward.id))
        .where(Redemption.shop_id == shop_id, Redemption.id == redemption_id)
    ).one()
    reward.used_at = None
    session.flush()
    touch(session, shop_id=shop_id, card_id=reward.card_id)
    return reward, use.at
