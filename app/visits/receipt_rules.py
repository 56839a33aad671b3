"""Which receipt of a till belongs to which visit: by time, and by amount where it was typed. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

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
