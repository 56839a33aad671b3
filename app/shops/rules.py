"""What a shop may say about itself, and how people who work there get in. Pure."""

from __future__ import annotations

import hashlib
import itertools
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.kit.addresses import email_address
from app.kit.refusals import Invalid, Refused

PASSWORD_MIN = 10
SESSION_DAYS = 30
# Failed sign-ins allowed in the window, by account and by address (S19).
TRY_WINDOW_S = 15 * 60
TRIES_PER_LOGIN = 10
TRIES_PER_IP = 30
GOALS = range(2, 31)
# From the least to the most.
ROLES = ("staff", "manager", "owner")
# So long the answer to "is it still you?" counts on the same browser.
SUDO_FOR = timedelta(minutes=10)
# So long after the last use a shared device still takes the hand at it for the same person's.
ACTING_FOR = timedelta(minutes=10)
# A pause for one person at one device, and an end for the day wherever it is guessed.
PIN_WINDOW_S, TRIES_PER_PIN = 5 * 60, 5
PIN_DAY_S, TRIES_PER_PIN_A_DAY = 24 * 3600, 30
RECOVERY_CODES = 8

# The passwords that are tried first everywhere, and their Korean keyboard cousins.
_COMMON = {
    "1234567890", "0123456789", "qwertyuiop", "password12", "password123", "1q2w3e4r5t", "qwerty1234",
    "asdf123456", "abcd123456", "1111111111", "0000000000", "dkssudgktpdy", "tkfkdgo1004", "dangol1234",
}  # fmt: skip
_EASY_PINS = {"2580", "0852", "1004", "1122", "112233", "1379", "7942"}
# The first that fits; more telling marks stand before the ones they contain.
_MACHINES = (
    ("iPhone", "아이폰"),
    ("iPad", "아이패드"),
    ("SM-T", "갤럭시 탭"),
    ("Android", "안드로이드 폰"),
    ("Windows", "윈도우 컴퓨터"),
    ("Macintosh", "맥"),
    ("Linux", "리눅스 컴퓨터"),
)
_BROWSERS = (
    ("KAKAOTALK", "카카오톡"),
    ("NAVER", "네이버 앱"),
    ("SamsungBrowser", "삼성 인터넷"),
    ("Whale", "웨일"),
    ("Edg", "엣지"),
    ("Firefox", "파이어폭스"),
    ("Chrome", "크롬"),
    ("Safari", "사파리"),
)
_FREE_CALL = re.compile(r"080[0-9]{7,8}")
_CONTACT = re.compile(r"[0-9][0-9 -]{6,14}[0-9]")


class WrongLogin(Refused):
    """The login or the password is wrong; which one is not said."""

    code = "wrong_login"
    status = 422
    sentence = "아이디나 비밀번호가 맞지 않아요. 다시 확인해 주세요."


class PlainHttp(Refused):
    """Personal data may not travel unencrypted (개인정보의 안전성 확보조치 기준 제7조): a demo shop only."""

    code = "plain_http"
    status = 403
    sentence = (
        "이 주소는 암호화되지 않아서 가게 카드를 열 수 없어요. "
        "사장님께서 https 주소로 켜 주셔야 해요(PUBLIC_URL 또는 make run TLS=1)."
    )


class TooManyTries(Refused):
    """Too many failed sign-ins for this account or from this address."""

    code = "too_many_tries"
    status = 429
    sentence = "여러 번 틀려서 잠시 막았어요. 15분 뒤에 다시 해 주세요."


class SecondStepDue(Refused):
    """The password is right; the second step is asked for next. `mark` says which password that was."""

    code = "second_step_due"
    status = 401
    sentence = "2단계 인증이 남았어요."

    def __init__(self, *, shop_id: int, staff_id: int, mark: str) -> None:
        super().__init__()
        self.shop_id, self.staff_id, self.mark = shop_id, staff_id, mark


class TooManyPins(Refused):
    """Too many wrong PINs of this person at this device."""

    code = "too_many_pins"
    status = 429
    sentence = (
        "비밀 숫자를 여러 번 틀려서 잠시 멈췄어요. 5분 뒤에 다시 해 주세요. "
        "급하면 사장님께 새 숫자를 부탁해 주세요."
    )


