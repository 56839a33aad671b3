"""What providers tell us by themselves: what became of a message, and who refused ads at their number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from app.extensions import db
from app.flows import privacy
from app.flows.unit import after_a_race, write
from app.kit.refusals import NotHere
from app.messages import accounts, registry
from app.messages.actions import pausing, reporting
from app.messages.actions.pausing import Stop
from app.messages.contract import Account, Channel, Report

_AT_ONCE = 200


def receive(*, provider: str, hook: str, headers: Mapping[str, str], body: bytes, now: datetime) -> int:
    """Take in what a provider posts to a shop's own address; returns how many messages moved.

    The same event again changes nothing. Raises NotHere for an address that we never made and for whoever
    does not prove to be the provider: from outside both look the same.
    """
    found = _channel_of(provider)
    if found is None:
        raise NotHere
    # Also of an account that is off by now: what it sent before is still told.
    account = accounts.by_hook(db.session, provider=provider, hook=hook)
    try:
        # Also without an account: a guess costs as much as the right address with a wrong secret.
        reports = found.parse_report(headers, body, account)
    except ValueError:
        raise NotHere from None
    if account is None:
        raise NotHere
    return after_a_race(lambda: take_in(account, reports, now))


def _channel_of(provider: str) -> Channel | None:
    """Return the channel that reads a provider's reports: the one of its name, else any that uses its account."""
    able = [one for one in registry.channels().values() if one.CAPABILITIES.account == provider]
    return min(able, key=lambda one: (provider != one.KEY, one.KEY), default=None)


def take_in(account: Account, reports: Sequence[Report], now: datetime) -> int:
    """Take in what an account's provider told, also when it was asked; returns how many messages moved."""
    with write() as session:
        refusals = [report for report in reports if report.opted_out]
        for report in sorted(refusals, key=lambda one: one.opted_out):
            privacy.opt_out_number(
                session, shop_id=account.shop_id, phone=report.opted_out, source=account.provider, now=now
            )
        told = [report for report in reports if report.key and not report.opted_out]
        kept = reporting.keep(
            session, shop_id=account.shop_id, provider=account.provider, reports=told, now=now
        )
        moved, stops = reporting.apply(session, kept, now=now)
    _stop(stops, now)
    return moved


def apply_waiting(*, now: datetime) -> int:
    """Apply reports that overtook our own note of their message; returns how many messages moved."""
    return after_a_race(lambda: _apply_waiting(now))


def _apply_waiting(now: datetime) -> int:
    with write() as session:
        told = reporting.waiting(session, now=now, limit=_AT_ONCE)
        moved, stops = reporting.apply(session, told, now=now)
    _stop(stops, now)
    return moved


def _stop(stops: list[Stop], now: datetime) -> None:
    if stops:
        after_a_race(lambda: _stop_now(stops, now))


def _stop_now(stops: list[Stop], now: datetime) -> None:
    with write() as session:
        pausing.stop(session, stops, now=now)
