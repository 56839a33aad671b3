"""Changes to the shop, its people, their sessions and one-time links. Flush, never commit."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, func, or_, select, update

from app.kit.signing import new_token, random_code, token_hash
from app.shops import notifying
from app.shops.models import AccessLog, EntryLink, LoginTry, Shop, Staff, StaffSession
from app.shops.rules import first_syllable


def shop(session: Any, *, shop_id: int) -> Shop:
    """Return a shop whose id we trust. Raises NoResultFound."""
    found: Shop = session.scalars(select(Shop).where(Shop.id == shop_id)).one()
    return found


_USES = select(Shop.uses).where(Shop.id == bindparam("shop"))


def uses(session: Any, *, shop_id: int) -> frozenset[str]:
    """Return what a shop has switched on beyond stamps (Shop.uses): asked with every stamp."""
    return frozenset((session.scalar(_USES, {"shop": shop_id}) or "").split())


def set_use(session: Any, *, shop_id: int, what: str, is_on: bool) -> None:
    """Note that a shop uses points, coupons, tiers, boosts or referrals, or no longer does."""
    held = session.scalars(select(Shop).where(Shop.id == shop_id).with_for_update(key_share=True)).one()
    words = set(held.uses.split()) - {what} | ({what} if is_on else set())
    held.uses = " ".join(sorted(words))
    session.flush()


def hold(session: Any, *, shop_id: int) -> None:
    """Hold a shop's row until the flow ends (PostgreSQL): what set_use() is to note is asked after it.

    Whoever writes a row of the shop meanwhile, a stamp, does not wait for it, nor it for them.
    """
    session.execute(select(Shop.id).where(Shop.id == shop_id).with_for_update(key_share=True))


def code_of(session: Any, *, shop_id: int) -> str:
    """Return the code in a shop's addresses. Raises NoResultFound."""
    found: str = session.scalars(select(Shop.code).where(Shop.id == shop_id)).one()
    return found


def shop_count(session: Any) -> int:
    """Return how many shops this installation has."""
    return int(session.scalar(select(func.count(Shop.id))))


def add_shop(
    session: Any, *, name: str, now: datetime, is_demo: bool = False, code: str | None = None, **facts: Any
) -> Shop:
    """Open a shop with a join code of its own."""
    made = Shop(
        code=code or random_code(6),
        name=name,
        mark=first_syllable(name),
        is_demo=is_demo,
        created_at=now,
        **facts,
    )
    session.add(made)
    session.flush()
    return made


def add_staff(
    session: Any,
    *,
    shop_id: int,
    name: str,
    role: str,
    now: datetime,
    login: str | None = None,
    password_hash: str | None = None,
) -> Staff:
    """Add a person who works in the shop. Raises IntegrityError when the login is taken."""
    person = Staff(
        shop_id=shop_id, name=name, role=role, login=login, password_hash=password_hash, created_at=now
    )
    session.add(person)
    session.flush()
    return person


def staff(session: Any, *, shop_id: int, staff_id: int) -> Staff | None:
    """Return a person who works in this shop now."""
    found: Staff | None = session.scalar(
        select(Staff).where(Staff.shop_id == shop_id, Staff.id == staff_id, Staff.ended_at.is_(None))
    )
    return found


def hold_staff(session: Any, *, shop_id: int, staff_id: int) -> None:
    """Hold a person's row until the flow ends (PostgreSQL): what is counted for a day is counted one by one.

    Whoever writes a row that names them meanwhile, a letter, does not wait for it: who holds a customer as well as such
    a row would wait in the opposite order.
    """
    query = select(Staff.id).where(Staff.shop_id == shop_id, Staff.id == staff_id)
    session.execute(query.with_for_update(key_share=True))


def staff_by_login(session: Any, *, login: str) -> Staff | None:
    """Return who signs in under this login."""
    found: Staff | None = session.scalar(select(Staff).where(Staff.login == login, Staff.ended_at.is_(None)))
    return found


def end_staff(session: Any, *, person: Staff, now: datetime) -> None:
    """A person stops working here: their login is free, their sessions are over."""
    person.ended_at = now
    person.login = None
    end_sessions(session, shop_id=person.shop_id, staff_id=person.id, now=now)
    session.flush()


def end_sessions(session: Any, *, shop_id: int, staff_id: int, now: datetime, but: int | None = None) -> int:
    """Sign a person out everywhere, or everywhere but on one browser. Returns how many were signed in."""
    mine = update(StaffSession).where(
        StaffSession.shop_id == shop_id, StaffSession.staff_id == staff_id, StaffSession.ended_at.is_(None)
    )
    if but is not None:
        mine = mine.where(StaffSession.id != but)
    done = session.execute(mine.values(ended_at=now))
    notifying.forget_strangers(session, shop_id=shop_id)
    return int(done.rowcount)


