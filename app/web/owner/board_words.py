"""The record of changes to events and to what customers show each other, in sentences."""

from __future__ import annotations

from collections.abc import Mapping

_SENTENCES: Mapping[str, Mapping[str, str]] = {
    "event": {
        "shown": "이벤트를 열었어요",
        "cancelled": "이벤트를 그만두었어요",
        "drawn": "이벤트에서 뽑았어요",
        "given": "뽑히신 분께 드렸다고 적었어요",
        "not_given": "드렸다고 적은 것을 되돌렸어요",
    },
}
KINDS = frozenset(_SENTENCES)


def sentence(what: str, detail: str) -> str:
    """Return what was done, without who did it. Raises KeyError for a change of another sort."""
    return _SENTENCES[what].get(detail, "이벤트를 바꿨어요")
