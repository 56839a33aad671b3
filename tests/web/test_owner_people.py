"""손님: found by what one remembers of them, and written about without losing a word."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.extensions import db
from app.shops.models import AccessLog
from tests import factories
from tests.factories import ACustomer, AShop
from tests.phone import Phone
from tests.world import Clock

pytestmark = pytest.mark.databases("sqlite", "postgres")


def test_the_one_who_came_last_is_on_top(owner_phone: Phone, shop: AShop, jiwoo: ACustomer) -> None:
    sua = factories.a_customer(shop, name="윤수아", phone="010-5555-1234")
    factories.a_stamp(shop, jiwoo.card_id, at=factories.now() - timedelta(days=2))
    factories.a_stamp(shop, sua.card_id, at=factories.now() - timedelta(days=1))
    factories.a_customer(shop)
    words = owner_phone.open("/owner/people").words
    assert words.index("윤수아 님") < words.index("한지우 님") < words.index("이름 없는 손님")
    assert "010-••••-1234" in words
    assert "5555" not in words


@pytest.mark.parametrize("typed", ["지우", "한지우", "6789", "789", "010-2345-6789", " 한지우 "])
def test_people_are_found_by_a_part_of_the_name_or_the_last_digits(
    owner_phone: Phone, shop: AShop, jiwoo: ACustomer, typed: str
) -> None:
    factories.a_customer(shop, name="윤수아", phone="010-5555-1234")
    owner_phone.open("/owner/people")
    page = owner_phone.submit("찾기", q=typed)
    assert "한지우 님" in page.words
    assert "윤수아" not in page.words


@pytest.mark.parametrize("typed", ["%", "_", "' or 1=1", "없는사람", "0000"])
def test_what_fits_nobody_says_so(owner_phone: Phone, jiwoo: ACustomer, typed: str) -> None:
    owner_phone.open("/owner/people")
    assert "맞는 손님이 없어요" in owner_phone.submit("찾기", q=typed).words


def test_every_person_comes_exactly_once_over_the_pages(owner_phone: Phone, shop: AShop) -> None:
    made = set()
    for number in range(65):
        person = factories.a_customer(shop, name=f"손님{number:02}")
        if number % 3:
            factories.a_stamp(shop, person.card_id, at=factories.now() - timedelta(hours=number // 2))
        made.add(str(person.id))
    seen: list[str] = []
    page = owner_phone.open("/owner/people")
    for _ in range(4):
        rows = page.soup.select(".people a")
        seen += [str(row["href"]).rsplit("/", 1)[1] for row in rows]
        if "더 보기" not in page.words:
            break
        page = owner_phone.tap("더 보기")
    assert len(seen) == 65
    assert set(seen) == made


@pytest.mark.parametrize(
    "after", ["", "x", "v", "v1", "v1.x", "n", "n-1", "v" + "9" * 40 + ".1", "n" + "9" * 20]
)
def test_a_place_that_cant_be_read_begins_at_the_top(
    owner_phone: Phone, jiwoo: ACustomer, after: str
) -> None:
    assert owner_phone.open("/owner/people?after=" + after).h1 == "손님"


def test_four_thousand_characters_and_emoji_are_kept(owner_phone: Phone, jiwoo: ACustomer) -> None:
    memo = ("얼음 적게 🙂 " * 600)[:4000].strip()
    owner_phone.open(f"/owner/people/{jiwoo.id}")
    page = owner_phone.submit("저장하기", memo=memo)
    assert "저장했어요" in page.words
    assert factories.a_person(jiwoo.id).memo == memo


@pytest.mark.parametrize(
    ("memo", "sentence"),
    [
        ("가" * 4001, "메모는 4,000자까지 쓸 수 있어요. 지금 4,001자예요."),
        ("900101-1234567", "주민등록번호는 적을 수 없어요"),
        ("당뇨가 있으심", "건강에 관한 말은 적을 수 없어요"),
    ],
)
def test_what_cant_be_kept_stays_typed(
    owner_phone: Phone, jiwoo: ACustomer, memo: str, sentence: str
) -> None:
    owner_phone.open(f"/owner/people/{jiwoo.id}")
    page = owner_phone.submit("저장하기", memo=memo, likes="라떼 연하게", status=422)
    assert any(sentence in error for error in page.errors())
    assert page.value("memo") == memo
    assert page.value("likes") == "라떼 연하게"
    assert factories.a_person(jiwoo.id).memo == ""


def test_the_page_tells_everything_calmly(owner_phone: Phone, shop: AShop, jiwoo: ACustomer) -> None:
    factories.a_card_with(4, shop, jiwoo)
    page = owner_phone.open(f"/owner/people/{jiwoo.id}")
    for words in (
        "4번 왔어요",
        "거의 매일, 오후에 와요",
        "010-••••-6789",
        "광고 문자 동의했어요",
        "일행 것까지",
        "도장 안내",
    ):
        assert words in page.words
    page = owner_phone.submit("적립 취소")
    assert page.path == f"/owner/people/{jiwoo.id}"
    assert factories.a_card(jiwoo.card_id).balance == 3


def test_an_old_stamp_is_looked_for_before_it_is_taken_back(
    owner_phone: Phone, shop: AShop, jiwoo: ACustomer
) -> None:
    for days in (5, 1, 0):
        factories.a_stamp(shop, jiwoo.card_id, at=factories.now() - timedelta(days=days))
    page = owner_phone.open(f"/owner/people/{jiwoo.id}")
    undo = [button for button in page.soup.select("button") if "적립 취소" in button.get_text()]
    hidden = [button for button in undo if button.find_parent("details")]
    assert len(undo) == 3
    assert len(hidden) == 1
    assert "오래된 적립 취소하기" in hidden[0].find_parent("details").get_text()


def test_the_shop_knows_that_the_customer_may_read_it(owner_phone: Phone, jiwoo: ACustomer) -> None:
    words = owner_phone.open(f"/owner/people/{jiwoo.id}").words
    assert words.count("‘내 정보’에서 볼 수 있") == 2
    assert "사장님과 직원만" not in words
    assert "맞춤 혜택" in words
    assert "마케팅" not in words


def test_a_reason_that_no_longer_holds_is_not_told(
    app: Flask, clock: Clock, owner_phone: Phone, shop: AShop, minho: ACustomer
) -> None:
    factories.a_stamp(shop, minho.card_id)
    assert "전화번호가 없는 손님이에요" in owner_phone.open(f"/owner/people/{minho.id}").words
    clock.advance(minutes=1)
    factories.a_customer(shop, name="조민호", phone="010-3333-4444", browser=minho.browser)
    words = owner_phone.open(f"/owner/people/{minho.id}").words
    assert "에 카드에 남겨요" in words
    assert "전화번호가 없는 손님이에요" not in words


def test_looking_at_a_person_is_written_down(owner_phone: Phone, shop: AShop, jiwoo: ACustomer) -> None:
    owner_phone.open(f"/owner/people/{jiwoo.id}")
    owner_phone.open(f"/owner/panel/{jiwoo.card_id}")
    owner_phone.open("/owner/people?q=지우")
    db.session.rollback()
    seen = db.session.execute(db.select(AccessLog.action, AccessLog.customer_id, AccessLog.staff_id)).all()
    assert [tuple(row) for row in seen] == [
        ("view", jiwoo.id, shop.owner_id),
        ("view", jiwoo.id, shop.owner_id),
        ("search", None, shop.owner_id),
    ]


def test_home_answers_in_its_order(owner_phone: Phone, shop: AShop, jiwoo: ACustomer) -> None:
    for weeks in range(6, 0, -1):
        factories.a_stamp(shop, jiwoo.card_id, at=factories.now() - timedelta(days=7 * weeks))
    waiting = factories.a_claim(shop, factories.a_customer(shop))
    words = owner_phone.open("/owner").words
    places = [
        words.index(part)
        for part in (waiting.word, "다시 온 손님", "지난 일주일", "오늘 올 것 같은 단골", "한지우 님")
    ]
    assert places == sorted(places)
    assert "일주일에 한 번쯤 오세요" in words


def test_a_new_shops_home_begins_with_the_poster(owner_phone: Phone) -> None:
    page = owner_phone.open("/owner")
    assert page.h1 == "사장님, 기다리는 분은 없어요"
    assert owner_phone.tap("포스터 인쇄하기").h1 == "A4 포스터 인쇄하기"


def test_staff_see_the_counters_part_of_home(app: Flask, shop: AShop) -> None:
    phone = Phone(app).signed_in(shop, factories.a_staff(shop))
    words = phone.open("/owner").words
    assert "지난 일주일" not in words
    assert "보내기" not in words


@pytest.mark.parametrize("typed", ["12345", "0212345678", "010-1234", "010-2345-67890"])
def test_digits_that_are_no_number_fit_nobody(
    owner_phone: Phone, shop: AShop, jiwoo: ACustomer, typed: str
) -> None:
    """Compared with no number they would fit everybody who left none."""
    factories.a_customer(shop)
    owner_phone.open("/owner/people")
    assert "맞는 손님이 없어요" in owner_phone.submit("찾기", q=typed).words
