"""What a full shop has of other programs: a key, an answer it was given, an address with news, what a mall told."""

from __future__ import annotations

from sqlalchemy import select

from app.flows import programs
from app.flows.unit import write
from app.programs.models import ApiAnswer, ApiKey, MallEvent, Webhook, WebhookNews
from tests import factories
from tests.factories import ACustomer, AShop


def with_programs(shop: AShop, known: ACustomer, word: str) -> dict[str, int]:
    """Connect a till and a mall, and let the mall tell something; return the ids."""
    of, now = {"shop_id": shop.id}, factories.now()
    own = {**of, "staff_id": shop.owner_id, "now": now}
    programs.make_key(**own, name=f"{word}포스", scopes=["visits", "customers", "events"])
    programs.add_webhook(**own, url=f"https://hooks.test/{shop.code}", events=["visit.created"])
    with write() as session:
        key_id = session.scalars(select(ApiKey.id).where(ApiKey.shop_id == shop.id)).one()
        webhook_id = session.scalars(select(Webhook.id).where(Webhook.shop_id == shop.id)).one()
        session.add(ApiAnswer(**of, key_id=key_id, once=f"once of {shop.code}", body_hash="0" * 64, at=now))
        session.add(
            WebhookNews(
                **of,
                webhook_id=webhook_id,
                ref=f"msg of {shop.code}",
                event="visit.created",
                at=now,
                due_at=now,
            )
        )
        session.add(MallEvent(**of, customer_id=known.id, kind="viewed", item=f"{word}크림", at=now))
    return {"key_id": key_id, "webhook_id": webhook_id}
