"""Codes that prove a number, and browsers that wait for a card. Changes inside a flow: flush, never commit."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update

from app.customers.models import NewPhone, PhoneCode
from app.kit.signing import new_token, token_hash

# How many a number, a browser, an address (IP) and a shop may ask for, in which time (S18).
LIMITS = {
    "number": (5, timedelta(days=1)),
    "browser": (5, timedelta(hours=1)),
    "address": (10, timedelta(days=1)),
    "shop": (100, timedelta(days=1)),
}
# What the codes of all shops of an installation may cost in a day, where a paid channel carries them.
MOST_WON_A_DAY = 20_000


def add_code(
    session: Any,
    *,
    shop_id: int,
    customer_id: int,
    browser_token: str,
    phone: str,
    phone_key: str,
    ip_key: str,
    life: timedelta,
    won: int,
    now: datetime,
) -> PhoneCode:
    """Write down that a code was asked for. Whether it may be sent is decided once this is committed."""
    row = PhoneCode(
        shop_id=shop_id,
        customer_id=customer_id,
        browser_hash=token_hash(browser_token),
        phone=phone,
        phone_key=phone_key,
        ip_key=ip_key,
        salt=new_token(),
        made_at=now,
        expires_at=now + life,
        won=won,
    )
    session.add(row)
    session.flush()
    return row


def address_is_full(session: Any, *, ip_key: str, now: datetime) -> bool:
    """Tell whether an address (IP) has had all the codes it may have, of whatever shops."""
    most, span = LIMITS["address"]
    asked = session.scalar(
        select(func.count(PhoneCode.id)).where(
            PhoneCode.ip_key == ip_key, PhoneCode.made_at > now - span, PhoneCode.refused == ""
        )
    )
    return bool(asked >= most)


def over_limit(session: Any, *, row: PhoneCode, now: datetime) -> str:
    """Return which limit this request is over ("number", "address" …), or "". Those refused before don't count."""
    whose: dict[str, tuple[Any, ...]] = {
        "number": (PhoneCode.shop_id == row.shop_id, PhoneCode.phone_key == row.phone_key),
        "browser": (PhoneCode.shop_id == row.shop_id, PhoneCode.browser_hash == row.browser_hash),
        # Of all shops of this installation: who floods one can flood the next.
        "address": (PhoneCode.ip_key == row.ip_key,),
        "shop": (PhoneCode.shop_id == row.shop_id,),
    }
    for name, (most, span) in LIMITS.items():
        asked = session.scalar(
            select(func.count(PhoneCode.id)).where(
                *whose[name], PhoneCode.made_at > now - span, PhoneCode.refused == ""
            )
        )
        if asked > most:
            return name
    if row.won:
        spent = session.scalar(
            select(func.sum(PhoneCode.won)).where(
                PhoneCode.made_at > now - timedelta(days=1), PhoneCode.refused == ""
            )
        )
        if spent > MOST_WON_A_DAY:
            return "money"
    return ""


def code_row(session: Any, *, shop_id: int, code_id: int) -> PhoneCode:
    """Return a request of this shop. Raises NoResultFound."""
    found: PhoneCode = session.scalars(
        select(PhoneCode).where(PhoneCode.shop_id == shop_id, PhoneCode.id == code_id)
    ).one()
    return found


def count_try(session: Any, *, shop_id: int, browser_token: str) -> PhoneCode | None:
    """Count a guess at the newest code this browser asked for, before anybody looks at it (S17)."""
    newest = (
        select(PhoneCode.id)
        .where(
            PhoneCode.shop_id == shop_id,
            PhoneCode.browser_hash == token_hash(browser_token),
            PhoneCode.refused == "",
        )
        .order_by(PhoneCode.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    found: PhoneCode | None = session.scalar(
        update(PhoneCode)
        .where(PhoneCode.shop_id == shop_id, PhoneCode.id == newest)
        .values(tries=PhoneCode.tries + 1)
        .returning(PhoneCode)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return found


def use_code(session: Any, *, shop_id: int, code_id: int, now: datetime) -> bool:
    """Use a code up by one conditional update. False when it was used before."""
    done = session.execute(
        update(PhoneCode)
        .where(PhoneCode.shop_id == shop_id, PhoneCode.id == code_id, PhoneCode.used_at.is_(None))
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount)


def proved_lately(
    session: Any, *, shop_id: int, browser_token: str, phone_key: str, since: datetime
) -> datetime | None:
    """Return when this browser proved a number, if it did after a moment."""
    found: datetime | None = session.scalar(
        select(PhoneCode.used_at)
        .where(
            PhoneCode.shop_id == shop_id,
            PhoneCode.browser_hash == token_hash(browser_token),
            PhoneCode.phone_key == phone_key,
            PhoneCode.used_at > since,
        )
        .order_by(PhoneCode.id.desc())
        .limit(1)
    )
    return found


def forget_codes(session: Any, *, shop_id: int, customer_id: int) -> None:
    """Blank the numbers a person asked codes for."""
    session.execute(
        update(PhoneCode)
        .where(PhoneCode.shop_id == shop_id, PhoneCode.customer_id == customer_id)
        .values(phone="", phone_key="", ip_key="")
        .execution_options(synchronize_session=False)
    )


def drop_numbers(session: Any, *, before: datetime) -> None:
    """Blank the numbers of codes asked for before a moment; that they were asked for stays."""
    session.execute(
        update(PhoneCode)
        .where(PhoneCode.made_at < before, PhoneCode.phone_key != "")
        .values(phone="", phone_key="", ip_key="")
        .execution_options(synchronize_session=False)
    )


def waiting_phone(session: Any, *, shop_id: int, browser_token: str) -> NewPhone | None:
    """Return the word under which this browser waits for a card."""
    found: NewPhone | None = session.scalar(
        select(NewPhone).where(
            NewPhone.shop_id == shop_id,
            NewPhone.browser_hash == token_hash(browser_token),
            NewPhone.state == "waiting",
        )
    )
    return found


def close_stale(session: Any, *, shop_id: int, now: datetime) -> None:
    """Let browsers go that waited too long; their words become free."""
    session.execute(
        update(NewPhone)
        .where(NewPhone.shop_id == shop_id, NewPhone.state == "waiting", NewPhone.expires_at <= now)
        .values(state="gone", decided_at=now)
        .execution_options(synchronize_session=False)
    )


def taken_words(session: Any, *, shop_id: int) -> set[str]:
    """Return the words under which browsers wait."""
    return set(
        session.scalars(select(NewPhone.word).where(NewPhone.shop_id == shop_id, NewPhone.state == "waiting"))
    )


def take_waiting(
    session: Any, *, shop_id: int, waiting_id: int, staff_id: int, checked: str, now: datetime
) -> NewPhone | None:
    """Decide for a waiting browser, once; None when it waits no more."""
    found: NewPhone | None = session.scalar(
        update(NewPhone)
        .where(
            NewPhone.shop_id == shop_id,
            NewPhone.id == waiting_id,
            NewPhone.state == "waiting",
            NewPhone.expires_at > now,
        )
        .values(state="given", staff_id=staff_id, checked=checked, decided_at=now)
        .returning(NewPhone)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return found
