"""Before something dangerous a person says once more who they are, and then for ten minutes no more (S20, S22).

A sign-in by password (access.py) opens the same ten minutes; turning the browser into a shared one ends them.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from app.flows import audit, second_step
from app.flows.unit import write
from app.kit.passwords import password_matches
from app.kit.refusals import NotHere, Refused
from app.shops import actions as shops
from app.shops import proofs, rules
from app.shops.rules import TooManyTries


class WrongProof(Refused):
    """Neither the password nor a code of the second step."""

    code = "wrong_proof"
    status = 422
    sentence = "내 비밀번호가 맞지 않아요. 다시 확인해서 적어 주세요."


def prove(
    *,
    shop_id: int,
    staff_id: int,
    session_id: int,
    typed: str,
    master: bytes,
    now: datetime,
    takes_codes: bool = True,
) -> None:
    """Prove by the password, or by a code of the second step, that this browser is still its person's.

    `takes_codes`: False where only the password is good enough, at a device that others hold. Counted like a
    sign-in, before anything is looked at (S19). Raises WrongProof, TooManyTries, NotHere.
    """
    key = f"sudo:{staff_id}"
    with write() as session:
        shops.note_try(session, keys=[key], now=now)
    # Counted only after that commit: of many at once each sees at least all who came before it.
    since = now - timedelta(seconds=rules.TRY_WINDOW_S)
    with write() as session:
        over = shops.tries(session, key=key, since=since) > rules.TRIES_PER_LOGIN
        if over:
            about = {"what": "sudo_failed", "subject": f"staff:{staff_id}"}
            audit.note_once(session, shop_id=shop_id, **about, since=since, now=now)
    if over:
        raise TooManyTries
    with write() as session:
        person = shops.staff(session, shop_id=shop_id, staff_id=staff_id)
        if person is None:
            raise NotHere
        stored, how = person.password_hash, None
        if takes_codes:
            how = second_step.accept(session, person=person, typed=typed, master=master, now=now)
    # argon2 takes tens of milliseconds: no transaction is open meanwhile.
    if how is None and not password_matches(stored, typed):
        raise WrongProof
    with write() as session:
        shops.forget_tries(session, key=key)
        proofs.open_sudo(session, shop_id=shop_id, session_id=session_id, until=now + rules.SUDO_FOR)
        audit.note(
            session, shop_id=shop_id, what="sudo", staff_id=staff_id, detail=how or "password", now=now
        )
