"""A group of the shop's own as conditions that are all true of its people: what may be chosen, and its sentence. Pure.

A condition is written "often:30:2": what it is about, and the value of each of its parts. A value is one of a few.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from app.kit.korean import native_count
from app.kit.refusals import Invalid

MOST_GROUPS = 20
MOST_RULES = 8
NAME_MAX = 20
_LONGEST_ID = 18  # digits: more than any row's number has

# What a shop has of its own, by which list: values and their words. products | tags | tiers | groups | warranties.
Choices = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Rule:
    """One condition: what it is about and the value of each part."""

    what: str
    values: tuple[str, ...]

    @property
    def written(self) -> str:
        """As it stands in an address and in a form."""
        return ":".join((self.what, *self.values))


@dataclass(frozen=True)
class Part:
    """One question of a condition: its label and the values it may have; `of`: a list of the shop's own."""

    label: str
    options: tuple[tuple[str, str], ...] = ()
    of: str = ""


@dataclass(frozen=True)
class What:
    """What a condition can be about.

    `ends`, `goes_on`: how it reads before 손님, and before a further condition; {0} and {1} are the words of its parts.
    `words`: what a value reads as there, where that is not its chip's word. `may_repeat`: two of it make sense.
    """

    title: str
    parts: tuple[Part, ...]
    ends: str
    goes_on: str
    words: Mapping[str, str] | None = None
    may_repeat: bool = False


def _days(*numbers: int) -> tuple[tuple[str, str], ...]:
    return tuple((str(number), f"{number}일") for number in numbers)


def _times(*numbers: int) -> tuple[tuple[str, str], ...]:
    return tuple((str(number), f"{native_count(number)} 번") for number in numbers)


def _won(*ten_thousands: int) -> tuple[tuple[str, str], ...]:
    return tuple((str(number * 10_000), f"{number:,}만 원") for number in ten_thousands)


_PARTS_OF_DAY = (("6-11", "아침"), ("11-14", "점심"), ("14-18", "오후"), ("18-22", "저녁"), ("22-6", "밤"))
_WEEKDAYS = (
    ("0-4", "평일"),
    ("5-6", "주말"),
    *((f"{number}-{number}", f"{name}요일") for number, name in enumerate("월화수목금토일")),
)
_SOURCES = (
    ("qr", "가게 QR"),
    ("poster", "포스터"),
    ("table", "탁상 안내"),
    ("sticker", "스티커"),
    ("parcel", "소포 쪽지"),
    ("link", "링크"),
    ("friend", "친구 초대"),
    ("counter", "계산대 QR"),
    ("printed", "종이 카드"),
    ("import", "가져온 명단"),
)
_FOUND_BY = (
    ("search", "검색"),
    ("friend", "친구 소개"),
    ("sns", "SNS"),
    ("passing", "지나가다"),
    ("sign", "간판"),
    ("other", "그 밖에"),
)
_FOUND_WORDS = {
    "search": "검색해서",
    "friend": "친구 소개로",
    "sns": "SNS에서",
    "passing": "지나가다가",
    "sign": "간판을 보고",
    "other": "다른 길로",
}
_MONTHS = (("this", "이번 달"), *((str(month), f"{month}월") for month in range(1, 13)))

# In the order they are offered.
WHATS: dict[str, What] = {
    "often": What(
        "자주 오신 분",
        (Part("며칠 동안", _days(7, 30, 90, 180, 365)), Part("몇 번 이상", _times(1, 2, 3, 5, 10, 20))),
        "최근 {0} 안에 {1} 이상 온",
        "최근 {0} 안에 {1} 이상 왔고",
    ),
    "away": What(
        "한동안 안 오신 분",
        (Part("며칠 넘게", _days(14, 30, 60, 90, 180, 365)),),
        "{0} 넘게 안 온",
        "{0} 넘게 안 왔고",
    ),
    "bought": What(
        "산 것",
        (Part("무엇을", of="products"), Part("며칠 안에", _days(7, 30, 90, 180, 365))),
        "최근 {1} 안에 {0/을/를} 산",
        "최근 {1} 안에 {0/을/를} 샀고",
        may_repeat=True,
    ),
    "spent": What(
        "지금까지 쓴 돈",
        (Part("얼마 이상", _won(5, 10, 30, 50, 100, 300)),),
        "지금까지 {0} 이상 쓴",
        "지금까지 {0} 이상 썼고",
    ),
    "visits": What(
        "지금까지 온 횟수",
        (Part("몇 번 이상", _times(2, 3, 5, 10, 20, 50)),),
        "모두 {0} 이상 온",
        "모두 {0} 이상 왔고",
    ),
    "group": What(
        "우리 가게의 어떤 손님", (Part("어떤 손님", of="groups"),), "‘{0}’ 그룹에 있는", "‘{0}’ 그룹에 있고"
    ),
    "gender": What(
        "성별",
        (Part("성별", (("f", "여자"), ("m", "남자"), ("unknown", "모름"))),),
        "{0}",
        "{0}",
        words={"f": "여자인|여자이고", "m": "남자인|남자이고", "unknown": "성별을 모르는|성별을 모르고"},
    ),
    "hour": What("오는 시간", (Part("주로 언제", _PARTS_OF_DAY),), "주로 {0}에 오는", "주로 {0}에 오고"),
    "weekday": What("오는 요일", (Part("주로 언제", _WEEKDAYS),), "주로 {0}에 오는", "주로 {0}에 오고"),
    "tag": What(
        "태그", (Part("태그", of="tags"),), "‘{0}’ 태그가 있는", "‘{0}’ 태그가 있고", may_repeat=True
    ),
    "tier": What("등급", (Part("등급", of="tiers"),), "{0} 등급인", "{0} 등급이고"),
    "birthday": What("생일", (Part("몇 월", _MONTHS),), "{0}에 생일이 있는", "{0}에 생일이 있고"),
    "found_by": What(
        "알게 된 길",
        (Part("어떻게 알게 되셨나요", _FOUND_BY),),
        "{0} 알게 된",
        "{0} 알게 되었고",
        words=_FOUND_WORDS,
    ),
    "source": What(
        "카드를 받은 곳",
        (Part("어디에서", _SOURCES),),
        "{0/으로/로} 카드를 받은",
        "{0/으로/로} 카드를 받았고",
    ),
    "agreed": What(
        "광고 동의",
        (Part("광고 문자", (("y", "동의했어요"), ("n", "동의 안 했어요"))),),
        "광고 문자에 {0}",
        "광고 문자에 {0}",
        words={"y": "동의한|동의했고", "n": "동의하지 않은|동의하지 않았고"},
    ),
    "coupon": What(
        "쿠폰",
        (Part("아직 안 쓴 쿠폰", (("y", "있어요"), ("n", "없어요"))),),
        "안 쓴 쿠폰이 {0}",
        "안 쓴 쿠폰이 {0}",
        words={"y": "있는|있고", "n": "없는|없고"},
    ),
    "holds": What(
        "보증서 가진 상품",
        (
            Part("어떤 보증서", of="warranties"),
            Part("보증 기간", (("valid", "남아 있어요"), ("any", "지났어도 돼요"))),
        ),
        "{0} 보증서가 {1}",
        "{0} 보증서가 {1}",
        words={"valid": "아직 남아 있는|아직 남아 있고", "any": "있는|있고"},
        may_repeat=True,
    ),
}


