"""Closed days, paper cards brought along, days of a 윤달."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_STANDING = {"sqlite_where": sa.text("until IS NULL"), "postgresql_where": sa.text("until IS NULL")}
_NOT_ENDED = {"sqlite_where": sa.text("ended_at IS NULL"), "postgresql_where": sa.text("ended_at IS NULL")}
_WAITING = {"sqlite_where": sa.text("state = 'waiting'"), "postgresql_where": sa.text("state = 'waiting'")}


def upgrade() -> None:
    """Bring the database to this step."""
    op.create_table(
        "weekly_days_off",
        sa.Column("id", _ID, nullable=False),
        sa.Column("shop_id", _ID, nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_weekly_days_off_shop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weekly_days_off")),
    )
    op.create_index(
        "uq_weekly_days_off_standing", "weekly_days_off", ["shop_id", "weekday"], unique=True, **_STANDING
    )
    op.create_table(
        "special_days",
        sa.Column("id", _ID, nullable=False),
        sa.Column("shop_id", _ID, nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("is_open", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("note", sa.String(length=40), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_special_days_shop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_special_days")),
        sa.UniqueConstraint("shop_id", "id", name=op.f("uq_special_days_shop_id_id")),
    )
    op.create_index(
        "uq_special_days_standing", "special_days", ["shop_id", "first", "last"], unique=True, **_NOT_ENDED
    )
    op.create_table(
        "paper_cards",
        sa.Column("id", _ID, nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("card_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("once", sa.String(length=40), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("photo_ref", sa.String(length=24), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["shop_id", "card_id"], ["cards.shop_id", "cards.id"], name=op.f("fk_paper_cards_shop_id_card_id")
        ),
        sa.ForeignKeyConstraint(
            ["shop_id", "customer_id"],
            ["customers.shop_id", "customers.id"],
            name=op.f("fk_paper_cards_shop_id_customer_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_cards")),
        sa.UniqueConstraint("shop_id", "id", name=op.f("uq_paper_cards_shop_id_id")),
        sa.UniqueConstraint("shop_id", "once", name=op.f("uq_paper_cards_shop_id_once")),
    )
    op.create_index("uq_paper_cards_one_waiting", "paper_cards", ["card_id"], unique=True, **_WAITING)
    op.create_index("ix_paper_cards_shop_state", "paper_cards", ["shop_id", "state", "id"])
    op.create_index("ix_paper_cards_shop_card", "paper_cards", ["shop_id", "card_id", "id"])
    with op.batch_alter_table("lots", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ends_on", sa.Date(), nullable=True))
    with op.batch_alter_table("customers", schema=None) as batch_op:
        for which in ("birth", "anniversary"):
            batch_op.add_column(
                sa.Column(f"{which}_is_leap", sa.Boolean(), server_default=sa.false(), nullable=False)
            )
    for which in ("birth", "anniversary"):
        told = sa.text(f"{which}_month IS NOT NULL")
        op.create_index(
            f"ix_customers_shop_{which}",
            "customers",
            ["shop_id", f"{which}_month", f"{which}_day"],
            sqlite_where=told,
            postgresql_where=told,
        )


def downgrade() -> None:
    """Take this step back."""
    for which in ("anniversary", "birth"):
        op.drop_index(f"ix_customers_shop_{which}", "customers")
    with op.batch_alter_table("customers", schema=None) as batch_op:
        for which in ("anniversary", "birth"):
            batch_op.drop_column(f"{which}_is_leap")
    with op.batch_alter_table("lots", schema=None) as batch_op:
        batch_op.drop_column("ends_on")
    op.drop_table("paper_cards")
    op.drop_table("special_days")
    op.drop_table("weekly_days_off")
