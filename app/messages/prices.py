"""What a message costs: by the form it takes, and the account's own prices before ours. Pure.

Our own numbers are what a provider's public price list said without a contract, VAT excluded, and only stand in
until the account was asked for its own. Amounts are in won.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from app.kit.text import SMS_BYTES, carrier_bytes
from app.messages.contract import Account, Capabilities
from app.messages.rules import LeaveOut, Verdict, Wait

SMS, LMS, MMS, TALK = "sms", "lms", "mms", "talk"
DEFAULTS = {SMS: 20, LMS: 50, MMS: 200, TALK: 19}
# What a shop spends in a calendar month at most, until its owner chose another amount.
MONTH_WON = 30_000
# At these shares of the month's budget its owner is told.
TOLD_AT = (80, 100)
OVER = "이번 달 문자 값 한도를 다 썼어요."
_KOREA = timezone(timedelta(hours=9))


def form_of(text: str, *, channel: Capabilities, photo: bool = False) -> str:
    """Return the form in which a text travels over a channel: "sms", "lms", "mms" or "talk".

    By hand it counts as a long one, whatever its length: the opt-out link of an ad does not fit a short one.
    """
    if channel.is_template:
        return TALK
    if photo and channel.takes_photo:
        return MMS
    return SMS if carrier_bytes(text) <= SMS_BYTES and not channel.by_hand else LMS


def price_of(account: Account | None, form: str) -> int:
    """Return what one message of a form costs with an account, in won. Raises KeyError for an unknown form."""
    said = account.settings.get("prices") if account is not None else None
    own = said.get(form) if isinstance(said, dict) else None
    if isinstance(own, int | float) and not isinstance(own, bool) and own >= 0:
        return -int(-own // 1)  # some providers count tenths of a won: never less than it costs
    return DEFAULTS[form]


def month_of(moment: datetime) -> str:
    """Return the calendar month in Korea ("2026-11") that a moment's costs belong to."""
    return moment.astimezone(_KOREA).strftime("%Y-%m")


def next_month(moment: datetime) -> datetime:
    """Return when the next month begins in Korea."""
    local = moment.astimezone(_KOREA).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (local + timedelta(days=32)).replace(day=1).astimezone(UTC)


def over_budget(*, not_after: datetime, now: datetime) -> Verdict:
    """Return what the gate says of a message for which this month's budget has nothing left."""
    until = next_month(now)
    if until > not_after:
        return LeaveOut("budget", f"{OVER} 다음 달까지 미루면 너무 늦어서 보내지 않았어요.")
    return Wait(until, "budget", f"{OVER} 한도를 올리면 바로, 아니면 다음 달에 보내요.")


def share_of(won: int, month_won: int) -> int:
    """Return the percent of a month's budget that is used; 100 where there is none."""
    return 100 if month_won <= 0 else won * 100 // month_won


def read_budget(typed: str) -> int | None:
    """Return a month's budget as typed ("30,000원"), or None where it is no number of won."""
    text = "".join(typed.split()).replace(",", "").removesuffix("원")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None


def after_change(*, month_won: int, won: int) -> str:
    """Return what follows from a new budget of a month in which so much is spent already, in a sentence."""
    if month_won == 0:
        return "이제 돈 드는 문자는 보내지 않아요. 카드와 내 휴대폰으로는 그대로 보낼 수 있어요"
    if won >= month_won:
        return f"저장했어요. 이번 달에 이미 {won:,}원을 써서 이번 달에는 더 나가지 않아요"
    return f"저장했어요. 이번 달에는 {month_won - won:,}원을 더 쓸 수 있어요"
