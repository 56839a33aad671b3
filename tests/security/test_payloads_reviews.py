"""Payloads in what a shop writes about a review, and in the facts of reviews for search engines (S07)."""

from __future__ import annotations

import json

from flask import Flask

from app.flows import review_care
from app.flows.unit import write
from app.visits.models import Product
from tests import factories
from tests.factories import ACustomer, AShop
from tests.flows.test_review import leave
from tests.flows.test_review_care import bought
from tests.payloads import PAYLOADS, injected
from tests.phone import Phone
from tests.web.test_review_care import an_ask_of_last


def test_notes_goods_and_what_search_engines_read(app: Flask, shop: AShop, jiwoo: ACustomer) -> None:
    owner = Phone(app, look=False).signed_in(shop, shop.owner_id)
    for number, payload in enumerate(PAYLOADS):
        holder = factories.a_customer(shop, name=f"손님{number}")
        factories.a_stamp(shop, holder.card_id)
        bought(shop, holder, f"{number} {payload}"[:60])
        left = leave(an_ask_of_last(shop, holder), text=payload)
        if number % 10:
            continue
        note = f"{payload}"[:180].strip() or "글"
        own = {"shop_id": shop.id, "staff_id": shop.owner_id, "now": factories.now()}
        review_care.hide(**own, review_id=left.review_id, cause="ad", note=note)  # type: ignore[arg-type]
        page = owner.open(f"/owner/reviews/{left.review_id}")
        assert injected(page.soup) == []
        assert " ".join(note.split()) in page.words
        review_care.show_again(**own, review_id=left.review_id)  # type: ignore[arg-type]
    for path in ("", "?photos=1"):
        page = Phone(app, look=False).open(f"/s/{shop.code}/reviews{path}")
        assert injected(page.soup) == []
    (block,) = (
        Phone(app, look=False)
        .open(f"/s/{shop.code}/reviews")
        .soup.select("script[type='application/ld+json']")
    )
    bodies = [each["reviewBody"] for each in json.loads(str(block.string))["review"]]
    assert bodies == [each.replace("\r\n", "\n").strip() for each in reversed(PAYLOADS[-len(bodies) :])]
    assert injected(owner.open("/owner/reviews/words").soup) == []
    with write() as session:
        assert session.query(Product).count() == len(PAYLOADS)
