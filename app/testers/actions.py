"""Changes to programmes, to who takes part and to what they answered. Flush, never commit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, select, update

from app.board.draw_rules import TICKET_LENGTH
from app.kit.signing import random_code
from app.testers.models import Programme, ProgrammeQuestion, TastingAnswer, Tester, TesterAnswer
from app.testers.rules import AFTER, Answer, Question


def programme(session: Any, *, shop_id: int, programme_id: int) -> Programme | None:
    """Return a programme of this shop, held until the flow ends: who applies and who chooses meet here."""
    found: Programme | None = session.scalar(
        select(Programme)
        .where(Programme.shop_id == shop_id, Programme.id == programme_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found


def by_ref(session: Any, *, shop_id: int, ref: str) -> Programme | None:
    """Return a programme by the word in its address, held until the flow ends."""
    found: Programme | None = session.scalar(
        select(Programme)
        .where(Programme.shop_id == shop_id, Programme.ref == ref)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found


def by_once(session: Any, *, shop_id: int, once: str) -> Programme | None:
    """Return what this once-key made before."""
    found: Programme | None = session.scalar(
        select(Programme).where(Programme.shop_id == shop_id, Programme.once == once)
    )
    return found


def questions(session: Any, *, shop_id: int, programme_id: int) -> list[ProgrammeQuestion]:
    """Return a programme's questions in their order."""
    return list(
        session.scalars(
            select(ProgrammeQuestion)
            .where(ProgrammeQuestion.shop_id == shop_id, ProgrammeQuestion.programme_id == programme_id)
            .order_by(ProgrammeQuestion.position)
        )
    )


def add_questions(session: Any, *, shop_id: int, programme_id: int, asked: Sequence[Question]) -> None:
    """Add questions behind those that are there."""
    last = session.scalar(
        select(func.max(ProgrammeQuestion.position)).where(
            ProgrammeQuestion.shop_id == shop_id, ProgrammeQuestion.programme_id == programme_id
        )
    )
    for place, question in enumerate(asked, start=0 if last is None else last + 1):
        session.add(
            ProgrammeQuestion(
                shop_id=shop_id,
                programme_id=programme_id,
                position=place,
                when=question.when,
                form=question.form,
                text=question.text,
                options=list(question.options),
                is_needed=question.is_needed,
            )
        )
    session.flush()


def has_answers(session: Any, *, shop_id: int, programme_id: int, when: str) -> bool:
    """Tell whether anybody answered a question of this kind (apply or after), at the counter too."""
    mine = select(ProgrammeQuestion.id).where(
        ProgrammeQuestion.shop_id == shop_id,
        ProgrammeQuestion.programme_id == programme_id,
        ProgrammeQuestion.when == when,
    )
    for table in (TesterAnswer, TastingAnswer):
        found = select(table.id).where(table.shop_id == shop_id, table.question_id.in_(mine)).limit(1)
        if session.scalar(found) is not None:
            return True
    return False


def drop(session: Any, *, row: Programme) -> None:
    """Delete a programme nobody has seen, with its questions."""
    session.execute(
        delete(ProgrammeQuestion).where(
            ProgrammeQuestion.shop_id == row.shop_id, ProgrammeQuestion.programme_id == row.id
        )
    )
    session.delete(row)
    session.flush()


