"""How a programme comes to its end: no more applications, nobody more is chosen, a verdict, and what became of it."""

from __future__ import annotations

from datetime import datetime
from itertools import count
from typing import Any

from app.flows.programme import held, note_done, standing
from app.flows.tester_turns import go_on
from app.flows.unit import afterwards, write
from app.kit.refusals import Invalid
from app.messages import recall
from app.testers import actions, rules
from app.testers.models import Programme, Tester
from app.testers.rules import TASTING, NotNow

# So many steps are taken while the owner waits; the clock goes on with the rest.
_AT_ONCE = 30


def close(*, shop_id: int, programme_id: int, now: datetime) -> None:
    """신청 그만 받기: before its day. Twice is once. Raises NoProgramme, NotNow."""
    with write() as session:
        row = held(session, shop_id, programme_id)
        if row.shown_at is None or row.sort == TASTING:
            raise NotNow("아직 신청을 받지 않는 체험단이에요.")
        if standing(row).takes_applications(now):
            row.closed_at = now
            _tell_soon(session, row, now)


def settle(*, shop_id: int, staff_id: int, programme_id: int, now: datetime) -> None:
    """더 뽑지 않기: places may stay free; who was not chosen is told. Twice is once. Raises NoProgramme, NotNow."""
    with write() as session:
        row = held(session, shop_id, programme_id)
        stage = standing(row).stage(now)
        if stage == "recruiting":
            raise NotNow("아직 신청을 받고 있어요. 먼저 ‘신청 그만 받기’를 눌러 주세요.")
        if stage != "trying":
            raise NotNow("지금은 고를 수 없어요.")
        if row.settled_at is None:
            row.settled_at = now
            note_done(session, row, staff_id, "settled", now)
            _tell_soon(session, row, now)


def decide(*, shop_id: int, staff_id: int, programme_id: int, verdict: str, note: str, now: datetime) -> None:
    """출시, 보완 or 중단, with a note for the shop: the programme ends. Raises Invalid, NoProgramme, NotNow."""
    wrong: dict[str, str] = {}
    words = note.replace("\r\n", "\n").strip()
    if verdict not in rules.VERDICTS:
        wrong["verdict"] = "어떻게 하기로 했는지 골라 주세요."
    if len(words) > rules.VERDICT_MAX:
        wrong["note"] = f"{rules.VERDICT_MAX}자까지 쓸 수 있어요. 지금 {len(words):,}자예요."
    if wrong:
        raise Invalid(wrong)
    with write() as session:
        row = held(session, shop_id, programme_id)
        if row.shown_at is None:
            raise NotNow("아직 시작하지 않은 체험단이에요.")
        row.verdict, row.verdict_note = verdict, words
        row.ended_at = row.ended_at or now
        _ask_no_more(session, row)
        note_done(session, row, staff_id, verdict, now)
        _tell_soon(session, row, now)


def _ask_no_more(session: Any, row: Programme) -> None:
    """Take back what was to be asked: nobody is led to questions that take no answer any more."""
    chosen = (Tester.chosen_at.is_not(None),)
    for each in actions.those_of(session, shop_id=row.shop_id, programme_id=row.id, where=chosen):
        word = f"{each.asked_month:%Y-%m}" if each.asked_month else "survey"
        for cause in (f"tester:{each.id}:{word}", f"tester:{each.id}:{word}:2"):
            recall.cancel_waiting(
                session, shop_id=row.shop_id, cause=cause, kinds=("survey",), reason="답을 다 받았어요."
            )


def tell_change(*, shop_id: int, staff_id: int, programme_id: int, text: str, now: datetime) -> None:
    """이렇게 바꿨어요: once, to everybody who answered; the words stay as they were told.

    Who is told is done in small steps (flows/tester_turns.py). Raises Invalid, NoProgramme, NotNow.
    """
    wrong: dict[str, str] = {}
    words = rules.words(text, "change", rules.CHANGE_MAX, wrong, needed="무엇을 바꿨는지 적어 주세요.")
    if wrong:
        raise Invalid(wrong)
    with write() as session:
        row = held(session, shop_id, programme_id)
        if row.change_at is not None:
            if row.change == words:
                return
            raise NotNow("이미 알려 드렸어요. 보낸 말은 바꿀 수 없어요.")
        if row.ended_at is None:
            raise NotNow("먼저 출시할지 보완할지 정해 주세요.")
        row.change, row.change_at = words, now
        note_done(session, row, staff_id, "change", now)
        _tell_soon(session, row, now)


def _tell_soon(session: Any, row: Programme, now: datetime) -> None:
    """Tell the first people as soon as this is committed, and take back what must not go any more."""
    shop_id, programme_id, steps = row.shop_id, row.id, count()
    afterwards(
        session,
        lambda: go_on(
            shop_id=shop_id, programme_id=programme_id, now=now, stop=lambda: next(steps) >= _AT_ONCE
        ),
    )
