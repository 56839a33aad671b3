"""Changes to cards and their ledger. Flush, never commit.

Races are decided here by unique keys and conditional updates, not by looking first.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, bindparam, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.attributes import set_committed_value

from app.cards.history import undone
from app.cards.models import Card, CardRule, Claim, LedgerEntry
from app.cards.rules import NOBODY_THERE, NothingToUndo
from app.kit.clock import kst_day, start_of_day
from app.kit.columns import UtcDateTime
from app.kit.signing import random_code

_STANDING_EARN = "earn"
_WRITTEN_BY_HAND = ("earn", "migrate")  # the reason of any other kind is a word of ours

# What every stamp asks is built once: building a statement again costs more than running it.
_CARD = (
    select(Card, CardRule)
    .join(CardRule, (CardRule.shop_id == Card.shop_id) & (CardRule.id == Card.rule_id))
    .where(Card.closed_at.is_(None))
    .execution_options(populate_existing=True)
)
_CARD_LOCKED = _CARD.with_for_update(of=Card)
_BY_ONCE = select(LedgerEntry).where(
    LedgerEntry.shop_id == bindparam("shop"), LedgerEntry.once == bindparam("once")
)
# The card goes along: by a claim alone SQLite reads the whole ledger where its statistics were gathered before the
# first claim, because one unique index then looks as if every stamp had the same one.
_BY_CLAIM = select(LedgerEntry).where(
    LedgerEntry.shop_id == bindparam("shop"),
    LedgerEntry.card_id == bindparam("card"),
    LedgerEntry.claim_id == bindparam("claim"),
    LedgerEntry.kind == _STANDING_EARN,
)
_EARNS = (
    LedgerEntry.shop_id == bindparam("shop"),
    LedgerEntry.card_id == bindparam("card"),
    LedgerEntry.kind == _STANDING_EARN,
    # Stamps that came without anybody at the counter neither cool down nor fill the day.
    LedgerEntry.how.not_in(NOBODY_THERE),
    ~undone(),
)
_LAST_EARN = (
    select(LedgerEntry).where(*_EARNS).order_by(LedgerEntry.at.desc(), LedgerEntry.id.desc()).limit(1)
)
_EARNED_BETWEEN = select(func.coalesce(func.sum(LedgerEntry.delta), 0)).where(
    *_EARNS,
    LedgerEntry.at >= bindparam("since", type_=UtcDateTime()),
    LedgerEntry.at < bindparam("until", type_=UtcDateTime()),
)
_MOVE_BALANCE = (
    update(Card)
    .where(Card.shop_id == bindparam("shop"), Card.id == bindparam("card"))
    .values(
        balance=Card.balance + bindparam("delta", type_=Integer),
        points=Card.points + bindparam("points", type_=Integer),
        changed=Card.changed + 1,
    )
    .returning(Card.balance, Card.points)
    .execution_options(synchronize_session=False)
)


def current_rule(session: Any, *, shop_id: int) -> CardRule:
    """Return the rule that new cards are issued with. Raises NoResultFound for a shop without one."""
    rule: CardRule = session.scalars(
        select(CardRule)
        .where(CardRule.shop_id == shop_id, CardRule.ended_at.is_(None))
        .order_by(CardRule.id.desc())
        .limit(1)
    ).one()
    return rule


def rule(session: Any, *, shop_id: int, rule_id: int) -> CardRule:
    """Return a rule of this shop, an ended one too. Raises NoResultFound."""
    found: CardRule = session.scalars(
        select(CardRule).where(CardRule.shop_id == shop_id, CardRule.id == rule_id)
    ).one()
    return found


def add_rule(
    session: Any, *, shop_id: int, goal: int, reward_name: str, now: datetime, **more: Any
) -> CardRule:
    """End the shop's present rule and begin a new one; cards already issued keep theirs. `more`: its other columns."""
    session.execute(
        update(CardRule).where(CardRule.shop_id == shop_id, CardRule.ended_at.is_(None)).values(ended_at=now)
    )
    begun = CardRule(shop_id=shop_id, goal=goal, reward_name=reward_name, created_at=now, **more)
    session.add(begun)
    session.flush()
    return begun


