"""보내기 and 더보기: one question a page, what was typed stays, and who may do what."""

from __future__ import annotations

import pytest
from flask import Flask

from app.messages import queries as messages
from app.shops import queries as shops
from tests import factories
from tests.factories import ACustomer, AShop
from tests.phone import Phone
from tests.world import Clock


def test_the_shop_tells_about_itself(owner_phone: Phone, shop: AShop) -> None:
    owner_phone.open("/owner/more/shop")
    page = owner_phone.submit(
        "저장하기", name="여름날커피", mark="", address="서울 은하구 1", story="천천히 내려요 ☕"
    )
    assert page.path == "/owner/more"
    row = factories.the_shop(shop)
    assert (row.name, row.mark, row.story) == ("여름날커피", "여", "천천히 내려요 ☕")


@pytest.mark.parametrize(
    ("path", "wrong", "sentence"),
    [
        ("shop", {"name": ""}, "가게 이름을 적어 주세요."),
        ("shop", {"mark": "두자"}, "한 글자만"),
        ("card", {"goal": "1"}, "2개부터 30개까지"),
        ("card", {"goal": "열"}, "2개부터 30개까지"),
        ("card", {"reward_name": " "}, "다 모으면 드릴 것을 적어 주세요"),
        ("hours", {"opens": "25:00"}, "시각을 다시 골라 주세요"),
        ("contact", {"phone": "문자로"}, "가게 번호를 적어 주세요"),
        ("contact", {"opt_out_080": "02-123-4567"}, "080으로 시작하는 번호"),
        ("password", {"login": "가나", "password": "긴 비밀번호 문장이에요"}, "영어 소문자와 숫자로"),
        ("staff", {"name": "새 직원", "login": "newone", "password": "짧아요"}, "10자부터"),
        ("staff", {"name": " ", "login": "newone", "password": "주말에만 나와요"}, "이름을 적어 주세요."),
    ],
)
def test_what_cant_be_saved_stays_typed(
    owner_phone: Phone, path: str, wrong: dict[str, str], sentence: str
) -> None:
    owner_phone.open(f"/owner/more/{path}")
    page = owner_phone.submit("직원 넣기" if path == "staff" else "저장하기", status=422, **wrong)
    assert any(sentence in error for error in page.errors())
    for name, typed in wrong.items():
        assert page.value(name) == ("" if name == "password" else typed)


def test_a_new_card_rule_says_whom_it_does_not_touch(owner_phone: Phone, jiwoo: ACustomer) -> None:
    page = owner_phone.open("/owner/more/card")
    assert "지금 카드를 가진 손님 1명" in page.words
    owner_phone.submit("저장하기", goal="5", reward_name="쿠키 하나")
    assert "쿠키 하나" in owner_phone.open("/owner/print/poster").words
    assert "도장 10개 중 0개" in owner_phone.open(f"/owner/panel/{jiwoo.card_id}").html


def test_hours_may_pass_midnight(owner_phone: Phone, shop: AShop) -> None:
    owner_phone.open("/owner/more/hours")
    owner_phone.submit("저장하기", opens="18:00", closes="02:00")
    assert factories.the_shop(shop).close_minute == 26 * 60
    assert owner_phone.open("/owner/more/hours").value("closes") == "02:00"


def test_the_text_size_follows_the_person(app: Flask, owner_phone: Phone, shop: AShop) -> None:
    owner_phone.open("/owner/more/text")
    page = owner_phone.submit("저장하기", size="xlarge")
    assert page.soup.html is not None
    assert page.soup.html["data-text"] == "xlarge"
    other = Phone(app).signed_in(shop, factories.a_staff(shop)).open("/owner")
    assert other.soup.html is not None
    assert other.soup.html["data-text"] == "normal"


def test_staff_come_and_go(app: Flask, owner_phone: Phone, shop: AShop) -> None:
    owner_phone.open("/owner/more/staff")
    page = owner_phone.submit("직원 넣기", name="최알바", login="alba01", password="주말에만 나와요 12")
    assert "최알바 님을 직원으로 넣었어요" in page.words
    phone = Phone(app)
    phone.open("/owner/login")
    phone.submit("로그인", login="alba01", password="주말에만 나와요 12")
    owner_phone.open("/owner/more/staff")
    link = next(row for row in owner_phone.page.soup.select("main a") if "최알바 님" in row.get_text())  # type: ignore[union-attr]
    assert "최알바 님을 직원에서 뺄까요? 바로 로그아웃돼요." in owner_phone.open(str(link["href"])).words
    page = owner_phone.submit("최알바 님을 직원에서 빼기")
    assert "직원에서 뺐어요" in page.words
    assert phone.open("/owner").path == "/owner/login"


