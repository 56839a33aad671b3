"""What a list of people says line by line: whoever stands in it, once. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.customers.rules import MEMO_MAX, clean_notes
from app.kit.refusals import Invalid
from app.visits.cell_rules import is_safe_number, read_phone
from app.visits.line_rules import Account, filled, read_name

# What a program writes below a list, or between two parts of it: "합계", "소계 : 120명".
_SUM = re.compile(r"(?:총?합계|총계|소계|누계)[:：]?(?:총?[\d,]+[명건원개]?)?")


@dataclass(frozen=True)
class Known:
    """One person of a list. gender: f | m | ""; `nth`: of how many above without a number the name is the same."""

    name: str
    phone: str
    gender: str
    memo: str
    nth: int = 0


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
        name, typed = read_name(cells.get("name", "")), cells.get("phone", "")
        phone = read_phone(typed)
        account.safe_numbers += int(not phone and is_safe_number(typed))
        if row[0] == head[0] and list(row) == head:
            why = "titles"
        elif not phone and any(_SUM.fullmatch("".join(cell.split())) for cell in row):
            why = "sum"
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
