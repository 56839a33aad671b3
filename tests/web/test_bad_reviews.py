"""A review's form without scripts and what may go wrong with it: a clear sentence, and everything typed stays."""

from __future__ import annotations

from io import BytesIO

import pytest

from app.extensions import db
from app.flows import photo
from app.reviews import photos as reads
from app.reviews.models import Review
from app.visits.models import Visit
from tests.asks import AnAsk, a_jpeg, an_ask
from tests.factories import ACustomer, AShop
from tests.kit import hostile
from tests.phone import Page, Phone
from tests.world import Clock


@pytest.fixture
def ask(shop: AShop, jiwoo: ACustomer) -> AnAsk:
    """지우 may say how it was."""
    return an_ask(shop, jiwoo)


def send(phone: Phone, ask: AnAsk, *files: bytes, status: int = 422, stars: str = "2") -> Page:
    """Open the form, type, choose photos and send all at once."""
    phone.open(f"/r/{ask.token}")
    return sent(phone, ask, *files, status=status, stars=stars)


def sent(phone: Phone, ask: AnAsk, *files: bytes, status: int = 422, stars: str = "2") -> Page:
    """Send the form that is open."""
    fields = {
        "csrf_token": phone.token(),
        "told": "0",
        "stars": stars,
        "mood": "bad",
        "text": "국이 식었어요",
    }
    named = [(BytesIO(data), f"IMG_{number}.jpg") for number, data in enumerate(files)]
    return phone.post(f"/r/{ask.token}", fields | {"photo": named}, status=status)


def kept(page: Page) -> tuple[str, ...]:
    """Return what the form holds."""
    return tuple(page.value(name) for name in ("stars", "mood", "text"))


def test_forty_megabytes_are_refused_in_words(phone: Phone, ask: AnAsk) -> None:
    page = send(phone, ask, hostile.encoded() + bytes(40 * 1024 * 1024), a_jpeg())
    assert "사진이 너무 커요(15MB까지). 조금 작은 사진을 골라 주세요." in page.words
    assert kept(page) == ("2", "bad", "국이 식었어요")
    assert "1/5" in page.words, "the good one was taken"


def test_the_sixth_photo_stays_out_and_the_five_stay_in(phone: Phone, ask: AnAsk) -> None:
    page = send(phone, ask, *(a_jpeg(number) for number in range(6)))
    assert "다섯 장까지 올릴 수 있어요. 한 장은 넣지 못했어요." in page.words
    assert kept(page) == ("2", "bad", "국이 식었어요")
    assert len(reads.photos_of_ask(ask.shop_id, ask.id)) == 5


def test_what_apples_phones_write_is_taken(phone: Phone, ask: AnAsk, clock: Clock) -> None:
    assert send(phone, ask, hostile.heic(), status=200).h1 == "후기 고마워요"
    assert photo.make_waiting(clock=clock) == {"ready": 1}
    assert phone.open(f"/r/{ask.token}").soup.select("ul.photos img")


def test_the_link_ran_out_while_somebody_was_typing(phone: Phone, ask: AnAsk, clock: Clock) -> None:
    phone.open(f"/r/{ask.token}")
    clock.advance(days=31)
    page = sent(phone, ask)
    assert "후기를 남길 수 있는 때가 지났어요" in page.words
    assert kept(page) == ("2", "bad", "국이 식었어요")


def test_the_stamp_was_taken_back_while_somebody_was_typing(phone: Phone, ask: AnAsk, clock: Clock) -> None:
    phone.open(f"/r/{ask.token}")
    db.session.execute(db.update(Visit).values(reversed_at=clock()))
    db.session.commit()
    page = sent(phone, ask)
    assert "적립이 취소되어" in page.words
    assert kept(page) == ("2", "bad", "국이 식었어요")


def test_the_second_tab_shows_what_the_first_one_sent(phone: Phone, ask: AnAsk) -> None:
    phone.open(f"/r/{ask.token}")
    assert sent(phone, ask, status=200).h1 == "후기 고마워요"
    other = sent(phone, ask, a_jpeg(), status=200, stars="5")
    assert other.h1 == "이미 남기신 후기예요"
    assert "국이 식었어요" in other.words
    assert db.session.scalar(db.select(db.func.count(Review.id))) == 1
    assert reads.photos_of_ask(ask.shop_id, ask.id) == []
