"""The record of changes to events and to what customers show each other, in sentences."""

from __future__ import annotations

from collections.abc import Mapping

from app.board.talk_rules import CAUSES

_SENTENCES: Mapping[str, Mapping[str, str]] = {
    "event": {
        "shown": "이벤트를 열었어요",
        "cancelled": "이벤트를 그만두었어요",
        "drawn": "이벤트에서 뽑았어요",
        "given": "뽑히신 분께 드렸다고 적었어요",
        "not_given": "드렸다고 적은 것을 되돌렸어요",
    },
    "board": {
        "settings": "손님 사진과 게시판 설정을 바꿨어요",
        "kept": "신고된 글을 보고 그대로 두었어요",
        "shown": "가린 글을 다시 보이게 했어요",
    },
}
KINDS = frozenset(_SENTENCES)


def sentence(what: str, detail: str) -> str:
    """Return what was done, without who did it. Raises KeyError for a change of another sort."""
    became, _, cause = detail.partition(":")
    if became == "hidden":
        return f"손님의 글이나 사진을 ‘{CAUSES.get(cause, cause)}’ 까닭으로 가렸어요"
    return _SENTENCES[what].get(detail, "이벤트나 게시판을 바꿨어요")
