"""The owner's home and 가게 흐름, from an empty shop to a busy one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event

from app.extensions import db
from app.flows import come_back, deliver, months, own_phone, privacy, review
from app.messages import by_hand
from app.reviews import queries as reviews
from app.reviews import sums
from tests import factories
from tests.asks import a_review, an_ask
from tests.factories import ACustomer, AShop
from tests.flows.coming import minute
from tests.phone import Phone
from tests.world import Clock

pytestmark = pytest.mark.databases("sqlite", "postgres")


@pytest.fixture
def asked(app: Flask) -> Iterator[list[str]]:
    """Every SELECT while the test runs."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            found.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield found
    event.remove(db.engine, "before_cursor_execute", note)


def test_a_shop_without_anybody_is_told_how_to_begin(owner_phone: Phone) -> None:
    page = owner_phone.open("/owner")
    assert "손님을 맞을 준비" in page.words
    assert "할 일" not in page.html and "지난 일주일" not in page.words
    page = owner_phone.open("/owner/insights")
    assert page.h1 == "가게 흐름"
    assert "아직 방문이 없어요" in page.words
    assert page.soup.select_one("svg.chart") is None


def test_one_person_makes_a_small_week(
    owner_phone: Phone, shop: AShop, minho: ACustomer, clock: Clock
) -> None:
    page = owner_phone.open("/owner")
    assert "지난 일주일은 찍은 도장이 없어요." in page.words
    assert page.soup.select_one("svg.chart") is None, "seven noughts are no picture"
    factories.a_stamp(shop, minho.card_id)
    page = owner_phone.open("/owner")
    picture = page.soup.select_one("svg.chart")
    assert picture is not None and picture["role"] == "img"
    assert str(picture["aria-label"]).startswith("지난 일주일에 날마다 찍은 도장.")
    assert len(page.soup.select("details table tbody tr")) == 7
    page = owner_phone.tap("가게 흐름 보기")
    assert "11월에는 손님이 한 번 오셨어요." in page.words
    assert "이번 주에 처음 온 손님은 1명이에요." in page.words
    assert "방문이 30번쯤 쌓이면" in page.words


def test_a_shop_whose_week_was_empty_says_so_and_keeps_its_weeks(
    owner_phone: Phone, shop: AShop, minho: ACustomer, clock: Clock
) -> None:
    factories.a_stamp(shop, minho.card_id)
    clock.advance(seconds=20 * 86400)
    page = owner_phone.open("/owner")
    assert "지난 일주일은 찍은 도장이 없어요." in page.words
    assert "처음 온 손님은 한 주에" in owner_phone.open("/owner/insights").words


def test_the_busiest_hour_is_named_once_enough_is_known(
    owner_phone: Phone, shop: AShop, clock: Clock, asked: list[str]
) -> None:
    for _each in range(30):
        factories.a_stamp(shop, factories.a_customer(shop).card_id)
    clock.advance(seconds=86400)
    months.see_to(shop_id=shop.id, now=clock())
    asked.clear()
    page = owner_phone.open("/owner/insights")
    assert "월요일 오후 2시가 가장 붐벼요." in page.words
    assert all(svg["role"] == "img" and svg["aria-label"] for svg in page.soup.select("svg.chart"))
    assert len(page.soup.select("svg.chart")) <= len(page.soup.select("details.disclose table"))
    assert not [one for one in asked if "FROM visits" in one], "no history is counted for it"


def test_another_shops_flow_is_not_ours(app: Flask, shop: AShop, other_shop: AShop, minho: ACustomer) -> None:
    factories.a_stamp(shop, minho.card_id)
    neighbour = Phone(app).signed_in(other_shop, other_shop.owner_id)
    assert "아직 방문이 없어요" in neighbour.open("/owner/insights").words


def test_staff_see_the_counters_part_only(app: Flask, shop: AShop, minho: ACustomer) -> None:
    factories.a_stamp(shop, minho.card_id)
    colleague = Phone(app).signed_in(shop, factories.a_staff(shop))
    page = colleague.open("/owner")
    assert "다시 온 손님" in page.words
    assert "지난 일주일" not in page.words and "가게 흐름" not in page.words
    assert "가게 흐름" not in colleague.open("/owner/more").words
    colleague.open("/owner/insights", status=403)


