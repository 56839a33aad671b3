"""What a coupon gives, until when it is good, and when it may be used. Pure.

A coupon is given free (신유형 상품권 표준약관 3조 does not reach it, but it must say so): every one prints
무상 제공, its conditions and its last day. Nothing is sold, nothing is changed into money.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone

from app.cards.rules import UnknownCode, code_step
from app.kit.refusals import Refused
from app.kit.signing import SPOKEN_ALPHABET, same, spoken_mac

_KOREA = timezone(timedelta(hours=9))  # no summer time; rules read no time zone files
_MAC_LENGTH = 10  # 50 bits, for half a minute

FORMS = ("amount", "percent", "item", "extra")
RULES = (
    "manual",
    "sign_up",
    "nth_visit",
    "review",
    "birthday",
    "anniversary",
    "win_back",
    "season",
    "referral",
    "recovery",
    "tier",
)
# Promised before it was earned: on the join button, on the card, on the review's form, by the tier, by the
# friend's link, or taken in a thread. Telling of it keeps a promise; of any other coupon it is an ad.
EARNED = frozenset({"sign_up", "nth_visit", "review", "referral", "recovery", "tier"})
# These look at a person's own days or silence to offer something: only with the marketing consent
# (개인정보 보호법 22조).
NEEDS_MARKETING = frozenset({"birthday", "anniversary", "win_back"})
# What was given by hand may be taken back for so long, while nobody has used it.
WITHDRAW_WITHIN = timedelta(days=1)
# A gift to many waits so long before it begins: whoever gave it by mistake stops it while nobody has anything.
GROUP_WAITS = timedelta(minutes=5)
# So long before its end its holder is reminded once.
REMIND_BEFORE = timedelta(days=3)


class CouponGone(Refused):
    """The coupon was used before or taken back."""

    code = "coupon_gone"
    sentence = "이미 쓴 쿠폰이에요."

    def __init__(self, *, used_at: datetime | None = None, by: str = "") -> None:
        if used_at is None:
            super().__init__()
            return
        when = _moment(used_at)
        super().__init__(f"{when}에 이미 쓴 쿠폰이에요." + (f" {by} 님이 처리했어요." if by else ""))


class CouponWithdrawn(CouponGone):
    """The coupon was taken back before anybody used it."""

    code = "coupon_withdrawn"
    sentence = "가게에서 거둔 쿠폰이에요. 손님께 지금 쓸 수 있는 쿠폰을 보여 달라고 해 주세요."

    def __init__(self) -> None:
        Refused.__init__(self)


class CouponOver(Refused):
    """The coupon's last minute has passed."""

    code = "coupon_over"

    def __init__(self, expires_at: datetime) -> None:
        super().__init__(f"{until_words(expires_at)} 쓸 수 있던 쿠폰이에요. 기한이 지나서 쓸 수 없어요.")


class AmountMissing(Refused):
    """The coupon asks how much the purchase was."""

    code = "amount_missing"
    status = 422
    sentence = "얼마어치 사셨는지 적어 주세요."


class TooLittle(Refused):
    """The purchase is smaller than the coupon asks for."""

    code = "too_little"
    status = 422

    def __init__(self, least: int, amount: int) -> None:
        super().__init__(f"{least:,}원부터 쓸 수 있어요. 지금은 {amount:,}원이에요.")


class NotTogether(Refused):
    """Another coupon was used in this visit, and one of the two stands alone."""

    code = "not_together"
    sentence = "이번 방문에 다른 쿠폰을 이미 썼어요. 함께 쓸 수 없는 쿠폰이니 다음에 써 주세요."


class TierTooLow(Refused):
    """The coupon is for a tier that the holder has not reached."""

    code = "tier_too_low"
    sentence = "정해 둔 등급부터 쓸 수 있는 쿠폰이에요."


class OldCoupon(Refused):
    """A real coupon, but a code from before: a screenshot, or a phone whose clock is wrong."""

    code = "old_coupon"
    sentence = "시간이 지난 쿠폰 코드예요. 손님께 쿠폰을 새로 열어 달라고 해 주세요."


class ForeignCoupon(Refused):
    """A coupon of another shop, or of nobody's."""

    code = "foreign_coupon"
    status = 422
    sentence = "우리 가게 쿠폰이 아니에요. 손님께 우리 가게 쿠폰을 열어 달라고 해 주세요."


