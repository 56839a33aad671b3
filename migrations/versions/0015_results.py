"""Who is left out on purpose to see what a message brings, and the nightly sums of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

_TRAVELLED = sa.text("sent_at IS NOT NULL AND channel <> 'card'")
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Bring the database to this step."""
    op.create_table(
        "hold_outs",
        sa.Column("shop_id", _ID, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("reached", sa.Integer(), nullable=False),
        sa.Column("began", sa.String(10), nullable=False),
        sa.Column("counted_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_hold_outs_shop_id")),
        sa.PrimaryKeyConstraint("shop_id", "kind", name=op.f("pk_hold_outs")),
    )
    op.create_table(
        "message_results",
        sa.Column("shop_id", _ID, autoincrement=False, nullable=False),
        sa.Column("what", sa.String(40), nullable=False),
        sa.Column("began", sa.String(10), nullable=False),
        sa.Column("arm", sa.String(4), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("came", sa.Integer(), nullable=False),
        sa.Column("buyers", sa.Integer(), nullable=False),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.Column("priced", sa.Integer(), nullable=False),
        sa.Column("won", sa.Float(), nullable=False),
        sa.Column("won_squared", sa.Float(), nullable=False),
        sa.Column("counted_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_message_results_shop_id")),
        sa.PrimaryKeyConstraint("shop_id", "what", "began", "arm", name=op.f("pk_message_results")),
    )
    op.create_index(
        "ix_messages_travelled",
        "messages",
        ["shop_id", "kind", "sent_at"],
        sqlite_where=_TRAVELLED,
        postgresql_where=_TRAVELLED,
    )


def downgrade() -> None:
    """Take this step back."""
    op.drop_index("ix_messages_travelled", "messages")
    op.drop_table("message_results")
    op.drop_table("hold_outs")
