"""Reads about cards, ledgers, claims and rewards, shaped for pages. Core selects: these paths are hot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from app.cards.extras import EXTRAS, Extras
from app.cards.models import Card, CardRule, Claim, LedgerEntry, Redemption, Reward
from app.cards.promises import Stage, next_stage
from app.customers.models import Customer, Device, PhoneClaim
from app.extensions import db
from app.kit.signing import token_hash


@dataclass(frozen=True)
class Holder:
    """Whose card this browser shows."""

    shop_id: int
    customer_id: int
    card_id: int
    name: str
    held: int  # cards of all shops in this browser


# Statements of the hot pages are built once: building one again costs as much as running it.
_MINE = aliased(Device)
_HELD = (
    select(func.count())
    .select_from(_MINE)
    .where(_MINE.browser_hash == bindparam("browser"))
    .scalar_subquery()
)
_HOLDER = (
    select(Device.shop_id, Device.customer_id, Card.id, Customer.name, _HELD)
    .join(Customer, (Customer.shop_id == Device.shop_id) & (Customer.id == Device.customer_id))
    .join(Card, (Card.shop_id == Device.shop_id) & (Card.customer_id == Device.customer_id))
    .where(
        Device.browser_hash == bindparam("browser"),
        Device.shop_id == bindparam("shop"),
        Customer.erased_at.is_(None),
        Card.closed_at.is_(None),
    )
)


def holder(*, shop_id: int, browser_token: str) -> Holder | None:
    """Return the card this browser holds in a shop."""
    row = db.session.execute(_HOLDER, {"browser": token_hash(browser_token), "shop": shop_id}).one_or_none()
    return Holder(*row) if row else None


@dataclass(frozen=True)
class Promise:
    """What a shop's card gives: so many stamps, this reward."""

    goal: int
    reward_name: str


@dataclass(frozen=True)
class ReadyReward:
    """A reward that can be used now."""

    id: int
    name: str
    earned_at: datetime


@dataclass(frozen=True)
class CardPage:
    """Everything the holder's own page shows of the card. `word` is set while a claim waits."""

    card_id: int
    ref: str
    spoken: str
    key_version: int
    balance: int
    goal: int
    reward_name: str
    changed: int
    visit_count: int
    name: str
    has_phone: bool
    extras: Extras
    rewards: list[ReadyReward]
    word: str | None
    declined: bool  # the shop took the last claim out of its list a moment ago

    @property
    def missing(self) -> int:
        """Stamps until the card is full."""
        return max(self.goal - self.balance, 0)

    @property
    def next_up(self) -> Stage:
        """What comes next: a stage on the way, or the full card."""
        return next_stage(self.extras, self.balance) or Stage(self.goal, self.reward_name)


@dataclass(frozen=True)
class Newest:
    """The card's newest line: its kind ("earn", "refuse", "use" …, "" for none), when, and why refused."""

    kind: str
    at: datetime | None
    reason: str


def promise(shop_id: int) -> Promise | None:
    """Return what a new card of this shop promises; None while the shop has no rule."""
    row = db.session.execute(
        select(CardRule.goal, CardRule.reward_name)
        .where(CardRule.shop_id == shop_id, CardRule.ended_at.is_(None))
        .order_by(CardRule.id.desc())
        .limit(1)
    ).one_or_none()
    return Promise(*row) if row else None


_CARD_PAGE = (
    select(
        Card.id,
        Card.ref,
        Card.spoken,
        Card.key_version,
        Card.balance,
        CardRule.goal,
        CardRule.reward_name,
        Card.changed,
        Customer.visit_count,
        Customer.name,
        or_(
            Customer.phone.is_not(None),
            # A number another card has counts as given on one's own page (S06).
            select(PhoneClaim.id)
            .where(PhoneClaim.shop_id == Card.shop_id, PhoneClaim.customer_id == Card.customer_id)
            .exists(),
        ),
        *EXTRAS,
    )
    .join(CardRule, (CardRule.shop_id == Card.shop_id) & (CardRule.id == Card.rule_id))
    .join(Customer, (Customer.shop_id == Card.shop_id) & (Customer.id == Card.customer_id))
    .where(Card.shop_id == bindparam("shop"), Card.id == bindparam("card"), Card.closed_at.is_(None))
)
_LATEST_CLAIM = (
    select(Claim.word, Claim.state, Claim.expires_at, Claim.decided_at)
    .where(Claim.shop_id == bindparam("shop"), Claim.card_id == bindparam("card"))
    .order_by(Claim.id.desc())
    .limit(1)
)
_READY_REWARDS = (
    select(Reward.id, Reward.name, Reward.earned_at)
    .where(
        Reward.shop_id == bindparam("shop"),
        Reward.card_id == bindparam("card"),
        Reward.used_at.is_(None),
        Reward.withdrawn_at.is_(None),
    )
    .order_by(Reward.id)
)


