"""How people come to a shop as a whole, and whose visits have changed since they were added up."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

_SINCE = sa.text('stale_at IS NOT NULL')


def upgrade() -> None:
    """Bring the database to this step."""
    op.create_table('shop_rhythms',
    sa.Column('shop_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
    sa.Column('median_days', sa.Integer(), nullable=True),
    sa.Column('people', sa.Integer(), server_default='0', nullable=False),
    sa.Column('again', sa.Integer(), server_default='0', nullable=False),
    sa.Column('r', sa.Double(), nullable=True),
    sa.Column('alpha', sa.Double(), nullable=True),
    sa.Column('a', sa.Double(), nullable=True),
    sa.Column('b', sa.Double(), nullable=True),
    sa.Column('log_likelihood', sa.Double(), nullable=True),
    sa.Column('reason', sa.String(length=8), server_default='', nullable=False),
    sa.Column('fitted_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['shop_id'], ['shops.id'], name=op.f('fk_shop_rhythms_shop_id')),
    sa.PrimaryKeyConstraint('shop_id', name=op.f('pk_shop_rhythms'))
    )
    op.add_column('customers', sa.Column('stale_at', sa.DateTime(), nullable=True))
    op.create_index('ix_customers_shop_stale_at', 'customers', ['shop_id', 'stale_at'], unique=False, sqlite_where=_SINCE, postgresql_where=_SINCE)
    # Who came before this step is added up by the clock, like whoever comes from now on.
    op.execute('UPDATE customers SET stale_at = last_visit_at WHERE visit_count > 0')


def downgrade() -> None:
    """Take this step back."""
    op.drop_index('ix_customers_shop_stale_at', table_name='customers', sqlite_where=_SINCE, postgresql_where=_SINCE)
    op.drop_column('customers', 'stale_at')
    op.drop_table('shop_rhythms')
