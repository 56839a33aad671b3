"""What the clock asks providers by itself: what Kakao's inspectors said, who refused ads by the account's 080 number."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select, update

from app.extensions import db
from app.flows import talk_template
from app.flows.channel_account import DemoShop, NoSuchAccount, account_of, provider_of
from app.flows.unit import after_a_race, end_reading, write
from app.messages import accounts
from app.messages.contract import Wire
from app.messages.provider_contract import OptOut
from app.messages.way_models import ChannelAccount, TalkTemplate

# Refuses ads for a number inside a flow: (session, shop_id, phone, source, now).
Refuse = Callable[..., object]
# A refusal may reach the provider's list later than the moment it names.
_OVERLAP = timedelta(hours=1)


def read_inspections(
    *, shop_id: int, wire: Wire, now: datetime, stop: Callable[[], bool] = lambda: False
) -> None:
    """Ask what the inspectors said of the shop's texts that wait for them. Does nothing where none waits."""
    waiting = db.session.scalars(
        select(TalkTemplate.provider)
        .where(TalkTemplate.shop_id == shop_id, TalkTemplate.state == "asked", TalkTemplate.code != "")
        .distinct()
    ).all()
    end_reading()
    for provider in waiting:
        if stop():
            return
        try:
            talk_template.check(shop_id=shop_id, provider=provider, wire=wire, now=now)
        except (NoSuchAccount, DemoShop):
            continue


def read_refusals(
    *,
    shop_id: int,
    wire: Wire,
    now: datetime,
    refuse: Refuse,
    stop: Callable[[], bool] = lambda: False,
) -> int:
    """Take in who called the account's 080 number since it was last asked; returns how many were listed.

    `refuse` is called inside a flow for each, and must not mind the second time: a list that was read half
    before the machine went down is read again.
    """
    on = sorted(accounts.on(db.session, shop_id))
    end_reading()
    return sum(_read_one(shop_id, provider, wire, now, refuse) for provider in on if not stop())


def _read_one(shop_id: int, provider: str, wire: Wire, now: datetime, refuse: Refuse) -> int:
    since = _since(shop_id, provider)
    try:
        account = account_of(shop_id=shop_id, provider=provider, wire=wire)
    except (NoSuchAccount, DemoShop):
        return 0
    listed = provider_of(provider).opt_outs(account, since=since, wire=wire)
    if listed is None:  # asked again the next time, from the same moment
        return 0
    # In the order of their numbers: two that take several people must not wait for each other.
    for one in sorted(listed, key=lambda each: each.phone):
        after_a_race(partial(_take, shop_id, provider, one, refuse, now))
    with write() as session:
        session.execute(
            update(ChannelAccount)
            .where(ChannelAccount.shop_id == shop_id, ChannelAccount.provider == provider)
            .values(opt_outs_until=now)
        )
    return len(listed)


def _take(shop_id: int, provider: str, one: OptOut, refuse: Refuse, now: datetime) -> None:
    with write() as session:
        refuse(session, shop_id=shop_id, phone=one.phone, source=provider, now=now)


def _since(shop_id: int, provider: str) -> datetime:
    row: Any = db.session.execute(
        select(ChannelAccount.opt_outs_until, ChannelAccount.made_at).where(
            ChannelAccount.shop_id == shop_id, ChannelAccount.provider == provider
        )
    ).one()
    since: datetime = (row.opt_outs_until or row.made_at) - _OVERLAP
    return since
