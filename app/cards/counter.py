"""Reads behind the counter: who waits, whose card this is, what was stamped today. Core selects: hot paths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, islice

from sqlalchemy import BigInteger, ColumnElement, bindparam, func, select
from sqlalchemy.orm import aliased

from app.cards import checks, rules
from app.cards.extras import ENDING, EXTRAS, Ending, Extras
from app.cards.history import undone
from app.cards.models import Card, CardRule, Claim, LedgerEntry, Reward
from app.cards.promises import Stage, next_stage
from app.cards.queries import ReadyReward, ready_rewards
from app.customers.known_models import Companion
from app.customers.models import Customer
from app.extensions import db
from app.kit.columns import UtcDateTime
from app.kit.lunar import Yearly
from app.kit.phone import korean_mobile
from app.visits import queries as visits
from app.visits.queries import Lately

# More people than this with the same four digits would be a shop of half a million.
_SAME_DIGITS = 50


@dataclass(frozen=True)
class WaitingClaim:
    """A customer who tapped 도장 받기. `visit_count` is before this stamp; `name` may be ""."""

    id: int
    word: str
    card_id: int
    name: str
    visit_count: int
    likes: str
    via: str  # card | counter | kiosk


@dataclass(frozen=True)
class LastStamp:
    """The card's newest stamp that still stands. `boosted`: why it brought more stamps than usual, or ""."""

    entry_id: int
    at: datetime
    how: str
    reason: str
    stamps: int
    boosted: str


@dataclass(frozen=True)
class Panel:
    """What the staff sees of a person while they stand at the counter."""

    card_id: int
    customer_id: int
    spoken: str
    name: str
    phone: str | None
    memo: str
    likes: str
    visit_count: int
    balance: int
    goal: int
    reward_name: str
    scan_cap: int
    birth_month: int | None
    birth_day: int | None
    birth_is_lunar: bool
    birth_is_leap: bool
    companion: str | None  # who comes along, the one told of first
    extras: Extras
    ending: Ending | None
    rewards: list[ReadyReward]
    last: LastStamp | None
    lately: Lately
    proof: str  # live_card | staff_check | "": how somebody looked a moment ago whose card this is

    @property
    def birthday(self) -> Yearly | None:
        """The day they like to be congratulated on; kept only with their consent."""
        if self.birth_month is None or self.birth_day is None:
            return None
        return Yearly(self.birth_month, self.birth_day, self.birth_is_lunar, self.birth_is_leap)

    @property
    def missing(self) -> int:
        """Stamps until the card is full."""
        return max(self.goal - self.balance, 0)

    @property
    def next_up(self) -> Stage:
        """What comes next: a stage on the way, or the full card."""
        return next_stage(self.extras, self.balance) or Stage(self.goal, self.reward_name)


@dataclass(frozen=True)
class Match:
    """A card that fits what was typed at the counter."""

    card_id: int
    name: str
    phone: str | None
    visit_count: int
    last_visit_at: datetime | None
    customer_id: int
    how: str  # digits | spoken


def waiting_claims(*, shop_id: int, now: datetime, limit: int = 50) -> list[WaitingClaim]:
    """Return who waits for a stamp, the one who asked first on top."""
    rows = db.session.execute(
        select(
            Claim.id,
            Claim.word,
            Claim.card_id,
            Customer.name,
            Customer.visit_count,
            Customer.likes,
            Claim.via,
        )
        .join(Customer, (Customer.shop_id == Claim.shop_id) & (Customer.id == Claim.customer_id))
        .where(Claim.shop_id == shop_id, Claim.state == "waiting", Claim.expires_at > now)
        .order_by(Claim.created_at, Claim.id)
        .limit(limit)
    )
    return [WaitingClaim(*row) for row in rows]