def open_session(
    session: Any,
    *,
    person: Staff,
    user_agent: str,
    ip: str,
    is_secure: bool,
    days: int,
    now: datetime,
    sudo_until: datetime | None = None,
) -> str:
    """Sign a person in on one browser; returns the token for its cookie (the row keeps its hash).

    `sudo_until`: so long the sign-in itself is good enough before something dangerous, None for not at all.
    """
    token = new_token()
    session.add(
        StaffSession(
            shop_id=person.shop_id,
            staff_id=person.id,
            token_hash=token_hash(token),
            created_at=now,
            seen_at=now,
            expires_at=now + timedelta(days=days),
            is_secure=is_secure,
            user_agent=user_agent[:200],
            ip=ip[:45],
            sudo_until=sudo_until,
        )
    )
    session.flush()
    return token


def end_session(session: Any, *, token: str, now: datetime) -> None:
    """Sign one browser out."""
    shop_id = session.scalar(
        update(StaffSession)
        .where(StaffSession.token_hash == token_hash(token), StaffSession.ended_at.is_(None))
        .values(ended_at=now)
        .returning(StaffSession.shop_id)
    )
    if shop_id is not None:
        notifying.forget_strangers(session, shop_id=shop_id)


def end_session_by_id(session: Any, *, shop_id: int, staff_id: int, session_id: int, now: datetime) -> bool:
    """Sign one of a person's own browsers out. False when it was out before, or is not theirs."""
    done = session.execute(
        update(StaffSession)
        .where(
            StaffSession.id == session_id,
            StaffSession.shop_id == shop_id,
            StaffSession.staff_id == staff_id,
            StaffSession.ended_at.is_(None),
        )
        .values(ended_at=now)
    )
    notifying.forget_strangers(session, shop_id=shop_id)
    return bool(done.rowcount)


def renew_session(session: Any, *, session_id: int, days: int, now: datetime) -> None:
    """Note that a session is in use, and keep it alive from now."""
    session.execute(
        update(StaffSession)
        .where(StaffSession.id == session_id)
        .values(seen_at=now, expires_at=now + timedelta(days=days))
    )


def add_link(
    session: Any, *, kind: str, shop_id: int | None, staff_id: int | None, lifetime_s: int, now: datetime
) -> str:
    """Make a one-time link; earlier unused ones of the same kind and shop close."""
    session.execute(
        update(EntryLink)
        .where(EntryLink.kind == kind, EntryLink.shop_id == shop_id, EntryLink.used_at.is_(None))
        .values(expires_at=now)
    )
    token = new_token()
    session.add(
        EntryLink(
            kind=kind,
            shop_id=shop_id,
            staff_id=staff_id,
            token_hash=token_hash(token),
            created_at=now,
            expires_at=now + timedelta(seconds=lifetime_s),
        )
    )
    session.flush()
    return token


def use_link(session: Any, *, kind: str, token: str, now: datetime) -> EntryLink | None:
    """Use a link up by one conditional update; None when somebody was first or it ran out."""
    done = session.execute(
        update(EntryLink)
        .where(
            EntryLink.kind == kind,
            EntryLink.token_hash == token_hash(token),
            EntryLink.used_at.is_(None),
            EntryLink.expires_at > now,
        )
        .values(used_at=now)
    )
    if done.rowcount != 1:
        return None
    link: EntryLink = session.scalars(
        select(EntryLink).where(EntryLink.token_hash == token_hash(token))
    ).one()
    return link


def note_try(session: Any, *, keys: list[str], now: datetime) -> None:
    """Count a sign-in attempt under each key before the password is looked at."""
    session.add_all([LoginTry(key=key, at=now) for key in keys])
    session.flush()


def tries(session: Any, *, key: str, since: datetime) -> int:
    """Return the attempts counted under a key."""
    return int(
        session.scalar(select(func.count(LoginTry.id)).where(LoginTry.key == key, LoginTry.at > since))
    )


def forget_tries(session: Any, *, key: str) -> None:
    """Clear a key's attempts after a good sign-in."""
    session.execute(delete(LoginTry).where(LoginTry.key == key))


def forget_tries_anywhere(session: Any, *, before: str, after: str) -> None:
    """Clear the attempts of every key that begins and ends so: one person's, at whichever device."""
    mine = LoginTry.key.startswith(before, autoescape=True) & LoginTry.key.endswith(after, autoescape=True)
    session.execute(delete(LoginTry).where(mine))


def drop_tries(session: Any, *, before: datetime) -> None:
    """Delete attempts made before a moment."""
    session.execute(delete(LoginTry).where(LoginTry.at < before))


def drop_sessions(session: Any, *, before: datetime) -> None:
    """Delete sessions that were over before a moment."""
    session.execute(
        delete(StaffSession).where(or_(StaffSession.ended_at < before, StaffSession.expires_at < before))
    )


def drop_links(session: Any, *, before: datetime) -> None:
    """Delete one-time links that ran out before a moment."""
    session.execute(delete(EntryLink).where(EntryLink.expires_at < before))


def drop_access_log(session: Any, *, before: datetime) -> None:
    """Delete access lines written before a moment."""
    session.execute(delete(AccessLog).where(AccessLog.at < before))


def log_access(
    session: Any, *, shop_id: int, staff_id: int, customer_id: int | None, action: str, ip: str, now: datetime
) -> None:
    """Write down who of the staff looked at or changed whose data."""
    session.add(
        AccessLog(
            shop_id=shop_id, staff_id=staff_id, customer_id=customer_id, action=action, at=now, ip=ip[:45]
        )
    )
    session.flush()
