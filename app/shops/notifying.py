"""Changes to what rings the phones of who works in a shop. Flush, never commit."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import aliased

from app.kit.upsert import insert_into
from app.shops.models import StaffSession
from app.shops.notification_models import (
    NotificationPreference,
    QuietHours,
    StaffNotification,
    StaffPushSubscription,
)
from app.shops.notification_rules import Quiet, after_a_change


def keep_phone(session: Any, *, shop_id: int, session_id: int, endpoint_key: str, **facts: Any) -> bool:
    """Let a signed-in browser be rung; returns whether it was not before. One sign-in has one line, one line one browser."""
    known = session.scalar(
        select(StaffPushSubscription.id).where(
            StaffPushSubscription.shop_id == shop_id,
            StaffPushSubscription.session_id == session_id,
        )
    )
    _drop(
        session,
        shop_id,
        StaffPushSubscription.session_id == session_id,
        StaffPushSubscription.endpoint_key != endpoint_key,
    )
    facts = {"session_id": session_id, **facts}
    session.execute(
        insert_into(session, StaffPushSubscription)
        .values(shop_id=shop_id, endpoint_key=endpoint_key, **facts)
        .on_conflict_do_update(index_elements=["shop_id", "endpoint_key"], set_=facts)
    )
    return known is None


def end_phone(session: Any, *, shop_id: int, staff_id: int, phone_id: int) -> bool:
    """Ring one of a person's phones no more; False when it was off before, or is not theirs."""
    mine = (StaffPushSubscription.id == phone_id, StaffPushSubscription.staff_id == staff_id)
    return _drop(session, shop_id, *mine) > 0


def drop_gone(session: Any, *, shop_id: int, gone: Collection[tuple[int, str]]) -> None:
    """Forget phones of which their push service says that they are no more (RFC 8030 section 7.3).

    `gone`: (which one, the address that was rung). One that got a new address meanwhile stays.
    """
    for which, endpoint in gone:
        _drop(session, shop_id, StaffPushSubscription.id == which, StaffPushSubscription.endpoint == endpoint)


def move_phone(session: Any, *, shop_id: int, session_id: int, was: str, values: dict[str, Any]) -> bool:
    """The browser's own push service gave it another address; False when the old one is not known."""
    done = session.execute(
        update(StaffPushSubscription)
        .where(
            StaffPushSubscription.shop_id == shop_id,
            StaffPushSubscription.session_id == session_id,
            StaffPushSubscription.endpoint_key == was,
        )
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount)


def go_on(session: Any, *, was: str, token: str) -> None:
    """Somebody signed in anew on a browser that had them signed in: it goes on ringing. Both are tokens' hashes."""
    new = aliased(StaffSession)
    row = session.execute(
        select(StaffSession.shop_id, StaffSession.id, new.id)
        .join(new, (new.shop_id == StaffSession.shop_id) & (new.staff_id == StaffSession.staff_id))
        .where(
            StaffSession.token_hash == was,
            StaffSession.ended_at.is_(None),
            StaffSession.is_shared.is_(False),
            new.token_hash == token,
        )
        .with_for_update(of=StaffSession)
    ).one_or_none()
    if row is not None:
        session.execute(
            update(StaffPushSubscription)
            .where(StaffPushSubscription.shop_id == row[0], StaffPushSubscription.session_id == row[1])
            .values(session_id=row[2])
            .execution_options(synchronize_session=False)
        )


def forget_strangers(session: Any, *, shop_id: int | None = None) -> None:
    """Forget the phones whose sign-in is over, or whose device others use by now: of a shop, or of every shop."""
    session.flush()
    signed_in = exists().where(
        StaffSession.shop_id == StaffPushSubscription.shop_id,
        StaffSession.id == StaffPushSubscription.session_id,
        StaffSession.staff_id == StaffPushSubscription.staff_id,
        StaffSession.ended_at.is_(None),
        StaffSession.is_shared.is_(False),
    )
    everywhere = delete(StaffPushSubscription).where(~signed_in)
    session.execute(
        (
            everywhere if shop_id is None else everywhere.where(StaffPushSubscription.shop_id == shop_id)
        ).execution_options(synchronize_session=False)
    )


def forget_staff(session: Any, *, shop_id: int, staff_id: int) -> None:
    """Forget everything about ringing somebody who works here no more."""
    for table in (StaffPushSubscription, NotificationPreference, StaffNotification):
        session.execute(
            delete(table)
            .where(table.shop_id == shop_id, table.staff_id == staff_id)
            .execution_options(synchronize_session=False)
        )


