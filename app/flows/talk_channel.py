"""The shop's 카카오톡 채널: its address, and that its customers' numbers were taken out for it."""

from __future__ import annotations

from datetime import datetime

from app.flows import audit
from app.flows.hand_day import settings_row
from app.flows.unit import write
from app.messages import kakao_rules
from app.messages.kakao_channel import USE
from app.shops import actions as shops


def save(*, shop_id: int, staff_id: int, link: str, now: datetime) -> str:
    """Save the channel a pasted address names and return its id; "" takes the button off the cards. Raises Invalid."""
    channel = kakao_rules.clean_channel(link)
    with write() as session:
        row = settings_row(session, shop_id=shop_id, now=now)
        if row.talk_channel != channel:
            row.talk_channel, row.changed_at = channel, now
            shops.set_use(session, shop_id=shop_id, what=USE, is_on=bool(channel))
            audit.note(session, shop_id=shop_id, what="talk_channel", staff_id=staff_id, now=now)
    return channel


def note_file(*, shop_id: int, staff_id: int, group: str, count: int, ip: str, now: datetime) -> None:
    """Write down that the numbers of a group left the shop, by whom and how many."""
    with write() as session:
        shops.log_access(
            session,
            shop_id=shop_id,
            staff_id=staff_id,
            customer_id=None,
            action="talk_file",
            ip=ip,
            now=now,
        )
        audit.note(
            session,
            shop_id=shop_id,
            what="talk_file",
            staff_id=staff_id,
            detail=f"{group}:{count}",
            now=now,
        )
