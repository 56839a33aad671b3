"""What may be written about a person, and what an answer on the consent form means. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.kit.addresses import email_address
from app.kit.phone import korean_mobile
from app.kit.private_numbers import RESIDENT_NUMBER
from app.kit.refusals import Invalid
from app.kit.signing import derive_key, keyed_hash

NAME_MAX = 20
MEMO_MAX = 4000
LIKES_MAX = 60
CODE_DIGITS = 6

# The five boxes, in the order they are shown (개인정보 보호법 22조, 정보통신망법 50조).
CONSENT_KINDS = ("age14", "required", "marketing", "ads", "ads_night")
OPTIONAL_KINDS = ("marketing", "ads", "ads_night")
# Asked where an e-mail address is typed, never on the form above.
ADS_EMAIL = "ads_email"
# Asked where notifications are switched on, apart from the browser's own question.
ADS_PUSH = "ads_push"
# Asked where a birthday or an anniversary is typed.
DAYS = "days"
# What one refusal takes back, whatever way the ads would come.
AD_KINDS = ("ads", "ads_night", ADS_EMAIL, ADS_PUSH)

# Health is sensitive data (개인정보 보호법 23조); 주민등록번호 may not be collected at all (24조의2).
_HEALTH = re.compile(
    r"(당뇨|고혈압|저혈압|암\s?환자|임신|우울증|공황|알레르기|알러지|지병|복용|투병|장애인|HIV|간염)"
)


@dataclass(frozen=True)
class Details:
    """What a person typed on the details form, as it came."""

    name: str
    phone_raw: str
    age14: bool = False
    required: bool = False
    marketing: bool = False
    ads: bool = False
    ads_night: bool = False

    def answers(self) -> dict[str, bool]:
        """Return each box's answer by consent kind."""
        return {kind: getattr(self, kind) for kind in CONSENT_KINDS}


@dataclass(frozen=True)
class CleanDetails:
    """Details that may be stored: `phone` in E.164, or None when the person gave only a name."""

    name: str
    phone: str | None
    answers: Mapping[str, bool]


def clean_details(details: Details) -> CleanDetails:
    """Check the details form.

    A name or a number needs both required boxes; without them the card stays anonymous. Night ads stand
    on ads, and ads on marketing use: an answer that can't stand is sent back, never quietly dropped.
    Raises Invalid with one sentence a field.
    """
    wrong: dict[str, str] = {}
    name = " ".join(details.name.split())
    if len(name) > NAME_MAX:
        wrong["name"] = f"이름은 {NAME_MAX}자까지 쓸 수 있어요. 짧게 줄여 주세요."
    phone = None
    if details.phone_raw.strip():
        phone = korean_mobile(details.phone_raw)
        if phone is None:
            wrong["phone"] = "휴대폰 번호를 다시 확인해 주세요. 예: 010-1234-5678"
    elif not name:
        wrong["phone"] = "휴대폰 번호를 적어 주세요. 적지 않아도 카드는 그대로 쓸 수 있어요."
    if name or details.phone_raw.strip():
        wrong.update(_missing_boxes(details))
    if wrong:
        raise Invalid(wrong)
    return CleanDetails(name=name, phone=phone, answers=details.answers())


def _missing_boxes(details: Details) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if not details.age14:
        wrong["age14"] = "만 14세 이상만 이름과 번호를 남길 수 있어요. 둘 다 지우면 이름 없이 적립돼요."
    if not details.required:
        wrong["required"] = "이름이나 번호를 남기려면 이 동의가 필요해요. 둘 다 지우면 동의 없이 적립돼요."
    if details.ads and not details.marketing:
        wrong["ads"] = "광고 문자를 받으시려면 ‘맞춤 혜택’ 동의도 함께 골라 주세요. 둘 다 안 골라도 적립돼요."
    if details.ads_night and not details.ads:
        wrong["ads_night"] = "밤에도 받으시려면 ‘광고 문자’ 동의도 함께 골라 주세요."
    return wrong


def clean_email(raw: str) -> str:
    """Return a typed e-mail address as it is stored. Raises Invalid (field: email)."""
    if not raw.strip():
        raise Invalid({"email": "이메일 주소를 적어 주세요. 예: dangol@naver.com"})
    address = email_address(raw)
    if address is None:
        raise Invalid({"email": "이메일 주소를 다시 확인해 주세요. 예: dangol@naver.com"})
    return address


def clean_notes(*, name: str, memo: str, likes: str) -> tuple[str, str, str]:
    """Check what the shop wants to remember of a person; returns (name, memo, likes) tidied.

    Raises Invalid for text that is too long, a resident number, or a note about health.
    """
    wrong: dict[str, str] = {}
    name = " ".join(name.split())
    likes = " ".join(likes.split())
    memo = memo.replace("\r\n", "\n").strip()
    if len(name) > NAME_MAX:
        wrong["name"] = f"이름은 {NAME_MAX}자까지 쓸 수 있어요."
    if len(likes) > LIKES_MAX:
        wrong["likes"] = f"좋아하는 것은 {LIKES_MAX}자까지 쓸 수 있어요. 나머지는 메모에 적어 주세요."
    if len(memo) > MEMO_MAX:
        wrong["memo"] = f"메모는 {MEMO_MAX:,}자까지 쓸 수 있어요. 지금 {len(memo):,}자예요."
    for field, value in (("memo", memo), ("likes", likes), ("name", name)):
        if sentence := not_to_be_kept(value, is_name=field == "name"):
            wrong[field] = sentence
    if wrong:
        raise Invalid(wrong)
    return name, memo, likes


def not_to_be_kept(text: str, *, is_name: bool = False) -> str:
    """Return why a text may not be kept of anybody (a resident number, health), or "". `is_name`: some are called so."""
    if RESIDENT_NUMBER.search(text):
        return "주민등록번호는 적을 수 없어요(개인정보 보호법). 지우고 저장해 주세요."
    found = None if is_name else _HEALTH.search(text)
    return f"‘{found.group()}’처럼 건강에 관한 말은 적을 수 없어요. 바꿔서 저장해 주세요." if found else ""


def standing(rows: Sequence[tuple[str, str]]) -> dict[str, bool]:
    """Return what holds now from a person's consent rows (kind, action) in the order they were made."""
    now_holds = dict.fromkeys((*CONSENT_KINDS, ADS_EMAIL, ADS_PUSH, DAYS), False)
    for kind, action in rows:
        now_holds[kind] = action == "grant"
    return now_holds


def code_of(master: bytes, *, shop_id: int, salt: str) -> str:
    """Return the six digits of a request: an HMAC under the master key, so that no copy of the database has them."""
    key = derive_key(master, "phone-code", str(shop_id))
    number = int(keyed_hash(key, "digits", salt), 16) % 10**CODE_DIGITS
    return f"{number:0{CODE_DIGITS}d}"


def read_code(typed: str) -> str:
    """Return the digits of a typed code; a keyboard's full-width ones count, spaces and dashes don't."""
    return "".join(str(int(char)) for char in typed if char.isdecimal())
