"""Warranties: issued, claimed, moved on, and what was asked of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Bring the database to this step."""
    if op.get_bind().dialect.name == "postgresql":  # a shop that uses everything needs more; SQLite holds any length
        op.alter_column("shops", "uses", existing_type=sa.String(80), type_=sa.String(200), existing_nullable=False)
    op.create_table('warranty_settings',
    sa.Column('shop_id', _BIG, autoincrement=False, nullable=False),
    sa.Column('notice_days', sa.Integer(), nullable=False),
    sa.Column('changed_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['shop_id'], ['shops.id'], name=op.f('fk_warranty_settings_shop_id')),
    sa.PrimaryKeyConstraint('shop_id', name=op.f('pk_warranty_settings'))
    )
    op.create_table('warranty_kinds',
    sa.Column('id', _BIG, nullable=False),
    sa.Column('shop_id', _BIG, nullable=False),
    sa.Column('once', sa.String(length=40), nullable=False),
    sa.Column('product_id', sa.Integer(), nullable=True),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('months', sa.Integer(), nullable=False),
    sa.Column('covers', sa.Text(), nullable=False),
    sa.Column('care', sa.Text(), nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.Column('ended_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['shop_id', 'product_id'], ['products.shop_id', 'products.id'], name=op.f('fk_warranty_kinds_shop_id_product_id')),
    sa.ForeignKeyConstraint(['shop_id'], ['shops.id'], name=op.f('fk_warranty_kinds_shop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_warranty_kinds')),
    sa.UniqueConstraint('shop_id', 'id', name=op.f('uq_warranty_kinds_shop_id_id')),
    sa.UniqueConstraint('shop_id', 'once', name=op.f('uq_warranty_kinds_shop_id_once'))
    )
    op.create_table('warranty_sheets',
    sa.Column('id', _BIG, nullable=False),
    sa.Column('shop_id', sa.Integer(), nullable=False),
    sa.Column('once', sa.String(length=40), nullable=False),
    sa.Column('kind_id', sa.Integer(), nullable=False),
    sa.Column('pieces', sa.Integer(), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['shop_id', 'kind_id'], ['warranty_kinds.shop_id', 'warranty_kinds.id'], name=op.f('fk_warranty_sheets_shop_id_kind_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_warranty_sheets')),
    sa.UniqueConstraint('shop_id', 'id', name=op.f('uq_warranty_sheets_shop_id_id')),
    sa.UniqueConstraint('shop_id', 'once', name=op.f('uq_warranty_sheets_shop_id_once'))
    )
    op.create_table('warranties',
    sa.Column('id', _BIG, nullable=False),
    sa.Column('shop_id', sa.Integer(), nullable=False),
    sa.Column('kind_id', sa.Integer(), nullable=False),
    sa.Column('customer_id', sa.Integer(), nullable=True),
    sa.Column('visit_id', sa.Integer(), nullable=True),
    sa.Column('serial', sa.String(length=16), nullable=False),
    sa.Column('check_ref', sa.String(length=24), nullable=False),
    sa.Column('claim_hash', sa.String(length=64), nullable=True),
    sa.Column('cause', sa.String(length=60), nullable=False),
    sa.Column('how', sa.String(length=8), nullable=False),
    sa.Column('bought_on', sa.Date(), nullable=True),
    sa.Column('channel', sa.String(length=10), nullable=False),
    sa.Column('price', sa.Integer(), nullable=True),
    sa.Column('until', sa.Date(), nullable=True),
    sa.Column('staff_id', sa.Integer(), nullable=True),
    sa.Column('issued_at', sa.DateTime(), nullable=False),
    sa.Column('claimed_at', sa.DateTime(), nullable=True),
    sa.Column('ended_at', sa.DateTime(), nullable=True),
    sa.Column('end_cause', sa.String(length=10), nullable=False),
    sa.ForeignKeyConstraint(['shop_id', 'customer_id'], ['customers.shop_id', 'customers.id'], name=op.f('fk_warranties_shop_id_customer_id')),
    sa.ForeignKeyConstraint(['shop_id', 'kind_id'], ['warranty_kinds.shop_id', 'warranty_kinds.id'], name=op.f('fk_warranties_shop_id_kind_id')),
    sa.ForeignKeyConstraint(['shop_id', 'visit_id'], ['visits.shop_id', 'visits.id'], name=op.f('fk_warranties_shop_id_visit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_warranties')),
    sa.UniqueConstraint('check_ref', name=op.f('uq_warranties_check_ref')),
    sa.UniqueConstraint('claim_hash', name=op.f('uq_warranties_claim_hash')),
    sa.UniqueConstraint('shop_id', 'cause', name=op.f('uq_warranties_shop_id_cause')),
    sa.UniqueConstraint('shop_id', 'id', name=op.f('uq_warranties_shop_id_id')),
    sa.UniqueConstraint('shop_id', 'serial', name=op.f('uq_warranties_shop_id_serial'))
    )
    op.create_index('ix_warranties_shop_customer', 'warranties', ['shop_id', 'customer_id'], unique=False)
    op.create_index('ix_warranties_shop_kind', 'warranties', ['shop_id', 'kind_id', 'customer_id'], unique=False)
    op.create_index('ix_warranties_shop_until', 'warranties', ['shop_id', 'until'], unique=False)
    op.create_index('ix_warranties_shop_visit', 'warranties', ['shop_id', 'visit_id'], unique=False)
    op.create_table('warranty_moves',
    sa.Column('id', _BIG, nullable=False),
    sa.Column('shop_id', sa.Integer(), nullable=False),
    sa.Column('warranty_id', sa.Integer(), nullable=False),
    sa.Column('from_customer', sa.Integer(), nullable=True),
    sa.Column('to_customer', sa.Integer(), nullable=True),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('asked_at', sa.DateTime(), nullable=False),
    sa.Column('expires_at', sa.DateTime(), nullable=False),
    sa.Column('taken_at', sa.DateTime(), nullable=True),
    sa.Column('called_off_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['shop_id', 'from_customer'], ['customers.shop_id', 'customers.id'], name=op.f('fk_warranty_moves_shop_id_from_customer')),
    sa.ForeignKeyConstraint(['shop_id', 'to_customer'], ['customers.shop_id', 'customers.id'], name=op.f('fk_warranty_moves_shop_id_to_customer')),
    sa.ForeignKeyConstraint(['shop_id', 'warranty_id'], ['warranties.shop_id', 'warranties.id'], name=op.f('fk_warranty_moves_shop_id_warranty_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_warranty_moves')),
    sa.UniqueConstraint('shop_id', 'id', name=op.f('uq_warranty_moves_shop_id_id')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_warranty_moves_token_hash'))
    )
    op.create_index('ix_warranty_moves_shop_from', 'warranty_moves', ['shop_id', 'from_customer'], unique=False)
    op.create_index('ix_warranty_moves_shop_to', 'warranty_moves', ['shop_id', 'to_customer'], unique=False)
    op.create_index('ix_warranty_moves_shop_warranty', 'warranty_moves', ['shop_id', 'warranty_id'], unique=False)
    op.create_table('repair_requests',
    sa.Column('id', _BIG, nullable=False),
    sa.Column('shop_id', sa.Integer(), nullable=False),
    sa.Column('warranty_id', sa.Integer(), nullable=False),
    sa.Column('voice_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('ended_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['shop_id', 'voice_id'], ['voices.shop_id', 'voices.id'], name=op.f('fk_repair_requests_shop_id_voice_id')),
    sa.ForeignKeyConstraint(['shop_id', 'warranty_id'], ['warranties.shop_id', 'warranties.id'], name=op.f('fk_repair_requests_shop_id_warranty_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_repair_requests')),
    sa.UniqueConstraint('shop_id', 'id', name=op.f('uq_repair_requests_shop_id_id')),
    sa.UniqueConstraint('shop_id', 'voice_id', name=op.f('uq_repair_requests_shop_id_voice_id'))
    )
    op.create_index('ix_repair_requests_open', 'repair_requests', ['shop_id', 'id'], unique=False, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
    op.create_index('ix_repair_requests_shop_warranty', 'repair_requests', ['shop_id', 'warranty_id'], unique=False)
    op.create_table('repair_steps',
    sa.Column('id', _BIG, nullable=False),
    sa.Column('shop_id', sa.Integer(), nullable=False),
    sa.Column('request_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('note', sa.String(length=200), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['shop_id', 'request_id'], ['repair_requests.shop_id', 'repair_requests.id'], name=op.f('fk_repair_steps_shop_id_request_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_repair_steps'))
    )
    op.create_index('ix_repair_steps_shop_request', 'repair_steps', ['shop_id', 'request_id', 'id'], unique=False)


def downgrade() -> None:
    """Take this step back."""
    op.drop_index('ix_repair_steps_shop_request', table_name='repair_steps')
    op.drop_table('repair_steps')
    op.drop_index('ix_repair_requests_shop_warranty', table_name='repair_requests')
    op.drop_index('ix_repair_requests_open', table_name='repair_requests', sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
    op.drop_table('repair_requests')
    op.drop_index('ix_warranty_moves_shop_warranty', table_name='warranty_moves')
    op.drop_index('ix_warranty_moves_shop_to', table_name='warranty_moves')
    op.drop_index('ix_warranty_moves_shop_from', table_name='warranty_moves')
    op.drop_table('warranty_moves')
    op.drop_index('ix_warranties_shop_visit', table_name='warranties')
    op.drop_index('ix_warranties_shop_until', table_name='warranties')
    op.drop_index('ix_warranties_shop_kind', table_name='warranties')
    op.drop_index('ix_warranties_shop_customer', table_name='warranties')
    op.drop_table('warranties')
    op.drop_table('warranty_sheets')
    op.drop_table('warranty_kinds')
    op.drop_table('warranty_settings')