class PinUsedUp(Refused):
    """So many wrong PINs of this person in a day that somebody is guessing."""

    code = "pin_used_up"
    status = 429
    sentence = "오늘 너무 여러 번 틀렸어요. 내 휴대폰의 더보기에서 비밀 숫자를 새로 정해 주세요."


class LinkGone(Refused):
    """The one-time link was used, or has run out."""

    code = "link_gone"
    status = 410
    sentence = "한 번 쓴 주소이거나 시간이 지났어요. 새 주소로 들어와 주세요."


@dataclass(frozen=True)
class Profile:
    """What the shop tells everyone about itself."""

    name: str
    owner_name: str
    address: str
    story: str


def clean_profile(*, name: str, owner_name: str, address: str, story: str) -> Profile:
    """Check the shop's profile. Raises Invalid."""
    name, owner_name, address = (" ".join(text.split()) for text in (name, owner_name, address))
    wrong: dict[str, str] = {}
    if not name:
        wrong["name"] = "가게 이름을 적어 주세요."
    elif len(name) > 20:
        wrong["name"] = "가게 이름은 20자까지 쓸 수 있어요."
    if len(owner_name) > 20:
        wrong["owner_name"] = "이름은 20자까지 쓸 수 있어요."
    if len(address) > 80:
        wrong["address"] = "주소는 80자까지 쓸 수 있어요."
    if len(story) > 500:
        wrong["story"] = "가게 이야기는 500자까지 쓸 수 있어요."
    if wrong:
        raise Invalid(wrong)
    return Profile(name, owner_name, address, story.strip())


def clean_card_rule(*, goal: str, reward_name: str) -> tuple[int, str]:
    """Check what a full card gives: (stamps, reward). Raises Invalid."""
    wrong: dict[str, str] = {}
    reward_name = " ".join(reward_name.split())
    goal = goal.strip()
    number = int(goal) if goal.isascii() and goal.isdigit() and len(goal) < 5 else 0
    if number not in GOALS:
        wrong["goal"] = f"도장은 {GOALS.start}개부터 {GOALS.stop - 1}개까지 정할 수 있어요."
    if not reward_name:
        wrong["reward_name"] = "다 모으면 드릴 것을 적어 주세요. 예: 아메리카노 한 잔"
    elif len(reward_name) > 20:
        wrong["reward_name"] = "혜택 이름은 20자까지 쓸 수 있어요."
    if wrong:
        raise Invalid(wrong)
    return number, reward_name


def clean_hours(*, opens: str, closes: str) -> tuple[int, int]:
    """Check "HH:MM" opening and closing; returns minutes after midnight, closing may pass 1440.

    Raises Invalid.
    """
    minutes = [minute_of(text) for text in (opens, closes)]
    wrong = {
        field: "시각을 다시 골라 주세요. 예: 09:00"
        for field, minute in zip(("opens", "closes"), minutes, strict=True)
        if minute is None
    }
    if wrong or minutes[0] is None or minutes[1] is None:
        raise Invalid(wrong)
    opens_at, closes_at = minutes[0], minutes[1]
    return opens_at, closes_at if closes_at > opens_at else closes_at + 24 * 60


def minute_of(text: str) -> int | None:
    """Return minutes after midnight of "HH:MM", as an input of a time gives it; None when it is none."""
    found = re.fullmatch(r"(\d{1,2}):(\d{2})(?::\d{2})?", text.strip())
    if not found or int(found[1]) > 23 or int(found[2]) > 59:
        return None
    return int(found[1]) * 60 + int(found[2])


def clean_contact(phone: str) -> str:
    """Check the shop's contact number, which every message must carry (50조 4항). Raises Invalid."""
    phone = phone.strip()
    if not _CONTACT.fullmatch(phone):
        raise Invalid({"phone": "손님이 전화할 수 있는 가게 번호를 적어 주세요. 예: 02-123-4567"})
    return phone


def clean_080(number: str) -> str:
    """Check the number that takes opt-outs free of charge (수신자 부담 080); "" for none. Raises Invalid."""
    digits = "".join(char for char in number if char not in " -")
    if not digits:
        return ""
    if not _FREE_CALL.fullmatch(digits):
        raise Invalid({"opt_out_080": "080으로 시작하는 번호를 적거나 비워 두세요. 예: 080-123-4567"})
    return f"{digits[:3]}-{digits[3:-4]}-{digits[-4:]}"


