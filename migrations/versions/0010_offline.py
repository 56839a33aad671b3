"""Stamps scanned without a network."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Bring the database to this step."""
    op.create_table(
        "offline_events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.String(length=40), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("card_id", sa.Integer(), nullable=True),
        sa.Column("ref_tail", sa.String(length=4), nullable=False),
        sa.Column("scanned_at", sa.DateTime(), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["shop_id", "card_id"],
            ["cards.shop_id", "cards.id"],
            name=op.f("fk_offline_events_shop_id_card_id"),
        ),
        sa.ForeignKeyConstraint(
            ["shop_id", "staff_id"],
            ["staff.shop_id", "staff.id"],
            name=op.f("fk_offline_events_shop_id_staff_id"),
        ),
        sa.ForeignKeyConstraint(
            ["shop_id", "entry_id"],
            ["ledger_entries.shop_id", "ledger_entries.id"],
            name=op.f("fk_offline_events_shop_id_entry_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offline_events")),
        sa.UniqueConstraint("shop_id", "id", name=op.f("uq_offline_events_shop_id_id")),
        sa.UniqueConstraint("shop_id", "client_id", name=op.f("uq_offline_events_shop_id_client_id")),
    )
    with op.batch_alter_table("offline_events", schema=None) as batch_op:
        batch_op.create_index("ix_offline_events_shop_state", ["shop_id", "state"], unique=False)
        batch_op.create_index("ix_offline_events_shop_card", ["shop_id", "card_id"], unique=False)


def downgrade() -> None:
    """Take this step back."""
    with op.batch_alter_table("offline_events", schema=None) as batch_op:
        batch_op.drop_index("ix_offline_events_shop_card")
        batch_op.drop_index("ix_offline_events_shop_state")
    op.drop_table("offline_events")