# Every page of the owner's side asks this one, every stamp the next two: built once.
_WAITING_COUNT = select(func.count(Claim.id)).where(
    Claim.shop_id == bindparam("shop", type_=BigInteger),
    Claim.state == "waiting",
    Claim.expires_at > bindparam("now", type_=UtcDateTime()),
)
_LAST = aliased(LedgerEntry)
_LAST_ID = (
    select(LedgerEntry.id)
    .where(
        LedgerEntry.shop_id == bindparam("shop", type_=BigInteger),
        LedgerEntry.card_id == bindparam("card", type_=BigInteger),
        LedgerEntry.kind == "earn",
        LedgerEntry.how.not_in(rules.NOBODY_THERE),  # nobody pressed it here: not what 적립 취소 is for
        ~undone(),
    )
    .order_by(LedgerEntry.at.desc(), LedgerEntry.id.desc())
    .limit(1)
    .scalar_subquery()
)
_LAST_STAMP = (_LAST.id, _LAST.at, _LAST.how, _LAST.reason, _LAST.delta, _LAST.boosted)
# By its index, and empty for most: it costs the panel no question of its own.
_COMES_ALONG = (
    select(Companion.name)
    .where(Companion.shop_id == Card.shop_id, Companion.customer_id == Card.customer_id)
    .order_by(Companion.id)
    .limit(1)
    .scalar_subquery()
)
_PERSON = (
    Card.id, Card.customer_id, Card.spoken, Customer.name, Customer.phone, Customer.memo, Customer.likes,
    Customer.visit_count, Card.balance, CardRule.goal, CardRule.reward_name, CardRule.scan_cap,
    Customer.birth_month, Customer.birth_day, Customer.birth_is_lunar, Customer.birth_is_leap, _COMES_ALONG,
)  # fmt: skip
_PARTS = (_PERSON, EXTRAS, ENDING, _LAST_STAMP, checks.CHECKED)
# The card, its person, its last stamp: one row each, so one statement.
_PANEL = (
    select(*chain(*_PARTS))
    .join(CardRule, (CardRule.shop_id == Card.shop_id) & (CardRule.id == Card.rule_id))
    .join(Customer, (Customer.shop_id == Card.shop_id) & (Customer.id == Card.customer_id))
    .outerjoin(_LAST, (_LAST.shop_id == Card.shop_id) & (_LAST.id == _LAST_ID))
    .where(
        Card.shop_id == bindparam("shop", type_=BigInteger),
        Card.id == bindparam("card", type_=BigInteger),
        Card.closed_at.is_(None),
    )
)


def waiting_count(*, shop_id: int, now: datetime) -> int:
    """Return how many people wait for a stamp (the number on the 적립 tab)."""
    return int(db.session.scalar(_WAITING_COUNT, {"shop": shop_id, "now": now}) or 0)


def panel(*, shop_id: int, card_id: int, now: datetime, spends: bool = False) -> Panel | None:
    """Return a person's panel; None for a closed card or another shop's (S05).

    `spends`: the shop has more to spend than rewards, so it matters how the holder was checked.
    """
    which = {"shop": shop_id, "card": card_id, **checks.of_checks(now)}
    row = db.session.execute(_PANEL, which).one_or_none()
    if row is None:
        return None
    cells = iter(tuple(row))
    person, beyond, ends, stamp, (live, by_staff) = (tuple(islice(cells, len(part))) for part in _PARTS)
    extras = Extras(*beyond)
    rewards = ready_rewards(shop_id=shop_id, card_id=card_id)
    # That the staff looked matters while there is something to spend.
    looked = by_staff and (rewards or spends or extras.points > 0)
    rest = (
        extras,
        Ending(extras.expires_at, *map(int, ends)) if extras.expires_at else None,
        rewards,
        LastStamp(*stamp) if stamp[0] is not None else None,
        visits.lately(shop_id=shop_id, customer_id=row.customer_id),
        "live_card" if live else "staff_check" if looked else "",
    )
    return Panel(*(*person, *rest))