def set_kinds(session: Any, *, shop_id: int, staff_id: int, kinds: str, now: datetime) -> None:
    """Keep what a person wants to be rung for."""
    facts = {"kinds": kinds, "changed_at": now}
    session.execute(
        insert_into(session, NotificationPreference)
        .values(shop_id=shop_id, staff_id=staff_id, **facts)
        .on_conflict_do_update(index_elements=["shop_id", "staff_id"], set_=facts)
    )


def change_role(session: Any, *, shop_id: int, staff_id: int, was: str, role: str, now: datetime) -> None:
    """Somebody has another role: who becomes an owner hears complaints, whatever they chose when they might not."""
    kept = session.scalar(
        select(NotificationPreference.kinds).where(
            NotificationPreference.shop_id == shop_id, NotificationPreference.staff_id == staff_id
        )
    )
    if kept is not None:
        kinds = after_a_change(kept.split(), was=was, role=role)
        set_kinds(session, shop_id=shop_id, staff_id=staff_id, kinds=kinds, now=now)


def set_quiet(session: Any, *, shop_id: int, quiet: Quiet, now: datetime) -> None:
    """Keep when nobody of a shop is rung."""
    facts = {
        "begins": quiet.begins,
        "ends": quiet.ends,
        "complaints_wait": quiet.complaints_wait,
        "changed_at": now,
    }
    session.execute(
        insert_into(session, QuietHours)
        .values(shop_id=shop_id, **facts)
        .on_conflict_do_update(index_elements=["shop_id"], set_=facts)
    )


def plan(
    session: Any,
    *,
    shop_id: int,
    staff_id: int,
    kind: str,
    subject: str,
    cause: str,
    due_at: datetime,
    now: datetime,
) -> None:
    """Write down that somebody is to be rung; the same cause never rings them twice."""
    session.execute(
        insert_into(session, StaffNotification)
        .values(
            shop_id=shop_id,
            staff_id=staff_id,
            kind=kind,
            subject=subject,
            cause=cause,
            made_at=now,
            due_at=due_at,
        )
        .on_conflict_do_nothing(index_elements=["shop_id", "staff_id", "cause"])
    )


def due_rows(session: Any, *, shop_id: int, staff_id: int, now: datetime) -> list[StaffNotification]:
    """Return what somebody is to be rung for by now, held until the flow ends."""
    return list(
        session.scalars(
            select(StaffNotification)
            .where(
                StaffNotification.shop_id == shop_id,
                StaffNotification.staff_id == staff_id,
                StaffNotification.state == "waiting",
                StaffNotification.due_at <= now,
            )
            .order_by(StaffNotification.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )


def in_hand(session: Any, *, shop_id: int, ids: Sequence[int]) -> list[StaffNotification]:
    """Return those that are still in the hands of who took them, held until the flow ends."""
    return list(
        session.scalars(
            select(StaffNotification)
            .where(
                StaffNotification.shop_id == shop_id,
                StaffNotification.id.in_(ids),
                StaffNotification.state == "sending",
            )
            .order_by(StaffNotification.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )


def let_go(session: Any, *, before: datetime) -> int:
    """Note of what was taken before a moment that nobody knows whether it rang; returns how many. Of all shops."""
    return _give_up(
        session,
        "unclear",
        StaffNotification.state == "sending",
        StaffNotification.taken_at < before,
        code="sender_gone",
    )


def let_all_go(session: Any) -> int:
    """Note of everything that waits in a database from a backup that it may have rung; returns how many. Of all shops."""
    return _give_up(
        session, "skipped", StaffNotification.state.in_(("waiting", "sending")), code="from_a_backup"
    )


def drop_notifications(session: Any, *, before: datetime) -> None:
    """Delete what was rung, or not, before a moment. Of all shops."""
    session.execute(delete(StaffNotification).where(StaffNotification.made_at < before))


def _give_up(session: Any, state: str, *which: Any, code: str) -> int:
    done = session.execute(
        update(StaffNotification)
        .where(*which)
        .values(state=state, code=code)
        .execution_options(synchronize_session=False)
    )
    return int(done.rowcount)


def _drop(session: Any, shop_id: int, *which: Any) -> int:
    done = session.execute(
        delete(StaffPushSubscription)
        .where(StaffPushSubscription.shop_id == shop_id, *which)
        .execution_options(synchronize_session=False)
    )
    return int(done.rowcount)
