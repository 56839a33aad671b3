"""함께 쓰는 기기: one browser, several people. Who stands at it says so by a PIN, and what is done is theirs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from app.flows import audit
from app.flows.unit import write
from app.kit.passwords import hash_password, password_matches
from app.kit.refusals import Invalid, NotHere, Refused
from app.shops import actions as shops
from app.shops import notifying, proofs, rules
from app.shops import queries as reads
from app.shops.rules import PinUsedUp, TooManyPins

_SLIDE_EVERY = timedelta(minutes=1)


class NobodyElse(Refused):
    """Sharing with oneself: a shop of one person needs no PIN."""

    code = "nobody_else"
    sentence = "아직 혼자 일하는 가게예요. 직원을 먼저 넣어 주세요."


class NoPin(Refused):
    """This person has no PIN yet."""

    code = "no_pin"
    sentence = "아직 비밀 숫자가 없어요. 먼저 정해 주세요."


class NothingToProve(Refused):
    """Without a password nobody could ever say who may end the sharing."""

    code = "nothing_to_prove"
    sentence = "먼저 아이디와 비밀번호를 정해 주세요. 나중에 함께 쓰기를 끌 때 필요해요."


class NotShared(Refused):
    """The browser is one person's own."""

    code = "not_shared"
    sentence = "함께 쓰는 기기가 아니에요."


def set_pin(*, shop_id: int, staff_id: int, pin: str, by: int, now: datetime) -> None:
    """Give a person a PIN for shared devices; wherever they stand now, it is asked. Raises Invalid, NotHere.

    `by`: themselves, or the owner who tells them.
    """
    pin_hash = hash_password(rules.clean_pin(pin))
    with write() as session:
        person = proofs.staff_to_change(session, shop_id=shop_id, staff_id=staff_id)
        if person is None:
            raise NotHere
        person.pin_hash = pin_hash
        shops.forget_tries(session, key=_day_key(staff_id))
        shops.forget_tries_anywhere(session, before="pin:", after=f":{staff_id}")  # guesses at another number
        proofs.leave_devices(session, shop_id=shop_id, staff_id=staff_id)
        audit.note(
            session, shop_id=shop_id, what="pin_set", staff_id=by, subject=f"staff:{staff_id}", now=now
        )


def turn_on(*, shop_id: int, staff_id: int, session_id: int, now: datetime) -> None:
    """Turn the browser a person holds into a shared one; a second tap changes nothing.

    Raises NobodyElse, NoPin, NothingToProve, NotHere.
    """
    people = reads.staff_of(shop_id)
    me = next((line for line in people if line.id == staff_id), None)
    if me is None:
        raise NotHere
    if len(people) < 2:
        raise NobodyElse
    if not me.has_password:
        raise NothingToProve
    if not me.has_pin:
        raise NoPin
    with write() as session:
        row = proofs.session_row(session, shop_id=shop_id, session_id=session_id)
        if row is None or row.staff_id != staff_id:
            raise NotHere
        if row.is_shared:
            return
        row.is_shared, row.sudo_until, row.acting_id, row.acting_until = True, None, None, None
        notifying.forget_strangers(session, shop_id=shop_id)
        audit.note(session, shop_id=shop_id, what="sharing_on", staff_id=staff_id, now=now)


def turn_off(*, shop_id: int, session_id: int, now: datetime) -> None:
    """Make a shared browser its person's own again; the door has asked for that person's password.

    Raises NotShared the second time, NotHere.
    """
    with write() as session:
        row = proofs.session_row(session, shop_id=shop_id, session_id=session_id)
        if row is None:
            raise NotHere
        if not row.is_shared:
            raise NotShared
        row.is_shared, row.acting_id, row.acting_until = False, None, None
        audit.note(session, shop_id=shop_id, what="sharing_off", staff_id=row.staff_id, now=now)


