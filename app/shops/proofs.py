"""Changes of how a person proves who they are: PIN, second step, recovery codes, the hand at a shared device."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select, update

from app.shops.models import RecoveryCode, Staff, StaffSession


def session_row(session: Any, *, shop_id: int, session_id: int) -> StaffSession | None:
    """Return a signed-in browser of this shop, locked; None when it is out."""
    found: StaffSession | None = session.scalar(
        select(StaffSession)
        .where(
            StaffSession.shop_id == shop_id,
            StaffSession.id == session_id,
            StaffSession.ended_at.is_(None),
        )
        .with_for_update()
    )
    return found


def session_of_token(session: Any, *, hashed: str, now: datetime) -> StaffSession | None:
    """Return the signed-in browser whose token has this hash, one of its person alone."""
    found: StaffSession | None = session.scalar(
        select(StaffSession).where(
            StaffSession.token_hash == hashed,
            StaffSession.ended_at.is_(None),
            StaffSession.expires_at > now,
            StaffSession.is_shared.is_(False),
        )
    )
    return found


def open_sudo(session: Any, *, shop_id: int, session_id: int, until: datetime) -> None:
    """Keep it on this browser that its person has just proved who they are."""
    session.execute(
        update(StaffSession)
        .where(StaffSession.shop_id == shop_id, StaffSession.id == session_id)
        .values(sudo_until=until)
    )


def keep_acting(session: Any, *, session_id: int, staff_id: int, until: datetime) -> None:
    """The same hand is still at the shared device. Nothing happens when another has taken over meanwhile."""
    session.execute(
        update(StaffSession)
        .where(StaffSession.id == session_id, StaffSession.acting_id == staff_id)
        .values(acting_until=until)
    )


def leave_devices(session: Any, *, shop_id: int, staff_id: int) -> None:
    """Take a person's hand off every shared device."""
    session.execute(
        update(StaffSession)
        .where(StaffSession.shop_id == shop_id, StaffSession.acting_id == staff_id)
        .values(acting_id=None, acting_until=None)
    )


def use_step(session: Any, *, shop_id: int, staff_id: int, step: int) -> bool:
    """Use a step of the second factor up. False when it, or a later one, was used before (RFC 6238 5.2)."""
    done = session.execute(
        update(Staff)
        .where(Staff.shop_id == shop_id, Staff.id == staff_id, Staff.totp_step < step)
        .values(totp_step=step)
    )
    return bool(done.rowcount)


def renew_recovery(session: Any, *, shop_id: int, staff_id: int, hashes: list[str]) -> None:
    """Put new recovery codes in the place of all a person had; none with an empty list."""
    session.execute(
        delete(RecoveryCode).where(RecoveryCode.shop_id == shop_id, RecoveryCode.staff_id == staff_id)
    )
    session.add_all([RecoveryCode(shop_id=shop_id, staff_id=staff_id, code_hash=each) for each in hashes])
    session.flush()


def use_recovery(session: Any, *, shop_id: int, staff_id: int, code_hash: str, now: datetime) -> bool:
    """Use a recovery code up by one conditional update; False when there is none, or no more."""
    done = session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.shop_id == shop_id,
            RecoveryCode.staff_id == staff_id,
            RecoveryCode.code_hash == code_hash,
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
    )
    return bool(done.rowcount)


def staff_to_change(session: Any, *, shop_id: int, staff_id: int) -> Staff | None:
    """Return a person who works in this shop now, locked."""
    found: Staff | None = session.scalar(
        select(Staff)
        .where(Staff.shop_id == shop_id, Staff.id == staff_id, Staff.ended_at.is_(None))
        .with_for_update()
    )
    return found


def owners(session: Any, *, shop_id: int, beside: int) -> list[Staff]:
    """Return the shop's owners, locked in a fixed order: two who demote each other stand in line.

    `beside`: who else is to be changed, held in the same order: what a customer says is noted for them in that one too.
    """
    held = session.scalars(
        select(Staff)
        .where(
            Staff.shop_id == shop_id,
            or_(Staff.role == "owner", Staff.id == beside),
            Staff.ended_at.is_(None),
        )
        .order_by(Staff.id)
        .with_for_update()
    )
    return [each for each in held if each.role == "owner"]
