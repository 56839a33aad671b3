"""지금까지 있었던 일: every room's part of one person's time with the shop, in the order of time."""

from __future__ import annotations

import pytest
from flask import Flask

from app.flows import voice
from app.web.owner import person_timeline
from tests import factories
from tests.factories import ACustomer, AShop
from tests.phone import Phone
from tests.security.full_shop import a_full_shop
from tests.world import Clock


def _says(shop: AShop, who: ACustomer, kind: str, text: str) -> None:
    voice.open_voice(
        shop_id=shop.id, customer_id=who.id, kind=kind, text=text, once=factories.once(), now=factories.now()
    )


@pytest.mark.databases("sqlite", "postgres")
def test_the_newest_stands_first_and_a_complaint_is_the_owners(
    app: Flask,
    owner_phone: Phone,
    shop: AShop,
    jiwoo: ACustomer,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    factories.a_stamp(shop, jiwoo.card_id)
    clock.advance(days=1)
    _says(shop, jiwoo, "question", "주차 되나요?")
    clock.advance(days=1)
    _says(shop, jiwoo, "complaint", "커피가 식어 있었어요")
    clock.advance(days=1)
    factories.a_stamp(shop, jiwoo.card_id)
    address = f"/owner/people/{jiwoo.id}/timeline"
    assert f'href="{address}"' in owner_phone.open(f"/owner/people/{jiwoo.id}").html
    words = owner_phone.open(address).words
    order = [words.index(each) for each in ("커피가 식어 있었어요", "주차 되나요?", "카드를 받으셨어요")]
    assert order == sorted(order)
    assert words.index("다녀가셨어요") < order[0] < order[1] < words.rindex("다녀가셨어요") < order[2]
    manager = Phone(app).signed_in(shop, factories.a_staff(shop, role="manager"))
    assert "식어" not in manager.open(address).words
    assert "주차" in manager.open(address).words
    monkeypatch.setattr(person_timeline, "_FEW", 2)
    page = owner_phone.open(address)
    assert "카드를 받으셨어요" not in page.words
    assert "주차" not in page.words
    assert "카드를 받으셨어요" in owner_phone.open(f"{address}?all=1").words


def test_the_shops_own_answer_is_told_as_such(owner_phone: Phone, shop: AShop, jiwoo: ACustomer) -> None:
    _says(shop, jiwoo, "complaint", "커피가 식어 있었어요")
    listed = owner_phone.open("/owner/voices")
    owner_phone.open(str(listed.soup.select("main li a[href^='/owner/voices/']")[0]["href"]))
    owner_phone.submit("답 보내기", text="다음엔 더 뜨겁게 드릴게요")
    assert "우리 답: 다음엔" in owner_phone.open(f"/owner/people/{jiwoo.id}/timeline").words


def test_every_room_tells_its_part(app: Flask, shop: AShop) -> None:
    full = a_full_shop("별님", factories.a_number())
    owner = Phone(app).signed_in(full.shop, full.shop.owner_id)
    words = owner.open(f"/owner/people/{full.known.id}/timeline").words
    parts = (
        "불편 말씀",
        "후기",
        "손님 사진 · ",
        "질문",
        "게시판 · ",
        "이벤트 · ",
        "체험단 · ",
        "쿠폰 · ",
        "보증서 · ",
    )
    told = words.split("지금까지", 1)[1]
    assert [part for part in parts if part not in told] == []
    other = Phone(app).signed_in(shop, shop.owner_id)
    other.open(f"/owner/people/{full.known.id}/timeline", status=404)
