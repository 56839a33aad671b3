"""What the record of changes says about closed days and paper cards."""

from __future__ import annotations

from datetime import date

from app.kit.korean import day_name

WEEKDAYS = "월화수목금토일"
_PAPER = {
    "paper_moved": "종이 카드의 도장 {}개를 옮겼어요",
    "paper_given": "종이 카드의 도장 {}개를 직접 넣었어요",
    "paper_undone": "종이 카드에서 옮긴 도장 {}개를 되돌렸어요",
    "paper_refused": "종이 카드 옮기기를 거절했어요",
}
KINDS = frozenset({*_PAPER, "days_off"})


def sentence(what: str, detail: str) -> str:
    """Return a line of the record in words."""
    if what in _PAPER:
        return _PAPER[what].format(detail.partition(":")[0])
    how, _, days = detail.partition(":")
    if how == "weekly":
        names = "·".join(WEEKDAYS[int(day)] for day in days)
        return f"쉬는 요일을 {names}요일로 정했어요" if names else "쉬는 요일을 없앴어요"
    if ">" not in days:
        return "쉬는 날을 바꿨어요"
    first, last = (date.fromisoformat(day) for day in days.split(">"))
    span = day_name(first) if first == last else f"{day_name(first)}부터 {day_name(last)}까지"
    return {
        "closed": f"{span} 쉬는 날로 적었어요",
        "open": f"{span} 여는 날로 적었어요",
        "back": f"{span} 적어 둔 것을 지웠어요",
    }[how]
