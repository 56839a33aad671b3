"""Other programs: keys of a shop's API, given answers, addresses for news, the own mall's events."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_WAITS = sa.text("state = 'waiting'")


def upgrade() -> None:
    """Bring the database to this step."""
    op.create_table(
        "api_keys",
        sa.Column("id", _ID, nullable=False),
        sa.Column("shop_id", _ID, nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("key_hash", sa.String(64), nullable=False),
        sa.Column("key_end", sa.String(4), nullable=False),
        sa.Column("scopes", sa.String(40), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("last_used_at", sa.DateTime(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("minute_at", sa.DateTime(), nullable=True),
        sa.Column("minute_count", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_api_keys_shop_id")),
        sa.ForeignKeyConstraint(
            ["shop_id", "made_by"], ["staff.shop_id", "staff.id"], name=op.f("fk_api_keys_shop_id_made_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("shop_id", "id", name=op.f("uq_api_keys_shop_id_id")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_keys_key_hash")),
    )
    op.create_table(
        "api_answers",
        sa.Column("id", _ID, nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.Integer(), nullable=False),
        sa.Column("once", sa.String(64), nullable=False),
        sa.Column("body_hash", sa.String(64), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shop_id", "key_id"], ["api_keys.shop_id", "api_keys.id"], name=op.f("fk_api_answers_shop_id_key_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_answers")),
        sa.UniqueConstraint("shop_id", "key_id", "once", name=op.f("uq_api_answers_shop_id_key_id_once")),
    )
    op.create_table(
        "webhooks",
        sa.Column("id", _ID, nullable=False),
        sa.Column("shop_id", _ID, nullable=False),
        sa.Column("url", sa.String(300), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("events", sa.String(160), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failing_since", sa.DateTime(), nullable=True),
        sa.Column("rest_until", sa.DateTime(), nullable=True),
        sa.Column("last_ok_at", sa.DateTime(), nullable=True),
        sa.Column("last_code", sa.String(20), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_webhooks_shop_id")),
        sa.ForeignKeyConstraint(
            ["shop_id", "made_by"], ["staff.shop_id", "staff.id"], name=op.f("fk_webhooks_shop_id_made_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
        sa.UniqueConstraint("shop_id", "id", name=op.f("uq_webhooks_shop_id_id")),
    )
    op.create_table(
        "webhook_news",
        sa.Column("id", _ID, nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("webhook_id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(32), nullable=False),
        sa.Column("event", sa.String(24), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("code", sa.String(20), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["shop_id", "webhook_id"],
            ["webhooks.shop_id", "webhooks.id"],
            name=op.f("fk_webhook_news_shop_id_webhook_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_news")),
        sa.UniqueConstraint("ref", name=op.f("uq_webhook_news_ref")),
    )
    op.create_index(
        "ix_webhook_news_waiting",
        "webhook_news",
        ["shop_id", "webhook_id", "due_at"],
        sqlite_where=_WAITS,
        postgresql_where=_WAITS,
    )
    op.create_table(
        "mall_events",
        sa.Column("id", _ID, nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("item", sa.String(60), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shop_id", "customer_id"],
            ["customers.shop_id", "customers.id"],
            name=op.f("fk_mall_events_shop_id_customer_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mall_events")),
        sa.UniqueConstraint("shop_id", "id", name=op.f("uq_mall_events_shop_id_id")),
        sa.UniqueConstraint(
            "shop_id",
            "customer_id",
            "kind",
            "item",
            "at",
            name=op.f("uq_mall_events_shop_id_customer_id_kind_item_at"),
        ),
    )


def downgrade() -> None:
    """Take this step back."""
    op.drop_table("mall_events")
    op.drop_index("ix_webhook_news_waiting", "webhook_news", sqlite_where=_WAITS, postgresql_where=_WAITS)
    op.drop_table("webhook_news")
    op.drop_table("webhooks")
    op.drop_table("api_answers")
    op.drop_table("api_keys")
