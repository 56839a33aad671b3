"""함께 오셨어요: how many came together. A count on the visit; nobody's name, no stamp."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.flows.unit import write
from app.kit.refusals import NotHere
from app.referrals import actions as referrals
from app.referrals import rules

# The staff counts while they stand there, and may correct it until the day is closed.
COUNTED_FOR = timedelta(hours=18)


def set_party(*, shop_id: int, visit_id: int, size: str, now: datetime) -> tuple[int, int]:
    """Say how many came together, the person included; the same number twice changes nothing.

    Returns (the customer's id, the size). Raises Invalid (field: size), and NotHere for another shop's visit,
    one that was undone, or an old one.
    """
    people = rules.clean_party(size)
    with write() as session:
        visit = referrals.set_party(
            session, shop_id=shop_id, visit_id=visit_id, size=people, since=now - COUNTED_FOR
        )
        if visit is None:
            raise NotHere("이 방문은 이제 고칠 수 없어요. 손님 화면을 다시 열어 주세요.")
        return visit.customer_id, people
