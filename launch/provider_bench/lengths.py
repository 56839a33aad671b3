"""How long a text is for a carrier, and which letters it carries."""

from __future__ import annotations

SMS_BYTES = 90
LONG_BYTES = 2_000
SUBJECT_BYTES = 40


def bytes_of(text: str) -> int | None:
    """Return the bytes a carrier counts, None when a letter can't travel (emoji, em dash).

    Both providers say "EUC-KR". They count the letters of cp949 beyond it (뷁) with two bytes as well
    (inferred: that is what carriers do; a provider that refused them would only refuse more).
    """
    try:
        return len(text.encode("cp949"))
    except UnicodeEncodeError:
        return None


def cut(text: str, most: int) -> str:
    """Return what arrives of a text that is longer than the form allows: its first `most` bytes."""
    return text.encode("cp949", "ignore")[:most].decode("cp949", "ignore")
