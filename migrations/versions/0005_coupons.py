"""What coupons need beyond their first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Bring the database to this step."""
    op.create_table(
        "coupon_gifts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("kind_id", sa.Integer(), nullable=False),
        sa.Column("once", sa.String(length=40), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("people", sa.String(length=12), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("given", sa.Integer(), nullable=False),
        sa.Column("after_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("done_at", sa.DateTime(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["shop_id", "kind_id"],
            ["coupon_kinds.shop_id", "coupon_kinds.id"],
            name=op.f("fk_coupon_gifts_shop_id_kind_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coupon_gifts")),
        sa.UniqueConstraint("shop_id", "id", name=op.f("uq_coupon_gifts_shop_id_id")),
        sa.UniqueConstraint("shop_id", "once", name=op.f("uq_coupon_gifts_shop_id_once")),
    )
    with op.batch_alter_table("coupon_gifts") as batch_op:
        batch_op.create_index("ix_coupon_gifts_open", ["done_at", "id"], unique=False)
    with op.batch_alter_table("coupon_kinds") as batch_op:
        batch_op.add_column(sa.Column("starts_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("once", sa.String(length=40), nullable=True))
        batch_op.create_unique_constraint(op.f("uq_coupon_kinds_shop_id_once"), ["shop_id", "once"])
    with op.batch_alter_table("coupons") as batch_op:
        batch_op.create_index("ix_coupons_shop_cause", ["shop_id", "cause"], unique=False)
        batch_op.create_index("ix_coupons_shop_expires", ["shop_id", "expires_at"], unique=False)
    with op.batch_alter_table("coupon_uses") as batch_op:
        batch_op.add_column(sa.Column("off", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("entry_id", sa.Integer(), nullable=True))
        batch_op.create_index("ix_coupon_uses_shop_coupon", ["shop_id", "coupon_id"], unique=False)
    with op.batch_alter_table("code_uses") as batch_op:
        batch_op.add_column(sa.Column("what", sa.String(length=10), server_default="", nullable=False))
        batch_op.drop_constraint(op.f("uq_code_uses_card_id_step"), type_="unique")
        batch_op.create_unique_constraint(
            op.f("uq_code_uses_card_id_step_what"), ["card_id", "step", "what"]
        )
    with op.batch_alter_table("day_counts") as batch_op:
        batch_op.add_column(sa.Column("coupons_used", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    """Take this step back."""
    with op.batch_alter_table("day_counts") as batch_op:
        batch_op.drop_column("coupons_used")
    # A coupon's code and the card's own may share a step, which the older key does not allow.
    op.execute("DELETE FROM code_uses WHERE what <> ''")
    with op.batch_alter_table("code_uses") as batch_op:
        batch_op.drop_constraint(op.f("uq_code_uses_card_id_step_what"), type_="unique")
        batch_op.create_unique_constraint(op.f("uq_code_uses_card_id_step"), ["card_id", "step"])
        batch_op.drop_column("what")
    with op.batch_alter_table("coupon_uses") as batch_op:
        batch_op.drop_index("ix_coupon_uses_shop_coupon")
        batch_op.drop_column("entry_id")
        batch_op.drop_column("off")
    with op.batch_alter_table("coupons") as batch_op:
        batch_op.drop_index("ix_coupons_shop_expires")
        batch_op.drop_index("ix_coupons_shop_cause")
    with op.batch_alter_table("coupon_kinds") as batch_op:
        batch_op.drop_constraint(op.f("uq_coupon_kinds_shop_id_once"), type_="unique")
        batch_op.drop_column("once")
        batch_op.drop_column("starts_on")
    with op.batch_alter_table("coupon_gifts") as batch_op:
        batch_op.drop_index("ix_coupon_gifts_open")
    op.drop_table("coupon_gifts")
