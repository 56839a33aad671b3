"""What a shop may spend for its messages in a month, and that its owner has read how much it is by now."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from app.flows import audit
from app.flows.unit import write
from app.kit.refusals import Invalid
from app.kit.upsert import insert_into
from app.messages import prices
from app.messages.models import Message
from app.messages.way_models import MessageSettings, MonthSpending

MOST_WON = 10_000_000


def change(*, shop_id: int, month_won: int, now: datetime, staff_id: int | None = None) -> None:
    """Set the month's budget in won; what waits for the next month because of it is looked at again now.

    Raises Invalid for less than nothing and for more than ten million.
    """
    if not 0 <= month_won <= MOST_WON:
        raise Invalid({"month_won": f"0원부터 {MOST_WON:,}원까지 숫자로 적어 주세요."})
    with write() as session:
        # Messages before what is spent for them, as they are sent.
        waiting = select(Message.id).where(
            Message.shop_id == shop_id, Message.state == "ready", Message.code == "budget"
        )
        session.execute(
            update(Message)
            .where(Message.shop_id == shop_id, Message.id.in_(waiting))
            .values(due_at=now)
            .execution_options(synchronize_session=False)
        )
        values = {"month_won": month_won, "changed_at": now}
        session.execute(
            insert_into(session, MessageSettings)
            .values(shop_id=shop_id, **values)
            .on_conflict_do_update(index_elements=["shop_id"], set_=values)
        )
        session.execute(
            update(MonthSpending)
            .where(MonthSpending.shop_id == shop_id, MonthSpending.month == prices.month_of(now))
            .values(told_share=0)
            .execution_options(synchronize_session=False)
        )
        audit.note(
            session, shop_id=shop_id, what="message_budget", staff_id=staff_id, detail=str(month_won), now=now
        )


def note_told(*, shop_id: int, share: int, now: datetime) -> None:
    """The owner has read that this share (percent) of the month's budget is used; a smaller one says nothing new."""
    reached = max((mark for mark in prices.TOLD_AT if share >= mark), default=0)
    with write() as session:
        session.execute(
            update(MonthSpending)
            .where(
                MonthSpending.shop_id == shop_id,
                MonthSpending.month == prices.month_of(now),
                MonthSpending.told_share < reached,
            )
            .values(told_share=reached)
            .execution_options(synchronize_session=False)
        )
