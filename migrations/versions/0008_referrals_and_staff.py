"""Who brought whom, limits of staff, the close of a day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_GIVEN = ("inviter_entry_id", "inviter_coupon_id", "friend_entry_id", "friend_coupon_id", "once_id")


def upgrade() -> None:
    """Bring the database to this step."""
    op.create_table(
        "referral_settings",
        sa.Column("shop_id", _ID, autoincrement=False, nullable=False),
        sa.Column("inviter_stamps", sa.Integer(), server_default="0", nullable=False),
        sa.Column("inviter_kind_id", sa.Integer(), nullable=True),
        sa.Column("friend_stamps", sa.Integer(), server_default="0", nullable=False),
        sa.Column("friend_kind_id", sa.Integer(), nullable=True),
        sa.Column("month_most", sa.Integer(), server_default="5", nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_referral_settings_shop_id")),
        sa.PrimaryKeyConstraint("shop_id", name=op.f("pk_referral_settings")),
    )
    op.create_table(
        "staff_limits",
        sa.Column("shop_id", _ID, autoincrement=False, nullable=False),
        sa.Column("stamps_an_hour", sa.Integer(), nullable=False),
        sa.Column("overrides_a_day", sa.Integer(), nullable=False),
        sa.Column("checks_a_day", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_staff_limits_shop_id")),
        sa.PrimaryKeyConstraint("shop_id", name=op.f("pk_staff_limits")),
    )
    op.create_table(
        "day_closes",
        sa.Column("id", _ID, nullable=False),
        sa.Column("shop_id", _ID, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("receipts", sa.Integer(), nullable=True),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shop_id", "staff_id"],
            ["staff.shop_id", "staff.id"],
            name=op.f("fk_day_closes_shop_id_staff_id"),
        ),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_day_closes_shop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_closes")),
    )
    with op.batch_alter_table("day_closes") as batch_op:
        batch_op.create_index("ix_day_closes_shop_day", ["shop_id", "day", "id"])
    op.create_table(
        "invites",
        sa.Column("id", _ID, nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("word", sa.String(length=12), nullable=False),
        sa.Column("shows_name", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shop_id", "customer_id"],
            ["customers.shop_id", "customers.id"],
            name=op.f("fk_invites_shop_id_customer_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invites")),
        sa.UniqueConstraint("shop_id", "customer_id", name=op.f("uq_invites_shop_id_customer_id")),
        sa.UniqueConstraint("shop_id", "word", name=op.f("uq_invites_shop_id_word")),
    )
    with op.batch_alter_table("customers") as batch_op:
        batch_op.add_column(sa.Column("staff_id", sa.Integer(), nullable=True))
    with op.batch_alter_table("referrals") as batch_op:
        batch_op.drop_index("ix_referrals_shop_inviter")
        batch_op.add_column(sa.Column("inviter_stamps", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("inviter_kind_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("friend_stamps", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("friend_kind_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("refused", sa.String(length=8), server_default="", nullable=False))
        batch_op.add_column(sa.Column("refused_at", sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column("visit_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("came_at", sa.DateTime(), nullable=True))
        for name in _GIVEN:
            batch_op.add_column(sa.Column(name, sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("inviter_is_due", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(sa.Column("taken_back_at", sa.DateTime(), nullable=True))
        batch_op.create_index("ix_referrals_shop_inviter", ["shop_id", "inviter_id", "came_at"])
        batch_op.create_index("ix_referrals_shop_visit", ["shop_id", "visit_id"])


def downgrade() -> None:
    """Take this step back."""
    with op.batch_alter_table("referrals") as batch_op:
        batch_op.drop_index("ix_referrals_shop_visit")
        batch_op.drop_index("ix_referrals_shop_inviter")
        for name in ("taken_back_at", "inviter_is_due", *reversed(_GIVEN), "came_at", "visit_id", "refused_at", "refused"):
            batch_op.drop_column(name)
        for name in ("friend_kind_id", "friend_stamps", "inviter_kind_id", "inviter_stamps"):
            batch_op.drop_column(name)
        batch_op.create_index("ix_referrals_shop_inviter", ["shop_id", "inviter_id"])
    with op.batch_alter_table("customers") as batch_op:
        batch_op.drop_column("staff_id")
    op.drop_table("invites")
    with op.batch_alter_table("day_closes") as batch_op:
        batch_op.drop_index("ix_day_closes_shop_day")
    op.drop_table("day_closes")
    op.drop_table("staff_limits")
    op.drop_table("referral_settings")
