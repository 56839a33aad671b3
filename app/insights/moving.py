"""Writes down at night where people stand and how many are in each group. Flush, never commit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Integer, delete, literal, or_, select

from app.customers.models import Customer
from app.insights import places
from app.insights.group_models import GroupDay, GroupSetting, PersonPlace
from app.insights.models import PersonStat
from app.kit.upsert import insert_into, table_of

# Who is in these depends on where 단골 begins.
BY_REGULAR = ("again", "regular", "loyal")


def note_places(session: Any, *, shop_id: int, after_id: int, until_id: int, today: date) -> int:
    """Note where some people stand, and for whoever moved since the last night from where; returns how many rows.

    People by their ids, behind `after_id` up to `until_id`. Who is seen for the first time has moved from nowhere.
    """
    table = table_of(PersonPlace)
    these = (
        PersonStat.shop_id == shop_id,
        PersonStat.customer_id > after_id,
        PersonStat.customer_id <= until_id,
        PersonStat.visits > 0,
    )
    found = select(
        literal(shop_id, Integer),
        PersonStat.customer_id,
        places.place(shop_id),
        literal(""),
        literal(today, Date),
    ).where(*these)
    insert = insert_into(session, table).from_select(
        ["shop_id", "customer_id", "place", "came_from", "since"], found, include_defaults=False
    )
    changed = session.scalars(
        insert.on_conflict_do_update(
            index_elements=["shop_id", "customer_id"],
            set_={"came_from": table.c.place, "place": insert.excluded.place, "since": insert.excluded.since},
            where=table.c.place != insert.excluded.place,
        ).returning(table.c.customer_id)
    ).all()
    gone = select(Customer.id).where(
        Customer.shop_id == shop_id,
        Customer.id > after_id,
        Customer.id <= until_id,
        Customer.erased_at.is_not(None),
    )
    # Whose only visit was taken back never came: they have not moved either.
    never = select(PersonStat.customer_id).where(*these[:-1], PersonStat.visits <= 0)
    session.execute(
        delete(PersonPlace).where(
            PersonPlace.shop_id == shop_id,
            or_(PersonPlace.customer_id.in_(gone), PersonPlace.customer_id.in_(never)),
        )
    )
    return len(changed)


def put_counts(session: Any, *, shop_id: int, day: date, counts: Mapping[str, int]) -> None:
    """Write down how many people are in each group on a day; the second time on a day says it anew."""
    insert = insert_into(session, table_of(GroupDay)).values(
        [{"shop_id": shop_id, "group_key": key, "day": day, "people": many} for key, many in counts.items()]
    )
    session.execute(
        insert.on_conflict_do_update(
            index_elements=["shop_id", "group_key", "day"], set_={"people": insert.excluded.people}
        )
    )


def forget_days(session: Any, *, shop_id: int, before: date) -> None:
    """Delete how many were in the groups before a day."""
    session.execute(delete(GroupDay).where(GroupDay.shop_id == shop_id, GroupDay.day < before))


def forget_group(session: Any, *, shop_id: int, group: str) -> None:
    """Delete how many were in one group."""
    session.execute(delete(GroupDay).where(GroupDay.shop_id == shop_id, GroupDay.group == group))


def put_regular_from(session: Any, *, shop_id: int, visits: int, now: datetime) -> None:
    """Let 단골 begin with so many visits. Who stands elsewhere only by that has not moved, and no group has grown."""
    facts = {"regular_visits": visits, "changed_at": now}
    session.execute(
        insert_into(session, table_of(GroupSetting))
        .values(shop_id=shop_id, **facts)
        .on_conflict_do_update(index_elements=["shop_id"], set_=facts)
    )
    session.execute(
        delete(PersonPlace).where(PersonPlace.shop_id == shop_id, PersonPlace.place.in_(("again", "regular")))
    )
    for group in BY_REGULAR:
        forget_group(session, shop_id=shop_id, group=group)
