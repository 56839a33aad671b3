"""When a stamp may land, what it brings, and what the codes on a card mean. Pure."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.kit.refusals import Refused
from app.kit.signing import SPOKEN_ALPHABET, same, spoken_mac

STEP_SECONDS = 30
_CODE_MAC_LENGTH = 10  # 50 bits, for half a minute
_PRINT_MAC_LENGTH = 16  # 80 bits: what is on paper stands for years
OVERRIDE_MAX = 60
# A scan or a claim shows that the card itself is here; for this long the staff need not check again.
LIVE_SECONDS = 120
# Ways in which stamps come without anybody at the counter.
NOBODY_THERE = ("review", "referral", "coupon", "paper", "merge", "free")


class AlreadyUsed(Refused):
    """The code, reward or claim was used before."""

    code = "already_used"
    sentence = "이미 쓴 코드예요. 손님 화면을 새로 열어 다시 찍어 주세요."


class UnknownCode(Refused):
    """What was scanned is no code of ours, or one that has run out."""

    code = "unknown_code"
    status = 422
    sentence = "카드의 QR이 아니에요. 손님 화면의 QR을 찍어 주세요."


class OldCode(Refused):
    """A real card, but a code from before: a screenshot, or a phone whose clock is wrong."""

    code = "old_code"
    status = 409
    sentence = "시간이 지난 코드예요. 손님 화면을 새로 열어 다시 찍어 주세요."


class OldPrint(OldCode):
    """A printed card that was lost and made anew: whoever holds the old one earns nothing with it."""

    code = "old_print"
    sentence = "새로 만들어서 이제 쓰지 않는 종이 카드예요. 새 종이 카드를 찍거나 카드의 글자로 찾아 주세요."


class ForgedPrint(UnknownCode):
    """It looks like a printed card of ours, and nothing of ours printed it."""

    code = "forged_print"
    sentence = "우리가 인쇄한 종이 카드가 아니에요. 카드의 글자나 전화번호 끝 네 자리로 찾아 주세요."


class ForeignCode(Refused):
    """A card of another shop."""

    code = "foreign_code"
    status = 422
    sentence = "우리 가게 카드가 아니에요. 손님께 우리 가게 카드를 열어 달라고 해 주세요."


class StampRefused(Refused):
    """The shop's own limits refuse a stamp on a card we know; `card_id` lets the staff go on from here."""

    card_id: int | None = None


class TooSoon(StampRefused):
    """The card was stamped a moment ago; the staff may go on with a reason."""

    code = "too_soon"

    def __init__(self, minutes: int) -> None:
        self.minutes = minutes
        when = f"{minutes}분 전에" if minutes else "방금"
        super().__init__(f"{when} 도장을 찍었어요. 한 번 더 찍을까요?")


class OverCap(StampRefused):
    """The card has had all the stamps a day allows."""

    code = "over_cap"

    def __init__(self, cap: int, left: int = 0) -> None:
        self.cap = cap
        sentence = f"오늘은 이 카드에 {cap}개까지 찍었어요. 내일 다시 찍어 주세요."
        super().__init__(f"오늘은 이 카드에 {left}개만 더 찍을 수 있어요." if left else sentence)


class OverScan(StampRefused):
    """More stamps in one go than the shop allows."""

    code = "over_scan"

    def __init__(self, cap: int) -> None:
        super().__init__(f"한 번에 {cap}개까지 찍을 수 있어요. 개수를 줄여 주세요.")


class NothingToUndo(Refused):
    """The stamp or the use was taken back before, or is not one that can be."""

    code = "nothing_to_undo"
    sentence = "이미 취소했어요."


class ClaimGone(Refused):
    """The claim was decided before or the shop has closed since."""

    code = "claim_gone"
    sentence = "이미 처리했거나 시간이 지난 요청이에요. 손님께 다시 눌러 달라고 해 주세요."


class RewardGone(Refused):
    """The reward was used before or taken back."""

    code = "reward_gone"
    sentence = "이미 사용한 혜택이에요."


@dataclass(frozen=True)
class Earning:
    """The part of a card's rule that decides a stamp. Seconds; `daily_cap` 0 = none."""

    goal: int
    hard_window_s: int
    cooldown_s: int
    daily_cap: int
    scan_cap: int = 5  # stamps in one go


