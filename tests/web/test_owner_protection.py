"""People and their devices, the second step, the record of changes, as an owner meets them."""

from __future__ import annotations

import pytest
from flask import Flask

from app.flows import audit
from app.flows.unit import write
from app.kit import totp
from app.shops import queries
from app.shops.history import Change
from app.web.owner.changes import sentence
from tests import factories
from tests.factories import AShop
from tests.phone import Phone
from tests.world import Clock


def test_a_person_is_changed_where_each_role_is_explained(owner_phone: Phone, shop: AShop) -> None:
    person = factories.a_staff(shop)
    page = owner_phone.open(f"/owner/more/staff/{person}")
    assert "손님 목록과 보내기, 가게 소개와 영업시간을 맡아요." in page.words
    assert any(
        "이름을 적어" in each for each in owner_phone.submit("저장하기", name=" ", status=422).errors()
    )
    owner_phone.submit("저장하기", name="박점장", role="manager")
    assert [(line.name, line.role) for line in queries.staff_of(shop.id)][1] == ("박점장", "manager")
    owner_phone.open(f"/owner/more/staff/{person}")
    page = owner_phone.submit("새 비밀번호로 바꾸기", login="ab", password="짧아요", status=422)
    assert page.value("login") == "ab"
    owner_phone.submit("새 비밀번호로 바꾸기", login="jeomjang", password=factories.PASSWORD)
    owner_phone.submit("비밀 숫자 정하기", pin="4719")
    line = queries.staff_of(shop.id)[1]
    assert (line.login, line.has_password, line.has_pin) == ("jeomjang", True, True)
    page = owner_phone.open(f"/owner/more/staff/{shop.owner_id}")
    assert "사장님이 한 분뿐이라" in page.words
    assert "직원에서 빼기" not in page.words
    owner_phone.open("/owner/more/staff/999999", status=404)


def test_a_new_person_and_the_proof_are_typed_in_one_form(app: Flask, shop: AShop, clock: Clock) -> None:
    factories.a_password(shop, shop.owner_id)
    phone = Phone(app).signed_in(shop, shop.owner_id)
    clock.advance(minutes=16)
    phone.open("/owner/more/staff")
    page = phone.submit(
        "직원 넣기", name="최알바", login="alba01", password="주말에만 나와요 12", proof=factories.PASSWORD
    )
    assert "최알바 님을 직원으로 넣었어요" in page.words
    assert page.soup.find("input", attrs={"name": "proof"}) is None, "for ten minutes it is not asked again"
    clock.advance(minutes=11)
    form = {
        "csrf_token": phone.token(),
        "name": "이알바",
        "login": "alba02",
        "password": "평일에만 나와요 12",
    }
    page = phone.post("/owner/more/staff", form, status=401)
    assert "평일에만" not in page.html
    phone.submit("확인하고 계속하기", proof=factories.PASSWORD, password="평일에만 나와요 12")
    assert [line.name for line in queries.staff_of(shop.id)] == ["김사장", "최알바", "이알바"]


def test_in_a_page_with_scripts_a_wrong_proof_is_said_and_moves_nothing(
    app: Flask, shop: AShop, clock: Clock
) -> None:
    factories.a_password(shop, shop.owner_id)
    phone = Phone(app).signed_in(shop, shop.owner_id)
    clock.advance(minutes=16)
    phone.open("/owner/more/staff")
    fields = {"name": "최알바", "login": "alba01", "password": "주말에만 나와요 12", "proof": "아니에요"}
    piece = phone.submit("직원 넣기", **fields, status=409, htmx=True)
    assert piece.answer.headers["X-Sentence"] == "1"
    assert "다시 확인해서" in piece.words


def test_the_owner_sees_everybodys_devices_and_ends_one(app: Flask, owner_phone: Phone, shop: AShop) -> None:
    person = factories.a_staff(shop, name="지원")
    phone = Phone(app).signed_in(shop, person)
    phone.open("/owner")
    page = owner_phone.open("/owner/more/devices")
    assert "지원 님" in page.words
    assert "새 기기" not in page.words
    assert "그 기기에서 로그아웃했어요" in owner_phone.submit("로그아웃").words
    assert phone.open("/owner").path == "/owner/login"


