"""The tablet at the counter: a name, a PIN, whose stamp it was, the next person; a form that met the question."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from app.cards.models import LedgerEntry
from app.customers.models import Customer
from app.extensions import db
from app.shops.models import AccessLog
from tests import factories
from tests.factories import ACustomer, AShop
from tests.phone import Phone
from tests.world import Clock


@pytest.fixture
def jiwon(shop: AShop) -> int:
    """지원, who may stamp, with the PIN 4719."""
    person = factories.a_staff(shop, name="지원")
    factories.a_pin(shop, person, "4719")
    return person


@pytest.fixture
def tablet(app: Flask, shop: AShop, jiwon: int) -> Phone:
    """The shared tablet, at which nobody stands."""
    phone = Phone(app)
    phone.keep("staff", factories.a_shared_device(shop)[0])
    return phone


def as_jiwon(tablet: Phone) -> Phone:
    """지원 picks her name and types her PIN."""
    tablet.open("/owner/turn")
    tablet.tap("지원 님")
    tablet.submit("확인", pin="4719")
    return tablet


def test_a_name_a_pin_a_stamp_and_the_next_person(tablet: Phone, jiwon: int, minho: ACustomer) -> None:
    assert tablet.open("/owner/people").path == "/owner/turn"
    page = tablet.tap("지원 님")
    assert page.h1 == "지원 님의 비밀 숫자"
    page = tablet.submit("확인", pin="4718", status=422)
    assert "비밀 숫자가 맞지 않아요" in page.words
    assert page.value("pin") == ""
    page = tablet.submit("확인", pin="4719", status=403)  # 손님 is not hers
    page = tablet.open("/owner/stamps")
    assert "지원 님이 쓰고 있어요" in page.words
    form = {
        "csrf_token": tablet.token(),
        "once": factories.once(),
        "card": str(minho.card_id),
        "how": "digits",
    }
    tablet.post("/owner/stamps", form)
    assert db.session.scalar(db.select(LedgerEntry.staff_id)) == jiwon
    assert set(db.session.scalars(db.select(AccessLog.staff_id))) <= {jiwon}
    tablet.open("/owner/stamps")
    assert tablet.submit("다음 사람").h1 == "누가 쓰세요?"
    assert tablet.open("/owner/stamps").path == "/owner/turn"


def test_a_form_that_met_the_question_is_kept(
    tablet: Phone, shop: AShop, clock: Clock, jiwoo: ACustomer
) -> None:
    tablet.open("/owner/turn")
    tablet.tap("김사장 님")
    tablet.submit("확인", pin="8305")
    tablet.open(f"/owner/people/{jiwoo.id}")
    clock.advance(minutes=11)
    page = tablet.submit("저장하기", memo="창가 자리", likes="라떼 연하게", status=401)
    assert page.h1 == "누가 쓰세요?"
    assert "쓰던 내용은 그대로 있어요" in page.words
    tablet.submit("지원 님")
    tablet.submit("다른 사람이에요")
    tablet.submit("김사장 님")
    tablet.submit("확인", pin="1357", status=422)
    page = tablet.submit("확인", pin="8305")
    assert page.h1 == "쓰던 내용이 그대로 있어요"
    assert tablet.submit("이어서 저장하기").path == f"/owner/people/{jiwoo.id}"
    assert db.session.scalar(db.select(Customer.memo).where(Customer.id == jiwoo.id)) == "창가 자리"


def test_a_kept_form_is_offered_to_nobody_else(tablet: Phone, clock: Clock, jiwoo: ACustomer) -> None:
    """지원 typed it at the idle tablet; the owner must not save under their name what they never saw."""
    as_jiwon(tablet)
    clock.advance(minutes=11)
    form = {"csrf_token": tablet.token(), "memo": "지원이 적은 말"}
    page = tablet.post(f"/owner/people/{jiwoo.id}", form, status=401)
    kept = page.value("resume")
    tablet.submit("김사장 님")
    page = tablet.submit("확인", pin="8305")
    assert page.path == "/owner/stamps"
    assert "그 내용을 쓴 분만" in page.words
    assert "지원이 적은 말" not in page.html
    # The other way round: the owner's half-typed memo is nothing for 지원.
    tablet.open(f"/owner/people/{jiwoo.id}")
    clock.advance(minutes=11)
    tablet.submit("저장하기", memo="사장이 적은 말", status=401)
    tablet.submit("지원 님")
    page = tablet.submit("확인", pin="4719")
    assert page.path == "/owner/stamps"
    assert "사장이 적은 말" not in page.html
    # Nor does it help to carry a form along at one's own turn.
    tablet.post("/owner/turn", {"csrf_token": tablet.token(), "resume": kept})
    tablet.submit("김사장 님")
    assert tablet.submit("확인", pin="8305").path == "/owner/stamps"
    assert factories.a_person(jiwoo.id).memo == ""


def test_after_the_next_person_nobody_knows_whose_a_form_is(tablet: Phone, jiwoo: ACustomer) -> None:
    as_jiwon(tablet)
    tablet.open("/owner/stamps")
    form = {"csrf_token": tablet.token(), "memo": "누가 적었을까"}
    tablet.submit("다음 사람")
    page = tablet.post(f"/owner/people/{jiwoo.id}", form, status=401)
    assert "처음부터 다시 해 주세요" in page.words
    assert page.soup.find("input", attrs={"name": "resume"}) is None
    assert "누가 적었을까" not in page.html


def test_a_queue_is_not_asked_again_but_an_open_page_alone_is(
    tablet: Phone, clock: Clock, minho: ACustomer
) -> None:
    as_jiwon(tablet)
    for _ in range(4):  # 32 minutes of stamps
        clock.advance(minutes=8)
        tablet.open("/owner/stamps")
    headers = {"HX-Request": "true", "HX-Current-URL": "https://dangol.test/owner/stamps"}
    for _ in range(2):  # the page's own heartbeat
        clock.advance(minutes=4)
        tablet.open("/owner/claims?v=0", status=204, headers=headers)
    clock.advance(minutes=3)
    answer = tablet.open("/owner/claims?v=0", status=401, follow=False, headers=headers)
    assert answer.answer.headers["HX-Redirect"] == "/owner/turn?next=/owner/stamps"


def test_who_this_is_costs_no_query_more(app: Flask, tablet: Phone, owner_phone: Phone) -> None:
    as_jiwon(tablet)
    asked: list[str] = []

    def hear(*facts: Any) -> None:
        asked.append(facts[2])

    event.listen(db.engine, "before_cursor_execute", hear)
    counts = []
    for phone in (owner_phone, tablet):
        phone.open("/owner/more/text")
        asked.clear()
        phone.open("/owner/more/text")
        counts.append(len([sql for sql in asked if "staff_sessions" in sql or " staff" in sql]))
    event.remove(db.engine, "before_cursor_execute", hear)
    assert counts == [1, 1]


def test_next_leads_nowhere_else_and_names_of_others_are_not_here(
    tablet: Phone, other_shop: AShop, jiwon: int
) -> None:
    tablet.open(f"/owner/turn/{other_shop.owner_id}", status=404)
    tablet.open("/owner/turn?next=https://evil.example/owner")
    form = {"csrf_token": "", "pin": "4719", "next": "//evil.example/owner"}
    tablet.tap("지원 님")
    form["csrf_token"] = tablet.token()
    assert tablet.post(f"/owner/turn/{jiwon}", form).path == "/owner/stamps"


def test_who_works_alone_has_no_pin_to_type(owner_phone: Phone) -> None:
    page = owner_phone.open("/owner/more/sharing")
    assert "아직 혼자 일하는 가게라서" in page.words
    assert owner_phone.tap("직원 넣으러 가기").path == "/owner/more/staff"
    owner_phone.post("/owner/more/sharing", {"csrf_token": owner_phone.token()}, status=409)
    assert owner_phone.open("/owner/turn").path == "/owner"


def test_sharing_is_turned_on_where_it_is_and_off_by_the_password(
    app: Flask, shop: AShop, jiwon: int
) -> None:
    factories.a_password(shop, shop.owner_id)
    phone = Phone(app).signed_in(shop, shop.owner_id)
    page = phone.open("/owner/more/sharing")
    assert "먼저 내 비밀 숫자를 정해 주세요" in page.words
    phone.tap("정하러 가기")
    page = phone.submit("저장하기", pin="1234", status=422)
    assert any("너무 쉬운 숫자예요" in each for each in page.errors())
    assert page.value("pin") == ""
    phone.submit("저장하기", pin="8305")
    phone.open("/owner/more/sharing")
    assert phone.submit("이 기기를 함께 쓰기").h1 == "누가 쓰세요?"
    assert "함께 쓰는 기기에서는 열 수 없어요" not in phone.tap("함께 쓰기 끄기").words
    assert phone.submit("함께 쓰기 끄기", proof="아무 말이나", status=422).h1 == "본인인지 확인할게요"
    assert phone.submit("확인하고 계속하기", proof=factories.PASSWORD).path == "/owner/more"
    assert "이제 혼자 쓰는 기기예요" in (phone.page.words if phone.page else "")
