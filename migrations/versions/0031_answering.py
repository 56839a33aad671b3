"""How soon a shop answers complaints is its own decision, and each waiting carries its own end. What is fixed is told by
the voices' numbers: what is under way begins anew, and whoever has it in a thread is left out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Bring the database to this step."""
    op.create_table(
        "voice_settings",
        sa.Column("shop_id", _BIG, sa.ForeignKey("shops.id"), primary_key=True, autoincrement=False),
        sa.Column("answer_hours", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
    )
    op.add_column("voices", sa.Column("again_due_at", sa.DateTime()))
    is_waiting = sa.text("waiting_since IS NOT NULL")
    op.create_index(
        "ix_voices_waiting",
        "voices",
        ["shop_id", "waiting_since", "id"],
        sqlite_where=is_waiting,
        postgresql_where=is_waiting,
    )
    op.execute(sa.text("UPDATE voice_fixes SET after_id = 0 WHERE done_at IS NULL"))


def downgrade() -> None:
    """Take this step back."""
    op.drop_index("ix_voices_waiting", table_name="voices")
    op.drop_column("voices", "again_due_at")
    op.drop_table("voice_settings")
