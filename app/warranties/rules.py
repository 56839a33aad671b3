"""What a shop may promise for a product, how long it holds, and where a warranty stands. Pure.

A period counts from the day it was bought to the same day of a later month, that day included; where that month is
shorter, to its last day (민법 160조).
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from app.kit.refusals import Invalid, Refused
from app.kit.signing import SPOKEN_ALPHABET

USE = "warranties"  # in Shop.uses
SERIAL_LENGTH = 8  # 40 bits; it is read aloud, and opens nothing by itself
NAME_MAX, COVERS_MAX, CARE_MAX = 60, 600, 600
MONTHS = range(1, 121)
NOTICE_DAYS = range(1, 181)
MOST_PIECES = 96  # on one sheet of QR codes: four pages of labels
MOST_AT_ONCE = 100  # certificates that are given while somebody waits; of more the worker gives all
PRICE_MOST = 99_999_999
# A link to hand a warranty on is good for so long.
MOVE_LIVES = timedelta(days=3)
_OLDEST = timedelta(days=3653)

CHANNELS: Mapping[str, str] = {
    "shop": "가게에서",
    "smartstore": "스마트스토어",
    "coupang": "쿠팡",
    "cafe24": "우리 쇼핑몰",
    "esm": "지마켓·옥션",
    "other": "다른 곳에서",
}
# Where a visit came from, as a buyer names the place.
_OF_VISITS: Mapping[str, str] = {"pos": "shop", "file": "other", "api": "other"}

STATES: Mapping[str, str] = {
    "waiting": "아직 아무도 담지 않았어요",
    "valid": "보증하고 있어요",
    "over": "보증 기간이 지났어요",
    "ended": "가게에서 거둔 보증서예요",
    "nobody": "지금은 가진 분이 없어요",
}
# A certificate's own address (app/web/public/certificates.py) and what a package's QR opens.
_CHECK = re.compile(r"/w/([A-Za-z0-9_-]{22})/?(?:[?#].*)?$")
_PACKAGE = re.compile(rf"/s/[0-9A-Za-z]{{1,20}}/package/([{SPOKEN_ALPHABET}]{{26}})/?(?:[?#].*)?$")


class NoWarranty(Refused):
    """The shop does not give warranties, or not this one any more."""

    code = "no_warranty"
    sentence = "지금은 드리지 않는 보증서예요. 보증서 종류에서 다시 골라 주세요."


class AlreadyClaimed(Refused):
    """Somebody else has put this package's certificate on their card."""

    code = "already_claimed"

    def __init__(self, *, who: str, on: str) -> None:
        whose = f"{who} 님" if who else "다른 분"
        super().__init__(
            f"이 보증서는 {on}에 {whose}이 먼저 담으셨어요. 사신 것이 맞으면 가게에 말씀해 주세요."
        )


class TakenBack(Refused):
    """The shop took the certificate back."""

    code = "taken_back"
    sentence = "가게에서 거둔 보증서예요. 궁금하신 점은 가게에 말씀해 주세요."


class MoveOver(Refused):
    """The link to hand it on was used, called off, or is too old."""

    code = "move_over"
    sentence = "이 링크로는 이제 받을 수 없어요. 주시는 분께 새 링크를 부탁해 주세요."


class OwnMove(Refused):
    """Who hands a certificate on opened the link themselves."""

    code = "own_move"
    sentence = "내가 만든 링크예요. 받으실 분의 휴대폰에서 열어 주세요."


@dataclass(frozen=True)
class CleanKind:
    """What an owner typed for a kind, checked."""

    name: str
    product_id: int | None
    months: int
    covers: str
    care: str


def clean_kind(*, name: str, product: str, months: str, covers: str, care: str) -> CleanKind:
    """Check what is promised for a product. Raises Invalid with a sentence a field."""
    wrong: dict[str, str] = {}
    tidy = " ".join(name.split())
    if not tidy:
        wrong["name"] = "보증서에 적을 상품 이름을 적어 주세요. 예: 원목 의자"
    elif len(tidy) > NAME_MAX:
        wrong["name"] = f"이름은 {NAME_MAX}자까지 쓸 수 있어요. 짧게 줄여 주세요."
    text = months.strip().removesuffix("개월").strip()
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
    if number not in MONTHS:
        wrong["months"] = f"보증 기간은 1개월부터 {MONTHS[-1]}개월까지 적어 주세요."
    told = {"covers": _lines(covers), "care": _lines(care)}
    for field, most in (("covers", COVERS_MAX), ("care", CARE_MAX)):
        if len(told[field]) > most:
            wrong[field] = f"{most}자까지 쓸 수 있어요. 지금 {len(told[field])}자예요."
    if product and not (product.isascii() and product.isdigit() and len(product) < 18):
        wrong["product"] = "상품을 다시 골라 주세요."
    if wrong:
        raise Invalid(wrong)
    return CleanKind(tidy, int(product) if product else None, number, **told)


