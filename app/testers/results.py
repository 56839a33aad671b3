"""Reads what was answered: each question in numbers, one question's answers by another's, and in people's own words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func, select

from app.extensions import db
from app.kit.particles import josa
from app.reviews.models import Photo
from app.testers.models import TastingAnswer, Tester, TesterAnswer
from app.testers.queries import questions
from app.testers.rules import (
    AFTER,
    CHOICE,
    MANY,
    ONLY_TURN,
    PHOTO,
    SCALE,
    SCALE_WORDS,
    TEXT,
    Answer,
    Question,
    said,
)

# A page shows so many of people's own words; the file has all of them.
QUOTES = 40


@dataclass(frozen=True)
class Sum:
    """What came of one question. `bars`: (answer, how many); `people`: how many answered it and did not skip it."""

    question: Question
    people: int
    bars: list[tuple[str, int]] = field(default_factory=list)
    quotes: list[str] = field(default_factory=list)
    photos: list[str] = field(default_factory=list)  # refs of those that may be shown
    average: float | None = None  # of a scale

    @property
    def sentence(self) -> str:
        """The same in words, read above the picture."""
        if not self.people:
            return "아직 답한 분이 없어요"
        if self.average is not None:
            return f"{self.people}명이 답했고 평균 {self.average:.1f}점이에요"
        if self.bars and (top := max(self.bars, key=lambda bar: bar[1]))[1]:
            particle = josa(top[0], "을/를")[len(top[0]) :]
            return f"{self.people}명 가운데 {top[1]}명이 ‘{top[0]}’{particle} 골랐어요"
        return f"{self.people}명이 답했어요"


@dataclass(frozen=True)
class Cross:
    """One question's answers by another's: a line for each answer of `by`, with its own n."""

    by: Question
    of: Question
    heads: list[str]
    lines: list[CrossLine]


@dataclass(frozen=True)
class CrossLine:
    """Who gave one answer to `by`: how many, how they answered `of`, and their average where that is a scale."""

    word: str
    people: int
    cells: list[int]
    average: float | None


@dataclass(frozen=True)
class Result:
    """Everything that was answered in one turn. `turns`: the months there are, the newest first; [] of a 체험단."""

    people: int  # who answered at least one question
    sums: list[Sum]
    turn: date
    turns: list[date]


def turns(*, shop_id: int, programme_id: int) -> list[date]:
    """Return the months in which a 모니터단 answered, the newest first; [] elsewhere."""
    found = db.session.scalars(
        select(TesterAnswer.turn)
        .join(Tester, (Tester.shop_id == TesterAnswer.shop_id) & (Tester.id == TesterAnswer.tester_id))
        .where(
            TesterAnswer.shop_id == shop_id,
            Tester.programme_id == programme_id,
            TesterAnswer.turn != ONLY_TURN,
        )
        .distinct()
        .order_by(TesterAnswer.turn.desc())
    )
    return list(found)


def result(*, shop_id: int, programme_id: int, turn: date | None = None) -> Result:
    """Return what came of a programme; `turn`: one month of a 모니터단, its newest when not said."""
    months = turns(shop_id=shop_id, programme_id=programme_id)
    asked = turn if turn in months else (months[0] if months else ONLY_TURN)
    found = _answers(shop_id, programme_id)
    after = [each for each in questions(shop_id=shop_id, programme_id=programme_id) if each.when == AFTER]
    shown = _photos(
        shop_id, [a.photo_id for (_q, at), rows in found.items() if at == asked for a in rows.values()]
    )
    sums = [_sum(question, found.get((question.id, asked), {}), shown) for question in after]
    who = {tester for question in after for tester in found.get((question.id, asked), {})}
    return Result(len(who), sums, asked, months)


def averages_by_month(*, shop_id: int, programme_id: int, question: Question) -> list[tuple[date, float]]:
    """Return how a scale of a 모니터단 went month by month, the oldest first."""
    found = _answers(shop_id, programme_id)
    months = sorted(turn for asked, turn in found if asked == question.id and turn != ONLY_TURN)
    return [
        (month, average)
        for month in months
        if (average := _average(found[question.id, month].values())) is not None
    ]


def cross(*, shop_id: int, programme_id: int, by: int, of: int, turn: date) -> Cross | None:
    """Return one question's answers by another's, of those who answered both; None where that makes no table.

    `by`: a question with something to choose from, also one that was asked of who applied; `of`: such a one or a scale.
    """
    asked = {each.id: each for each in questions(shop_id=shop_id, programme_id=programme_id)}
    if by not in asked or of not in asked or by == of:
        return None
    row, column = asked[by], asked[of]
    if not (can_divide(row) and column.form in (SCALE, CHOICE, MANY) and column.when == AFTER):
        return None
    found = _answers(shop_id, programme_id)
    rows = found.get((by, turn if row.when == AFTER else ONLY_TURN), {})
    cells = found.get((of, turn), {})
    heads, keys = _heads(column)
    lines = []
    for place, word in _divisions(row):
        who = [tester for tester, answer in rows.items() if place in _chosen(answer) and tester in cells]
        theirs = [cells[tester] for tester in who if not cells[tester].is_empty]
        counted = [sum(key in _chosen(answer) for answer in theirs) for key in keys]
        average = _average(theirs) if column.form == SCALE else None
        lines.append(CrossLine(word, len(theirs), counted, average))
    return Cross(row, column, heads, lines)


def can_divide(question: Question) -> bool:
    """Tell whether people can be told apart by their answer to a question."""
    return question.form in (CHOICE, MANY, SCALE)


def first_cross(asked: Sequence[Question]) -> tuple[int, int] | None:
    """Return the table to begin with: what who applied chose, by the first scale; (by, of), None without both."""
    by = next((each.id for each in asked if each.form in (CHOICE, MANY)), None)
    of = next(
        (each.id for each in asked if each.when == AFTER and each.form == SCALE and each.id != by), None
    )
    return None if by is None or of is None else (by, of)


@dataclass(frozen=True)
class Tasting:
    """What people said at the counter."""

    question: Question
    people: int
    today: int
    bars: list[tuple[str, int]]
    average: float | None


def tasting(*, shop_id: int, programme_id: int, today: date) -> Tasting | None:
    """Return the live count of a tasting; None while it asks nothing."""
    asked = next(
        (each for each in questions(shop_id=shop_id, programme_id=programme_id) if each.when == AFTER), None
    )
    if asked is None:
        return None
    rows = db.session.execute(
        select(TastingAnswer.number, func.count(), func.count().filter(TastingAnswer.day == today))
        .where(TastingAnswer.shop_id == shop_id, TastingAnswer.question_id == asked.id)
        .group_by(TastingAnswer.number)
    ).all()
    many = {row[0]: int(row[1]) for row in rows}
    heads, keys = _heads(asked)
    people = sum(many.values())
    total = sum(number * count for number, count in many.items())
    return Tasting(
        asked,
        people,
        sum(int(row[2]) for row in rows),
        [(head, many.get(key, 0)) for head, key in zip(heads, keys, strict=True)],
        total / people if people and asked.form == SCALE else None,
    )


def is_of_programme(*, shop_id: int, programme_id: int, ref: str) -> bool:
    """Tell whether a photo is an answer of who was chosen for a programme of this shop."""
    found = db.session.scalar(
        select(Photo.id)
        .join(TesterAnswer, (TesterAnswer.shop_id == Photo.shop_id) & (TesterAnswer.photo_id == Photo.id))
        .join(Tester, (Tester.shop_id == TesterAnswer.shop_id) & (Tester.id == TesterAnswer.tester_id))
        .where(
            Photo.shop_id == shop_id,
            Photo.ref == ref,
            Photo.state == "ready",
            Tester.programme_id == programme_id,
            Tester.chosen_at.is_not(None),
        )
        .limit(1)
    )
    return found is not None


def table(*, shop_id: int, programme_id: int) -> tuple[list[str], list[list[str]]]:
    """Return everything answered as (head, rows) for a file: a line for each person and turn, by number, not by name."""
    asked = questions(shop_id=shop_id, programme_id=programme_id)
    found = _answers(shop_id, programme_id)
    who_is = select(Tester.id, Tester.number).where(
        Tester.shop_id == shop_id, Tester.programme_id == programme_id
    )
    numbers = {row[0]: row[1] for row in db.session.execute(who_is)}
    months = turns(shop_id=shop_id, programme_id=programme_id) or [ONLY_TURN]
    rows = []
    for turn in sorted(months):
        after = [each.id for each in asked if each.when == AFTER]
        who = {tester for each in after for tester in found.get((each, turn), {})}
        for tester in sorted(who, key=lambda each: numbers.get(each, 0)):
            line = [str(numbers.get(tester, "")), "" if turn == ONLY_TURN else f"{turn:%Y-%m}"]
            for each in asked:
                at = turn if each.when == AFTER else ONLY_TURN
                answer = found.get((each.id, at), {}).get(tester)
                line.append(said(each, answer) if answer else "")
            rows.append(line)
    return ["번호", "달", *(each.text for each in asked)], rows


def _answers(shop_id: int, programme_id: int) -> dict[tuple[int, date], dict[int, Answer]]:
    """Return every answer of who was chosen: (question, turn) → tester → answer."""
    rows = db.session.execute(
        select(
            TesterAnswer.question_id,
            TesterAnswer.turn,
            TesterAnswer.tester_id,
            TesterAnswer.number,
            TesterAnswer.picks,
            TesterAnswer.text,
            TesterAnswer.photo_id,
        )
        .join(Tester, (Tester.shop_id == TesterAnswer.shop_id) & (Tester.id == TesterAnswer.tester_id))
        .where(
            TesterAnswer.shop_id == shop_id,
            Tester.programme_id == programme_id,
            Tester.chosen_at.is_not(None),
        )
        .order_by(TesterAnswer.id)
    )
    found: dict[tuple[int, date], dict[int, Answer]] = defaultdict(dict)
    for question_id, turn, tester_id, number, picks, text, photo_id in rows:
        found[question_id, turn][tester_id] = Answer(number, tuple(picks or ()), text, photo_id)
    return dict(found)


def _photos(shop_id: int, ids: Sequence[int | None]) -> dict[int, str]:
    wanted = [each for each in ids if each is not None]
    if not wanted:
        return {}
    rows = db.session.execute(
        select(Photo.id, Photo.ref).where(
            Photo.shop_id == shop_id, Photo.id.in_(wanted), Photo.state == "ready"
        )
    )
    return {row[0]: row[1] for row in rows}


def _sum(question: Question, answered: dict[int, Answer], shown: dict[int, str]) -> Sum:
    answers = [answer for answer in answered.values() if not answer.is_empty]
    if question.form == TEXT:
        return Sum(question, len(answers), quotes=[answer.text for answer in answers][:QUOTES])
    if question.form == PHOTO:
        refs = [shown[a.photo_id] for a in answers if a.photo_id is not None and a.photo_id in shown]
        return Sum(question, len(answers), photos=refs)
    heads, keys = _heads(question)
    bars = [
        (head, sum(key in _chosen(answer) for answer in answers))
        for head, key in zip(heads, keys, strict=True)
    ]
    return Sum(question, len(answers), bars, average=_average(answers) if question.form == SCALE else None)


def _heads(question: Question) -> tuple[list[str], list[int]]:
    if question.form == SCALE:
        return [f"{n}점" for n in SCALE_WORDS], list(SCALE_WORDS)
    return list(question.options), list(range(len(question.options)))


def _divisions(question: Question) -> list[tuple[int, str]]:
    heads, keys = _heads(question)
    return list(zip(keys, heads, strict=True))


def _chosen(answer: Answer) -> tuple[int, ...]:
    return answer.picks if answer.number is None else (answer.number,)


def _average(answers: Iterable[Answer]) -> float | None:
    numbers = [answer.number for answer in answers if answer.number is not None]
    return sum(numbers) / len(numbers) if numbers else None
