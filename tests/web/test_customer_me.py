"""내 정보: see, take along, withdraw, leave; and the opt-out by a link."""

from __future__ import annotations

import json
from urllib.parse import unquote

from flask import Flask

from app.customers import reaching
from app.customers.models import Consent, Suppression
from app.extensions import db
from app.flows import person
from app.flows.unit import write
from tests import factories
from tests.factories import ACustomer, AShop
from tests.phone import Phone


def _standing(customer: ACustomer, kind: str) -> str | None:
    db.session.rollback()
    rows = db.session.scalars(
        db.select(Consent.action)
        .where(Consent.customer_id == customer.id, Consent.kind == kind)
        .order_by(Consent.id)
    ).all()
    return rows[-1] if rows else None


def test_everything_is_two_taps_from_the_card(app: Flask, shop: AShop, jiwoo: ACustomer) -> None:
    phone = Phone(app).holding(jiwoo)
    card = phone.open(f"/c/{shop.code}")
    mine = next(a["href"] for a in card.soup.find_all("a") if "내 정보" in a.get_text())
    page = phone.open(str(mine))
    links = [a.get("href") for a in page.soup.find_all("a")]
    assert f"/c/{shop.code}/me/delete" in links
    assert f"/c/{shop.code}/me/download" in links
    assert "한지우" in page.words
    assert "010-2345-6789" in page.words


def test_the_download_holds_what_the_shop_knows(app: Flask, shop: AShop, jiwoo: ACustomer) -> None:
    factories.a_stamp(shop, jiwoo.card_id)
    page = Phone(app).holding(jiwoo).open(f"/c/{shop.code}/me/download")
    assert page.answer.headers["Content-Disposition"].startswith("attachment")
    mine = json.loads(page.html)
    assert mine["person"]["phone"] == "+821023456789"
    assert mine["card"]["stamps"] == 1
    assert [line["kind"] for line in mine["ledger"]] == ["earn"]
    assert len(mine["visits"]) == 1
    assert {said["kind"] for said in mine["person"]["said"]} == {
        "age14",
        "required",
        "marketing",
        "ads",
        "ads_night",
    }


def test_the_text_to_take_along_can_be_read(app: Flask, shop: AShop, jiwoo: ACustomer) -> None:
    factories.a_stamp(shop, jiwoo.card_id)
    page = Phone(app).holding(jiwoo).open(f"/c/{shop.code}/me/text")
    assert page.answer.mimetype == "text/plain"
    named = page.answer.headers["Content-Disposition"]
    assert named.startswith("attachment")
    assert unquote(named).endswith("내정보-봄날커피.txt")
    lines = page.html.removeprefix("\ufeff").split("\r\n")
    assert lines[0] == "내 정보 · 봄날커피"
    assert "휴대폰 번호: 010-2345-6789" in lines
    assert any(" · 도장을 받았어요 · +1" in line for line in lines)
    assert any(line.endswith(" · 광고 문자 · 동의했어요") for line in lines)
    for title in ("가게", "적어 둔 것", "카드", "동의", "적립·사용 내역", "방문", "가게에서 온 말"):
        assert f"[{title}]" in lines
    assert "grant" not in page.html


def test_the_shops_memo_keeps_its_lines(app: Flask, shop: AShop, jiwoo: ACustomer) -> None:
    person.save_notes(
        shop_id=shop.id,
        customer_id=jiwoo.id,
        staff_id=shop.owner_id,
        name="한지우",
        memo="얼음 적게\n창가 자리",
        likes="",
        ip="",
        now=factories.now(),
    )
    page = Phone(app).holding(jiwoo).open(f"/c/{shop.code}/me")
    memo = next(tag for tag in page.soup.select(".pre") if "창가" in tag.get_text())
    assert memo.get_text() == "얼음 적게\n창가 자리"


def test_what_stands_on_something_is_not_given_alone(app: Flask, shop: AShop) -> None:
    holder = factories.a_customer(shop, name="김민지", phone="010-3333-4444")
    phone = Phone(app).holding(holder)
    phone.open(f"/c/{shop.code}/me")
    form = {"csrf_token": phone.token(), "grant": "y"}
    page = phone.post(f"/c/{shop.code}/me/consents", {**form, "kind": "ads"}, status=422)
    assert any("광고 문자를 받으려면 ‘맞춤 혜택’도 켜 주세요." in error for error in page.errors())
    assert page.h1 == "내 정보"
    phone.post(f"/c/{shop.code}/me/consents", {**form, "kind": "marketing"})
    page = phone.post(f"/c/{shop.code}/me/consents", {**form, "kind": "ads_night"}, status=422)
    assert any("밤에도 받으려면 ‘광고 문자’를 먼저 켜 주세요." in error for error in page.errors())
    assert _standing(holder, "marketing") == "grant"
    assert _standing(holder, "ads") != "grant"
    assert _standing(holder, "ads_night") != "grant"


def test_switching_off_what_others_stand_on_says_so(app: Flask, shop: AShop, jiwoo: ACustomer) -> None:
    phone = Phone(app).holding(jiwoo)
    phone.open(f"/c/{shop.code}/me")
    form = {"csrf_token": phone.token(), "kind": "marketing"}
    answer = phone.post(f"/c/{shop.code}/me/consents", form, status=303, follow=False).answer
    assert answer.headers["Location"].endswith(f"/c/{shop.code}/me#consents")
    assert "맞춤 혜택과 광고 문자를 모두 그만 받아요." in phone.open(f"/c/{shop.code}/me").words
    assert [_standing(jiwoo, kind) for kind in ("marketing", "ads", "ads_night")] == ["withdraw"] * 3


