"""Taking messages back: what has not gone out yet, and what was written once a person asks to be forgotten."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import String, cast, delete, literal, or_, select, update

from app.customers.models import Consent
from app.customers.rules import standing
from app.messages import raising, registry
from app.messages.contract import BY_HAND, CARD
from app.messages.models import AdGrant, Attempt, DemoPhoneMessage, Message
from app.messages.way_models import Charge, DeliveryReport, MonthSpending

# Ended, and never handed over.
_NEVER_WENT = ("cancelled", "expired", "failed", "dead", "suppressed")


def cancel(
    session: Any,
    *,
    shop_id: int,
    cause: str | None = None,
    customer_id: int | None = None,
    kind: str | None = None,
    but_card: bool = False,
    reason: str,
    now: datetime,
) -> int:
    """Take back what has not gone out; returns how many rows.

    By cause (a stamp undone: its letter leaves the card as well, unless `but_card`) or by customer (a
    deletion; only those of one `kind`, if named). What is on the wire stays with its sender. Raises
    ValueError without either.
    """
    if cause is None and customer_id is None:
        raise ValueError("cancel what? a cause or a customer")
    which: list[Any] = [] if customer_id is None else [Message.customer_id == customer_id]
    which += [] if kind is None else [Message.kind == kind]
    open_rows = Message.state.in_(("ready", "claimed"))
    if cause is not None and but_card:
        which.append(Message.cause == cause)
    elif cause is not None:
        on_the_card = (Message.channel == CARD) & (Message.state == "sent")
        return _cancel(
            session, shop_id, [Message.cause == cause, or_(open_rows, on_the_card), *which], reason
        )
    return _cancel(session, shop_id, [open_rows, *which], reason)


def cancel_channel(session: Any, *, shop_id: int, customer_id: int, channel: str, reason: str) -> int:
    """Take back what waits to go to a person over one channel; returns how many rows."""
    waits = [Message.customer_id == customer_id, Message.channel == channel]
    return _cancel(session, shop_id, [*waits, Message.state.in_(("ready", "claimed"))], reason)


def cancel_kind(session: Any, *, shop_id: int, kind: str, reason: str) -> int:
    """Take back every waiting message of a kind, whoever it is for; returns how many rows."""
    return _cancel(session, shop_id, [Message.kind == kind, Message.state.in_(("ready", "claimed"))], reason)


def unstage_kind(session: Any, *, shop_id: int, kind: str) -> None:
    """Take a kind's messages out of the owner's hand: they are asked about and worded anew before they come back."""
    _unstage(session, shop_id, Message.kind == kind)


def unstage_all(session: Any, *, shop_id: int) -> None:
    """As unstage_kind, every message: what each of them says of its sender is no longer so."""
    _unstage(session, shop_id)


def _unstage(session: Any, shop_id: int, *which: Any) -> None:
    session.execute(
        update(Message)
        .where(
            Message.shop_id == shop_id,
            Message.channel == BY_HAND,
            Message.state == "ready",
            Message.staged_at.is_not(None),
            *which,
        )
        .values(staged_at=None, text="")
        .execution_options(synchronize_session=False)
    )


def cancel_waiting(session: Any, *, shop_id: int, cause: str, kinds: tuple[str, ...], reason: str) -> int:
    """Take back the waiting messages of these kinds that follow from a cause; returns how many rows.

    What already lies on the card stays there.
    """
    which = [Message.cause == cause, Message.kind.in_(kinds), Message.state.in_(("ready", "claimed"))]
    return _cancel(session, shop_id, which, reason)


def cancel_some(session: Any, *, shop_id: int, cause: str, reason: str, most: int) -> int:
    """Take back up to `most` waiting messages of a cause that has very many; returns how many rows."""
    mine = [Message.cause == cause, Message.state.in_(("ready", "claimed"))]
    first = select(Message.id).where(Message.shop_id == shop_id, *mine).order_by(Message.id).limit(most)
    ids = list(session.scalars(first))
    return _cancel(session, shop_id, [Message.id.in_(ids), *mine], reason) if ids else 0


def cancel_unconsented(session: Any, *, shop_id: int, customer_id: int, now: datetime) -> int:
    """Take back the waiting messages whose consent is gone; returns how many (망법 50조②).

    What only lies on the card is not transmitted and stays, unless it uses data for an offer.
    """
    rows = session.execute(
        select(Consent.kind, Consent.action)
        .where(Consent.shop_id == shop_id, Consent.customer_id == customer_id)
        .order_by(Consent.id)
    ).all()
    holds = standing([(row.kind, row.action) for row in rows])
    mine = [Message.customer_id == customer_id, Message.state.in_(("ready", "claimed"))]
    taken = 0
    ads = [key for key, spec in raising.kinds(session, shop_id=shop_id).items() if spec.is_ad]
    # Each channel stands on its own consent.
    travels = [
        key
        for key, way in registry.channels().items()
        if way.CAPABILITIES.transmits and not holds[way.CAPABILITIES.consent]
    ]
    if travels:
        which = [*mine, Message.kind.in_(ads), Message.channel.in_(travels)]
        taken += _cancel(session, shop_id, which, "손님이 동의를 거두셨어요.")
    if not holds["marketing"]:
        offers = [key for key, spec in registry.kinds().items() if spec.personal_offer]
        taken += _cancel(session, shop_id, [*mine, Message.kind.in_(offers)], "손님이 동의를 거두셨어요.")
    return taken


def set_aside(session: Any, *, shop_id: int, ids: Collection[int], reason: str) -> None:
    """Let waiting messages never go, for another way has their place; their keys stay taken."""
    session.execute(
        update(Message)
        .where(Message.shop_id == shop_id, Message.id.in_(ids), Message.state.in_(("ready", "claimed")))
        .values(
            state="suppressed",
            code="other_way",
            reason=reason[:160],
            fence=Message.fence + 1,
            lease_ms=None,
        )
        .execution_options(synchronize_session=False)
    )
    give_back_rights(session, shop_id, list(ids))


def _cancel(session: Any, shop_id: int, which: list[Any], reason: str) -> int:
    ids = list(session.scalars(select(Message.id).where(Message.shop_id == shop_id, *which)))
    if not ids:
        return 0
    taken = session.execute(
        update(Message)
        .where(Message.shop_id == shop_id, Message.id.in_(ids), *which)
        .values(
            state="cancelled",
            code="cancelled",
            reason=reason[:160],
            fence=Message.fence + 1,
            lease_ms=None,
            # The keys become free: undone and done again on the same day gives one letter.
            dedupe_key=Message.dedupe_key + ":x" + cast(Message.id, String),
            provider_key=literal("x") + cast(Message.id, String),
        )
        .execution_options(synchronize_session=False)
    ).rowcount
    give_back_rights(session, shop_id, ids)
    return int(taken)


def give_back_rights(
    session: Any, shop_id: int, ids: list[int], *, states: tuple[str, ...] = _NEVER_WENT
) -> None:
    """Give back what messages that never went out had taken: the right to send an ad, and their cost.

    `states`: those in which they surely never went. One that waits may have gone, so it keeps them.
    """
    never_went = select(Message.id).where(
        Message.shop_id == shop_id,
        Message.id.in_(ids),
        Message.state.in_(states),
    )
    session.execute(delete(AdGrant).where(AdGrant.shop_id == shop_id, AdGrant.message_id.in_(never_went)))
    spared: Counter[str] = Counter()
    charges = delete(Charge).where(Charge.shop_id == shop_id, Charge.message_id.in_(never_went))
    for month, won in session.execute(charges.returning(Charge.month, Charge.won)):
        spared[month] += won
    for month, won in sorted(spared.items()):
        session.execute(
            update(MonthSpending)
            .where(MonthSpending.shop_id == shop_id, MonthSpending.month == month)
            .values(won=MonthSpending.won - won)
            .execution_options(synchronize_session=False)
        )


def forget(session: Any, *, shop_id: int, customer_id: int) -> None:
    """Blank what was written to a person who asked to be deleted; that it was sent, and when, stays.

    Called while the number is still known: the demo carrier's copy goes as well.
    """
    mine = select(Message.id).where(Message.shop_id == shop_id, Message.customer_id == customer_id)
    session.execute(
        update(Attempt)
        .where(Attempt.shop_id == shop_id, Attempt.message_id.in_(mine))
        .values(detail="")
        .execution_options(synchronize_session=False)
    )
    keys = select(Message.provider_key).where(Message.shop_id == shop_id, Message.customer_id == customer_id)
    session.execute(
        update(DeliveryReport)
        .where(DeliveryReport.shop_id == shop_id, DeliveryReport.key.in_(keys))
        .values(raw="", detail="")
        .execution_options(synchronize_session=False)
    )
    session.execute(
        delete(DemoPhoneMessage).where(
            DemoPhoneMessage.shop_id == shop_id,
            DemoPhoneMessage.key.in_(keys),
        )
    )
    session.execute(
        update(Message)
        .where(Message.shop_id == shop_id, Message.customer_id == customer_id)
        .values(text="", facts={}, address_key="")
        .execution_options(synchronize_session=False)
    )
