"""Who counts as brought by whom, what both are given, and how it is told. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from app.kit.names import masked_name
from app.kit.refusals import Invalid

# So long a browser remembers by whose link it came: who is told of a shop goes there when they are near it.
LINK_LIVES = timedelta(days=30)
STAMPS_MOST = 5
MONTH_MOST = 99
PARTY_MOST = 20
# How far up a chain of invitations a circle is looked for.
CHAIN_MOST = 8

# Why nothing is given, as the owner reads it.
REASONS = {
    "self": "본인이 본인을 소개했어요",
    "staff": "직원이 만든 소개예요",
    "known": "전부터 오시던 분의 번호예요",
    "again": "전에 초대 선물을 받은 번호예요",
    "loop": "서로가 서로를 소개했어요",
}
# What the friend reads, whatever the reason: it must not tell whether a number is known here (S06).
NOTHING_FOR_FRIEND = "초대 선물은 처음 오신 분께 한 번만 드려요. 도장은 지금처럼 그대로 모여요."


@dataclass(frozen=True)
class Gift:
    """What one side is given: so many stamps, or one coupon of a kind, or nothing."""

    stamps: int = 0
    kind_id: int | None = None

    def __bool__(self) -> bool:
        return bool(self.stamps or self.kind_id)

    @property
    def choice(self) -> str:
        """The value of the form's choice: "", "stamps:2", "coupon:17"."""
        if self.kind_id:
            return f"coupon:{self.kind_id}"
        return f"stamps:{self.stamps}" if self.stamps else ""


@dataclass(frozen=True)
class Settings:
    """What the shop gives. `month_most`: gifts to one inviter in a Korean month, 0 = any number."""

    inviter: Gift
    friend: Gift
    month_most: int


@dataclass(frozen=True)
class Facts:
    """What is known about a friend and who brought them, at the friend's first visit."""

    friend_id: int
    inviter_id: int
    types_inviters_number: bool = False  # the friend typed the number that is the inviter's
    types_known_number: bool = False  # … or another customer's
    same_person_of_shop: bool = False  # both cards are the same staff member's
    stamped_by_inviter: bool = False  # the inviter works here and gave this stamp
    chain: Sequence[int] = ()  # who brought the inviter, and who brought them …


def why_not(facts: Facts) -> str:
    """Return why nothing is given (a key of REASONS), or "" when both are.

    Whether the number had a friend's gift before ("again") only the unique row can say: flows/referral.py.
    """
    if facts.friend_id == facts.inviter_id or facts.types_inviters_number:
        return "self"
    if facts.same_person_of_shop or facts.stamped_by_inviter:
        return "staff"
    if facts.friend_id in facts.chain:
        return "loop"
    return "known" if facts.types_known_number else ""


def inviter_has_room(*, given_this_month: int, month_most: int) -> bool:
    """Say whether this month holds one more gift for who invites."""
    return not month_most or given_this_month < month_most


def gift_words(gift: Gift, coupons: Mapping[int, str]) -> str:
    """Return what a gift is called: "도장 2개", the coupon's name, "" for nothing (or a coupon that is gone)."""
    if gift.kind_id:
        return coupons.get(gift.kind_id, "")
    return f"도장 {gift.stamps}개" if gift.stamps else ""


def promise_words(*, inviter: str, friend: str) -> str:
    """Return the promise in one sentence. `inviter`, `friend`: gift_words()."""
    if not (inviter or friend):
        return "친구에게 우리 가게를 알려 주세요"
    if inviter == friend:
        return f"친구가 처음 오면 두 분 모두 {_named(inviter)}{_TAKE[_is_stamps(inviter)]}"
    told = [f"나는 {_named(inviter)}" if inviter else "", f"친구는 {_named(friend)}" if friend else ""]
    return f"친구가 처음 오면 {', '.join(filter(None, told))}{_TAKE[_is_stamps(friend or inviter)]}"


# A counter of stamps ends in a vowel, a coupon does not.
_TAKE = {True: "를 받아요", False: "을 받아요"}


def _is_stamps(words: str) -> bool:
    return words.startswith("도장 ")


def _named(words: str) -> str:
    if _is_stamps(words):
        return words
    return f"‘{words}’" if words.endswith("쿠폰") else f"‘{words}’ 쿠폰"


def friend_words(friend: str) -> str:
    """Return what the friend reads on the join page about the first visit. `friend`: gift_words()."""
    if not friend:
        return ""
    given = f"{friend}를 더" if _is_stamps(friend) else f"{_named(friend)}을"
    return f"첫 방문에 {given} 드려요"


def shown_name(name: str) -> str:
    """Return a name as a friend may see it: 김단골 → 김*골; "" where nothing would be left to read."""
    masked = masked_name(name)
    return masked if masked.strip("*") else ""


def clean_party(typed: str) -> int:
    """Return how many came together, the person included. Raises Invalid (field: size)."""
    size = int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 3 else 0
    if not 1 <= size <= PARTY_MOST:
        raise Invalid({"size": f"함께 오신 분은 1명부터 {PARTY_MOST}명까지 적을 수 있어요."})
    return size


def clean_settings(*, inviter: str, friend: str, month_most: str, coupons: Mapping[int, str]) -> Settings:
    """Check what the shop wants to give. `coupons`: the kinds it may choose. Raises Invalid with a sentence a field."""
    wrong: dict[str, str] = {}
    gifts = {name: _gift(typed, coupons) for name, typed in (("inviter", inviter), ("friend", friend))}
    for name, gift in gifts.items():
        if gift is None:
            wrong[name] = "목록에서 하나를 골라 주세요."
    most = month_most.strip()
    if not (most.isascii() and most.isdigit()) or int(most[:4]) > MONTH_MOST:
        wrong["month_most"] = f"0부터 {MONTH_MOST} 사이의 숫자로 적어 주세요. 0은 제한이 없어요."
    if not wrong and not gifts["inviter"] and not gifts["friend"]:
        wrong["friend"] = "둘 중 한 분께는 드릴 것을 골라 주세요."
    if wrong:
        raise Invalid(wrong)
    return Settings(gifts["inviter"] or Gift(), gifts["friend"] or Gift(), int(most))


def _gift(typed: str, coupons: Mapping[int, str]) -> Gift | None:
    if not typed:
        return Gift()
    kind, _, number = typed.partition(":")
    if not (number.isascii() and number.isdigit() and len(number) <= 18):
        return None
    if kind == "stamps" and 1 <= int(number) <= STAMPS_MOST:
        return Gift(stamps=int(number))
    return Gift(kind_id=int(number)) if kind == "coupon" and int(number) in coupons else None
