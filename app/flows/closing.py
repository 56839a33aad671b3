"""마감 맞춰 보기: somebody counts the receipts of a day. Nothing is ever overwritten."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from app.flows import audit
from app.flows.unit import write
from app.insights import actions as insights
from app.insights import closing
from app.kit.clock import kst_day
from app.kit.refusals import Invalid


def close_day(*, shop_id: int, staff_id: int, day: date, receipts: str, now: datetime) -> None:
    """Note how many receipts a day had, or that nobody counted; a correction is a new line.

    The same number again changes nothing. Raises Invalid (field: receipts, or day for one too far away).
    """
    number = closing.clean_receipts(receipts)
    today = kst_day(now)
    if not today - timedelta(days=closing.DAYS_BACK) <= day <= today:
        raise Invalid({"day": f"지난 {closing.DAYS_BACK}일 안의 날만 맞춰 볼 수 있어요."})
    with write() as session:
        before = insights.last_close(session, shop_id=shop_id, day=day)
        if before is not None and before.receipts == number:
            return
        insights.add_close(session, shop_id=shop_id, day=day, receipts=number, staff_id=staff_id, now=now)
        detail = f"{day.isoformat()}:{'-' if number is None else number}"
        audit.note(session, shop_id=shop_id, what="day_closed", staff_id=staff_id, detail=detail, now=now)
