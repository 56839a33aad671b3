"""Codes that prove a number, restored and merged cards."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'


def upgrade() -> None:
    """Bring the database to this step."""
    op.create_table('new_phones',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('shop_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('browser_hash', sa.String(length=64), nullable=False),
    sa.Column('user_agent', sa.String(length=200), nullable=False),
    sa.Column('word', sa.String(length=10), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.Column('expires_at', sa.DateTime(), nullable=False),
    sa.Column('checked', sa.String(length=8), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(), nullable=True),
    sa.Column('works_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['shop_id'], ['shops.id'], name=op.f('fk_new_phones_shop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_new_phones')),
    sa.UniqueConstraint('shop_id', 'id', name=op.f('uq_new_phones_shop_id_id'))
    )
    with op.batch_alter_table('new_phones', schema=None) as batch_op:
        batch_op.create_index('uq_new_phones_one_waiting', ['shop_id', 'browser_hash'], unique=True, sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))
        batch_op.create_index('uq_new_phones_one_word', ['shop_id', 'word'], unique=True, sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))

    op.create_table('merges',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('shop_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kept_id', sa.Integer(), nullable=False),
    sa.Column('gone_id', sa.Integer(), nullable=False),
    sa.Column('kept_card_id', sa.Integer(), nullable=False),
    sa.Column('gone_card_id', sa.Integer(), nullable=False),
    sa.Column('how', sa.String(length=8), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=True),
    sa.Column('stamps', sa.Integer(), nullable=False),
    sa.Column('points', sa.Integer(), nullable=False),
    sa.Column('moved', sa.JSON(), nullable=False),
    sa.Column('before', sa.JSON(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('undone_at', sa.DateTime(), nullable=True),
    sa.Column('undone_by', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['shop_id', 'gone_id'], ['customers.shop_id', 'customers.id'], name=op.f('fk_merges_shop_id_gone_id')),
    sa.ForeignKeyConstraint(['shop_id', 'kept_id'], ['customers.shop_id', 'customers.id'], name=op.f('fk_merges_shop_id_kept_id')),
    sa.ForeignKeyConstraint(['shop_id'], ['shops.id'], name=op.f('fk_merges_shop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_merges')),
    sa.UniqueConstraint('shop_id', 'id', name=op.f('uq_merges_shop_id_id'))
    )
    with op.batch_alter_table('merges', schema=None) as batch_op:
        batch_op.create_index('ix_merges_shop_kept', ['shop_id', 'kept_id'], unique=False)
        batch_op.create_index('uq_merges_one_standing', ['shop_id', 'gone_id'], unique=True, sqlite_where=sa.text('undone_at IS NULL'), postgresql_where=sa.text('undone_at IS NULL'))

    op.create_table('phone_codes',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('shop_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('customer_id', sa.Integer(), nullable=False),
    sa.Column('browser_hash', sa.String(length=64), nullable=False),
    sa.Column('phone', sa.String(length=16), nullable=False),
    sa.Column('phone_key', sa.String(length=64), nullable=False),
    sa.Column('ip_key', sa.String(length=64), nullable=False),
    sa.Column('salt', sa.String(length=32), nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.Column('expires_at', sa.DateTime(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('won', sa.Integer(), nullable=False),
    sa.Column('refused', sa.String(length=12), nullable=False),
    sa.Column('used_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['shop_id', 'customer_id'], ['customers.shop_id', 'customers.id'], name=op.f('fk_phone_codes_shop_id_customer_id')),
    sa.ForeignKeyConstraint(['shop_id'], ['shops.id'], name=op.f('fk_phone_codes_shop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_phone_codes')),
    sa.UniqueConstraint('shop_id', 'id', name=op.f('uq_phone_codes_shop_id_id'))
    )
    with op.batch_alter_table('phone_codes', schema=None) as batch_op:
        batch_op.create_index('ix_phone_codes_ip', ['ip_key', 'made_at'], unique=False)
        batch_op.create_index('ix_phone_codes_shop_browser', ['shop_id', 'browser_hash', 'id'], unique=False)
        batch_op.create_index('ix_phone_codes_shop_phone', ['shop_id', 'phone_key', 'made_at'], unique=False)

    with op.batch_alter_table('customers', schema=None) as batch_op:
        batch_op.add_column(sa.Column('phone_checked_at', sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column('merged_into_id', sa.Integer(), nullable=True))



def downgrade() -> None:
    """Take this step back."""
    with op.batch_alter_table('customers', schema=None) as batch_op:
        batch_op.drop_column('merged_into_id')
        batch_op.drop_column('phone_checked_at')

    with op.batch_alter_table('phone_codes', schema=None) as batch_op:
        batch_op.drop_index('ix_phone_codes_shop_phone')
        batch_op.drop_index('ix_phone_codes_shop_browser')
        batch_op.drop_index('ix_phone_codes_ip')

    op.drop_table('phone_codes')
    with op.batch_alter_table('merges', schema=None) as batch_op:
        batch_op.drop_index('uq_merges_one_standing', sqlite_where=sa.text('undone_at IS NULL'), postgresql_where=sa.text('undone_at IS NULL'))
        batch_op.drop_index('ix_merges_shop_kept')

    op.drop_table('merges')
    with op.batch_alter_table('new_phones', schema=None) as batch_op:
        batch_op.drop_index('uq_new_phones_one_word', sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))
        batch_op.drop_index('uq_new_phones_one_waiting', sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))

    op.drop_table('new_phones')
