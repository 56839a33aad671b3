"""Reads about the shop, its people and their sessions. Every one is scoped to a shop or a secret."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import aliased

from app.extensions import db
from app.kit.columns import UtcDateTime
from app.kit.signing import token_hash
from app.shops.models import EntryLink, Shop, Staff, StaffSession
from app.shops.rules import role_on_shared

# The role of a shared device at which nobody stands: it is below every one that opens a door.
NOBODY = "anyone"


@dataclass(frozen=True)
class ShopView:
    """What pages show of a shop."""

    id: int
    code: str
    name: str
    mark: str
    owner_name: str
    phone: str
    address: str
    open_minute: int
    close_minute: int
    story: str
    opt_out_080: str
    email: str
    is_demo: bool
    uses: str
    prices: str = ""

    @property
    def price_list(self) -> tuple[int, ...]:
        """The prices that are buttons after a stamp, in won; none when amounts are not asked for."""
        return tuple(int(price) for price in self.prices.split())

    def has(self, what: str) -> bool:
        """Tell whether the shop uses something beyond stamps: points, coupons, tiers, boosts, referrals."""
        return what in self.uses.split()


@dataclass(frozen=True)
class StaffView:
    """A person who is signed in, with the session that let them in and their shop.

    On a shared device (`is_shared`) it is who typed a PIN last, until `acting_until`, and never more than a
    manager; `holder_id` is who signed in on it. While nobody stands there `acting_until` is None and the
    role opens nothing.
    """

    staff_id: int
    session_id: int
    name: str
    role: str
    text_size: str
    seen_at: datetime
    shop: ShopView
    holder_id: int
    is_shared: bool
    acting_until: datetime | None
    sudo_until: datetime | None
    last_id: int | None = None  # at a shared device where nobody stands: whose turn ended by itself
    has_pin: bool = False


SHOP_COLUMNS = (
    Shop.id,
    Shop.code,
    Shop.name,
    Shop.mark,
    Shop.owner_name,
    Shop.phone,
    Shop.address,
    Shop.open_minute,
    Shop.close_minute,
    Shop.story,
    Shop.opt_out_080,
    Shop.email,
    Shop.is_demo,
    Shop.uses,
    Shop.prices,
)


# Built once: every page of a customer asks the first, every page of the owner's side the second.
_BY_CODE = select(*SHOP_COLUMNS).where(Shop.code == bindparam("code"))


def shop_by_code(code: str) -> ShopView | None:
    """Return the shop that a join link names."""
    row = db.session.execute(_BY_CODE, {"code": code}).one_or_none()
    return ShopView(**row._mapping) if row else None


def shop_by_id(shop_id: int) -> ShopView:
    """Return a shop whose id we already trust. Raises NoResultFound for an unknown one."""
    return ShopView(**db.session.execute(select(*SHOP_COLUMNS).where(Shop.id == shop_id)).one()._mapping)


def shop_ids() -> list[int]:
    """Return every shop's id, oldest first (nightly work)."""
    return list(db.session.scalars(select(Shop.id).order_by(Shop.id)))


def first_shop() -> ShopView | None:
    """Return the oldest shop of this installation, or None when it has none yet."""
    row = db.session.execute(select(*SHOP_COLUMNS).order_by(Shop.id).limit(1)).one_or_none()
    return ShopView(**row._mapping) if row else None


def demo_shops() -> list[ShopView]:
    """Return the demo shops of this installation, the oldest first."""
    rows = db.session.execute(select(*SHOP_COLUMNS).where(Shop.is_demo).order_by(Shop.id).limit(2))
    return [ShopView(**row._mapping) for row in rows]


def owner_of(shop_id: int) -> int | None:
    """Return the staff id of the shop's owner."""
    return db.session.scalar(
        select(Staff.id)
        .where(Staff.shop_id == shop_id, Staff.role == "owner", Staff.ended_at.is_(None))
        .order_by(Staff.id)
        .limit(1)
    )


