"""Delivery reports that never came: while web was down a provider told them to nobody, and calls no more.

Asked for by our own key, as what is unclear is; nothing of it is ever sent again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from itertools import groupby

from sqlalchemy import select

from app.extensions import db
from app.flows import deliver, reports
from app.flows.channel_account import DemoShop, NoSuchAccount, account_of
from app.flows.unit import after_a_race, end_reading, write
from app.messages.actions import claims
from app.messages.actions.claims import Unclear
from app.messages.contract import Absent, Account, Asked, Found, Lookup, NoAnswer, Wire
from app.messages.way_models import ChannelAccount

_AT_ONCE = 5
# In one turn of one account: an hour later it is its turn again.
_MOST = 200


def ask(*, shop_id: int, wire: Wire, now: datetime, stop: Callable[[], bool] = lambda: False) -> int:
    """Ask the shop's providers what became of messages nobody told of; returns how many moved.

    A provider that does not answer is left alone until the next turn.
    """
    providers = db.session.scalars(
        select(ChannelAccount.provider)
        .where(ChannelAccount.shop_id == shop_id)
        .order_by(ChannelAccount.provider)
    ).all()
    end_reading()
    moved = 0
    for provider in providers:
        try:
            account = account_of(shop_id=shop_id, provider=provider, wire=wire)
        except (NoSuchAccount, DemoShop):
            continue
        moved += _ask_one(account, wire, now, stop)
    return moved


def _ask_one(account: Account, wire: Wire, now: datetime, stop: Callable[[], bool]) -> int:
    moved = 0
    for _ in range(_MOST // _AT_ONCE):
        if stop():
            break
        late = after_a_race(partial(_take, account, now))
        answers = _answers(late, wire)
        told = [
            each.report for each in answers if isinstance(each, Found | Absent) and each.report is not None
        ]
        if told:
            moved += after_a_race(partial(reports.take_in, account, told, now))
        if len(late) < _AT_ONCE or all(isinstance(each, NoAnswer) for each in answers):
            break
    return moved


def _take(account: Account, now: datetime) -> list[Unclear]:
    with write() as session:
        return claims.claim_unreported(
            session, shop_id=account.shop_id, account=account.provider, now=now, limit=_AT_ONCE
        )


def _answers(late: list[Unclear], wire: Wire) -> list[Lookup]:
    answers: list[Lookup] = []
    for channel, group in groupby(late, key=lambda one: one.hold.channel):
        asked: list[Asked] = [one.asked for one in group]
        answers += deliver.find(channel, asked, wire)
    return answers
