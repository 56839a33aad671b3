"""Due messages: claim → ask the gate again and write the attempt → call with no transaction open → record.

Redis is never asked here. Whoever calls, worker or clock, may die at any line: the row tells the next
one what happened, and "maybe sent" is never "send again".
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from itertools import groupby

import structlog

from app.customers import reaching
from app.flows import reports
from app.flows.unit import after_a_race, write
from app.kit.net import boot_clock
from app.messages import registry, retries
from app.messages.actions import claims, health, pausing, recording, sending
from app.messages.actions.claims import Hold, Sending, Unclear
from app.messages.actions.departing import Begun
from app.messages.actions.pausing import Stop
from app.messages.contract import Accepted, Asked, Found, Lookup, NoAnswer, Outcome, Rejected, Unknown, Wire

log = structlog.get_logger(__name__)

BATCH = 50
LOOK_UP_S = 8.0  # within the clock's own lease
_ASKED_AT_ONCE = 5
_jitter = random.SystemRandom()


def claim_due(*, now: datetime, limit: int = BATCH) -> list[Hold]:
    """Take up to `limit` due rows into our hands for a minute."""

    def take() -> list[Hold]:
        with write() as session:
            return claims.claim(session, now=now, limit=limit)

    return after_a_race(take)


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
    """Send rows that were claimed, in the channel's batches, until all are sent or the provider must rest.

    By a shop's own account each call carries letters of that shop alone, and only its own account rests.
    """
    done: Counter[str] = Counter()
    for (key, _), mine in groupby(sorted(holds, key=_with_whom), key=_with_whom):
        size = registry.channel(key).CAPABILITIES.max_batch
        done.update(_in_batches(key, list(mine), size, wire, clock, stop)[0])
    return done


def _in_batches(
    channel: str,
    holds: list[Hold],
    size: int,
    wire: Wire,
    clock: Callable[[], datetime],
    stop: Callable[[], bool],
) -> tuple[Counter[str], bool]:
    """Send rows of one channel, so many at a time; what there is no time for any more is given back."""
    done: Counter[str] = Counter()
    rest, must_rest = holds, False
    while rest and not must_rest and not stop():
        batch, rest = rest[:size], rest[size:]
        outcomes, must_rest = _send_batch(channel, batch, wire, clock, stop)
        done.update(outcomes)
    if rest:
        _give_back(rest)
        done["given_back"] += len(rest)
    return done, must_rest


def _with_whom(hold: Hold) -> tuple[str, int]:
    """Return what one provider call is about: a channel, and the shop where it is the shop's own account."""
    return hold.channel, hold.shop_id if registry.channel(hold.channel).CAPABILITIES.account else 0


def _send_batch(
    channel: str, holds: list[Hold], wire: Wire, clock: Callable[[], datetime], stop: Callable[[], bool]
) -> tuple[Counter[str], bool]:
    """Send one batch; returns how many by outcome, and whether its provider must rest now."""
    now = clock()
    # Taken before the lease is written, so that a stop anywhere after it can only shorten our turn.
    latest_start = boot_clock() + retries.LAST_BYTE_S
    begun = _begin(channel, holds, wire, now)
    if begun is None and len(holds) > 1:
        # Each by itself: what is wrong with one keeps itself back.
        return _in_batches(channel, holds, 1, wire, clock, stop)
    if begun is None:
        _give_back(holds, wait_s=retries.CLAIM_LEASE_S)
        return Counter({"given_back": len(holds)}), False
    going = begun.going
    done: Counter[str] = Counter({"not_now": len(holds) - len(going) - begun.laid, "accepted": begun.laid})
    if not going:
        return +done, False
    outcomes = _call(channel, going, wire, latest_start)
    # A race lost here must not leave in the air what the provider has taken in.
    stops, must_rest = after_a_race(partial(_record, channel, going, outcomes, clock()))
    done.update(type(outcome).__name__.lower() for outcome in outcomes)
    if stops:
        after_a_race(partial(_stop, stops, clock()))
    return +done, must_rest


def _record(
    channel: str, going: Sequence[Sending], outcomes: Sequence[Outcome], now: datetime
) -> tuple[list[Stop], bool]:
    with write() as session:
        said = list(zip(going, outcomes, strict=True))
        stops = recording.record(session, said, jitter=_jitter.random, now=now)
        # What was claimed together with a wrong login or a dead line would only meet the same.
        went_well = all(isinstance(outcome, Accepted) for outcome in outcomes)
        return stops, not went_well and health.must_rest(session, channel, going[0].hold.shop_id)


