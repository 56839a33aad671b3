"""What a line of a file says: cells become days, amounts, people and orders, or the reason why not. Pure; won."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from app.customers.rules import NAME_MAX, not_to_be_kept
from app.visits.cell_rules import is_safe_number, read_moment, read_phone, read_won

# Why a line was not taken, in the words of the screen.
REASONS = {
    "no_who": "이름도 휴대폰도 없어요",
    "no_day": "주문한 날을 읽을 수 없어요",
    "odd_day": "날짜가 2000년 전이거나 오늘보다 뒤예요",
    "no_order": "주문번호가 없어요",
    "odd_amount": "금액을 읽을 수 없어요",
    "cancelled": "취소하거나 반품한 주문이에요",
    "unpaid": "아직 결제하지 않은 주문이에요",
    "twice": "같은 줄이 위에 또 있어요",
    "titles": "열 이름이 다시 나온 줄이에요",
    "no_phone": "휴대폰 번호를 읽을 수 없어요",
    "sum": "손님이 아니라 합계 줄이에요",
}
DONE_WITH = re.compile(r"취소|반품|환불")
_NOT_YET = re.compile(r"요청|신청|접수|철회|거부|처리중|진행|가능|보류")
_UNPAID = re.compile(r"입금\s?대기|미입금|미결제|결제\s?대기|입금\s?전|입금확인중")
KEY_MAX, PRODUCT_MAX = 64, 60
# An order of furniture for a whole house; more than that is a slip, or another column.
MOST_WON = 99_999_999
_NUMBER_IN = 12  # no shorter text holds a resident number
_OLDEST = datetime(2000, 1, 1, tzinfo=UTC)
# The cells of an order's line, as `_add` takes them.
_CELLS = (
    *("at", "time", "name", "phone", "buyer", "order", "line", "product"),
    *("quantity", "price", "amount", "total", "status", "claim"),
)


@dataclass(slots=True)
class Order:
    """One order, of however many lines. `at` UTC; `phone` E.164 or ""; amount in won, None where nothing says it."""

    key: str
    at: datetime
    name: str
    phone: str
    buyer: str
    amount: int | None
    items: list[tuple[str, int, int]]  # product, pieces, won a piece
    lines: int
    cancelled: int = 0  # lines of it that were taken back


@dataclass
class Account:
    """Where every line of a file went: lines = taken + left + blank (titles and guidance are blank)."""

    lines: int = 0
    taken: int = 0
    blank: int = 0
    left: list[tuple[str, int]] = field(default_factory=list)  # (reason, line from 1)
    safe_numbers: int = 0
    left_memos: int = 0


def read_orders(
    rows: Iterable[Sequence[str]],
    *,
    titles_in: int,
    columns: Mapping[str, int],
    titles: Sequence[str],
    now: datetime,
    account: Account,
) -> list[Order]:
    """Read the orders of a file; what became of each line is told in `account`."""
    book = _Book(has_key="order" in columns, account=account, span=(_OLDEST, now + timedelta(days=1)))
    head = list(titles)
    cells_of = _picker([columns.get(name) for name in _CELLS])
    for number, row in filled(rows, titles_in, account):
        if row[0] == head[0] and list(row) == head:
            account.left.append(("titles", number))
            continue
        why = _add(book, *cells_of(row))
        if why:
            account.left.append((why, number))
        else:
            account.taken += 1
    for own, won in book.back.items():
        _give_back(book.orders[own], won)
    return list(book.orders.values())


def _picker(places: Sequence[int | None]) -> Callable[[Sequence[str]], tuple[str, ...]]:
    """Return row → its cells at these places, "" for what is not there: nothing is made anew for each of many lines."""
    width = max((place for place in places if place is not None), default=0) + 1
    pick = itemgetter(*(width if place is None else place for place in places))
    blank = [""] * (width + 1)
    return lambda row: pick([*row[:width], *blank[len(row) :]] if len(row) < width else [*row[:width], ""])


def _give_back(order: Order, won: int) -> None:
    """Take money off an order that a line of its own gave back; all of it, and nothing of the order stands."""
    if order.amount is not None and order.amount > won:
        order.amount -= won
    else:
        order.lines = 0


def filled(
    rows: Iterable[Sequence[str]], titles_in: int, account: Account
) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield each line below the titles that holds anything, with its number from 1; the others are counted as blank."""
    for number, row in enumerate(rows, start=1):
        account.lines += 1
        if number <= titles_in + 1 or not any(row):
            account.blank += 1
        else:
            yield number, row


@dataclass
class _Book:
    """The orders of a file as they come together line by line."""

    has_key: bool
    account: Account
    span: tuple[datetime, datetime]
    orders: dict[str, Order] = field(default_factory=dict)
    seen_lines: set[str] = field(default_factory=set)
    same: dict[str, int] = field(default_factory=dict)
    back: dict[str, int] = field(default_factory=dict)  # won that lines of their own gave back, by order


