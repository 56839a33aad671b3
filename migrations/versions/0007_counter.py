"""Counter tablets, price buttons, checked uses."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Bring the database to this step."""
    op.create_table(
        "kiosks",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("shop_id", _BIG, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("is_secure", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("user_agent", sa.String(length=200), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_kiosks_shop_id")),
        sa.ForeignKeyConstraint(
            ["shop_id", "made_by"], ["staff.shop_id", "staff.id"], name=op.f("fk_kiosks_shop_id_made_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kiosks")),
        sa.UniqueConstraint("shop_id", "id", name=op.f("uq_kiosks_shop_id_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_kiosks_token_hash")),
    )
    op.create_table(
        "kiosk_calls",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("kiosk_id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=22), nullable=False),
        sa.Column("once", sa.String(length=40), nullable=False),
        sa.Column("word", sa.String(length=10), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=True),
        sa.Column("tail", sa.String(length=4), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["shop_id", "kiosk_id"], ["kiosks.shop_id", "kiosks.id"], name=op.f("fk_kiosk_calls_shop_id_kiosk_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kiosk_calls")),
        sa.UniqueConstraint("ref", name=op.f("uq_kiosk_calls_ref")),
        sa.UniqueConstraint("shop_id", "id", name=op.f("uq_kiosk_calls_shop_id_id")),
        sa.UniqueConstraint("shop_id", "once", name=op.f("uq_kiosk_calls_shop_id_once")),
    )
    with op.batch_alter_table("kiosk_calls", schema=None) as batch_op:
        batch_op.create_index("ix_kiosk_calls_shop_at", ["shop_id", "at"], unique=False)

    op.create_table(
        "card_checks",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("card_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=8), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shop_id", "card_id"], ["cards.shop_id", "cards.id"], name=op.f("fk_card_checks_shop_id_card_id")
        ),
        sa.ForeignKeyConstraint(
            ["shop_id", "customer_id"],
            ["customers.shop_id", "customers.id"],
            name=op.f("fk_card_checks_shop_id_customer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["shop_id", "staff_id"], ["staff.shop_id", "staff.id"], name=op.f("fk_card_checks_shop_id_staff_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_checks")),
        sa.UniqueConstraint("shop_id", "id", name=op.f("uq_card_checks_shop_id_id")),
    )
    with op.batch_alter_table("card_checks", schema=None) as batch_op:
        batch_op.create_index("ix_card_checks_shop_at", ["shop_id", "at"], unique=False)
        batch_op.create_index("ix_card_checks_shop_card_at", ["shop_id", "card_id", "at"], unique=False)

    with op.batch_alter_table("claims", schema=None) as batch_op:
        batch_op.add_column(sa.Column("via", sa.String(length=8), server_default="card", nullable=False))

    with op.batch_alter_table("shops", schema=None) as batch_op:
        batch_op.add_column(sa.Column("prices", sa.String(length=60), server_default="", nullable=False))


def downgrade() -> None:
    """Take this step back."""
    with op.batch_alter_table("shops", schema=None) as batch_op:
        batch_op.drop_column("prices")

    with op.batch_alter_table("claims", schema=None) as batch_op:
        batch_op.drop_column("via")

    with op.batch_alter_table("card_checks", schema=None) as batch_op:
        batch_op.drop_index("ix_card_checks_shop_card_at")
        batch_op.drop_index("ix_card_checks_shop_at")

    op.drop_table("card_checks")
    with op.batch_alter_table("kiosk_calls", schema=None) as batch_op:
        batch_op.drop_index("ix_kiosk_calls_shop_at")

    op.drop_table("kiosk_calls")
    op.drop_table("kiosks")
