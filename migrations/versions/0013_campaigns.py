"""A campaign that is still being written remembers that it goes as soon as it may."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Bring the database to this step."""
    with op.batch_alter_table("campaigns", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_soon", sa.Boolean(), server_default=sa.true(), nullable=False))


def downgrade() -> None:
    """Take this step back."""
    with op.batch_alter_table("campaigns", schema=None) as batch_op:
        batch_op.drop_column("is_soon")