def take_turn(*, shop_id: int, session_id: int, staff_id: int, pin: str, now: datetime) -> None:
    """Let a person act at a shared device. Whoever stood there before is gone.

    The attempt is counted, in a transaction of its own, before the PIN is looked at: twenty at once count
    twenty. Raises Invalid (field: pin), TooManyPins, PinUsedUp, NoPin, NotShared, NotHere.
    """
    here, day = f"pin:{session_id}:{staff_id}", _day_key(staff_id)
    with write() as session:
        person = shops.staff(session, shop_id=shop_id, staff_id=staff_id)
        row = proofs.session_row(session, shop_id=shop_id, session_id=session_id)
        if person is None or row is None:
            raise NotHere
        if not row.is_shared:
            raise NotShared
        if person.pin_hash is None:
            raise NoPin
        stored = person.pin_hash
        shops.note_try(session, keys=[here, day], now=now)
    _look_at(shop_id=shop_id, staff_id=staff_id, keys=(here, day), stored=stored, pin=pin, now=now)
    with write() as session:
        person = shops.staff(session, shop_id=shop_id, staff_id=staff_id)
        row = proofs.session_row(session, shop_id=shop_id, session_id=session_id)
        if person is None or person.pin_hash != stored or row is None:  # changed since it was asked for
            raise NotHere
        if not row.is_shared:
            raise NotShared
        row.acting_id, row.acting_until = staff_id, now + rules.ACTING_FOR
        shops.forget_tries(session, key=here)
        shops.forget_tries(session, key=day)


def prove_pin(*, shop_id: int, session_id: int, staff_id: int, pin: str, now: datetime) -> None:
    """Let a person prove by their PIN that it is them, on whatever browser; who has none proves nothing.

    Wrong ones are counted like at a shared device, with the same limits. Raises Invalid (field: pin),
    TooManyPins, PinUsedUp, NotHere.
    """
    keys = (f"pin:{session_id}:{staff_id}", _day_key(staff_id))
    with write() as session:
        person = shops.staff(session, shop_id=shop_id, staff_id=staff_id)
        if person is None:
            raise NotHere
        stored = person.pin_hash
        if stored is None:
            return
        shops.note_try(session, keys=list(keys), now=now)
    _look_at(shop_id=shop_id, staff_id=staff_id, keys=keys, stored=stored, pin=pin, now=now)
    with write() as session:
        for key in keys:
            shops.forget_tries(session, key=key)


def _look_at(
    *, shop_id: int, staff_id: int, keys: tuple[str, str], stored: str, pin: str, now: datetime
) -> None:
    """Compare a PIN whose try is counted already, under `keys` (at this browser, of this day)."""
    # Counted only after that commit: of many at once each sees at least all who came before it.
    with write() as session:
        since = now - timedelta(seconds=rules.PIN_WINDOW_S)
        tried = shops.tries(session, key=keys[0], since=since)
        over = tried > rules.TRIES_PER_PIN
        day_ago = now - timedelta(seconds=rules.PIN_DAY_S)
        used_up = shops.tries(session, key=keys[1], since=day_ago) > rules.TRIES_PER_PIN_A_DAY
        if over or used_up:
            _note_guessing(session, shop_id=shop_id, staff_id=staff_id, now=now)
    if used_up:
        raise PinUsedUp
    if over:
        raise TooManyPins
    # argon2 takes tens of milliseconds: no transaction is open meanwhile.
    if not password_matches(stored, pin.strip()):
        if tried == rules.TRIES_PER_PIN:  # the next one would not be looked at: said now, not after it
            with write() as session:
                _note_guessing(session, shop_id=shop_id, staff_id=staff_id, now=now)
            raise TooManyPins
        last = tried == rules.TRIES_PER_PIN - 1
        then = "한 번 더 틀리면 5분 동안 쉬어요." if last else "다시 눌러 주세요."
        raise Invalid({"pin": f"비밀 숫자가 맞지 않아요. {then}"})


def end_turn(*, shop_id: int, session_id: int) -> None:
    """다음 사람: nobody stands at the device any more; a second tap changes nothing."""
    with write() as session:
        row = proofs.session_row(session, shop_id=shop_id, session_id=session_id)
        if row is not None:
            row.acting_id = row.acting_until = None


def still_here(*, session_id: int, staff_id: int, acting_until: datetime, now: datetime) -> None:
    """A person uses the shared device on; writes at most once a minute, so that a queue is never asked again."""
    until = now + rules.ACTING_FOR
    if until - acting_until < _SLIDE_EVERY:
        return
    with write() as session:
        proofs.keep_acting(session, session_id=session_id, staff_id=staff_id, until=until)


def _note_guessing(session: Any, *, shop_id: int, staff_id: int, now: datetime) -> None:
    since = now - timedelta(seconds=rules.PIN_WINDOW_S)
    about = {"what": "sign_in_failed", "subject": f"staff:{staff_id}"}
    audit.note_once(session, shop_id=shop_id, **about, since=since, now=now)


def _day_key(staff_id: int) -> str:
    return f"pin:{staff_id}"
