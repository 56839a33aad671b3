"""How messages travel: accounts, templates, reports, budget, campaigns, browsers to push to; when products are used up."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Bring the database to this step."""
    op.create_table('channel_accounts',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('shop_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('provider', sa.String(length=12), nullable=False),
    sa.Column('sealed', sa.Text(), nullable=False),
    sa.Column('sender', sa.String(length=16), nullable=False),
    sa.Column('settings', sa.JSON(), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('detail', sa.String(length=160), nullable=False),
    sa.Column('hook', sa.String(length=24), nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.Column('tested_at', sa.DateTime(), nullable=True),
    sa.Column('failures', sa.Integer(), server_default="0", nullable=False),
    sa.Column('rest_until_ms', sa.BigInteger(), server_default="0", nullable=False),
    sa.Column('opt_outs_until', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['shop_id'], ['shops.id'], name=op.f('fk_channel_accounts_shop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_channel_accounts')),
    sa.UniqueConstraint('hook', name=op.f('uq_channel_accounts_hook')),
    sa.UniqueConstraint('shop_id', 'id', name=op.f('uq_channel_accounts_shop_id_id')),
    sa.UniqueConstraint('shop_id', 'provider', name=op.f('uq_channel_accounts_shop_id_provider'))
    )
    op.create_table('delivery_reports',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('shop_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('provider', sa.String(length=12), nullable=False),
    sa.Column('event_id', sa.String(length=80), nullable=False),
    sa.Column('key', sa.String(length=32), nullable=False),
    sa.Column('raw', sa.Text(), nullable=False),
    sa.Column('received_at', sa.DateTime(), nullable=False),
    sa.Column('applied_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['shop_id'], ['shops.id'], name=op.f('fk_delivery_reports_shop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_delivery_reports')),
    sa.UniqueConstraint('shop_id', 'provider', 'event_id', name=op.f('uq_delivery_reports_shop_id_provider_event_id'))
    )
    with op.batch_alter_table('delivery_reports', schema=None) as batch_op:
        batch_op.create_index('ix_delivery_reports_received', ['received_at'], unique=False)

    op.create_table('message_settings',
    sa.Column('shop_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('month_won', sa.Integer(), server_default='30000', nullable=False),
    sa.Column('hand_minute', sa.Integer(), server_default='900', nullable=False),
    sa.Column('hand_most', sa.Integer(), server_default='100', nullable=False),
    sa.Column('talk_channel', sa.String(length=60), server_default='', nullable=False),
    sa.Column('silence_keeps', sa.Boolean(), server_default=sa.true(), nullable=False),
    sa.Column('changed_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['shop_id'], ['shops.id'], name=op.f('fk_message_settings_shop_id')),
    sa.PrimaryKeyConstraint('shop_id', name=op.f('pk_message_settings'))
    )
    op.create_table('month_spendings',
    sa.Column('shop_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('month', sa.String(length=7), nullable=False),
    sa.Column('won', sa.Integer(), nullable=False),
    sa.Column('told_share', sa.Integer(), server_default="0", nullable=False),
    sa.ForeignKeyConstraint(['shop_id'], ['shops.id'], name=op.f('fk_month_spendings_shop_id')),
    sa.PrimaryKeyConstraint('shop_id', 'month', name=op.f('pk_month_spendings'))
    )
    op.create_table('campaigns',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('shop_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('once', sa.String(length=40), nullable=False),
    sa.Column('made_by', sa.Integer(), nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.Column('people', sa.JSON(), nullable=False),
    sa.Column('counted', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('text_b', sa.Text(), nullable=False),
    sa.Column('photo', sa.String(length=40), nullable=False),
    sa.Column('coupon_kind_id', sa.Integer(), nullable=True),
    sa.Column('ways', sa.String(length=80), nullable=False),
    sa.Column('send_at', sa.DateTime(), nullable=False),
    sa.Column('holds_out', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('detail', sa.String(length=160), nullable=False),
    sa.Column('after_id', sa.Integer(), nullable=False),
    sa.Column('ended_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['shop_id', 'made_by'], ['staff.shop_id', 'staff.id'], name=op.f('fk_campaigns_shop_id_made_by')),
    sa.ForeignKeyConstraint(['shop_id'], ['shops.id'], name=op.f('fk_campaigns_shop_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_campaigns')),
    sa.UniqueConstraint('shop_id', 'id', name=op.f('uq_campaigns_shop_id_id')),
    sa.UniqueConstraint('shop_id', 'once', name=op.f('uq_campaigns_shop_id_once'))
    )
    with op.batch_alter_table('campaigns', schema=None) as batch_op:
        batch_op.create_index('ix_campaigns_state', ['state', 'send_at'], unique=False)

    op.create_table('push_subscriptions',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('shop_id', sa.Integer(), nullable=False),
    sa.Column('customer_id', sa.Integer(), nullable=False),
    sa.Column('browser_hash', sa.String(length=64), nullable=False),
    sa.Column('endpoint', sa.Text(), nullable=False),
    sa.Column('endpoint_key', sa.String(length=64), nullable=False),
    sa.Column('p256dh', sa.String(length=120), nullable=False),
    sa.Column('auth', sa.String(length=40), nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.Column('used_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['shop_id', 'customer_id'], ['customers.shop_id', 'customers.id'], name=op.f('fk_push_subscriptions_shop_id_customer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_push_subscriptions')),
    sa.UniqueConstraint('shop_id', 'endpoint_key', name=op.f('uq_push_subscriptions_shop_id_endpoint_key'))
    )
    with op.batch_alter_table('push_subscriptions', schema=None) as batch_op:
        batch_op.create_index('ix_push_subscriptions_shop_customer', ['shop_id', 'customer_id'], unique=False)

    op.create_table('talk_templates',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('shop_id', sa.Integer(), nullable=False),
    sa.Column('provider', sa.String(length=12), nullable=False),
    sa.Column('kind', sa.String(length=24), nullable=False),
    sa.Column('code', sa.String(length=64), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('detail', sa.String(length=160), nullable=False),
    sa.Column('changed_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['shop_id', 'provider'], ['channel_accounts.shop_id', 'channel_accounts.provider'], name=op.f('fk_talk_templates_shop_id_provider')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_talk_templates')),
    sa.UniqueConstraint('shop_id', 'provider', 'kind', name=op.f('uq_talk_templates_shop_id_provider_kind'))
    )
    op.create_table('campaign_people',
    sa.Column('shop_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('campaign_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('customer_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('is_held_out', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.ForeignKeyConstraint(['shop_id', 'campaign_id'], ['campaigns.shop_id', 'campaigns.id'], name=op.f('fk_campaign_people_shop_id_campaign_id')),
    sa.ForeignKeyConstraint(['shop_id', 'customer_id'], ['customers.shop_id', 'customers.id'], name=op.f('fk_campaign_people_shop_id_customer_id')),
    sa.PrimaryKeyConstraint('shop_id', 'campaign_id', 'customer_id', name=op.f('pk_campaign_people'))
    )
    with op.batch_alter_table('campaign_people', schema=None) as batch_op:
        batch_op.create_index('ix_campaign_people_shop_customer', ['shop_id', 'customer_id'], unique=False)

    op.create_table('charges',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('shop_id', sa.Integer(), nullable=False),
    sa.Column('message_id', sa.Integer(), nullable=False),
    sa.Column('month', sa.String(length=7), nullable=False),
    sa.Column('won', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['shop_id', 'message_id'], ['messages.shop_id', 'messages.id'], name=op.f('fk_charges_shop_id_message_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_charges')),
    sa.UniqueConstraint('message_id', name=op.f('uq_charges_message_id'))
    )
    with op.batch_alter_table('charges', schema=None) as batch_op:
        batch_op.create_index('ix_charges_shop_month', ['shop_id', 'month'], unique=False)
    with op.batch_alter_table("automations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("text_b", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("compared_at", sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column("as_ad", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("ways", sa.String(length=80), server_default="", nullable=False))
        batch_op.add_column(sa.Column("holds_out", sa.Boolean(), server_default=sa.true(), nullable=False))
        batch_op.add_column(sa.Column("paused_at", sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column("paused_why", sa.String(length=160), server_default="", nullable=False))
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.add_column(sa.Column("variant", sa.String(length=1), server_default="", nullable=False))
    with op.batch_alter_table("products", schema=None) as batch_op:
        batch_op.add_column(sa.Column("review_days", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("rebuy_days", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("is_pick", sa.Boolean(), server_default=sa.false(), nullable=False))
    # A reward's uses were looked for among all of the shop's.
    with op.batch_alter_table("redemptions", schema=None) as batch_op:
        batch_op.create_index("ix_redemptions_shop_reward", ["shop_id", "reward_id"], unique=False)


def downgrade() -> None:
    """Take this step back."""
    with op.batch_alter_table("redemptions", schema=None) as batch_op:
        batch_op.drop_index("ix_redemptions_shop_reward")
    with op.batch_alter_table("products", schema=None) as batch_op:
        batch_op.drop_column("is_pick")
        batch_op.drop_column("rebuy_days")
        batch_op.drop_column("review_days")
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.drop_column("variant")
    with op.batch_alter_table("automations", schema=None) as batch_op:
        for name in ("paused_why", "paused_at", "holds_out", "ways", "as_ad", "compared_at", "text_b"):
            batch_op.drop_column(name)
    with op.batch_alter_table("charges", schema=None) as batch_op:
        batch_op.drop_index("ix_charges_shop_month")
    with op.batch_alter_table("campaign_people", schema=None) as batch_op:
        batch_op.drop_index("ix_campaign_people_shop_customer")
    with op.batch_alter_table("push_subscriptions", schema=None) as batch_op:
        batch_op.drop_index("ix_push_subscriptions_shop_customer")
    with op.batch_alter_table("campaigns", schema=None) as batch_op:
        batch_op.drop_index("ix_campaigns_state")
    with op.batch_alter_table("delivery_reports", schema=None) as batch_op:
        batch_op.drop_index("ix_delivery_reports_received")
    op.drop_table("charges")
    op.drop_table("campaign_people")
    op.drop_table("talk_templates")
    op.drop_table("push_subscriptions")
    op.drop_table("campaigns")
    op.drop_table("month_spendings")
    op.drop_table("message_settings")
    op.drop_table("delivery_reports")
    op.drop_table("channel_accounts")
