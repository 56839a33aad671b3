"""Trying again: how long to wait, when to give up, when to leave a provider alone. Pure."""

from __future__ import annotations

from datetime import timedelta

MOST_TRIES = 8
FIRST_WAIT_S = 5.0
LONGEST_WAIT_S = 30 * 60.0
# One after another, from any message: then the provider is left alone for a while.
CIRCUIT_OPENS_AT = 5
CIRCUIT_REST_S = 60
LONGEST_PAUSE_S = 60 * 60.0

CLAIM_LEASE_S = 60  # a claimed row nobody sends goes back to ready
CALL_DEADLINE_S = 10.0  # one provider call, in total
SENDING_LEASE_S = 30  # longer than a call: an expired one means that the sender is gone
LAST_BYTE_S = 12.0  # after its lease began a sender may not start a call any more
# A carrier tells within minutes; what it told while nobody here listened is asked for. After days nobody knows.
REPORT_IS_LATE, REPORTS_WITHIN = timedelta(hours=3), timedelta(days=3)
LONGEST_ASK_S = 60 * 60.0
SETTLE_S = 3  # a request cut off in flight may still be on its way into the provider


def wait_before_retry(tries: int, jitter: float) -> float:
    """Return seconds to wait after `tries` failed tries (≥ 1): full jitter over a doubling ceiling.

    `jitter` is a random number in 0–1. Source: AWS Architecture Blog, "Exponential Backoff And Jitter".
    """
    return jitter * min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** (tries - 1))


def wait_before_asking(fence: int, jitter: float) -> float:
    """Return seconds until a provider is asked again what became of a message: half a minute, in the end an hour.

    `fence`: how often the row changed hands, which every question adds to. Of some nobody will ever say (the account
    is gone, the number is another's by now): who was asked often is asked seldom. `jitter`: 0–1.
    """
    return min(LONGEST_ASK_S, (5 + 25 * jitter) * max(1.0, fence / 10))


def pause_asked(retry_after: str | None) -> float | None:
    """Return the seconds of a Retry-After header (RFC 9110 10.2.3, the delay form), at most an hour.

    None when there is no header or it is no whole number: the caller then waits its own time.
    """
    if retry_after is None or not retry_after.strip().isdigit():
        return None
    return min(LONGEST_PAUSE_S, float(retry_after.strip()))
