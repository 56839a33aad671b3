"""체험단 from the first word to "이렇게 바꿨어요": who may what when, and nothing twice."""

from __future__ import annotations

import hashlib

import pytest
from flask import Flask

from app.extensions import db
from app.flows import merge, privacy, programme, programme_end, programme_questions, tester
from app.kit.refusals import Invalid
from app.messages.models import Message
from app.testers import mine, models, queries, results, rules
from app.testers.rules import APPLY, AnswersBegan, NoProgramme, NotForYou, NotNow, TooFewPlaces
from tests import factories, trying, world
from tests.coupons import a_kind
from tests.factories import ACustomer, AShop
from tests.world import Clock


def letters(kind: str) -> list[str]:
    """Return the causes of what lies on cards of a kind, waiting or sent."""
    db.session.rollback()
    told = (Message.kind == kind, Message.channel == "card", Message.state.in_(("ready", "sent")))
    return list(db.session.scalars(db.select(Message.cause).where(*told).order_by(Message.id)))


def test_a_programme_from_beginning_to_end(
    shop: AShop, jiwoo: ACustomer, minho: ACustomer, clock: Clock
) -> None:
    row = trying.a_programme(shop)
    first, second = trying.apply(row, jiwoo, 0), trying.apply(row, minho, 1)
    assert (first.number, second.number) == (1, 2)
    assert queries.waiting(shop.id, now=clock()).applied == 2
    assert trying.choose(shop, row, jiwoo, minho) == 2
    assert letters("event_result") == [f"tester:{first.id}:chosen", f"tester:{second.id}:chosen"]
    trying.hand_over(shop, row, jiwoo, minho)
    assert letters("survey") == [
        f"tester:{each}:survey{n}" for each in (first.id, second.id) for n in ("", ":2")
    ]
    clock.advance(days=3)
    trying.answer_all(row, jiwoo, 5)
    trying.answer_all(row, minho, 2, "향이 너무 세요")
    assert trying.counts(row) == queries.Counts(waiting=0, chosen=2, given=2, done=2)
    assert queries.waiting(shop.id, now=clock()).to_decide == (row.id, "쑥 비누")
    found = results.result(shop_id=shop.id, programme_id=row.id)
    assert (found.people, found.sums[0].average) == (2, 3.5)
    skin, scale = trying.questions(row, APPLY)[0].id, trying.questions(row)[0].id
    table = results.cross(shop_id=shop.id, programme_id=row.id, by=skin, of=scale, turn=found.turn)
    assert table is not None
    assert [(line.word, line.people, line.average) for line in table.lines[:3]] == [
        ("건성", 1, 5.0),
        ("지성", 1, 2.0),
        ("복합성", 0, None),
    ]
    trying.end(shop, row)
    for _twice in range(2):
        programme_end.tell_change(
            shop_id=shop.id, staff_id=shop.owner_id, programme_id=row.id, text="향을 줄였어요", now=clock()
        )
        trying.turn(row)
    assert letters("tester_changed") == [f"tester:{first.id}:change", f"tester:{second.id}:change"]
    with pytest.raises(NotNow):
        programme_end.tell_change(
            shop_id=shop.id, staff_id=shop.owner_id, programme_id=row.id, text="다른 말", now=clock()
        )


def test_an_answer_takes_the_reminder_back(shop: AShop, jiwoo: ACustomer) -> None:
    row = trying.a_programme(shop)
    trying.apply(row, jiwoo)
    trying.choose(shop, row, jiwoo)
    trying.hand_over(shop, row, jiwoo)
    trying.answer_all(row, jiwoo)
    assert letters("survey") == []
    assert trying.part(row, jiwoo).done_at == factories.now()


def test_a_verdict_takes_back_what_was_still_to_be_asked(shop: AShop, jiwoo: ACustomer) -> None:
    row = trying.a_programme(shop)
    trying.apply(row, jiwoo)
    trying.choose(shop, row, jiwoo)
    trying.hand_over(shop, row, jiwoo)
    trying.end(shop, row)
    assert letters("survey") == []


