"""평소보다 뜸한 손님 on 가게 흐름: who, since when, and by what that is known."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from app.extensions import db
from app.flows.unit import write
from app.insights.models import PersonStat, ShopRhythm
from app.shops.models import AccessLog
from tests import factories
from tests.factories import ACustomer, AShop
from tests.flows.coming import minute
from tests.phone import Phone
from tests.world import Clock

TITLE = "평소보다 뜸한 손님"


def weekly(shop: AShop, name: str, last: int) -> ACustomer:
    """Somebody who came every week, until so many days ago."""
    who = factories.a_customer(shop, name=name)
    for days in range(last + 21, last - 1, -7):
        factories.a_stamp(shop, who.card_id, at=factories.now() - timedelta(days=days))
    return who


def test_a_young_shop_reads_the_simple_rule(owner_phone: Phone, shop: AShop, clock: Clock) -> None:
    weekly(shop, "한가람", 2)
    assert TITLE not in owner_phone.open("/owner/insights").words, "nobody was counted yet"
    minute(clock())
    page = owner_phone.open("/owner/insights")
    assert f"{TITLE}이 없어요" in page.words
    assert "아직 방문 기록이 적어서 간단하게 봐요." in page.words


def test_who_is_quiet_is_named_and_leads_to_their_page(
    app: Flask, owner_phone: Phone, shop: AShop, other_shop: AShop, clock: Clock
) -> None:
    who = weekly(shop, "한가람", 15)
    weekly(shop, "나온누리", 3)
    weekly(other_shop, "이웃손님", 15)
    minute(clock())
    with write() as session:  # as the model would say it
        session.execute(db.update(PersonStat).where(PersonStat.shop_id == shop.id).values(alive=0.5))
        session.execute(db.update(ShopRhythm).values(reason="", people=312))
    page = owner_phone.open("/owner/insights")
    assert f"{TITLE} 1명" in page.words and "이웃손님" not in page.words and "나온누리" not in page.words
    assert "일주일에 한 번쯤 오세요 · 15일째 안 오셨어요" in page.words
    assert "다시 오실지 반반이에요" in page.words
    assert "손님 312명이 오신 간격으로 다시 오실 가능성을 계산했어요." in page.words
    looked = db.session.scalars(db.select(AccessLog.action).where(AccessLog.shop_id == shop.id)).all()
    assert "list" in looked
    assert page.soup.select_one(f'a[href="/owner/people/{who.id}"]') is not None
    factories.a_stamp(shop, who.card_id)  # they came: before the minute is over they are named no more
    assert f"{TITLE}이 없어요" in owner_phone.open("/owner/insights").words
