"""S07, what a shop tells: every script through its news, on every page that shows it; through its links and slips."""

from __future__ import annotations

from flask import Flask

from app.board.notice_rules import TEXT_MAX, THANKS_MAX, TITLE_MAX
from tests import factories
from tests.factories import AShop
from tests.flows.test_notices import shown
from tests.payloads import PAYLOADS, fitting, packed
from tests.phone import Phone
from tests.security.test_payloads import a_reader, look, owner, shop, sound, stranger

__all__ = ("owner", "shop", "stranger")


def test_the_shops_news(app: Flask, shop: AShop, owner: Phone, stranger: Phone) -> None:
    titles, texts, customer = fitting(TITLE_MAX), packed(TEXT_MAX), a_reader(app, factories.a_customer(shop))
    for number, title in enumerate(titles):
        text = texts[number % len(texts)]
        notice_id = shown(shop, title=title, text=text)
        look(owner, f"/owner/notices/{notice_id}", title, text)
        if number % 8:
            continue  # one in eight is looked at everywhere: the places are the same
        look(owner, f"/owner/notices/{notice_id}/words", title, text)
        look(owner, f"/owner/notices/{notice_id}/caption", title, text)
        look(customer, f"/c/{shop.code}/notices/{notice_id}", title, text)
        look(stranger, f"/s/{shop.code}/notices/{notice_id}", title, text)
        look(stranger, f"/s/{shop.code}/shop", title)
    assert stranger.open(f"/s/{shop.code}/notices/{notice_id}/picture").status == 200
    owner.open("/owner/notices/new")
    for typed in packed(TEXT_MAX):
        sound(owner.submit("저장하기", title=" ", text=typed, status=422), typed)
    look(owner, "/owner/notices", *titles[-10:])
    for path in (f"/c/{shop.code}/notices", f"/c/{shop.code}", f"/c/{shop.code}/inbox"):
        look(customer, path)
    owner.open("/owner/more/links")
    for typed in PAYLOADS[::3]:
        sound(owner.submit("저장하기", instagram=typed, band=typed, openchat=typed, status=422), typed)
    for thanks in fitting(THANKS_MAX)[::4]:
        owner.open("/owner/print/parcel/words")
        owner.submit("저장하기", thanks=thanks)
        look(owner, "/owner/print/parcel", thanks)
