"""The photo addresses: a sentence for every refusal, a strip for whoever picked, a picture for everybody else."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from flask import Flask

from app.flows import photo
from app.flows.unit import write
from app.reviews import photos as reads
from app.reviews.actions import photos as actions
from app.web.public.photo_uploads import MOST_BYTES
from tests import factories
from tests.asks import AnAsk, a_jpeg, a_review, an_ask, pick, the_photo
from tests.factories import ACustomer, AShop
from tests.kit import hostile
from tests.phone import Page, Phone
from tests.world import Clock


@pytest.fixture
def ask(shop: AShop, jiwoo: ACustomer) -> AnAsk:
    """지우 may say how it was."""
    return an_ask(shop, jiwoo)


@pytest.fixture
def guest(phone: Phone, shop: AShop) -> Phone:
    """A phone that has a form's token."""
    phone.open(f"/s/{shop.code}")
    return phone


def upload(guest: Phone, ask: AnAsk, *files: bytes, htmx: bool = True, **how: Any) -> Page:
    """Post photos as the page does."""
    named = [(BytesIO(data), f"photo{n}.jpg") for n, data in enumerate(files)]
    fields = {"csrf_token": guest.token(), "photo": named}
    return guest.post(f"/r/{ask.token}/photos", fields, htmx=htmx, follow=False, **how)


def test_a_photo_arrives_and_the_strip_shows_it(guest: Phone, ask: AnAsk, clock: Clock) -> None:
    answer = upload(guest, ask, a_jpeg(), status=204)
    ref = answer.answer.headers["X-Photo"]
    strip = guest.open(f"/r/{ask.token}/photos")
    assert "1/5" in strip.words
    assert "준비하고 있어요" in strip.words
    assert "dangol:tick from:body" in strip.html
    photo.make_waiting(clock=clock)
    strip = guest.open(f"/r/{ask.token}/photos")
    assert f"/r/{ask.token}/photos/{ref}" in strip.html
    assert "dangol:tick" not in strip.html, "nothing waits, nothing is asked for again"
    shown = guest.open(f"/r/{ask.token}/photos/{ref}")
    assert shown.answer.mimetype == "image/webp"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"hello, I am a photo", "사진이 아니에요. 휴대폰으로 찍은 사진을 골라 주세요."),
        (
            b"\xff\xd8\xff" + bytes(40 * 1024 * 1024),
            "사진이 너무 커요(15MB까지). 조금 작은 사진을 골라 주세요.",
        ),
        (b"", "사진이 비어 있어요. 다시 골라 주세요."),
    ],
)
def test_a_refusal_is_a_sentence_for_the_script_and_a_toast_without(
    guest: Phone, ask: AnAsk, shop: AShop, data: bytes, sentence: str
) -> None:
    answer = upload(guest, ask, data, status=422)
    assert answer.html == sentence
    assert answer.answer.headers["X-Sentence"] == "1"
    plain = upload(guest, ask, data, a_jpeg(), htmx=False, status=303)
    assert plain.answer.headers["Location"] == f"/r/{ask.token}"
    assert sentence in guest.open(f"/s/{shop.code}").words
    assert len(reads.photos_of_ask(ask.shop_id, ask.id)) == 1, "the good one was taken"