def test_who_came_again_after_a_word_is_told_by_name(
    app: Flask, owner_phone: Phone, shop: AShop, clock: Clock
) -> None:
    people = [
        factories.a_customer(shop, name=name, phone=factories.a_number(), agrees="all") for name in "가나"
    ]
    for who in people:
        for days in (36, 29, 22, 15):
            factories.a_stamp(shop, who.card_id, at=clock() - timedelta(days=days))
    minute(clock())
    assert come_back.plan_for(shop_id=shop.id, now=clock()) == 2
    assert "뜸하던" not in owner_phone.open("/owner").words
    deliver.drain(wire=app.config["WIRE"], clock=clock)
    for line in by_hand.by_hand(shop.id, wire=app.config["WIRE"], now=clock()):
        own_phone.mark_sent(shop_id=shop.id, message_id=line.id, wire=app.config["WIRE"], now=clock())
    factories.a_stamp(shop, people[0].card_id, at=clock.advance(days=2))
    page = owner_phone.open("/owner")
    assert "뜸하던 두 분 중 한 분이 다시 오셨어요" in page.words
    assert "가 님" in page.words and "나 님" not in page.words


def test_whom_no_text_went_to_is_one_line_that_leads_to_why(
    app: Flask, owner_phone: Phone, shop: AShop, clock: Clock
) -> None:
    assert "문자가 안 간 분" not in owner_phone.open("/owner").words
    for _each in range(2):
        who = factories.a_customer(shop, phone=factories.a_number())
        factories.a_stamp(shop, who.card_id)
    clock.advance(hours=3)
    deliver.drain(wire=app.config["WIRE"], clock=clock)
    assert "오늘 문자가 안 간 분 2명" in owner_phone.open("/owner").words
    page = owner_phone.tap("오늘 문자가 안 간 분 2명")
    told = page.soup.find("details", id="left-out")
    assert told is not None and told.has_attr("open")
    assert "오늘 문자가 안 간 분 2명" in page.words and "동의하지 않은 손님이에요. 2명" in page.words
    closed = owner_phone.open("/owner/messages").soup.find("details", id="left-out")
    assert closed is not None and not closed.has_attr("open")


def test_what_waits_for_an_answer_is_counted_up_to_a_point(
    owner_phone: Phone, shop: AShop, jiwoo: ACustomer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reviews, "MOST_COUNTED", 2)
    left = [a_review(an_ask(shop, jiwoo)) for _ in range(5)]
    assert reviews.unanswered(shop.id) == 3
    assert "답글 기다리는 후기 2+개" in owner_phone.open("/owner").words
    for review_id in left[:3]:
        review.answer(
            shop_id=shop.id, staff_id=shop.owner_id, review_id=review_id, text="고맙습니다", now=clock()
        )
    assert "답글 기다리는 후기 2개" in owner_phone.open("/owner").words
    assert [line.id for line in reviews.of_shop(shop.id, unanswered=True).lines] == [left[4], left[3]]
    privacy.erase(shop_id=shop.id, customer_id=jiwoo.id, now=clock())
    assert reviews.unanswered(shop.id) == 0, "nobody waits who has left"
    assert reviews.of_shop(shop.id, unanswered=True).lines == []


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    ("read", "index"),
    [
        (sums.standing, "INDEX sqlite_autoindex_review_sums_1"),
        (reviews.unanswered, "INDEX ix_reviews_unanswered"),
    ],
)
def test_the_numbers_of_reviews_come_from_an_index(
    shop: AShop, asked: list[str], read: Callable[[int], object], index: str
) -> None:
    asked.clear()
    read(shop.id)
    (statement,) = asked
    plan = db.session.connection().exec_driver_sql(
        f"EXPLAIN QUERY PLAN {statement}", (shop.id, 1, 1, 0)[: statement.count("?")]
    )
    assert index in " ".join(str(row[-1]) for row in plan)
