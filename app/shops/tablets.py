"""Changes to the customers' tablets and to what was typed at them, inside a flow. Flush, never commit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update

from app.kit.signing import new_token, token_hash
from app.shops.models import Kiosk, KioskCall


def add_kiosk(
    session: Any, *, shop_id: int, staff_id: int, user_agent: str, is_secure: bool, now: datetime
) -> str:
    """Make a browser a customers' tablet; returns the token for its cookie (the row keeps its hash)."""
    token = new_token()
    session.add(
        Kiosk(
            shop_id=shop_id,
            token_hash=token_hash(token),
            made_by=staff_id,
            made_at=now,
            seen_at=now,
            is_secure=is_secure,
            user_agent=user_agent[:200],
        )
    )
    session.flush()
    return token


def end_kiosk(session: Any, *, shop_id: int, kiosk_id: int, now: datetime) -> bool:
    """Switch a tablet off by one conditional update. False when it was off before, or is another shop's."""
    done = session.execute(
        update(Kiosk)
        .where(Kiosk.shop_id == shop_id, Kiosk.id == kiosk_id, Kiosk.ended_at.is_(None))
        .values(ended_at=now)
    )
    return bool(done.rowcount)


def kiosks_left(session: Any, *, shop_id: int) -> int:
    """Return how many tablets of a shop are on."""
    query = select(func.count(Kiosk.id)).where(Kiosk.shop_id == shop_id, Kiosk.ended_at.is_(None))
    return int(session.scalar(query))


def hold_kiosk(session: Any, *, shop_id: int, kiosk_id: int) -> Kiosk | None:
    """Return a tablet that is on, locked: what is typed at it is counted one by one."""
    found: Kiosk | None = session.scalar(
        select(Kiosk)
        .where(Kiosk.shop_id == shop_id, Kiosk.id == kiosk_id, Kiosk.ended_at.is_(None))
        .with_for_update()
    )
    return found


def call_by_once(session: Any, *, shop_id: int, once: str) -> KioskCall | None:
    """Return the call this once-key made before."""
    found: KioskCall | None = session.scalar(
        select(KioskCall).where(KioskCall.shop_id == shop_id, KioskCall.once == once)
    )
    return found


def calls_since(session: Any, *, shop_id: int, kiosk_id: int, since: datetime) -> int:
    """Return how many numbers were typed at a tablet since then."""
    query = select(func.count(KioskCall.id)).where(
        KioskCall.shop_id == shop_id, KioskCall.kiosk_id == kiosk_id, KioskCall.at > since
    )
    return int(session.scalar(query))


def open_words(session: Any, *, shop_id: int, since: datetime) -> set[str]:
    """Return the words of numbers without a card that the staff has not seen to."""
    return set(
        session.scalars(
            select(KioskCall.word).where(
                KioskCall.shop_id == shop_id, KioskCall.closed_at.is_(None), KioskCall.at > since
            )
        )
    )


def add_call(
    session: Any,
    *,
    shop_id: int,
    kiosk_id: int,
    once: str,
    word: str,
    claim_id: int | None,
    tail: str,
    now: datetime,
) -> KioskCall:
    """Note that a number was typed; only its end is kept, and only where no card has it."""
    call = KioskCall(
        shop_id=shop_id,
        kiosk_id=kiosk_id,
        ref=new_token(),
        once=once,
        word=word,
        claim_id=claim_id,
        tail=tail,
        at=now,
    )
    session.add(call)
    session.flush()
    return call


def close_call(session: Any, *, shop_id: int, call_id: int, now: datetime) -> bool:
    """Note that the staff has seen to a number without a card, and forget its end. False the second time."""
    done = session.execute(
        update(KioskCall)
        .where(
            KioskCall.shop_id == shop_id,
            KioskCall.id == call_id,
            KioskCall.claim_id.is_(None),
            KioskCall.closed_at.is_(None),
        )
        .values(closed_at=now, tail="")
    )
    return bool(done.rowcount)


def drop_calls(session: Any, *, before: datetime) -> None:
    """Delete what was typed before a moment, in every shop."""
    session.execute(delete(KioskCall).where(KioskCall.at < before))
