"""Reads what rings the phones of who works in a shop: whose they are, what for, when not, and what waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, or_, select

from app.extensions import db
from app.shops.models import Staff, StaffSession
from app.shops.notification_models import (
    NotificationPreference,
    QuietHours,
    StaffNotification,
    StaffPushSubscription,
)
from app.shops.notification_rules import IN_HAND, Quiet, standard

# Of one person, the newest first: who has more phones than these is rung on those switched on last.
MOST = 5
# A browser rings as long as its person is signed in on it and it is theirs alone.
_SIGNED_IN = (
    (StaffSession.shop_id == StaffPushSubscription.shop_id)
    & (StaffSession.id == StaffPushSubscription.session_id)
    & (StaffSession.staff_id == StaffPushSubscription.staff_id)
    & StaffSession.ended_at.is_(None)
    & StaffSession.is_shared.is_(False)
)


@dataclass(frozen=True)
class PhoneLine:
    """One of a person's phones that rings."""

    id: int
    session_id: int
    user_agent: str
    made_at: datetime


def phones_of(*, shop_id: int, staff_id: int, now: datetime) -> list[PhoneLine]:
    """Return the phones on which a person is rung, the newest first."""
    rows = db.session.execute(
        select(
            StaffPushSubscription.id,
            StaffPushSubscription.session_id,
            StaffSession.user_agent,
            StaffPushSubscription.made_at,
        )
        .join(StaffSession, _SIGNED_IN)
        .where(
            StaffPushSubscription.shop_id == shop_id,
            StaffPushSubscription.staff_id == staff_id,
            StaffSession.expires_at > now,
        )
        .order_by(StaffPushSubscription.id.desc())
    )
    return [PhoneLine(*row) for row in rows]


def targets(session: Any, *, shop_id: int, staff_id: int, now: datetime) -> list[tuple[int, str, str, str]]:
    """Return (id, endpoint, p256dh, auth) of the phones on which a person may be rung now."""
    rows = session.execute(
        select(
            StaffPushSubscription.id,
            StaffPushSubscription.endpoint,
            StaffPushSubscription.p256dh,
            StaffPushSubscription.auth,
        )
        .join(StaffSession, _SIGNED_IN)
        .where(
            StaffPushSubscription.shop_id == shop_id,
            StaffPushSubscription.staff_id == staff_id,
            StaffSession.expires_at > now,
        )
        .order_by(StaffPushSubscription.id.desc())
        .limit(MOST)
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def people(session: Any, *, shop_id: int) -> list[tuple[int, str]]:
    """Return (staff, role) of who works in a shop now."""
    rows = session.execute(
        select(Staff.id, Staff.role)
        .where(Staff.shop_id == shop_id, Staff.ended_at.is_(None))
        .order_by(Staff.id)
    )
    return [(row[0], row[1]) for row in rows]


def kinds_of(session: Any, *, shop_id: int, staff_id: int, role: str) -> frozenset[str]:
    """Return what a person is rung for, as they chose it or as it begins."""
    kept = session.scalar(
        select(NotificationPreference.kinds).where(
            NotificationPreference.shop_id == shop_id, NotificationPreference.staff_id == staff_id
        )
    )
    return standard(role) if kept is None else frozenset(kept.split())


def quiet_of(session: Any, *, shop_id: int) -> Quiet:
    """Return when nobody of a shop is rung."""
    row = session.execute(
        select(QuietHours.begins, QuietHours.ends, QuietHours.complaints_wait).where(
            QuietHours.shop_id == shop_id
        )
    ).one_or_none()
    return Quiet(*row) if row else Quiet()


def choices(*, shop_id: int, staff_id: int, role: str) -> tuple[frozenset[str], Quiet]:
    """Return a person's switches that are on, and the shop's quiet hours, for their page."""
    mine = kinds_of(db.session, shop_id=shop_id, staff_id=staff_id, role=role)
    return mine, quiet_of(db.session, shop_id=shop_id)


def due(now: datetime) -> list[tuple[int, int]]:
    """Return (shop, staff) of everybody who is to be rung by now, of all shops."""
    rows = db.session.execute(
        select(StaffNotification.shop_id, StaffNotification.staff_id)
        .where(StaffNotification.state == "waiting", StaffNotification.due_at <= now)
        .distinct()
        .order_by(StaffNotification.shop_id, StaffNotification.staff_id)
    )
    return [(row[0], row[1]) for row in rows]


def is_any_due(now: datetime) -> bool:
    """Tell whether somebody is to be rung by now, or was in the hands of a sender that is gone. Of all shops."""
    waits = (StaffNotification.state == "waiting") & (StaffNotification.due_at <= now)
    lost = (StaffNotification.state == "sending") & (StaffNotification.taken_at < now - IN_HAND)
    return bool(db.session.scalar(select(or_(exists().where(waits), exists().where(lost)))))
