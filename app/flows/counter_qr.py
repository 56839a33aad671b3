"""The rotating QR of the counter: a customer's camera opens it, and the holder of a card asks for a stamp there.

Each screen has codes of its own, HMACs of the shop's key and a 30-second step. A code opens a page; nothing is
written before the holder presses, and nobody is stamped before the staff approves (S02).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from app.cards import rules
from app.kit.refusals import Refused
from app.kit.signing import derive_key, keyed_hash, same, spoken_mac
from app.shops import signins

_MAC_LENGTH = 12  # 60 bits, for a minute and a half
_PASS_MAC_LENGTH = 20
# From opening the QR until the card is there and the button is pressed.
_PASS_LIFE = timedelta(minutes=15)
# Codes a screen holds ahead: so long it goes on without a network.
STEPS_AHEAD = 40


class OldCounterCode(Refused):
    """A counter's code from before, of a screen that was switched off, or never ours."""

    code = "old_counter_code"
    status = 410
    sentence = "시간이 지난 QR이에요. 계산대 화면의 QR을 다시 비춰 주세요."


def codes(*, shop_id: int, screen: str, master: bytes, now: datetime, steps: int = STEPS_AHEAD) -> list[str]:
    """Return a screen's codes from this step on, one for each 30 seconds.

    `screen`: "s<session id>" of a signed-in browser, "k<kiosk id>" of a tablet for customers.
    """
    key = _key(master, shop_id=shop_id, screen=screen)
    here = rules.code_step(now)
    return [_code(key, screen, here + ahead) for ahead in range(steps)]


def open_code(*, shop_id: int, text: str, master: bytes, now: datetime) -> str:
    """Return a pass for the person who opened a counter's code, good for a quarter of an hour.

    A pass that is still good comes back as it is. It says where a claim came from, and gives nothing by
    itself. Raises OldCounterCode.
    """
    if text.startswith("p"):
        _check_pass(shop_id=shop_id, text=text, master=master, now=now)
        return text
    screen, _, mac = text.partition(".")
    key, here = _key(master, shop_id=shop_id, screen=screen), rules.code_step(now)
    fits = [same(_code(key, screen, step), text) for step in range(here - 2, here + 2)]
    if not mac or not any(fits) or not signins.is_screen(shop_id=shop_id, screen=screen, now=now):
        raise OldCounterCode
    until = int((now + _PASS_LIFE).timestamp())
    return f"p{until}.{_pass_mac(master, shop_id=shop_id, until=until)}"


def _check_pass(*, shop_id: int, text: str, master: bytes, now: datetime) -> None:
    number, _, mac = text[1:].partition(".")
    until = int(number) if number.isascii() and number.isdigit() and len(number) < 13 else 0
    if not same(mac, _pass_mac(master, shop_id=shop_id, until=until)) or until < now.timestamp():
        raise OldCounterCode


def _pass_mac(master: bytes, *, shop_id: int, until: int) -> str:
    return keyed_hash(master, "counter-pass", f"{shop_id}.{until}")[:_PASS_MAC_LENGTH]


def _key(master: bytes, *, shop_id: int, screen: str) -> bytes:
    return derive_key(master, "counter-code", str(shop_id), screen)


def _code(key: bytes, screen: str, step: int) -> str:
    return f"{screen}.{spoken_mac(key, str(step), _MAC_LENGTH)}"