def test_each_answer_is_kept_and_can_be_changed(shop: AShop, jiwoo: ACustomer) -> None:
    row = trying.a_programme(shop)
    part = trying.apply(row, jiwoo)
    trying.choose(shop, row, jiwoo)
    trying.hand_over(shop, row, jiwoo)
    scale = trying.questions(row)[0]
    assert [trying.answer(row, jiwoo, scale, number) for number in ("3", "5")] == [False, False]
    given = mine.answers(shop_id=shop.id, tester_id=part.id, turn=rules.ONLY_TURN)
    assert given[scale.id].number == 5
    with pytest.raises(Invalid):
        trying.answer(row, jiwoo, scale, "6")
    with pytest.raises(Invalid):
        trying.answer(row, jiwoo, scale)


def test_applying_twice_is_once(app: Flask, shop: AShop, jiwoo: ACustomer) -> None:
    row = trying.a_programme(shop)
    fields = {f"q{each.id}": ["0"] for each in trying.questions(row, APPLY)}
    which = {
        "shop_id": shop.id,
        "customer_id": jiwoo.id,
        "ref": row.ref,
        "typed": fields,
        "now": factories.now(),
    }
    found = world.all_at_once(app, [lambda: tester.apply(**which)] * 6)  # type: ignore[arg-type]
    assert found == [None] * 6
    assert db.session.scalar(db.select(db.func.count(models.Tester.id))) == 1
    assert db.session.scalar(db.select(db.func.count(models.TesterAnswer.id))) == 1


def test_who_may_apply(shop: AShop, jiwoo: ACustomer, minho: ACustomer, clock: Clock) -> None:
    other = factories.a_shop("다른가게")
    stranger = factories.a_customer(other)
    row = trying.a_programme(shop, least_visits="2")
    with pytest.raises(NotForYou, match="2번 이상"):
        trying.apply(row, jiwoo)
    with pytest.raises(NoProgramme):
        trying.apply(row, stranger, shop_id=other.id)
    for_group = trying.a_programme(shop, people="vip")
    with pytest.raises(NoProgramme):
        trying.apply(for_group, jiwoo)
    draft = trying.a_programme(shop, shows=False)
    with pytest.raises(NoProgramme):
        trying.apply(draft, jiwoo)
    calm = trying.a_programme(shop)
    with pytest.raises(Invalid):
        trying.apply(calm, jiwoo, typed={})
    trying.apply(calm, jiwoo)
    clock.advance(days=8)
    with pytest.raises(NotNow):
        trying.apply(calm, minho)


def test_a_group_is_invited_once_and_keeps_its_invitation(shop: AShop, clock: Clock) -> None:
    people = [factories.a_customer(shop, agrees="all", phone=factories.a_number()) for _ in range(23)]
    row = trying.a_programme(shop, people="all", invites="y")
    for _twice in range(2):
        trying.turn(row)
    assert len(letters("tester_invite")) == len(people)
    part = trying.apply(row, people[0])
    assert f"tester:{part.id}:invite" in letters("tester_invite"), "what lies on the card stays there"
    waiting = db.select(Message.id).where(
        Message.cause == f"tester:{part.id}:invite", Message.state.in_(("ready", "claimed"))
    )
    assert db.session.scalars(waiting).all() == []


def test_no_more_than_there_are_places(app: Flask, shop: AShop) -> None:
    row = trying.a_programme(shop)
    people = [factories.a_customer(shop) for _ in range(4)]
    ids = [trying.apply(row, who).id for who in people]
    with pytest.raises(TooFewPlaces):
        trying.choose(shop, row, *people[:3])

    programme_id, at = row.id, factories.now()

    def choose(each: int) -> int:
        return tester.choose(
            shop_id=shop.id, staff_id=shop.owner_id, programme_id=programme_id, picked=[each], now=at
        )

    found = world.all_at_once(app, [lambda each=each: choose(each) for each in ids])  # type: ignore[misc]
    assert sum(isinstance(each, TooFewPlaces) for each in found) == 2
    assert trying.counts(row).chosen == 2


def test_a_draw_is_the_seeds_own_and_happens_once(app: Flask, shop: AShop, clock: Clock) -> None:
    row = trying.a_programme(shop)
    promised = row.seed_hash
    people = [factories.a_customer(shop) for _ in range(5)]
    tickets = [trying.apply(row, who).ticket for who in people]
    draw = {"shop_id": shop.id, "staff_id": shop.owner_id, "programme_id": row.id, "now": clock()}
    assert world.all_at_once(app, [lambda: tester.draw(**draw)] * 4) == [2] * 4  # type: ignore[arg-type]
    row = trying.the(shop, row.id)
    assert hashlib.sha256(row.seed.encode()).hexdigest() == promised
    in_order = sorted(tickets, key=lambda each: hashlib.sha256(f"{row.seed}:{each}".encode()).hexdigest())
    assert row.drawn["winners"] == in_order[:2]
    chosen = {who.id for who in people if trying.part(row, who).chosen_at}
    assert len(chosen) == 2
    trying.turn(row)
    assert sum(cause.endswith(":not") for cause in letters("event_result")) == 3
    with pytest.raises(NotNow):
        trying.apply(row, factories.a_customer(shop))


