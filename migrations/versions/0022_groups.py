"""Groups over time, who moved between them, and with how many visits 단골 begins."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

_OPEN, _VIP = sa.text("closed_at IS NULL"), sa.text("is_vip")
_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Bring the database to this step."""
    op.create_table('group_settings',
    sa.Column('shop_id', _BIG, autoincrement=False, nullable=False),
    sa.Column('regular_visits', sa.Integer(), nullable=False),
    sa.Column('changed_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['shop_id'], ['shops.id'], name=op.f('fk_group_settings_shop_id')),
    sa.PrimaryKeyConstraint('shop_id', name=op.f('pk_group_settings'))
    )
    op.create_table('group_days',
    sa.Column('shop_id', _BIG, autoincrement=False, nullable=False),
    sa.Column('group_key', sa.String(length=12), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['shop_id'], ['shops.id'], name=op.f('fk_group_days_shop_id')),
    sa.PrimaryKeyConstraint('shop_id', 'group_key', 'day', name=op.f('pk_group_days'))
    )
    op.create_table('person_places',
    sa.Column('shop_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('customer_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('place', sa.String(length=8), nullable=False),
    sa.Column('came_from', sa.String(length=8), server_default='', nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['shop_id', 'customer_id'], ['customers.shop_id', 'customers.id'], name=op.f('fk_person_places_shop_id_customer_id')),
    sa.PrimaryKeyConstraint('shop_id', 'customer_id', name=op.f('pk_person_places'))
    )
    op.create_index('ix_person_places_shop_since', 'person_places', ['shop_id', 'since', 'came_from', 'place'], unique=False)
    op.create_index('ix_cards_shop_open', 'cards', ['shop_id', 'customer_id'], unique=False, sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.create_index('ix_person_stats_shop_vip', 'person_stats', ['shop_id', 'customer_id'], unique=False, sqlite_where=_VIP, postgresql_where=_VIP)


def downgrade() -> None:
    """Take this step back."""
    op.drop_index('ix_person_stats_shop_vip', table_name='person_stats', sqlite_where=_VIP, postgresql_where=_VIP)
    op.drop_index('ix_cards_shop_open', table_name='cards', sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.drop_index('ix_person_places_shop_since', table_name='person_places')
    op.drop_table('person_places')
    op.drop_table('group_days')
    op.drop_table('group_settings')
