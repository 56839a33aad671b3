"""Lists of people that leave the shop as files: a long one is made by a worker and lies sealed until it is fetched."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_OPEN = sa.text("state IN ('making', 'packing', 'ready')")


def upgrade() -> None:
    """Bring the database to this step."""
    op.create_table('people_files',
    sa.Column('id', _ID, nullable=False),
    sa.Column('shop_id', _ID, nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('once', sa.String(length=40), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('kind', sa.String(length=4), nullable=False),
    sa.Column('whom', sa.String(length=80), nullable=False),
    sa.Column('typed', sa.String(length=40), nullable=False),
    sa.Column('tag_id', sa.Integer(), nullable=True),
    sa.Column('group_key', sa.String(length=24), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('seen', sa.Integer(), nullable=False),
    sa.Column('after_id', sa.Integer(), nullable=False),
    sa.Column('records', sa.String(length=22), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('ref', sa.String(length=22), nullable=False),
    sa.Column('held_until', sa.DateTime(), nullable=True),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.Column('ends_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['shop_id', 'staff_id'], ['staff.shop_id', 'staff.id'], name=op.f('fk_people_files_shop_id_staff_id')),
    sa.ForeignKeyConstraint(['shop_id'], ['shops.id'], name=op.f('fk_people_files_shop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_people_files')),
    sa.UniqueConstraint('shop_id', 'id', name=op.f('uq_people_files_shop_id_id')),
    sa.UniqueConstraint('shop_id', 'once', name=op.f('uq_people_files_shop_id_once'))
    )
    op.create_index('ix_people_files_open', 'people_files', ['state', 'id'], unique=False, sqlite_where=_OPEN, postgresql_where=_OPEN)


def downgrade() -> None:
    """Take this step back."""
    op.drop_index('ix_people_files_open', table_name='people_files', sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.drop_table('people_files')
