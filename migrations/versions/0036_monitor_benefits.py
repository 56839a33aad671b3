"""That what a 모니터단 gets month by month was handed over: when the last time, and by whom."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    """Bring the database to this step."""
    op.add_column("testers", sa.Column("benefit_at", sa.DateTime(), nullable=True))
    op.add_column("testers", sa.Column("benefit_by", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Take this step back."""
    with op.batch_alter_table("testers") as table:
        table.drop_column("benefit_by")
        table.drop_column("benefit_at")
