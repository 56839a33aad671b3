"""When what a 모니터단 gets was handed over the last time, and by whom; who of a shop's people is gone, found at once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    """Bring the database to this step."""
    op.add_column("testers", sa.Column("benefit_at", sa.DateTime(), nullable=True))
    op.add_column("testers", sa.Column("benefit_by", sa.Integer(), nullable=True))
    op.create_index(
        "ix_customers_shop_erased_at",
        "customers",
        ["shop_id", "erased_at"],
        unique=False,
        sqlite_where=sa.text("erased_at IS NOT NULL"),
        postgresql_where=sa.text("erased_at IS NOT NULL"),
    )


def downgrade() -> None:
    """Take this step back."""
    op.drop_index("ix_customers_shop_erased_at", table_name="customers")
    with op.batch_alter_table("testers") as table:
        table.drop_column("benefit_by")
        table.drop_column("benefit_at")
