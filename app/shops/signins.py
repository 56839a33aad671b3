"""Reads about how people get in: their signed-in devices, a second step being set up, what they must prove again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import aliased

from app.extensions import db
from app.kit.signing import token_hash
from app.shops.models import EntryLink, Kiosk, Shop, Staff, StaffSession
from app.shops.queries import SHOP_COLUMNS, ShopView

# A sign of life is written down once an hour.
THERE_FOR = timedelta(minutes=90)
# So long after it was used the owner's link still says who this is.
LINK_PROVES_FOR = timedelta(minutes=15)
# So long a sign-in on a device never used before is pointed out.
NEW_FOR = timedelta(days=7)


@dataclass(frozen=True)
class BrowserLine:
    """One browser a person is signed in on. `is_new`: since a few days, on a device they never used before."""

    session_id: int
    staff_id: int
    user_agent: str
    created_at: datetime
    seen_at: datetime
    is_shared: bool
    is_new: bool


def browsers_of(shop_id: int, staff_id: int | None, now: datetime) -> list[BrowserLine]:
    """Return where a person (None: everybody) is signed in now, the one used last first."""
    earlier = aliased(StaffSession)
    before = (
        (earlier.shop_id == StaffSession.shop_id)
        & (earlier.staff_id == StaffSession.staff_id)
        & (earlier.id < StaffSession.id)
    )
    seen_before = exists().where(before, earlier.user_agent == StaffSession.user_agent)
    query = select(
        *(StaffSession.id, StaffSession.staff_id, StaffSession.user_agent),
        *(StaffSession.created_at, StaffSession.seen_at, StaffSession.is_shared),
        (StaffSession.created_at > now - NEW_FOR) & exists().where(before) & ~seen_before,
    ).where(StaffSession.shop_id == shop_id, StaffSession.ended_at.is_(None), StaffSession.expires_at > now)
    if staff_id is not None:
        query = query.where(StaffSession.staff_id == staff_id)
    rows = db.session.execute(query.order_by(StaffSession.seen_at.desc(), StaffSession.id.desc()))
    return [BrowserLine(*row) for row in rows]


def somebody_is_there(shop_id: int, now: datetime) -> bool:
    """Tell whether somebody who may send the shop's messages by hand has used the product within the last while."""
    found = db.session.scalar(
        select(StaffSession.id)
        .join(Staff, (Staff.shop_id == StaffSession.shop_id) & (Staff.id == StaffSession.staff_id))
        .where(
            StaffSession.shop_id == shop_id,
            StaffSession.ended_at.is_(None),
            StaffSession.seen_at > now - THERE_FOR,
            Staff.role.in_(("owner", "manager")),
            Staff.ended_at.is_(None),
        )
        .limit(1)
    )
    return found is not None


def last_at(token: str, *, is_secure: bool) -> int | None:
    """Return the staff id of who used a browser last, also once its session has ended; None for who knows.

    On a shared device that is the last hand. It says whose a form was, and lets nobody in.
    """
    row = db.session.execute(
        select(
            StaffSession.shop_id, StaffSession.staff_id, StaffSession.is_shared, StaffSession.acting_id
        ).where(StaffSession.token_hash == token_hash(token), StaffSession.is_secure == is_secure)
    ).one_or_none()
    if row is None:
        return None
    last: int | None = row.acting_id if row.is_shared else row.staff_id
    return last


@dataclass(frozen=True)
class Seat:
    """A session's person, and between which moments it let them in."""

    staff_id: int
    since: datetime
    until: datetime


def seat(session: Any, *, shop_id: int, session_id: int) -> Seat | None:
    """Return whose a session of the shop is or was, inside a flow; None when there is no such one."""
    row = session.execute(
        select(
            StaffSession.staff_id, StaffSession.created_at, StaffSession.expires_at, StaffSession.ended_at
        ).where(StaffSession.shop_id == shop_id, StaffSession.id == session_id)
    ).one_or_none()
    if row is None:
        return None
    return Seat(row.staff_id, row.created_at, min(row.expires_at, row.ended_at or row.expires_at))


@dataclass(frozen=True)
class WaitingSecret:
    """The sealed secret of a second step that is not on yet, and what an app shall call it."""

    sealed: str
    account: str
    shop_name: str