@dataclass(frozen=True)
class Terms:
    """What a kind gives and under which conditions. Won, percent, stamps, days; 0 = none or any."""

    name: str
    form: str
    value: int = 0
    rule: str = "manual"
    rule_value: int = 0
    valid_days: int = 30
    valid_until: date | None = None
    starts_on: date | None = None
    least_amount: int = 0
    least_tier_id: int | None = None
    stacks: bool = False
    per_person: int = 1
    total: int = 0

    @property
    def asks_amount(self) -> bool:
        """Whether the won of the purchase decide something."""
        return self.form == "percent" or self.least_amount > 0


def end_of(*, valid_days: int, valid_until: date | None, issued_at: datetime) -> datetime | None:
    """Return the moment from which a coupon issued now is no good: the end of its last day in Korea.

    `valid_days` 30 means that the 30th day after today is the last good one; `valid_until` ends it earlier.
    """
    last = valid_until
    if valid_days:
        counted = issued_at.astimezone(_KOREA).date() + timedelta(days=valid_days)
        last = min(counted, last) if last else counted
    if last is None:
        return None
    return datetime.combine(last + timedelta(days=1), time.min, tzinfo=_KOREA).astimezone(UTC)


def last_day(expires_at: datetime) -> date:
    """Return the last Korean day on which a coupon is good."""
    return (expires_at - timedelta(minutes=1)).astimezone(_KOREA).date()


def until_words(expires_at: datetime) -> str:
    """Return "12월 26일(토) 밤 11:59까지"."""
    return f"{_day(last_day(expires_at))} 밤 11:59까지"


def _day(day: date) -> str:
    return f"{day.month}월 {day.day}일({'월화수목금토일'[day.weekday()]})"


def _moment(moment: datetime) -> str:
    local = moment.astimezone(_KOREA)
    half = "오전" if local.hour < 12 else "오후"
    return f"{_day(local.date())} {half} {(local.hour + 11) % 12 + 1}:{local.minute:02d}"


def gives_itself(terms: Terms, *, today: date) -> bool:
    """Say whether a kind may issue on a Korean day: after its first, and before its last good one is over."""
    if terms.valid_until is not None and today > terms.valid_until:
        return False
    return terms.starts_on is None or today >= terms.starts_on


def taken_off(*, form: str, value: int, amount: int | None) -> int:
    """Return the won that a coupon takes off a purchase; 0 for things. Parts of a won are the customer's loss."""
    if form == "percent":
        return (amount or 0) * value // 100
    if form == "amount":
        return value if amount is None else min(value, amount)
    return 0


def may_use(
    terms: Terms,
    *,
    expires_at: datetime | None,
    amount: int | None,
    beside: Sequence[bool],
    tier_allows: bool,
    now: datetime,
) -> Refused | None:
    """Say why a living coupon may not be used now, or None.

    `amount`: won of the purchase, None when nobody typed it. `beside`: for every coupon already used in this
    visit, whether it may stand beside another.
    """
    if expires_at is not None and now >= expires_at:
        return CouponOver(expires_at)
    if not tier_allows:
        return TierTooLow()
    if beside and not (terms.stacks and all(beside)):
        return NotTogether()
    if terms.asks_amount and amount is None:
        return AmountMissing()
    if amount is not None and amount < terms.least_amount:
        return TooLittle(terms.least_amount, amount)
    return None


def coupon_code(*, key: bytes, shop_id: int, card_ref: str, ref: str, step: int) -> str:
    """Return the text of a coupon's rotating QR: `C1.<ref>.<50-bit HMAC>`, by the key of its holder's card."""
    return f"C1.{ref}.{_mac(key, shop_id, card_ref, ref, step)}"


def matching_step(
    *, key: bytes, shop_id: int, card_ref: str, ref: str, mac: str, now: datetime
) -> int | None:
    """Return the step −1…+1 whose code this is, or None when it is too old (or forged)."""
    here = code_step(now)
    for step in (here, here - 1, here + 1):
        if same(_mac(key, shop_id, card_ref, ref, step), mac):
            return step
    return None


def _mac(key: bytes, shop_id: int, card_ref: str, ref: str, step: int) -> str:
    return spoken_mac(key, f"{shop_id}.{card_ref}.{ref}.{step}", _MAC_LENGTH)


def is_coupon(text: str) -> bool:
    """Say whether a scanned text means to be a coupon's code."""
    return text.strip().upper().startswith("C1.")


def read_code(text: str) -> tuple[str, str]:
    """Split a coupon's code into (ref, mac). Raises UnknownCode for anything else."""
    parts = text.strip().upper().split(".")
    if len(parts) != 3 or parts[0] != "C1" or len(parts[2]) != _MAC_LENGTH:
        raise UnknownCode
    if not parts[1] or not set(parts[1] + parts[2]) <= set(SPOKEN_ALPHABET):
        raise UnknownCode
    return parts[1], parts[2]