def test_questions_stand_still_once_somebody_answered(shop: AShop, jiwoo: ACustomer) -> None:
    row = trying.a_programme(shop)
    first, second = trying.questions(row)[:2]
    which = {"shop_id": shop.id, "programme_id": row.id, "now": factories.now()}
    programme_questions.move_question(**which, question_id=second.id, way="up")
    programme_questions.move_question(**which, question_id=second.id, way="up")
    assert [each.id for each in trying.questions(row)[:2]] == [second.id, first.id]
    trying.apply(row, jiwoo)
    asked = trying.questions(row, APPLY)[0]
    with pytest.raises(AnswersBegan):
        programme_questions.drop_question(**which, question_id=asked.id)
    words = {"text": "향은 어땠어요?", "how": "scale", "is_needed": "y"}
    programme_questions.put_question(**which, question_id=None, typed=words)
    trying.choose(shop, row, jiwoo)
    trying.hand_over(shop, row, jiwoo)
    trying.answer(row, jiwoo, trying.questions(row)[0], "4")
    for typed in (words, words | {"text": "다른 것"}):
        with pytest.raises(AnswersBegan):
            programme_questions.put_question(**which, question_id=first.id, typed=typed)
    copied = programme.copy(
        shop_id=shop.id, staff_id=shop.owner_id, programme_id=row.id, once="press-01", now=factories.now()
    )
    assert [each.text for each in trying.questions(trying.the(shop, copied))] == [
        each.text for each in trying.questions(row)
    ]
    programme_questions.drop_question(
        **which | {"programme_id": copied}, question_id=trying.questions(trying.the(shop, copied))[0].id
    )


def test_what_was_handed_over_by_mistake_is_taken_back(shop: AShop, jiwoo: ACustomer) -> None:
    row = trying.a_programme(shop)
    part = trying.apply(row, jiwoo)
    with pytest.raises(NoProgramme):
        trying.hand_over(shop, row, jiwoo)
    trying.choose(shop, row, jiwoo)
    with pytest.raises(NotNow, match="받아 가신"):
        trying.answer(row, jiwoo, trying.questions(row)[0], "4")
    trying.hand_over(shop, row, jiwoo)
    trying.hand_over(shop, row, jiwoo)
    with pytest.raises(NotNow):
        tester.let_go(shop_id=shop.id, tester_id=part.id, now=factories.now())
    tester.take_back(shop_id=shop.id, tester_id=part.id, now=factories.now())
    assert letters("survey") == []
    trying.hand_over(shop, row, jiwoo)
    assert len(letters("survey")) == 2
    trying.answer(row, jiwoo, trying.questions(row)[0], "4")
    with pytest.raises(NotNow):
        tester.take_back(shop_id=shop.id, tester_id=part.id, now=factories.now())


def test_one_who_goes_leaves_a_place(shop: AShop, jiwoo: ACustomer, minho: ACustomer) -> None:
    row = trying.a_programme(shop, places="1")
    trying.apply(row, jiwoo)
    trying.apply(row, minho)
    trying.choose(shop, row, jiwoo)
    for _twice in range(2):
        tester.withdraw(shop_id=shop.id, customer_id=jiwoo.id, ref=row.ref, now=factories.now())
    assert letters("event_result") == []
    assert trying.choose(shop, row, minho) == 1
    trying.apply(row, jiwoo)
    assert trying.counts(row) == queries.Counts(waiting=1, chosen=1)


