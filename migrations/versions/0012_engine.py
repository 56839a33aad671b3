"""What waits for a worker is found shop by shop; what a report says; numbers their carrier does not know."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_WAITING = sa.text("state = 'ready' AND staged_at IS NULL")
_OPEN = sa.text("state IN ('ready', 'claimed', 'sending', 'unknown')")
_NOT_APPLIED = sa.text("applied_at IS NULL")


def upgrade() -> None:
    """Bring the database to this step."""
    # Plain ADD COLUMN and CREATE INDEX: nothing has to be copied, however long the history is.
    op.add_column(
        "customers", sa.Column("phone_failed_key", sa.String(64), server_default="", nullable=False)
    )
    op.add_column("messages", sa.Column("address_key", sa.String(64), server_default="", nullable=False))
    op.create_index(
        "ix_messages_waiting",
        "messages",
        ["shop_id", "channel", "due_at", "id"],
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    )
    # The old one was never used by SQLite, and by PostgreSQL for nothing that the two here don't answer.
    op.drop_index("ix_messages_open_due", "messages")
    op.create_index(
        "ix_messages_open", "messages", ["state", "not_after"], sqlite_where=_OPEN, postgresql_where=_OPEN
    )
    op.add_column(
        "delivery_reports", sa.Column("delivered", sa.Boolean(), server_default=sa.true(), nullable=False)
    )
    op.add_column(
        "delivery_reports", sa.Column("dead_address", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("delivery_reports", sa.Column("detail", sa.String(160), server_default="", nullable=False))
    op.create_index("ix_delivery_reports_shop_key", "delivery_reports", ["shop_id", "key"])
    op.create_index(
        "ix_delivery_reports_waiting",
        "delivery_reports",
        ["received_at"],
        sqlite_where=_NOT_APPLIED,
        postgresql_where=_NOT_APPLIED,
    )
    op.create_table(
        "send_tallies",
        sa.Column(
            "shop_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("what", sa.String(40), nullable=False),
        sa.Column("tried", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_send_tallies_shop_id")),
        sa.PrimaryKeyConstraint("shop_id", "what", name=op.f("pk_send_tallies")),
    )
    op.create_table(
        "restores",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("is_sure", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restores")),
    )


def downgrade() -> None:
    """Take this step back."""
    op.drop_table("restores")
    op.drop_table("send_tallies")
    op.drop_index("ix_delivery_reports_waiting", "delivery_reports")
    op.drop_index("ix_delivery_reports_shop_key", "delivery_reports")
    for name in ("detail", "dead_address", "delivered"):
        op.drop_column("delivery_reports", name)
    op.drop_index("ix_messages_open", "messages")
    op.create_index(
        "ix_messages_open_due",
        "messages",
        ["state", "due_at", "shop_id"],
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.drop_index("ix_messages_waiting", "messages")
    op.drop_column("messages", "address_key")
    op.drop_column("customers", "phone_failed_key")