def _stop(stops: Sequence[Stop], now: datetime) -> None:
    with write() as session:
        pausing.stop(session, stops, now=now)


def _give_back(holds: Sequence[Hold], *, wait_s: int = 0) -> None:
    def give_back() -> None:
        with write() as session:
            claims.give_back(session, holds, wait_s=wait_s)

    after_a_race(give_back)


def _begin(channel: str, holds: list[Hold], wire: Wire, now: datetime) -> Begun | None:
    """Take the last look; None when it failed, and nothing of its rows was written.

    What is wrong with one batch must not keep the others back, who may be other shops' on other channels.
    """

    def begin() -> Begun:
        with write() as session:
            return sending.begin(session, holds, wire=wire, opt_out_links=reaching.opt_out_links, now=now)

    try:
        return after_a_race(begin)
    except Exception as fault:
        log.error("batch_not_begun", channel=channel, rows=len(holds), fault=type(fault).__name__)
        return None


def _call(channel: str, going: list[Sending], wire: Wire, latest_start: float) -> list[Outcome]:
    """Hand over to the provider. A sender that was stopped past its lease sends nothing (fenced, F25)."""
    if boot_clock() > latest_start:
        return [Rejected("the lease of this sender is over", is_try=False) for _ in going]
    letters = [row.letter for row in going]
    try:
        outcomes = registry.channel(channel).send(letters, wire, latest_start)
    except Exception as fault:  # a channel's own bug must not leave rows in the air unseen
        return [Unknown(f"the channel failed: {type(fault).__name__}") for _ in going]
    if len(outcomes) != len(letters):  # which answer is whose, nobody can tell
        return [Unknown("the channel answered for another number of letters") for _ in going]
    return outcomes


def sweep(*, now: datetime) -> dict[str, int]:
    """Take rows back from senders that are gone and let stale ones go."""

    def take_back() -> dict[str, int]:
        with write() as session:
            return claims.sweep(session, now=now)

    return after_a_race(take_back)


def look_up_unknown(*, wire: Wire, clock: Callable[[], datetime], limit: int = BATCH) -> int:
    """Ask the providers about unclear rows, each with all that are its own; returns how many were asked for."""
    unclear = after_a_race(partial(_claim_unknown, limit))
    asked, until = 0, boot_clock() + LOOK_UP_S
    for (channel, _), group in groupby(unclear, key=lambda one: _with_whom(one.hold)):
        mine = list(group)
        # One that does not answer must not keep the clock: who is left is asked when its lease is over.
        while mine and boot_clock() < until:
            some, mine = mine[:_ASKED_AT_ONCE], mine[_ASKED_AT_ONCE:]
            answers = find(channel, [one.asked for one in some], wire)
            told = [(one.hold, answer) for one, answer in zip(some, answers, strict=True)]
            after_a_race(partial(_settle, told, clock()))
            _report(some, answers, clock())
            asked += len(some)
    return asked


def _report(some: Sequence[Unclear], answers: Sequence[Lookup], now: datetime) -> None:
    """Take in what became of those that were found, where that is known already: nobody may tell of it once more."""
    account = some[0].asked.account
    news = [each.report for each in answers if isinstance(each, Found) and each.report is not None]
    if account is not None and news:
        after_a_race(partial(reports.take_in, account, news, now))


def _claim_unknown(limit: int) -> list[Unclear]:
    with write() as session:
        return claims.claim_unknown(session, limit=limit)


def _settle(told: Sequence[tuple[Hold, Lookup]], now: datetime) -> None:
    with write() as session:
        recording.settle(session, told, jitter=_jitter.random, now=now)


def find(channel: str, asked: list[Asked], wire: Wire) -> list[Lookup]:
    """Ask a channel's provider for messages by our own keys, one answer each and in order; never raises."""
    try:
        answers = registry.channel(channel).find(asked, wire)
    except Exception:  # a channel's own bug is no answer; they are asked for again
        return [NoAnswer() for _ in asked]
    return answers if len(answers) == len(asked) else [NoAnswer() for _ in asked]
