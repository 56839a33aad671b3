"""The second step of signing in: six digits from an authenticator app (RFC 6238), and codes for the day it is lost."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.flows import audit
from app.flows.unit import write
from app.kit import totp
from app.kit.refusals import Invalid, NotHere, Refused
from app.kit.sealing import Unreadable, seal, unseal
from app.kit.signing import keyed_hash, random_code
from app.shops import proofs, signins
from app.shops.models import Staff
from app.shops.rules import RECOVERY_CODES

_PURPOSE = "second step"
# 50 bits, read from paper: dashes, spaces and small letters do not matter.
_RECOVERY_LENGTH = 10
_WRONG = "여섯 숫자가 맞지 않아요. 앱에 지금 보이는 숫자를 적어 주세요."


class AlreadyOn(Refused):
    """The second step is on; a new secret would lock out the app that knows the old one."""

    code = "second_already_on"
    sentence = "2단계 인증을 이미 쓰고 있어요."


class NotOn(Refused):
    """There is no second step to speak of."""

    code = "second_not_on"
    sentence = "2단계 인증을 쓰고 있지 않아요."


@dataclass(frozen=True)
class Setup:
    """What an authenticator app has to learn: the secret to type, the address for its QR."""

    secret: str
    link: str


def begin(*, shop_id: int, staff_id: int, master: bytes, now: datetime) -> None:
    """Make a new secret; it counts only once a code of it was typed. Whoever saw an earlier one knows nothing.

    Raises AlreadyOn, NotHere.
    """
    with write() as session:
        person = _person(session, shop_id=shop_id, staff_id=staff_id)
        if person.totp_on_at is not None:
            raise AlreadyOn
        person.totp_secret = seal(master, _PURPOSE, totp.new_secret(), bound_to=_whose(person))


def setup_of(*, shop_id: int, staff_id: int, master: bytes) -> Setup | None:
    """Return the secret that waits to be learnt, or None. Once the step is on, nothing shows it again."""
    waiting = signins.waiting_secret(shop_id=shop_id, staff_id=staff_id)
    if waiting is None:
        return None
    try:
        secret = unseal(master, _PURPOSE, waiting.sealed, bound_to=f"{shop_id}:{staff_id}")
    except Unreadable:
        return None
    return Setup(secret, totp.app_link(secret, account=waiting.account, issuer=f"단골 {waiting.shop_name}"))


def confirm(*, shop_id: int, staff_id: int, typed: str, master: bytes, now: datetime) -> list[str]:
    """Switch the second step on by one code of it; returns the recovery codes, readable this once.

    Raises Invalid (field: second), AlreadyOn, NotOn when there is no secret yet.
    """
    with write() as session:
        person = _person(session, shop_id=shop_id, staff_id=staff_id)
        if person.totp_on_at is not None:
            raise AlreadyOn
        if person.totp_secret is None:
            raise NotOn
        step = totp.matching_step(_secret(person, master), _digits(typed), now)
        if step is None:
            raise Invalid({"second": _WRONG})
        person.totp_on_at, person.totp_step = now, step
        codes = _new_codes(session, person, master)
        audit.note(session, shop_id=shop_id, what="second_on", staff_id=staff_id, now=now)
        return codes


def renew_codes(*, shop_id: int, staff_id: int, master: bytes, now: datetime) -> list[str]:
    """Make new recovery codes; the old ones open nothing any more. Raises NotOn, NotHere."""
    with write() as session:
        person = _person(session, shop_id=shop_id, staff_id=staff_id)
        if person.totp_on_at is None:
            raise NotOn
        codes = _new_codes(session, person, master)
        audit.note(session, shop_id=shop_id, what="recovery_renewed", staff_id=staff_id, now=now)
        return codes


def turn_off(*, shop_id: int, staff_id: int, by: int, now: datetime) -> None:
    """Take a person's second step away: their own wish, or the owner's for who lost their phone.

    Raises NotOn the second time, NotHere.
    """
    with write() as session:
        person = _person(session, shop_id=shop_id, staff_id=staff_id)
        if person.totp_on_at is None and person.totp_secret is None:
            raise NotOn
        was_on = person.totp_on_at is not None
        person.totp_secret = person.totp_on_at = None
        proofs.renew_recovery(session, shop_id=shop_id, staff_id=staff_id, hashes=[])
        if was_on:
            audit.note(
                session, shop_id=shop_id, what="second_off", staff_id=by, subject=f"staff:{staff_id}", now=now
            )


def accept(session: Any, *, person: Staff, typed: str, master: bytes, now: datetime) -> str | None:
    """Inside a flow: use a code up and return how it was proved ("second" or "recovery"), or None.

    Each step and each recovery code is good once, also when two use it at the same moment.
    """
    if person.totp_on_at is None:
        return None
    whose = {"shop_id": person.shop_id, "staff_id": person.id}
    step = totp.matching_step(_secret(person, master), _digits(typed), now)
    if step is not None and proofs.use_step(session, **whose, step=step):
        return "second"
    code = re.sub(r"[^A-Z0-9]", "", typed.upper())
    if len(code) == _RECOVERY_LENGTH and proofs.use_recovery(
        session, **whose, code_hash=_code_hash(master, code), now=now
    ):
        return "recovery"
    return None


def _person(session: Any, *, shop_id: int, staff_id: int) -> Staff:
    person = proofs.staff_to_change(session, shop_id=shop_id, staff_id=staff_id)
    if person is None:
        raise NotHere
    return person


def _whose(person: Staff) -> str:
    return f"{person.shop_id}:{person.id}"


def _secret(person: Staff, master: bytes) -> str:
    try:
        return unseal(master, _PURPOSE, person.totp_secret or "", bound_to=_whose(person))
    except Unreadable:
        # Keys of another installation: nothing typed can be right; the owner's link is the way back.
        return totp.new_secret()


def _digits(typed: str) -> str:
    return "".join(char for char in typed if char.isascii() and char.isdigit())


def _new_codes(session: Any, person: Staff, master: bytes) -> list[str]:
    codes = [random_code(_RECOVERY_LENGTH) for _ in range(RECOVERY_CODES)]
    hashes = [_code_hash(master, code) for code in codes]
    proofs.renew_recovery(session, shop_id=person.shop_id, staff_id=person.id, hashes=hashes)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _code_hash(master: bytes, code: str) -> str:
    return keyed_hash(master, "recovery code", code)
