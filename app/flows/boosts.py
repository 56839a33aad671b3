"""Days and hours on which stamps and points count more: made and ended by the owner."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.flows import audit
from app.flows.unit import write
from app.kit.refusals import Invalid, NotHere
from app.shops import actions as shops
from app.tiers import actions as tiers
from app.tiers import queries
from app.tiers.models import Boost
from app.tiers.rules import BoostRule

# More than a shop can explain to anybody.
MOST = 20


def make(*, shop_id: int, staff_id: int, rule: BoostRule, tier_id: int | None, now: datetime) -> int:
    """Make a boost and return its id; from now on the shop uses boosts. Raises Invalid, NotHere."""
    with write() as session:
        shops.set_use(session, shop_id=shop_id, what="boosts", is_on=True)
        if tier_id is not None and queries.tier_of(shop_id=shop_id, tier_id=tier_id) is None:
            raise NotHere("찾으시는 등급이 없어요. 화면을 새로 열어 다시 골라 주세요.")
        if tiers.count_living(session, Boost, shop_id=shop_id) >= MOST:
            raise Invalid({"name": f"한 번에 {MOST}개까지 둘 수 있어요. 지난 것을 먼저 끝내 주세요."})
        made = Boost(
            shop_id=shop_id,
            name=rule.name,
            percent=rule.percent,
            tier_id=tier_id,
            weekdays=rule.weekdays,
            from_minute=rule.from_minute,
            to_minute=rule.to_minute,
            from_day=rule.from_day,
            to_day=rule.to_day,
            created_at=now,
        )
        session.add(made)
        session.flush()
        _note(session, shop_id=shop_id, staff_id=staff_id, detail="on", now=now)
        return made.id


def end(*, shop_id: int, staff_id: int, boost_id: int, now: datetime) -> None:
    """End a boost; with the last one a stamp asks for none any more. Raises NotHere, also the second time."""
    with write() as session:
        held = shops.shop(session, shop_id=shop_id)
        boost = tiers.living(session, Boost, shop_id=held.id, row_id=boost_id)
        if boost is None:
            raise NotHere("이미 끝냈거나 없는 날이에요. 목록을 새로 열어 주세요.")
        boost.ended_at = now
        session.flush()
        if not tiers.count_living(session, Boost, shop_id=shop_id):
            shops.set_use(session, shop_id=shop_id, what="boosts", is_on=False)
        _note(session, shop_id=shop_id, staff_id=staff_id, detail="off", now=now)


def end_passed(*, shop_id: int, now: datetime) -> int:
    """Nightly: end what is over by its last day, so that no stamp asks for it any more; returns how many."""
    with write() as session:
        ended = tiers.end_passed_boosts(session, shop_id=shop_id, now=now)
        # Also one that ended with its tier.
        is_used = "boosts" in shops.uses(session, shop_id=shop_id)
        if is_used and not tiers.count_living(session, Boost, shop_id=shop_id):
            shops.set_use(session, shop_id=shop_id, what="boosts", is_on=False)
        return ended


def _note(session: Any, *, shop_id: int, staff_id: int, detail: str, now: datetime) -> None:
    audit.note(session, shop_id=shop_id, what="boosts", staff_id=staff_id, detail=detail, now=now)
