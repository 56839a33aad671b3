"""What stands still, because too much of it went wrong or its owner stopped it, goes on when the owner says so."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import case, select, update

from app.flows.unit import write
from app.kit.refusals import NotHere
from app.messages.actions import pausing
from app.messages.campaign_models import Campaign
from app.messages.models import Automation


def automation(*, shop_id: int, kind: str, now: datetime) -> None:
    """Let a paused automation go on; the second tap changes nothing."""
    with write() as session:
        stopped = session.scalar(
            update(Automation)
            .where(Automation.shop_id == shop_id, Automation.kind == kind, Automation.paused_at.is_not(None))
            .values(paused_at=None, paused_why="")
            .returning(Automation.id)
            .execution_options(synchronize_session=False)
        )
        if stopped is not None:
            pausing.go_on(session, shop_id=shop_id, what=kind, now=now)


def campaign(*, shop_id: int, campaign_id: int, now: datetime) -> None:
    """Let a paused campaign go on; the second tap changes nothing. Raises NotHere for another shop's.

    One that was paused before its time waits for it again: until then it can be cancelled whole, and says when it goes.
    """
    with write() as session:
        mine = (Campaign.shop_id == shop_id, Campaign.id == campaign_id)
        stopped = session.scalar(
            update(Campaign)
            .where(*mine, Campaign.state == "paused")
            .values(state=case((Campaign.send_at > now, "waiting"), else_="going"), detail="")
            .returning(Campaign.id)
            .execution_options(synchronize_session=False)
        )
        if stopped is not None:
            pausing.go_on(session, shop_id=shop_id, what=f"campaign:{campaign_id}", now=now)
        elif session.scalar(select(Campaign.id).where(*mine)) is None:
            raise NotHere("찾으시는 단체 문자가 없어요.")