def test_only_this_form_may_be_large(guest: Phone, ask: AnAsk, shop: AShop) -> None:
    upload(guest, ask, *[bytes(MOST_BYTES // 2 + 10)] * 2, htmx=False, status=413)
    guest.open(f"/s/{shop.code}")
    fields = {"csrf_token": guest.token(), "photo": [(BytesIO(bytes(2_000_000)), "x.jpg")]}
    guest.post(f"/s/{shop.code}", fields, status=413)


def test_a_link_that_nobody_was_given_makes_us_read_no_photos(guest: Phone, ask: AnAsk) -> None:
    large, csrf = a_jpeg() + bytes(2_000_000), guest.token()
    for path in ("", "/photos"):
        for token in ("A" * 22, "%00", "가"):
            fields = {"csrf_token": csrf, "photo": [(BytesIO(large), "x.jpg")]}
            assert guest.post(f"/r/{token}{path}", fields, status=None, follow=False).status == (
                400 if token == "%00" else 413
            )
    guest.post(
        f"/r/{ask.token}/photos",
        {"csrf_token": csrf, "photo": [(BytesIO(large), "x.jpg")]},
        status=303,
        follow=False,
    )


def test_a_sixth_photo_is_told_so(guest: Phone, ask: AnAsk) -> None:
    for n in range(5):
        pick(ask, a_jpeg(n))
    answer = upload(guest, ask, a_jpeg(5), status=409)
    assert answer.html == "사진은 5장까지 올릴 수 있어요. 다른 사진을 지우고 다시 골라 주세요."
    assert "data-full" in guest.open(f"/r/{ask.token}/photos").html


def test_a_photo_is_taken_back_and_twice_is_no_fault(guest: Phone, ask: AnAsk) -> None:
    ref = pick(ask)
    fields = {"csrf_token": guest.token()}
    for _ in range(2):
        strip = guest.post(f"/r/{ask.token}/photos/{ref}/removal", fields, htmx=True)
        assert "0/5" in strip.words
    plain = guest.post(f"/r/{ask.token}/photos/{ref}/removal", fields, status=303, follow=False)
    assert plain.answer.headers["Location"] == f"/r/{ask.token}"
    assert the_photo(ref) is None


def test_without_the_link_nothing_is_there(
    guest: Phone, ask: AnAsk, other_shop: AShop, shop: AShop, clock: Clock
) -> None:
    ref = pick(ask)
    photo.make_waiting(clock=clock)
    other = an_ask(other_shop, factories.a_customer(other_shop))
    fields = {"csrf_token": guest.token()}
    for token in (other.token, "A" * 22):
        guest.open(f"/r/{token}/photos/{ref}", status=404)
        guest.post(f"/r/{token}/photos/{ref}/removal", fields, status=None)
    assert the_photo(ref) is not None
    guest.open(f"/r/{'A' * 22}/photos", status=404)
    # Not sent yet: the shop's own address does not show it either.
    for where in ("", "/small"):
        guest.open(f"/s/{shop.code}/photos/{ref}{where}", status=404)


def test_a_sent_photo_is_a_picture_and_nothing_else(
    guest: Phone, ask: AnAsk, shop: AShop, other_shop: AShop, clock: Clock
) -> None:
    ref = pick(ask, hostile.spied_on())
    photo.make_waiting(clock=clock)
    review_id = a_review(ask)
    with write() as session:
        actions.attach(session, shop_id=ask.shop_id, ask_id=ask.id, review_id=review_id)
    for where in ("", "/small"):
        answer = guest.open(f"/s/{shop.code}/photos/{ref}{where}").answer
        assert answer.data[:4] == b"RIFF"
        assert answer.mimetype == "image/webp"
        headers = answer.headers
        assert headers["Content-Security-Policy"].startswith("default-src 'none'; ")
        assert headers["Content-Security-Policy"].endswith("; sandbox")
        assert "script-src" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "private, max-age=31536000, immutable"
        guest.open(f"/s/{other_shop.code}/photos/{ref}{where}", status=404)
    for strange in ("..%2F..%2Fetc%2Fpasswd", "A" * 21, "%00" * 22):
        assert guest.open(f"/s/{shop.code}/photos/{strange}", status=None).status in (400, 404)
    guest.open(f"/s/{shop.code}")
    upload(guest, ask, a_jpeg(9), status=410)


def test_a_real_shop_takes_photos_on_https_only(app: Flask, ask: AnAsk) -> None:
    plain = Phone(app, "http://192.168.0.7")
    plain.open(f"/r/{ask.token}/photos", status=403)


def test_the_parts_read_well(app: Flask, ask: AnAsk, shop: AShop, clock: Clock) -> None:
    pick(ask)
    pick(ask, hostile.encoded(size=(900, 900))[:3000])
    photo.make_waiting(clock=clock)
    picked = reads.photos_of_ask(ask.shop_id, ask.id)
    with app.test_request_context(f"/r/{ask.token}"):
        parts = app.jinja_env.get_template("parts/photos.html").module
        picker = str(parts.picker(ask.token, picked))  # type: ignore[attr-defined]
        strip = str(parts.strip(shop.code, picked[:1]))  # type: ignore[attr-defined]
    assert "1/5" in picker.replace("\n", "")
    assert "사진이 온전하지 않아요. 다시 골라 주세요." in picker
    assert 'accept="image/*" multiple' in picker
    assert 'width="120" height="90"' in strip
    assert 'loading="lazy"' in strip