def where_is(session: Any, *, shop_id: int, tester_id: int) -> tuple[int, int | None] | None:
    """Return (programme, customer) of one person's part, without holding it."""
    row = session.execute(
        select(Tester.programme_id, Tester.customer_id).where(
            Tester.shop_id == shop_id, Tester.id == tester_id
        )
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def tester(session: Any, *, shop_id: int, tester_id: int) -> Tester | None:
    """Return one person's part in a programme of this shop, held until the flow ends."""
    found: Tester | None = session.scalar(
        select(Tester)
        .where(Tester.shop_id == shop_id, Tester.id == tester_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found


def tester_of(session: Any, *, shop_id: int, programme_id: int, customer_id: int) -> Tester | None:
    """Return a person's part in a programme, held until the flow ends."""
    found: Tester | None = session.scalar(
        select(Tester)
        .where(
            Tester.shop_id == shop_id,
            Tester.programme_id == programme_id,
            Tester.customer_id == customer_id,
        )
        .with_for_update()
    )
    return found


def those_of(session: Any, *, shop_id: int, programme_id: int, where: Sequence[Any]) -> list[Tester]:
    """Return those of a programme who fit, in the order they came, held until the flow ends."""
    return list(
        session.scalars(
            select(Tester)
            .where(Tester.shop_id == shop_id, Tester.programme_id == programme_id, *where)
            .order_by(Tester.number)
            .with_for_update()
        )
    )


def add_tester(session: Any, *, shop_id: int, programme_id: int, customer_id: int) -> Tester:
    """Add a person to a programme that is held. Raises IntegrityError when they are in it."""
    last = session.scalar(
        select(func.max(Tester.number)).where(Tester.shop_id == shop_id, Tester.programme_id == programme_id)
    )
    made = Tester(
        shop_id=shop_id,
        programme_id=programme_id,
        customer_id=customer_id,
        number=(last or 0) + 1,
        ticket=random_code(TICKET_LENGTH),
    )
    session.add(made)
    session.flush()
    return made


def put_answer(
    session: Any, *, tester: Tester, question_id: int, turn: date, answer: Answer, now: datetime
) -> None:
    """Write one answer down, in the place of an earlier one of the same turn."""
    row = session.scalar(
        select(TesterAnswer).where(
            TesterAnswer.shop_id == tester.shop_id,
            TesterAnswer.tester_id == tester.id,
            TesterAnswer.question_id == question_id,
            TesterAnswer.turn == turn,
        )
    )
    if row is None:
        row = TesterAnswer(shop_id=tester.shop_id, tester_id=tester.id, question_id=question_id, turn=turn)
        session.add(row)
    row.number, row.picks, row.text = answer.number, list(answer.picks), answer.text
    row.photo_id, row.at = answer.photo_id, now
    session.flush()


def photo_of(session: Any, *, tester: Tester, question_id: int, turn: date) -> int | None:
    """Return the photo that a person's answer has already."""
    found: int | None = session.scalar(
        select(TesterAnswer.photo_id).where(
            TesterAnswer.shop_id == tester.shop_id,
            TesterAnswer.tester_id == tester.id,
            TesterAnswer.question_id == question_id,
            TesterAnswer.turn == turn,
        )
    )
    return found


def missing(session: Any, *, tester: Tester, turn: date) -> int:
    """Return how many of the questions after trying a person has not come to in a turn."""
    answered = select(TesterAnswer.question_id).where(
        TesterAnswer.shop_id == tester.shop_id, TesterAnswer.tester_id == tester.id, TesterAnswer.turn == turn
    )
    return int(
        session.scalar(
            select(func.count(ProgrammeQuestion.id)).where(
                ProgrammeQuestion.shop_id == tester.shop_id,
                ProgrammeQuestion.programme_id == tester.programme_id,
                ProgrammeQuestion.when == AFTER,
                ProgrammeQuestion.id.not_in(answered),
            )
        )
    )


def has_answered(session: Any, *, tester: Tester) -> bool:
    """Tell whether a person answered anything after trying."""
    after = select(ProgrammeQuestion.id).where(
        ProgrammeQuestion.shop_id == tester.shop_id,
        ProgrammeQuestion.programme_id == tester.programme_id,
        ProgrammeQuestion.when == AFTER,
    )
    found = session.scalar(
        select(TesterAnswer.id)
        .where(
            TesterAnswer.shop_id == tester.shop_id,
            TesterAnswer.tester_id == tester.id,
            TesterAnswer.question_id.in_(after),
        )
        .limit(1)
    )
    return found is not None


def forget(session: Any, *, shop_id: int, customer_id: int, now: datetime) -> None:
    """Let a person's answers stand without them; an application that came to nothing goes with them.

    Their photos are taken out here, before the photos themselves go.
    """
    mine = select(Tester.id).where(Tester.shop_id == shop_id, Tester.customer_id == customer_id)
    never = mine.where(Tester.chosen_at.is_(None))
    which = TesterAnswer.shop_id == shop_id
    session.execute(
        delete(TesterAnswer)
        .where(which, TesterAnswer.tester_id.in_(never))
        .execution_options(synchronize_session=False)
    )
    session.execute(
        delete(Tester)
        .where(Tester.shop_id == shop_id, Tester.customer_id == customer_id, Tester.chosen_at.is_(None))
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(TesterAnswer)
        .where(which, TesterAnswer.tester_id.in_(mine), TesterAnswer.photo_id.is_not(None))
        .values(photo_id=None)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(Tester)
        .where(Tester.shop_id == shop_id, Tester.customer_id == customer_id, Tester.given_at.is_(None))
        .values(declined_at=now)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(Tester)
        .where(Tester.shop_id == shop_id, Tester.customer_id == customer_id)
        .values(customer_id=None)
        .execution_options(synchronize_session=False)
    )
