"""Getting in: a link that a preview does not burn, a password, a form that outlives its session, set-up."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from flask import Flask

from app.extensions import db
from app.flows import access, sharing
from app.flows import shop as shop_flow
from app.shops.models import StaffSession
from app.web.owner import kept_words
from app.web.owner.entrance import local_path
from app.web.resume import Kept
from app.web.typed_forms import TYPED
from config import ROOT
from tests import factories
from tests.asks import a_jpeg
from tests.factories import ACustomer, AShop
from tests.flows.test_voice import opened
from tests.phone import Phone
from tests.world import Clock

_PASSWORD = "달빛 아래 커피 한 잔"


def _link(kind: str, shop: AShop | None = None) -> str:
    return access.mint_link(
        kind=kind,
        shop_id=shop.id if shop else None,
        staff_id=shop.owner_id if shop else None,
        lifetime_s=600,
        now=factories.now(),
    )


def _with_password(shop: AShop) -> None:
    shop_flow.set_password(
        shop_id=shop.id, staff_id=shop.owner_id, login="bomnal", password=_PASSWORD, now=factories.now()
    )


def test_a_preview_burns_nothing_and_the_button_works_once(app: Flask, shop: AShop) -> None:
    path = f"/owner/enter/{_link('owner', shop)}"
    for _ in range(2):
        assert Phone(app).open(path).h1 == "봄날커피 사장님으로 들어가기"
    phone = Phone(app)
    phone.open(path)
    assert phone.submit("들어가기").path == "/owner"
    assert phone.open(path).path == "/owner"
    late = Phone(app).open(path, status=410)
    assert "한 번 쓴 주소" in late.words


def test_sign_in_goes_on_to_where_one_wanted(app: Flask, shop: AShop) -> None:
    _with_password(shop)
    phone = Phone(app)
    page = phone.open("/owner/people?q=지우")
    assert page.path == "/owner/login"
    page = phone.submit("로그인", login="BOMNAL ", password=_PASSWORD)
    assert page.path == "/owner/people"
    assert page.value("q") == "지우"


def test_a_wrong_password_keeps_the_login(app: Flask, shop: AShop) -> None:
    _with_password(shop)
    phone = Phone(app)
    phone.open("/owner/login")
    page = phone.submit("로그인", login="bomnal", password="틀린 비밀번호", status=422)
    assert "아이디나 비밀번호가 맞지 않아요" in page.words
    assert page.value("login") == "bomnal"
    assert page.value("password") == ""


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/owner",
        "//evil.example/owner",
        "/\\evil.example",
        "/owner/../../s/x\n",
        "/ownerx",
        "javascript:alert(1)",
        "/s/ABC",
        "/owner\\@evil.example",
    ],
)
def test_next_never_leads_elsewhere(app: Flask, shop: AShop, elsewhere: str) -> None:
    _with_password(shop)
    assert local_path(elsewhere) == ""
    phone = Phone(app)
    phone.open("/owner/login")
    form = {"csrf_token": phone.token(), "login": "bomnal", "password": _PASSWORD, "next": elsewhere}
    assert phone.post("/owner/login", form).path == "/owner"


def test_a_memo_survives_the_end_of_the_session(
    app: Flask, clock: Clock, shop: AShop, jiwoo: ACustomer
) -> None:
    _with_password(shop)
    phone = Phone(app).signed_in(shop, shop.owner_id)
    phone.open(f"/owner/people/{jiwoo.id}")
    clock.advance(days=40)
    memo = "라떼는 늘 연하게 🙂\n창가 자리를 좋아해요"
    page = phone.submit("저장하기", memo=memo, likes="라떼 연하게", status=401)
    assert "쓰던 내용은 그대로 있어요" in page.words
    page = phone.submit("로그인", login="bomnal", password=_PASSWORD)
    assert page.h1 == "쓰던 내용이 그대로 있어요"
    labels = {label.get_text() for label in page.soup.select("main label")}
    assert {"이름", "좋아하는 것", "기억할 것"} == labels, "all that will be saved can be read"
    unseen = {tag["name"] for tag in page.soup.select("#resume-form [type=hidden]")}
    assert unseen == {"csrf_token"}
    page = phone.submit("이어서 저장하기")
    assert page.path == f"/owner/people/{jiwoo.id}"
    assert factories.a_person(jiwoo.id).memo == memo


def test_photos_picked_for_an_answer_survive_with_it(
    app: Flask, clock: Clock, shop: AShop, jiwoo: ACustomer
) -> None:
    _with_password(shop)
    voice_id = opened(shop, jiwoo)
    phone = Phone(app).signed_in(shop, shop.owner_id)
    form = phone.open(f"/owner/voices/{voice_id}")
    sent = {"csrf_token": phone.token(), "photo": [(BytesIO(a_jpeg()), "a.jpg")]}
    phone.post(f"/owner/voices/{voice_id}/picks/{form.value('picks')}", sent, htmx=True, status=204)
    session = db.session.scalars(db.select(StaffSession)).one()
    session.expires_at = clock()
    db.session.commit()
    clock.advance(minutes=1)
    phone.submit("답 보내기", text="새로 끓인 국이에요", status=401)
    phone.submit("로그인", login="bomnal", password=_PASSWORD)
    said = phone.submit("이어서 저장하기").soup.select(".said > li")[-1]
    assert "새로 끓인 국이에요" in said.get_text()
    assert said.select_one(".photos"), "the photo went along with the words"


def test_what_somebody_else_typed_is_not_offered(
    app: Flask, clock: Clock, shop: AShop, jiwoo: ACustomer
) -> None:
    _with_password(shop)
    jiwon = factories.a_staff(shop, name="지원", role="manager")
    phone = Phone(app).signed_in(shop, jiwon)
    phone.open(f"/owner/people/{jiwoo.id}")
    clock.advance(days=40)
    page = phone.submit("저장하기", memo="지원이 적은 말", status=401)
    assert "쓰던 내용은 그대로 있어요" in page.words
    page = phone.submit("로그인", login="bomnal", password=_PASSWORD)
    assert page.path == "/owner"
    assert "그 내용을 쓴 분만" in page.words
    assert factories.a_person(jiwoo.id).memo == ""


def test_a_form_of_a_shared_device_that_was_ended_is_its_last_hands(
    app: Flask, shop: AShop, jiwoo: ACustomer
) -> None:
    jiwon = factories.a_staff(shop, name="지원", role="manager")
    factories.a_pin(shop, jiwon, "4719")
    token, session_id = factories.a_shared_device(shop)
    about = {"shop_id": shop.id, "session_id": session_id, "now": factories.now()}
    sharing.take_turn(**about, staff_id=jiwon, pin="4719")
    phone = Phone(app)
    phone.keep("staff", token)
    phone.open(f"/owner/people/{jiwoo.id}")
    access.sign_out(token=token, now=factories.now())
    page = phone.submit("저장하기", memo="지원이 적은 말", status=401)
    assert page.value("resume")
    login = f"owner.{shop.code.lower()}"
    assert phone.submit("로그인", login=login, password=factories.PASSWORD).path == "/owner"


def test_a_form_of_nobody_is_not_kept_and_that_is_said(app: Flask, shop: AShop, jiwoo: ACustomer) -> None:
    _with_password(shop)
    phone = Phone(app)
    phone.open("/owner/login")
    form = {"csrf_token": phone.token(), "memo": "누가 적었을까"}
    page = phone.post(f"/owner/people/{jiwoo.id}", form, status=401)
    assert "처음부터 다시 해 주세요" in page.words
    assert page.soup.find("input", attrs={"name": "resume"}) is None
    assert phone.submit("로그인", login="bomnal", password=_PASSWORD).path == "/owner"


def test_every_typed_form_can_be_kept_and_every_kept_field_has_its_words(app: Flask, shop: AShop) -> None:
    typed = set()
    for path in (ROOT / "templates" / "owner").glob("*.html"):
        typed |= set(re.findall(r"ui\.in_place\(url_for\('(owner\.\w+)'", path.read_text()))
    assert len(typed) > 10
    assert typed - set(TYPED) == {"owner.own_pin"}, "a PIN is never kept, and it has nothing else"
    said = {
        line.name: line.chosen
        for endpoint in TYPED
        for fields in ([("role", "manager"), ("size", "xlarge"), ("reward_stamps", "2")],)
        for line in kept_words.lines(Kept("/owner", [*fields, ("delay_minutes", "120")], endpoint=endpoint))
    }
    assert said == {
        "role": "매니저",
        "size": "아주 크게",
        "reward_stamps": "2개",
        "delay_minutes": "방문하고 2시간 뒤",
    }


def test_a_piece_asked_after_the_session_becomes_the_sign_in_page(
    app: Flask, clock: Clock, shop: AShop
) -> None:
    phone = Phone(app).signed_in(shop, shop.owner_id)
    phone.open("/owner/stamps")
    clock.advance(days=40)
    headers = {"HX-Request": "true", "HX-Current-URL": "https://dangol.test/owner/stamps"}
    answer = phone.open("/owner/claims?v=0", status=401, follow=False, headers=headers)
    assert answer.html == ""
    assert answer.answer.headers["HX-Redirect"] == "/owner/login?next=/owner/stamps"


def test_signing_out_ends_the_session_itself(app: Flask, shop: AShop) -> None:
    token = factories.a_session(shop, shop.owner_id)
    phone = Phone(app)
    phone.keep("staff", token)
    phone.open("/owner/more")
    assert phone.submit("로그아웃").path == "/owner/login"
    again = Phone(app)
    again.keep("staff", token)
    assert again.open("/owner").path == "/owner/login"


def test_five_questions_open_the_shop_and_the_way_back_keeps_the_answers(app: Flask) -> None:
    phone = Phone(app)
    page = phone.open(f"/setup/{_link('setup')}")
    assert page.h1 == "가게 이름이 뭐예요?"
    phone.submit("다음", name="새벽빵집")
    phone.submit("다음", reward_name="소금빵 하나", goal="8")
    page = phone.tap("이전 질문")
    assert page.value("reward_name") == "소금빵 하나"
    phone.submit("다음")
    page = phone.submit("다음", phone="전화 없음")
    assert page.h1 == "손님이 전화할 번호를 알려 주세요"
    assert "가게 번호를 적어 주세요" in page.words
    phone.submit("다음", phone="031-000-1234")
    phone.submit("다음", opens="07:00", closes="19:30")
    page = phone.submit("가게 열기", owner_name="이새벽", login="ab", password="1234567890", status=422)
    assert page.value("owner_name") == "이새벽"
    assert "너무 쉬운 비밀번호" in page.words
    page = phone.submit("가게 열기", login="dawn", password="소금빵은 아침에 굽는다")
    assert page.path == "/owner"
    assert "손님을 맞을 준비" in page.words
    assert "도장 8개" in phone.open("/owner/more").words


def test_set_up_is_closed_without_the_consoles_code(app: Flask, shop: AShop) -> None:
    Phone(app).open("/setup/guess", status=410)
    Phone(app).open(f"/setup/{_link('owner', shop)}", status=410)


def test_the_first_page_brings_the_forms_token(app: Flask, shop: AShop) -> None:
    """A browser that was closed kept who is signed in, not the form's token; this page has no form of its own."""
    phone = Phone(app).signed_in(shop, shop.owner_id)
    page = phone.open("/owner/voices")
    assert page.soup.select("form") == []
    kept = page.answer.headers.getlist("Set-Cookie")
    assert [each.split("=")[0] for each in kept] == ["__Host-form"]
    assert phone.open("/owner/voices").answer.headers.getlist("Set-Cookie") == []
