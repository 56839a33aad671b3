"""How a 체험단 ends for everybody in it: nobody waits for a word for ever, no ad leads to what is over, none stops another."""

from __future__ import annotations

import pytest
from flask import Flask
from structlog.testing import capture_logs

from app.extensions import db
from app.flows import programme_end, programme_questions, tester, tester_invites, tester_turns
from app.messages.models import Message
from app.testers import queries
from app.testers.at_work import at_work
from app.testers.rules import LastQuestion, NoProgramme, NotNow
from tests import factories, trying, world
from tests.coupons import a_kind
from tests.factories import ACustomer, AShop
from tests.flows.test_tester import letters
from tests.world import Clock

_GOOD = db.text("SELECT count(*) FROM coupons WHERE withdrawn_at IS NULL")


def waiting_ads() -> int:
    """How many invitations still wait to go."""
    db.session.rollback()
    waits = (Message.kind == "tester_invite", Message.state.in_(("ready", "claimed")))
    return len(db.session.scalars(db.select(Message.id).where(*waits)).all())


def test_who_was_not_chosen_hears_once_though_places_are_left(
    app: Flask, shop: AShop, jiwoo: ACustomer, minho: ACustomer, clock: Clock
) -> None:
    row = trying.a_programme(shop)
    first, second = trying.apply(row, jiwoo), trying.apply(row, minho)
    trying.choose(shop, row, jiwoo)
    own = {"shop_id": shop.id, "programme_id": row.id, "now": clock()}
    with pytest.raises(NotNow, match="신청 그만 받기"):
        programme_end.settle(**own, staff_id=shop.owner_id)
    programme_end.close(**own)
    trying.turn(trying.the(shop, row.id))
    assert letters("event_result") == [f"tester:{first.id}:chosen"], "the owner may still choose"
    assert queries.waiting(shop.id, now=clock()).to_choose == 1
    told = world.all_at_once(app, [lambda: programme_end.settle(**own, staff_id=shop.owner_id)] * 3)
    assert told == [None] * 3
    trying.turn(trying.the(shop, row.id))
    assert letters("event_result") == [f"tester:{first.id}:chosen", f"tester:{second.id}:not"]
    assert queries.waiting(shop.id, now=clock()).to_choose == 0
    trying.choose(shop, row, minho)
    assert letters("event_result") == [f"tester:{each.id}:chosen" for each in (first, second)], (
        "a place got free"
    )


@pytest.mark.parametrize("how", ["decided", "too_late"])
def test_who_was_not_chosen_hears_however_the_programme_ends(
    shop: AShop, jiwoo: ACustomer, minho: ACustomer, clock: Clock, how: str
) -> None:
    row = trying.a_programme(shop)
    trying.apply(row, jiwoo)
    second = trying.apply(row, minho)
    trying.choose(shop, row, jiwoo)
    if how == "decided":
        trying.end(shop, row)
    else:
        clock.advance(days=30)
        tester_turns.see_to(now=clock())
        assert (shop.id, row.id) in at_work(), "not ended yet"
    assert letters("event_result")[1:] == [f"tester:{second.id}:not"]
    tester_turns.see_to(now=clock())
    assert len(letters("event_result")) == 2