def _add(
    book: _Book,
    day: str,
    clock: str,
    name: str,
    typed: str,
    buyer: str,
    key: str,
    line: str,
    product: str,
    quantity: str,
    price: str,
    amount: str,
    total: str,
    status: str,
    claim: str,
) -> str:
    """Add one line to its order; returns why not, or "". A line that was cancelled is counted with its order."""
    if book.has_key and not key:
        return "no_order"
    orders, own = book.orders, key and short_key(key)
    # Its further lines may leave out what the first one said.
    before = orders.get(own) if own else None
    at = read_moment(day, clock) or (before.at if before else None)
    if at is None:
        return "no_day"
    if not book.span[0] <= at <= book.span[1]:
        return "odd_day"
    phone = read_phone(typed)
    if not phone and typed and is_safe_number(typed):
        book.account.safe_numbers += 1
    called = read_name(name)
    account_there = buyer and _account(buyer[:80], called)
    if not (phone or called or account_there or before):
        return "no_who"
    won = _won(quantity, price, amount, total)
    if won is None:
        return "odd_amount"
    if line:
        if line in book.seen_lines:
            return "twice"
        book.seen_lines.add(line)
    own = own or _made_key((at, called, phone, *won.said), product, book.same)
    state = f"{status} {claim}".strip() if claim else status
    standing = _standing(state) if state else ""
    if standing == "unpaid":
        return "unpaid"
    order = orders.get(own)
    if order is None:
        order = orders[own] = Order(own, at, called, phone, account_there, None, [], 0)
    if won.given_back:
        book.back[own] = book.back.get(own, 0) + won.given_back
    if standing == "off" or won.is_back:
        order.cancelled += 1
        return "cancelled"
    order.lines += 1
    if before is not None:
        order.at = min(order.at, at)
        order.name, order.phone = order.name or called, order.phone or phone
        order.buyer = order.buyer or account_there
    if won.total is not None:
        order.amount = max(order.amount or 0, won.total)
    elif won.amount is not None:
        order.amount = min((order.amount or 0) + won.amount, MOST_WON)
    if product and (goods := _product(product)):
        order.items.append((goods[:PRODUCT_MAX], won.pieces, won.each))
    return ""


@lru_cache(maxsize=1_024)
def _standing(state: str) -> str:
    """Return what a state means: unpaid, off (taken back), or "" for an order that stands."""
    if _UNPAID.search(state):
        return "unpaid"
    return "off" if DONE_WITH.search(state) and not _NOT_YET.search(state) else ""


class _Won(NamedTuple):
    """What a line says of money: its amount, the whole order's, pieces, won a piece.

    `given_back`: won that it gives back, at least 0; `is_back`: it is no purchase; `said`: all that was read of it.
    """

    amount: int | None
    total: int | None
    pieces: int
    each: int
    given_back: int
    is_back: bool
    said: tuple[int | None, ...]


@lru_cache(maxsize=65_536)
def _won(quantity: str, price_typed: str, amount_typed: str, total_typed: str) -> _Won | None:
    """Return what a line says of money; None when something typed there is no number."""
    read: list[int | None] = []
    for typed in (amount_typed, total_typed, price_typed):
        read.append(read_won(typed) if typed else None)
        if typed and read[-1] is None:
            return None
    counted = read_won(quantity) if quantity else 1
    if counted is None or not 0 <= counted <= 100_000:
        return None
    amount, total, price = read
    pieces = max(1, counted)
    if amount is None and total is None and price is not None:
        amount = price * pieces
    if max(abs(amount or 0), abs(total or 0)) > MOST_WON:
        return None
    each = price if price is not None else round((amount or 0) / pieces)
    return _Won(
        amount=amount,
        total=total,
        pieces=pieces,
        each=max(0, min(each, MOST_WON)),
        given_back=max(0, -(amount or 0)),
        is_back=min(amount or 0, total or 0) < 0,
        said=(amount, total, pieces, price),
    )


@lru_cache(maxsize=4_096)
def _product(cell: str) -> str:
    return " ".join(cell.split())


def _made_key(said: tuple[object, ...], product: str, same: dict[str, int]) -> str:
    """Return a key for a line without a number of its own: what it says, and how many say the same above it.

    By what was read and not by the cells: "4,500" and 4500 are one amount, a number with and without dashes one person.
    """
    told = "\x1f".join(map(str, (*said, _product(product))))
    made = hashlib.sha256(told.encode()).hexdigest()[:40]
    same[made] = same.get(made, 0) + 1
    return f"{made}:{same[made]}"


def _account(buyer: str, name: str) -> str:
    """Return by what a buyer is known in a channel: a covered account ("kim1****") says something only with a name."""
    if not is_covered(buyer):
        return buyer
    return f"{buyer} {name}" if name and not is_covered(name) else ""


def is_covered(text: str) -> bool:
    """Tell whether a market has covered a part of it ("kim1****", "김*지"): many people read the same then."""
    return "*" in text or "＊" in text


def short_key(key: str) -> str:
    """Return a key that fits its column."""
    return key if len(key) <= KEY_MAX else hashlib.sha256(key.encode()).hexdigest()


@lru_cache(maxsize=65_536)
def read_name(cell: str) -> str:
    """Return a name without what marketplaces put around it; a name is at most NAME_MAX letters here.

    A cell with a resident number in it is none: not even its beginning is kept (개인정보 보호법 24조의2).
    """
    text = " ".join(cell.replace("\x00", "").split())
    return "" if len(text) > _NUMBER_IN and not_to_be_kept(text, is_name=True) else text[:NAME_MAX]
