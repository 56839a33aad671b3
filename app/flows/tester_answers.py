"""A tester answers one question after the other: each is kept as it is given, so that one may stop and go on later."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.cards.actions import ledger
from app.customers import actions as people
from app.flows import photo
from app.flows.programme import standing
from app.flows.unit import after_a_race, afterwards, write
from app.kit.clock import kst_day
from app.messages import recall
from app.reviews.actions import photos, picks
from app.reviews.pick_rules import pick_key
from app.testers import actions, rules
from app.testers import typed as typed_rules
from app.testers.models import Programme, Tester
from app.testers.rules import AFTER, MONITOR, PHOTO, NoProgramme, NotNow, Question


def save(
    *,
    shop_id: int,
    customer_id: int,
    ref: str,
    question_id: int,
    values: Sequence[str],
    now: datetime,
    once: str = "",
) -> bool:
    """Keep one answer, in the place of an earlier one; returns whether that was the last that was open.

    `once`: the key of the form in which a photo was picked, for a question that asks for one. Raises Invalid (field:
    answer), NoProgramme, NotNow.
    """
    return after_a_race(lambda: _save(shop_id, customer_id, ref, question_id, values, now, once))


def _save(
    shop_id: int,
    customer_id: int,
    ref: str,
    question_id: int,
    values: Sequence[str],
    now: datetime,
    once: str,
) -> bool:
    with write() as session:
        # The card first: photos are picked under it.
        ledger.hold_card(session, shop_id=shop_id, customer_id=customer_id)
        if people.customer(session, shop_id=shop_id, customer_id=customer_id, lock=True) is None:
            raise NoProgramme
        row = actions.by_ref(session, shop_id=shop_id, ref=ref)
        mine = row and actions.tester_of(
            session, shop_id=shop_id, programme_id=row.id, customer_id=customer_id
        )
        if not row or not mine:
            raise NoProgramme
        may_answer(row, mine, now)
        question = next(
            (
                Question(AFTER, each.form, each.text, tuple(each.options), each.is_needed, each.id)
                for each in actions.questions(session, shop_id=shop_id, programme_id=row.id)
                if each.id == question_id and each.when == AFTER
            ),
            None,
        )
        if question is None:
            raise NoProgramme
        turn = rules.turn_of(row.sort, kst_day(now))
        photo_id = before = None
        if question.form == PHOTO:
            key = pick_key("survey", customer_id=customer_id, once=once)
            kept = picks.keep(session, shop_id=shop_id, customer_id=customer_id, pick=key, now=now)
            before = actions.photo_of(session, tester=mine, question_id=question_id, turn=turn)
            # Sent without another one: the photo of before stays.
            photo_id = kept[0] if kept else before
        answer = typed_rules.clean_answer(question, values, photo_id=photo_id)
        actions.put_answer(session, tester=mine, question_id=question_id, turn=turn, answer=answer, now=now)
        if before is not None and before != photo_id:
            gone = photos.drop_by_id(session, shop_id=shop_id, photo_id=before)
            afterwards(session, lambda: photo.drop_files(shop_id=shop_id, refs=gone))
        if actions.missing(session, tester=mine, turn=turn):
            return False
        is_first = mine.done_at is None
        mine.done_at = mine.done_at or now
        word = f"{turn:%Y-%m}" if row.sort == MONITOR else "survey"
        for cause in (f"tester:{mine.id}:{word}", f"tester:{mine.id}:{word}:2"):
            recall.cancel_waiting(
                session, shop_id=shop_id, cause=cause, kinds=("survey",), reason="이미 답해 주셨어요."
            )
        return is_first


def may_answer(row: Programme, mine: Tester, now: datetime) -> None:
    """Tell whether a person may answer at this moment. Raises NoProgramme, NotNow."""
    if mine.chosen_at is None or mine.declined_at is not None:
        raise NoProgramme
    if not standing(row).takes_answers(now):
        raise NotNow("답을 받는 날이 지났어요. 함께해 주셔서 고맙습니다.")
    if row.sort == MONITOR:
        if row.term_starts is not None and kst_day(now) < row.term_starts:
            raise NotNow("아직 활동을 시작하지 않았어요. 시작하는 날 여쭤볼게요.")
    elif mine.given_at is None:
        raise NotNow("가게에서 받아 가신 뒤에 답하실 수 있어요.")
