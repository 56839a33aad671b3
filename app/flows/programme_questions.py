"""The questions of a 체험단, put together on a phone: added, changed, moved and taken out until somebody has answered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.flows.programme import held
from app.flows.unit import write
from app.kit.refusals import Invalid
from app.testers import actions, rules
from app.testers import typed as typed_rules
from app.testers.models import Programme
from app.testers.rules import AFTER, APPLY, TASTING, AnswersBegan, LastQuestion, NoProgramme

_MOVES = {"up": -1, "down": 1}


def put_question(
    *, shop_id: int, programme_id: int, question_id: int | None, typed: Mapping[str, str], now: datetime
) -> None:
    """Add a question behind the others, or change one. Raises Invalid, NoProgramme, AnswersBegan."""
    with write() as session:
        row = held(session, shop_id, programme_id)
        there = actions.questions(session, shop_id=shop_id, programme_id=programme_id)
        one = next((each for each in there if each.id == question_id), None)
        if question_id is not None and one is None:
            raise NoProgramme
        asked_when = typed.get("when", AFTER)
        when = one.when if one else (AFTER if row.sort == TASTING or asked_when != APPLY else APPLY)
        question = typed_rules.clean_question(typed, when=when, sort=row.sort)
        _may_change(session, row, when, now)
        if one is not None:
            one.form, one.text, one.options = question.form, question.text, list(question.options)
            one.is_needed = question.is_needed
            return
        most = 1 if row.sort == TASTING else rules.MOST_QUESTIONS[when]
        if sum(each.when == when for each in there) >= most:
            raise Invalid({"text": f"질문은 {most}개까지 둘 수 있어요. 하나를 빼고 다시 적어 주세요."})
        actions.add_questions(session, shop_id=shop_id, programme_id=programme_id, asked=[question])


def move_question(*, shop_id: int, programme_id: int, question_id: int, way: str, now: datetime) -> None:
    """Let a question change places with its neighbour of the same kind; at the end nothing happens.

    `way`: up | down. Raises NoProgramme, AnswersBegan.
    """
    with write() as session:
        row = held(session, shop_id, programme_id)
        there = actions.questions(session, shop_id=shop_id, programme_id=programme_id)
        one = next((each for each in there if each.id == question_id), None)
        if one is None or way not in _MOVES:
            raise NoProgramme
        _may_change(session, row, one.when, now)
        line = [each for each in there if each.when == one.when]
        place = line.index(one) + _MOVES[way]
        if not 0 <= place < len(line):
            return
        other = line[place]
        mine, theirs = one.position, other.position
        one.position = -1  # two rows never stand on one place, not even for a moment
        session.flush()
        other.position = mine
        session.flush()
        one.position = theirs


def drop_question(*, shop_id: int, programme_id: int, question_id: int, now: datetime) -> None:
    """Take a question out; the second press is content. Raises NoProgramme, AnswersBegan, and LastQuestion of
    a programme that people see."""
    with write() as session:
        row = held(session, shop_id, programme_id)
        there = actions.questions(session, shop_id=shop_id, programme_id=programme_id)
        one = next((each for each in there if each.id == question_id), None)
        if one is not None:
            _may_change(session, row, one.when, now)
            if (
                row.shown_at is not None
                and one.when == AFTER
                and sum(each.when == AFTER for each in there) < 2
            ):
                raise LastQuestion
            session.delete(one)


def _may_change(session: Any, row: Programme, when: str, now: datetime) -> None:
    if row.ended_at is not None or actions.has_answers(
        session, shop_id=row.shop_id, programme_id=row.id, when=when
    ):
        raise AnswersBegan
