"""An event may ask for a photo or a post; a second ticket of one person takes no part in the draw."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    """Bring the database to this step."""
    op.add_column("event_entries", sa.Column("is_out", sa.Boolean(), server_default=sa.false(), nullable=False))
    for table in ("stories", "posts"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("event_id", sa.Integer(), nullable=True))
            batch_op.create_foreign_key(
                op.f(f"fk_{table}_shop_id_event_id"), "events", ["shop_id", "event_id"], ["shop_id", "id"]
            )


def downgrade() -> None:
    """Take this step back."""
    for table in ("stories", "posts"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_constraint(op.f(f"fk_{table}_shop_id_event_id"), type_="foreignkey")
            batch_op.drop_column("event_id")
    with op.batch_alter_table("event_entries", schema=None) as batch_op:
        batch_op.drop_column("is_out")
