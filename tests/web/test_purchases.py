"""구매 적기 on screen: what was bought, written down at the till and crossed out."""

from __future__ import annotations

import pytest

from app.extensions import db
from app.visits.models import Visit, VisitItem
from tests.factories import ACustomer, AShop
from tests.phone import Phone
from tests.web.test_products import a_product


@pytest.mark.databases("sqlite")
def test_what_was_bought_is_written_down_and_crossed_out(
    shop: AShop, jiwoo: ACustomer, owner_phone: Phone
) -> None:
    product = f"q{a_product(shop)}"
    page = f"/owner/people/{jiwoo.id}/purchases"
    owner_phone.open(page)
    for many in ("0000000019", "000000001999999999", "9" * 5_000, "-1", "한 개"):
        wrong = owner_phone.submit("적기", **{product: many}, status=422)
        assert "개수는 1부터 999까지 적어 주세요" in wrong.words
    written = owner_phone.submit("적기", **{product: "2"})
    assert "18,000원 적었어요" in written.words and "원두 200g 2" in written.words
    db.session.rollback()
    assert db.session.scalars(db.select(VisitItem.quantity)).all() == [2]
    assert "적은 것을 되돌렸어요" in owner_phone.submit("되돌리기").words
    db.session.rollback()
    assert db.session.scalars(db.select(Visit.reversed_at)).one() is not None
