"""Where a repair can go, and in which words its customer hears of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from app.kit.refusals import Invalid, Refused

NOTE_MAX = 200
# In the order in which a repair goes; it may leave steps out and never turns back.
STATES: Mapping[str, str] = {
    "asked": "확인을 기다려요",
    "got": "물건을 받았어요",
    "working": "손보고 있어요",
    "ready": "다 됐어요",
    "done": "찾아가셨어요",
    "refused": "해 드리지 못했어요",
}
# What the customer is told, with the product before it: "원목 의자 AS 소식이에요. 잘 받았어요. …"
_TOLD: Mapping[str, str] = {
    "got": "잘 받았어요. 살펴보고 알려 드릴게요.",
    "working": "지금 손보고 있어요.",
    "ready": "다 됐어요. 찾으러 와 주세요.",
    "done": "찾아가셨다고 적어 두었어요.",
    "refused": "이번에는 해 드리지 못하게 됐어요.",
}
ENDS = ("done", "refused")
# What is left in the thread of a repair when who asked for it has left and somebody else has the piece.
LEFT = "[AS 요청] 요청하신 분이 정보를 지우셔서 나눈 이야기는 여기에 없어요. 물건은 다른 분이 가지고 계세요."
_ORDER = ("asked", "got", "working", "ready", "done")


class RepairOpen(Refused):
    """A repair of this certificate is under way."""

    code = "repair_open"
    sentence = "이 보증서로 요청하신 AS가 있어요. 거기에 이어서 말씀해 주세요."


class RepairCameAlong(Refused):
    """Whoever held the certificate before had asked for a repair, and it is under way."""

    code = "repair_came_along"
    sentence = (
        "이 물건은 이미 AS를 하고 있어요. 어디까지 됐는지는 보증서에 보여요. "
        "더 하실 말씀은 사장님께 한마디로 남겨 주세요."
    )


class RepairMoved(Refused):
    """Somebody else moved it on, or it is over."""

    code = "repair_moved"
    sentence = "그사이에 다른 단계로 넘어갔어요. 화면을 새로 열어 확인해 주세요."


def next_states(state: str) -> tuple[str, ...]:
    """Return where a repair may go from here: any later step, or no further at all."""
    if state in ENDS or state not in _ORDER:
        return ()
    return (*_ORDER[_ORDER.index(state) + 1 :], "refused")


def clean_step(*, state: str, note: str) -> tuple[str, str]:
    """Check a step as the shop sends it. A refusal says why. Raises Invalid (state, note)."""
    words = " ".join(note.split())
    if state not in _TOLD:
        raise Invalid({"state": "어디까지 됐는지 골라 주세요."})
    if len(words) > NOTE_MAX:
        raise Invalid({"note": f"{NOTE_MAX}자까지 쓸 수 있어요. 지금 {len(words)}자예요."})
    if state == "refused" and not words:
        raise Invalid({"note": "왜 해 드리지 못하는지 한 줄 적어 주세요."})
    return state, words


def told(state: str, note: str) -> str:
    """Return what the customer hears of a step."""
    return f"{_TOLD[state]} {note}".strip()


def opening(*, product: str, serial: str, period: str, text: str) -> str:
    """Return the first words of the thread: which certificate, how long it holds, and what is wrong."""
    return f"[AS 요청] {product} · {serial} · {period}\n{text}"
