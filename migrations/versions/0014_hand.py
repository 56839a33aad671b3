"""What an owner writes to one person, who asked to be told when the work is done, and the end of a day by hand."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    """Bring the database to this step."""
    with op.batch_alter_table("message_settings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("hand_done_on", sa.Date(), nullable=True))
    op.create_table(
        "done_requests",
        sa.Column("id", _ID, nullable=False),
        sa.Column("shop_id", _ID, nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("once", sa.String(length=40), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["shop_id", "customer_id"],
            ["customers.shop_id", "customers.id"],
            name=op.f("fk_done_requests_shop_id_customer_id"),
        ),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_done_requests_shop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_done_requests")),
        sa.UniqueConstraint("shop_id", "id", name=op.f("uq_done_requests_shop_id_id")),
        sa.UniqueConstraint("shop_id", "once", name=op.f("uq_done_requests_shop_id_once")),
    )
    with op.batch_alter_table("done_requests", schema=None) as batch_op:
        batch_op.create_index("ix_done_requests_shop_customer", ["shop_id", "customer_id", "id"])
        batch_op.create_index(
            "ix_done_requests_waiting",
            ["shop_id", "id"],
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        )
    op.create_table(
        "personal_letters",
        sa.Column("id", _ID, nullable=False),
        sa.Column("shop_id", _ID, nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("done_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("photo_ref", sa.String(length=24), nullable=True),
        sa.Column("kind", sa.String(length=24), server_default="", nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("sent_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["shop_id", "customer_id"],
            ["customers.shop_id", "customers.id"],
            name=op.f("fk_personal_letters_shop_id_customer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["shop_id", "done_id"],
            ["done_requests.shop_id", "done_requests.id"],
            name=op.f("fk_personal_letters_shop_id_done_id"),
        ),
        sa.ForeignKeyConstraint(
            ["shop_id", "staff_id"],
            ["staff.shop_id", "staff.id"],
            name=op.f("fk_personal_letters_shop_id_staff_id"),
        ),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_personal_letters_shop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal_letters")),
        sa.UniqueConstraint("shop_id", "id", name=op.f("uq_personal_letters_shop_id_id")),
    )
    with op.batch_alter_table("personal_letters", schema=None) as batch_op:
        batch_op.create_index("ix_personal_letters_shop_customer", ["shop_id", "customer_id", "id"])
        batch_op.create_index("ix_personal_letters_shop_photo", ["shop_id", "photo_ref"])


def downgrade() -> None:
    """Take this step back."""
    op.drop_table("personal_letters")
    op.drop_table("done_requests")
    with op.batch_alter_table("message_settings", schema=None) as batch_op:
        batch_op.drop_column("hand_done_on")