_HAND = aliased(Staff)  # who stands at a shared device
_BY_SESSION = (
    select(
        *(Staff.id, StaffSession.id, Staff.name, Staff.role, Staff.text_size, StaffSession.seen_at),
        *(StaffSession.is_shared, StaffSession.acting_until, StaffSession.sudo_until, StaffSession.acting_id),
        Staff.pin_hash.is_not(None),
        *(_HAND.id, _HAND.name, _HAND.role, _HAND.text_size, _HAND.pin_hash.is_not(None)),
        *SHOP_COLUMNS,
    )
    .join(Staff, (Staff.shop_id == StaffSession.shop_id) & (Staff.id == StaffSession.staff_id))
    .join(Shop, Shop.id == StaffSession.shop_id)
    .outerjoin(
        _HAND,
        (_HAND.shop_id == StaffSession.shop_id)
        & (_HAND.id == StaffSession.acting_id)
        & _HAND.ended_at.is_(None)
        & (StaffSession.acting_until > bindparam("now", type_=UtcDateTime())),
    )
    .where(
        StaffSession.token_hash == bindparam("token"),
        # What plain http carried opens nothing on https (S20).
        StaffSession.is_secure == bindparam("secure"),
        StaffSession.ended_at.is_(None),
        StaffSession.expires_at > bindparam("now", type_=UtcDateTime()),
        Staff.ended_at.is_(None),
    )
)


def staff_by_session(token: str, *, is_secure: bool, now: datetime) -> StaffView | None:
    """Return who holds this session token, if the session is alive and the person still works there."""
    row = db.session.execute(
        _BY_SESSION, {"token": token_hash(token), "secure": is_secure, "now": now}
    ).one_or_none()
    if row is None:
        return None
    (*who, last_id, has_pin), hand, shop = tuple(row)[:11], tuple(row)[11:16], ShopView(*tuple(row)[16:])
    holder_id, session_id, name, role, text_size, seen_at, is_shared, acting_until, sudo_until = who
    if not is_shared:
        return StaffView(
            holder_id,
            session_id,
            name,
            role,
            text_size,
            seen_at,
            shop,
            holder_id,
            False,
            None,
            sudo_until,
            has_pin=has_pin,
        )
    if hand[0] is None:
        return StaffView(
            holder_id,
            session_id,
            "",
            NOBODY,
            text_size,
            seen_at,
            shop,
            holder_id,
            True,
            None,
            sudo_until,
            last_id,
        )
    staff_id, name, role, text_size, has_pin = hand
    capped = role_on_shared(role)
    return StaffView(
        staff_id,
        session_id,
        name,
        capped,
        text_size,
        seen_at,
        shop,
        holder_id,
        True,
        acting_until,
        sudo_until,
        has_pin=has_pin,
    )


@dataclass(frozen=True)
class StaffLine:
    """One person on the staff page."""

    id: int
    name: str
    role: str
    login: str | None
    has_password: bool
    has_pin: bool
    has_second: bool


def staff_of(shop_id: int) -> list[StaffLine]:
    """Return everybody who works in the shop now, the owner first."""
    rows = db.session.execute(
        select(
            *(Staff.id, Staff.name, Staff.role, Staff.login, Staff.password_hash.is_not(None)),
            *(Staff.pin_hash.is_not(None), Staff.totp_on_at.is_not(None)),
        )
        .where(Staff.shop_id == shop_id, Staff.ended_at.is_(None))
        .order_by(Staff.role != "owner", Staff.id)
    )
    return [StaffLine(*row) for row in rows]


@dataclass(frozen=True)
class LinkView:
    """An unused one-time link."""

    kind: str
    shop_id: int | None


def open_link(token: str, now: datetime) -> LinkView | None:
    """Return an entry link that still opens; looking burns nothing (S08)."""
    row = db.session.execute(
        select(EntryLink.kind, EntryLink.shop_id).where(
            EntryLink.token_hash == token_hash(token), EntryLink.used_at.is_(None), EntryLink.expires_at > now
        )
    ).one_or_none()
    return LinkView(*row) if row else None
