"""What the receipts of a till say, and which belongs to which visit: by time, and by amount where it was typed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.visits.cell_rules import KST, read_moment, read_won
from app.visits.line_rules import DONE_WITH, Account, filled, short_key
from app.visits.rules import MOST

# The stamp is given while the receipt is printed, or the person sits down first.
AROUND = timedelta(minutes=10)

Line = tuple[int, datetime, int | None]  # (id, when, won or None)


def fitting(receipts: Sequence[Line], visits: Sequence[Line]) -> dict[int, list[int]]:
    """Return receipt → visits that it may be of, the nearest in time first; receipts that fit none are left out.

    A visit with an amount fits only its own; one without fits any receipt of these minutes.
    """
    ordered = sorted(visits, key=lambda visit: visit[1])
    found: dict[int, list[int]] = {}
    start = 0
    for receipt_id, at, won in sorted(receipts, key=lambda receipt: receipt[1]):
        while start < len(ordered) and ordered[start][1] < at - AROUND:
            start += 1
        near = []
        for visit_id, when, amount in ordered[start:]:
            if when > at + AROUND:
                break
            if amount is None or amount == won:
                near.append((amount is None, abs(when - at), visit_id))
        if near:
            # Where the amount was typed at the till, the ones without say nothing more.
            typed = [each for each in near if not each[0]] or near
            found[receipt_id] = [each[2] for each in sorted(typed)]
    return found


def sure(pairs: Mapping[int, Sequence[int]]) -> dict[int, int]:
    """Return receipt → visit where neither could be another's."""
    wanted: dict[int, int] = {}
    for visits in pairs.values():
        for visit in visits:
            wanted[visit] = wanted.get(visit, 0) + 1
    return {each: visits[0] for each, visits in pairs.items() if len(visits) == 1 and wanted[visits[0]] == 1}


@dataclass(frozen=True)
class Receipt:
    """One receipt of a till that knows no customers. `is_back`: money was given back."""

    key: str
    at: datetime
    amount: int
    is_back: bool


def read_receipts(
    rows: Iterable[Sequence[str]],
    *,
    titles_in: int,
    columns: Mapping[str, int],
    day: date | None,
    now: datetime,
    account: Account,
) -> list[Receipt]:
    """Read the receipts of a till. `day`: what the owner said where the file tells only times."""
    found: dict[str, Receipt] = {}
    for number, row in filled(rows, titles_in, account):
        cells = {name: row[place] if place < len(row) else "" for name, place in columns.items()}
        told = cells.get("at", "") or (day.isoformat() if day else "")
        at = read_moment(told, cells.get("time", ""))
        amount = read_won(cells.get("amount", ""))
        if at is None or at > now + timedelta(days=1):
            account.left.append(("no_day", number))
        elif amount is None or abs(amount) > MOST:
            account.left.append(("odd_amount", number))
        else:
            is_back = amount < 0 or bool(DONE_WITH.search(cells.get("status", "")))
            own = cells.get("order") or f"{at.isoformat()}/{amount}"
            key = short_key(
                f"{at.astimezone(KST).date()}/{cells.get('till', '')}/{own}{'/-' if is_back else ''}"
            )
            if key in found:
                account.left.append(("twice", number))
                continue
            account.taken += 1
            found[key] = Receipt(key, at, abs(amount), is_back)
    return list(found.values())
