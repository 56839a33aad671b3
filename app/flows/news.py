"""News of a shop for other programs: written with what it tells of, and carried out by the clock.

A row is written in the transaction of what happened, so that what was rolled back is told to nobody. It goes out at
least once: its `webhook-id` is the same at every try, so that a receiver knows what it has seen. Nothing in it names a
person; who may know more asks by key.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.extensions import setting
from app.flows import audit
from app.flows.unit import write
from app.kit.net import NotSent, Unsure, boot_clock, call
from app.kit.sealing import Unreadable, unseal
from app.programs import actions as programs
from app.programs import queries, rules
from app.programs.models import Webhook, WebhookNews
from app.shops import actions as shops

PURPOSE = "webhook"
# One slow server must not keep the clock from the shop's messages.
DEADLINE_S = 5.0
_TURN_S = 20.0
_GONE = 410  # Standard Webhooks: the receiver wants none any more


def visit_created(session: Any, *, visit: Any, uses: frozenset[str], now: datetime) -> None:
    """Somebody came, or bought something."""
    data = _of_visit(visit)
    _tell(session, shop_id=visit.shop_id, event="visit.created", data=data, uses=uses, now=now)


def visit_refunded(session: Any, *, visit: Any, uses: frozenset[str], now: datetime) -> None:
    """A visit was taken back: refunded, or its stamp was a slip."""
    data = _of_visit(visit)
    _tell(session, shop_id=visit.shop_id, event="visit.refunded", data=data, uses=uses, now=now)


def customer_joined(session: Any, *, person: Any, uses: frozenset[str], now: datetime) -> None:
    """Somebody took a card, or was added."""
    data = {"customer_id": person.id, "source": person.source}
    _tell(session, shop_id=person.shop_id, event="customer.joined", data=data, uses=uses, now=now)


def reward_used(
    session: Any, *, reward: Any, redemption_id: int, uses: frozenset[str], now: datetime
) -> None:
    """A reward was handed over."""
    data = {"redemption_id": redemption_id, "customer_id": reward.customer_id, "reward": reward.name}
    _tell(session, shop_id=reward.shop_id, event="reward.used", data=data, uses=uses, now=now)


def _of_visit(visit: Any) -> dict[str, Any]:
    return {
        "visit_id": visit.id,
        "customer_id": visit.customer_id,
        "at": visit.at.isoformat(),
        "channel": visit.channel,
        "amount": visit.amount,
        "order_number": None if visit.channel == "shop" else visit.source_key,
    }


def _tell(
    session: Any, *, shop_id: int, event: str, data: dict[str, Any], uses: frozenset[str], now: datetime
) -> None:
    """Write news down for each address that wants it. `uses`: asked before, so that a stamp pays nothing for it."""
    if rules.HAS_WEBHOOKS not in uses:
        return
    for row in programs.webhooks(session, shop_id=shop_id):
        if row.state == "on" and event in row.events.split():
            programs.add_news(session, shop_id=shop_id, webhook_id=row.id, event=event, data=data, now=now)


@dataclass(frozen=True)
class _Parcel:
    """One piece of news in our hands: `tries` is the fence, only who made this try writes what came of it."""

    news_id: int
    ref: str
    tries: int
    url: str
    secret: str
    body: bytes


def deliver(
    *, now: datetime, stop: Callable[[], bool] = lambda: False, trusted: frozenset[str] = frozenset()
) -> dict[str, int]:
    """Carry out what is due, address by address, until nothing is or the turn is over. Returns counts by outcome.

    `trusted`: origins that may live on a private machine (tests); nobody's address is by itself.
    """
    done: Counter[str] = Counter()
    until = boot_clock() + _TURN_S
    for shop_id, webhook_id in queries.due_webhooks(now):
        went = True
        while went and boot_clock() < until and not stop():
            parcel = _take(shop_id, webhook_id, now)
            if parcel is None:
                break
            went = _carry(shop_id, webhook_id, parcel, now, trusted)
            done["sent" if went else "failed"] += 1
    return dict(done)


def deliver_one(
    *, shop_id: int, webhook_id: int, news_id: int, now: datetime, trusted: frozenset[str] = frozenset()
) -> bool:
    """Carry out one piece of news at once (시험으로 보내기); returns whether the address took it."""
    parcel = _take(shop_id, webhook_id, now, news_id)
    return parcel is not None and _carry(shop_id, webhook_id, parcel, now, trusted)


def _take(shop_id: int, webhook_id: int, now: datetime, news_id: int | None = None) -> _Parcel | None:
    """Take the next news of an address, or this one. Who dies with it leaves it due again after this try's pause."""
    with write() as session:
        row = programs.webhook(session, shop_id=shop_id, webhook_id=webhook_id)
        if row is None or row.state != "on":
            return None
        while news := programs.next_news(
            session, shop_id=shop_id, webhook_id=webhook_id, now=now, news_id=news_id
        ):
            if now > news.at + rules.NEWS_LIVES:
                news.state, news.code = "gone", "too_late"
                session.flush()
                continue
            news.tries += 1
            news.due_at = rules.next_try(tries=news.tries, at=news.at, now=now) or news.at + rules.NEWS_LIVES
            secret = _secret(row)
            if secret is None:
                row.state, row.last_code = "stopped", "no_secret"
                _off(session, row, now)
                return None
            told = {"type": news.event, "timestamp": news.at.isoformat(), "data": news.data}
            body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
            return _Parcel(news.id, news.ref, news.tries, row.url, secret, body)
    return None