def card_page(*, shop_id: int, card_id: int, now: datetime) -> CardPage:
    """Return the holder's page. Raises NoResultFound for a closed or foreign card."""
    which = {"shop": shop_id, "card": card_id}
    row = db.session.execute(_CARD_PAGE, which).one()
    claim = db.session.execute(_LATEST_CLAIM, which).one_or_none()
    word = claim.word if claim and claim.state == "waiting" and claim.expires_at > now else None
    declined = bool(
        claim
        and claim.state == "declined"
        and claim.decided_at
        and claim.decided_at > now - timedelta(minutes=10)
    )
    rewards = ready_rewards(shop_id=shop_id, card_id=card_id)
    cells: tuple[Any, ...] = tuple(row)
    extras = Extras(*cells[-len(EXTRAS) :])
    return CardPage(*(*cells[: -len(EXTRAS)], extras, rewards, word, declined))


def ready_rewards(*, shop_id: int, card_id: int) -> list[ReadyReward]:
    """Return the rewards of a card that can be used now, the oldest first."""
    rows = db.session.execute(_READY_REWARDS, {"shop": shop_id, "card": card_id})
    return [ReadyReward(*row) for row in rows]


@dataclass(frozen=True)
class Held:
    """What lies on a card: stamps, points, and rewards that can be used now."""

    stamps: int
    points: int
    rewards: int


def held_on(*, shop_id: int, card_id: int) -> Held:
    """Return what lies on a card. Raises NoResultFound for another shop's."""
    row = db.session.execute(
        select(Card.balance, Card.points).where(Card.shop_id == shop_id, Card.id == card_id)
    ).one()
    return Held(*row, rewards=len(ready_rewards(shop_id=shop_id, card_id=card_id)))


_NEWEST_ENTRY = (
    select(LedgerEntry.kind, LedgerEntry.at, LedgerEntry.reason)
    .where(LedgerEntry.shop_id == bindparam("shop"), LedgerEntry.card_id == bindparam("card"))
    .order_by(LedgerEntry.at.desc(), LedgerEntry.id.desc())
    .limit(1)
)
_NEWEST_USE = (
    select(Redemption.at, Redemption.reversed_at)
    .join(Reward, (Reward.shop_id == Redemption.shop_id) & (Reward.id == Redemption.reward_id))
    .where(Reward.shop_id == bindparam("shop"), Reward.card_id == bindparam("card"))
    .order_by(Redemption.id.desc())
    .limit(1)
)


def newest_line(*, shop_id: int, card_id: int) -> Newest:
    """Return what the card's newest line says, of a card without any: nothing at all."""
    which = {"shop": shop_id, "card": card_id}
    entry = db.session.execute(_NEWEST_ENTRY, which).one_or_none()
    use = db.session.execute(_NEWEST_USE, which).one_or_none()
    found = [(entry.at, entry.kind, entry.reason)] if entry else []
    if use:
        found.append((use.reversed_at, "use_back", "") if use.reversed_at else (use.at, "use", ""))
    if not found:
        return Newest("", None, "")
    at, kind, reason = max(found)
    return Newest(str(kind), at, str(reason))


def long_gone(
    *, shop_id: int, before: datetime, limit: int, unless: ColumnElement[bool] | None = None
) -> list[int]:
    """Return customers not seen since a moment who have no stamp, no point and no unused reward left.

    `unless`: what else of a room above is worth waiting for.
    """
    unused = (
        select(Reward.id)
        .where(
            Reward.shop_id == shop_id,
            Reward.customer_id == Customer.id,
            Reward.used_at.is_(None),
            Reward.withdrawn_at.is_(None),
        )
        .exists()
    )
    stamps = (
        select(Card.id)
        .where(
            Card.shop_id == shop_id,
            Card.customer_id == Customer.id,
            or_(Card.balance > 0, Card.points > 0),
        )
        .exists()
    )
    return list(
        db.session.scalars(
            select(Customer.id)
            .where(
                Customer.shop_id == shop_id,
                Customer.erased_at.is_(None),
                func.coalesce(Customer.last_visit_at, Customer.joined_at) < before,
                ~unused,
                ~stamps,
                *(() if unless is None else (~unless,)),
            )
            .order_by(Customer.id)
            .limit(limit)
        )
    )
