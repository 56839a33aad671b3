"""What a 체험단 is called where it stands, and how the record of changes tells what was done with one."""

from __future__ import annotations

from datetime import datetime

from app.testers.queries import Counts, ProgrammeView
from app.testers.rules import TRIAL

KINDS = ("tester_programme", "tester_file")
STAGES = {
    "draft": "아직 준비하고 있어요",
    "recruiting": "신청을 받고 있어요",
    "trying": "써 보고 있어요",
    "open": "계산대에서 여쭤보고 있어요",
    "ended": "끝났어요",
}
_DONE = {
    "shown": "체험단 하나를 시작했어요",
    "settled": "체험단을 더 뽑지 않기로 했어요",
    "launch": "체험단의 답을 보고 출시하기로 했어요",
    "improve": "체험단의 답을 보고 보완하기로 했어요",
    "stop": "체험단의 답을 보고 그만두기로 했어요",
    "change": "체험단이 답해 주신 뒤 바꾼 것을 알렸어요",
}


def sentence(what: str, detail: str) -> str:
    """Return one line of the record of changes."""
    if what == "tester_file":
        return f"체험단이 답한 것을 내려받았어요. ‘{detail}’ 라고 적었어요"
    done, _, number = detail.partition(" ")
    if done == "chosen":
        return f"체험단 {number}명을 골랐어요"
    if done == "drawn":
        won, _, of = number.partition("/")
        return f"체험단을 추첨해서 {of}명 가운데 {won}명을 뽑았어요"
    return _DONE.get(detail, "체험단을 바꿨어요")


def stage_words(view: ProgrammeView, now: datetime) -> str:
    """Return where a programme stands, for its owner."""
    stage = view.standing.stage(now)
    if stage == "trying" and view.sort == "monitor":
        return "활동하고 있어요"
    return STAGES[stage]


def next_words(view: ProgrammeView, counts: Counts, now: datetime) -> str:
    """Return what there is to do next with a programme that runs."""
    left = max(view.places - counts.chosen, 0)
    still_choosing = left and view.settled_at is None and view.drawn_at is None
    if counts.waiting and still_choosing:
        return f"{counts.waiting}명이 신청했어요. {left}명을 더 고를 수 있어요"
    if view.standing.takes_applications(now):
        return f"{counts.chosen}명을 골랐어요" if counts.chosen else "아직 신청한 분이 없어요"
    if not counts.chosen:
        return "함께하는 분이 없어요"
    if view.sort == TRIAL and counts.given < counts.chosen:
        return f"{counts.chosen - counts.given}명께 아직 건네 드리지 않았어요"
    return f"{counts.chosen}명 가운데 {counts.done}명이 답했어요"
