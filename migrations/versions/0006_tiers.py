"""Tiers, who stands where, days that count double, gifts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Bring the database to this step."""
    op.create_table(
        "tier_policies",
        sa.Column("shop_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("measure", sa.String(length=6), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("downgrade", sa.String(length=6), nullable=False),
        sa.Column("grace_days", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_tier_policies_shop_id")),
        sa.PrimaryKeyConstraint("shop_id", name=op.f("pk_tier_policies")),
    )
    op.create_table(
        "boosts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shop_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("tier_id", sa.Integer(), nullable=True),
        sa.Column("weekdays", sa.String(length=7), nullable=False),
        sa.Column("from_minute", sa.Integer(), nullable=False),
        sa.Column("to_minute", sa.Integer(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=True),
        sa.Column("to_day", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["shop_id", "tier_id"], ["tiers.shop_id", "tiers.id"], name=op.f("fk_boosts_shop_id_tier_id")
        ),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_boosts_shop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_boosts")),
        sa.UniqueConstraint("shop_id", "id", name=op.f("uq_boosts_shop_id_id")),
    )
    op.create_table(
        "gifts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shop_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("tier_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["shop_id", "tier_id"], ["tiers.shop_id", "tiers.id"], name=op.f("fk_gifts_shop_id_tier_id")
        ),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_gifts_shop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gifts")),
        sa.UniqueConstraint("shop_id", "id", name=op.f("uq_gifts_shop_id_id")),
    )
    op.create_table(
        "tier_changes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("from_id", sa.Integer(), nullable=True),
        sa.Column("to_id", sa.Integer(), nullable=True),
        sa.Column("why", sa.String(length=8), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=True),
        sa.Column("stood_since", sa.DateTime(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("reversed_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["shop_id", "customer_id"],
            ["customers.shop_id", "customers.id"],
            name=op.f("fk_tier_changes_shop_id_customer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["shop_id", "from_id"],
            ["tiers.shop_id", "tiers.id"],
            name=op.f("fk_tier_changes_shop_id_from_id"),
        ),
        sa.ForeignKeyConstraint(
            ["shop_id", "to_id"], ["tiers.shop_id", "tiers.id"], name=op.f("fk_tier_changes_shop_id_to_id")
        ),
        sa.ForeignKeyConstraint(
            ["shop_id", "visit_id"],
            ["visits.shop_id", "visits.id"],
            name=op.f("fk_tier_changes_shop_id_visit_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tier_changes")),
    )
    with op.batch_alter_table("tier_changes", schema=None) as batch_op:
        batch_op.create_index("ix_tier_changes_shop_customer", ["shop_id", "customer_id", "id"], unique=False)

    op.create_table(
        "tier_standings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("tier_id", sa.Integer(), nullable=True),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("grace_until", sa.DateTime(), nullable=True),
        sa.Column("why", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(
            ["shop_id", "customer_id"],
            ["customers.shop_id", "customers.id"],
            name=op.f("fk_tier_standings_shop_id_customer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["shop_id", "tier_id"],
            ["tiers.shop_id", "tiers.id"],
            name=op.f("fk_tier_standings_shop_id_tier_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tier_standings")),
        sa.UniqueConstraint("shop_id", "customer_id", name=op.f("uq_tier_standings_shop_id_customer_id")),
    )
    with op.batch_alter_table("tier_standings", schema=None) as batch_op:
        batch_op.create_index(
            "ix_tier_standings_shop_tier", ["shop_id", "tier_id", "customer_id"], unique=False
        )

    op.create_table(
        "gifts_given",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("gift_id", sa.Integer(), nullable=True),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("once", sa.String(length=40), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("reversed_at", sa.DateTime(), nullable=True),
        sa.Column("reversed_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["shop_id", "customer_id"],
            ["customers.shop_id", "customers.id"],
            name=op.f("fk_gifts_given_shop_id_customer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["shop_id", "gift_id"], ["gifts.shop_id", "gifts.id"], name=op.f("fk_gifts_given_shop_id_gift_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gifts_given")),
        sa.UniqueConstraint("shop_id", "id", name=op.f("uq_gifts_given_shop_id_id")),
        sa.UniqueConstraint("shop_id", "once", name=op.f("uq_gifts_given_shop_id_once")),
    )
    with op.batch_alter_table("gifts_given", schema=None) as batch_op:
        batch_op.create_index("ix_gifts_given_shop_customer", ["shop_id", "customer_id", "at"], unique=False)
        batch_op.create_index(
            "uq_gifts_given_one_standing",
            ["shop_id", "gift_id", "customer_id"],
            unique=True,
            sqlite_where=sa.text("gift_id IS NOT NULL AND reversed_at IS NULL"),
            postgresql_where=sa.text("gift_id IS NOT NULL AND reversed_at IS NULL"),
        )

    with op.batch_alter_table("ledger_entries", schema=None) as batch_op:
        batch_op.add_column(sa.Column("boosted", sa.String(length=40), server_default="", nullable=False))

    with op.batch_alter_table("tiers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("least", sa.Integer(), server_default="1", nullable=False))
        batch_op.add_column(sa.Column("percent", sa.Integer(), server_default="100", nullable=False))
        batch_op.add_column(sa.Column("discount", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("extra", sa.String(length=20), server_default="", nullable=False))
        batch_op.add_column(sa.Column("early_news", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("coupon_kind_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_tiers_shop_id_coupon_kind_id"),
            "coupon_kinds",
            ["shop_id", "coupon_kind_id"],
            ["shop_id", "id"],
        )


def downgrade() -> None:
    """Take this step back."""
    with op.batch_alter_table("tiers", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_tiers_shop_id_coupon_kind_id"), type_="foreignkey")
        batch_op.drop_column("coupon_kind_id")
        batch_op.drop_column("early_news")
        batch_op.drop_column("extra")
        batch_op.drop_column("discount")
        batch_op.drop_column("percent")
        batch_op.drop_column("least")

    with op.batch_alter_table("ledger_entries", schema=None) as batch_op:
        batch_op.drop_column("boosted")

    with op.batch_alter_table("gifts_given", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_gifts_given_one_standing",
            sqlite_where=sa.text("gift_id IS NOT NULL AND reversed_at IS NULL"),
            postgresql_where=sa.text("gift_id IS NOT NULL AND reversed_at IS NULL"),
        )
        batch_op.drop_index("ix_gifts_given_shop_customer")

    op.drop_table("gifts_given")
    with op.batch_alter_table("tier_standings", schema=None) as batch_op:
        batch_op.drop_index("ix_tier_standings_shop_tier")

    op.drop_table("tier_standings")
    with op.batch_alter_table("tier_changes", schema=None) as batch_op:
        batch_op.drop_index("ix_tier_changes_shop_customer")

    op.drop_table("tier_changes")
    op.drop_table("gifts")
    op.drop_table("boosts")
    op.drop_table("tier_policies")
