"""가게에서 온 말: the number on the card's row is what the inbox shows as new, and it can be read away."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Flask

from app.extensions import db
from app.messages.models import Message
from tests import factories
from tests.factories import ACustomer, AShop
from tests.phone import Phone


def _letter(
    shop: AShop, to: ACustomer, *, at: datetime, number: int, read_at: datetime | None = None
) -> None:
    db.session.add(
        Message(
            shop_id=shop.id,
            customer_id=to.id,
            kind="thank_you",
            channel="card",
            cause=f"visit:{number}",
            dedupe_key=f"{to.id}:{number}",
            state="sent",
            due_at=at,
            not_after=at,
            text=f"{number}번째 인사",
            provider_key=f"{number:032}",
            created_at=at,
            sent_at=at,
            read_at=read_at,
        )
    )


def test_a_letter_too_old_to_be_shown_is_not_counted(app: Flask, shop: AShop, minho: ACustomer) -> None:
    _letter(shop, minho, at=factories.now() - timedelta(days=181), number=1)
    _letter(shop, minho, at=factories.now() - timedelta(days=179), number=2)
    db.session.commit()
    phone = Phone(app).holding(minho)
    assert "새로 온 것 1" in phone.open(f"/c/{shop.code}").words
    page = phone.open(f"/c/{shop.code}/inbox")
    assert "2번째 인사" in page.words
    assert "1번째 인사" not in page.words
    phone.submit("모두 읽었어요")
    assert "새로 온 것" not in phone.open(f"/c/{shop.code}").words


def test_what_came_last_stands_first_and_is_called_what_its_reader_calls_it(
    app: Flask, shop: AShop, minho: ACustomer
) -> None:
    _letter(shop, minho, at=factories.now(), number=1)  # written into the outbox first, and sent last
    _letter(shop, minho, at=factories.now() - timedelta(hours=2), number=2)
    db.session.flush()
    db.session.query(Message).filter_by(cause="visit:2").update({"kind": "campaign"})
    db.session.commit()
    words = Phone(app).holding(minho).open(f"/c/{shop.code}/inbox").words
    assert words.index("1번째 인사") < words.index("2번째 인사")
    assert "가게 소식" in words and "단체 문자" not in words


def test_a_new_letter_below_the_first_page_can_be_read_away(
    app: Flask, shop: AShop, minho: ACustomer
) -> None:
    _letter(shop, minho, at=factories.now() - timedelta(days=3), number=0)
    for number in range(1, 61):
        at = factories.now() - timedelta(days=1)
        _letter(shop, minho, at=at, number=number, read_at=factories.now())
    db.session.commit()
    phone = Phone(app).holding(minho)
    assert "새로 온 것 1" in phone.open(f"/c/{shop.code}").words
    phone.open(f"/c/{shop.code}/inbox")
    phone.submit("모두 읽었어요")
    assert "새로 온 것" not in phone.open(f"/c/{shop.code}").words
