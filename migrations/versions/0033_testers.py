"""Of a 체험단: that nobody more is chosen, and that invitations which had not gone yet were taken back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    """Bring the database to this step."""
    for name in ("settled_at", "called_off_at"):
        op.add_column("programmes", sa.Column(name, sa.DateTime(), nullable=True))
    # What ended before this step is no news any more: nobody hears of it now.
    op.execute(sa.text("UPDATE programmes SET called_off_at = ended_at WHERE ended_at IS NOT NULL"))
    op.execute(
        sa.text(
            "UPDATE testers SET told_at = (SELECT ended_at FROM programmes"
            " WHERE programmes.shop_id = testers.shop_id AND programmes.id = testers.programme_id)"
            " WHERE told_at IS NULL AND applied_at IS NOT NULL"
        )
    )


def downgrade() -> None:
    """Take this step back."""
    with op.batch_alter_table("programmes") as table:
        table.drop_column("called_off_at")
        table.drop_column("settled_at")
