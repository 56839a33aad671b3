"""가게 흐름 month by month: what it asks the database, the file, the paper, who came most, and whose it is."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event

from app.extensions import db
from app.flows import months, stamp
from app.flows.unit import write
from app.insights import actions as sums
from app.visits.models import Product, Visit, VisitItem
from tests import factories
from tests.factories import ACustomer, AShop
from tests.phone import Phone
from tests.world import Clock


@pytest.fixture
def asked(app: Flask) -> Iterator[list[str]]:
    """Every statement while the test runs."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        found.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield found
    event.remove(db.engine, "before_cursor_execute", note)


def _fill(shop: AShop, clock: Clock, people: int) -> list[ACustomer]:
    """Let people come twice, a month apart, and note what they bought."""
    found = [factories.a_customer(shop) for _ in range(people)]
    for place, who in enumerate(found):
        for ago in (30, place % 20):
            stamp.give(
                shop_id=shop.id, staff_id=shop.owner_id, once=factories.once(), master=factories.master(),
                how="more", card_id=who.card_id, now=clock() - timedelta(days=ago, hours=place % 5),
            )  # fmt: skip
    with write() as session:
        product = Product(shop_id=shop.id, name="=1+1 라떼", price=4500)
        session.add(product)
        session.flush()
        for visit_id in session.scalars(db.select(Visit.id).where(Visit.shop_id == shop.id)).all():
            session.add(
                VisitItem(shop_id=shop.id, visit_id=visit_id, product_id=product.id, quantity=1, price=4500)
            )
        sums.touch(session, shop_id=shop.id, customer_ids=[who.id for who in found])
    months.see_to(shop_id=shop.id, now=clock())
    return found


def test_a_month_costs_as_many_statements_for_few_people_as_for_many(
    app: Flask, shop: AShop, other_shop: AShop, clock: Clock, asked: list[str]
) -> None:
    counts = []
    for place, many in ((shop, 12), (other_shop, 40)):
        _fill(place, clock, many)
        phone = Phone(app).signed_in(place, place.owner_id)
        phone.open("/owner/insights")
        asked.clear()
        page = phone.open("/owner/insights")
        counts.append(len(asked))
        assert "가장 자주 오신 다섯에 한 분" in page.words and "=1+1 라떼" in page.words
    assert counts[0] == counts[1] <= 30


def test_a_month_can_be_gone_back_to_printed_and_taken_along(
    owner_phone: Phone, shop: AShop, clock: Clock
) -> None:
    _fill(shop, clock, 12)
    page = owner_phone.open("/owner/insights?month=2026-10")
    assert "10월에는 손님이 12번 오셨어요." in page.words
    assert "2026년 10월" in page.words and "다시 온 손님은 한 주에" not in page.words
    assert "10월에 처음 오신 12분이 모두 11월에도 오셨어요." in owner_phone.open("/owner/insights").words
    paper = owner_phone.open("/owner/insights/paper?month=2026-11")
    assert "함께 사신 상품" in paper.words and len(paper.soup.select(".paper table")) >= 4
    answer = owner_phone.client.get(
        "/owner/insights/products.csv?month=2026-11", base_url=owner_phone.base_url
    )
    assert answer.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert rows == [["상품", "개수", "사신 횟수", "판 금액"], ["'=1+1 라떼", "12", "12", "54000"]]
    owner_phone.open("/owner/insights/nothing.csv", status=404)
    owner_phone.open("/owner/insights/tiers.csv", status=404)


def test_who_came_most_is_a_list_of_this_shops_people(
    app: Flask, owner_phone: Phone, shop: AShop, other_shop: AShop, clock: Clock
) -> None:
    people = _fill(shop, clock, 12)
    factories.a_stamp(shop, people[3].card_id, how="more")
    months.see_to(shop_id=shop.id, now=clock())
    page = owner_phone.open("/owner/insights/most")
    assert "모두 3명이에요" in page.words
    first = page.soup.select_one("main ul.list a")
    assert first is not None and str(first["href"]).endswith(f"/{people[3].id}")
    neighbour = Phone(app).signed_in(other_shop, other_shop.owner_id)
    assert "아직 알 수 없어요" in neighbour.open("/owner/insights/most").words
    colleague = Phone(app).signed_in(shop, factories.a_staff(shop))
    for path in ("most", "paper", "visits.csv"):
        colleague.open(f"/owner/insights/{path}", status=403)