def options(part: Part, choices: Choices) -> tuple[tuple[str, str], ...]:
    """Return the values that a part may have in this shop, each with its word."""
    return tuple(choices.get(part.of, {}).items()) if part.of else part.options


def offered(choices: Choices) -> list[tuple[str, str]]:
    """Return what a shop may choose a condition about: (what, title); nothing about what it does not have."""
    return [
        (key, what.title) for key, what in WHATS.items() if all(options(part, choices) for part in what.parts)
    ]


def read(written: str, choices: Choices) -> Rule | None:
    """Return a written condition, or None when there is no such one in this shop."""
    key, *values = written.split(":")
    what = WHATS.get(key)
    if what is None or len(values) != len(what.parts):
        return None
    fits = all(value in dict(options(part, choices)) for part, value in zip(what.parts, values, strict=True))
    return Rule(key, tuple(values)) if fits else None


def read_stored(stored: object, groups: Collection[str]) -> Rule | None:
    """Return a condition as it lies in the database, or None where this version can't ask it.

    Written by another version, or for `groups` that there are no more. A row of the shop's that is gone is asked for
    all the same: nobody has it.
    """
    if not isinstance(stored, list) or not stored or not all(isinstance(each, str) for each in stored):
        return None
    key, *values = stored
    what = WHATS.get(key)
    if what is None or len(values) != len(what.parts):
        return None
    fits = all(_may_be(part, value, groups) for part, value in zip(what.parts, values, strict=True))
    return Rule(key, tuple(values)) if fits else None


def _may_be(part: Part, value: str, groups: Collection[str]) -> bool:
    if part.of == "groups":
        return value in groups
    if part.of:
        return value.isascii() and value.isdigit() and len(value) <= _LONGEST_ID
    return value in dict(part.options)


def with_rule(rules: Sequence[Rule], new: Rule) -> tuple[Rule, ...]:
    """Return the conditions with a new one: it stands in for an earlier one about the same."""
    if new in rules:
        return tuple(rules)
    kept = [rule for rule in rules if rule.what != new.what or WHATS[new.what].may_repeat]
    return (*kept, new)


def clean_rules(written: Sequence[str], choices: Choices) -> tuple[Rule, ...]:
    """Return what was chosen. Raises Invalid (rules) for none, too many, or what the shop has no more."""
    found: tuple[Rule, ...] = ()
    for each in written:
        rule = read(each, choices)
        if rule is None:
            raise Invalid({"rules": "지금은 쓸 수 없는 조건이 있어요. 그 조건을 빼고 저장해 주세요."})
        found = with_rule(found, rule)
    if not found:
        raise Invalid({"rules": "조건을 하나 이상 골라 주세요."})
    if len(found) > MOST_RULES:
        raise Invalid({"rules": f"조건은 {MOST_RULES}개까지 넣을 수 있어요. 하나를 빼 주세요."})
    return found


def clean_name(name: str) -> str:
    """Return a group's name, tidied. Raises Invalid (name)."""
    tidy = " ".join(name.split())
    if not tidy:
        raise Invalid({"name": "그룹 이름을 적어 주세요. 예: 주말 라떼 손님"})
    if len(tidy) > NAME_MAX:
        raise Invalid({"name": f"이름은 {NAME_MAX}자까지 쓸 수 있어요. 짧게 줄여 주세요."})
    return tidy
