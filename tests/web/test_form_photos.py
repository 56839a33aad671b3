"""The addresses of photos picked in a form of the card: their holder's alone."""

from __future__ import annotations

from io import BytesIO

from app.flows import photo
from tests import factories
from tests.asks import a_jpeg
from tests.factories import ACustomer, AShop
from tests.phone import Phone
from tests.world import Clock


def test_a_picked_photo_is_its_holders_alone(
    app: object, phone: Phone, shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    phone.holding(jiwoo).open(f"/c/{shop.code}/voices")
    where = f"/c/{shop.code}/photos/voice/once-1"
    csrf = {"csrf_token": phone.token()}
    fields = {**csrf, "photo": [(BytesIO(a_jpeg()), "a.jpg")], "first": "1"}
    answer = phone.post(where, fields, htmx=True, follow=False, status=204)
    ref = answer.answer.headers["X-Photo"]
    photo.make_waiting(clock=clock)
    strip = phone.open(where)
    assert "1/4" in strip.words
    assert f"{where}/{ref}" in strip.html
    assert phone.open(f"{where}/{ref}").answer.mimetype == "image/webp"
    phone.open(f"/c/{shop.code}/photos/nothing/once-1", status=404)
    fields = {**csrf, "photo": [(BytesIO(b"a text"), "a.jpg")]}
    refused = phone.post(where, fields, htmx=True, follow=False, status=422)
    assert refused.html == "사진이 아니에요. 휴대폰으로 찍은 사진을 골라 주세요."
    # Another card of the shop knows the address and sees nothing.
    phone.holding(factories.a_customer(shop)).open(f"{where}/{ref}", status=404)
    phone.holding(jiwoo)
    removal = f"{where}/{ref}/removal"
    for _ in range(2):
        gone = phone.post(removal, csrf, htmx=True)
        assert "0/4" in gone.words
    phone.open(f"{where}/{ref}", status=404)