def test_a_manager_is_taken_on_and_an_owner_is_not_made(app: Flask, owner_phone: Phone, shop: AShop) -> None:
    owner_phone.open("/owner/more/staff")
    page = owner_phone.submit(
        "직원 넣기", name="박점장", login="manager1", password="평일에는 제가 봐요 12", role="manager"
    )
    assert "박점장 님을 매니저로 넣었어요" in page.words
    phone = Phone(app)
    phone.open("/owner/login")
    phone.submit("로그인", login="manager1", password="평일에는 제가 봐요 12")
    assert phone.open("/owner/people").h1 == "손님"
    phone.open("/owner/more/card", status=403)
    form = {"csrf_token": owner_phone.token(), "name": "새 사장", "login": "boss01", "role": "owner"}
    owner_phone.post("/owner/more/staff", {**form, "password": "내가 바로 사장이다 12"}, status=422)
    assert [line.role for line in shops.staff_of(shop.id)] == ["owner", "manager"]


def test_an_080_number_is_kept_as_it_is_read_aloud(owner_phone: Phone, shop: AShop) -> None:
    owner_phone.open("/owner/more/contact")
    owner_phone.submit("저장하기", opt_out_080="080 1234567")
    assert factories.the_shop(shop).opt_out_080 == "080-123-4567"
    owner_phone.open("/owner/more/contact")
    owner_phone.submit("저장하기", opt_out_080="")
    assert factories.the_shop(shop).opt_out_080 == ""


def test_the_owner_cant_be_taken_out(owner_phone: Phone, shop: AShop) -> None:
    owner_phone.open("/owner/more/staff")
    owner_phone.post(
        f"/owner/more/staff/{shop.owner_id}/end", {"csrf_token": owner_phone.token()}, status=409
    )
    assert [line.role for line in shops.staff_of(shop.id)] == ["owner"]


@pytest.mark.parametrize(
    ("role", "open_", "closed"),
    [
        (
            "staff",
            ("stamps", "more", "more/text", "more/password", "print", "print/poster", "print/cards"),
            ("people", "messages", "more/shop"),
        ),
        (
            "manager",
            ("people", "messages", "more/shop", "more/hours"),
            ("more/card", "more/contact", "more/staff"),
        ),
    ],
)
def test_each_role_has_its_doors(
    app: Flask, shop: AShop, role: str, open_: tuple[str, ...], closed: tuple[str, ...]
) -> None:
    phone = Phone(app).signed_in(shop, factories.a_staff(shop, role=role))
    for path in open_:
        phone.open(f"/owner/{path}")
    for path in closed:
        phone.open(f"/owner/{path}", status=403)


def test_an_automation_is_a_sentence_with_a_switch(owner_phone: Phone, shop: AShop) -> None:
    page = owner_phone.open("/owner/messages")
    assert "방문 2시간 뒤에 감사 인사를 보내요" in page.words
    page = owner_phone.submit("바꾸기", is_on=False)
    assert "감사 인사를 껐어요" in page.words
    line = messages.automation(shop.id, "thank_you")
    assert line is not None
    assert not line.is_on


def test_the_shops_own_words_are_previewed_for_a_real_person(
    owner_phone: Phone, shop: AShop, jiwoo: ACustomer
) -> None:
    factories.a_stamp(shop, jiwoo.card_id)
    owner_phone.open("/owner/messages/thank_you")
    page = owner_phone.submit("미리 보기", text="{이름} 님, {가게}에서 또 봬요.")
    assert "한지우 님, 봄날커피에서 또 봬요." in page.words
    assert page.words.count("(광고)") == 1
    form = {"csrf_token": owner_phone.token(), "text": "{이름} 님 반가워요 🙂"}
    piece = owner_phone.post("/owner/messages/thank_you/preview", form, htmx=True)
    assert "한지우 님 반가워요" in piece.words
    assert "문자에는 🙂 그림이 나오지 않아요" in piece.words
    page = owner_phone.submit("저장하기", text="{이름} 님, 또 봬요.", delay_minutes="60")
    assert "방문 1시간 뒤에" in owner_phone.open("/owner/messages").words


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{나이} 님", "{나이}라는 칸은 없어요. {이름}, {가게}, {가게 이야기}와 {다음 선물}만 쓸 수 있어요."),
        ("{이름 님", "{이름}처럼 앞뒤를 모두 닫아 주세요"),
        ("가" * 2000, "850자 안으로"),
    ],
)
def test_words_that_cant_go_out_stay_typed(
    owner_phone: Phone, jiwoo: ACustomer, text: str, sentence: str
) -> None:
    owner_phone.open("/owner/messages/thank_you")
    page = owner_phone.submit("저장하기", text=text, status=422)
    assert any(sentence in error for error in page.errors())
    assert page.value("text") == text
    form = {"csrf_token": owner_phone.token(), "text": text}
    assert sentence in owner_phone.post("/owner/messages/thank_you/preview", form, htmx=True).words