def card_of_reward(*, shop_id: int, reward_id: int) -> int | None:
    """Return the card a reward waits on, or None for another shop's reward."""
    return db.session.scalar(select(Reward.card_id).where(Reward.shop_id == shop_id, Reward.id == reward_id))


def card_of_customer(*, shop_id: int, customer_id: int) -> int | None:
    """Return the open card of a person, or None."""
    return db.session.scalar(
        select(Card.id)
        .where(Card.shop_id == shop_id, Card.customer_id == customer_id, Card.closed_at.is_(None))
        .order_by(Card.id.desc())
        .limit(1)
    )


def lookup(*, shop_id: int, typed: str, limit: int = 8) -> list[Match]:
    """Return the cards that fit a spoken code, the last four digits or a whole number, latest visit first.

    Nothing that fits none of the three is searched for: the counter is no directory.
    """
    spoken, tail, whole = rules.read_lookup(typed)
    phone = korean_mobile(whole) if whole else None
    found: dict[int, Match] = {}
    if spoken:
        found |= _matches(shop_id, Card.spoken == spoken, how="spoken", limit=limit)
    if tail or phone:
        # People first, then their cards: in one question the planner reads every card of the shop.
        numbered = Customer.phone_tail == tail if tail else Customer.phone == phone
        ids = db.session.scalars(
            select(Customer.id).where(Customer.shop_id == shop_id, numbered).limit(_SAME_DIGITS)
        ).all()
        found = _matches(shop_id, Card.customer_id.in_(ids), how="digits", limit=limit) | found
    return list(found.values())[:limit]


def _matches(shop_id: int, fits: ColumnElement[bool], *, how: str, limit: int) -> dict[int, Match]:
    rows = db.session.execute(
        select(
            Card.id,
            Customer.name,
            Customer.phone,
            Customer.visit_count,
            Customer.last_visit_at,
            Customer.id.label("customer_id"),
        )
        .join(Customer, (Customer.shop_id == Card.shop_id) & (Customer.id == Card.customer_id))
        .where(Card.shop_id == shop_id, Card.closed_at.is_(None), fits)
        .order_by(Customer.last_visit_at.desc().nulls_last(), Card.id.desc())
        .limit(limit)
    )
    return {row.id: Match(*row, how=how) for row in rows}


def cards_out(*, shop_id: int, now: datetime) -> tuple[int, int, int]:
    """Return whom a new rule does not touch: open cards, those with a visit in the last 90 days, those with stamps."""
    recent = Customer.last_visit_at > now - timedelta(days=90)
    row = db.session.execute(
        select(
            func.count(Card.id),
            func.count(Card.id).filter(recent),
            func.count(Card.id).filter(Card.balance > 0),
        )
        .join(Customer, (Customer.shop_id == Card.shop_id) & (Customer.id == Card.customer_id))
        .where(Card.shop_id == shop_id, Card.closed_at.is_(None))
    ).one()
    return int(row[0]), int(row[1]), int(row[2])


@dataclass(frozen=True)
class PrintedCard:
    """What stands on a paper card. `version` 0: none was printed yet."""

    card_id: int
    customer_id: int
    ref: str
    spoken: str
    version: int
    goal: int
    reward_name: str


def printed_cards(
    *, shop_id: int, refs: Sequence[str] = (), customer_id: int | None = None
) -> list[PrintedCard]:
    """Return the open cards of these references, or of one person, in the order they were made."""
    whose = Card.customer_id == customer_id if customer_id is not None else Card.ref.in_(refs)
    rows = db.session.execute(
        select(
            Card.id,
            Card.customer_id,
            Card.ref,
            Card.spoken,
            Card.print_version,
            CardRule.goal,
            CardRule.reward_name,
        )
        .join(CardRule, (CardRule.shop_id == Card.shop_id) & (CardRule.id == Card.rule_id))
        .where(Card.shop_id == shop_id, Card.closed_at.is_(None), whose)
        .order_by(Card.id)
    )
    return [PrintedCard(*row) for row in rows]
