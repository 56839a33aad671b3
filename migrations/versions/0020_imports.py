"""Files that are taken in: how far one is, where its lines went, who came with it; receipts of a till."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Bring the database to this step."""
    op.create_table('import_columns',
    sa.Column('id', _ID, nullable=False),
    sa.Column('shop_id', _ID, nullable=False),
    sa.Column('header_key', sa.String(length=64), nullable=False),
    sa.Column('source', sa.String(length=16), nullable=False),
    sa.Column('columns', sa.JSON(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['shop_id'], ['shops.id'], name=op.f('fk_import_columns_shop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import_columns')),
    sa.UniqueConstraint('shop_id', 'header_key', name=op.f('uq_import_columns_shop_id_header_key'))
    )
    op.create_table('buyers',
    sa.Column('id', _ID, nullable=False),
    sa.Column('shop_id', _ID, nullable=False),
    sa.Column('customer_id', sa.Integer(), nullable=False),
    sa.Column('channel', sa.String(length=12), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['shop_id', 'customer_id'], ['customers.shop_id', 'customers.id'], name=op.f('fk_buyers_shop_id_customer_id')),
    sa.ForeignKeyConstraint(['shop_id'], ['shops.id'], name=op.f('fk_buyers_shop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_buyers')),
    sa.UniqueConstraint('shop_id', 'channel', 'key', name=op.f('uq_buyers_shop_id_channel_key'))
    )
    op.create_index('ix_buyers_shop_customer', 'buyers', ['shop_id', 'customer_id'], unique=False)
    op.create_table('imports',
    sa.Column('id', _ID, nullable=False),
    sa.Column('shop_id', _ID, nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('once', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('detail', sa.Text(), nullable=False),
    sa.Column('upload', sa.String(length=22), nullable=False),
    sa.Column('records', sa.String(length=22), nullable=False),
    sa.Column('password', sa.Text(), nullable=False),
    sa.Column('source', sa.String(length=16), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('channel', sa.String(length=12), nullable=False),
    sa.Column('day', sa.String(length=10), nullable=False),
    sa.Column('header_row', sa.Integer(), nullable=False),
    sa.Column('titles', sa.JSON(), nullable=False),
    sa.Column('columns', sa.JSON(), nullable=False),
    sa.Column('found', sa.JSON(), nullable=False),
    sa.Column('joins_names', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('held_until', sa.DateTime(), nullable=True),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('after_id', sa.Integer(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('seen', sa.Integer(), nullable=False),
    sa.Column('added', sa.Integer(), nullable=False),
    sa.Column('there', sa.Integer(), nullable=False),
    sa.Column('ended', sa.Integer(), nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.Column('is_cancelled', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('products', sa.JSON(), nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.Column('began_at', sa.DateTime(), nullable=True),
    sa.Column('done_at', sa.DateTime(), nullable=True),
    sa.Column('undone_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['shop_id', 'staff_id'], ['staff.shop_id', 'staff.id'], name=op.f('fk_imports_shop_id_staff_id')),
    sa.ForeignKeyConstraint(['shop_id'], ['shops.id'], name=op.f('fk_imports_shop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_imports')),
    sa.UniqueConstraint('shop_id', 'id', name=op.f('uq_imports_shop_id_id')),
    sa.UniqueConstraint('shop_id', 'once', name=op.f('uq_imports_shop_id_once'))
    )
    op.create_index('ix_imports_working', 'imports', ['state', 'id'], unique=False, sqlite_where=sa.text("state IN ('reading', 'going', 'counting', 'undoing')"), postgresql_where=sa.text("state IN ('reading', 'going', 'counting', 'undoing')"))
    op.create_table('not_same',
    sa.Column('shop_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('low_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('high_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['shop_id', 'high_id'], ['customers.shop_id', 'customers.id'], name=op.f('fk_not_same_shop_id_high_id')),
    sa.ForeignKeyConstraint(['shop_id', 'low_id'], ['customers.shop_id', 'customers.id'], name=op.f('fk_not_same_shop_id_low_id')),
    sa.PrimaryKeyConstraint('shop_id', 'low_id', 'high_id', name=op.f('pk_not_same'))
    )
    op.create_table('import_lefts',
    sa.Column('id', _ID, nullable=False),
    sa.Column('shop_id', _ID, nullable=False),
    sa.Column('import_id', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(length=12), nullable=False),
    sa.Column('first', sa.Integer(), nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['shop_id', 'import_id'], ['imports.shop_id', 'imports.id'], name=op.f('fk_import_lefts_shop_id_import_id')),
    sa.ForeignKeyConstraint(['shop_id'], ['shops.id'], name=op.f('fk_import_lefts_shop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import_lefts'))
    )
    op.create_index('ix_import_lefts_shop_import', 'import_lefts', ['shop_id', 'import_id', 'first'], unique=False)
    op.create_table('imported_people',
    sa.Column('shop_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('customer_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('import_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['shop_id', 'customer_id'], ['customers.shop_id', 'customers.id'], name=op.f('fk_imported_people_shop_id_customer_id')),
    sa.ForeignKeyConstraint(['shop_id', 'import_id'], ['imports.shop_id', 'imports.id'], name=op.f('fk_imported_people_shop_id_import_id')),
    sa.PrimaryKeyConstraint('shop_id', 'customer_id', name=op.f('pk_imported_people'))
    )
    op.create_index('ix_imported_people_shop_import', 'imported_people', ['shop_id', 'import_id', 'customer_id'], unique=False)
    op.create_table('receipts',
    sa.Column('id', _ID, nullable=False),
    sa.Column('shop_id', _ID, nullable=False),
    sa.Column('import_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('amount', sa.Integer(), nullable=False),
    sa.Column('is_back', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('state', sa.String(length=8), server_default='open', nullable=False),
    sa.Column('visit_id', sa.Integer(), nullable=True),
    sa.Column('fills', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.ForeignKeyConstraint(['shop_id', 'import_id'], ['imports.shop_id', 'imports.id'], name=op.f('fk_receipts_shop_id_import_id')),
    sa.ForeignKeyConstraint(['shop_id', 'visit_id'], ['visits.shop_id', 'visits.id'], name=op.f('fk_receipts_shop_id_visit_id')),
    sa.ForeignKeyConstraint(['shop_id'], ['shops.id'], name=op.f('fk_receipts_shop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_receipts')),
    sa.UniqueConstraint('shop_id', 'id', name=op.f('uq_receipts_shop_id_id')),
    sa.UniqueConstraint('shop_id', 'key', name=op.f('uq_receipts_shop_id_key'))
    )
    op.create_index('ix_receipts_shop_at', 'receipts', ['shop_id', 'at'], unique=False)
    op.create_index('ix_receipts_shop_import', 'receipts', ['shop_id', 'import_id', 'state'], unique=False)
    op.create_index('uq_receipts_one_a_visit', 'receipts', ['shop_id', 'visit_id'], unique=True, sqlite_where=sa.text('visit_id IS NOT NULL'), postgresql_where=sa.text('visit_id IS NOT NULL'))


def downgrade() -> None:
    """Take this step back."""
    op.drop_index('uq_receipts_one_a_visit', table_name='receipts', sqlite_where=sa.text('visit_id IS NOT NULL'), postgresql_where=sa.text('visit_id IS NOT NULL'))
    op.drop_index('ix_receipts_shop_import', table_name='receipts')
    op.drop_index('ix_receipts_shop_at', table_name='receipts')
    op.drop_table('receipts')
    op.drop_index('ix_imported_people_shop_import', table_name='imported_people')
    op.drop_table('imported_people')
    op.drop_index('ix_import_lefts_shop_import', table_name='import_lefts')
    op.drop_table('import_lefts')
    op.drop_table('not_same')
    op.drop_index('ix_imports_working', table_name='imports', sqlite_where=sa.text("state IN ('reading', 'going', 'counting', 'undoing')"), postgresql_where=sa.text("state IN ('reading', 'going', 'counting', 'undoing')"))
    op.drop_table('imports')
    op.drop_index('ix_buyers_shop_customer', table_name='buyers')
    op.drop_table('buyers')
    op.drop_table('import_columns')
