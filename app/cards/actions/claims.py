"""Changes to 도장 받기 claims. Flush, never commit."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from app.cards.actions.ledger import touch
from app.cards.models import Card, Claim, LedgerEntry
from app.customers.models import Customer
from app.kit.columns import BigId, UtcDateTime

# Every stamp asks it: built once.
_ANSWER_WAITING = (
    update(Claim)
    .where(
        Claim.shop_id == bindparam("shop"),
        Claim.card_id == bindparam("card"),
        Claim.state == "waiting",
        # A stamp scanned without a network comes late: it is no answer to who asked since.
        Claim.created_at <= bindparam("now", type_=UtcDateTime()),
    )
    .values(
        state="approved",
        decided_at=bindparam("now", type_=UtcDateTime()),
        staff_id=bindparam("staff", type_=BigId),
        entry_id=bindparam("entry", type_=BigId),
    )
    .execution_options(synchronize_session=False)
)


def card_of_phone(session: Any, *, shop_id: int, phone: str) -> int | None:
    """Return the open card of whoever has this number (E.164), or None."""
    found: int | None = session.scalar(
        select(Card.id)
        .join(Customer, (Customer.shop_id == Card.shop_id) & (Customer.id == Card.customer_id))
        .where(Card.shop_id == shop_id, Customer.phone == phone, Card.closed_at.is_(None))
        .order_by(Card.id.desc())
        .limit(1)
    )
    return found


def claim_by_once(session: Any, *, shop_id: int, once: str) -> Claim | None:
    """Return the claim this once-key made before."""
    found: Claim | None = session.scalar(select(Claim).where(Claim.shop_id == shop_id, Claim.once == once))
    return found


def waiting_claim(session: Any, *, shop_id: int, card_id: int) -> Claim | None:
    """Return the card's claim that is waiting."""
    found: Claim | None = session.scalar(
        select(Claim).where(Claim.shop_id == shop_id, Claim.card_id == card_id, Claim.state == "waiting")
    )
    return found


def waiting_words(session: Any, *, shop_id: int) -> set[str]:
    """Return the matching words in use at this moment."""
    return set(session.scalars(select(Claim.word).where(Claim.shop_id == shop_id, Claim.state == "waiting")))


def add_claim(
    session: Any, *, card: Card, word: str, once: str, via: str, expires_at: datetime, now: datetime
) -> Claim:
    """Put a claim in the shop's list. One waiting claim a card: the unique index decides."""
    claim = Claim(
        shop_id=card.shop_id,
        card_id=card.id,
        customer_id=card.customer_id,
        word=word,
        once=once,
        via=via,
        created_at=now,
        expires_at=expires_at,
    )
    session.add(claim)
    session.flush()
    touch(session, shop_id=card.shop_id, card_id=card.id)
    return claim


def decide_claim(
    session: Any, *, shop_id: int, claim_id: int, state: str, staff_id: int | None, now: datetime
) -> Claim | None:
    """Move a waiting claim to its end by one conditional update; None when somebody did before."""
    done = session.execute(
        update(Claim)
        .where(Claim.shop_id == shop_id, Claim.id == claim_id, Claim.state == "waiting")
        .values(state=state, decided_at=now, staff_id=staff_id)
    )
    claim: Claim | None = session.scalar(
        select(Claim)
        .where(Claim.shop_id == shop_id, Claim.id == claim_id)
        .execution_options(populate_existing=True)
    )
    if done.rowcount != 1:
        return None
    assert claim is not None
    touch(session, shop_id=shop_id, card_id=claim.card_id)
    return claim


def answer_waiting(session: Any, *, card: Card, entry: LedgerEntry, staff_id: int, now: datetime) -> None:
    """End the card's waiting claim with this stamp, whichever way it was given: nobody asks twice for one."""
    session.execute(
        _ANSWER_WAITING,
        {"shop": card.shop_id, "card": card.id, "now": now, "staff": staff_id, "entry": entry.id},
    )


def find_claim(session: Any, *, shop_id: int, claim_id: int) -> Claim | None:
    """Return a claim of this shop as it is now, whatever became of it."""
    found: Claim | None = session.scalar(
        select(Claim)
        .where(Claim.shop_id == shop_id, Claim.id == claim_id)
        .execution_options(populate_existing=True)
    )
    return found


def expire_claims(session: Any, *, now: datetime) -> int:
    """End the claims whose shop has closed. Returns how many."""
    done = session.execute(
        update(Claim)
        .where(Claim.state == "waiting", Claim.expires_at <= now)
        .values(state="expired", decided_at=now)
    )
    return int(done.rowcount)


def pick_word_index(count: int) -> int:
    """Return a random place in a list of `count` words."""
    return secrets.randbelow(count)
