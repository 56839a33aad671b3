"""What an amount, a price button and the days of a product may be. Pure; amounts in won."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.kit.refusals import Invalid, Refused

MOST = 9_999_999
# No buttons, or so many: fewer than three is no choice, more than six is a list.
BUTTONS = range(3, 7)
_LEAST_PRICE = 100
# Asking how it was while it is fresh in mind, and while the link to the form still lives (reviews/rules.py).
REVIEW_DAYS = range(1, 46)
REBUY_DAYS = range(2, 366)


# Channels of which somebody stands at the counter: a stamp within hours of it belongs to the same visit.
AT_COUNTER = ("shop", "pos")
# So begins the source_key of what staff wrote down themselves.
BY_HAND = "hand:"
NAME_MOST = 60
PIECES_MOST = 999


@dataclass(frozen=True)
class Bought:
    """One line of a purchase; `price` in won for one piece."""

    name: str
    quantity: int
    price: int


class NotToday(Refused):
    """Only the amount of a visit of today may be put right."""

    code = "not_today"
    sentence = "오늘 온 손님의 금액만 고칠 수 있어요. 지난 날의 금액은 그대로 두세요."


class ToldElsewhere(Refused):
    """The amount came from a till, or from what staff wrote down: it is put right there."""

    code = "told_elsewhere"
    sentence = "포스나 ‘구매 적기’로 적은 금액이에요. 잘못 적혔으면 거기에서 고쳐 주세요."


def read_amount(typed: str) -> int | None:
    """Return an amount as typed ("12,000원"), or None for nothing at all. Raises Invalid (field: amount)."""
    text = "".join(typed.split()).replace(",", "").removesuffix("원")
    if not text:
        return None
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0
    if not 1 <= number <= MOST:
        raise Invalid({"amount": "금액은 숫자로 적어 주세요. 1원부터 9,999,999원까지 적을 수 있어요."})
    return number


def read_prices(typed: Sequence[str]) -> tuple[int, ...]:
    """Return the prices that become buttons, in the order they were typed; none switches the buttons off.

    Raises Invalid (fields: price1 …, or price1 for their number).
    """
    wrong: dict[str, str] = {}
    prices: list[int] = []
    for place, text in enumerate(typed, start=1):
        try:
            price = read_amount(text)
        except Invalid:
            price = 0
        if price is None:
            continue
        if price < _LEAST_PRICE:
            wrong[f"price{place}"] = "100원부터 9,999,999원까지 숫자로 적어 주세요. 예: 4500"
        elif price in prices:
            wrong[f"price{place}"] = "위에 같은 금액이 있어요. 다른 금액을 적거나 비워 두세요."
        else:
            prices.append(price)
    if not wrong and prices and len(prices) not in BUTTONS:
        wrong["price1"] = "금액은 세 개부터 여섯 개까지 적어 주세요. 쓰지 않으려면 모두 비워 두세요."
    if wrong:
        raise Invalid(wrong)
    return tuple(prices)


@dataclass(frozen=True)
class CleanDays:
    """How long something lasts, in days after it was bought; None where the owner said nothing."""

    review_days: int | None
    rebuy_days: int | None


def read_days(*, review_days: str, rebuy_days: str) -> CleanDays:
    """Read how long a product lasts as typed ("14", "14일"), "" = not said. Raises Invalid (a sentence a field)."""
    wrong: dict[str, str] = {}
    found: dict[str, int | None] = {}
    for name, typed, span in (
        ("review_days", review_days, REVIEW_DAYS),
        ("rebuy_days", rebuy_days, REBUY_DAYS),
    ):
        text = "".join(typed.split()).removesuffix("일")
        found[name] = int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else None
        if text and found[name] not in span:
            wrong[name] = (
                f"{span.start}일부터 {span.stop - 1}일까지 숫자로 적어 주세요. 모르시면 비워 두세요."
            )
    if wrong:
        raise Invalid(wrong)
    return CleanDays(found["review_days"], found["rebuy_days"])


def shared(amount: int | None, shares: list[int | None]) -> list[int | None]:
    """Return how a visit's amount lies on its stamps when the first of them is put right; won, None = none.

    More is the first one's; what is less comes off the first one, and only then off the others.
    """
    rest = (amount or 0) - sum(share or 0 for share in shares)
    found: list[int | None] = []
    for share in shares:
        new = max(0, (share or 0) + rest)
        rest -= new - (share or 0)
        found.append(new or None)
    return found
