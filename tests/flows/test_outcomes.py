"""비교하기: who is left out, what the people of both sides did, and what an owner reads of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as some

from app.extensions import db, setting
from app.flows import automation, deliver, outcomes
from app.flows.unit import write
from app.jobs import tick
from app.kit.refusals import NotHere
from app.messages import history, holdout, inbox, registry, results
from app.messages.campaign_models import Campaign, CampaignPerson
from app.messages.lift import Side
from app.messages.models import Message
from app.messages.outbox import plan
from app.messages.result_models import HoldOut, MessageResult
from app.visits.models import Visit
from tests import factories, world
from tests.factories import AShop
from tests.messages.world import ALL
from tests.messages.world import a_customer as a_person
from tests.world import Clock

KIND = "thank_you"


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let four people be enough to compare."""
    monkeypatch.setattr(holdout, "LEAST", 4)
    monkeypatch.setattr(holdout, "LEAST_TO_GO_ON", 3)


def people(shop: AShop, number: int, *, agreed: tuple[str, ...] = ALL) -> list[int]:
    return [a_person(shop.id, f"손님{n}", phone=factories.a_number(), agreed=agreed) for n in range(number)]


def thank(shop: AShop, customer_id: int, cause: str, clock: Clock) -> int | None:
    with write() as session:
        return plan(
            session,
            shop_id=shop.id,
            customer_id=customer_id,
            kind=KIND,
            cause=cause,
            due_at=clock(),
            now=clock(),
        )


def letters(customer_id: int) -> list[Message]:
    db.session.rollback()
    return list(db.session.query(Message).filter_by(customer_id=customer_id).order_by(Message.id))


def comparison(shop: AShop) -> HoldOut:
    db.session.rollback()
    return db.session.query(HoldOut).filter_by(shop_id=shop.id, kind=KIND).one()


def hold(monkeypatch: pytest.MonkeyPatch, *held: int) -> None:
    monkeypatch.setattr(holdout, "is_held_out", lambda _m, *, customer_id, **_: customer_id in held)


def comes(shop: AShop, customer_id: int, clock: Clock, won: int | None = None) -> None:
    with write() as session:
        session.add(Visit(shop_id=shop.id, customer_id=customer_id, at=clock(), amount=won))


def test_it_begins_the_day_after_enough_are_reached(shop: AShop, clock: Clock) -> None:
    people(shop, 3)
    people(shop, 9, agreed=("age14", "required"))  # no ads for them
    people(shop, 1, agreed=ALL[1:])  # and none for who may be a child
    outcomes.count_reach(shop_id=shop.id, now=clock())
    assert (comparison(shop).reached, comparison(shop).began) == (3, "")
    people(shop, 1)
    outcomes.count_reach(shop_id=shop.id, now=clock())
    tomorrow = (clock().date() + timedelta(days=1)).isoformat()
    assert (comparison(shop).reached, comparison(shop).began) == (4, tomorrow)
    clock.advance(days=100)
    outcomes.count_reach(shop_id=shop.id, now=clock())
    assert comparison(shop).began == tomorrow, "it goes on"
    clock.advance(days=100)
    outcomes.count_reach(shop_id=shop.id, now=clock())
    assert comparison(shop).began > tomorrow, "after half a year another tenth goes without"


