"""문자 보내기 연결, as an owner meets it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from tests import factories
from tests.factories import AShop
from tests.messages.solapi_desk import KEY, PROFILE, SECRET, Desk, a_desk
from tests.phone import Phone
from tests.world import Clock

HOME = "/owner/more/sending/solapi"
TYPED = {"api_key": KEY, "api_secret": SECRET, "sender": "02-1234-5678", "profile": PROFILE}


@pytest.fixture
def desk(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with a_desk() as running:
        monkeypatch.setitem(app.config, "WIRE", replace(app.config["WIRE"], solapi_url=running.url))
        yield running


def test_from_the_first_look_to_the_first_text(owner_phone: Phone, shop: AShop, desk: Desk) -> None:
    assert "발송을 다른 곳에 맡기지 않습니다" in owner_phone.open(f"/s/{shop.code}/privacy").words
    owner_phone.open("/owner/more")
    page = owner_phone.tap("문자 보내기 연결 문자와 알림톡이 저절로 나가게")
    assert "짧은 문자 약 20원" in page.words and "연결하지 않았어요" in page.words
    page = owner_phone.open(HOME)
    assert page.path == f"{HOME}/keys" and "발신번호" in page.words
    page = owner_phone.submit("저장하기", **{**TYPED, "sender": "12"}, status=422)
    assert any("발신번호로 등록한 번호" in error for error in page.errors())
    assert (page.value("api_key"), page.value("api_secret")) == (KEY, ""), (
        "a secret is not written into a page"
    )
    page = owner_phone.submit("저장하기", **TYPED)
    assert page.path == HOME and "시험 보내기를 한 번 해 보면 켜져요" in page.words
    assert SECRET not in page.html and KEY not in page.html and f"••••{KEY[-4:]}" in page.words
    page = owner_phone.submit("시험 문자 보내기", phone="02-1", status=422)
    assert page.value("phone") == "02-1"
    page = owner_phone.submit("시험 문자 보내기", phone="010-9876-5432")
    assert "보냈어요. 1분 안에" in page.words and "쓰고 있어요" in page.words
    assert "4,321원" in page.words and "사장님 계정의 값이에요" in page.words
    assert "https://dangol.test/hooks/solapi/" in page.words and len(desk.sent()) == 1
    page = owner_phone.open(f"{HOME}/keys")
    assert KEY not in page.html and SECRET not in page.html
    assert "다음에 맡깁니다: 솔라피(문자, 알림톡)." in owner_phone.open(f"/s/{shop.code}/privacy").words
    page = owner_phone.open("/owner/more/changes")
    assert "솔라피로 문자 보내기를 켰어요" in page.words


def test_a_wrong_key_and_an_empty_purse_are_said(owner_phone: Phone, shop: AShop, desk: Desk) -> None:
    owner_phone.open(f"{HOME}/keys")
    owner_phone.submit("저장하기", **{**TYPED, "api_secret": "W" * 32})
    page = owner_phone.submit("시험 문자 보내기", phone="010-9876-5432", status=422)
    assert any("솔라피가 이 키를 모른다고 해요" in error for error in page.errors())
    assert owner_phone.tap("키 다시 붙여 넣기").path == f"{HOME}/keys"
    owner_phone.open(HOME)
    assert page.value("phone") == "010-9876-5432"
    assert page.words.count("이 키를 모른다고") == 1, "said once"
    owner_phone.open(f"{HOME}/keys")
    owner_phone.submit("저장하기", api_key="", api_secret=SECRET)
    desk.balance = 0
    page = owner_phone.submit("시험 문자 보내기", phone="010-9876-5432", status=422)
    assert any("남은 돈이 모자라요" in error for error in page.errors())
    desk.balance = 500
    assert "500원" in owner_phone.submit("남은 돈 다시 알아보기").words
    owner_phone.submit("시험 문자 보내기", phone="010-9876-5432")
    assert "사장님이 꺼 두셨어요" in owner_phone.submit("잠시 끄기").words
    assert "보내기를 켰어요" in owner_phone.submit("다시 켜기").words
    page = owner_phone.submit("연결 지우기")
    assert page.path == "/owner/more/sending" and "연결을 지웠어요" in page.words


def test_texts_are_asked_about_and_their_answers_read(owner_phone: Phone, shop: AShop, desk: Desk) -> None:
    owner_phone.open(f"{HOME}/keys")
    owner_phone.submit("저장하기", **{**TYPED, "profile": ""})
    page = owner_phone.open(f"{HOME}/talk")
    assert "pfId" in page.words and "유료 구매로 지급된" in page.words
    owner_phone.open(f"{HOME}/keys")
    owner_phone.submit("저장하기", api_key="", api_secret="", profile=PROFILE)
    owner_phone.open(f"{HOME}/talk")
    token = {"csrf_token": owner_phone.token()}
    page = owner_phone.post(f"{HOME}/talk/reward_ready", token)
    assert "카카오에 확인을 부탁했어요" in page.words and "카카오가 보고 있어요" in page.words
    said = [{"isAdmin": True, "content": "변수가 너무 깁니다.", "dateCreated": "1"}]
    desk.templates["KA01TP1"] |= {"status": "REJECTED", "comments": said}
    page = owner_phone.submit("확인 결과 다시 물어보기")
    assert "카카오가 돌려보냈어요" in page.words and "변수가 너무 깁니다." in page.words
    page = owner_phone.post(f"{HOME}/talk/stage_ready/code", {**token, "code": "KA01NONE"}, status=422)
    assert any("그런 템플릿이 없다고" in error for error in page.errors())
    assert page.value("code") in ("KA01NONE", "KA01TP1")
    owner_phone.post(f"{HOME}/talk/thank_you", token, status=404)


def test_the_080_number_is_asked_for_where_an_ad_needs_it(
    owner_phone: Phone, shop: AShop, desk: Desk
) -> None:
    owner_phone.open(f"{HOME}/keys")
    assert "080 수신거부 번호 없어도 돼요" in owner_phone.submit("저장하기", **TYPED).words
    nhn = HOME.replace("solapi", "nhn")
    owner_phone.open(f"{nhn}/keys")
    page = owner_phone.submit("저장하기", app_key="appKey0001", secret="secretKey1", sender="02-1234-5678")
    assert "080 수신거부 번호 광고를 보내려면 꼭 있어야 해요" in page.words
    assert (
        owner_phone.tap("080 수신거부 번호 광고를 보내려면 꼭 있어야 해요. 키와 함께 적어요").path
        == f"{nhn}/keys"
    )
    assert "180일 뒤에 지웁니다" in owner_phone.open(f"/s/{shop.code}/privacy").words


def test_who_may_not_come_here(app: Flask, shop: AShop, other_shop: AShop, clock: Clock, desk: Desk) -> None:
    factories.a_password(shop, shop.owner_id)
    manager = Phone(app).signed_in(shop, factories.a_staff(shop, role="manager"))
    manager.open("/owner/more/sending", status=403)
    owner = Phone(app).signed_in(shop, shop.owner_id)
    owner.open("/owner/more/sending/aligo", status=404)
    owner.open(f"{HOME}/talk", status=404)
    owner.open(f"{HOME}/keys")
    owner.submit("저장하기", **TYPED)
    neighbour = Phone(app).signed_in(other_shop, other_shop.owner_id)
    assert neighbour.open(HOME).path == f"{HOME}/keys"
    neighbour.post(f"{HOME}/balance", {"csrf_token": neighbour.token()}, status=404)
    clock.advance(minutes=30)
    owner.open(HOME)
    page = owner.submit("연결 지우기", status=401)
    assert page.h1 == "본인인지 확인할게요"
    assert SECRET not in page.html
