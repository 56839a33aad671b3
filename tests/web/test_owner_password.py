"""A new password: asked for the present one, except where the owner's link has just said who this is."""

from __future__ import annotations

import pytest
from flask import Flask

from app.extensions import db
from app.flows import shop as shop_flow
from app.kit.passwords import password_matches
from app.shops.models import Staff
from tests import factories
from tests.factories import AShop
from tests.phone import Phone
from tests.world import Clock

pytestmark = pytest.mark.databases("sqlite", "postgres")

FIRST = "달빛 아래 커피 한 잔"
SECOND = "햇살 아래 홍차 두 잔"


@pytest.fixture
def two_phones(app: Flask, clock: Clock, shop: AShop) -> tuple[Phone, Phone]:
    """The owner's phone and the shop's tablet, both signed in by password."""
    shop_flow.set_password(
        shop_id=shop.id, staff_id=shop.owner_id, login="bomnal", password=FIRST, now=factories.now()
    )
    phones = Phone(app), Phone(app)
    for phone in phones:
        phone.open("/owner/login")
        assert phone.submit("로그인", login="bomnal", password=FIRST).path == "/owner"
    return phones


def opens_with(shop: AShop, password: str) -> bool:
    """Tell whether the owner's password is this one."""
    db.session.rollback()
    stored = db.session.scalar(db.select(Staff.password_hash).where(Staff.id == shop.owner_id))
    return password_matches(stored, password)


def test_a_new_password_needs_the_present_one_and_signs_the_others_out(
    two_phones: tuple[Phone, Phone], shop: AShop
) -> None:
    mine, left_open = two_phones
    left_open.open("/owner/more/password")
    for wrong in ("", "아무 말이나 적어 봐요"):
        page = left_open.submit("저장하기", password=SECOND, present=wrong, status=422)
        assert any("지금 비밀번호가 맞지 않아요" in error for error in page.errors())
        assert wrong == "" or wrong not in page.html
    form = {"csrf_token": left_open.token(), "login": "bomnal", "password": SECOND}
    left_open.post("/owner/more/password", form, status=422)  # the field left out altogether
    assert opens_with(shop, FIRST)
    mine.open("/owner/more/password")
    page = mine.submit("저장하기", password=SECOND, present=FIRST)
    assert "다른 기기에서는 로그아웃했어요" in page.words
    assert opens_with(shop, SECOND)
    assert mine.open("/owner").path == "/owner"
    assert left_open.open("/owner").path == "/owner/login"


def test_guessing_the_present_password_ends(two_phones: tuple[Phone, Phone], shop: AShop) -> None:
    phone = two_phones[0]
    phone.open("/owner/more/password")
    form = {"csrf_token": phone.token(), "login": "bomnal", "password": SECOND}
    for guess in range(10):
        phone.post("/owner/more/password", {**form, "present": f"guess {guess}"}, status=422)
    phone.post("/owner/more/password", {**form, "present": FIRST}, status=429)
    assert opens_with(shop, FIRST)


def test_the_owners_link_is_the_way_back_for_who_forgot(
    two_phones: tuple[Phone, Phone], app: Flask, clock: Clock, shop: AShop
) -> None:
    """Only on the browser that used it, and only for a quarter of an hour."""
    clock.advance(seconds=1)
    back = Phone(app).signed_in(shop, shop.owner_id)
    assert two_phones[0].open("/owner/more/password").soup.find(id="present") is not None
    clock.advance(minutes=16)
    assert back.open("/owner/more/password").soup.find(id="present") is not None
    back = Phone(app).signed_in(shop, shop.owner_id)
    assert back.open("/owner/more/password").soup.find(id="present") is None
    back.submit("저장하기", password=SECOND)
    assert opens_with(shop, SECOND)
    assert two_phones[0].open("/owner").path == "/owner/login"
