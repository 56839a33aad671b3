"""From when the backup is that a database was put back from, and that an owner looked at what they had sent by hand."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Bring the database to this step."""
    op.add_column("restores", sa.Column("backup_at", sa.DateTime(), nullable=True))
    op.add_column("message_settings", sa.Column("hand_checked_at", sa.DateTime(), nullable=True))


def downgrade() -> None:
    """Take this step back."""
    with op.batch_alter_table("message_settings", schema=None) as batch_op:
        batch_op.drop_column("hand_checked_at")
    with op.batch_alter_table("restores", schema=None) as batch_op:
        batch_op.drop_column("backup_at")
