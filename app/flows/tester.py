"""체험단: people apply, some are chosen (by hand or by a draw anybody can do again), and get what they try."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from app.board.draw_rules import draw as drawn_from
from app.cards.actions import ledger
from app.customers import actions as people
from app.flows import tester_coupon
from app.flows.programme import held, note_done, standing
from app.flows.tester_asks import ask
from app.flows.tester_turns import go_on
from app.flows.unit import after_a_race, afterwards, write
from app.insights import groups
from app.messages import recall
from app.testers import actions, queries, rules
from app.testers import typed as typed_rules
from app.testers.models import Programme, Tester
from app.testers.rules import (
    APPLY,
    ONLY_TURN,
    TRIAL,
    NoProgramme,
    NotForYou,
    NotNow,
    Question,
    TooFewPlaces,
)

_WITHDREW = "손님이 그만두셨어요."


def apply(
    *, shop_id: int, customer_id: int, ref: str, typed: Mapping[str, Sequence[str]], now: datetime
) -> None:
    """Apply for a programme with the answers to its short questions; twice is once.

    `typed`: the values of q<question's id>. Raises Invalid (fields: q<id>), NoProgramme, NotNow, NotForYou.
    """
    after_a_race(lambda: _apply(shop_id, customer_id, ref, typed, now))


def _apply(
    shop_id: int, customer_id: int, ref: str, typed: Mapping[str, Sequence[str]], now: datetime
) -> None:
    with write() as session:
        # The card first and the person second, as every flow takes them.
        ledger.hold_card(session, shop_id=shop_id, customer_id=customer_id)
        person = people.customer(session, shop_id=shop_id, customer_id=customer_id, lock=True)
        row = actions.by_ref(session, shop_id=shop_id, ref=ref)
        if person is None or row is None or row.shown_at is None or row.sort == rules.TASTING:
            raise NoProgramme
        mine = actions.tester_of(session, shop_id=shop_id, programme_id=row.id, customer_id=customer_id)
        if mine is not None and mine.applied_at is not None and mine.declined_at is None:
            return
        if not standing(row).takes_applications(now):
            raise NotNow("이제 신청을 받지 않아요. 다음 체험단을 기다려 주세요.")
        _must_fit(row, customer_id, person.visit_count, invited=mine is not None, now=now)
        asked = _asked(session, row, APPLY)
        answers = typed_rules.clean_application(asked, typed)
        if mine is None:
            mine = actions.add_tester(session, shop_id=shop_id, programme_id=row.id, customer_id=customer_id)
        mine.applied_at, mine.declined_at, mine.told_at = now, None, None
        for question_id, answer in answers.items():
            actions.put_answer(
                session, tester=mine, question_id=question_id, turn=ONLY_TURN, answer=answer, now=now
            )
        recall.cancel_waiting(
            session,
            shop_id=shop_id,
            cause=f"tester:{mine.id}:invite",
            kinds=("tester_invite",),
            reason="이미 신청하셨어요.",
        )


def _must_fit(row: Programme, customer_id: int, visits: int, *, invited: bool, now: datetime) -> None:
    if (
        row.people
        and not invited
        and not groups.members_among(
            shop_id=row.shop_id, group=row.people, customer_ids=[customer_id], now=now
        )
    ):
        raise NoProgramme
    least = int(row.conditions.get("least_visits") or 0)
    if visits < least:
        raise NotForYou(f"{least}번 이상 오신 분을 모시고 있어요. 지금은 {visits}번 오셨어요.")


def _asked(session: Any, row: Programme, when: str) -> list[Question]:
    return [
        Question(each.when, each.form, each.text, tuple(each.options), each.is_needed, each.id, each.position)
        for each in actions.questions(session, shop_id=row.shop_id, programme_id=row.id)
        if each.when == when
    ]


def withdraw(*, shop_id: int, customer_id: int, ref: str, now: datetime) -> None:
    """그만둘래요: before anything was handed over; twice is once. Raises NoProgramme, NotNow."""
    with write() as session:
        ledger.hold_card(session, shop_id=shop_id, customer_id=customer_id)
        row = actions.by_ref(session, shop_id=shop_id, ref=ref)
        mine = row and actions.tester_of(
            session, shop_id=shop_id, programme_id=row.id, customer_id=customer_id
        )
        if not mine:
            raise NoProgramme
        if mine.given_at is not None:
            raise NotNow("이미 받아 가셔서 그만둘 수 없어요. 답하기 어려우시면 가게에 말씀해 주세요.")
        _let_go(session, mine, _WITHDREW, now)


def let_go(*, shop_id: int, tester_id: int, now: datetime) -> None:
    """빼기: one who was chosen by mistake, or did not come; twice is once. Raises NoProgramme, NotNow."""
    with write() as session:
        programme_id, whose = _where(session, shop_id, tester_id)
        if whose is not None:
            ledger.hold_card(session, shop_id=shop_id, customer_id=whose)
        held(session, shop_id, programme_id)
        mine = _mine(session, shop_id, tester_id)
        if mine.given_at is not None:
            raise NotNow("이미 받아 가신 분이에요. 먼저 ‘받아 갔어요’를 되돌려 주세요.")
        _let_go(session, mine, "가게에서 명단을 고쳤어요.", now)


def _let_go(session: Any, mine: Tester, reason: str, now: datetime) -> None:
    if mine.declined_at is None:
        mine.declined_at, mine.chosen_at = now, None
        # What was given for trying goes with it; a coupon that was used stays used.
        tester_coupon.take_back(session, mine=mine, reason=reason, now=now)
        _take_back(session, mine, reason, "chosen", "invite", "survey", "survey:2", now=now)


def choose(*, shop_id: int, staff_id: int, programme_id: int, picked: Collection[int], now: datetime) -> int:
    """Choose by hand some who applied; returns how many are chosen by now. Those who are chosen already stay.

    Raises NoProgramme, NotNow, TooFewPlaces.
    """
    with write() as session:
        row = held(session, shop_id, programme_id)
        _may_choose(row)
        standing_ones = _waiting_or_chosen(session, row)
        before = [each for each in standing_ones if each.chosen_at is not None]
        new = [each for each in standing_ones if each.chosen_at is None and each.id in picked]
        left = row.places - len(before)
        if len(new) > left:
            raise TooFewPlaces(
                f"{row.places}분을 모시기로 했어요. 지금 {left}분까지 더 고를 수 있어요."
                if left > 0
                else f"{row.places}분을 이미 다 골랐어요."
            )
        for each in new:
            _chosen(session, each, "hand", now)
        if new:
            note_done(session, row, staff_id, f"chosen {len(new)}", now)
            afterwards(session, lambda: go_on(shop_id=shop_id, programme_id=programme_id, now=now))
        return len(before) + len(new)


def draw(*, shop_id: int, staff_id: int, programme_id: int, now: datetime) -> int:
    """추첨: the places that are left go by the seed promised from the beginning, once; returns how many won.

    Nobody applies from then on. Raises NoProgramme, NotNow.
    """
    with write() as session:
        row = held(session, shop_id, programme_id)
        _may_choose(row)
        if row.drawn_at is not None:
            return len(row.drawn.get("winners", []))
        all_of_them = _waiting_or_chosen(session, row)
        waiting = [each for each in all_of_them if each.chosen_at is None]
        left = row.places - (len(all_of_them) - len(waiting))
        if not waiting or left <= 0:
            raise NotNow("뽑을 분이나 남은 자리가 없어요.")
        tickets = [each.ticket for each in waiting]
        winners = drawn_from(row.seed, tickets, left)
        for each in waiting:
            if each.ticket in winners:
                _chosen(session, each, "draw", now)
        row.drawn_at, row.drawn = now, {"tickets": tickets, "winners": winners, "places": left}
        row.closed_at = row.closed_at or now
        note_done(session, row, staff_id, f"drawn {len(winners)}/{len(tickets)}", now)
        afterwards(session, lambda: go_on(shop_id=shop_id, programme_id=programme_id, now=now))
        return len(winners)


def _chosen(session: Any, mine: Tester, how: str, now: datetime) -> None:
    if mine.told_at is not None:  # a place became free: what they heard before is so no more
        _take_back(session, mine, "자리가 나서 모시게 되었어요.", "not", now=now)
    mine.chosen_at, mine.chosen_by, mine.told_at = now, how, None


def _may_choose(row: Programme) -> None:
    if row.shown_at is None or row.ended_at is not None or row.sort == rules.TASTING:
        raise NotNow("지금은 고를 수 없어요.")


def _waiting_or_chosen(session: Any, row: Programme) -> list[Tester]:
    where = (Tester.applied_at.is_not(None), Tester.declined_at.is_(None), ~queries.IS_SECOND)
    return actions.those_of(session, shop_id=row.shop_id, programme_id=row.id, where=where)


def hand_over(*, shop_id: int, staff_id: int, tester_id: int, now: datetime) -> None:
    """받아 갔어요: from now on the days of trying count; they are asked when these are over, and once more if need be.

    Twice is once. Raises NoProgramme, NotNow.
    """
    with write() as session:
        programme_id, whose = _where(session, shop_id, tester_id)
        if whose is None:
            raise NoProgramme
        # The person before the programme and their part in it, as leaving and applying take them.
        person = people.customer(session, shop_id=shop_id, customer_id=whose, lock=True)
        row = held(session, shop_id, programme_id)
        mine = _mine(session, shop_id, tester_id)
        if person is None or mine.chosen_at is None or row.sort != TRIAL:
            raise NoProgramme
        if mine.given_at is not None:
            return
        if not standing(row).takes_answers(now):
            raise NotNow("답을 받는 날이 지난 체험단이에요. 먼저 답 받는 날을 미뤄 주세요.")
        mine.given_at, mine.given_by = now, staff_id
        ask(session, row=row, tester=mine, customer_id=whose, due=now + timedelta(days=row.try_days), now=now)


def take_back(*, shop_id: int, tester_id: int, now: datetime) -> None:
    """Take a hand-over back that was noted by mistake; twice is once. Raises NoProgramme, NotNow after an answer."""
    with write() as session:
        held(session, shop_id, _where(session, shop_id, tester_id)[0])
        mine = _mine(session, shop_id, tester_id)
        if mine.given_at is None:
            return
        if actions.has_answered(session, tester=mine):
            raise NotNow("이미 답하신 분이라 되돌릴 수 없어요.")
        mine.given_at = mine.given_by = None
        _take_back(session, mine, "받아 간 것을 되돌렸어요.", "survey", "survey:2", now=now)


def _take_back(session: Any, mine: Tester, reason: str, *what: str, now: datetime) -> None:
    for word in what:
        recall.cancel(session, shop_id=mine.shop_id, cause=f"tester:{mine.id}:{word}", reason=reason, now=now)


def _where(session: Any, shop_id: int, tester_id: int) -> tuple[int, int | None]:
    """Return which programme it is and who, without holding anything."""
    found = actions.where_is(session, shop_id=shop_id, tester_id=tester_id)
    if found is None:
        raise NoProgramme
    return found


def _mine(session: Any, shop_id: int, tester_id: int) -> Tester:
    found = actions.tester(session, shop_id=shop_id, tester_id=tester_id)
    if found is None:
        raise NoProgramme
    return found