def test_nothing_reaches_who_is_held_out(
    app: Flask, shop: AShop, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other, card_only = *people(shop, 2), *people(shop, 1, agreed=("age14", "required"))
    people(shop, 4)
    hold(monkeypatch, one, card_only)
    outcomes.count_reach(shop_id=shop.id, now=clock())
    assert thank(shop, one, "visit:0", clock) is not None
    assert {row.state for row in letters(one)} == {"ready"}, "not before the day it begins"
    clock.advance(days=4)
    for who in (one, other, card_only):
        thank(shop, who, f"visit:{who}", clock)
        assert thank(shop, who, f"visit:{who}", clock) is None, "once"
    clock.advance(hours=3)
    deliver.drain(wire=app.config["WIRE"], clock=clock)
    mine = [row for row in letters(one) if row.cause != "visit:0"]
    assert [(row.channel, row.state, row.code) for row in mine] == [
        ("card", "suppressed", "held_out"),
        ("own_phone", "suppressed", "held_out"),
    ]
    assert mine[0].reason == "효과를 보려고 일부러 보내지 않았어요. 열 분 중 한 분이에요."
    assert [row.state for row in letters(other)] == ["sent", "ready"]
    # Whom no text reaches says nothing of it: the letter on the card is theirs.
    assert [(row.channel, row.state) for row in letters(card_only)] == [("card", "sent")]
    told = history.sent(shop.id, now=clock(), customer_id=one).lines
    assert [(line.state_words, line.reason) for line in told if line.state == "suppressed"] == [
        ("보내지 않았어요", holdout.REASON)
    ]
    assert inbox.letters(shop.id, one, now=clock()) == []


def test_what_is_promised_or_asked_for_goes_to_everybody(
    shop: AShop, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = people(shop, 5)[0]
    hold(monkeypatch, who)
    outcomes.count_reach(shop_id=shop.id, now=clock())
    clock.advance(days=2)
    with write() as session:
        plan(
            session, shop_id=shop.id, customer_id=who, kind="stamp_receipt", cause="visit:7", due_at=clock(),
            now=clock(), facts={"added": 1, "balance": 3, "goal": 10, "code": "x"},
        )  # fmt: skip
    assert {row.state for row in letters(who)} == {"sent"}
    with pytest.raises(outcomes.NotCompared):
        outcomes.compare(shop_id=shop.id, kind="stamp_receipt", compares=True, now=clock())
    with pytest.raises(NotHere):
        outcomes.compare(shop_id=shop.id, kind="nothing", compares=True, now=clock())


def test_only_greetings_that_nobody_waits_for_are_compared() -> None:
    assert {key for key, kind in registry.kinds().items() if holdout.may_compare(kind)} == (
        holdout.KINDS & set(registry.kinds())
    )


def test_the_owner_says_no_and_yes_again(app: Flask, shop: AShop, clock: Clock) -> None:
    people(shop, 5)
    outcomes.count_reach(shop_id=shop.id, now=clock())
    clock.advance(days=3)
    works = [lambda: outcomes.compare(shop_id=shop.id, kind=KIND, compares=False, now=clock())] * 3
    assert world.all_at_once(app, works) == [None] * 3
    assert comparison(shop).began == ""
    outcomes.count_reach(shop_id=shop.id, now=clock())
    assert comparison(shop).began == ""
    assert not results.result(shop.id, KIND, now=clock()).wants_compare
    outcomes.compare(shop_id=shop.id, kind=KIND, compares=True, now=clock())
    assert comparison(shop).began == (clock().date() + timedelta(days=1)).isoformat()
    automation.switch(shop_id=shop.id, kind=KIND, is_on=False, now=clock())
    outcomes.count_reach(shop_id=shop.id, now=clock())
    assert comparison(shop).began == ""


def test_both_sides_are_counted_alike(
    app: Flask, shop: AShop, other_shop: AShop, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent_came, sent, held_came, held, late = people(shop, 5)
    hold(monkeypatch, held_came, held)
    outcomes.count_reach(shop_id=shop.id, now=clock())
    clock.advance(days=2)
    for who in (sent_came, sent, held_came, held):
        thank(shop, who, f"visit:{who}", clock)
    clock.advance(hours=1)
    comes(shop, sent, clock)  # the same visit once more
    clock.advance(days=4)
    comes(shop, sent_came, clock, 12_000)
    comes(shop, sent_came, clock, 3_000)
    comes(shop, held_came, clock)
    thank(shop, sent_came, "visit:999", clock)  # a second one: the same person
    clock.advance(days=24)
    thank(shop, late, "visit:1000", clock)  # whose days are not over
    clock.advance(days=5)
    comes(shop, held, clock)  # after more than thirty days: of their own accord
    outcomes.count(shop_id=shop.id, now=clock())
    db.session.rollback()
    found = {row.arm: row for row in db.session.query(MessageResult).filter_by(shop_id=shop.id, what=KIND)}
    assert {
        arm: (row.people, row.came, row.buyers, row.visits, row.priced) for arm, row in found.items()
    } == {
        "sent": (2, 1, 1, 2, 2),
        "held": (2, 1, 0, 1, 0),
    }
    assert (found["sent"].won, found["sent"].won_squared) == (15_000, 15_000**2)
    said = results.result(shop.id, KIND, now=clock())
    assert (said.compares, said.words, said.which, said.is_known) == (True, "아직 알 수 없어요", "", False)
    assert results.result(other_shop.id, KIND, now=clock()).sent is None
    assert results.overview(other_shop.id, now=clock()) == []
    outcomes.count(shop_id=shop.id, now=clock())  # once more: the same rows
    assert db.session.query(MessageResult).filter_by(shop_id=shop.id).count() == 2


def test_what_is_sure_is_said(shop: AShop, clock: Clock) -> None:
    assert results.best(shop.id) is None
    with write() as session:
        for what, arm, side in (
            (KIND, "sent", Side(900, 270)),
            (KIND, "held", Side(100, 18)),
            ("campaign:9", "sent", Side(900, 100)),
            ("campaign:9", "held", Side(100, 11)),
            (KIND, "a", Side(450, 160)),
            (KIND, "b", Side(450, 110)),
        ):
            session.add(
                MessageResult(
                    shop_id=shop.id, what=what, began="2026-11-01", arm=arm, people=side.people, came=side.came,
                    counted_at=clock(),
                )
            )  # fmt: skip
    said = results.result(shop.id, KIND, now=clock())
    assert said.words == "100명께 보내면 대략 4~18명이 더 오세요"
    assert said.which == "첫째 글이 나아요. 100명께 보내면 대략 6~16명이 더 오세요"
    assert (said.sent, said.held) == (Side(900, 270), Side(100, 18))
    assert results.best(shop.id) == ("감사 인사", said.words)


def test_of_a_campaign_who_agreed_to_ads_is_compared(shop: AShop, clock: Clock) -> None:
    clock.advance(days=1)  # after everybody's consent
    rung = ("age14", "required", "marketing", "ads_push")  # no text, no e-mail: pushes alone reach them
    sent, held, *others = *people(shop, 3), *people(shop, 1, agreed=rung), *people(shop, 2, agreed=ALL[:2])
    with write() as session:
        campaign = Campaign(
            shop_id=shop.id, once=factories.once(), made_by=shop.owner_id, made_at=clock(), counted=6, text="소식",
            send_at=clock(), holds_out=True, state="done",
        )  # fmt: skip
        session.add(campaign)
        session.flush()
        what = f"campaign:{campaign.id}"
        for who in (sent, held, *others):
            mine = {"shop_id": shop.id, "campaign_id": campaign.id, "customer_id": who}
            session.add(CampaignPerson(**mine, is_held_out=who in (held, others[-1])))
    clock.advance(days=2)
    comes(shop, sent, clock)
    outcomes.count(shop_id=shop.id, now=clock())
    assert results.result(shop.id, what, now=clock()).sent is None, "its days are not over"
    clock.advance(days=13)
    outcomes.count(shop_id=shop.id, now=clock())
    said = results.result(shop.id, what, now=clock())
    assert (said.sent, said.held) == (Side(3, 1, visits=1), Side(1, 0))
    assert said.words == "아직 알 수 없어요"


def test_a_campaign_that_stands_still_is_counted_and_shown(shop: AShop, clock: Clock) -> None:
    clock.advance(days=1)  # after everybody's consent
    sent, held = people(shop, 2)
    with write() as session:
        mine = {
            "shop_id": shop.id,
            "made_by": shop.owner_id,
            "made_at": clock(),
            "counted": 2,
            "text": "소식",
        }
        begun = Campaign(**mine, once="1", send_at=clock(), holds_out=True, state="paused")
        later = Campaign(**mine, once="2", send_at=clock() + timedelta(days=30), state="paused")
        session.add_all([begun, later])
        session.flush()
        what = f"campaign:{begun.id}"
        for who in (sent, held):
            whose = {"shop_id": shop.id, "campaign_id": begun.id, "customer_id": who}
            session.add(CampaignPerson(**whose, is_held_out=who == held))
    clock.advance(days=15)
    outcomes.count(shop_id=shop.id, now=clock())
    (said,) = results.overview(shop.id, now=clock())
    assert (said.what, said.is_paused, said.sent, said.held) == (what, True, Side(1, 0), Side(1, 0))
    with write() as session:
        session.query(Campaign).update({"state": "going"})
    assert not results.result(shop.id, what, now=clock()).is_paused


@given(some.binary(min_size=32, max_size=32), some.integers(1, 9**9), some.integers(1, 9**9), some.text("abc:0123456789", max_size=20))  # fmt: skip
def test_who_is_left_out_stays_left_out(master: bytes, shop_id: int, customer_id: int, what: str) -> None:
    answers = {
        holdout.is_held_out(master, shop_id=shop_id, customer_id=customer_id, what=what) for _ in range(2)
    }
    assert len(answers) == 1


def test_a_tenth_is_left_out_and_each_time_another(app: Flask) -> None:
    def of(what: str, shop_id: int = 1) -> set[int]:
        master = setting("MASTER_KEY")
        everybody = range(4000)
        return {
            n for n in everybody if holdout.is_held_out(master, shop_id=shop_id, customer_id=n, what=what)
        }

    first, second, elsewhere = (
        of("thank_you:2026-01-01"),
        of("thank_you:2026-07-01"),
        of("thank_you:2026-01-01", 2),
    )
    for tenth in (first, second, elsewhere):
        assert 340 < len(tenth) < 460
    assert len(first & second) < 80 and len(first & elsewhere) < 80


def test_the_clock_counts_for_every_shop(shop: AShop, other_shop: AShop, clock: Clock) -> None:
    people(shop, 4)
    people(other_shop, 2)
    (task,) = [task for task in tick.PERIODIC if task.name == "count_outcomes"]
    task.run(clock(), lambda: False)
    assert comparison(shop).reached == 4
    assert comparison(other_shop).reached == 2
