"""A review with photos by the plain form: no script is needed, and a bad photo spoils nothing typed."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from app.flows import photo
from app.reviews import photos as reads
from tests.asks import a_jpeg, an_ask
from tests.factories import ACustomer, AShop
from tests.phone import Phone
from tests.world import Clock


def test_a_review_is_sent_with_its_photos(phone: Phone, shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    ask = an_ask(shop, jiwoo)
    phone.open(f"/r/{ask.token}")
    files = [(BytesIO(a_jpeg(1)), "a.jpg"), (BytesIO(b"a text"), "b.jpg")]
    fields: dict[str, Any] = {"csrf_token": phone.token(), "told": "0", "stars": "5", "text": "따뜻했어요"}
    page = phone.post(f"/r/{ask.token}", {**fields, "photo": files}, status=422)
    assert page.value("text") == "따뜻했어요"
    assert "사진이 아니에요. 휴대폰으로 찍은 사진을 골라 주세요." in page.words
    assert "1/5" in page.words
    page = phone.post(f"/r/{ask.token}", {**fields, "photo": [(BytesIO(a_jpeg(2)), "c.jpg")]})
    assert page.path == f"/r/{ask.token}/thanks"
    photo.make_waiting(clock=clock)
    page = phone.open(f"/s/{shop.code}/reviews")
    shown = page.soup.select("ul.photos img")
    assert len(shown) == 2
    assert len(reads.photos_of_ask(shop.id, ask.id)) == 2
    assert phone.open(str(shown[0]["src"])).answer.mimetype == "image/webp"
