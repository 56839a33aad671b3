"""Whether something stands still as a whole: an automation, a campaign, a shop's account. Its messages wait."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select

from app.messages.campaign_models import Campaign
from app.messages.rules import LeaveOut, Verdict, Wait
from app.messages.turns import STANDS_STILL
from app.messages.way_models import ChannelAccount

# So often it is looked at again whether it goes on; who lets it go on calls its messages at once.
LOOK_AGAIN = timedelta(hours=1)
PAUSED = "paused"  # the code of a row that waits for it
_CAMPAIGNS = select(Campaign.id, Campaign.state, Campaign.send_at, Campaign.detail).where(
    Campaign.shop_id == bindparam("shop"), Campaign.id.in_(bindparam("ids", expanding=True))
)
_ACCOUNT = select(ChannelAccount.state, ChannelAccount.detail).where(
    ChannelAccount.shop_id == bindparam("shop"), ChannelAccount.provider == bindparam("provider")
)


@dataclass(frozen=True, slots=True)
class Stops:
    """What stands still around the messages of one shop."""

    campaigns: Mapping[str, Any]  # cause → the row of _CAMPAIGNS
    account: Verdict | None  # what the missing account means for whatever would travel by it

    def verdict(self, *, automation: Any, cause: str, not_after: datetime, now: datetime) -> Verdict | None:
        """Return wait or leave out for a message of this automation (or None) and cause, or None: it goes on."""
        if now > not_after:
            return None  # the gate has its own word for that
        again = min(now + LOOK_AGAIN, not_after)
        campaign = self.campaigns.get(cause)
        if campaign is not None:
            if campaign.state == "cancelled":
                return LeaveOut("cancelled", "단체 문자를 취소하셨어요.")
            if campaign.state == "paused":
                return Wait(again, PAUSED, campaign.detail or "단체 문자를 멈춰 두었어요.")
            if campaign.state == "waiting" and campaign.send_at > now:
                return Wait(campaign.send_at, "later", "보내기로 한 시간을 기다려요.")
        if automation is not None and automation.paused_at is not None:
            return Wait(again, PAUSED, automation.paused_why or "너무 많이 가지 못해서 멈춰 두었어요.")
        if isinstance(self.account, Wait):
            return Wait(min(self.account.until, not_after), self.account.code, self.account.reason)
        return self.account


def campaign_of(cause: str) -> int | None:
    """Return the campaign that a message follows from ("campaign:12"), or None."""
    what, _, number = cause.partition(":")
    return int(number) if what == "campaign" and number.isdigit() else None


def look_up(
    session: Any, *, shop_id: int, causes: Collection[str], missing: str = "", now: datetime
) -> Stops:
    """Read what stands still. `missing`: the provider whose account is needed and can't be used, or ""."""
    ids = {number: cause for cause in causes if (number := campaign_of(cause)) is not None}
    campaigns = {}
    if ids:
        rows = session.execute(_CAMPAIGNS, {"shop": shop_id, "ids": sorted(ids)})
        campaigns = {ids[row.id]: row for row in rows}
    return Stops(campaigns, _without_account(session, shop_id, missing, now) if missing else None)


def _without_account(session: Any, shop_id: int, provider: str, now: datetime) -> Verdict:
    """Leave out only where the account was removed: whatever else is wrong with it can be put right, so they wait.

    The queue of one that stands still is passed by (turns.py): its messages stay due, and go the moment it is on again.
    """
    row = session.execute(_ACCOUNT, {"shop": shop_id, "provider": provider}).one_or_none()
    if row is None:
        return LeaveOut("no_account", "문자 업체 연결이 없어요.")
    unreadable = Wait(now + LOOK_AGAIN, "account", "문자 업체 연결을 확인해 주세요. 그때까지 기다려요.")
    return Wait(now, "account", row.detail or unreadable.reason) if row.state in STANDS_STILL else unreadable
