"""도장 확인서: the page, the PDF and whoever checks it say the same, for years; one changed character says no."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from flask import Flask

from app.cards import statements
from app.cards.statements import NotOurs, Statement
from app.flows import privacy
from app.kit import qr
from tests import factories, paper
from tests.factories import ACustomer, AShop
from tests.phone import Page, Phone
from tests.world import Clock


@pytest.fixture
def mine(app: Flask, shop: AShop, jiwoo: ACustomer) -> Phone:
    """지우's phone: seven stamps beyond a full card."""
    factories.a_reward(shop, jiwoo)
    factories.a_stamp(shop, jiwoo.card_id)
    return Phone(app).holding(jiwoo)


def token_on(page: Page) -> str:
    found = re.search(r"/me/statement/([^/]+)/pdf", page.html)
    assert found is not None
    return found[1]


def made_for(jiwoo: ACustomer) -> Statement:
    return statements.statement(shop_id=jiwoo.shop_id, card_id=jiwoo.card_id, now=factories.now())


def test_the_page_the_paper_and_the_check_say_the_same(
    mine: Phone, phone: Phone, shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    page = mine.open(f"/c/{shop.code}/me/statement")
    token, made = token_on(page), made_for(jiwoo)
    lines = dict(made.lines())
    assert lines["카드 주인"] == "한*우"
    assert lines["도장"] == "1개"
    assert lines["쓸 수 있는 혜택"] == "아메리카노 한 잔"
    assert lines["약속"] == "도장 10개에 아메리카노 한 잔"
    assert lines["확인서를 만든 때"].startswith("2026년 11월 23일(월) 오후 2:49")
    body = mine.open(f"/c/{shop.code}/me/statement/{token}/pdf").answer.data
    clock.advance(days=3 * 365)
    told = phone.open(f"/v/{token}")
    assert "봄날커피가 2026년 11월 23일(월) 오후 2:49에 만든 것이 맞아요" in told.words
    printed = paper.text_of(body)
    for label, words in made.lines():
        for text in (page.words, told.words, " ".join(printed.split())):
            assert label in text and words in text, (label, words)
    assert paper.codes_of(body) == [qr.modules(f"https://dangol.test/v/{token}")]
    for text in (page.words, told.words, printed):
        assert not re.search(r"한지우|2345|6789", text)


def test_it_says_what_was_true_then_also_after_everything_changed(
    mine: Phone, phone: Phone, shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    token = token_on(mine.open(f"/c/{shop.code}/me/statement"))
    clock.advance(hours=1)
    factories.a_stamp(shop, jiwoo.card_id)
    privacy.erase(shop_id=shop.id, customer_id=jiwoo.id, now=clock())
    told = phone.open(f"/v/{token}")
    assert "도장 1개" in told.words and "한*우" in told.words
    assert "/c/" not in told.html  # nothing leads on from here to the card


def test_one_changed_character_is_no_statement_of_ours(phone: Phone, shop: AShop, jiwoo: ACustomer) -> None:
    master = factories.master()
    token = statements.token_of(made_for(jiwoo), master=master)
    assert statements.read_token(token, master=master) == made_for(jiwoo)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.a"
    for place in range(len(token)):
        other = random.Random(place).choice([letter for letter in letters if letter != token[place]])
        with pytest.raises(NotOurs):
            statements.read_token(token[:place] + other + token[place + 1 :], master=master)
    for forged in (
        "", ".", "S1..", "S1.1.AAAA", f"{token}A", token[:-1], token.lower(), token.replace("S1.", "S2."), "S1.١.A.B",
        "S1." + "9" * 30 + ".A.B", "가.나.다.라", "A" * 3000,
    ):  # fmt: skip
        with pytest.raises(NotOurs):
            statements.read_token(forged, master=master)
    with pytest.raises(NotOurs):
        statements.read_token(token, master=b"another installation's key, as long as ours is" * 2)
    answers = [phone.open(f"/v/{text}", status=404) for text in (token[:-1] + "0", "S1.1.A.B", "hello")]
    assert len({re.sub(r'nonce="[^"]*"|data-rendered="\d+"', "", page.html) for page in answers}) == 1
    assert answers[0].h1 == "맞지 않는 확인서예요"


def test_one_shops_statement_is_not_anothers(
    app: Flask, phone: Phone, shop: AShop, other_shop: AShop, jiwoo: ACustomer
) -> None:
    token = statements.token_of(made_for(jiwoo), master=factories.master())
    with pytest.raises(NotOurs):
        statements.read_token(
            token.replace(f"S1.{shop.id}.", f"S1.{other_shop.id}."), master=factories.master()
        )
    theirs = Phone(app).holding(factories.a_customer(other_shop))
    theirs.open(f"/c/{other_shop.code}/me/statement/{token}/pdf", status=404)
    theirs.open(f"/c/{other_shop.code}/me/statement/{token[:-1]}0/pdf", status=404)


_LONG: dict[str, Any] = {
    "shop": "가나다라마바사아자차카타파하거너더러머버",
    "rewards": (
        "꽃이 그려진 머그컵과 커피 한 잔 2개",
        "생크림 딸기 와플 하나 더 3개",
        "드립백 다섯 개 묶음 한 상자",
    ),
    "more": 4,
    "promise": "도장 5개에 사이즈업 한 번, 10개에 샷 추가 한 번, 20개에 시그니처 라떼 한 잔 무료",
    "points": 123_456,
    "balance": -2,
    "ends": date(2027, 12, 31),
}


@pytest.mark.parametrize(
    "changes", [{}, _LONG, {"holder": "", "rewards": (), "points": 0}, {"shop": "☕️ 카페|%\x1f"}]
)
def test_every_statement_comes_back_and_fits_a_code(jiwoo: ACustomer, changes: dict[str, Any]) -> None:
    made = replace(made_for(jiwoo), **changes)
    token = statements.token_of(made, master=factories.master())
    assert statements.read_token(token, master=factories.master()).lines() == [
        (label, words.replace("\x1f", " ")) for label, words in made.lines()
    ]
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.")
    # 45 mm of paper: modules of half a millimetre and more, which every phone reads.
    assert len(qr.modules(f"https://dangol.example.kr/v/{token}")) <= (61 if changes != _LONG else 89)