def test_what_ended_is_looked_at_until_everybody_heard(
    shop: AShop, jiwoo: ACustomer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = trying.a_programme(shop)
    trying.apply(row, jiwoo)
    monkeypatch.setattr(programme_end, "_AT_ONCE", 0)  # killed right after the verdict
    trying.end(shop, row)
    assert letters("event_result") == []
    tester_turns.see_to(now=clock())
    assert len(letters("event_result")) == 1
    assert at_work() == []


@pytest.mark.parametrize("how", ["ended", "closed", "full"])
def test_invitations_that_have_not_gone_are_taken_back(
    shop: AShop, clock: Clock, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(tester_invites, "AT_ONCE", 2)
    people = [factories.a_customer(shop, agrees="all", phone=factories.a_number()) for _ in range(3)]
    row = trying.a_programme(shop, people="all", invites="y", places="1")
    trying.turn(row)
    assert waiting_ads() == len(people)
    if how == "ended":
        trying.end(shop, row, "stop")
    elif how == "closed":
        programme_end.close(shop_id=shop.id, programme_id=row.id, now=clock())
    else:
        trying.apply(row, people[0])
        trying.choose(shop, row, people[0])
    assert waiting_ads() == 0
    left = db.session.execute(db.text("SELECT count(*) FROM ad_grants")).scalar()
    assert left == 0
    late = factories.a_customer(shop, agrees="all", phone=factories.a_number())
    trying.turn(trying.the(shop, row.id))
    assert waiting_ads() == 0, late
    assert ((shop.id, row.id) in at_work()) is (how != "ended")


def test_one_programme_that_fails_costs_the_others_nothing(
    shop: AShop, jiwoo: ACustomer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, well = trying.a_programme(shop, invites="y", people="all"), trying.a_programme(shop)
    broken_id = broken.id
    trying.apply(well, jiwoo)
    asked = {"shop_id": shop.id, "staff_id": shop.owner_id, "now": clock()}
    monkeypatch.setattr(tester, "afterwards", lambda *_each: None)
    tester.choose(**asked, programme_id=well.id, picked=[trying.part(well, jiwoo).id])  # type: ignore[arg-type]

    def breaks(**_which: object) -> None:
        raise RuntimeError("한지우 010-1234-5678")

    monkeypatch.setattr(tester_invites.groups, "members", breaks)
    with capture_logs() as said:
        tester_turns.see_to(now=clock())
    assert len(letters("event_result")) == 1
    assert said == [
        {
            "event": "testers_failed",
            "log_level": "error",
            "shop_id": shop.id,
            "row_id": broken_id,
            "fault": "RuntimeError",
        }
    ]


def test_one_kind_of_work_that_fails_keeps_a_programmes_other_people_from_nothing(
    shop: AShop, jiwoo: ACustomer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = trying.a_programme(shop, invites="y", people="all")
    trying.apply(row, jiwoo)
    monkeypatch.setattr(tester_invites.groups, "members", lambda **_which: 1 / 0)
    trying.choose(shop, row, jiwoo)
    assert len(letters("event_result")) == 1


def test_who_is_chosen_again_has_one_good_coupon(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    row = trying.a_programme(shop, coupon=str(a_kind(shop)))
    part = trying.apply(row, jiwoo)
    for _each in range(3):
        trying.choose(shop, row, jiwoo)
        trying.turn(row)
        assert db.session.scalar(_GOOD) == 1
        tester.let_go(shop_id=shop.id, tester_id=part.id, now=clock.advance(minutes=1))
        assert db.session.scalar(_GOOD) == 0
        trying.apply(row, jiwoo)
    trying.choose(shop, row, jiwoo)
    coupon_id = db.session.scalar(db.text("SELECT id FROM coupons WHERE withdrawn_at IS NULL"))
    assert coupon_id is not None
    db.session.execute(db.text("UPDATE coupons SET used_at = issued_at WHERE id = :id"), {"id": coupon_id})
    db.session.commit()
    tester.let_go(shop_id=shop.id, tester_id=part.id, now=clock())
    trying.apply(row, jiwoo)
    trying.choose(shop, row, jiwoo)
    assert db.session.scalar(_GOOD) == 1, "the used one, and no second"


def test_the_only_question_of_what_people_see_stays(shop: AShop, jiwoo: ACustomer) -> None:
    for sort in ("tasting", "trial"):
        row = trying.a_programme(shop, "taste" if sort == "tasting" else "food", sort=sort, shows=False)
        own = {"shop_id": shop.id, "programme_id": row.id, "now": factories.now()}
        *others, last = trying.questions(row)
        for each in others:
            programme_questions.drop_question(**own, question_id=each.id)  # type: ignore[arg-type]
        trying.show(shop, row)
        with pytest.raises(LastQuestion, match="하나뿐인 질문"):
            programme_questions.drop_question(**own, question_id=last.id)  # type: ignore[arg-type]
        for each in trying.questions(row, "apply"):
            programme_questions.drop_question(**own, question_id=each.id)  # type: ignore[arg-type]
        assert [each.id for each in trying.questions(row)] == [last.id]
    with pytest.raises(NoProgramme):
        programme_end.settle(
            shop_id=factories.a_shop("다른가게").id,
            staff_id=1,
            programme_id=row.id,
            now=factories.now(),
        )