def test_a_sign_in_on_a_device_never_used_before_is_pointed_out(
    app: Flask, shop: AShop, clock: Clock
) -> None:
    factories.a_password(shop, shop.owner_id)
    first = Phone(app).signed_in(shop, shop.owner_id)  # calls itself "test"
    assert "새 기기" not in first.open("/owner/more/browsers").words
    clock.advance(days=1)
    fresh = Phone(app)
    fresh.open("/owner/login")
    fresh.submit("로그인", login="bomnal", password=factories.PASSWORD)
    assert first.open("/owner/more/browsers").words.count("새 기기") == 1
    clock.advance(days=7, seconds=1)
    assert "새 기기" not in first.open("/owner/more/browsers").words
    assert "다른 기기 1대에서 로그아웃했어요" in first.submit("다른 기기 모두 로그아웃").words
    assert fresh.open("/owner").path == "/owner/login"


def test_the_second_step_from_the_first_page_to_the_next_sign_in(
    app: Flask, shop: AShop, clock: Clock
) -> None:
    factories.a_password(shop, shop.owner_id)
    phone = Phone(app).signed_in(shop, shop.owner_id)
    phone.open("/owner/more/second-step")
    page = phone.submit("시작하기")
    secret = page.soup.select_one(".secret")
    assert secret is not None
    key = secret.get_text().replace(" ", "")
    page = phone.submit("켜기", second="000000", status=422)
    assert page.value("second") == ""
    assert any("여섯 숫자가 맞지 않아요" in each for each in page.errors())
    page = phone.submit("켜기", second=totp.code_at(key, totp.step_of(clock())))
    codes = [code.get_text() for code in page.soup.select(".codes li")]
    assert len(codes) == 8
    assert not any(code in phone.open("/owner/more/second-step").html for code in codes)
    clock.advance(seconds=30)

    other = Phone(app)
    other.open("/owner/people?q=지우")
    page = other.submit("로그인", login="bomnal", password=factories.PASSWORD)
    assert page.h1 == "2단계 인증"
    assert factories.PASSWORD not in page.html
    assert Phone(app).open("/owner/login/second").path == "/owner/login", (
        "another browser did not type the password"
    )
    page = other.submit("들어가기", second="123456", status=422)
    assert "맞지 않아요" in page.words
    page = other.submit("들어가기", second=totp.code_at(key, totp.step_of(clock())))
    assert page.path == "/owner/people"
    assert page.value("q") == "지우"
    assert other.open("/owner/login/second").path in ("/owner/login", "/owner")
    late = Phone(app)
    late.open("/owner/login")
    late.submit("로그인", login="bomnal", password=factories.PASSWORD)
    form = {"csrf_token": late.token(), "second": codes[0]}
    assert late.post("/owner/login/second", form).path == "/owner"


def test_a_form_kept_at_the_door_passes_both_steps(app: Flask, shop: AShop, clock: Clock) -> None:
    factories.a_password(shop, shop.owner_id)
    _secret, codes = factories.a_second_step(shop, shop.owner_id)
    phone = Phone(app).signed_in(shop, shop.owner_id)
    phone.open("/owner/more/hours")
    clock.advance(days=40)
    phone.submit("저장하기", opens="07:30", status=401)
    phone.submit("로그인", login="bomnal", password=factories.PASSWORD)
    phone.submit("들어가기", second=codes[0])
    phone.submit("이어서 저장하기")
    assert factories.the_shop(shop).open_minute == 450


@pytest.mark.parametrize("what", audit.KINDS)
@pytest.mark.parametrize("who", ["김사장", None])
def test_every_kind_of_change_has_a_sentence(app: Flask, what: str, who: str | None) -> None:
    for whom, is_self, detail in (
        ("지원", False, "staff>manager"),
        ("김사장", True, ""),
        ("", False, "10>8"),
    ):
        said = sentence(Change(1, factories.now(), who, what, whom, is_self, detail))
        assert said.endswith("어요")
        assert "{}" not in said


def test_the_record_is_read_page_by_page(owner_phone: Phone, shop: AShop, other_shop: AShop) -> None:
    with write() as session:
        for number in range(60):
            audit.note(
                session,
                shop_id=shop.id,
                what="card_rule",
                staff_id=shop.owner_id,
                detail=f"10>{number + 11}",
                now=factories.now(),
            )
        audit.note(
            session, shop_id=other_shop.id, what="hours", staff_id=other_shop.owner_id, now=factories.now()
        )
    page = owner_phone.open("/owner/more/changes")
    assert "김사장 님이 카드 규칙을 도장 10개에서 70개로 바꿨어요" in page.words
    assert "영업시간" not in page.words
    page = owner_phone.tap("더 보기")
    assert "들어가기 주소로 들어왔어요" in page.words
    owner_phone.open("/owner/more/changes?before=99999999999999999999")
