"""What rings the phones of who works in a shop: which phones, what for, when not, and each ring once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Bring the database to this step."""
    op.create_table(
        "quiet_hours",
        sa.Column("shop_id", _BIG, autoincrement=False, nullable=False),
        sa.Column("begins", sa.Integer(), nullable=False),
        sa.Column("ends", sa.Integer(), nullable=False),
        sa.Column("complaints_wait", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_quiet_hours_shop_id")),
        sa.PrimaryKeyConstraint("shop_id", name=op.f("pk_quiet_hours")),
    )
    op.create_table(
        "notification_preferences",
        sa.Column("shop_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("staff_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kinds", sa.String(length=80), server_default="", nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shop_id", "staff_id"],
            ["staff.shop_id", "staff.id"],
            name=op.f("fk_notification_preferences_shop_id_staff_id"),
        ),
        sa.PrimaryKeyConstraint("shop_id", "staff_id", name=op.f("pk_notification_preferences")),
    )
    op.create_table(
        "staff_notifications",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("shop_id", _BIG, nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("cause", sa.String(length=60), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("state", sa.String(length=8), server_default="waiting", nullable=False),
        sa.Column("code", sa.String(length=16), server_default="", nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("taken_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["shop_id", "staff_id"],
            ["staff.shop_id", "staff.id"],
            name=op.f("fk_staff_notifications_shop_id_staff_id"),
        ),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_staff_notifications_shop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_notifications")),
        sa.UniqueConstraint(
            "shop_id", "staff_id", "cause", name=op.f("uq_staff_notifications_shop_id_staff_id_cause")
        ),
    )
    op.create_index(
        "ix_staff_notifications_due",
        "staff_notifications",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(op.f("ix_staff_notifications_made_at"), "staff_notifications", ["made_at"], unique=False)
    op.create_index(
        "ix_staff_notifications_sending",
        "staff_notifications",
        ["taken_at"],
        unique=False,
        sqlite_where=sa.text("state = 'sending'"),
        postgresql_where=sa.text("state = 'sending'"),
    )
    op.create_table(
        "staff_push_subscriptions",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("shop_id", _BIG, nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("endpoint_key", sa.String(length=64), nullable=False),
        sa.Column("p256dh", sa.String(length=120), nullable=False),
        sa.Column("auth", sa.String(length=40), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shop_id", "staff_id"],
            ["staff.shop_id", "staff.id"],
            name=op.f("fk_staff_push_subscriptions_shop_id_staff_id"),
        ),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_staff_push_subscriptions_shop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_push_subscriptions")),
        sa.UniqueConstraint(
            "shop_id", "endpoint_key", name=op.f("uq_staff_push_subscriptions_shop_id_endpoint_key")
        ),
        sa.UniqueConstraint(
            "shop_id", "session_id", name=op.f("uq_staff_push_subscriptions_shop_id_session_id")
        ),
    )
    op.create_index(
        "ix_staff_push_subscriptions_staff", "staff_push_subscriptions", ["shop_id", "staff_id"], unique=False
    )


def downgrade() -> None:
    """Take this step back."""
    for table in (
        "staff_notifications",
        "staff_push_subscriptions",
        "notification_preferences",
        "quiet_hours",
    ):
        op.drop_table(table)
