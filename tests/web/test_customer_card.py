"""The card page: what it says, how it changes, what only its holder may fetch."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from flask import Flask

from app.cards import rules
from app.cards.lines import card_lines
from app.cards.models import LedgerEntry
from app.extensions import db
from app.flows import claim as claims
from app.flows import voice
from app.flows.undo import undo_stamp
from app.web import left_forms
from tests import factories
from tests.factories import ACustomer, AShop
from tests.phone import Phone
from tests.world import Clock

KAKAO = {"User-Agent": "Mozilla/5.0 (Linux; Android 15) Chrome/142 Mobile KAKAOTALK 11.4.2"}


@pytest.mark.parametrize(
    ("stamps", "sentence"),
    [
        (1, "도장 아홉 개만 더 모으면 아메리카노 한 잔을 드려요"),
        (7, "도장 세 개만 더 모으면 아메리카노 한 잔을 드려요"),
        (9, "도장 한 개만 더 모으면 아메리카노 한 잔을 드려요"),
        (10, "아메리카노 한 잔, 지금 쓸 수 있어요"),
    ],
)
def test_the_next_reward_in_one_sentence(app: Flask, shop: AShop, stamps: int, sentence: str) -> None:
    holder = factories.a_card_with(stamps, shop)
    page = Phone(app).holding(holder).open(f"/c/{shop.code}")
    assert page.h1 == sentence
    picture = page.soup.select_one("[data-stamps]")
    assert picture is not None
    assert picture["aria-label"] == f"도장 10개 중 {stamps % 10}개"
    assert len(picture.select(".seal")) == stamps % 10


def test_asking_shows_the_word_and_approval_lands_live(app: Flask, shop: AShop, minho: ACustomer) -> None:
    phone = Phone(app).holding(minho)
    page = phone.open(f"/c/{shop.code}")
    live = str(page.soup.select_one("#live")["hx-get"])  # type: ignore[index]
    assert phone.open(live, status=204).html == ""
    waiting = phone.submit("도장 받기", htmx=True)
    word = waiting.soup.select_one(".slip .word")
    assert word is not None
    assert word.get_text() in phone.open(f"/c/{shop.code}").words
    asked = claims.ask(shop_id=shop.id, card_id=minho.card_id, once=factories.once(), now=factories.now())
    assert asked.word == word.get_text()
    claims.approve(
        shop_id=shop.id,
        claim_id=asked.claim_id,
        staff_id=shop.owner_id,
        once=factories.once(),
        now=factories.now(),
    )
    landed = phone.open(live)
    assert landed.soup.select_one("[data-stamps]")["data-stamps"] == "1"  # type: ignore[index]
    assert landed.soup.select_one(".slip") is None
    assert "<html" not in landed.html


def test_asking_without_scripts_and_pressing_twice(app: Flask, shop: AShop, minho: ACustomer) -> None:
    phone = Phone(app).holding(minho)
    phone.open(f"/c/{shop.code}")
    form = {"csrf_token": phone.token(), "once": phone.page.value("once")}  # type: ignore[union-attr]
    first = phone.post(f"/c/{shop.code}/claims", form)
    second = phone.post(f"/c/{shop.code}/claims", form)
    assert first.path == f"/c/{shop.code}"
    assert first.soup.select_one(".slip .word") == second.soup.select_one(".slip .word")


def test_a_declined_claim_is_told_for_a_while(
    app: Flask, shop: AShop, minho: ACustomer, clock: Clock
) -> None:
    asked = factories.a_claim(shop, minho)
    claims.refuse(shop_id=shop.id, claim_id=asked.claim_id, staff_id=shop.owner_id, now=clock())
    phone = Phone(app).holding(minho)
    assert "확인하지 못했어요" in phone.open(f"/c/{shop.code}").words
    clock.advance(minutes=11)
    assert "확인하지 못했어요" not in phone.open(f"/c/{shop.code}").words


def test_the_key_and_the_picture_are_the_codes_the_scanner_takes(
    app: Flask, shop: AShop, minho: ACustomer
) -> None:
    phone = Phone(app).holding(minho)
    given = phone.client.get(f"/c/{shop.code}/key", base_url=phone.base_url).get_json()
    assert given["server_time"] == pytest.approx(factories.now().timestamp())
    text = rules.card_code(
        key=base64.b64decode(given["key"]),
        shop_id=given["shop"],
        ref=given["ref"],
        step=rules.code_step(factories.now()),
    )
    assert text == factories.a_code(minho)
    picture = phone.client.get(f"/c/{shop.code}/qr.svg", base_url=phone.base_url)
    assert picture.mimetype == "image/svg+xml"
    assert "no-store" in picture.headers["Cache-Control"]


@pytest.mark.parametrize(
    "path", ["", "/live", "/key", "/qr.svg", "/inbox", "/visits", "/me", "/me/download", "/details"]
)
def test_without_the_card_every_page_leads_to_joining(
    app: Flask, shop: AShop, jiwoo: ACustomer, path: str
) -> None:
    stranger = Phone(app)
    page = stranger.open(f"/c/{shop.code}{path}")
    assert page.path == f"/s/{shop.code}"
    assert "한지우" not in page.html


def test_what_was_typed_without_the_card_is_sent_with_a_new_one(
    app: Flask, shop: AShop, jiwoo: ACustomer
) -> None:
    phone = Phone(app).holding(jiwoo)
    phone.open(f"/c/{shop.code}/voices")
    phone.client.delete_cookie("__Host-card", domain=phone.host, path="/")
    kept = phone.submit(
        "사장님께 보내기", kind="idea", text="창가 자리에 콘센트가 있으면 좋겠어요", status=401
    )
    assert "창가 자리에 콘센트가 있으면 좋겠어요" in kept.words
    filled = phone.submit("이어서 보내기")
    assert filled.value("text") == "창가 자리에 콘센트가 있으면 좋겠어요"
    assert phone.submit("보내기").h1 == "사장님께 한마디: 제안"

    asked = {"kind": "question", "text": "주차되나요?", "once": factories.once()}
    voice_id = voice.open_voice(shop_id=shop.id, customer_id=jiwoo.id, **asked, now=factories.now())
    phone.holding(jiwoo).open(f"/c/{shop.code}/voices/{voice_id}")
    phone.client.delete_cookie("__Host-card", domain=phone.host, path="/")
    phone.submit("보내기", text="두 대예요", status=401)
    phone.submit("이어서 보내기")
    assert "두 대예요" in phone.submit("보내기").words, (
        "another's thread is not theirs: the owner reads it anyway"
    )
    assert left_forms.read("nothing signed", shop_id=shop.id) is None

    phone.client.delete_cookie("__Host-card", domain=phone.host, path="/")
    phone.open(f"/s/{shop.code}")
    late = {"csrf_token": phone.token(), "left": "older than a day"}
    assert "다시 적어 주세요" in phone.post(f"/s/{shop.code}", late).words, (
        "nothing typed goes without a word"
    )


def test_the_reward_asks_for_a_name_and_a_number_without_insisting(app: Flask, shop: AShop) -> None:
    holder, _reward = factories.a_reward(shop)
    phone = Phone(app).holding(holder)
    assert phone.open(f"/c/{shop.code}").soup.select_one(".voucher .button") is not None
    phone.tap("이름과 번호 남기기")
    card = phone.submit("저장하기", phone="010-7777-8888", age14=True, required=True)
    assert card.soup.select_one(".voucher") is not None
    assert card.soup.select_one(".voucher .button") is None


@pytest.mark.parametrize("name", ["2,000원 할인", "아메리카노 한 잔", "라떼"])
def test_the_sentence_fits_every_reward(app: Flask, name: str) -> None:
    shop = factories.a_shop("봄날커피", reward_name=name)
    page = Phone(app).holding(factories.a_card_with(8, shop)).open(f"/c/{shop.code}")
    particle = "를" if name == "라떼" else "을"
    assert page.h1 == f"도장 두 개만 더 모으면 {name}{particle} 드려요"


def test_the_first_visit_is_not_number_one(app: Flask, shop: AShop, minho: ACustomer) -> None:
    factories.a_stamp(shop, minho.card_id)
    phone = Phone(app).holding(minho)
    page = phone.open(f"/c/{shop.code}")
    assert page.soup.select_one(".visits").get_text() == "첫 방문"  # type: ignore[union-attr]
    assert "화면이 안 읽히면 카드 번호를 불러 주세요" in page.words


def test_the_card_says_what_the_counter_did_last(app: Flask, shop: AShop) -> None:
    holder, _reward = factories.a_reward(shop)
    phone = Phone(app).holding(holder)

    def last() -> str:
        return str(phone.open(f"/c/{shop.code}").soup.select_one("#live")["data-last"])  # type: ignore[index]

    assert last() == "fill"
    filled = card_lines(shop_id=shop.id, card_id=holder.card_id)
    assert [line.kind for line in filled[:2]] == ["fill", "earn"]
    entry = db.session.scalars(
        db.select(LedgerEntry.id)
        .where(LedgerEntry.card_id == holder.card_id, LedgerEntry.kind == "earn")
        .order_by(LedgerEntry.id.desc())
    ).first()
    assert entry is not None
    undo_stamp(shop_id=shop.id, staff_id=shop.owner_id, entry_id=entry, now=factories.now())
    assert last() == "reverse"
    words = phone.open(f"/c/{shop.code}/visits").words
    assert "다 채운 카드를 되돌렸어요" in words
    assert "적립을 취소했어요" in words


def test_the_lines_say_why(app: Flask, shop: AShop, minho: ACustomer) -> None:
    entry = factories.a_stamp(shop, minho.card_id)
    undo_stamp(shop_id=shop.id, staff_id=shop.owner_id, entry_id=entry.entry_id, now=factories.now())
    page = Phone(app).holding(minho).open(f"/c/{shop.code}/visits")
    assert "적립을 취소했어요" in page.words
    assert "나중에 취소했어요" in page.words
    assert "더하면 꼭 맞아요" not in page.words
    assert "지금 도장은 0개 예요" in page.words


def test_letters_wait_on_the_card_and_looking_alone_changes_nothing(
    app: Flask, shop: AShop, minho: ACustomer
) -> None:
    factories.a_stamp(shop, minho.card_id)
    phone = Phone(app).holding(minho)
    dot = phone.open(f"/c/{shop.code}").soup.select_one(".dot")
    assert dot is not None
    assert dot.get_text().endswith("1")
    phone.open(f"/c/{shop.code}/inbox")
    assert "새로 왔어요" in phone.open(f"/c/{shop.code}/inbox").words
    phone.tap("모두 읽었어요")
    assert "새로 왔어요" not in phone.page.words  # type: ignore[union-attr]
    assert phone.open(f"/c/{shop.code}").soup.select_one(".dot") is None


def test_the_saved_card_belongs_to_one_person(
    app: Flask, shop: AShop, jiwoo: ACustomer, minho: ACustomer
) -> None:
    names = [
        Phone(app).holding(who).open(f"/c/{shop.code}").answer.headers["X-Dangol-Person"]
        for who in (jiwoo, minho)
    ]
    assert len(set(names)) == 2
    assert "none" not in names
    assert Phone(app).open("/").answer.headers["X-Dangol-Person"] == "none"


def test_kakaotalks_browser_may_take_the_card_along_once(app: Flask, shop: AShop, clock: Clock) -> None:
    holder = factories.a_card_with(3, shop)
    inside = Phone(app).holding(holder)
    assert "브라우저로 열기" not in inside.open(f"/c/{shop.code}").words
    page = inside.open(f"/c/{shop.code}", headers=KAKAO)
    link = next(a["href"] for a in page.soup.find_all("a") if "브라우저로 열기" in a.get_text())
    assert str(link).startswith("kakaotalk://web/openExternal?url=https%3A%2F%2Fdangol.test%2Fs%2F")
    token = str(link).rsplit("%2F", 1)[1]
    outside = Phone(app)
    outside.open(f"/s/{shop.code}/open/{token}")
    outside.open(f"/s/{shop.code}/open/{token}")  # a preview burns nothing
    assert outside.tap("카드 열기").h1.startswith("도장 일곱 개만 더")
    third = Phone(app)
    third.open(f"/s/{shop.code}/open/{token}")
    assert "이미 썼거나 시간이 지난 링크" in third.tap("카드 열기", status=410).words
    clock.advance(seconds=timedelta(minutes=11).total_seconds())
    late = Phone(app)
    late.open(f"/s/{shop.code}/open/{token[:-1]}x")
    late.tap("카드 열기", status=410)
