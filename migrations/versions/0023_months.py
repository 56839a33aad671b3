"""Days know what was sold and how often they changed; what whole months say has its tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _amounts() -> None:
    """Add up what days before this step sold: their visits carry amounts already."""
    bind = op.get_bind()
    day = (
        "date(at, '+9 hours')" if bind.dialect.name == "sqlite" else "CAST(at + interval '9 hours' AS date)"
    )
    op.execute(
        "UPDATE day_counts SET sales = sold.won, priced = sold.many FROM ("
        f" SELECT shop_id AS shop, {day} AS that, sum(amount) AS won, count(amount) AS many FROM visits"
        " WHERE amount IS NOT NULL AND reversed_at IS NULL GROUP BY 1, 2"
        ") AS sold WHERE sold.shop = day_counts.shop_id AND sold.that = day_counts.day"
    )
    # Every month that has anything is worked out by the clock.
    op.execute("UPDATE day_counts SET changes = 1")


def upgrade() -> None:
    """Bring the database to this step."""
    with op.batch_alter_table('day_counts') as batch_op:
        batch_op.add_column(sa.Column('sales', _ID, server_default='0', nullable=False))
        batch_op.add_column(sa.Column('priced', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('changes', sa.Integer(), server_default='0', nullable=False))
    _amounts()
    op.create_index('ix_coupons_shop_issued', 'coupons', ['shop_id', 'issued_at'], unique=False)
    op.create_index('ix_voices_shop_opened', 'voices', ['shop_id', 'opened_at'], unique=False)
    op.create_table('month_counts',
    sa.Column('shop_id', _ID, autoincrement=False, nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('changes', sa.Integer(), nullable=False),
    sa.Column('counted_at', sa.DateTime(), nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.Column('baskets', sa.Integer(), nullable=False),
    sa.Column('by_won', sa.Boolean(), nullable=False),
    sa.Column('fifth_people', sa.Integer(), nullable=False),
    sa.Column('fifth_visits', sa.Integer(), nullable=False),
    sa.Column('fifth_won', sa.BigInteger(), nullable=False),
    sa.Column('coupons_issued', sa.Integer(), nullable=False),
    sa.Column('tiers', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['shop_id'], ['shops.id'], name=op.f('fk_month_counts_shop_id')),
    sa.PrimaryKeyConstraint('shop_id', 'month', name=op.f('pk_month_counts'))
    )
    op.create_table('month_hours',
    sa.Column('shop_id', _ID, autoincrement=False, nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('weekday', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('hour', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('visits', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['shop_id'], ['shops.id'], name=op.f('fk_month_hours_shop_id')),
    sa.PrimaryKeyConstraint('shop_id', 'month', 'weekday', 'hour', name=op.f('pk_month_hours'))
    )
    op.create_table('month_cohorts',
    sa.Column('shop_id', _ID, autoincrement=False, nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('first_month', sa.Date(), nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.Column('often', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['shop_id'], ['shops.id'], name=op.f('fk_month_cohorts_shop_id')),
    sa.PrimaryKeyConstraint('shop_id', 'month', 'first_month', name=op.f('pk_month_cohorts'))
    )
    op.create_table('month_found',
    sa.Column('shop_id', _ID, autoincrement=False, nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('found_by', sa.String(length=8), nullable=False),
    sa.Column('source', sa.String(length=20), nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['shop_id'], ['shops.id'], name=op.f('fk_month_found_shop_id')),
    sa.PrimaryKeyConstraint('shop_id', 'month', 'found_by', 'source', name=op.f('pk_month_found'))
    )
    op.create_table('month_products',
    sa.Column('shop_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('product_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('pieces', sa.Integer(), nullable=False),
    sa.Column('won', sa.BigInteger(), nullable=False),
    sa.Column('visits', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['shop_id', 'product_id'], ['products.shop_id', 'products.id'], name=op.f('fk_month_products_shop_id_product_id')),
    sa.PrimaryKeyConstraint('shop_id', 'month', 'product_id', name=op.f('pk_month_products'))
    )
    op.create_table('month_pairs',
    sa.Column('shop_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('product_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('other_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('visits', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['shop_id', 'other_id'], ['products.shop_id', 'products.id'], name=op.f('fk_month_pairs_shop_id_other_id')),
    sa.ForeignKeyConstraint(['shop_id', 'product_id'], ['products.shop_id', 'products.id'], name=op.f('fk_month_pairs_shop_id_product_id')),
    sa.PrimaryKeyConstraint('shop_id', 'month', 'product_id', 'other_id', name=op.f('pk_month_pairs'))
    )


def downgrade() -> None:
    """Take this step back."""
    op.drop_table('month_pairs')
    op.drop_table('month_products')
    op.drop_table('month_found')
    op.drop_table('month_cohorts')
    op.drop_table('month_hours')
    op.drop_table('month_counts')
    op.drop_index('ix_voices_shop_opened', table_name='voices')
    op.drop_index('ix_coupons_shop_issued', table_name='coupons')
    with op.batch_alter_table('day_counts') as batch_op:
        batch_op.drop_column('changes')
        batch_op.drop_column('priced')
        batch_op.drop_column('sales')