def _lines(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").strip().split("\n"))


@dataclass(frozen=True)
class CleanSale:
    """When, where and for how much something was bought. `price` in won, None where nobody typed it."""

    bought_on: date
    channel: str
    price: int | None


def clean_sale(*, bought_on: str, channel: str, price: str, today: date) -> CleanSale:
    """Check what was typed of a purchase. Raises Invalid with a sentence a field."""
    wrong: dict[str, str] = {}
    try:
        day = date.fromisoformat(bought_on.strip())
    except ValueError:
        day = None
        wrong["bought_on"] = "산 날을 골라 주세요."
    if day is not None and not today - _OLDEST <= day <= today:
        wrong["bought_on"] = "산 날은 오늘까지, 10년 안의 날로 골라 주세요."
    if channel not in CHANNELS:
        wrong["channel"] = "어디에서 샀는지 골라 주세요."
    text = "".join(price.split()).replace(",", "").removesuffix("원")
    won = int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0
    if text and not 1 <= won <= PRICE_MOST:
        wrong["price"] = "값은 숫자로 적어 주세요. 모르면 비워 두세요."
    if wrong or day is None:
        raise Invalid(wrong)
    return CleanSale(day, channel, won or None)


def clean_pieces(typed: str) -> int:
    """Return how many QR codes are printed. Raises Invalid (pieces)."""
    text = typed.strip().removesuffix("장").strip()
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
    if not 1 <= number <= MOST_PIECES:
        raise Invalid({"pieces": f"한 번에 1장부터 {MOST_PIECES}장까지 만들 수 있어요."})
    return number


def clean_notice_days(typed: str) -> int:
    """Return how long before the end a holder is told. Raises Invalid (notice_days)."""
    text = typed.strip().removesuffix("일").strip()
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
    if number not in NOTICE_DAYS:
        raise Invalid({"notice_days": f"1일부터 {NOTICE_DAYS[-1]}일까지 적어 주세요."})
    return number


def channel_of_visit(channel: str) -> str:
    """Return a certificate's channel for a visit's."""
    named = _OF_VISITS.get(channel, channel)
    return named if named in CHANNELS else "other"


def last_day(bought_on: date, months: int) -> date:
    """Return the last day that a period of months covers."""
    year, month = divmod(bought_on.year * 12 + bought_on.month - 1 + months, 12)
    return date(year, month + 1, min(bought_on.day, calendar.monthrange(year, month + 1)[1]))


def state_of(*, is_held: bool, is_claimed: bool, is_ended: bool, until: date | None, today: date) -> str:
    """Return where a certificate stands, one of STATES."""
    if is_ended:
        return "ended"
    if not is_held:
        return "nobody" if is_claimed else "waiting"
    return "over" if until is None or until < today else "valid"


def left_words(until: date, today: date) -> str:
    """Return how long it still holds: "1년 2개월 남았어요", "26일 남았어요", "오늘까지예요"; "" when it is over."""
    days = (until - today).days
    if days < 0:
        return ""
    if days == 0:
        return "오늘까지예요"
    months = (until.year - today.year) * 12 + until.month - today.month
    if last_day(today, months) > until:
        months -= 1
    if months < 1:
        return f"{days}일 남았어요"
    return f"{months_words(months)} 남았어요"


def months_words(months: int) -> str:
    """Return "2년", "1년 6개월", "6개월"."""
    years, rest = divmod(months, 12)
    return " ".join(word for word in (f"{years}년" if years else "", f"{rest}개월" if rest else "") if word)


def serial_words(serial: str) -> str:
    """Return a serial as it is read aloud: "K7QM-4XZP"."""
    return f"{serial[:4]}-{serial[4:]}"


def read_serial(typed: str) -> str:
    """Return what was typed as a serial, or "" when it can be none."""
    text = "".join(char for char in typed.upper() if char.isalnum())
    return text if len(text) == SERIAL_LENGTH and all(char in SPOKEN_ALPHABET for char in text) else ""


def read_check(text: str) -> str:
    """Return the reference in the address of a check page, "" for any other text."""
    found = _CHECK.search(text)
    return found[1] if found else ""


def read_package(text: str) -> str:
    """Return the secret in the address that a package's QR holds, "" for any other text."""
    found = _PACKAGE.search(text)
    return found[1] if found else ""


def is_warranty(text: str) -> bool:
    """Tell whether a scanned text is a certificate's address or a package's."""
    return bool(read_check(text) or read_package(text))
