"""Reads about other programs: their keys, where news goes and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, or_, select

from app.extensions import db
from app.kit.signing import token_hash
from app.programs.models import ApiKey, MallEvent, Webhook, WebhookNews

# With every call of every program: built once.
_BY_HASH = select(
    ApiKey.id, ApiKey.shop_id, ApiKey.name, ApiKey.scopes, ApiKey.made_by, ApiKey.made_at
).where(ApiKey.key_hash == bindparam("hash"), ApiKey.ended_at.is_(None))


@dataclass(frozen=True)
class KeyView:
    """A key that is good. `made_by`: the staff in whose name it acts."""

    id: int
    shop_id: int
    name: str
    scopes: str
    made_by: int
    made_at: datetime

    def may(self, scope: str) -> bool:
        """Tell whether the key was made for this."""
        return scope in self.scopes.split()


def key_by_token(token: str) -> KeyView | None:
    """Return the good key that this text is, or None."""
    row = db.session.execute(_BY_HASH, {"hash": token_hash(token)}).one_or_none()
    return KeyView(**row._mapping) if row else None


@dataclass(frozen=True)
class KeyLine:
    """A key as its page shows it: never the key, only how it ends."""

    id: int
    name: str
    key_end: str
    scopes: tuple[str, ...]
    made_at: datetime
    last_used_at: datetime | None


def keys_of(shop_id: int) -> list[KeyLine]:
    """Return a shop's good keys, the newest first."""
    rows = db.session.scalars(
        select(ApiKey).where(ApiKey.shop_id == shop_id, ApiKey.ended_at.is_(None)).order_by(ApiKey.id.desc())
    )
    return [
        KeyLine(row.id, row.name, row.key_end, tuple(row.scopes.split()), row.made_at, row.last_used_at)
        for row in rows
    ]


@dataclass(frozen=True)
class WebhookLine:
    """An address as its page shows it. `waiting`: news that has not gone yet."""

    id: int
    url: str
    events: tuple[str, ...]
    state: str
    failing_since: datetime | None
    last_ok_at: datetime | None
    last_code: str
    waiting: int


def webhooks_of(shop_id: int) -> list[WebhookLine]:
    """Return a shop's addresses, the oldest first."""
    waiting = (
        select(func.count(WebhookNews.id))
        .where(
            WebhookNews.shop_id == Webhook.shop_id,
            WebhookNews.webhook_id == Webhook.id,
            WebhookNews.state == "waiting",
        )
        .scalar_subquery()
    )
    rows = db.session.execute(select(Webhook, waiting).where(Webhook.shop_id == shop_id).order_by(Webhook.id))
    return [
        WebhookLine(
            row.id,
            row.url,
            tuple(row.events.split()),
            row.state,
            row.failing_since,
            row.last_ok_at,
            row.last_code,
            int(count),
        )
        for row, count in rows
    ]


@dataclass(frozen=True)
class MallLine:
    """What somebody looked at (viewed) or left in the cart (cart_left) in the shop's own mall."""

    kind: str
    item: str
    at: datetime


def events_of(*, shop_id: int, customer_id: int) -> list[MallLine]:
    """Return what a person did in the shop's own mall, newest first."""
    rows = db.session.execute(
        select(MallEvent.kind, MallEvent.item, MallEvent.at)
        .where(MallEvent.shop_id == shop_id, MallEvent.customer_id == customer_id)
        .order_by(MallEvent.at.desc(), MallEvent.id.desc())
    )
    return [MallLine(*row) for row in rows]


def due_webhooks(now: datetime) -> list[tuple[int, int]]:
    """Return (shop, address) for which news is due and which is not at rest, the longest waiting first."""
    oldest = func.min(WebhookNews.due_at)
    rows = db.session.execute(
        select(WebhookNews.shop_id, WebhookNews.webhook_id)
        .join(Webhook, (Webhook.shop_id == WebhookNews.shop_id) & (Webhook.id == WebhookNews.webhook_id))
        .where(
            WebhookNews.state == "waiting",
            WebhookNews.due_at <= now,
            Webhook.state == "on",
            or_(Webhook.rest_until.is_(None), Webhook.rest_until <= now),
        )
        .group_by(WebhookNews.shop_id, WebhookNews.webhook_id)
        .order_by(oldest)
    )
    return [(shop_id, webhook_id) for shop_id, webhook_id in rows]