def may_stamp(
    *, rule: Earning, last_at: datetime | None, today: int, now: datetime, overridden: bool, count: int = 1
) -> StampRefused | None:
    """Say whether `count` stamps may land now, or why not.

    `last_at` is the card's last standing stamp, `today` the stamps of this Korean day that stand. The
    hard window is the caller's (it repeats the answer); an override passes the cooldown, never a cap.
    """
    if not 1 <= count <= max(rule.scan_cap, 1):
        return OverScan(rule.scan_cap)
    if rule.daily_cap and today + count > rule.daily_cap:
        return OverCap(rule.daily_cap, max(rule.daily_cap - today, 0))
    if last_at is not None and not overridden:
        # Either way round: a clock that was set back must not lock a card for as long as it was ahead.
        passed = abs((now - last_at).total_seconds())
        if passed < rule.cooldown_s:
            return TooSoon(int(passed // 60))
    return None


def within_hard_window(*, rule: Earning, last_at: datetime | None, now: datetime) -> bool:
    """Say whether this is the same tap again: the last stamp is only seconds old."""
    return last_at is not None and 0 <= (now - last_at).total_seconds() < rule.hard_window_s


def filled(balance: int, goal: int) -> bool:
    """Say whether a balance fills the card."""
    return balance >= goal


def code_step(now: datetime) -> int:
    """Return the number of the 30-second step that `now` lies in."""
    return math.floor(now.timestamp() / STEP_SECONDS)


def card_code(*, key: bytes, shop_id: int, ref: str, step: int) -> str:
    """Return the text of the rotating QR: `D1.<ref>.<50-bit HMAC>` (alphanumeric QR mode)."""
    return f"D1.{ref}.{spoken_mac(key, f'{shop_id}.{ref}.{step}', _CODE_MAC_LENGTH)}"


def read_code(text: str) -> tuple[str, str]:
    """Split a scanned text into (ref, mac). Raises UnknownCode for anything else."""
    return _split(text, "D1", _CODE_MAC_LENGTH)


def _split(text: str, kind: str, mac_length: int) -> tuple[str, str]:
    parts = text.strip().upper().split(".")
    if len(parts) != 3 or parts[0] != kind or len(parts[2]) != mac_length:
        raise UnknownCode
    if not parts[1] or not set(parts[1] + parts[2]) <= set(SPOKEN_ALPHABET):
        raise UnknownCode
    return parts[1], parts[2]


def printed_code(*, key: bytes, shop_id: int, ref: str) -> str:
    """Return the text of a printed card's QR: `P1.<ref>.<80-bit HMAC>` (alphanumeric QR mode).

    It stands still, so it can be copied: it earns, under every limit, and proves nothing else.
    """
    return f"P1.{ref}.{spoken_mac(key, f'{shop_id}.{ref}', _PRINT_MAC_LENGTH)}"


def is_printed(text: str) -> bool:
    """Say whether a scanned text means to be a printed card's code."""
    return text.strip().upper().startswith("P1.")


def read_printed_code(text: str) -> tuple[str, str]:
    """Split a printed card's code into (ref, mac). Raises UnknownCode for anything else."""
    return _split(text, "P1", _PRINT_MAC_LENGTH)


def check_print(*, keys: Sequence[bytes], shop_id: int, ref: str, mac: str) -> None:
    """Let the newest printed code pass. `keys`: of every version so far, the newest last, none = never printed.

    Raises OldPrint for an earlier version's code and ForgedPrint for anybody else's.
    """
    fits = [same(spoken_mac(key, f"{shop_id}.{ref}", _PRINT_MAC_LENGTH), mac) for key in keys]
    if not any(fits):
        raise ForgedPrint
    if not fits[-1]:
        raise OldPrint


def matching_step(*, key: bytes, shop_id: int, ref: str, mac: str, now: datetime) -> int | None:
    """Return the step −1…+1 whose code this is, or None when it is too old (or forged)."""
    here = code_step(now)
    for step in (here, here - 1, here + 1):
        if same(spoken_mac(key, f"{shop_id}.{ref}.{step}", _CODE_MAC_LENGTH), mac):
            return step
    return None


def free_word(words: Sequence[str], taken: Collection[str], pick: int) -> str:
    """Return a matching word nobody in the shop is waiting with, starting at `pick`.

    When every word is taken a number is added, so that two people never share one.
    """
    count = len(words)
    for offset in range(count):
        word = words[(pick + offset) % count]
        if word not in taken:
            return word
    number = 2
    while f"{words[pick % count]}{number}" in taken:
        number += 1
    return f"{words[pick % count]}{number}"


def clean_reason(reason: str | None) -> str:
    """Return the staff's reason for an override, tidied and short."""
    return " ".join((reason or "").split())[:OVERRIDE_MAX]


def read_lookup(typed: str) -> tuple[str | None, str | None, str | None]:
    """Read what was typed at the counter as (spoken code, last four digits, whole number); None where it is not.

    "7243" may be both a spoken code and four last digits; the list shows which one it was.
    """
    text = "".join(typed.split()).upper()
    digits = text.replace("-", "")
    spoken = text if 4 <= len(text) <= 6 and set(text) <= set(SPOKEN_ALPHABET) else None
    tail = digits if len(digits) == 4 and digits.isascii() and digits.isdigit() else None
    whole = digits if len(digits) >= 9 and digits.lstrip("+").isdigit() else None
    return spoken, tail, whole
