"""모니터단: asked once a month, thanked at the end. 맛보기: one tap at the counter, once a browser and day."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask

from app.board import talks
from app.extensions import db
from app.flows import board, programme_end, tasting, tester, tester_benefit, tester_turns
from app.kit.clock import kst_day
from app.kit.refusals import Invalid
from app.messages.models import Message
from app.reviews import given_rules
from app.reviews.models import Review
from app.testers import disclosing, mine, queries, results
from app.testers.at_work import at_work
from app.testers.models import TastingAnswer
from app.testers.rules import TASTING_MINUTE, NoProgramme, NotNow, TooManyTaps
from tests import factories, trying, world
from tests.coupons import a_kind
from tests.factories import ACustomer, AShop
from tests.flows.test_review import an_ask, leave
from tests.flows.test_story import decided
from tests.flows.test_tester import letters
from tests.world import Clock


def test_a_monitor_is_asked_once_a_month_and_thanked_at_the_end(
    app: Flask, shop: AShop, jiwoo: ACustomer, minho: ACustomer, clock: Clock
) -> None:
    kind = a_kind(shop)
    row = trying.a_programme(shop, "month", sort="monitor", coupon=str(kind))
    first, second = trying.apply(row, jiwoo), trying.apply(row, minho)
    trying.choose(shop, row, jiwoo, minho)
    assert letters("survey") == []
    clock.advance(minutes=11)
    programme_id, at = row.id, clock()
    world.all_at_once(
        app, [lambda: tester_turns.go_on(shop_id=shop.id, programme_id=programme_id, now=at)] * 3
    )
    november = [f"tester:{each}:2026-11{n}" for each in (first.id, second.id) for n in ("", ":2")]
    assert letters("survey") == november
    trying.answer_all(trying.the(shop, programme_id), jiwoo, 2)
    assert letters("survey") == [november[0], *november[2:]], "who answered is not reminded"
    clock.advance(days=10)  # the third of December
    row = trying.the(shop, programme_id)
    trying.turn(row)
    assert f"tester:{first.id}:2026-12" in letters("survey")
    trying.answer_all(trying.the(shop, programme_id), jiwoo, 4)
    row = trying.the(shop, programme_id)
    scale = next(
        each for each in queries.questions(shop_id=shop.id, programme_id=programme_id) if each.form == "scale"
    )
    by_month = results.averages_by_month(shop_id=shop.id, programme_id=programme_id, question=scale)
    assert [(month.month, average) for month, average in by_month] == [(11, 2.0), (12, 4.0)]
    assert results.result(shop_id=shop.id, programme_id=programme_id).turn.month == 12
    clock.advance(days=80)
    for _twice in range(2):
        trying.turn(row)
    coupons = db.session.execute(db.text("SELECT customer_id FROM coupons")).all()
    assert [each[0] for each in coupons] == [jiwoo.id], "only who answered at all"
    with pytest.raises(NotNow):
        trying.answer(row, minho, trying.questions(row)[0], "4")


def test_what_a_monitor_gets_is_handed_over_once_a_month(
    app: Flask, shop: AShop, other_shop: AShop, jiwoo: ACustomer, minho: ACustomer, clock: Clock
) -> None:
    row = trying.a_programme(shop, "month", sort="monitor", benefit="달마다 커피 두 잔")
    mine_of, waits = trying.apply(row, jiwoo).id, trying.apply(row, minho).id
    trying.choose(shop, row, jiwoo)
    programme_id = row.id

    def give(tester_id: int = mine_of, **changes: int) -> None:
        which = {"shop_id": shop.id, "staff_id": shop.owner_id, "tester_id": tester_id} | changes
        tester_benefit.give(**which, now=clock())

    def given() -> datetime | None:
        db.session.rollback()
        (line,) = mine.to_hand_over(shop_id=shop.id, customer_id=jiwoo.id, now=clock())
        return line.benefit_at

    assert given() is None
    began = clock()
    assert world.all_at_once(app, [give] * 4) == [None] * 4
    clock.advance(days=1)
    give()
    assert given() == began, "the second press is none"
    for _twice in range(2):
        tester_benefit.take_back(shop_id=shop.id, tester_id=mine_of, now=clock())
    assert given() is None
    give()
    clock.advance(days=9)  # the third of December
    assert given() is None, "a new month"
    tester_benefit.take_back(shop_id=shop.id, tester_id=mine_of, now=clock())
    assert trying.part(row, jiwoo).benefit_at == began + timedelta(days=1), "November's stays"
    give()
    assert given() == clock()
    soap = trying.apply(trying.a_programme(shop), jiwoo).id
    for wrong in (lambda: give(waits), lambda: give(soap), lambda: give(shop_id=other_shop.id)):
        with pytest.raises(NoProgramme):
            wrong()
    clock.advance(days=80)
    with pytest.raises(NotNow, match="활동하는 동안"):
        give()
    trying.end(shop, trying.the(shop, programme_id))
    with pytest.raises(NotNow, match="끝난 모니터단"):
        give()


def test_what_a_monitor_got_is_said_before_what_they_write(
    shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    decided(shop, has_board=True)
    row = trying.a_programme(shop, "month", sort="monitor", benefit="달마다 커피 두 잔")
    mine_of = trying.apply(row, jiwoo).id
    trying.choose(shop, row, jiwoo)

    def given() -> None:
        tester_benefit.give(shop_id=shop.id, staff_id=shop.owner_id, tester_id=mine_of, now=clock())

    def written() -> int:
        leave(an_ask(shop, jiwoo), now=clock())
        post = {"title": "라떼", "text": "맛있어요", "once": factories.once()}
        return board.post(shop_id=shop.id, customer_id=jiwoo.id, **post, now=clock())

    def over(post_id: int) -> str:
        line = talks.post(shop_id=shop.id, post_id=post_id)
        assert line is not None
        return disclosing.told_of(shop.id, line).over

    given()
    clock.advance(days=2)
    first = written()
    clock.advance(days=7)  # December's
    given()
    assert over(first) == "모니터단 혜택", "the next month's takes nothing away from it"
    clock.advance(days=90)
    late = written()
    assert over(late) == ""
    rewards = db.session.scalars(db.select(Review.reward).order_by(Review.id)).all()
    assert rewards == ["모니터단 혜택", ""]
    told = given_rules.reward_words(1, tried=rewards[0])
    assert given_rules.disclosure(told) == "혜택 제공 · 모니터단 혜택과 도장 1개를 받고 쓴 후기예요"
    assert (given_rules.thanked(rewards[0]), given_rules.thanked(told)) == ("", "도장 1개")


def test_nobody_is_asked_before_the_term_or_after_going(
    shop: AShop, jiwoo: ACustomer, minho: ACustomer, clock: Clock
) -> None:
    today = kst_day(clock())
    row = trying.a_programme(shop, "month", sort="monitor", term_starts=today.replace(day=28).isoformat())
    trying.apply(row, jiwoo)
    trying.apply(row, minho)
    trying.choose(shop, row, jiwoo, minho)
    clock.advance(days=1)
    trying.turn(row)
    assert letters("survey") == []
    with pytest.raises(NotNow, match="시작하지 않았어요"):
        trying.answer(row, jiwoo, trying.questions(row)[0], "4")
    tester.withdraw(shop_id=shop.id, customer_id=minho.id, ref=row.ref, now=clock())
    clock.advance(days=5)
    trying.turn(row)
    asked = db.session.scalars(
        db.select(Message.customer_id).where(Message.kind == "survey").distinct()
    ).all()
    assert asked == [jiwoo.id]


def test_a_monitor_whose_programme_was_decided_on_early_is_thanked_however_late_the_clock_comes(
    shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    row = trying.a_programme(shop, "month", sort="monitor", coupon=str(a_kind(shop)))
    trying.apply(row, jiwoo)
    trying.choose(shop, row, jiwoo)
    clock.advance(minutes=11)
    trying.turn(row)
    trying.answer_all(trying.the(shop, row.id), jiwoo, 2)
    trying.end(shop, row)
    programme_end.tell_change(
        shop_id=shop.id, staff_id=shop.owner_id, programme_id=row.id, text="덜 달게 했어요", now=clock()
    )
    clock.advance(days=6)
    for _twice in range(2):
        tester_turns.see_to(now=clock())
    assert len(db.session.execute(db.text("SELECT customer_id FROM coupons")).all()) == 1
    assert len(letters("tester_changed")) == 1
    assert at_work() == []


def test_who_answers_before_the_clock_asks_is_not_asked_again(
    shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    row = trying.a_programme(shop, "month", sort="monitor")
    trying.apply(row, jiwoo)
    trying.choose(shop, row, jiwoo)
    clock.advance(minutes=11)
    trying.turn(row)
    trying.answer_all(trying.the(shop, row.id), jiwoo, 2)
    clock.advance(days=10)  # the third of December, and no worker since
    trying.answer_all(trying.the(shop, row.id), jiwoo, 4)
    before = letters("survey")
    trying.turn(trying.the(shop, row.id))
    assert letters("survey") == before
    assert trying.part(row, jiwoo).done_at is not None


def test_the_clock_finds_the_programmes_of_all_shops(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    row = trying.a_programme(shop)
    trying.a_programme(factories.a_shop("다른가게"), shows=False)
    trying.a_programme(shop, "taste", sort="tasting")
    assert at_work() == [(shop.id, row.id)]
    trying.apply(row, jiwoo)
    trying.choose(shop, row, jiwoo)
    tester_turns.see_to(now=clock())
    assert len(letters("event_result")) == 1


def tap(row: object, browser: str = "a browser", number: str = "5", **changes: object) -> bool:
    """Let somebody tap at the counter."""
    which = {
        "shop_id": row.shop_id,  # type: ignore[attr-defined]
        "ref": row.ref,  # type: ignore[attr-defined]
        "browser_token": browser,
        "number": number,
        "now": factories.now(),
    }
    return tasting.answer(**which | changes)  # type: ignore[arg-type]


def test_one_tap_a_browser_and_day(app: Flask, shop: AShop, clock: Clock) -> None:
    row = trying.a_programme(shop, "taste", sort="tasting", product="유자차")
    which = {"shop_id": shop.id, "ref": row.ref, "browser_token": "b", "number": "4", "now": clock()}
    found = world.all_at_once(app, [lambda: tasting.answer(**which)] * 6)  # type: ignore[arg-type]
    assert sorted(found) == [False] * 5 + [True]
    row = trying.the(shop, row.id)
    assert tap(row, "another", "2")
    assert not tap(row, "another", "5"), "the first one counts"
    clock.advance(days=1)
    assert tap(row, "another", "5")
    seen = results.tasting(shop_id=shop.id, programme_id=row.id, today=kst_day(clock()))
    assert seen is not None
    assert (seen.people, seen.today, seen.average) == (3, 1, pytest.approx(11 / 3))
    assert dict(seen.bars)["4점"] == 1
    kept = db.session.scalars(db.select(TastingAnswer.browser_hash)).all()
    assert not any("another" in each for each in kept)


def test_what_no_counter_sees_is_not_counted(shop: AShop, clock: Clock) -> None:
    row = trying.a_programme(shop, "which", sort="tasting")
    for wrong in ("", "3", "-1", "0.0", "둘"):
        with pytest.raises(Invalid):
            tap(row, number=wrong)
    other = factories.a_shop("다른가게")
    with pytest.raises(NoProgramme):
        tap(row, shop_id=other.id)
    for each in range(TASTING_MINUTE):
        tap(row, f"browser {each}", "0")
    with pytest.raises(TooManyTaps):
        tap(row, "one more", "0")
    clock.advance(minutes=2)
    assert tap(row, "one more", "0")
    trying.end(shop, row, "launch")
    with pytest.raises(NotNow):
        tap(row, "too late", "0")
