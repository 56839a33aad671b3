"""Who tries something first, and what they said of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Bring the database to this step."""
    op.create_table('programmes',
    sa.Column('id', _BIG, nullable=False),
    sa.Column('shop_id', _BIG, nullable=False),
    sa.Column('once', sa.String(length=40), nullable=False),
    sa.Column('ref', sa.String(length=24), nullable=False),
    sa.Column('sort', sa.String(length=8), nullable=False),
    sa.Column('product', sa.String(length=60), nullable=False),
    sa.Column('product_id', sa.Integer(), nullable=True),
    sa.Column('about', sa.Text(), nullable=False),
    sa.Column('people', sa.String(length=12), nullable=False),
    sa.Column('places', sa.Integer(), nullable=False),
    sa.Column('price', sa.Integer(), nullable=False),
    sa.Column('benefit', sa.String(length=60), nullable=False),
    sa.Column('coupon_kind_id', sa.Integer(), nullable=True),
    sa.Column('conditions', sa.JSON(), nullable=False),
    sa.Column('try_days', sa.Integer(), nullable=False),
    sa.Column('apply_until', sa.DateTime(), nullable=True),
    sa.Column('answer_until', sa.DateTime(), nullable=True),
    sa.Column('term_starts', sa.Date(), nullable=True),
    sa.Column('term_ends', sa.Date(), nullable=True),
    sa.Column('seed', sa.String(length=64), nullable=False),
    sa.Column('seed_hash', sa.String(length=64), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.Column('shown_at', sa.DateTime(), nullable=True),
    sa.Column('closed_at', sa.DateTime(), nullable=True),
    sa.Column('drawn_at', sa.DateTime(), nullable=True),
    sa.Column('drawn', sa.JSON(), nullable=False),
    sa.Column('invites', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('invited_after', sa.Integer(), server_default='0', nullable=False),
    sa.Column('invited_at', sa.DateTime(), nullable=True),
    sa.Column('ended_at', sa.DateTime(), nullable=True),
    sa.Column('verdict', sa.String(length=8), nullable=False),
    sa.Column('verdict_note', sa.Text(), nullable=False),
    sa.Column('change', sa.Text(), nullable=False),
    sa.Column('change_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['shop_id', 'coupon_kind_id'], ['coupon_kinds.shop_id', 'coupon_kinds.id'], name=op.f('fk_programmes_shop_id_coupon_kind_id')),
    sa.ForeignKeyConstraint(['shop_id', 'product_id'], ['products.shop_id', 'products.id'], name=op.f('fk_programmes_shop_id_product_id')),
    sa.ForeignKeyConstraint(['shop_id'], ['shops.id'], name=op.f('fk_programmes_shop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_programmes')),
    sa.UniqueConstraint('ref', name=op.f('uq_programmes_ref')),
    sa.UniqueConstraint('shop_id', 'id', name=op.f('uq_programmes_shop_id_id')),
    sa.UniqueConstraint('shop_id', 'once', name=op.f('uq_programmes_shop_id_once'))
    )
    op.create_index('ix_programmes_shop_made', 'programmes', ['shop_id', 'made_at'], unique=False)
    op.create_index('ix_programmes_open', 'programmes', ['shop_id'], unique=False, sqlite_where=sa.text('shown_at IS NOT NULL AND ended_at IS NULL'), postgresql_where=sa.text('shown_at IS NOT NULL AND ended_at IS NULL'))
    op.create_table('programme_questions',
    sa.Column('id', _BIG, nullable=False),
    sa.Column('shop_id', sa.Integer(), nullable=False),
    sa.Column('programme_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('asked_when', sa.String(length=5), nullable=False),
    sa.Column('form', sa.String(length=6), nullable=False),
    sa.Column('text', sa.String(length=120), nullable=False),
    sa.Column('options', sa.JSON(), nullable=False),
    sa.Column('is_needed', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['shop_id', 'programme_id'], ['programmes.shop_id', 'programmes.id'], name=op.f('fk_programme_questions_shop_id_programme_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_programme_questions')),
    sa.UniqueConstraint('shop_id', 'id', name=op.f('uq_programme_questions_shop_id_id')),
    sa.UniqueConstraint('shop_id', 'programme_id', 'position', name=op.f('uq_programme_questions_shop_id_programme_id_position'))
    )
    op.create_table('testers',
    sa.Column('id', _BIG, nullable=False),
    sa.Column('shop_id', sa.Integer(), nullable=False),
    sa.Column('programme_id', sa.Integer(), nullable=False),
    sa.Column('customer_id', sa.Integer(), nullable=True),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('ticket', sa.String(length=10), nullable=False),
    sa.Column('invited_at', sa.DateTime(), nullable=True),
    sa.Column('applied_at', sa.DateTime(), nullable=True),
    sa.Column('chosen_at', sa.DateTime(), nullable=True),
    sa.Column('chosen_by', sa.String(length=5), server_default='', nullable=False),
    sa.Column('declined_at', sa.DateTime(), nullable=True),
    sa.Column('told_at', sa.DateTime(), nullable=True),
    sa.Column('given_at', sa.DateTime(), nullable=True),
    sa.Column('given_by', sa.Integer(), nullable=True),
    sa.Column('asked_month', sa.Date(), nullable=True),
    sa.Column('done_at', sa.DateTime(), nullable=True),
    sa.Column('rewarded_at', sa.DateTime(), nullable=True),
    sa.Column('change_told_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['shop_id', 'customer_id'], ['customers.shop_id', 'customers.id'], name=op.f('fk_testers_shop_id_customer_id')),
    sa.ForeignKeyConstraint(['shop_id', 'programme_id'], ['programmes.shop_id', 'programmes.id'], name=op.f('fk_testers_shop_id_programme_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_testers')),
    sa.UniqueConstraint('shop_id', 'id', name=op.f('uq_testers_shop_id_id')),
    sa.UniqueConstraint('shop_id', 'programme_id', 'customer_id', name=op.f('uq_testers_shop_id_programme_id_customer_id'))
    )
    op.create_index('ix_testers_shop_customer', 'testers', ['shop_id', 'customer_id'], unique=False)
    op.create_table('tasting_answers',
    sa.Column('id', _BIG, nullable=False),
    sa.Column('shop_id', sa.Integer(), nullable=False),
    sa.Column('question_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('browser_hash', sa.String(length=64), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('text', sa.String(length=200), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['shop_id', 'question_id'], ['programme_questions.shop_id', 'programme_questions.id'], name=op.f('fk_tasting_answers_shop_id_question_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tasting_answers')),
    sa.UniqueConstraint('shop_id', 'question_id', 'day', 'browser_hash', name=op.f('uq_tasting_answers_shop_id_question_id_day_browser_hash'))
    )
    op.create_table('tester_answers',
    sa.Column('id', _BIG, nullable=False),
    sa.Column('shop_id', sa.Integer(), nullable=False),
    sa.Column('tester_id', sa.Integer(), nullable=False),
    sa.Column('question_id', sa.Integer(), nullable=False),
    sa.Column('turn', sa.Date(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=True),
    sa.Column('picks', sa.JSON(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('photo_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['shop_id', 'photo_id'], ['photos.shop_id', 'photos.id'], name=op.f('fk_tester_answers_shop_id_photo_id')),
    sa.ForeignKeyConstraint(['shop_id', 'question_id'], ['programme_questions.shop_id', 'programme_questions.id'], name=op.f('fk_tester_answers_shop_id_question_id')),
    sa.ForeignKeyConstraint(['shop_id', 'tester_id'], ['testers.shop_id', 'testers.id'], name=op.f('fk_tester_answers_shop_id_tester_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tester_answers')),
    sa.UniqueConstraint('shop_id', 'id', name=op.f('uq_tester_answers_shop_id_id')),
    sa.UniqueConstraint('shop_id', 'tester_id', 'question_id', 'turn', name=op.f('uq_tester_answers_shop_id_tester_id_question_id_turn'))
    )
    op.create_index('ix_tester_answers_shop_question', 'tester_answers', ['shop_id', 'question_id'], unique=False)


def downgrade() -> None:
    """Take this step back."""
    op.drop_index('ix_tester_answers_shop_question', table_name='tester_answers')
    op.drop_table('tester_answers')
    op.drop_table('tasting_answers')
    op.drop_index('ix_testers_shop_customer', table_name='testers')
    op.drop_table('testers')
    op.drop_table('programme_questions')
    op.drop_index('ix_programmes_open', table_name='programmes', sqlite_where=sa.text('shown_at IS NOT NULL AND ended_at IS NULL'), postgresql_where=sa.text('shown_at IS NOT NULL AND ended_at IS NULL'))
    op.drop_index('ix_programmes_shop_made', table_name='programmes')
    op.drop_table('programmes')
