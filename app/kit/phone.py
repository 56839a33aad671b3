"""Korean mobile numbers: what a person types, the E.164 we store, the mask we show."""

from __future__ import annotations

import re
import unicodedata

import phonenumbers

_MOBILE = re.compile(r"010\d{8}|01[16789]\d{7,8}")
# Nine of ten: valid whatever follows, so that a file of a hundred thousand numbers is not asked one by one.
_PLAIN = re.compile(r"010[2-46-9]\d{7}")
# What a spreadsheet makes of a number it took for a quantity: 1012345678.0, 1.012345678E9.
_FLOAT = re.compile(r"(\d)(?:\.(\d+))?[eE]\+?(\d{1,2})|(\d+)\.0+")
# Mobile, area code, 070 and 050x, and the eight digits of a 15xx–18xx number.
_CALLBACK = re.compile(r"010\d{8}|01[16789]\d{7,8}|0(?:2|[3-6]\d|70)\d{7,8}|050\d{8,9}|1[5-8]\d{6}")


def korean_mobile(raw: str) -> str | None:
    """Return a Korean mobile number in E.164 ("+821012345678"), or None when it is not one.

    Accepts what people and spreadsheets write: dashes, dots, full-width digits, +82, 0082, a lost
    leading zero. Stricter than libphonenumber, which takes 010-123-4567 (ten digits) for a mobile;
    050 safe numbers, 070, landlines and 15xx are no one's identity and are refused.
    """
    digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", raw))
    if digits.startswith("0082"):
        digits = digits[4:]
    elif digits.startswith("82") and len(digits) in (11, 12, 13):
        digits = digits[2:]
    if digits and not digits.startswith("0") and len(digits) in (9, 10):
        digits = "0" + digits
    if _PLAIN.fullmatch(digits):
        return "+82" + digits[1:]
    if not _MOBILE.fullmatch(digits):
        return None
    number = phonenumbers.parse(digits, "KR")
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def from_spreadsheet(cell: str) -> str:
    """Return a number as it was typed before a spreadsheet took it for a quantity; "" where digits were lost.

    "1.012345678E9" holds all of its digits, "1.01E+09" does not: what it was nobody knows any more.
    """
    cell = cell.strip()
    found = _FLOAT.fullmatch(cell)
    if found is None:
        return cell
    if found[4]:
        return found[4]
    fraction, power = found[2] or "", int(found[3])
    return (
        found[1] + fraction + "0" * (power - len(fraction))
        if len(fraction) + 1 >= 9 and len(fraction) in (power, power - 1)
        else ""
    )


def callback_number(raw: str) -> str | None:
    """Return the digits of a number that texts may come from (발신번호), or None when it is none.

    Eight to eleven digits; whether it is registered only the provider knows (전기통신사업법 84조의2).
    """
    digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", raw))
    if digits.startswith("82") and len(digits) > 9:
        digits = "0" + digits[2:]
    return digits if _CALLBACK.fullmatch(digits) else None


def shown_number(digits: str) -> str:
    """Return "02-1234-5678" for the digits of any Korean number, the digits themselves where that is not one."""
    try:
        number = phonenumbers.parse(digits, "KR")
    except phonenumbers.NumberParseException:
        return digits
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)


def digits_of(e164: str) -> str:
    """Return "01012345678" for a stored number: how Korean providers want it."""
    return re.sub(r"\D", "", national(e164))


def national(e164: str) -> str:
    """Return "010-1234-5678" for a stored number."""
    number = phonenumbers.parse(e164, "KR")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)


def masked(e164: str) -> str:
    """Return "010-••••-5678": enough to recognise, too little to call."""
    head, _, tail = national(e164).split("-")
    return f"{head}-••••-{tail}"
