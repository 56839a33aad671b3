"""Somebody who works in a shop lets their own phone ring: switched on and off on it, what for, and when not."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from app.extensions import db, setting
from app.flows import audit
from app.flows.push import endpoint_key
from app.flows.unit import after_a_race, write
from app.kit.refusals import Invalid, NotHere
from app.kit.signing import token_hash
from app.messages.providers import push
from app.shops import actions as shops
from app.shops import notification_rules as rules
from app.shops import notifying, proofs

_NOT_A_BROWSERS = "이 브라우저에서는 알림을 켤 수 없어요. 크롬이나 삼성 인터넷, 사파리로 열어 주세요."


def switch_on(
    *,
    shop_id: int,
    staff_id: int,
    session_id: int,
    endpoint: str,
    p256dh: str,
    auth: str,
    master: bytes,
    now: datetime,
) -> None:
    """Ring this person on the browser they are signed in on. Twice is once.

    Raises Invalid (push) for an address that is no push service's (S13), NotHere where their sign-in is over or the
    device is one that others use too.
    """
    if not push.is_push_service(endpoint, setting("WIRE").push_origin) or not push.are_keys(p256dh, auth):
        raise Invalid({"push": _NOT_A_BROWSERS})

    def switched() -> None:
        with write() as session:
            shops.hold_staff(session, shop_id=shop_id, staff_id=staff_id)
            seat = proofs.session_row(session, shop_id=shop_id, session_id=session_id)
            if seat is None or seat.staff_id != staff_id or seat.is_shared:
                raise NotHere
            is_new = notifying.keep_phone(
                session,
                shop_id=shop_id,
                session_id=session_id,
                staff_id=staff_id,
                endpoint=endpoint,
                endpoint_key=endpoint_key(master, endpoint),
                p256dh=p256dh,
                auth=auth,
                made_at=now,
            )
            if is_new:
                _note(session, shop_id, staff_id, "on", now)

    after_a_race(switched)


def switch_off(*, shop_id: int, staff_id: int, phone_id: int, now: datetime) -> None:
    """Ring one of this person's phones no more; the second tap changes nothing."""
    with write() as session:
        if notifying.end_phone(session, shop_id=shop_id, staff_id=staff_id, phone_id=phone_id):
            _note(session, shop_id, staff_id, "off", now)


def renew(
    *, session_token: str, was: str, endpoint: str, p256dh: str, auth: str, master: bytes, now: datetime
) -> bool:
    """The push service gave a browser another address: it rings there. `was`, the old one, and the sign-in prove it.

    Returns whether it was known.
    """
    if not push.is_push_service(endpoint, setting("WIRE").push_origin) or not push.are_keys(p256dh, auth):
        return False

    hashed = token_hash(session_token)
    if proofs.session_of_token(db.session, hashed=hashed, now=now) is None:
        return False  # whoever asks without being signed in keeps nobody from writing

    def renewed() -> bool:
        with write() as session:
            seat = proofs.session_of_token(session, hashed=hashed, now=now)
            return seat is not None and notifying.move_phone(
                session,
                shop_id=seat.shop_id,
                session_id=seat.id,
                was=endpoint_key(master, was),
                values={
                    "endpoint": endpoint,
                    "endpoint_key": endpoint_key(master, endpoint),
                    "p256dh": p256dh,
                    "auth": auth,
                },
            )

    return after_a_race(renewed)


def choose(*, shop_id: int, staff_id: int, role: str, kinds: Collection[str], now: datetime) -> None:
    """Keep what this person wants to be rung for, on all of their phones; what their role may not hear is left out."""
    with write() as session:
        notifying.set_kinds(
            session, shop_id=shop_id, staff_id=staff_id, kinds=rules.clean_kinds(kinds, role), now=now
        )


def set_quiet(
    *, shop_id: int, staff_id: int, begins: str, ends: str, complaints_wait: bool, now: datetime
) -> None:
    """Choose when nobody of the shop is rung; the same minute twice: never quiet. Raises Invalid (begins, ends)."""
    quiet = rules.clean_quiet(begins=begins, ends=ends, complaints_wait=complaints_wait)
    with write() as session:
        notifying.set_quiet(session, shop_id=shop_id, quiet=quiet, now=now)
        audit.note(session, shop_id=shop_id, what="quiet_hours", staff_id=staff_id, now=now)


def _note(session: object, shop_id: int, staff_id: int, detail: str, now: datetime) -> None:
    about = f"staff:{staff_id}"
    audit.note(
        session, shop_id=shop_id, what="phone_rings", staff_id=staff_id, subject=about, detail=detail, now=now
    )
