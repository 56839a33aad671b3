"""What may be written of a person beyond who they are: tags, who comes along, how they found the shop. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.customers.day_rules import CALENDARS, number
from app.customers.rules import not_to_be_kept
from app.kit.lunar import Yearly, exists
from app.kit.phone import korean_mobile
from app.kit.refusals import Invalid

TAG_MAX = 20
TAGS_MOST = 60  # words of a shop: more are no words any more
COMPANION_MAX = 20
COMPANIONS_MOST = 10  # of one person
NOTE_MAX = 120
NAME_MAX = 20
REASON_MIN, REASON_MAX = 4, 80

GENDERS = {"f": "여성", "m": "남성"}
# How somebody came to know the shop, as the customer reads it.
FOUND_BY = {
    "search": "검색해서",
    "friend": "소개받아서",
    "sns": "인스타 같은 SNS에서",
    "passing": "지나가다가",
    "sign": "간판이나 전단을 보고",
    "other": "다른 길로",
}
# Where the shop has the number of somebody it writes down itself (개인정보 보호법 20조: it must be able to say so).
ORIGINS = {
    "hand_asked": "가게에서 여쭤봤어요",
    "hand_phone": "전화로 여쭤봤어요",
    "hand_list": "쓰던 손님 명단에 있어요",
}
# How the shop came to hold what it knows of somebody, as the owner reads it.
SOURCES = {
    "qr": "가게 QR로 받으셨어요",
    "link": "링크로 받으셨어요",
    "poster": "포스터의 QR로 받으셨어요",
    "table": "탁상 안내의 QR로 받으셨어요",
    "sticker": "스티커의 QR로 받으셨어요",
    "friend": "친구의 초대로 오셨어요",
    "parcel": "소포에 넣은 쪽지로 받으셨어요",
    "counter": "계산대의 QR로 받으셨어요",
    "printed": "종이 카드를 드렸어요",
    "card": "카드에서 적으셨어요",
    "staff": "가게에서 만들어 드렸어요",
    "demo": "예시로 만든 손님이에요",
    "import": "가져온 파일에 있었어요",
    "hand_asked": "가게에서 여쭤보고 적었어요",
    "hand_phone": "전화로 여쭤보고 적었어요",
    "hand_list": "쓰던 손님 명단을 보고 적었어요",
}
COMPANION_FIELDS = ("name", "note", "birth_month", "birth_day", "birth_calendar", "days", "photo")


@dataclass(frozen=True)
class CleanCompanion:
    """Who comes along, as it may be kept. `name` as called, nothing added; `birth` None where nothing was typed."""

    name: str
    note: str
    birth: Yearly | None


@dataclass(frozen=True)
class CleanPerson:
    """A person the shop writes down itself; `phone` in E.164."""

    name: str
    phone: str
    origin: str


def clean_tag(typed: str) -> str:
    """Return a tag as it is kept. Raises Invalid (field: tag)."""
    name = " ".join(typed.replace("#", " ").split())
    if not name:
        raise Invalid({"tag": "붙일 말을 적어 주세요. 예: 창가 자리"})
    if len(name) > TAG_MAX:
        raise Invalid({"tag": f"태그는 {TAG_MAX}자까지 쓸 수 있어요. 짧게 줄여 주세요."})
    if sentence := not_to_be_kept(name):
        raise Invalid({"tag": sentence})
    return name


def clean_companion(typed: Mapping[str, str]) -> CleanCompanion:
    """Check who comes along. Raises Invalid with a sentence a field (name, note, birth_day)."""
    wrong: dict[str, str] = {}
    name, note = (" ".join(typed.get(field, "").split()) for field in ("name", "note"))
    if not name:
        wrong["name"] = "부르는 이름을 적어 주세요. 예: 콩이"
    elif len(name) > COMPANION_MAX:
        wrong["name"] = f"부르는 이름은 {COMPANION_MAX}자까지 쓸 수 있어요."
    if len(note) > NOTE_MAX:
        wrong["note"] = f"기억할 것은 {NOTE_MAX}자까지 쓸 수 있어요."
    for field, value in (("name", name), ("note", note)):
        if field not in wrong and (sentence := not_to_be_kept(value)):
            wrong[field] = sentence
    birth = _birth(typed, wrong)
    if wrong:
        raise Invalid(wrong)
    return CleanCompanion(name, note, birth)


def _birth(typed: Mapping[str, str], wrong: dict[str, str]) -> Yearly | None:
    month, day = (typed.get(f"birth_{part}", "").strip() for part in ("month", "day"))
    if not month and not day:
        return None
    calendar = typed.get("birth_calendar", "") or "solar"
    found = Yearly(number(month), number(day), calendar != "solar", calendar == "leap")
    if not month or not day:
        wrong["birth_day"] = "달과 날을 모두 골라 주세요. 적지 않으려면 둘 다 비워 주세요."
    elif calendar not in dict(CALENDARS) or not exists(found):
        wrong["birth_day"] = "그런 날은 없어요. 달과 날을 다시 골라 주세요."
    return None if "birth_day" in wrong else found


def clean_person(*, name: str, phone: str, origin: str, agreed: bool) -> CleanPerson:
    """Check a person the shop writes down itself. Raises Invalid with a sentence a field (name, phone, origin, agreed)."""
    wrong: dict[str, str] = {}
    name = " ".join(name.split())
    if len(name) > NAME_MAX:
        wrong["name"] = f"이름은 {NAME_MAX}자까지 쓸 수 있어요."
    elif sentence := not_to_be_kept(name):
        wrong["name"] = sentence
    number = korean_mobile(phone)
    if number is None:
        wrong["phone"] = "휴대폰 번호를 다시 확인해 주세요. 예: 010-1234-5678"
    if origin not in ORIGINS:
        wrong["origin"] = "번호를 어떻게 알게 됐는지 골라 주세요."
    if not agreed:
        wrong["agreed"] = "손님이 그러자고 하셨을 때만 적을 수 있어요. 먼저 여쭤봐 주세요."
    if wrong or number is None:
        raise Invalid(wrong)
    return CleanPerson(name, number, origin)


def clean_phone(typed: str) -> str:
    """Return a number as it is kept (E.164). Raises Invalid (field: phone)."""
    number = korean_mobile(typed)
    if number is None:
        raise Invalid({"phone": "휴대폰 번호를 다시 확인해 주세요. 예: 010-1234-5678"})
    return number


def clean_about(*, gender: str, found_by: str) -> tuple[str, str]:
    """Return what was chosen of a person, "" where nothing was. Raises Invalid for what is no choice."""
    if gender not in ("", *GENDERS):
        raise Invalid({"gender": "여성, 남성 중에서 골라 주세요. 고르지 않아도 돼요."})
    if found_by not in ("", *FOUND_BY):
        raise Invalid({"found_by": "어떻게 알고 오셨는지 다시 골라 주세요."})
    return gender, found_by


def clean_reason(typed: str, *, such_as: str = "세무사에게 손님 수를 보여 주려고") -> str:
    """Return why the list leaves the shop. It is kept for good: nobody's number stands in it. Raises Invalid (reason).

    `such_as`: a reason that fits the list, for who wrote none.
    """
    reason = " ".join(typed.split())
    if len(reason) < REASON_MIN:
        raise Invalid({"reason": f"왜 내려받는지 적어 주세요. 예: {such_as}"})
    if len(reason) > REASON_MAX:
        raise Invalid({"reason": f"까닭은 {REASON_MAX}자까지 쓸 수 있어요."})
    if sum(char.isdigit() for char in reason) >= 7:
        raise Invalid({"reason": "까닭에 전화번호는 적지 말아 주세요. 이 글은 지울 수 없는 기록에 남아요."})
    return reason
