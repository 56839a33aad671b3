"""The place of a row in a list that has the latest on top: where the next page goes on, without counting rows."""

from __future__ import annotations

from datetime import UTC, datetime


def write_place(at: datetime | None, row_id: int) -> str:
    """Return a row's place: "v<microseconds>.<id>", or "n<id>" of a row without a moment."""
    if at is None:
        return f"n{row_id}"
    return f"v{int(at.timestamp()) * 1_000_000 + at.microsecond}.{row_id}"


def read_place(after: str | None) -> tuple[datetime | None, int] | None:
    """Return (moment, id), (None, id) among the rows without one, or None for the top, also when it can't be read."""
    try:
        if after and after[0] == "n":
            return None, int(after[1:19])
        if after and after[0] == "v":
            micros, _, row_id = after[1:].partition(".")
            seconds, rest = divmod(int(micros[:20]), 1_000_000)
            return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest), int(row_id[:18])
    except (ValueError, OverflowError, OSError):
        return None
    return None
