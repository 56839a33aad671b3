"""What a person's panel asks of the database: it is on screen after every stamp, so it has a budget."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from app.extensions import db
from app.flows import amount, boosts, gifts, referral
from app.flows.unit import write
from app.shops import actions as shops
from app.tiers.rules import BoostRule
from app.visits.models import Product, Visit, VisitItem
from tests import coupons, factories
from tests.factories import ACustomer, AShop
from tests.flows.ladder import decide, own, statements
from tests.phone import Phone
from tests.world import Clock

pytestmark = pytest.mark.databases("sqlite", "postgres")

PLAIN_MOST, EVERYTHING_MOST = 7, 14


@pytest.fixture
def shop(app: Flask) -> Iterator[AShop]:
    """A shop with stages, points and ends on its card; what else it uses comes later."""
    with app.app_context():
        beyond = {"stages": [[2, "사이즈업"]], "point_permille": 10, "point_visit": 5}
        ends = {"expiry": "months", "expiry_months": 6}
        yield factories.a_shop(**factories.no_limits(), **beyond, **ends)  # type: ignore[arg-type]


def cost(phone: Phone, card_id: int) -> tuple[str, int]:
    """Return what the panel says and how many reads it took, the session and the number on the tab among them."""
    db.session.rollback()
    with statements() as run:
        page = phone.open(f"/owner/panel/{card_id}")
    return page.words, len([one for one in run if one.startswith("SELECT")])


def _use_everything(shop: AShop, who: ACustomer) -> None:
    """Switch everything on and let the person have something of all of it."""
    ids = decide(shop, 1, 2)
    boosts.make(**own(shop), rule=BoostRule("오늘은 두 배", 200), tier_id=None)
    gifts.open_list(**own(shop), name="설 선물", tier_id=ids["새싹"])
    gave = {"inviter": "stamps:1", "friend": "stamps:1", "month_most": "3"}
    referral.save_settings(**own(shop), is_on=True, **gave)
    amount.save_prices(**own(shop), typed=["4500", "9000", "12000"])
    with write() as session:
        shops.set_use(session, shop_id=shop.id, what="points", is_on=True)
    used = coupons.a_coupon(shop, who)
    coupons.a_coupon(shop, who, name="사이즈업 쿠폰", least_tier=str(ids["새싹"]))
    done = factories.a_stamp(shop, who.card_id)
    coupons.use(shop, used)
    extra = {"card_id": who.card_id, "what": "쿠키 하나", "once": factories.once()}
    gifts.give_extra(**own(shop), **extra)
    with write() as session:
        product = Product(shop_id=shop.id, name="라떼", price=4500)
        session.add(product)
        session.flush()
        visit = session.scalars(db.select(Visit.id).where(Visit.customer_id == done.customer_id)).first()
        session.add(VisitItem(shop_id=shop.id, visit_id=visit, product_id=product.id, price=4500))


def test_the_panel_keeps_its_budget(app: Flask, shop: AShop, clock: Clock) -> None:
    phone = Phone(app, look=False).signed_in(shop, shop.owner_id)
    who = factories.a_customer(shop, name="한지우")
    factories.a_stamp(shop, who.card_id)
    clock.advance(days=1)
    said, plain = cost(phone, who.card_id)
    assert "1번째 방문" not in said and "쿠폰" not in said
    _use_everything(shop, who)
    clock.advance(minutes=4)  # nobody has looked at the card since: the panel asks whose it is
    said, everything = cost(phone, who.card_id)
    for word in (
        "단골 손님", "설 선물", "쿠키 하나", "오늘은 두 배", "함께 오신 분", "얼마였나요", "포인트", "까지예요",
        "사이즈업 쿠폰", "아메리카노 한 잔 썼어요", "라떼 1", "누구 카드인지",
    ):  # fmt: skip
        assert word in said, (word, said)
    assert (plain <= PLAIN_MOST, everything <= EVERYTHING_MOST) == (True, True), (plain, everything)