def waiting_secret(*, shop_id: int, staff_id: int) -> WaitingSecret | None:
    """Return the secret a person is about to learn, or None when there is none or the step is on."""
    row = db.session.execute(
        select(Staff.totp_secret, Staff.login, Staff.name, Shop.name)
        .join(Shop, Shop.id == Staff.shop_id)
        .where(
            Staff.shop_id == shop_id,
            Staff.id == staff_id,
            Staff.totp_secret.is_not(None),
            Staff.totp_on_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        return None
    sealed, login, name, shop_name = row
    return WaitingSecret(sealed or "", login or name, shop_name)


def must_prove_password(*, shop_id: int, staff_id: int, session_id: int | None, now: datetime) -> bool:
    """Tell whether a person types their present password before they get a new one.

    Not who has none, and not on a browser that came in by the owner's link a moment ago.
    """
    has_one = db.session.scalar(
        select(Staff.password_hash.is_not(None)).where(Staff.shop_id == shop_id, Staff.id == staff_id)
    )
    return bool(has_one) and not _came_by_link(shop_id, staff_id, session_id, now)


def must_prove(*, shop_id: int, staff_id: int, session_id: int, is_shared: bool, now: datetime) -> bool:
    """Tell whether a person has to say once more who they are before something dangerous.

    Not who has neither a password nor a second step: there is nothing to ask for. Not right after the
    owner's link, unless the browser became a shared one: then somebody else may hold it.
    """
    has_any = db.session.scalar(
        select(Staff.password_hash.is_not(None) | Staff.totp_on_at.is_not(None)).where(
            Staff.shop_id == shop_id, Staff.id == staff_id
        )
    )
    return bool(has_any) and (is_shared or not _came_by_link(shop_id, staff_id, session_id, now))


def _came_by_link(shop_id: int, staff_id: int, session_id: int | None, now: datetime) -> bool:
    """Session and link are of the same flow, so they carry the same moment."""
    return (
        db.session.scalar(
            select(StaffSession.id)
            .join(
                EntryLink,
                (EntryLink.shop_id == StaffSession.shop_id) & (EntryLink.staff_id == StaffSession.staff_id),
            )
            .where(
                StaffSession.shop_id == shop_id,
                StaffSession.staff_id == staff_id,
                StaffSession.id == session_id,
                StaffSession.created_at > now - LINK_PROVES_FOR,
                EntryLink.kind == "owner",
                EntryLink.used_at == StaffSession.created_at,
            )
            .limit(1)
        )
        is not None
    )


@dataclass(frozen=True)
class KioskView:
    """A customers' tablet that is on, and its shop."""

    id: int
    shop: ShopView


@dataclass(frozen=True)
class KioskLine:
    """One customers' tablet of the shop."""

    id: int
    user_agent: str
    made_at: datetime
    seen_at: datetime
    made_by: str


# Asked with every touch of a tablet: built once.
_KIOSK = (
    select(Kiosk.id, *SHOP_COLUMNS)
    .join(Shop, Shop.id == Kiosk.shop_id)
    .where(
        Kiosk.token_hash == bindparam("token"),
        Kiosk.is_secure == bindparam("secure"),
        Kiosk.ended_at.is_(None),
    )
)


def kiosk_by_token(token: str, *, is_secure: bool) -> KioskView | None:
    """Return the customers' tablet that holds this token, None when it was switched off."""
    row = db.session.execute(_KIOSK, {"token": token_hash(token), "secure": is_secure}).one_or_none()
    return KioskView(row[0], ShopView(*tuple(row)[1:])) if row else None


def kiosks_of(shop_id: int) -> list[KioskLine]:
    """Return the customers' tablets of a shop that are on, the one used last first."""
    rows = db.session.execute(
        select(Kiosk.id, Kiosk.user_agent, Kiosk.made_at, Kiosk.seen_at, Staff.name)
        .join(Staff, (Staff.shop_id == Kiosk.shop_id) & (Staff.id == Kiosk.made_by))
        .where(Kiosk.shop_id == shop_id, Kiosk.ended_at.is_(None))
        .order_by(Kiosk.seen_at.desc(), Kiosk.id.desc())
    )
    return [KioskLine(*row) for row in rows]


def is_screen(*, shop_id: int, screen: str, now: datetime) -> bool:
    """Tell whether a counter's screen is still on: "s<session>" signed in, "k<kiosk>" not switched off."""
    kind, number = screen[:1], screen[1:]
    if kind not in ("s", "k") or not number.isascii() or not number.isdigit() or len(number) > 12:
        return False
    if kind == "k":
        query = select(Kiosk.id).where(
            Kiosk.shop_id == shop_id, Kiosk.id == int(number), Kiosk.ended_at.is_(None)
        )
    else:
        query = select(StaffSession.id).where(
            StaffSession.shop_id == shop_id,
            StaffSession.id == int(number),
            StaffSession.ended_at.is_(None),
            StaffSession.expires_at > now,
        )
    return db.session.scalar(query) is not None