def test_another_shop_finds_nothing(shop: AShop, jiwoo: ACustomer) -> None:
    row = trying.a_programme(shop)
    part = trying.apply(row, jiwoo)
    other = factories.a_shop("다른가게")
    where = {"shop_id": other.id, "now": factories.now()}
    for work in (
        lambda: tester.hand_over(**where, staff_id=other.owner_id, tester_id=part.id),
        lambda: tester.let_go(**where, tester_id=part.id),
        lambda: tester.draw(**where, staff_id=other.owner_id, programme_id=row.id),
        lambda: programme_end.close(**where, programme_id=row.id),
        lambda: programme_end.decide(
            **where, staff_id=other.owner_id, programme_id=row.id, verdict="stop", note=""
        ),
    ):
        with pytest.raises(NoProgramme):
            work()
    assert queries.programme(shop_id=other.id, programme_id=row.id) is None


def test_who_leaves_takes_their_name_and_not_their_answers(
    shop: AShop, jiwoo: ACustomer, minho: ACustomer
) -> None:
    row = trying.a_programme(shop)
    part = trying.apply(row, jiwoo)
    trying.apply(row, minho)
    trying.choose(shop, row, jiwoo)
    trying.hand_over(shop, row, jiwoo)
    trying.answer_all(row, jiwoo)
    assert len(mine.everything_answered(shop_id=shop.id, customer_id=jiwoo.id)) == 8
    for who in (jiwoo, minho):
        privacy.erase(shop_id=shop.id, customer_id=who.id, now=factories.now())
    db.session.rollback()
    left = db.session.scalars(db.select(models.Tester)).all()
    assert [(each.id, each.customer_id) for each in left] == [(part.id, None)]
    assert results.result(shop_id=shop.id, programme_id=row.id).people == 1
    head, rows = results.table(shop_id=shop.id, programme_id=row.id)
    assert (head[:3], rows[0][:3]) == (["번호", "달", "피부가 어떤 편이세요?"], ["1", "", "건성"])


def test_two_cards_of_one_person_are_one_tester(shop: AShop, jiwoo: ACustomer, minho: ACustomer) -> None:
    both, alone = trying.a_programme(shop), trying.a_programme(shop)
    for row, people in ((both, (jiwoo, minho)), (alone, (minho,))):
        for who in people:
            trying.apply(row, who)
    merge.merge_people(
        shop_id=shop.id, kept_id=jiwoo.id, gone_id=minho.id, staff_id=shop.owner_id, now=factories.now()
    )
    kept = mine.parts(shop_id=shop.id, customer_id=jiwoo.id)
    assert sorted(part.programme_id for part in kept) == [both.id, alone.id]
    privacy.erase(shop_id=shop.id, customer_id=jiwoo.id, now=factories.now())
    assert db.session.scalars(db.select(models.Tester)).all() == [], "nobody was chosen, nothing is left"


def test_who_applied_with_two_cards_has_one_chance(
    shop: AShop, jiwoo: ACustomer, minho: ACustomer, clock: Clock
) -> None:
    row = trying.a_programme(shop, places="1")
    first, second = trying.apply(row, jiwoo), trying.apply(row, minho)
    merge_id = merge.merge_people(
        shop_id=shop.id, kept_id=jiwoo.id, gone_id=minho.id, staff_id=shop.owner_id, now=clock()
    )
    assert [each.id for each in queries.people(shop_id=shop.id, programme_id=row.id)] == [first.id]
    assert queries.counts(shop.id, [row.id])[row.id].waiting == 1
    merge.undo_merge(shop_id=shop.id, merge_id=merge_id, staff_id=shop.owner_id, now=clock())
    assert queries.counts(shop.id, [row.id])[row.id].waiting == 2
    merge.merge_people(
        shop_id=shop.id, kept_id=jiwoo.id, gone_id=minho.id, staff_id=shop.owner_id, now=clock()
    )
    own = {"shop_id": shop.id, "staff_id": shop.owner_id, "programme_id": row.id, "now": clock()}
    assert tester.choose(**own, picked=[second.id]) == 0, "nobody reads a letter there"
    tester.draw(**own)
    assert trying.the(shop, row.id).drawn["tickets"] == [first.ticket]


def test_who_is_let_go_keeps_no_coupon(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    row = trying.a_programme(shop, coupon=str(a_kind(shop)))
    part = trying.apply(row, jiwoo)
    trying.choose(shop, row, jiwoo)
    left = db.text("SELECT count(*) FROM coupons WHERE withdrawn_at IS NULL")
    assert db.session.scalar(left) == 1
    for _twice in range(2):
        tester.let_go(shop_id=shop.id, tester_id=part.id, now=clock())
    assert db.session.scalar(left) == 0
