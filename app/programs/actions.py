"""Changes to keys, given answers, addresses and their news. Flush, never commit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, delete, func, select, true, update

from app.kit.columns import UtcDateTime
from app.kit.signing import new_token
from app.kit.upsert import insert_into
from app.programs.models import ApiAnswer, ApiKey, MallEvent, Webhook, WebhookNews

# With every call of every program: built once. It also tells how often in this minute.
_COUNT_CALL = (
    update(ApiKey)
    .where(ApiKey.shop_id == bindparam("shop"), ApiKey.id == bindparam("key"), ApiKey.ended_at.is_(None))
    .values(
        last_used_at=bindparam("now", type_=UtcDateTime()),
        minute_count=case(
            (ApiKey.minute_at == bindparam("minute", type_=UtcDateTime()), ApiKey.minute_count + 1), else_=1
        ),
        minute_at=bindparam("minute", type_=UtcDateTime()),
    )
    .returning(ApiKey.minute_count)
    .execution_options(synchronize_session=False)
)


def count_call(session: Any, *, shop_id: int, key_id: int, now: datetime) -> int | None:
    """Count a call of a key; returns how many this minute had, None when the key was ended meanwhile."""
    which = {"shop": shop_id, "key": key_id, "now": now, "minute": now.replace(second=0, microsecond=0)}
    found: int | None = session.scalar(_COUNT_CALL, which)
    return found


def key(session: Any, *, shop_id: int, key_id: int) -> ApiKey | None:
    """Return a key of this shop, held for a change, or None."""
    found: ApiKey | None = session.scalar(
        select(ApiKey).where(ApiKey.shop_id == shop_id, ApiKey.id == key_id).with_for_update()
    )
    return found


def standing_keys(session: Any, *, shop_id: int) -> int:
    """Return how many keys of a shop are good."""
    statement = select(func.count(ApiKey.id)).where(ApiKey.shop_id == shop_id, ApiKey.ended_at.is_(None))
    return int(session.scalar(statement))


def answer(session: Any, *, shop_id: int, key_id: int, once: str) -> ApiAnswer | None:
    """Return what this key's Idempotency-Key was answered before."""
    found: ApiAnswer | None = session.scalar(
        select(ApiAnswer).where(
            ApiAnswer.shop_id == shop_id, ApiAnswer.key_id == key_id, ApiAnswer.once == once
        )
    )
    return found


def add_answer(
    session: Any, *, shop_id: int, key_id: int, once: str, body_hash: str, now: datetime
) -> ApiAnswer:
    """Take an Idempotency-Key before anything is done under it. Raises IntegrityError when it was taken."""
    row = ApiAnswer(shop_id=shop_id, key_id=key_id, once=once, body_hash=body_hash, answer={}, at=now)
    session.add(row)
    session.flush()
    return row


def webhook(session: Any, *, shop_id: int, webhook_id: int) -> Webhook | None:
    """Return an address of this shop as it is now, held for a change, or None."""
    found: Webhook | None = session.scalar(
        select(Webhook)
        .where(Webhook.shop_id == shop_id, Webhook.id == webhook_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found


def webhooks(session: Any, *, shop_id: int) -> list[Webhook]:
    """Return every address of a shop."""
    return list(session.scalars(select(Webhook).where(Webhook.shop_id == shop_id).order_by(Webhook.id)))


def add_news(
    session: Any, *, shop_id: int, webhook_id: int, event: str, data: dict[str, Any], now: datetime
) -> WebhookNews:
    """Write one piece of news down for one address."""
    row = WebhookNews(
        shop_id=shop_id,
        webhook_id=webhook_id,
        ref=f"msg_{new_token()}",
        event=event,
        data=data,
        at=now,
        due_at=now,
    )
    session.add(row)
    session.flush()
    return row


def next_news(
    session: Any, *, shop_id: int, webhook_id: int, now: datetime, news_id: int | None = None
) -> WebhookNews | None:
    """Return the oldest news that is due for an address, or this very one; what another process holds is passed by."""
    this = true() if news_id is None else WebhookNews.id == news_id
    found: WebhookNews | None = session.scalar(
        select(WebhookNews)
        .where(
            WebhookNews.shop_id == shop_id,
            WebhookNews.webhook_id == webhook_id,
            WebhookNews.state == "waiting",
            WebhookNews.due_at <= now,
            this,
        )
        .order_by(WebhookNews.due_at, WebhookNews.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return found


def news(session: Any, *, shop_id: int, news_id: int, tries: int) -> WebhookNews | None:
    """Return news that is still in the hands of the try it was taken for, or None."""
    found: WebhookNews | None = session.scalar(
        select(WebhookNews)
        .where(
            WebhookNews.shop_id == shop_id,
            WebhookNews.id == news_id,
            WebhookNews.tries == tries,
            WebhookNews.state == "waiting",
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found


def drop_waiting(session: Any, *, shop_id: int, webhook_id: int, code: str) -> None:
    """Let what waits for an address go: it is switched off."""
    session.execute(
        update(WebhookNews)
        .where(
            WebhookNews.shop_id == shop_id,
            WebhookNews.webhook_id == webhook_id,
            WebhookNews.state == "waiting",
        )
        .values(state="gone", code=code)
    )


def remove_webhook(session: Any, *, row: Webhook) -> None:
    """Forget an address with its secret and its news."""
    session.execute(
        delete(WebhookNews).where(WebhookNews.shop_id == row.shop_id, WebhookNews.webhook_id == row.id)
    )
    session.delete(row)
    session.flush()


def note_event(session: Any, *, shop_id: int, customer_id: int, kind: str, item: str, at: datetime) -> None:
    """Write down what somebody looked at or left; the same once more changes nothing."""
    session.execute(
        insert_into(session, MallEvent)
        .values(shop_id=shop_id, customer_id=customer_id, kind=kind, item=item[:60], at=at)
        .on_conflict_do_nothing()
    )


def forget_events(session: Any, *, shop_id: int) -> None:
    """Delete everything a shop's mall ever told: it was switched off."""
    session.execute(delete(MallEvent).where(MallEvent.shop_id == shop_id))


def forget(session: Any, *, shop_id: int, customer_id: int) -> None:
    """Delete what a person looked at in the shop's mall."""
    session.execute(
        delete(MallEvent).where(MallEvent.shop_id == shop_id, MallEvent.customer_id == customer_id)
    )


def drop_answers(session: Any, *, before: datetime) -> None:
    """Forget given answers and news that is done; nobody asks for them again."""
    session.execute(delete(ApiAnswer).where(ApiAnswer.at < before))
    session.execute(delete(WebhookNews).where(WebhookNews.at < before))


def drop_events(session: Any, *, before: datetime) -> None:
    """Delete what was looked at long ago."""
    session.execute(delete(MallEvent).where(MallEvent.at < before))
