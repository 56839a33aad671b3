"""What a card asks of the database: phones that lie open ask every few seconds whether anything changed."""

from __future__ import annotations

from flask import Flask

from app.extensions import db
from app.flows import notice, shop_links
from app.web import audiences
from tests import factories
from tests.factories import ACustomer, AShop
from tests.flows.ladder import statements
from tests.phone import Phone
from tests.world import Clock


def _reads(phone: Phone, at: str, status: int = 200) -> int:
    db.session.rollback()
    with statements() as run:
        phone.open(at, status=status)
    return len([one for one in run if one.startswith("SELECT")])


def test_whether_anything_changed_asks_nothing_about_news_and_links(
    app: Flask, shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    phone = Phone(app, look=False).holding(jiwoo)
    at = f"/c/{shop.code}"
    asks = str(phone.open(at).soup.select("#live")[0]["hx-get"])
    before = _reads(phone, at), _reads(phone, asks, 204)
    own = {"shop_id": shop.id, "staff_id": shop.owner_id, "now": clock()}
    said = {
        "sort": "notice",
        "title": "쉬어요",
        "text": "",
        "product_id": None,
        "group": "",
        "is_first": False,
    }
    notice_id = notice.begin(**own, once=factories.once(), **said)  # type: ignore[arg-type]
    notice.show(**own, notice_id=notice_id)  # type: ignore[arg-type]
    shop_links.save(**own, typed={"instagram": "@dalbit_coffee"})  # type: ignore[arg-type]
    assert "가게 소식" in phone.open(at).words
    assert (_reads(phone, at), _reads(phone, asks, 204)) == (before[0] + 2, before[1])


def test_pictures_that_are_drawn_are_counted_closer_than_pages(app: Flask) -> None:
    limits = app.config["COARSE_LIMITS"]
    assert {limits[name] for name in audiences.DRAWN} == {"120 per minute"}
    drawing = {
        name for name in app.view_functions if name.startswith("public.") and name.endswith("_picture")
    }
    assert drawing == set(audiences.DRAWN)