def test_words_left_empty_are_the_standard_ones(owner_phone: Phone, jiwoo: ACustomer) -> None:
    owner_phone.open("/owner/messages/thank_you")
    assert "비워 두셔서 기본 글로 저장했어요" in owner_phone.submit("저장하기", text=" ").words


def test_what_lies_on_the_card_costs_nothing(owner_phone: Phone, jiwoo: ACustomer) -> None:
    page = owner_phone.open("/owner/messages/stamp_receipt")
    assert "카드에 남아요. 문자 요금은 없어요." in page.words
    page = owner_phone.open("/owner/messages/thank_you")
    assert "긴 문자 한 통이에요." in page.words
    assert "바이트" not in page.words


def test_a_form_that_cant_be_saved_comes_back_into_its_page(owner_phone: Phone) -> None:
    """The way back then leads to a page one opened, not to a form the browser wants to send again."""
    page = owner_phone.open("/owner/more/card")
    form = page.soup.select_one("#more-form")
    assert form is not None
    assert (form["hx-post"], form["hx-target"]) == ("/owner/more/card", "#main")
    piece = owner_phone.submit("저장하기", goal="1", reward_name="", status=422, htmx=True)
    assert "<html" not in piece.html
    asked_again = [link.get_text() for link in piece.soup.select(".summary a")]
    assert asked_again[0].startswith("다 모으면 드릴 것")  # as the fields stand on the page
    assert asked_again[1].startswith("도장은 2개부터")
    assert owner_phone.submit("저장하기", goal="8", reward_name="쿠키 하나", htmx=True).path == "/owner/more"


def test_who_came_by_a_link_is_told_before_signing_out(app: Flask, owner_phone: Phone) -> None:
    assert "지금 로그아웃하면 다시 들어오기 어려워요" in owner_phone.open("/owner/more").words
    assert "아이디와 비밀번호 정하기" in owner_phone.open("/owner").words
    owner_phone.open("/owner/more/password")
    owner_phone.submit("저장하기", login="bomnal", password="달빛 아래 커피 한 잔")
    assert "다시 들어오기 어려워요" not in owner_phone.open("/owner/more").words
    assert "아이디와 비밀번호 정하기" not in owner_phone.open("/owner").words


def test_what_the_law_asks_for_has_no_switch(owner_phone: Phone) -> None:
    page = owner_phone.open("/owner/messages/consent_result")
    assert "법이 정한 안내" in page.words
    form = {"csrf_token": Phone.token(owner_phone) if page.soup.form else "", "is_on": ""}
    owner_phone.open("/owner/more/text")
    form["csrf_token"] = owner_phone.token()
    owner_phone.post("/owner/messages/consent_result/switch", form, status=409)
    owner_phone.open("/owner/messages/nothing", status=404)


def test_the_history_says_why(owner_phone: Phone, clock: Clock, shop: AShop, minho: ACustomer) -> None:
    factories.a_stamp(shop, minho.card_id)
    page = owner_phone.open("/owner/messages/history")
    assert "감사 인사" in page.words
    assert "전화번호가 없는 손님이에요" in page.words
    assert "에 카드에 남겨요" in page.words
    coming, gone = page.soup.select("ul.history")
    assert "감사 인사" in coming.get_text()
    assert "도장 안내" in gone.get_text()


def test_a_message_is_sent_from_the_shops_own_phone(
    owner_phone: Phone, clock: Clock, shop: AShop, jiwoo: ACustomer
) -> None:
    from app.flows import deliver
    from app.messages.contract import Wire

    factories.a_stamp(shop, jiwoo.card_id)
    clock.advance(hours=2, minutes=1)
    deliver.drain(wire=Wire(public_url="https://dangol.test", base_url="https://dangol.test"), clock=clock)
    page = owner_phone.open("/owner/messages/phone")
    assert "한지우 님" in page.words
    assert "무료수신거부" in page.words
    link = page.soup.find(
        "a", string=lambda text: bool(text and "문자 쓰기" in text)
    ) or page.soup.select_one("a[href^='sms:']")
    assert link is not None
    page = owner_phone.submit("보냈어요")
    assert "보냈다고 적어 두었어요" in page.words
    assert "오늘 보낸 것" in page.words
    page = owner_phone.submit("안 보냈어요")
    assert "문자 쓰기" in page.words
    page = owner_phone.submit("이번에는 보내지 않기")
    assert "문자 쓰기" not in page.words
