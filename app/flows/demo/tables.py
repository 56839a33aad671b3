"""The tables that a demo shop is written to."""

from __future__ import annotations

# In the order in which they may be inserted: nobody points at a table further down.
TABLES = (
    "shops", "staff", "card_rules", "products", "customers", "cards", "devices", "phone_claims", "consents",
    "suppressions", "opt_out_links", "weekly_days_off", "visits", "visit_items", "claims", "ledger_entries", "code_uses", "rewards",
    "redemptions", "coupon_kinds", "coupons", "coupon_uses", "review_settings", "review_asks", "reviews", "review_replies", "review_goods", "review_sums", "review_hidings", "review_words", "photos", "paper_cards", "voices", "voice_lines", "voice_causes", "voice_cause_marks", "ready_answers",
    "warranty_settings", "warranty_kinds", "warranty_sheets", "warranties", "warranty_moves", "repair_requests", "repair_steps",
    "automations", "messages", "attempts", "ad_grants", "demo_phone_messages",
    "programmes", "programme_questions", "testers", "tester_answers", "tasting_answers",
    "day_counts", "referral_settings", "invites", "referrals", "day_closes",
    "tier_policies", "tiers", "tier_standings", "tier_changes", "boosts", "gifts", "gifts_given",
    "notices", "notice_reads", "shop_links",
)  # fmt: skip
