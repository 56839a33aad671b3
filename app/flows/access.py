"""Getting in and out: one-time links, passwords, sessions (OWASP ASVS 5.0 V6, V7)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from app.flows import audit, second_step
from app.flows.unit import write
from app.kit.passwords import password_matches
from app.kit.refusals import Invalid, NotHere
from app.kit.signing import same, token_hash
from app.shops import actions as shops
from app.shops import notifying, rules
from app.shops.models import Staff
from app.shops.rules import LinkGone, PlainHttp, SecondStepDue, TooManyTries, WrongLogin

_TOUCH_EVERY = timedelta(hours=1)
_WRONG_SECOND = "맞지 않거나 이미 쓴 번호예요. 앱에 지금 보이는 여섯 숫자나 남은 비상 번호를 적어 주세요."


def mint_link(*, kind: str, shop_id: int | None, staff_id: int | None, lifetime_s: int, now: datetime) -> str:
    """Make a one-time link of a kind (owner, setup, phone); its earlier unused ones close."""
    with write() as session:
        return shops.add_link(
            session, kind=kind, shop_id=shop_id, staff_id=staff_id, lifetime_s=lifetime_s, now=now
        )


def enter(*, token: str, user_agent: str, ip: str, is_secure: bool, now: datetime) -> str:
    """Use an owner's link up and sign them in; returns the session token.

    `is_secure`: the request came over https or loopback. The link comes from the console of the installation,
    so it asks for no second step: it is the way back for an owner who lost everything. Raises LinkGone, and
    PlainHttp (the link stays good) for a real shop over plain http.
    """
    with write() as session:
        link = shops.use_link(session, kind="owner", token=token, now=now)
        if link is None or link.shop_id is None or link.staff_id is None:
            raise LinkGone
        person = shops.staff(session, shop_id=link.shop_id, staff_id=link.staff_id)
        if person is None:
            raise LinkGone
        _must_be_safe(session, shop_id=link.shop_id, is_secure=is_secure)
        return _let_in(
            session, person=person, how="link", user_agent=user_agent, ip=ip, is_secure=is_secure, now=now
        )


def sign_in(*, login: str, password: str, user_agent: str, ip: str, is_secure: bool, now: datetime) -> str:
    """Sign a person in by password; returns the session token.

    The attempt is counted, in a transaction of its own, before the password is looked at: twenty
    guesses at once count twenty. Raises WrongLogin, TooManyTries, SecondStepDue for who has one, and
    PlainHttp for a real shop over plain http.
    """
    login = login.strip().lower()[:60]
    keys = {f"login:{login}": rules.TRIES_PER_LOGIN, f"ip:{ip[:45]}": rules.TRIES_PER_IP}
    since = now - timedelta(seconds=rules.TRY_WINDOW_S)
    with write() as session:
        shops.note_try(session, keys=list(keys), now=now)
    # Counted only after that commit: of many at once each sees at least all who came before it.
    with write() as session:
        over = any(shops.tries(session, key=key, since=since) > most for key, most in keys.items())
        person = shops.staff_by_login(session, login=login)
        staff_id, shop_id, stored = (
            (person.id, person.shop_id, person.password_hash) if person else (None, None, None)
        )
        if over and person is not None:
            _note_burst(session, person=person, since=since, now=now)
    if over:
        raise TooManyTries
    # argon2 takes tens of milliseconds: no transaction is open meanwhile.
    if not password_matches(stored, password) or staff_id is None or shop_id is None:
        raise WrongLogin
    with write() as session:
        person = shops.staff(session, shop_id=shop_id, staff_id=staff_id)
        if person is None:
            raise WrongLogin
        _must_be_safe(session, shop_id=shop_id, is_secure=is_secure)
        if person.totp_on_at is not None:
            raise SecondStepDue(shop_id=shop_id, staff_id=staff_id, mark=_mark(person))
        shops.forget_tries(session, key=f"login:{login}")
        return _let_in(
            session, person=person, how="password", user_agent=user_agent, ip=ip, is_secure=is_secure, now=now
        )


def sign_in_second(
    *,
    shop_id: int,
    staff_id: int,
    mark: str,
    typed: str,
    user_agent: str,
    ip: str,
    is_secure: bool,
    master: bytes,
    now: datetime,
) -> str:
    """Sign a person in whose password was right a moment ago (`mark`: which one); returns the session token.

    Counted like the password, before the code is looked at. Raises Invalid (field: second), TooManyTries,
    WrongLogin when the password was changed meanwhile, and PlainHttp.
    """
    keys = {f"second:{staff_id}": rules.TRIES_PER_LOGIN, f"ip:{ip[:45]}": rules.TRIES_PER_IP}
    since = now - timedelta(seconds=rules.TRY_WINDOW_S)
    with write() as session:
        shops.note_try(session, keys=list(keys), now=now)
    with write() as session:
        over = any(shops.tries(session, key=key, since=since) > most for key, most in keys.items())
        person = shops.staff(session, shop_id=shop_id, staff_id=staff_id)
        if over and person is not None:
            _note_burst(session, person=person, since=since, now=now)
    if over:
        raise TooManyTries
    with write() as session:
        person = shops.staff(session, shop_id=shop_id, staff_id=staff_id)
        if person is None or not same(_mark(person), mark):
            raise WrongLogin
        _must_be_safe(session, shop_id=shop_id, is_secure=is_secure)
        how = second_step.accept(session, person=person, typed=typed, master=master, now=now)
        if how is None:
            raise Invalid({"second": _WRONG_SECOND})
        shops.forget_tries(session, key=f"second:{staff_id}")
        shops.forget_tries(session, key=f"login:{person.login}")
        return _let_in(
            session, person=person, how=how, user_agent=user_agent, ip=ip, is_secure=is_secure, now=now
        )


def _mark(person: Staff) -> str:
    """Return what tells one password of a person from the next, and nothing about it."""
    return token_hash(f"password of {person.id}: {person.password_hash}")


def _let_in(
    session: Any, *, person: Staff, how: str, user_agent: str, ip: str, is_secure: bool, now: datetime
) -> str:
    token = shops.open_session(
        session,
        person=person,
        user_agent=user_agent,
        ip=ip,
        is_secure=is_secure,
        days=rules.SESSION_DAYS,
        # Who typed the password a moment ago is not asked for it again. A link says for itself how long it
        # proves (signins.py).
        sudo_until=None if how == "link" else now + rules.SUDO_FOR,
        now=now,
    )
    audit.note(session, shop_id=person.shop_id, what="sign_in", staff_id=person.id, detail=how, now=now)
    return token


def _note_burst(session: Any, *, person: Staff, since: datetime, now: datetime) -> None:
    about = {"what": "sign_in_failed", "subject": f"staff:{person.id}"}
    audit.note_once(session, shop_id=person.shop_id, **about, since=since, now=now)


def _must_be_safe(session: Any, *, shop_id: int, is_secure: bool) -> None:
    if not is_secure and not shops.shop(session, shop_id=shop_id).is_demo:
        raise PlainHttp


def sign_out(*, token: str, now: datetime) -> None:
    """End the session of a token; a second time changes nothing."""
    with write() as session:
        shops.end_session(session, token=token, now=now)


def take_over(*, was: str | None, token: str, now: datetime) -> None:
    """A browser got a new sign-in: what it had before is over, and rings there for the same person alone. Twice is once."""
    if not was or same(was, token):
        return
    with write() as session:
        notifying.go_on(session, was=token_hash(was), token=token_hash(token))
        shops.end_session(session, token=was, now=now)


def end_browser(*, shop_id: int, staff_id: int, session_id: int, now: datetime) -> None:
    """Sign one of a person's own browsers out. Raises NotHere for another's, or one that is out."""
    with write() as session:
        if not shops.end_session_by_id(
            session, shop_id=shop_id, staff_id=staff_id, session_id=session_id, now=now
        ):
            raise NotHere("이미 로그아웃한 기기예요.")
        about = f"staff:{staff_id}"
        audit.note(session, shop_id=shop_id, what="session_ended", staff_id=staff_id, subject=about, now=now)


def end_other_browsers(*, shop_id: int, staff_id: int, session_id: int, now: datetime) -> int:
    """Sign a person out everywhere but here; returns how many devices that were."""
    with write() as session:
        ended = shops.end_sessions(session, shop_id=shop_id, staff_id=staff_id, but=session_id, now=now)
        if ended:
            about = f"staff:{staff_id}"
            audit.note(
                session, shop_id=shop_id, what="session_ended", staff_id=staff_id, subject=about, now=now
            )
        return ended


def touch(*, session_id: int, seen_at: datetime, now: datetime) -> None:
    """Keep a session that is in use alive; writes at most once an hour."""
    if now - seen_at < _TOUCH_EVERY:
        return
    with write() as session:
        shops.renew_session(session, session_id=session_id, days=rules.SESSION_DAYS, now=now)


def note_access(
    *, shop_id: int, staff_id: int, customer_id: int | None, action: str, ip: str, now: datetime
) -> None:
    """Write down that staff looked at a person's data (안전성 확보조치 기준 제8조: who, whose, what, when)."""
    with write() as session:
        shops.log_access(
            session,
            shop_id=shop_id,
            staff_id=staff_id,
            customer_id=customer_id,
            action=action,
            ip=ip,
            now=now,
        )
