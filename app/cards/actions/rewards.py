"""Changes to rewards and their use. Flush, never commit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, or_, select, update

from app.cards.actions.ledger import touch
from app.cards.models import Card, CardRule, LedgerEntry, Redemption, Reward
from app.cards.promises import Stage
from app.cards.rules import NothingToUndo, RewardGone

_STAGE = (
    select(Reward.id)
    .where(
        Reward.shop_id == bindparam("shop"),
        Reward.card_id == bindparam("card"),
        Reward.round == bindparam("round"),
        Reward.stage == bindparam("stage"),
        Reward.withdrawn_at.is_(None),
    )
    .limit(1)
)


def add_reward(session: Any, *, card: Card, rule: CardRule, entry: LedgerEntry, now: datetime) -> Reward:
    """Give what the full card promised. `entry`: the ledger's fill."""
    return _add(session, card=card, name=rule.reward_name, entry=entry, stage=0, now=now)


def add_stage(session: Any, *, card: Card, stage: Stage, entry: LedgerEntry, now: datetime) -> bool:
    """Give a stage's reward by the line that reached it; False when this card brought it before, also used up."""
    if session.scalar(
        _STAGE, {"shop": card.shop_id, "card": card.id, "round": card.round, "stage": stage.at}
    ):
        return False
    _add(session, card=card, name=stage.name, entry=entry, stage=stage.at, now=now)
    return True


def _add(session: Any, *, card: Card, name: str, entry: LedgerEntry, stage: int, now: datetime) -> Reward:
    reward = Reward(
        shop_id=card.shop_id,
        card_id=card.id,
        customer_id=card.customer_id,
        name=name,
        earned_at=now,
        entry_id=entry.id,
        round=card.round,
        stage=stage,
    )
    session.add(reward)
    session.flush()
    return reward


def round_of(session: Any, *, shop_id: int, fill_id: int) -> int:
    """Return which card of its holder a fill closed. Raises NoResultFound."""
    return int(
        session.scalars(
            select(Reward.round).where(
                Reward.shop_id == shop_id, Reward.entry_id == fill_id, Reward.stage == 0
            )
        ).one()
    )


def withdraw_stages(
    session: Any, *, card: Card, high: int, since: int, later: bool, now: datetime
) -> list[int]:
    """Take back the stages that the card's stamps carried up to `high`, carry no more, and nobody used.

    `since`: the line that is turned around; what an earlier one reached, whose stamps have ended by now, never
    stood on it and stays. `later`: the ones of a later card, which is gone, go all. Returns the lines that gave
    them.
    """
    uncarried = and_(
        Reward.round == card.round,
        Reward.stage > card.balance,
        Reward.stage <= high,
        Reward.entry_id >= since,
    )
    if later:
        uncarried = or_(Reward.round > card.round, uncarried)
    gone = session.execute(
        update(Reward)
        .where(
            Reward.shop_id == card.shop_id,
            Reward.card_id == card.id,
            Reward.stage > 0,
            Reward.used_at.is_(None),
            Reward.withdrawn_at.is_(None),
            uncarried,
        )
        .values(withdrawn_at=now)
        .returning(Reward.entry_id)
        .execution_options(synchronize_session=False)
    )
    return [int(row[0]) for row in gone]


def _newest_unused(shop_id: int, card_id: int, since: int = 0) -> Any:
    return (
        select(Reward.id, Reward.entry_id)
        .where(
            Reward.shop_id == shop_id,
            Reward.card_id == card_id,
            Reward.stage == 0,
            Reward.used_at.is_(None),
            Reward.withdrawn_at.is_(None),
            Reward.entry_id >= since,
        )
        .order_by(Reward.id.desc())
        .limit(1)
    )


def has_unused(session: Any, *, shop_id: int, card_id: int) -> bool:
    """Tell whether a full card's reward still waits to be used."""
    return session.execute(_newest_unused(shop_id, card_id)).one_or_none() is not None


def withdraw_newest(session: Any, *, shop_id: int, card_id: int, since: int, now: datetime) -> int | None:
    """Take back the card's newest full-card reward that nobody used; returns the `fill` that gave it, or None.

    `since`: of the fills from this line on. The choice is made under the card's lock, and the change is conditional: a use at the same moment wins.
    """
    newest = session.execute(_newest_unused(shop_id, card_id, since)).one_or_none()
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
    session: Any,
    *,
    reward: Reward,
    once: str,
    staff_id: int,
    how: str,
    now: datetime,
    visit_id: int | None = None,
) -> Redemption:
    """Record who handed the reward over, at which visit and how the holder was checked."""
    use = Redemption(
        shop_id=reward.shop_id,
        reward_id=reward.id,
        visit_id=visit_id,
        once=once,
        staff_id=staff_id,
        how=how,
        at=now,
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
