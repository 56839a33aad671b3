"""오늘 찍은 도장: every row leads to its card's panel and back, and the staff see what they did themselves."""

from __future__ import annotations

from flask import Flask

from app.flows import amount
from tests import coupons, factories
from tests.factories import ACustomer, AShop
from tests.phone import Phone


def test_a_forgotten_amount_is_put_on_from_the_list(
    app: Flask, owner_phone: Phone, shop: AShop, minho: ACustomer
) -> None:
    """Nobody can look a nameless person up: the row is the only way back to them."""
    prices = ["4500", "5000", "12000"]
    amount.save_prices(shop_id=shop.id, staff_id=shop.owner_id, typed=prices, now=factories.now())
    somebody = factories.a_staff(shop)
    factories.a_stamp(shop, minho.card_id, staff_id=somebody)
    for phone in (owner_phone, Phone(app).signed_in(shop, somebody)):
        page = phone.open("/owner/stamps/today")
        rows = page.soup.select("ul.lines a.two")
        assert [str(row["href"]) for row in rows] == [f"/owner/panel/{minho.card_id}?from=today"]
        page = phone.open(str(rows[0]["href"]))
        assert "얼마였나요?" in page.words
        assert phone.tap("오늘 찍은 도장").path == "/owner/stamps/today"
    owner_phone.open(f"/owner/panel/{minho.card_id}?from=today")
    assert "5,000원 적었어요" in owner_phone.submit("5,000원").words


def test_staff_see_the_coupons_they_took_and_nobody_elses(app: Flask, shop: AShop) -> None:
    mine, other = factories.a_staff(shop, name="민수"), factories.a_staff(shop, name="지현")
    for by, name in ((mine, "손하나"), (other, "손둘")):
        holder = factories.a_customer(shop, name=name)
        coupons.use(shop, coupons.a_coupon(shop, holder), staff_id=by)
    page = Phone(app).signed_in(shop, mine).open("/owner/stamps/today")
    assert "손하나" in page.words and "손둘" not in page.words
    page = Phone(app).signed_in(shop, shop.owner_id).open("/owner/stamps/today")
    assert "손하나" in page.words and "손둘" in page.words