def _secret(row: Webhook) -> str | None:
    try:
        return unseal(setting("MASTER_KEY"), PURPOSE, row.sealed, bound_to=f"{row.shop_id}:{row.url}")
    except Unreadable:  # restored from a backup without its master key
        return None


def _carry(shop_id: int, webhook_id: int, parcel: _Parcel, now: datetime, trusted: frozenset[str]) -> bool:
    """Post a parcel with no transaction open, and write down what came of it."""
    at = int(now.timestamp())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Dangol-Webhooks/1",
        "webhook-id": parcel.ref,
        "webhook-timestamp": str(at),
        "webhook-signature": rules.signature(parcel.secret, ref=parcel.ref, at=at, body=parcel.body),
    }
    status = 0
    try:
        reply = call(
            "POST", parcel.url, headers=headers, body=parcel.body, deadline_s=DEADLINE_S, trusted=trusted
        )
        status, code = reply.status, str(reply.status)
    except NotSent:
        code = "unreachable"
    except Unsure:
        code = "no_answer"
    return _note(shop_id, webhook_id, parcel, status, code, now)


def _note(shop_id: int, webhook_id: int, parcel: _Parcel, status: int, code: str, now: datetime) -> bool:
    went = 200 <= status < 300
    with write() as session:
        row = programs.webhook(session, shop_id=shop_id, webhook_id=webhook_id)
        news = programs.news(session, shop_id=shop_id, news_id=parcel.news_id, tries=parcel.tries)
        if row is None or news is None:  # removed meanwhile, or another try is under way
            return went
        news.code = row.last_code = code
        if went:
            news.state = "sent"
            row.failures, row.failing_since, row.rest_until, row.last_ok_at = 0, None, None, now
            return True
        row.failures += 1
        row.failing_since = row.failing_since or now
        row.rest_until = now + rules.rest(row.failures)
        _let_go_when_old(news, now)
        if status == _GONE or rules.gives_up(failing_since=row.failing_since, now=now):
            row.state = "stopped"
            _off(session, row, now)
    return False


def _let_go_when_old(news: WebhookNews, now: datetime) -> None:
    if rules.next_try(tries=news.tries, at=news.at, now=now) is None or news.event == rules.TEST_EVENT:
        news.state = "gone"


def _off(session: Any, row: Webhook, now: datetime) -> None:
    """Tell the owner that an address was switched off; what waits for it is let go."""
    session.flush()
    programs.drop_waiting(session, shop_id=row.shop_id, webhook_id=row.id, code="stopped")
    settle(session, shop_id=row.shop_id)
    audit.note(
        session,
        shop_id=row.shop_id,
        what="webhook",
        staff_id=None,
        subject=f"webhook:{row.id}",
        detail="stopped",
        now=now,
    )


def settle(session: Any, *, shop_id: int) -> None:
    """Keep in Shop.uses whether news goes out at all, and whether an address stands still: both are read for nothing."""
    states = {row.state for row in programs.webhooks(session, shop_id=shop_id)}
    shops.set_use(session, shop_id=shop_id, what=rules.HAS_WEBHOOKS, is_on="on" in states)
    shops.set_use(session, shop_id=shop_id, what=rules.WEBHOOK_STOPPED, is_on="stopped" in states)