def test_rather_not_saying_leads_back_to_the_card(app: Flask, shop: AShop, minho: ACustomer) -> None:
    phone = Phone(app).holding(minho)
    phone.open(f"/c/{shop.code}/details")
    assert phone.submit("저장하기", phone=" ", name="").path == f"/c/{shop.code}"
    phone.open(f"/c/{shop.code}/details")
    assert phone.tap("적지 않고 카드로 돌아가기").path == f"/c/{shop.code}"
    assert factories.a_person(minho.id).phone is None


def test_emptying_the_fields_forgets_nothing_and_says_what_does(
    app: Flask, shop: AShop, jiwoo: ACustomer
) -> None:
    phone = Phone(app).holding(jiwoo)
    phone.open(f"/c/{shop.code}/details")
    page = phone.submit("저장하기", phone="", name="", status=422)
    assert any("내 정보 모두 지우기" in error for error in page.errors())
    assert factories.a_person(jiwoo.id).name == "한지우"


def test_withdrawing_and_giving_again(app: Flask, shop: AShop, jiwoo: ACustomer) -> None:
    phone = Phone(app).holding(jiwoo)
    phone.open(f"/c/{shop.code}/me")
    form = {"csrf_token": phone.token(), "kind": "ads"}
    page = phone.post(f"/c/{shop.code}/me/consents", form)
    assert "이제 낮에도 밤에도 광고 문자를 보내지 않아요." in page.words
    assert _standing(jiwoo, "ads") == "withdraw"
    assert _standing(jiwoo, "ads_night") == "withdraw"
    assert _standing(jiwoo, "marketing") == "grant"
    phone.post(f"/c/{shop.code}/me/consents", {**form, "grant": "y"})
    assert _standing(jiwoo, "ads") == "grant"


def test_only_the_optional_consents_can_be_switched(app: Flask, shop: AShop, jiwoo: ACustomer) -> None:
    phone = Phone(app).holding(jiwoo)
    phone.open(f"/c/{shop.code}/me")
    phone.post(f"/c/{shop.code}/me/consents", {"csrf_token": phone.token(), "kind": "age14"}, status=422)
    assert _standing(jiwoo, "age14") == "grant"


def test_changing_the_name_keeps_what_was_agreed(app: Flask, shop: AShop, jiwoo: ACustomer) -> None:
    phone = Phone(app).holding(jiwoo)
    phone.open(f"/c/{shop.code}/details")
    phone.submit("저장하기", name="지우")
    assert factories.a_person(jiwoo.id).name == "지우"
    assert _standing(jiwoo, "ads_night") == "grant"


def test_leaving_takes_two_taps_and_leaves_nothing_behind(app: Flask, shop: AShop, jiwoo: ACustomer) -> None:
    factories.a_stamp(shop, jiwoo.card_id)
    phone = Phone(app).holding(jiwoo)
    phone.open(f"/c/{shop.code}/me")
    phone.tap("내 정보 모두 지우기")
    page = phone.tap("모두 지우기")
    assert page.h1 == "정보를 모두 지웠어요"
    assert page.answer.headers["X-Dangol-Person"] == "none"
    person = factories.a_person(jiwoo.id)
    assert (person.name, person.phone, person.memo) == ("", None, "")
    assert phone.open(f"/c/{shop.code}").path == f"/s/{shop.code}"


def _link(shop: AShop, customer: ACustomer) -> str:
    key = factories.a_person(customer.id).phone_key
    with write() as session:
        token = reaching.opt_out_link(
            session, shop_id=shop.id, customer_id=customer.id, address_key=key, now=factories.now()
        )
    return f"/o/{token}"


def test_opting_out_is_one_tap_without_a_login(app: Flask, shop: AShop, jiwoo: ACustomer) -> None:
    phone = Phone(app)
    page = phone.open(_link(shop, jiwoo))
    assert "봄날커피" in page.words
    assert not page.soup.select("input:not([type=hidden])")
    assert db.session.scalar(db.select(db.func.count()).select_from(Suppression)) == 0
    done = phone.tap("무료 수신거부")
    assert done.h1 == "이제 광고를 보내지 않아요"
    assert _standing(jiwoo, "ads") == "withdraw"
    again = Phone(app).open(_link(shop, jiwoo))
    assert again.h1 == "이미 수신거부하셨어요"
    assert "11월 23일(월)부터 봄날커피에서 광고를 보내지 않아요" in again.words
    assert not again.soup.select("form")
    slow = Phone(app)  # the page was opened before, the button is pressed after
    assert slow.post(_link(shop, jiwoo)).h1 == "이제 광고를 보내지 않아요"
    assert db.session.scalar(db.select(db.func.count()).select_from(Suppression)) == 1


def test_a_made_up_opt_out_link_does_nothing(phone: Phone) -> None:
    page = phone.open("/o/AAAAAAAAAAAAAAAAAAAAAA", status=404)
    assert "링크를 다시 눌러 주세요" in page.words
