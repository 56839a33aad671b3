"""A 체험단 as tests need it: written, shown, applied for, chosen, handed over, answered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.extensions import db
from app.flows import programme, programme_end, programme_questions, tester, tester_answers, tester_turns
from app.kit.clock import kst_day
from app.testers import queries
from app.testers.models import Programme, ProgrammeQuestion, Tester
from app.testers.rules import AFTER, APPLY
from tests import factories
from tests.factories import ACustomer, AShop


def typed(**changes: str) -> dict[str, str]:
    """Return a form that can be sent: a soap, two places, a week to apply and three to answer."""
    today = kst_day(factories.now())
    return {
        "sort": "trial",
        "product": "쑥 비누",
        "places": "2",
        "apply_until": (today + timedelta(days=7)).isoformat(),
        "try_days": "3",
        "answer_until": (today + timedelta(days=28)).isoformat(),
    } | changes


def monitors(**changes: str) -> dict[str, str]:
    """Return a form for a 모니터단 of two whose term is three months from today."""
    today = kst_day(factories.now())
    return {
        "sort": "monitor",
        "product": "겨울 모니터단",
        "places": "2",
        "apply_until": (today + timedelta(days=3)).isoformat(),
        "term_starts": today.isoformat(),
        "term_ends": (today + timedelta(days=80)).isoformat(),
    } | changes


def a_programme(shop: AShop, start: str = "skin", *, shows: bool = True, **changes: str) -> Programme:
    """Make a programme and show it."""
    form = typed(**changes) if changes.get("sort", "trial") != "monitor" else monitors(**changes)
    made = programme.make(
        shop_id=shop.id,
        staff_id=shop.owner_id,
        typed=form,
        start=start,
        once=factories.once(),
        now=factories.now(),
    )
    row = the(shop, made)
    if shows:
        show(shop, row)
        row = the(shop, made)
    return row


def show(shop: AShop, row: Programme) -> None:
    """모집 시작."""
    programme.show(shop_id=shop.id, staff_id=shop.owner_id, programme_id=row.id, now=factories.now())


def the(shop: AShop, programme_id: int) -> Programme:
    """Return a programme as it stands."""
    db.session.rollback()
    return db.session.scalars(
        db.select(Programme).where(Programme.shop_id == shop.id, Programme.id == programme_id)
    ).one()


def ask(own: dict[str, Any], when: str, words: dict[str, str]) -> None:
    """Add a question to a programme nobody has answered."""
    programme_questions.put_question(**own, question_id=None, typed=words | {"when": when})


def newest(shop: AShop) -> Programme:
    """Return the programme that was made last."""
    db.session.rollback()
    return db.session.scalars(
        db.select(Programme).where(Programme.shop_id == shop.id).order_by(Programme.id.desc()).limit(1)
    ).one()


def questions(row: Programme, when: str = AFTER) -> list[ProgrammeQuestion]:
    """Return its questions of a kind, in their order."""
    return list(
        db.session.scalars(
            db.select(ProgrammeQuestion)
            .where(
                ProgrammeQuestion.shop_id == row.shop_id,
                ProgrammeQuestion.programme_id == row.id,
                ProgrammeQuestion.when == when,
            )
            .order_by(ProgrammeQuestion.position)
        )
    )


def apply(row: Programme, who: ACustomer, choice: int = 0, **changes: Any) -> Tester:
    """Let somebody apply, with this choice wherever there is one; return their part."""
    fields = {f"q{each.id}": [str(choice) if each.options else "말"] for each in questions(row, APPLY)}
    which: dict[str, Any] = {
        "shop_id": row.shop_id,
        "customer_id": who.id,
        "ref": row.ref,
        "typed": fields,
        "now": factories.now(),
    }
    tester.apply(**which | changes)
    return part(row, who)


def part(row: Programme, who: ACustomer) -> Tester:
    """Return somebody's part in a programme."""
    db.session.rollback()
    return db.session.scalars(
        db.select(Tester).where(
            Tester.shop_id == row.shop_id, Tester.programme_id == row.id, Tester.customer_id == who.id
        )
    ).one()


def choose(shop: AShop, row: Programme, *people: ACustomer) -> int:
    """Choose these by hand."""
    picked = [part(row, who).id for who in people]
    return tester.choose(
        shop_id=shop.id, staff_id=shop.owner_id, programme_id=row.id, picked=picked, now=factories.now()
    )


def hand_over(shop: AShop, row: Programme, *people: ACustomer) -> None:
    """Note that these got what they try."""
    for who in people:
        tester.hand_over(
            shop_id=shop.id, staff_id=shop.owner_id, tester_id=part(row, who).id, now=factories.now()
        )


def answer(row: Programme, who: ACustomer, question: ProgrammeQuestion, *values: str) -> bool:
    """Let somebody answer one question."""
    return tester_answers.save(
        shop_id=row.shop_id,
        customer_id=who.id,
        ref=row.ref,
        question_id=question.id,
        values=values,
        now=factories.now(),
    )


def answer_with_photo(row: Programme, who: ACustomer, question: ProgrammeQuestion, once: str) -> bool:
    """Let somebody answer with the photo they picked in the form of that key."""
    return tester_answers.save(
        shop_id=row.shop_id,
        customer_id=who.id,
        ref=row.ref,
        question_id=question.id,
        values=(),
        once=once,
        now=factories.now(),
    )


def answer_all(row: Programme, who: ACustomer, number: int = 4, text: str = "거품이 적어요") -> None:
    """Let somebody answer everything: this number for a scale, the first of what there is to choose."""
    for each in questions(row):
        said = {"scale": str(number), "choice": "0", "many": "0", "text": text}.get(each.form, "")
        answer(row, who, each, said)


def turn(row: Programme) -> None:
    """Let the clock do what the programme waits for."""
    tester_turns.go_on(shop_id=row.shop_id, programme_id=row.id, now=factories.now())


def end(shop: AShop, row: Programme, verdict: str = "improve") -> None:
    """Decide."""
    programme_end.decide(
        shop_id=shop.id,
        staff_id=shop.owner_id,
        programme_id=row.id,
        verdict=verdict,
        note="향을 줄이기로",
        now=factories.now(),
    )


def counts(row: Programme) -> queries.Counts:
    """Return how many people are where."""
    db.session.rollback()
    return queries.counts(row.shop_id, [row.id])[row.id]
