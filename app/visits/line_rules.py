"""What a line of a file says: cells become days, amounts, people and orders, or the reason why not. Pure; won."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from app.customers.rules import MEMO_MAX, NAME_MAX, clean_notes, not_to_be_kept
from app.kit.refusals import Invalid
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
}
DONE_WITH = re.compile(r"취소|반품|환불")
_NOT_YET = re.compile(r"요청|신청|접수|철회|거부|처리중|진행|가능|보류")
_UNPAID = re.compile(r"입금\s?대기|미입금|미결제|결제\s?대기|입금\s?전|입금확인중")
KEY_MAX, PRODUCT_MAX = 64, 60
# An order of furniture for a whole house; more than that is a slip, or another column.
MOST_WON = 99_999_999
_NUMBER_IN = 12  # no shorter text holds a resident number


@dataclass
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


@dataclass(frozen=True)
class Known:
    """One person of a list. gender: f | m | ""; `nth`: of how many above without a number the name is the same."""

    name: str
    phone: str
    gender: str
    memo: str
    nth: int = 0


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
    orders: dict[str, Order] = {}
    seen_lines: set[str] = set()
    same: dict[str, int] = {}
    back: dict[str, int] = {}
    head = list(titles)
    latest, oldest = now + timedelta(days=1), datetime(2000, 1, 1, tzinfo=UTC)
    for number, row in filled(rows, titles_in, account):
        if row[0] == head[0] and list(row) == head:
            account.left.append(("titles", number))
            continue
        cells = {name: row[place] if place < len(row) else "" for name, place in columns.items()}
        why = _add(
            cells,
            orders,
            seen_lines,
            same,
            back,
            has_key="order" in columns,
            span=(oldest, latest),
            account=account,
        )
        if why:
            account.left.append((why, number))
        else:
            account.taken += 1
    for key, won in back.items():
        _give_back(orders[key], won)
    return list(orders.values())


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


def _add(
    cells: Mapping[str, str],
    orders: dict[str, Order],
    seen_lines: set[str],
    same: dict[str, int],
    back: dict[str, int],
    *,
    has_key: bool,
    span: tuple[datetime, datetime],
    account: Account,
) -> str:
    """Add one line to its order; returns why not, or "". A line that was cancelled is counted with its order."""
    key = cells.get("order", "")
    if has_key and not key:
        return "no_order"
    before = (
        orders.get(short_key(key)) if key else None
    )  # its further lines may leave out what the first one said
    at = read_moment(cells.get("at", ""), cells.get("time", "")) or (before.at if before else None)
    if at is None:
        return "no_day"
    if not span[0] <= at <= span[1]:
        return "odd_day"
    typed, phone = cells.get("phone", ""), read_phone(cells.get("phone", ""))
    if not phone and is_safe_number(typed):
        account.safe_numbers += 1
    name = _name(cells.get("name", ""))
    buyer = _account(cells.get("buyer", "")[:80], name)
    if not (phone or name or buyer or before):
        return "no_who"
    won = _won(cells)
    if won is None:
        return "odd_amount"
    amount, total, quantity, price = won
    line = cells.get("line", "")
    if line:
        if line in seen_lines:
            return "twice"
        seen_lines.add(line)
    key = short_key(key) if key else _made_key((at, name, phone, *won), cells, same)
    state = f"{cells.get('status', '')} {cells.get('claim', '')}".strip()
    standing = _standing(state) if state else ""
    if standing == "unpaid":
        return "unpaid"
    order = orders.get(key)
    given_back = -min(amount or 0, 0)
    if order is None:
        order = orders[key] = Order(key, at, name, phone, buyer, None, [], 0)
    if given_back:
        back[key] = back.get(key, 0) + given_back
    if standing == "off" or given_back or (total is not None and total < 0):
        order.cancelled += 1
        return "cancelled"
    order.lines += 1
    order.at = min(order.at, at)
    order.name, order.phone, order.buyer = order.name or name, order.phone or phone, order.buyer or buyer
    if total is not None:
        order.amount = max(order.amount or 0, total)
    elif amount is not None:
        order.amount = min((order.amount or 0) + amount, MOST_WON)
    product = " ".join(cells.get("product", "").split())[:PRODUCT_MAX]
    if product:
        piece = price if price is not None else round((amount or 0) / quantity)
        order.items.append((product, quantity, max(0, min(piece, MOST_WON))))
    return ""


@lru_cache(maxsize=1_024)
def _standing(state: str) -> str:
    """Return what a state means: unpaid, off (taken back), or "" for an order that stands."""
    if _UNPAID.search(state):
        return "unpaid"
    return "off" if DONE_WITH.search(state) and not _NOT_YET.search(state) else ""


def _won(cells: Mapping[str, str]) -> tuple[int | None, int | None, int, int | None] | None:
    """Return (the line's amount, the order's, pieces, won a piece); None when something typed there is no number."""
    read: dict[str, int | None] = {}
    for name in ("amount", "total", "price"):
        text = cells.get(name, "")
        read[name] = read_won(text) if text else None
        if text and read[name] is None:
            return None
    counted = read_won(cells.get("quantity", "")) if cells.get("quantity") else 1
    if counted is None or not 0 <= counted <= 100_000:
        return None
    amount, total, price = read["amount"], read["total"], read["price"]
    if amount is None and total is None and price is not None:
        amount = price * max(1, counted)
    if max(abs(amount or 0), abs(total or 0)) > MOST_WON:
        return None
    return amount, total, max(1, counted), price


def _made_key(said: tuple[object, ...], cells: Mapping[str, str], same: dict[str, int]) -> str:
    """Return a key for a line without a number of its own: what it says, and how many say the same above it.

    By what was read and not by the cells: "4,500" and 4500 are one amount, a number with and without dashes one person.
    """
    product = " ".join(cells.get("product", "").split())
    told = "\x1f".join(map(str, (*said, product)))
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


def _name(cell: str) -> str:
    """Return a name without what marketplaces put around it; a name is at most NAME_MAX letters here.

    A cell with a resident number in it is none: not even its beginning is kept (개인정보 보호법 24조의2).
    """
    text = " ".join(cell.replace("\x00", "").split())
    return "" if len(text) > _NUMBER_IN and not_to_be_kept(text, is_name=True) else text[:NAME_MAX]


def read_people(
    rows: Iterable[Sequence[str]],
    *,
    titles_in: int,
    columns: Mapping[str, int],
    titles: Sequence[str],
    account: Account,
) -> list[Known]:
    """Read the people of a list; what became of each line is told in `account`."""
    people: list[Known] = []
    phones: set[str] = set()
    same: Counter[str] = Counter()
    head = list(titles)
    for number, row in filled(rows, titles_in, account):
        cells = {name: row[place] if place < len(row) else "" for name, place in columns.items()}
        name, typed = _name(cells.get("name", "")), cells.get("phone", "")
        phone = read_phone(typed)
        account.safe_numbers += int(not phone and is_safe_number(typed))
        if row[0] == head[0] and list(row) == head:
            why = "titles"
        elif not (name or phone):
            why = "no_phone" if typed else "no_who"
        elif phone and phone in phones:
            why = "twice"
        else:
            why = ""
        if why:
            account.left.append((why, number))
            continue
        phones.add(phone)
        account.taken += 1
        memo, left_memo = _memo(cells.get("memo", ""))
        account.left_memos += int(left_memo)
        nth = same[name]
        same[name] += int(not phone)
        people.append(Known(name, phone, _gender(cells.get("gender", "")), memo, nth))
    return people


def _gender(cell: str) -> str:
    text = cell.strip().lower()
    return "f" if text[:1] in ("여", "f", "w") else "m" if text[:1] in ("남", "m") else ""


def _memo(cell: str) -> tuple[str, bool]:
    """Return a memo that may be kept, and whether it had to be left out (개인정보 보호법 23조, 24조의2)."""
    try:
        return clean_notes(name="", memo=cell[:MEMO_MAX], likes="")[1], False
    except Invalid:
        return "", True