def clean_reply_address(typed: str) -> str:
    """Check the shop's own e-mail address, where answers to its e-mails go; "" for none. Raises Invalid."""
    if not typed.strip():
        return ""
    address = email_address(typed)
    if address is None:
        raise Invalid({"email": "이메일 주소를 다시 확인하거나 비워 두세요. 예: shop@naver.com"})
    return address


def clean_account(*, name: str, login: str, password: str) -> tuple[str, str, str]:
    """Check a new account: (name, login, password). Raises Invalid (S19: 10 characters, not a common one)."""
    name, login = " ".join(name.split()), login.strip().lower()
    wrong: dict[str, str] = {}
    if not name:
        wrong["name"] = "이름을 적어 주세요."
    elif len(name) > 20:
        wrong["name"] = "이름은 20자까지 쓸 수 있어요."
    if not re.fullmatch(r"[a-z0-9._@-]{4,40}", login):
        wrong["login"] = "아이디는 영어 소문자와 숫자로 4자부터 쓸 수 있어요."
    if len(password) < PASSWORD_MIN:
        wrong["password"] = f"비밀번호는 {PASSWORD_MIN}자부터 쓸 수 있어요. 짧은 문장도 좋아요."
    elif len(password) > 200:
        wrong["password"] = "비밀번호가 너무 길어요. 200자까지 쓸 수 있어요."
    elif password.lower() in _COMMON or len(set(password)) < 4 or password.lower() == login:
        wrong["password"] = "너무 쉬운 비밀번호예요. 다른 말로 정해 주세요."
    if wrong:
        raise Invalid(wrong)
    return name, login, password


def clean_pin(pin: str) -> str:
    """Check a PIN for the shared device: 4 to 6 digits that are not the first one would try. Raises Invalid."""
    pin = pin.strip()
    if not re.fullmatch(r"[0-9]{4,6}", pin):
        raise Invalid({"pin": "숫자 네 개에서 여섯 개로 정해 주세요."})
    steps = {(int(b) - int(a)) % 10 for a, b in itertools.pairwise(pin)}
    # All the same, up or down one by one (also over 9 and 0), a pair again and again, the middle of the pad.
    if (len(steps) == 1 and steps <= {0, 1, 9}) or pin[:2] * (len(pin) // 2) == pin or pin in _EASY_PINS:
        raise Invalid({"pin": "너무 쉬운 숫자예요. 1234나 0000 같은 것 말고 다른 숫자로 정해 주세요."})
    return pin


def clean_person(*, name: str, role: str) -> tuple[str, str]:
    """Check what a person is called and what they may do: (name, role). Raises Invalid."""
    name = " ".join(name.split())
    wrong = {}
    if not name:
        wrong["name"] = "이름을 적어 주세요."
    elif len(name) > 20:
        wrong["name"] = "이름은 20자까지 쓸 수 있어요."
    if role not in ROLES:
        wrong["role"] = "맡길 일을 골라 주세요."
    if wrong:
        raise Invalid(wrong)
    return name, role


def role_on_shared(role: str) -> str:
    """Return what a person may do on a device that others use too: never what only an owner may."""
    return "manager" if role == "owner" else role


def line_hash(
    *,
    shop_id: int,
    number: int,
    at: datetime,
    staff_id: int | None,
    what: str,
    subject: str,
    detail: str,
    hash_before: str,
) -> str:
    """Return the hash of one line of the record of changes, over its canonical JSON and the hash before it."""
    facts = [shop_id, number, at.astimezone(UTC).isoformat(), staff_id, what, subject, detail, hash_before]
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def device_words(user_agent: str) -> str:
    """Return what a browser calls itself in words a person recognises: "아이폰 · 카카오톡"."""
    machine = next((word for mark, word in _MACHINES if mark in user_agent), "알 수 없는 기기")
    browser = next((word for mark, word in _BROWSERS if mark in user_agent), "")
    return f"{machine} · {browser}" if browser else machine


def first_syllable(name: str) -> str:
    """Return what the 도장 shows when the shop chose no mark of its own."""
    return next((char for char in name if char.isalnum()), "단")
