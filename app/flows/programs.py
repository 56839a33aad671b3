"""다른 프로그램과 연결: the owner makes keys, says where news goes, and ends both. Each is in the record of changes."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Collection
from datetime import datetime

from app.extensions import setting
from app.flows import audit, news
from app.flows.unit import write
from app.kit.refusals import NotHere
from app.kit.sealing import seal
from app.kit.signing import token_hash
from app.programs import actions as programs
from app.programs import queries, rules
from app.programs.models import ApiKey, Webhook
from app.programs.queries import KeyView
from app.programs.rules import BadKey, TooManyKeys, TooManyWebhooks, TooOften
from app.shops import actions as shops

_NO_KEY = "이미 끊은 키예요. 목록을 새로 열어 주세요."
_NO_WEBHOOK = "이미 지운 주소예요. 목록을 새로 열어 주세요."


def make_key(*, shop_id: int, staff_id: int, name: str, scopes: Collection[str], now: datetime) -> str:
    """Make a key and return it: it is shown once, only its hash is kept. Raises Invalid (name, scopes), TooManyKeys."""
    clean = rules.clean_key(name=name, scopes=scopes)
    token = rules.KEY_PREFIX + secrets.token_urlsafe(32)
    with write() as session:
        if programs.standing_keys(session, shop_id=shop_id) >= rules.KEYS_MOST:
            raise TooManyKeys
        row = ApiKey(
            shop_id=shop_id,
            name=clean.name,
            key_hash=token_hash(token),
            key_end=token[-4:],
            scopes=" ".join(clean.scopes),
            made_by=staff_id,
            made_at=now,
        )
        session.add(row)
        session.flush()
        shops.set_use(session, shop_id=shop_id, what=rules.HAS_KEYS, is_on=True)
        audit.note(
            session,
            shop_id=shop_id,
            what="api_key",
            staff_id=staff_id,
            subject=f"api_key:{row.id}",
            detail="on",
            now=now,
        )
    return token


def end_key(*, shop_id: int, staff_id: int, key_id: int, now: datetime) -> None:
    """End a key: from the next call on it opens nothing. Raises NotHere the second time."""
    with write() as session:
        row = programs.key(session, shop_id=shop_id, key_id=key_id)
        if row is None or row.ended_at is not None:
            raise NotHere(_NO_KEY)
        row.ended_at = now
        session.flush()
        is_on = programs.standing_keys(session, shop_id=shop_id) > 0
        shops.set_use(session, shop_id=shop_id, what=rules.HAS_KEYS, is_on=is_on)
        subject = f"api_key:{key_id}"
        audit.note(
            session,
            shop_id=shop_id,
            what="api_key",
            staff_id=staff_id,
            subject=subject,
            detail="off",
            now=now,
        )


def enter(*, token: str, now: datetime) -> KeyView:
    """Let a program in by its key, and count the call. Raises BadKey, TooOften.

    The count is committed by itself: a call that is refused later counts too.
    """
    found = queries.key_by_token(token) if rules.looks_like_key(token) else None
    if found is None:
        raise BadKey
    with write() as session:
        count = programs.count_call(session, shop_id=found.shop_id, key_id=found.id, now=now)
    if count is None:
        raise BadKey
    if count > rules.CALLS_A_MINUTE:
        raise TooOften(60 - now.second)
    return found


def add_webhook(*, shop_id: int, staff_id: int, url: str, events: Collection[str], now: datetime) -> str:
    """Send a shop's news to an address; returns the secret it is signed with, shown once.

    Raises Invalid (fields: url, events), TooManyWebhooks.
    """
    clean = rules.clean_webhook(url=url, events=events)
    secret = rules.SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()
    with write() as session:
        if len(programs.webhooks(session, shop_id=shop_id)) >= rules.WEBHOOKS_MOST:
            raise TooManyWebhooks
        sealed = seal(setting("MASTER_KEY"), news.PURPOSE, secret, bound_to=f"{shop_id}:{clean.url}")
        row = Webhook(
            shop_id=shop_id,
            url=clean.url,
            sealed=sealed,
            events=" ".join(clean.events),
            state="on",
            made_by=staff_id,
            made_at=now,
        )
        session.add(row)
        session.flush()
        news.settle(session, shop_id=shop_id)
        subject = f"webhook:{row.id}"
        audit.note(
            session, shop_id=shop_id, what="webhook", staff_id=staff_id, subject=subject, detail="on", now=now
        )
    return secret


def switch_webhook(*, shop_id: int, staff_id: int, webhook_id: int, is_on: bool, now: datetime) -> None:
    """Send news there again, or no more. What waits when it is switched off is let go. Raises NotHere."""
    with write() as session:
        row = programs.webhook(session, shop_id=shop_id, webhook_id=webhook_id)
        if row is None:
            raise NotHere(_NO_WEBHOOK)
        state = "on" if is_on else "off"
        if row.state == state:
            return
        row.state = state
        row.failures, row.failing_since, row.rest_until = 0, None, None
        session.flush()
        if not is_on:
            programs.drop_waiting(session, shop_id=shop_id, webhook_id=webhook_id, code="off")
        news.settle(session, shop_id=shop_id)
        subject = f"webhook:{webhook_id}"
        audit.note(
            session,
            shop_id=shop_id,
            what="webhook",
            staff_id=staff_id,
            subject=subject,
            detail=state,
            now=now,
        )


def remove_webhook(*, shop_id: int, staff_id: int, webhook_id: int, now: datetime) -> None:
    """Forget an address with its secret. Raises NotHere the second time."""
    with write() as session:
        row = programs.webhook(session, shop_id=shop_id, webhook_id=webhook_id)
        if row is None:
            raise NotHere(_NO_WEBHOOK)
        programs.remove_webhook(session, row=row)
        news.settle(session, shop_id=shop_id)
        subject, detail = f"webhook:{webhook_id}", "removed"
        audit.note(
            session,
            shop_id=shop_id,
            what="webhook",
            staff_id=staff_id,
            subject=subject,
            detail=detail,
            now=now,
        )


def try_webhook(
    *, shop_id: int, webhook_id: int, now: datetime, trusted: frozenset[str] = frozenset()
) -> bool:
    """시험으로 보내기: send one piece of news that tells of nothing; returns whether the address took it.

    Older news waits behind it as before. Raises NotHere for another's address and for one that is off.
    """
    with write() as session:
        row = programs.webhook(session, shop_id=shop_id, webhook_id=webhook_id)
        if row is None or row.state != "on":
            raise NotHere("꺼 둔 주소예요. 먼저 켜 주세요.")
        made = programs.add_news(
            session, shop_id=shop_id, webhook_id=webhook_id, event=rules.TEST_EVENT, data={}, now=now
        )
        news_id = made.id
    return bool(
        news.deliver_one(shop_id=shop_id, webhook_id=webhook_id, news_id=news_id, now=now, trusted=trusted)
    )


def switch_mall(*, shop_id: int, staff_id: int, is_on: bool, now: datetime) -> None:
    """Take in what people look at in the own mall, or no more: then what was taken in is deleted."""
    with write() as session:
        if (rules.HAS_MALL in shops.uses(session, shop_id=shop_id)) == is_on:
            return
        shops.set_use(session, shop_id=shop_id, what=rules.HAS_MALL, is_on=is_on)
        if not is_on:
            programs.forget_events(session, shop_id=shop_id)
        detail = "on" if is_on else "off"
        audit.note(session, shop_id=shop_id, what="mall", staff_id=staff_id, detail=detail, now=now)
