"""Changes to the browsers that let a shop push to them. Flush, never commit."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, select, update

from app.customers.models import Device
from app.kit.upsert import insert_into
from app.messages.gather import RINGS
from app.messages.way_models import PushSubscription


def keep(
    session: Any,
    *,
    shop_id: int,
    customer_id: int,
    browser_hash: str,
    endpoint: str,
    endpoint_key: str,
    p256dh: str,
    auth: str,
    now: datetime,
) -> None:
    """Let a browser be rung for a person. One browser has one line in a shop, and one line has one browser."""
    _drop(
        session,
        shop_id,
        PushSubscription.browser_hash == browser_hash,
        PushSubscription.endpoint_key != endpoint_key,
    )
    facts = {
        "customer_id": customer_id,
        "browser_hash": browser_hash,
        "endpoint": endpoint,
        "p256dh": p256dh,
        "auth": auth,
        "made_at": now,
        "used_at": now,
    }
    session.execute(
        insert_into(session, PushSubscription)
        .values(shop_id=shop_id, endpoint_key=endpoint_key, **facts)
        .on_conflict_do_update(index_elements=["shop_id", "endpoint_key"], set_=facts)
    )


def shops_of(session: Any, *, browser_hash: str, endpoint_key: str) -> list[int]:
    """Return the shops that ring a browser at an address."""
    found = (
        select(PushSubscription.shop_id)
        .join(Device, RINGS)
        .where(Device.browser_hash == browser_hash, PushSubscription.endpoint_key == endpoint_key)
    )
    return list(session.scalars(found.order_by(PushSubscription.shop_id)))


def move(session: Any, *, shop_id: int, was: str, browser_hash: str, values: dict[str, Any]) -> None:
    """The browser's own push service gave it another address."""
    session.execute(
        update(PushSubscription)
        .where(
            PushSubscription.shop_id == shop_id,
            PushSubscription.endpoint_key == was,
            PushSubscription.browser_hash == browser_hash,
        )
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def end(session: Any, *, shop_id: int, customer_id: int, browser_hash: str) -> None:
    """Ring this browser no more for a person."""
    _drop(
        session,
        shop_id,
        PushSubscription.customer_id == customer_id,
        PushSubscription.browser_hash == browser_hash,
    )


def drop(session: Any, *, shop_id: int, gone: Collection[tuple[int, str]]) -> None:
    """Forget browsers of which their push service says that they are no more (RFC 8030 section 7.3).

    `gone`: (which one, the address that was rung). One that got a new address meanwhile stays.
    """
    for which, endpoint in gone:
        _drop(session, shop_id, PushSubscription.id == which, PushSubscription.endpoint == endpoint)


def forget(session: Any, *, shop_id: int, customer_id: int) -> None:
    """Forget all browsers of a person who leaves."""
    _drop(session, shop_id, PushSubscription.customer_id == customer_id)


def forget_strangers(session: Any) -> None:
    """Forget the browsers of every shop that no longer hold the card they rang for: nothing went there any more."""
    held = exists().where(Device.shop_id == PushSubscription.shop_id, RINGS)
    session.execute(delete(PushSubscription).where(~held).execution_options(synchronize_session=False))


def _drop(session: Any, shop_id: int, *which: Any) -> None:
    session.execute(
        delete(PushSubscription)
        .where(PushSubscription.shop_id == shop_id, *which)
        .execution_options(synchronize_session=False)
    )
