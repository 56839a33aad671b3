"""What came of an automation, in words that name people: no percentages of a handful."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from app.customers.models import Customer
from app.extensions import db
from app.kit.korean import native_count
from app.messages import registry
from app.messages.models import Message
from app.visits import queries as visits

LOOKS_BACK = timedelta(days=60)
COUNTS_FOR = timedelta(days=30)
# Up to so many people are counted as people ("세 분"), more as a number.
_AS_PEOPLE = 9
_MOST = 200


@dataclass(frozen=True)
class CameBack:
    """How many silent regulars were asked after in the last 60 days, and who of them came within 30 days.

    When more were asked, all of it speaks of the 200 who were asked last.
    """

    asked: int
    back: int
    names: list[str]  # of those who came, the latest first; nameless ones are left out
    words: str  # "뜸하던 세 분 중 두 분이 다시 왔어요"


def came_back(shop_id: int, *, now: datetime) -> CameBack | None:
    """Return what came of 안부 인사; None when nobody was sent one. A letter that only lies on the card is not counted.

    Looks at the 200 people who were asked last and at their visits since: a large shop's home opens as fast.
    """
    travels = [key for key, way in registry.channels().items() if way.CAPABILITIES.transmits]
    rows = db.session.execute(
        select(Message.customer_id, Customer.name, func.min(Message.sent_at).label("at"))
        .join(Customer, (Customer.shop_id == Message.shop_id) & (Customer.id == Message.customer_id))
        .where(
            Message.shop_id == shop_id,
            Message.kind == "come_back",
            Message.channel.in_(travels),
            Message.state.in_(("sent", "delivered")),
            Message.due_at > now - LOOKS_BACK - registry.kind("come_back").life,  # as the index has it
            Message.sent_at > now - LOOKS_BACK,
            Customer.erased_at.is_(None),
        )
        .group_by(Message.customer_id, Customer.name)
        .order_by(func.max(Message.sent_at).desc())
        .limit(_MOST + 1)
    ).all()
    rows, has_more = rows[:_MOST], len(rows) > _MOST
    if not rows:
        return None
    came = visits.recent_of_many(
        shop_id=shop_id,
        customer_ids=[row.customer_id for row in rows],
        since=min(row.at for row in rows),
    )
    back = [
        row for row in rows if any(row.at < at <= row.at + COUNTS_FOR for at in came.get(row.customer_id, ()))
    ]
    return CameBack(
        asked=len(rows),
        back=len(back),
        names=[row.name for row in back if row.name],
        words=came_back_words(asked=len(rows), back=len(back), are_latest=has_more),
    )


def came_back_words(*, asked: int, back: int, are_latest: bool = False) -> str:
    """Return "뜸하던 세 분 중 두 분이 다시 왔어요", or with numbers for more than nine people.

    `are_latest`: more were asked, and these are the ones asked last.
    """
    if asked <= _AS_PEOPLE:
        everybody, some = f"{native_count(asked)} 분", f"{native_count(back)} 분"
    else:
        everybody, some = f"손님 {asked:,}명", f"{back:,}명"
    if back == 0 and are_latest:
        return f"최근 안부를 전한 {everybody} 중 아직 다시 온 분은 없어요"
    if back == 0:
        return f"뜸하던 {everybody}께 안부를 보냈어요. 아직 다시 온 분은 없어요"
    who = "최근 안부를 전한" if are_latest else "뜸하던"
    if back == asked:
        return f"{who} {everybody}이 {'모두 ' if asked > 1 else ''}다시 왔어요"
    return f"{who} {everybody} 중 {some}이 다시 왔어요"
