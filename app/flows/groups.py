"""Groups of the shop's own: put together, changed, let go of; where 단골 begins; and the night's look at them all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select

from app.coupons.models import CouponGift
from app.customers.models import Customer
from app.extensions import db
from app.flows import audit
from app.flows.unit import end_reading, write
from app.insights import filters, groups, moving, own_groups
from app.insights.models import OwnGroup
from app.kit.clock import kst_day
from app.kit.refusals import Invalid, NotHere, Refused
from app.shops.models import Shop

# How many were in a group is kept for so long.
KEPT = timedelta(days=400)
_AT_ONCE = 2_000

Stop = Callable[[], bool]


class InUse(Refused):
    """A coupon is being given to the group: who gets it must not change under way."""

    code = "group_in_use"
    sentence = "이 그룹에 쿠폰을 드리는 중이에요. 다 드린 뒤에 바꿔 주세요."


def make(*, shop_id: int, staff_id: int, name: str, rules: Sequence[str], now: datetime) -> int:
    """Put a group together; returns its id. The same once more is the same group. Raises Invalid (name, rules)."""
    found, filter_ = filters.clean_name(name), _clean(shop_id, rules)
    with write() as session:
        _hold(session, shop_id)
        same = _called(session, shop_id, found)
        if same is not None:
            if same.filter == filter_:
                return int(same.id)
            raise Invalid({"name": "같은 이름의 그룹이 있어요. 다른 이름을 적어 주세요."})
        many = session.scalar(select(func.count(OwnGroup.id)).where(OwnGroup.shop_id == shop_id)) or 0
        if many >= filters.MOST_GROUPS:
            most = filters.MOST_GROUPS
            raise Invalid({"rules": f"그룹은 {most}개까지 만들 수 있어요. 안 쓰는 그룹을 지워 주세요."})
        group = OwnGroup(shop_id=shop_id, name=found, filter=filter_, made_at=now, changed_at=now)
        session.add(group)
        session.flush()
        _note(session, shop_id, staff_id, "group_set", group.id, now)
        return int(group.id)


def change(
    *, shop_id: int, staff_id: int, group_id: int, name: str, rules: Sequence[str], now: datetime
) -> None:
    """Change a group's name and conditions. What was sent to it stays with whom it was sent to.

    Raises Invalid (name, rules), NotHere for another shop's, InUse.
    """
    found, filter_ = filters.clean_name(name), _clean(shop_id, rules)
    with write() as session:
        _hold(session, shop_id)
        group = _of(session, shop_id, group_id)
        same = _called(session, shop_id, found)
        if same is not None and same.id != group_id:
            raise Invalid({"name": "같은 이름의 그룹이 있어요. 다른 이름을 적어 주세요."})
        if (group.name, group.filter) == (found, filter_):
            return
        if group.filter != filter_:
            _must_be_free(session, shop_id, group_id)
            # What was counted before was another group.
            moving.forget_group(session, shop_id=shop_id, group=f"own:{group_id}")
        group.name, group.filter, group.changed_at = found, filter_, now
        _note(session, shop_id, staff_id, "group_set", group_id, now)


def remove(*, shop_id: int, staff_id: int, group_id: int, now: datetime) -> None:
    """Let go of a group; its people and what was sent to them stay. Raises NotHere, InUse."""
    with write() as session:
        _hold(session, shop_id)
        _of(session, shop_id, group_id)
        _must_be_free(session, shop_id, group_id)
        moving.forget_group(session, shop_id=shop_id, group=f"own:{group_id}")
        session.execute(delete(OwnGroup).where(OwnGroup.shop_id == shop_id, OwnGroup.id == group_id))
        _note(session, shop_id, staff_id, "group_removed", group_id, now)


def set_regular_from(*, shop_id: int, staff_id: int, visits: str, now: datetime) -> None:
    """Let 단골 begin with so many visits. Raises Invalid (visits)."""
    if visits not in {str(each) for each in groups.REGULAR_CHOICES}:
        raise Invalid({"visits": "몇 번 오신 분부터 단골인지 골라 주세요."})
    with write() as session:
        if groups.regular_from(shop_id) == int(visits):
            return
        moving.put_regular_from(session, shop_id=shop_id, visits=int(visits), now=now)
        for own_id in own_groups.asking_for(shop_id, moving.BY_REGULAR):
            moving.forget_group(session, shop_id=shop_id, group=f"own:{own_id}")
        audit.note(session, shop_id=shop_id, what="regular_from", staff_id=staff_id, detail=visits, now=now)


def see_to(*, shop_id: int, now: datetime, stop: Stop = lambda: False) -> None:
    """Nightly, after the people were worked out: note who moved, and how many are in each group now."""
    end_reading()
    today, after = kst_day(now), 0
    while not stop():
        until = _step(shop_id, after)
        end_reading()
        if until is None:
            break
        with write() as session:
            moving.note_places(session, shop_id=shop_id, after_id=after, until_id=until, today=today)
        after = until
    counts = {}
    for key in groups.names(shop_id):
        if stop():
            return
        counts[key] = groups.count(shop_id=shop_id, group=key, now=now)
    with write() as session:
        moving.put_counts(session, shop_id=shop_id, day=today, counts=counts)
        moving.forget_days(session, shop_id=shop_id, before=today - KEPT)


def _step(shop_id: int, after: int) -> int | None:
    """Return the id up to which the next people go, None behind the last."""
    some = (
        select(Customer.id)
        .where(Customer.shop_id == shop_id, Customer.id > after)
        .order_by(Customer.id)
        .limit(_AT_ONCE)
        .subquery()
    )
    return db.session.scalar(select(func.max(some.c.id)))


def _clean(shop_id: int, rules: Sequence[str]) -> dict[str, Any]:
    return own_groups.write_filter(filters.clean_rules(rules, own_groups.choices(shop_id)))


def _hold(session: Any, shop_id: int) -> None:
    """Let nobody else change the shop's groups meanwhile: two at once see each other's."""
    session.execute(select(Shop.id).where(Shop.id == shop_id).with_for_update())


def _called(session: Any, shop_id: int, name: str) -> OwnGroup | None:
    found: OwnGroup | None = session.scalar(
        select(OwnGroup).where(OwnGroup.shop_id == shop_id, OwnGroup.name == name)
    )
    return found


def _of(session: Any, shop_id: int, group_id: int) -> OwnGroup:
    found: OwnGroup | None = session.scalar(
        select(OwnGroup).where(OwnGroup.shop_id == shop_id, OwnGroup.id == group_id)
    )
    if found is None:
        raise NotHere("찾으시는 그룹이 없어요. 그룹 화면에서 다시 골라 주세요.")
    return found


def _must_be_free(session: Any, shop_id: int, group_id: int) -> None:
    given = select(CouponGift.id).where(
        CouponGift.shop_id == shop_id, CouponGift.people == f"own:{group_id}", CouponGift.done_at.is_(None)
    )
    if session.scalar(given.limit(1)) is not None:
        raise InUse


def _note(session: Any, shop_id: int, staff_id: int, what: str, group_id: int, now: datetime) -> None:
    audit.note(
        session, shop_id=shop_id, what=what, staff_id=staff_id, subject=f"own_group:{group_id}", now=now
    )
