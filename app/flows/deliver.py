"""Due messages: claim → ask the gate again and write the attempt → call with no transaction open → record.

Redis is never asked here. Whoever calls, worker or clock, may die at any line: the row tells the next
one what happened, and "maybe sent" is never "send again".
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import groupby

from app.customers import actions as people
from app.flows.unit import write
from app.kit.net import boot_clock
from app.messages import registry, retries
from app.messages.actions import claims, sending
from app.messages.actions.claims import Hold, Sending
from app.messages.contract import Accepted, Asked, Outcome, Rejected, Unknown, Wire

BATCH = 50
_jitter = random.SystemRandom()


def claim_due(*, now: datetime, limit: int = BATCH) -> list[Hold]:
    """Take up to `limit` due rows into our hands for a minute."""
    with write() as session:
        return claims.claim(session, now=now, limit=limit)


def drain(
    *, wire: Wire, clock: Callable[[], datetime], stop: Callable[[], bool] = lambda: False, limit: int = BATCH
) -> Counter[str]:
    """Send what is due, one batch; returns how many by outcome. Stops between messages when asked to."""
    return send(claim_due(now=clock(), limit=limit), wire=wire, clock=clock, stop=stop)


def send(
    holds: Sequence[Hold],
    *,
    wire: Wire,
    clock: Callable[[], datetime],
    stop: Callable[[], bool] = lambda: False,
) -> Counter[str]:
    """Send rows that were claimed, in the channel's batches, until all are sent or the channel must rest."""
    done: Counter[str] = Counter()
    by_channel = sorted(holds, key=lambda hold: hold.channel)
    for key, mine in groupby(by_channel, key=lambda hold: hold.channel):
        rest, must_rest = list(mine), False
        size = registry.channel(key).CAPABILITIES.max_batch
        while rest and not must_rest and not stop():
            batch, rest = rest[:size], rest[size:]
            outcomes, must_rest = _send_batch(key, batch, wire, clock)
            done.update(outcomes)
        if rest:
            with write() as session:
                claims.give_back(session, rest)
            done["given_back"] += len(rest)
    return done


def _send_batch(
    channel: str, holds: list[Hold], wire: Wire, clock: Callable[[], datetime]
) -> tuple[Counter[str], bool]:
    """Send one batch; returns how many by outcome, and whether its channel must rest now."""
    now = clock()
    # Taken before the lease is written, so that a stop anywhere after it can only shorten our turn.
    latest_start = boot_clock() + retries.LAST_BYTE_S
    with write() as session:
        begun = [
            sending.begin(session, hold, wire=wire, opt_out_token=people.opt_out_link, now=now)
            for hold in holds
        ]
    going = [row for row in begun if row is not None]
    done: Counter[str] = Counter({"not_now": len(holds) - len(going)})
    if not going:
        return done, False
    outcomes = _call(channel, going, wire, latest_start)
    now = clock()
    with write() as session:
        for row, outcome in zip(going, outcomes, strict=True):
            sending.record(session, row, outcome, jitter=_jitter.random(), now=now)
            done[type(outcome).__name__.lower()] += 1
        # What was claimed together with a wrong login or a dead line would only meet the same.
        went_well = all(isinstance(outcome, Accepted) for outcome in outcomes)
        must_rest = not went_well and sending.must_rest(session, channel)
    return done, must_rest


def _call(channel: str, going: list[Sending], wire: Wire, latest_start: float) -> list[Outcome]:
    """Hand over to the provider. A sender that was stopped past its lease sends nothing (fenced, F25)."""
    if boot_clock() > latest_start:
        return [Rejected("the lease of this sender is over") for _ in going]
    letters = [row.letter for row in going]
    try:
        return registry.channel(channel).send(letters, wire, latest_start)
    except Exception as fault:  # a channel's own bug must not leave rows in the air unseen
        return [Unknown(f"the channel failed: {type(fault).__name__}") for _ in going]


def sweep(*, now: datetime) -> dict[str, int]:
    """Take rows back from senders that are gone and let stale ones go."""
    with write() as session:
        return claims.sweep(session, now=now)


def look_up_unknown(*, wire: Wire, clock: Callable[[], datetime], limit: int = BATCH) -> int:
    """Ask the providers about unclear rows; returns how many were asked for."""
    with write() as session:
        unclear = claims.claim_unknown(session, limit=limit)
    for hold, key in unclear:
        answer = registry.channel(hold.channel).find([Asked(key=key, to="", at=clock())], wire)[0]
        now = clock()
        with write() as session:
            sending.settle(session, hold, answer, jitter=_jitter.random(), now=now)
    return len(unclear)
