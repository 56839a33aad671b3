"""What a shop and its people show each other: news, events, photos, the board, questions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Bring the database to this step."""
    op.create_table('board_settings',
    sa.Column('shop_id', _BIG, autoincrement=False, nullable=False),
    sa.Column('has_board', sa.Boolean(), nullable=False),
    sa.Column('has_stories', sa.Boolean(), nullable=False),
    sa.Column('checks_first', sa.Boolean(), nullable=False),
    sa.Column('changed_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['shop_id'], ['shops.id'], name=op.f('fk_board_settings_shop_id')),
    sa.PrimaryKeyConstraint('shop_id', name=op.f('pk_board_settings'))
    )
    op.create_table('events',
    sa.Column('id', _BIG, nullable=False),
    sa.Column('shop_id', _BIG, nullable=False),
    sa.Column('once', sa.String(length=40), nullable=False),
    sa.Column('title', sa.String(length=60), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('prize', sa.String(length=60), nullable=False),
    sa.Column('winners', sa.Integer(), nullable=False),
    sa.Column('photo', sa.String(length=40), nullable=False),
    sa.Column('conditions', sa.JSON(), nullable=False),
    sa.Column('starts_at', sa.DateTime(), nullable=False),
    sa.Column('ends_at', sa.DateTime(), nullable=False),
    sa.Column('seed', sa.String(length=64), nullable=False),
    sa.Column('seed_hash', sa.String(length=64), nullable=False),
    sa.Column('entries', sa.Integer(), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.Column('shown_at', sa.DateTime(), nullable=True),
    sa.Column('drawn_at', sa.DateTime(), nullable=True),
    sa.Column('cancelled_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['shop_id'], ['shops.id'], name=op.f('fk_events_shop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_events')),
    sa.UniqueConstraint('shop_id', 'id', name=op.f('uq_events_shop_id_id')),
    sa.UniqueConstraint('shop_id', 'once', name=op.f('uq_events_shop_id_once'))
    )
    op.create_index('ix_events_shop_ends', 'events', ['shop_id', 'ends_at'], unique=False)
    op.create_table('notices',
    sa.Column('id', _BIG, nullable=False),
    sa.Column('shop_id', _BIG, nullable=False),
    sa.Column('once', sa.String(length=40), nullable=False),
    sa.Column('sort', sa.String(length=8), nullable=False),
    sa.Column('title', sa.String(length=60), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('photo', sa.String(length=40), nullable=False),
    sa.Column('group_key', sa.String(length=20), nullable=False),
    sa.Column('product_id', sa.Integer(), nullable=True),
    sa.Column('is_first', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.Column('shown_at', sa.DateTime(), nullable=True),
    sa.Column('ended_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['shop_id', 'product_id'], ['products.shop_id', 'products.id'], name=op.f('fk_notices_shop_id_product_id')),
    sa.ForeignKeyConstraint(['shop_id'], ['shops.id'], name=op.f('fk_notices_shop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notices')),
    sa.UniqueConstraint('shop_id', 'id', name=op.f('uq_notices_shop_id_id')),
    sa.UniqueConstraint('shop_id', 'once', name=op.f('uq_notices_shop_id_once'))
    )
    op.create_index('ix_notices_shop_shown', 'notices', ['shop_id', 'shown_at'], unique=False)
    op.create_table('parcel_settings',
    sa.Column('shop_id', _BIG, autoincrement=False, nullable=False),
    sa.Column('thanks', sa.String(length=60), nullable=False),
    sa.Column('changed_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['shop_id'], ['shops.id'], name=op.f('fk_parcel_settings_shop_id')),
    sa.PrimaryKeyConstraint('shop_id', name=op.f('pk_parcel_settings'))
    )
    op.create_table('shop_links',
    sa.Column('shop_id', _BIG, autoincrement=False, nullable=False),
    sa.Column('sort', sa.String(length=10), nullable=False),
    sa.Column('url', sa.String(length=200), nullable=False),
    sa.Column('changed_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['shop_id'], ['shops.id'], name=op.f('fk_shop_links_shop_id')),
    sa.PrimaryKeyConstraint('shop_id', 'sort', name=op.f('pk_shop_links'))
    )
    op.create_table('event_entries',
    sa.Column('id', _BIG, nullable=False),
    sa.Column('shop_id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('customer_id', sa.Integer(), nullable=True),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('ticket', sa.String(length=12), nullable=False),
    sa.Column('shown_name', sa.String(length=40), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('rank', sa.Integer(), nullable=True),
    sa.Column('given_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['shop_id', 'customer_id'], ['customers.shop_id', 'customers.id'], name=op.f('fk_event_entries_shop_id_customer_id')),
    sa.ForeignKeyConstraint(['shop_id', 'event_id'], ['events.shop_id', 'events.id'], name=op.f('fk_event_entries_shop_id_event_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event_entries')),
    sa.UniqueConstraint('shop_id', 'event_id', 'customer_id', name=op.f('uq_event_entries_shop_id_event_id_customer_id')),
    sa.UniqueConstraint('shop_id', 'event_id', 'number', name=op.f('uq_event_entries_shop_id_event_id_number')),
    sa.UniqueConstraint('shop_id', 'event_id', 'ticket', name=op.f('uq_event_entries_shop_id_event_id_ticket'))
    )
    op.create_index('ix_event_entries_shop_customer', 'event_entries', ['shop_id', 'customer_id'], unique=False)
    op.create_table('notice_reads',
    sa.Column('id', _BIG, nullable=False),
    sa.Column('shop_id', sa.Integer(), nullable=False),
    sa.Column('notice_id', sa.Integer(), nullable=False),
    sa.Column('customer_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['shop_id', 'customer_id'], ['customers.shop_id', 'customers.id'], name=op.f('fk_notice_reads_shop_id_customer_id')),
    sa.ForeignKeyConstraint(['shop_id', 'notice_id'], ['notices.shop_id', 'notices.id'], name=op.f('fk_notice_reads_shop_id_notice_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice_reads')),
    sa.UniqueConstraint('shop_id', 'notice_id', 'customer_id', name=op.f('uq_notice_reads_shop_id_notice_id_customer_id'))
    )
    op.create_index('ix_notice_reads_shop_customer', 'notice_reads', ['shop_id', 'customer_id'], unique=False)
    op.create_table('posts',
    sa.Column('id', _BIG, nullable=False),
    sa.Column('shop_id', _BIG, nullable=False),
    sa.Column('customer_id', sa.Integer(), nullable=True),
    sa.Column('staff_id', sa.Integer(), nullable=True),
    sa.Column('once', sa.String(length=40), nullable=False),
    sa.Column('shown_name', sa.String(length=40), nullable=False),
    sa.Column('title', sa.String(length=60), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('is_first', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('comments', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('hidden_at', sa.DateTime(), nullable=True),
    sa.Column('hidden_cause', sa.String(length=10), nullable=False),
    sa.ForeignKeyConstraint(['shop_id', 'customer_id'], ['customers.shop_id', 'customers.id'], name=op.f('fk_posts_shop_id_customer_id')),
    sa.ForeignKeyConstraint(['shop_id'], ['shops.id'], name=op.f('fk_posts_shop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_posts')),
    sa.UniqueConstraint('shop_id', 'id', name=op.f('uq_posts_shop_id_id')),
    sa.UniqueConstraint('shop_id', 'once', name=op.f('uq_posts_shop_id_once'))
    )
    op.create_index('ix_posts_shop_customer', 'posts', ['shop_id', 'customer_id'], unique=False)
    op.create_table('questions',
    sa.Column('id', _BIG, nullable=False),
    sa.Column('shop_id', _BIG, nullable=False),
    sa.Column('customer_id', sa.Integer(), nullable=False),
    sa.Column('product_id', sa.Integer(), nullable=True),
    sa.Column('once', sa.String(length=40), nullable=False),
    sa.Column('shown_name', sa.String(length=40), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.Column('answered_at', sa.DateTime(), nullable=True),
    sa.Column('answered_by', sa.Integer(), nullable=True),
    sa.Column('hidden_at', sa.DateTime(), nullable=True),
    sa.Column('hidden_cause', sa.String(length=10), nullable=False),
    sa.ForeignKeyConstraint(['shop_id', 'customer_id'], ['customers.shop_id', 'customers.id'], name=op.f('fk_questions_shop_id_customer_id')),
    sa.ForeignKeyConstraint(['shop_id', 'product_id'], ['products.shop_id', 'products.id'], name=op.f('fk_questions_shop_id_product_id')),
    sa.ForeignKeyConstraint(['shop_id'], ['shops.id'], name=op.f('fk_questions_shop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_questions')),
    sa.UniqueConstraint('shop_id', 'id', name=op.f('uq_questions_shop_id_id')),
    sa.UniqueConstraint('shop_id', 'once', name=op.f('uq_questions_shop_id_once'))
    )
    op.create_index('ix_questions_shop_customer', 'questions', ['shop_id', 'customer_id'], unique=False)
    op.create_index('ix_questions_unanswered', 'questions', ['shop_id', 'id'], unique=False, sqlite_where=sa.text('answered_at IS NULL AND hidden_at IS NULL'), postgresql_where=sa.text('answered_at IS NULL AND hidden_at IS NULL'))
    op.create_table('reports_of_content',
    sa.Column('id', _BIG, nullable=False),
    sa.Column('shop_id', _BIG, nullable=False),
    sa.Column('customer_id', sa.Integer(), nullable=False),
    sa.Column('what', sa.String(length=8), nullable=False),
    sa.Column('row_id', sa.Integer(), nullable=False),
    sa.Column('cause', sa.String(length=10), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('settled_at', sa.DateTime(), nullable=True),
    sa.Column('settled_by', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['shop_id', 'customer_id'], ['customers.shop_id', 'customers.id'], name=op.f('fk_reports_of_content_shop_id_customer_id')),
    sa.ForeignKeyConstraint(['shop_id'], ['shops.id'], name=op.f('fk_reports_of_content_shop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reports_of_content')),
    sa.UniqueConstraint('shop_id', 'what', 'row_id', 'customer_id', name=op.f('uq_reports_of_content_shop_id_what_row_id_customer_id'))
    )
    op.create_index('ix_reports_of_content_open', 'reports_of_content', ['shop_id', 'id'], unique=False, sqlite_where=sa.text('settled_at IS NULL'), postgresql_where=sa.text('settled_at IS NULL'))
    op.create_index('ix_reports_of_content_shop_customer', 'reports_of_content', ['shop_id', 'customer_id'], unique=False)
    op.create_table('stories',
    sa.Column('id', _BIG, nullable=False),
    sa.Column('shop_id', _BIG, nullable=False),
    sa.Column('customer_id', sa.Integer(), nullable=False),
    sa.Column('once', sa.String(length=40), nullable=False),
    sa.Column('sort', sa.String(length=6), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('link', sa.String(length=200), nullable=False),
    sa.Column('shown_name', sa.String(length=40), nullable=False),
    sa.Column('agreed_at', sa.DateTime(), nullable=True),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('passed_at', sa.DateTime(), nullable=True),
    sa.Column('comment', sa.Text(), nullable=False),
    sa.Column('commented_at', sa.DateTime(), nullable=True),
    sa.Column('linked_at', sa.DateTime(), nullable=True),
    sa.Column('hidden_at', sa.DateTime(), nullable=True),
    sa.Column('hidden_cause', sa.String(length=10), nullable=False),
    sa.ForeignKeyConstraint(['shop_id', 'customer_id'], ['customers.shop_id', 'customers.id'], name=op.f('fk_stories_shop_id_customer_id')),
    sa.ForeignKeyConstraint(['shop_id'], ['shops.id'], name=op.f('fk_stories_shop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stories')),
    sa.UniqueConstraint('shop_id', 'id', name=op.f('uq_stories_shop_id_id')),
    sa.UniqueConstraint('shop_id', 'once', name=op.f('uq_stories_shop_id_once'))
    )
    op.create_index('ix_stories_shop_customer', 'stories', ['shop_id', 'customer_id'], unique=False)
    op.create_index('ix_stories_shop_passed', 'stories', ['shop_id', 'passed_at', 'id'], unique=False)
    op.create_table('post_comments',
    sa.Column('id', _BIG, nullable=False),
    sa.Column('shop_id', sa.Integer(), nullable=False),
    sa.Column('post_id', sa.Integer(), nullable=False),
    sa.Column('customer_id', sa.Integer(), nullable=True),
    sa.Column('staff_id', sa.Integer(), nullable=True),
    sa.Column('once', sa.String(length=40), nullable=False),
    sa.Column('shown_name', sa.String(length=40), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('hidden_at', sa.DateTime(), nullable=True),
    sa.Column('hidden_cause', sa.String(length=10), nullable=False),
    sa.ForeignKeyConstraint(['shop_id', 'customer_id'], ['customers.shop_id', 'customers.id'], name=op.f('fk_post_comments_shop_id_customer_id')),
    sa.ForeignKeyConstraint(['shop_id', 'post_id'], ['posts.shop_id', 'posts.id'], name=op.f('fk_post_comments_shop_id_post_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_post_comments')),
    sa.UniqueConstraint('shop_id', 'id', name=op.f('uq_post_comments_shop_id_id')),
    sa.UniqueConstraint('shop_id', 'once', name=op.f('uq_post_comments_shop_id_once'))
    )
    op.create_index('ix_post_comments_shop_customer', 'post_comments', ['shop_id', 'customer_id'], unique=False)
    op.create_index('ix_post_comments_shop_post', 'post_comments', ['shop_id', 'post_id', 'id'], unique=False)
    op.create_table('story_photos',
    sa.Column('shop_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('story_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('photo_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.ForeignKeyConstraint(['shop_id', 'photo_id'], ['photos.shop_id', 'photos.id'], name=op.f('fk_story_photos_shop_id_photo_id')),
    sa.ForeignKeyConstraint(['shop_id', 'story_id'], ['stories.shop_id', 'stories.id'], name=op.f('fk_story_photos_shop_id_story_id')),
    sa.PrimaryKeyConstraint('shop_id', 'story_id', 'photo_id', name=op.f('pk_story_photos'))
    )
    op.create_index('ix_story_photos_shop_photo', 'story_photos', ['shop_id', 'photo_id'], unique=False)


def downgrade() -> None:
    """Take this step back."""
    op.drop_index('ix_story_photos_shop_photo', table_name='story_photos')
    op.drop_table('story_photos')
    op.drop_index('ix_post_comments_shop_post', table_name='post_comments')
    op.drop_index('ix_post_comments_shop_customer', table_name='post_comments')
    op.drop_table('post_comments')
    op.drop_index('ix_stories_shop_passed', table_name='stories')
    op.drop_index('ix_stories_shop_customer', table_name='stories')
    op.drop_table('stories')
    op.drop_index('ix_reports_of_content_shop_customer', table_name='reports_of_content')
    op.drop_index('ix_reports_of_content_open', table_name='reports_of_content', sqlite_where=sa.text('settled_at IS NULL'), postgresql_where=sa.text('settled_at IS NULL'))
    op.drop_table('reports_of_content')
    op.drop_index('ix_questions_unanswered', table_name='questions', sqlite_where=sa.text('answered_at IS NULL AND hidden_at IS NULL'), postgresql_where=sa.text('answered_at IS NULL AND hidden_at IS NULL'))
    op.drop_index('ix_questions_shop_customer', table_name='questions')
    op.drop_table('questions')
    op.drop_index('ix_posts_shop_customer', table_name='posts')
    op.drop_table('posts')
    op.drop_index('ix_notice_reads_shop_customer', table_name='notice_reads')
    op.drop_table('notice_reads')
    op.drop_index('ix_event_entries_shop_customer', table_name='event_entries')
    op.drop_table('event_entries')
    op.drop_table('shop_links')
    op.drop_table('parcel_settings')
    op.drop_index('ix_notices_shop_shown', table_name='notices')
    op.drop_table('notices')
    op.drop_index('ix_events_shop_ends', table_name='events')
    op.drop_table('events')
    op.drop_table('board_settings')
