"""The one place where flows write down what was changed in a shop, by whom (S04).

A line names staff by number only, and never a customer's name or number. It is written inside the flow's
own transaction, as its last step: what was not done is not noted, what was done always is.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.shops import audit

# Everything that is written down; the owner's page has a sentence for each.
KINDS = (
    "sign_in",
    "sign_in_failed",
    "session_ended",
    "sudo",
    "sudo_failed",
    "staff_added",
    "staff_changed",
    "staff_ended",
    "password_set",
    "pin_set",
    "amount_changed",
    "prices_set",
    "product_set",
    "kiosk_on",
    "kiosk_off",
    "second_on",
    "second_off",
    "recovery_renewed",
    "sharing_on",
    "sharing_off",
    "shop_opened",
    "card_rule",
    "contact",
    "profile",
    "hours",
    "automation",
    "sending_account",
    "message_budget",
    "talk_asked",
    "review_settings",
    "voice_hours",
    "review_hidden",
    "review_shown",
    "photos_refused",
    "use_undone",
    "refund",
    "days_off",
    "paper_moved",
    "paper_given",
    "paper_refused",
    "paper_undone",
    "card_restored",
    "card_moved",
    "card_reissued",
    "people_merged",
    "merge_undone",
    "referrals",
    "own_card",
    "staff_limits",
    "day_closed",
    "tiers",
    "boosts",
    "gifts",
    "coupon_kind",
    "coupon_kind_ended",
    "coupon_kind_again",
    "coupon_given",
    "coupon_withdrawn",
    "coupon_use_undone",
    "refusal",
    "refusals",
    "silence",
    "campaign",
    "campaign_stopped",
    "hand_day",
    "work_done",
    "talk_channel",
    "shop_links",
    "notice_shown",
    "notice_ended",
    "talk_file",
    "api_key",
    "webhook",
    "mall",
    "import",
    "import_undone",
    "receipt",
    "people_file",
    "phone_changed",
    "tag_dropped",
    "tag_renamed",
    "group_set",
    "group_removed",
    "regular_from",
    "event",
    "board",
    "tester_programme",
    "tester_file",
    "warranties",
    "phone_rings",
    "quiet_hours",
)


def note(
    session: Any,
    *,
    shop_id: int,
    what: str,
    staff_id: int | None,
    now: datetime,
    subject: str = "",
    detail: str = "",
) -> None:
    """Write a change down. `subject`: "staff:3"; `detail`: a few plain words or numbers.

    Raises ValueError for a kind that has no sentence.
    """
    if what not in KINDS:
        raise ValueError(f"not a kind of change: {what}")
    audit.append(
        session, shop_id=shop_id, what=what, staff_id=staff_id, subject=subject, detail=detail, now=now
    )


def note_once(session: Any, *, shop_id: int, what: str, subject: str, since: datetime, now: datetime) -> None:
    """Write something down that nobody of the shop did, unless it was noted after `since`."""
    audit.lock_chain(session, shop_id=shop_id)
    if not audit.is_noted(session, shop_id=shop_id, what=what, subject=subject, since=since):
        note(session, shop_id=shop_id, what=what, staff_id=None, subject=subject, now=now)
