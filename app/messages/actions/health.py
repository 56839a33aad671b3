"""How providers behave: a deployment's own channels for all shops, a shop's own account for itself. Flush, never commit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select

from app.kit.upsert import built_once
from app.messages import gather, registry, retries
from app.messages.contract import Accepted, Outcome, Rejected
from app.messages.models import ChannelHealth
from app.messages.turns import STANDS_STILL
from app.messages.way_models import ChannelAccount

_FIRST = built_once(ChannelHealth.__table__, lambda insert: insert.on_conflict_do_nothing())
_CHANNEL = select(ChannelHealth).where(ChannelHealth.channel == bindparam("key")).with_for_update()
_ACCOUNT = (
    select(ChannelAccount)
    .where(ChannelAccount.shop_id == bindparam("shop"), ChannelAccount.provider == bindparam("provider"))
    .with_for_update()
)


def note(session: Any, *, channel: str, said: Sequence[tuple[int, Outcome]]) -> None:
    """Count transport failures in a row, open the circuit at five, pause where asked to.

    `said`: the shop and the outcome of each letter, in order; by a shop's own account all of one shop.
    """
    can = registry.channel(channel).CAPABILITIES
    if not can.transmits:
        return
    if can.account:
        row = session.scalars(_ACCOUNT, {"shop": said[0][0], "provider": can.account}).one_or_none()
        if row is None:  # removed while the call was on its way
            return
    else:
        session.execute(_FIRST(session), {"channel": channel, "failures": 0, "rest_until_ms": 0})
        row = session.scalars(_CHANNEL, {"key": channel}).one()
    outcomes = [outcome for _, outcome in said]
    rest_s = _count(row, outcomes)
    if rest_s:
        row.rest_until_ms = max(row.rest_until_ms, gather.database_ms(session) + int(rest_s * 1000))
    turned_away = next((one.account for one in outcomes if isinstance(one, Rejected) and one.account), "")
    if can.account and turned_away and row.state == "on":
        # Not this letter: whatever would go by it. Its owner sees why, and says when it is put right.
        row.state, row.detail = "wrong", turned_away[:160]
    session.flush()


def _count(row: Any, outcomes: Sequence[Outcome]) -> float:
    """Count on from what the row says; returns for how many seconds it is left alone, 0 for none."""
    rest_s = 0.0
    for outcome in outcomes:
        if isinstance(outcome, Accepted):
            row.failures = 0
        elif isinstance(outcome, Rejected) and not outcome.transport:
            rest_s = max(rest_s, outcome.retry_after_s or 0.0)
        else:
            row.failures += 1
            if row.failures >= retries.CIRCUIT_OPENS_AT:
                rest_s = max(rest_s, retries.CIRCUIT_REST_S)
    return rest_s


def must_rest(session: Any, channel: str, shop_id: int) -> bool:
    """Tell whether a channel, or this shop's account on it, is left alone at this moment."""
    account = registry.channel(channel).CAPABILITIES.account
    if account:
        row = session.execute(
            select(ChannelAccount.state, ChannelAccount.rest_until_ms).where(
                ChannelAccount.shop_id == shop_id, ChannelAccount.provider == account
            )
        ).one_or_none()
        if row is None or row.state in STANDS_STILL:
            return True
        until_ms = row.rest_until_ms
    else:
        until_ms = session.scalar(select(ChannelHealth.rest_until_ms).where(ChannelHealth.channel == channel))
    return until_ms is not None and until_ms > gather.database_ms(session)
