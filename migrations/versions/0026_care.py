"""Reviews and voices in full: hiding for a cause, words, causes, offers, hand-overs, photos in a thread."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Bring the database to this step."""
    with op.batch_alter_table("voice_lines", schema=None) as batch_op:
        batch_op.create_unique_constraint(op.f("uq_voice_lines_shop_id_id"), ["shop_id", "id"])
    op.create_table('ready_answers',
    sa.Column('id', _BIG, nullable=False),
    sa.Column('shop_id', _BIG, nullable=False),
    sa.Column('name', sa.String(length=20), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['shop_id'], ['shops.id'], name=op.f('fk_ready_answers_shop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ready_answers')),
    sa.UniqueConstraint('shop_id', 'id', name=op.f('uq_ready_answers_shop_id_id')),
    sa.UniqueConstraint('shop_id', 'name', name=op.f('uq_ready_answers_shop_id_name'))
    )
    op.create_table('review_sums',
    sa.Column('shop_id', _BIG, autoincrement=False, nullable=False),
    sa.Column('product_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('stars', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('reviews', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['shop_id'], ['shops.id'], name=op.f('fk_review_sums_shop_id')),
    sa.PrimaryKeyConstraint('shop_id', 'product_id', 'stars', name=op.f('pk_review_sums'))
    )
    op.create_table('review_goods',
    sa.Column('shop_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('product_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('review_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.ForeignKeyConstraint(['shop_id', 'product_id'], ['products.shop_id', 'products.id'], name=op.f('fk_review_goods_shop_id_product_id')),
    sa.ForeignKeyConstraint(['shop_id', 'review_id'], ['reviews.shop_id', 'reviews.id'], name=op.f('fk_review_goods_shop_id_review_id')),
    sa.PrimaryKeyConstraint('shop_id', 'product_id', 'review_id', name=op.f('pk_review_goods'))
    )
    op.create_index('ix_review_goods_shop_review', 'review_goods', ['shop_id', 'review_id'], unique=False)
    op.create_table('review_words',
    sa.Column('shop_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('review_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('word', sa.String(length=20), nullable=False),
    sa.Column('side', sa.String(length=6), nullable=False),
    sa.ForeignKeyConstraint(['shop_id', 'review_id'], ['reviews.shop_id', 'reviews.id'], name=op.f('fk_review_words_shop_id_review_id')),
    sa.PrimaryKeyConstraint('shop_id', 'review_id', 'word', 'side', name=op.f('pk_review_words'))
    )
    op.create_index('ix_review_words_shop_word', 'review_words', ['shop_id', 'word', 'side', 'review_id'], unique=False)
    op.create_table('voice_causes',
    sa.Column('id', _BIG, nullable=False),
    sa.Column('shop_id', _BIG, nullable=False),
    sa.Column('name', sa.String(length=20), nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.Column('ended_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['shop_id'], ['shops.id'], name=op.f('fk_voice_causes_shop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_voice_causes')),
    sa.UniqueConstraint('shop_id', 'id', name=op.f('uq_voice_causes_shop_id_id')),
    sa.UniqueConstraint('shop_id', 'name', name=op.f('uq_voice_causes_shop_id_name'))
    )
    op.create_table('voice_fixes',
    sa.Column('id', _BIG, nullable=False),
    sa.Column('shop_id', sa.Integer(), nullable=False),
    sa.Column('cause_id', sa.Integer(), nullable=False),
    sa.Column('once', sa.String(length=40), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('after_id', sa.Integer(), nullable=False),
    sa.Column('told', sa.Integer(), nullable=False),
    sa.Column('on_card', sa.Integer(), nullable=False),
    sa.Column('nameless', sa.Integer(), nullable=False),
    sa.Column('done_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['shop_id', 'cause_id'], ['voice_causes.shop_id', 'voice_causes.id'], name=op.f('fk_voice_fixes_shop_id_cause_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_voice_fixes')),
    sa.UniqueConstraint('shop_id', 'id', name=op.f('uq_voice_fixes_shop_id_id')),
    sa.UniqueConstraint('shop_id', 'once', name=op.f('uq_voice_fixes_shop_id_once'))
    )
    op.create_index('ix_voice_fixes_open', 'voice_fixes', ['done_at', 'id'], unique=False)
    op.create_table('review_hidings',
    sa.Column('id', _BIG, nullable=False),
    sa.Column('shop_id', sa.Integer(), nullable=False),
    sa.Column('review_id', sa.Integer(), nullable=False),
    sa.Column('cause', sa.String(length=10), nullable=False),
    sa.Column('note', sa.String(length=200), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('ended_at', sa.DateTime(), nullable=True),
    sa.Column('ended_by', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['shop_id', 'review_id'], ['reviews.shop_id', 'reviews.id'], name=op.f('fk_review_hidings_shop_id_review_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_review_hidings')),
    sa.UniqueConstraint('shop_id', 'id', name=op.f('uq_review_hidings_shop_id_id'))
    )
    op.create_index('ix_review_hidings_standing', 'review_hidings', ['shop_id', 'review_id'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
    op.create_table('voice_cause_marks',
    sa.Column('shop_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('voice_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('cause_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['shop_id', 'cause_id'], ['voice_causes.shop_id', 'voice_causes.id'], name=op.f('fk_voice_cause_marks_shop_id_cause_id')),
    sa.ForeignKeyConstraint(['shop_id', 'voice_id'], ['voices.shop_id', 'voices.id'], name=op.f('fk_voice_cause_marks_shop_id_voice_id')),
    sa.PrimaryKeyConstraint('shop_id', 'voice_id', 'cause_id', name=op.f('pk_voice_cause_marks'))
    )
    op.create_index('ix_voice_cause_marks_shop_cause', 'voice_cause_marks', ['shop_id', 'cause_id'], unique=False)
    op.create_table('voice_handovers',
    sa.Column('id', _BIG, nullable=False),
    sa.Column('shop_id', sa.Integer(), nullable=False),
    sa.Column('voice_id', sa.Integer(), nullable=False),
    sa.Column('to_staff', sa.Integer(), nullable=False),
    sa.Column('by_staff', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['shop_id', 'to_staff'], ['staff.shop_id', 'staff.id'], name=op.f('fk_voice_handovers_shop_id_to_staff')),
    sa.ForeignKeyConstraint(['shop_id', 'voice_id'], ['voices.shop_id', 'voices.id'], name=op.f('fk_voice_handovers_shop_id_voice_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_voice_handovers'))
    )
    op.create_index('ix_voice_handovers_shop_voice', 'voice_handovers', ['shop_id', 'voice_id', 'id'], unique=False)
    op.create_table('voice_offers',
    sa.Column('id', _BIG, nullable=False),
    sa.Column('shop_id', sa.Integer(), nullable=False),
    sa.Column('voice_id', sa.Integer(), nullable=False),
    sa.Column('line_id', sa.Integer(), nullable=False),
    sa.Column('kind_id', sa.Integer(), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('expires_at', sa.DateTime(), nullable=False),
    sa.Column('taken_at', sa.DateTime(), nullable=True),
    sa.Column('coupon_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['shop_id', 'coupon_id'], ['coupons.shop_id', 'coupons.id'], name=op.f('fk_voice_offers_shop_id_coupon_id')),
    sa.ForeignKeyConstraint(['shop_id', 'kind_id'], ['coupon_kinds.shop_id', 'coupon_kinds.id'], name=op.f('fk_voice_offers_shop_id_kind_id')),
    sa.ForeignKeyConstraint(['shop_id', 'line_id'], ['voice_lines.shop_id', 'voice_lines.id'], name=op.f('fk_voice_offers_shop_id_line_id')),
    sa.ForeignKeyConstraint(['shop_id', 'voice_id'], ['voices.shop_id', 'voices.id'], name=op.f('fk_voice_offers_shop_id_voice_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_voice_offers')),
    sa.UniqueConstraint('shop_id', 'id', name=op.f('uq_voice_offers_shop_id_id')),
    sa.UniqueConstraint('shop_id', 'line_id', name=op.f('uq_voice_offers_shop_id_line_id'))
    )
    op.create_index('ix_voice_offers_shop_voice', 'voice_offers', ['shop_id', 'voice_id'], unique=False)
    op.create_table('voice_photos',
    sa.Column('shop_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('line_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('photo_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.ForeignKeyConstraint(['shop_id', 'line_id'], ['voice_lines.shop_id', 'voice_lines.id'], name=op.f('fk_voice_photos_shop_id_line_id')),
    sa.ForeignKeyConstraint(['shop_id', 'photo_id'], ['photos.shop_id', 'photos.id'], name=op.f('fk_voice_photos_shop_id_photo_id')),
    sa.PrimaryKeyConstraint('shop_id', 'line_id', 'photo_id', name=op.f('pk_voice_photos'))
    )
    op.create_index('ix_voice_photos_shop_photo', 'voice_photos', ['shop_id', 'photo_id'], unique=False)
    with op.batch_alter_table("photos", schema=None) as batch_op:
        batch_op.add_column(sa.Column("pick", sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column("kept_at", sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column("passed_at", sa.DateTime(), nullable=True))
        batch_op.create_unique_constraint(op.f("uq_photos_shop_id_pick_digest"), ["shop_id", "pick", "digest"])
    op.create_index("ix_photos_shop_customer", "photos", ["shop_id", "customer_id"], unique=False)
    op.add_column("review_settings", sa.Column("checks_photos", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index('ix_photos_unseen', 'photos', ['shop_id', 'id'], unique=False, sqlite_where=sa.text("state = 'ready' AND review_id IS NOT NULL AND passed_at IS NULL"), postgresql_where=sa.text("state = 'ready' AND review_id IS NOT NULL AND passed_at IS NULL"))
    op.drop_index('ix_reviews_shop_stars', table_name='reviews')  # review_sums answers what it answered
    op.add_column("reviews", sa.Column("words_at", sa.DateTime(), nullable=True))
    op.create_index('ix_reviews_unread', 'reviews', ['id'], unique=False, sqlite_where=sa.text('words_at IS NULL'), postgresql_where=sa.text('words_at IS NULL'))
    with op.batch_alter_table("review_asks", schema=None) as batch_op:
        batch_op.add_column(sa.Column("product_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(op.f("fk_review_asks_shop_id_product_id"), "products", ["shop_id", "product_id"], ["shop_id", "id"])
    # How many there are of each kind. What was bought is not added to older reviews: nobody was told that it is shown.
    op.execute(
        "INSERT INTO review_sums (shop_id, product_id, stars, reviews) "
        "SELECT shop_id, 0, stars, count(*) FROM reviews GROUP BY shop_id, stars"
    )
    with op.batch_alter_table("voices", schema=None) as batch_op:
        batch_op.add_column(sa.Column("source", sa.String(length=8), server_default="card", nullable=False))
        batch_op.add_column(sa.Column("heard_by", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("due_at", sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column("closed_note", sa.String(length=200), server_default="", nullable=False))
        batch_op.add_column(sa.Column("reopened_at", sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column("came_back_at", sa.DateTime(), nullable=True))
        batch_op.alter_column("customer_id", existing_type=sa.Integer(), nullable=True)
    # What was said before this step came from where it came from, and had its day to be answered.
    op.execute("UPDATE voices SET source = 'review' WHERE review_id IS NOT NULL")
    next_day = (
        "strftime('%Y-%m-%d %H:%M:%f', opened_at, '+1 day') || '000'"
        if op.get_bind().dialect.name == "sqlite"
        else "opened_at + interval '1 day'"
    )
    op.get_bind().exec_driver_sql(f"UPDATE voices SET due_at = {next_day} WHERE kind = 'complaint'")


def downgrade() -> None:
    """Take this step back."""
    op.drop_index('ix_voice_photos_shop_photo', table_name='voice_photos')
    op.drop_table('voice_photos')
    op.drop_index('ix_voice_offers_shop_voice', table_name='voice_offers')
    op.drop_table('voice_offers')
    op.drop_index('ix_voice_handovers_shop_voice', table_name='voice_handovers')
    op.drop_table('voice_handovers')
    op.drop_index('ix_voice_cause_marks_shop_cause', table_name='voice_cause_marks')
    op.drop_table('voice_cause_marks')
    op.drop_index('ix_review_hidings_standing', table_name='review_hidings', sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
    op.drop_table('review_hidings')
    op.drop_index('ix_voice_fixes_open', table_name='voice_fixes')
    op.drop_table('voice_fixes')
    op.drop_table('voice_causes')
    op.drop_table('review_words')
    op.drop_table('review_goods')
    op.drop_table('review_sums')
    op.drop_index('ix_reviews_unread', table_name='reviews')
    op.create_index('ix_reviews_shop_stars', 'reviews', ['shop_id', 'stars'], unique=False)
    op.drop_index('ix_photos_unseen', table_name='photos')
    with op.batch_alter_table("reviews", schema=None) as batch_op:
        batch_op.drop_column("words_at")
    with op.batch_alter_table("review_asks", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("fk_review_asks_shop_id_product_id"), type_="foreignkey")
        batch_op.drop_column("product_id")
    op.drop_table('ready_answers')
    op.execute("DELETE FROM voice_lines WHERE voice_id IN (SELECT id FROM voices WHERE customer_id IS NULL)")
    op.execute("DELETE FROM voices WHERE customer_id IS NULL")
    with op.batch_alter_table("voices", schema=None) as batch_op:
        batch_op.alter_column("customer_id", existing_type=sa.Integer(), nullable=False)
        for name in ("came_back_at", "reopened_at", "closed_note", "due_at", "heard_by", "source"):
            batch_op.drop_column(name)
    with op.batch_alter_table("review_settings", schema=None) as batch_op:
        batch_op.drop_column("checks_photos")
    op.drop_index("ix_photos_shop_customer", table_name="photos")
    # Of what was picked in other forms nothing is left that they hang on; their files are nobody's and go at night.
    op.execute("DELETE FROM photos WHERE pick IS NOT NULL")
    with op.batch_alter_table("photos", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("uq_photos_shop_id_pick_digest"), type_="unique")
        for name in ("passed_at", "kept_at", "pick"):
            batch_op.drop_column(name)
    with op.batch_alter_table("voice_lines", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("uq_voice_lines_shop_id_id"), type_="unique")
