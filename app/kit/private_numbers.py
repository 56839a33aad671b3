"""Numbers that are somebody's own, in words that everybody will read: found before they are sent. Pure.

A mobile number, a resident number, a card's or an account's. What is nobody's identity stays: landlines, 070, 050 and
15xx numbers (as kit/phone.py has it), prices, dates, numbers of orders and parcels.
"""

from __future__ import annotations

import re
import unicodedata

# 주민등록번호 may not be collected at all (개인정보 보호법 24조의2).
RESIDENT_NUMBER = re.compile(r"(?<!\d)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[-\s]?[1-8]\d{6}(?!\d)")
_GAP = r"[-.·~)\s]{0,3}"
_MOBILE = re.compile(
    rf"(?<![\d-])(?:\+?82{_GAP}\(?0?\)?|0)(?:10{_GAP}\d{{4}}|1[16789]{_GAP}\d{{3,4}}){_GAP}\d{{4}}(?![\d-])"
)
# Cards of this country begin so; numbers of orders begin with their year.
_CARD = re.compile(r"(?<![\d-])[34569]\d{3}(?:[-\s]?\d{4}){2}[-\s]?\d{3,4}(?![\d-])")
# Ten to fourteen digits, as banks write them, and only where money is to be sent there.
_ACCOUNT = re.compile(r"(?<![\d-])\d(?:-?\d){9,13}(?![\d-])")
_BANK = re.compile(r"은행|농협|신협|수협|새마을금고|카카오뱅크|카뱅|케이뱅크|토스뱅크|계좌|입금|송금")
_PARCEL = re.compile(r"주문|송장|택배|배송|접수|전화|\d")
_LANDLINE = re.compile(r"0\d{1,2}-?\d{3,4}-?\d{4}|050\d-?\d{3,4}-?\d{4}")
_NEAR = 15


def private_number(text: str) -> str:
    """Return what a number in a text seems to be ("휴대폰 번호"), "" where none is anybody's own."""
    plain = re.sub(r"[‐-―−]", "-", unicodedata.normalize("NFKC", text))
    if any(_is_resident(found.group()) for found in RESIDENT_NUMBER.finditer(plain)):
        return "주민등록번호"
    if _MOBILE.search(plain):
        return "휴대폰 번호"
    if any(_is_card(found.group()) for found in _CARD.finditer(plain)):
        return "카드 번호"
    if any(_is_account(plain, found) for found in _ACCOUNT.finditer(plain)):
        return "계좌번호"
    return ""


def public_sentence(text: str) -> str:
    """Return why a customer's text may not go where everybody reads it, with what to do; "" when it may."""
    found = private_number(text)
    if not found:
        return ""
    other = " 가게에만 알리려면 ‘사장님께 한마디’에 적어 주세요." if found == "휴대폰 번호" else ""
    return f"{found}처럼 보이는 숫자가 있어요. 누구나 보는 글이니 빼고 보내 주세요.{other}"


def _digits(text: str) -> list[int]:
    return [int(char) for char in text if char.isdecimal()]


def _is_resident(found: str) -> bool:
    """Tell whether it is written as one, or its last digit says so: order numbers begin with a date too."""
    digits = _digits(found)
    if not found.isdecimal():
        return True
    weighed = sum(
        digit * weight for digit, weight in zip(digits, (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5, 0), strict=True)
    )
    return (11 - weighed % 11) % 10 == digits[12]


def _is_card(found: str) -> bool:
    """Check the last digit as all cards have it (ISO/IEC 7812, Luhn)."""
    doubled = [digit * 2 if place % 2 else digit for place, digit in enumerate(reversed(_digits(found)))]
    return sum(digit - 9 if digit > 9 else digit for digit in doubled) % 10 == 0


def _is_account(text: str, found: re.Match[str]) -> bool:
    before, after = text[: found.start()][-_NEAR:], text[found.end() :][:_NEAR]
    banks = list(_BANK.finditer(before))
    if _LANDLINE.fullmatch(found.group()):
        return False
    if banks:
        return not _PARCEL.search(before[banks[-1].end() :])
    return bool(_BANK.search(after)) and not _PARCEL.search(before)