def open_card(session: Any, *, shop_id: int, customer_id: int, now: datetime, ref: str | None = None) -> Card:
    """Issue a card under the shop's present rule, with a reference and a spoken code of its own.

    `ref`: a reference made from a once-key; raises IntegrityError when the same key was here first.
    """
    promised = current_rule(session, shop_id=shop_id)
    for attempt in range(20):
        card = Card(
            shop_id=shop_id,
            customer_id=customer_id,
            rule_id=promised.id,
            ref=ref or random_code(10),
            spoken=random_code(4 + attempt // 8),  # a crowded shop gets longer codes
            opened_at=now,
        )
        try:
            with session.begin_nested():
                session.add(card)
                session.flush()
        except IntegrityError:
            same_ref = select(Card.id).where(Card.shop_id == shop_id, Card.ref == card.ref)
            if ref is not None and session.scalar(same_ref) is not None:
                raise
            continue
        return card
    raise RuntimeError("no free spoken code")


def card(
    session: Any, *, shop_id: int, where: ColumnElement[bool], lock: bool = False
) -> tuple[Card, CardRule] | None:
    """Return an open card of the shop and its rule; `lock` holds the card's row (PostgreSQL)."""
    query = (_CARD_LOCKED if lock else _CARD).where(Card.shop_id == shop_id, where)
    row = session.execute(query).one_or_none()
    return (row[0], row[1]) if row else None


def hold_card(session: Any, *, shop_id: int, customer_id: int) -> None:
    """Hold a person's open card until the flow ends (PostgreSQL).

    Every flow that changes both takes the card first and the person second: in one order nobody waits
    for each other.
    """
    session.execute(
        select(Card.id)
        .where(Card.shop_id == shop_id, Card.customer_id == customer_id, Card.closed_at.is_(None))
        .with_for_update()
    )


def entry_by_once(session: Any, *, shop_id: int, once: str) -> LedgerEntry | None:
    """Return what this once-key did before."""
    found: LedgerEntry | None = session.scalar(_BY_ONCE, {"shop": shop_id, "once": once})
    return found


def entry_by_claim(session: Any, *, claim: Claim) -> LedgerEntry | None:
    """Return the stamp that a claim brought."""
    which = {"shop": claim.shop_id, "card": claim.card_id, "claim": claim.id}
    found: LedgerEntry | None = session.scalar(_BY_CLAIM, which)
    return found


def last_earn(session: Any, *, shop_id: int, card_id: int) -> LedgerEntry | None:
    """Return the card's newest stamp that still stands."""
    found: LedgerEntry | None = session.scalar(_LAST_EARN, {"shop": shop_id, "card": card_id})
    return found


def earned_today(session: Any, *, shop_id: int, card_id: int, now: datetime) -> int:
    """Return the stamps of this Korean day that still stand."""
    today = kst_day(now)
    # A clock that ran ahead for an hour must not fill the cap of the day it came from.
    day = {"since": start_of_day(today), "until": start_of_day(today + timedelta(days=1))}
    return int(session.scalar(_EARNED_BETWEEN, {"shop": shop_id, "card": card_id, **day}))


def add_entry(
    session: Any, *, card: Card, kind: str, delta: int, now: datetime, points: int = 0, **facts: Any
) -> LedgerEntry:
    """Append a ledger line and move the card's balance and points by one statement; reads nothing stale.

    Raises IntegrityError when its once-key or its reversal exists already.
    """
    entry = LedgerEntry(
        shop_id=card.shop_id,
        card_id=card.id,
        customer_id=card.customer_id,
        kind=kind,
        delta=delta,
        points=points,
        at=now,
        **facts,
    )
    session.add(entry)
    session.flush()
    moved = {"shop": card.shop_id, "card": card.id, "delta": delta, "points": points}
    # Already in the row: written to the object as read, not as a change to flush.
    row = session.execute(_MOVE_BALANCE, moved).one()
    set_committed_value(card, "balance", row.balance)
    set_committed_value(card, "points", row.points)
    return entry


def note_refusal(
    session: Any, *, card: Card, reason: str, once: str | None, now: datetime, **facts: Any
) -> None:
    """Write down an attempt the rules refused: a zero-value line with its reason, seen on the card at once."""
    session.add(
        LedgerEntry(
            shop_id=card.shop_id,
            card_id=card.id,
            customer_id=card.customer_id,
            kind="refuse",
            delta=0,
            at=now,
            once=once,
            reason=reason,
            **facts,
        )
    )
    session.flush()
    touch(session, shop_id=card.shop_id, card_id=card.id)


def entry_to_reverse(session: Any, *, shop_id: int, entry_id: int, kind: str = _STANDING_EARN) -> LedgerEntry:
    """Return a standing stamp (or line of another kind) of this shop. Raises NothingToUndo for anything else."""
    entry: LedgerEntry | None = session.scalar(
        select(LedgerEntry).where(
            LedgerEntry.shop_id == shop_id,
            LedgerEntry.id == entry_id,
            LedgerEntry.kind == kind,
            ~undone(),
        )
    )
    if entry is None:
        raise NothingToUndo
    return entry


def entry(session: Any, *, shop_id: int, entry_id: int) -> LedgerEntry:
    """Return a line of this shop's ledger. Raises NoResultFound."""
    found: LedgerEntry = session.scalars(
        select(LedgerEntry).where(LedgerEntry.shop_id == shop_id, LedgerEntry.id == entry_id)
    ).one()
    return found


def forget_reasons(session: Any, *, shop_id: int, customer_id: int) -> None:
    """Blank what staff wrote on a person's stamps ("민지 엄마 것"), of paper cards too; the stamps stay."""
    session.execute(
        update(LedgerEntry)
        .where(
            LedgerEntry.shop_id == shop_id,
            LedgerEntry.customer_id == customer_id,
            LedgerEntry.kind.in_(_WRITTEN_BY_HAND),
        )
        .values(reason="")
        .execution_options(synchronize_session=False)
    )


def touch(session: Any, *, shop_id: int, card_id: int) -> None:
    """Tell the holder's open page that something changed."""
    session.execute(
        update(Card)
        .where(Card.shop_id == shop_id, Card.id == card_id)
        .values(changed=Card.changed + 1)
        .execution_options(synchronize_session=False)
    )


def close_card(session: Any, *, shop_id: int, customer_id: int, now: datetime) -> None:
    """Close a person's card; its ledger stays, its codes open nothing any more."""
    session.execute(
        update(Card)
        .where(Card.shop_id == shop_id, Card.customer_id == customer_id, Card.closed_at.is_(None))
        .values(closed_at=now, key_version=Card.key_version + 1)
    )
    session.execute(
        update(Claim)
        .where(Claim.shop_id == shop_id, Claim.customer_id == customer_id, Claim.state == "waiting")
        .values(state="expired", decided_at=now)
    )
