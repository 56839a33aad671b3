"""Certificates that are given piece by piece by the worker."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Bring the database to this step."""
    op.create_table('warranty_runs',
    sa.Column('id', _BIG, nullable=False),
    sa.Column('shop_id', sa.Integer(), nullable=False),
    sa.Column('once', sa.String(length=40), nullable=False),
    sa.Column('kind_id', sa.Integer(), nullable=False),
    sa.Column('import_id', sa.Integer(), nullable=True),
    sa.Column('product_id', sa.Integer(), nullable=True),
    sa.Column('item_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('given', sa.Integer(), nullable=False),
    sa.Column('after_customer', sa.Integer(), nullable=False),
    sa.Column('after_item', sa.Integer(), nullable=False),
    sa.Column('after_piece', sa.Integer(), nullable=False),
    sa.Column('told_customer', sa.Integer(), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.Column('held_until', sa.DateTime(), nullable=True),
    sa.Column('ended_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['shop_id', 'import_id'], ['imports.shop_id', 'imports.id'], name=op.f('fk_warranty_runs_shop_id_import_id')),
    sa.ForeignKeyConstraint(['shop_id', 'kind_id'], ['warranty_kinds.shop_id', 'warranty_kinds.id'], name=op.f('fk_warranty_runs_shop_id_kind_id')),
    sa.ForeignKeyConstraint(['shop_id', 'staff_id'], ['staff.shop_id', 'staff.id'], name=op.f('fk_warranty_runs_shop_id_staff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_warranty_runs')),
    sa.UniqueConstraint('shop_id', 'id', name=op.f('uq_warranty_runs_shop_id_id')),
    sa.UniqueConstraint('shop_id', 'once', name=op.f('uq_warranty_runs_shop_id_once'))
    )
    op.create_index('ix_warranty_runs_going', 'warranty_runs', ['id'], unique=False, sqlite_where=sa.text("state = 'going'"), postgresql_where=sa.text("state = 'going'"))


def downgrade() -> None:
    """Take this step back."""
    op.drop_index('ix_warranty_runs_going', table_name='warranty_runs', sqlite_where=sa.text("state = 'going'"), postgresql_where=sa.text("state = 'going'"))
    op.drop_table('warranty_runs')
