"""What a shop knows of its people: tags, who comes along, what visits add up to, groups of its own; orders from files."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"


def _write_initials() -> None:
    people = sa.table(
        "customers", sa.column("id", sa.Integer), sa.column("name", sa.String), sa.column("initials", sa.String)
    )
    bind, after = op.get_bind(), 0
    put = people.update().where(people.c.id == sa.bindparam("who")).values(initials=sa.bindparam("sounds"))
    while True:
        named = sa.select(people.c.id, people.c.name).where(people.c.id > after, people.c.name != "")
        rows = bind.execute(named.order_by(people.c.id).limit(5_000)).all()
        if not rows:
            return
        bind.execute(put, [{"who": row.id, "sounds": _first_sounds(row.name)} for row in rows])
        after = rows[-1].id


def _first_sounds(name: str) -> str:
    return "".join(
        _INITIALS[(ord(char) - 0xAC00) // 588] if "가" <= char <= "힣" else char.lower()
        for char in name
        if not char.isspace()
    )[:40]


def upgrade() -> None:
    """Bring the database to this step."""
    op.create_table('own_groups',
    sa.Column('id', _ID, nullable=False),
    sa.Column('shop_id', _ID, nullable=False),
    sa.Column('name', sa.String(length=20), nullable=False),
    sa.Column('filter', sa.JSON(), nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.Column('changed_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['shop_id'], ['shops.id'], name=op.f('fk_own_groups_shop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_own_groups')),
    sa.UniqueConstraint('shop_id', 'id', name=op.f('uq_own_groups_shop_id_id')),
    sa.UniqueConstraint('shop_id', 'name', name=op.f('uq_own_groups_shop_id_name'))
    )
    op.create_table('tags',
    sa.Column('id', _ID, nullable=False),
    sa.Column('shop_id', _ID, nullable=False),
    sa.Column('name', sa.String(length=20), nullable=False),
    sa.ForeignKeyConstraint(['shop_id'], ['shops.id'], name=op.f('fk_tags_shop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tags')),
    sa.UniqueConstraint('shop_id', 'id', name=op.f('uq_tags_shop_id_id')),
    sa.UniqueConstraint('shop_id', 'name', name=op.f('uq_tags_shop_id_name'))
    )
    op.create_table('companions',
    sa.Column('id', _ID, nullable=False),
    sa.Column('shop_id', sa.Integer(), nullable=False),
    sa.Column('customer_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=20), nullable=False),
    sa.Column('note', sa.String(length=120), server_default='', nullable=False),
    sa.Column('photo', sa.String(length=64), server_default='', nullable=False),
    sa.Column('birth_month', sa.Integer(), nullable=True),
    sa.Column('birth_day', sa.Integer(), nullable=True),
    sa.Column('birth_is_lunar', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('birth_is_leap', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['shop_id', 'customer_id'], ['customers.shop_id', 'customers.id'], name=op.f('fk_companions_shop_id_customer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_companions')),
    sa.UniqueConstraint('shop_id', 'id', name=op.f('uq_companions_shop_id_id'))
    )
    op.create_index('ix_companions_shop_customer', 'companions', ['shop_id', 'customer_id'], unique=False)
    op.create_table('customer_tags',
    sa.Column('id', _ID, nullable=False),
    sa.Column('shop_id', sa.Integer(), nullable=False),
    sa.Column('customer_id', sa.Integer(), nullable=False),
    sa.Column('tag_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['shop_id', 'customer_id'], ['customers.shop_id', 'customers.id'], name=op.f('fk_customer_tags_shop_id_customer_id')),
    sa.ForeignKeyConstraint(['shop_id', 'tag_id'], ['tags.shop_id', 'tags.id'], name=op.f('fk_customer_tags_shop_id_tag_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_customer_tags')),
    sa.UniqueConstraint('shop_id', 'customer_id', 'tag_id', name=op.f('uq_customer_tags_shop_id_customer_id_tag_id'))
    )
    op.create_index('ix_customer_tags_shop_tag', 'customer_tags', ['shop_id', 'tag_id', 'customer_id'], unique=False)
    op.create_table('person_stats',
    sa.Column('shop_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('customer_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('visits', sa.Integer(), server_default='0', nullable=False),
    sa.Column('spent', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('priced', sa.Integer(), server_default='0', nullable=False),
    sa.Column('year_visits', sa.Integer(), server_default='0', nullable=False),
    sa.Column('year_spent', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('last_at', sa.DateTime(), nullable=True),
    sa.Column('rhythm_days', sa.Integer(), nullable=True),
    sa.Column('has_own_rhythm', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('standing', sa.String(length=8), server_default='', nullable=False),
    sa.Column('is_vip', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('alive', sa.Double(), nullable=True),
    sa.Column('expected', sa.Double(), nullable=True),
    sa.Column('counted_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['shop_id', 'customer_id'], ['customers.shop_id', 'customers.id'], name=op.f('fk_person_stats_shop_id_customer_id')),
    sa.PrimaryKeyConstraint('shop_id', 'customer_id', name=op.f('pk_person_stats'))
    )
    op.create_index('ix_person_stats_shop_standing', 'person_stats', ['shop_id', 'standing', 'customer_id'], unique=False)
    op.add_column('customers', sa.Column('initials', sa.String(length=40), server_default='', nullable=False))
    op.add_column('customers', sa.Column('gender', sa.String(length=1), server_default='', nullable=False))
    op.add_column('customers', sa.Column('found_by', sa.String(length=8), server_default='', nullable=False))
    _write_initials()
    op.create_index('ix_customers_shop_initials', 'customers', ['shop_id', 'initials'], unique=False)
    op.add_column('visits', sa.Column('source_key', sa.String(length=64), nullable=True))
    op.add_column('visits', sa.Column('import_id', sa.Integer(), nullable=True))
    op.create_index('ix_visits_shop_import', 'visits', ['shop_id', 'import_id'], unique=False, sqlite_where=sa.text('import_id IS NOT NULL'), postgresql_where=sa.text('import_id IS NOT NULL'))
    op.create_index('uq_visits_one_source', 'visits', ['shop_id', 'channel', 'source_key'], unique=True, sqlite_where=sa.text('source_key IS NOT NULL'), postgresql_where=sa.text('source_key IS NOT NULL'))


def downgrade() -> None:
    """Take this step back."""
    op.drop_index('uq_visits_one_source', table_name='visits', sqlite_where=sa.text('source_key IS NOT NULL'), postgresql_where=sa.text('source_key IS NOT NULL'))
    op.drop_index('ix_visits_shop_import', table_name='visits', sqlite_where=sa.text('import_id IS NOT NULL'), postgresql_where=sa.text('import_id IS NOT NULL'))
    op.drop_column('visits', 'import_id')
    op.drop_column('visits', 'source_key')
    op.drop_index('ix_customers_shop_initials', table_name='customers')
    op.drop_column('customers', 'found_by')
    op.drop_column('customers', 'gender')
    op.drop_column('customers', 'initials')
    op.drop_index('ix_person_stats_shop_standing', table_name='person_stats')
    op.drop_table('person_stats')
    op.drop_index('ix_customer_tags_shop_tag', table_name='customer_tags')
    op.drop_table('customer_tags')
    op.drop_index('ix_companions_shop_customer', table_name='companions')
    op.drop_table('companions')
    op.drop_table('tags')
    op.drop_table('own_groups')
