"""적립: every way of stamping ends in the person's panel, and every refusal says what to do next."""

from __future__ import annotations

import pytest
from flask import Flask

from tests import factories
from tests.factories import ACustomer, AShop
from tests.phone import Phone
from tests.world import Clock


def _scan(phone: Phone, code: str, *, once: str = "", status: int | None = 200, htmx: bool = False) -> object:
    phone.open("/owner/stamps")
    form = {
        "csrf_token": phone.token(),
        "once": once or factories.once(),
        "code": code,
        "how": "scan",
    }
    return phone.post("/owner/stamps", form, status=status, htmx=htmx)


def test_one_tap_approves_a_claim_and_shows_the_person(
    owner_phone: Phone, shop: AShop, jiwoo: ACustomer
) -> None:
    word = factories.a_claim(shop, jiwoo).word
    page = owner_phone.open("/owner/stamps")
    assert word in page.words
    assert "한지우 님" in page.words
    page = owner_phone.submit("도장 찍기")
    assert page.path == f"/owner/panel/{jiwoo.card_id}"
    assert page.h1 == "한지우 님"
    assert "처음 오셨네요, 반가워요!" in page.words
    assert "도장 10개 중 1개" in page.html
    assert factories.a_card(jiwoo.card_id).balance == 1


def test_a_scan_stamps_and_answers_in_place(owner_phone: Phone, jiwoo: ACustomer) -> None:
    answer = _scan(owner_phone, factories.a_code(jiwoo), htmx=True)
    assert "<html" not in answer.html
    assert "한지우 님" in answer.words
    assert "적립 취소" in answer.words
    assert answer.answer.headers["HX-Trigger"] == "dangol:tick"


def test_a_spent_code_asks_for_a_fresh_screen(owner_phone: Phone, clock: Clock, jiwoo: ACustomer) -> None:
    code = factories.a_code(jiwoo)
    _scan(owner_phone, code)
    clock.advance(seconds=6)
    page = _scan(owner_phone, code, status=409)
    assert "이미 쓴 코드예요. 손님 화면을 새로 열어 다시 찍어 주세요." in page.words
    assert page.h1 == "적립"


@pytest.mark.parametrize("scanned", ["https://example.com", "D1.NOPE.2222222222", "D1", "가나다", "x" * 5000])
def test_a_foreign_qr_is_told_apart(owner_phone: Phone, scanned: str) -> None:
    page = _scan(owner_phone, scanned, status=422)
    assert "카드" in page.errors()[0]


def test_a_neighbours_card_is_refused(owner_phone: Phone, other_shop: AShop) -> None:
    theirs = factories.a_customer(other_shop, name="남의손님", phone="010-7777-1111")
    page = _scan(owner_phone, factories.a_code(theirs), status=422)
    assert "우리 가게 카드가 아니에요" in page.words
    assert "남의손님" not in page.html


def test_an_old_code_is_refused(owner_phone: Phone, clock: Clock, jiwoo: ACustomer) -> None:
    code = factories.a_code(jiwoo)
    clock.advance(seconds=91)
    assert "시간이 지난 코드예요" in _scan(owner_phone, code, status=409).words


def test_too_soon_offers_reasons_and_goes_on(
    owner_phone: Phone, clock: Clock, shop: AShop, jiwoo: ACustomer
) -> None:
    factories.a_stamp(shop, jiwoo.card_id)
    clock.advance(minutes=3)
    page = _scan(owner_phone, factories.a_code(jiwoo), status=409)
    assert "3분 전에 도장을 찍었어요. 한 번 더 찍을까요?" in page.words
    assert "일행 것까지" in page.words
    page = owner_phone.submit("한 번 더 찍기", reason="other", reason_text="친구 몫")
    assert page.path == f"/owner/panel/{jiwoo.card_id}"
    assert factories.a_card(jiwoo.card_id).balance == 2
    assert "친구 몫" in owner_phone.open(f"/owner/people/{jiwoo.id}").words


def test_too_soon_in_place_is_a_swap_not_an_error(
    owner_phone: Phone, clock: Clock, shop: AShop, jiwoo: ACustomer
) -> None:
    factories.a_stamp(shop, jiwoo.card_id)
    clock.advance(minutes=3)
    answer = _scan(owner_phone, factories.a_code(jiwoo), status=422, htmx=True)
    assert "한 번 더 찍기" in answer.words
    assert "<html" not in answer.html


def test_a_claim_that_is_too_soon_waits_for_the_override(
    owner_phone: Phone, clock: Clock, shop: AShop, jiwoo: ACustomer
) -> None:
    factories.a_stamp(shop, jiwoo.card_id)
    clock.advance(minutes=2)
    factories.a_claim(shop, jiwoo)
    owner_phone.open("/owner/stamps")
    owner_phone.submit("도장 찍기", status=409)
    owner_phone.submit("한 번 더 찍기", reason="빠뜨린 도장")
    assert factories.a_card(jiwoo.card_id).balance == 2
    assert "기다려요" not in owner_phone.open("/owner/stamps").words


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({}, "이유를 골라 주세요."),
        ({"reason": "other", "reason_text": " "}, "이유를 적어 주세요."),
    ],
)
def test_one_stamp_more_wants_its_reason(
    owner_phone: Phone, clock: Clock, shop: AShop, jiwoo: ACustomer, said: dict[str, str], sentence: str
) -> None:
    factories.a_stamp(shop, jiwoo.card_id)
    clock.advance(minutes=1)
    page = _scan(owner_phone, factories.a_code(jiwoo), status=409)
    assert page.soup.select("[name=reason][checked]") == []
    page = owner_phone.submit("한 번 더 찍기", status=409, **said)
    assert sentence in page.words
    assert factories.a_card(jiwoo.card_id).balance == 1
    owner_phone.submit("한 번 더 찍기", reason="빠뜨린 도장")
    assert factories.a_card(jiwoo.card_id).balance == 2


def test_a_refused_claim_may_leave_the_list_right_there(
    owner_phone: Phone, clock: Clock, shop: AShop, jiwoo: ACustomer
) -> None:
    factories.a_stamp(shop, jiwoo.card_id)
    clock.advance(minutes=2)
    claim = factories.a_claim(shop, jiwoo)
    owner_phone.open("/owner/stamps")
    owner_phone.submit("도장 찍기", status=409)
    answer = owner_phone.submit("목록에서 빼기", htmx=True)
    assert f"{claim.word} 손님을 목록에서 뺐어요" in answer.words
    assert answer.answer.headers["HX-Trigger"] == "dangol:tick"
    assert "기다려요" not in owner_phone.open("/owner/stamps").words


def test_tab_and_heading_count_the_same_people(owner_phone: Phone, shop: AShop, jiwoo: ACustomer) -> None:
    factories.a_claim(shop, factories.a_customer(shop))
    mine = factories.a_claim(shop, jiwoo)
    page = owner_phone.open("/owner/stamps")
    form = {"csrf_token": owner_phone.token(), "once": factories.once()}
    stamped = owner_phone.post(f"/owner/claims/{mine.claim_id}/approval", form, htmx=True)
    list_ = owner_phone.open("/owner/claims?v=0")
    for piece in (stamped, list_):
        badge = piece.soup.select_one("#waiting[hx-swap-oob=true]")
        assert badge is not None
        assert badge.get_text(strip=True).endswith("1")
    assert "한 분이 기다려요" in list_.words
    assert page.soup.select_one("#waiting[hx-swap-oob]") is None


def test_a_refusal_takes_the_last_toast_away(
    owner_phone: Phone, clock: Clock, shop: AShop, jiwoo: ACustomer
) -> None:
    factories.a_stamp(shop, jiwoo.card_id)
    clock.advance(minutes=1)
    answer = _scan(owner_phone, factories.a_code(jiwoo), status=422, htmx=True)
    toasts = answer.soup.select_one("[hx-swap-oob='innerHTML:#toasts']")
    assert toasts is not None
    assert toasts.get_text(strip=True) == ""


def test_the_days_cap_says_tomorrow(owner_phone: Phone, clock: Clock, shop: AShop, jiwoo: ACustomer) -> None:
    for _ in range(5):
        factories.a_stamp(shop, jiwoo.card_id)
        clock.advance(minutes=11)
    page = _scan(owner_phone, factories.a_code(jiwoo), status=409)
    assert "오늘은 이 카드에 5개까지 찍었어요. 내일 다시 찍어 주세요." in page.words
    assert "한 번 더 찍기" not in page.words


def test_one_more_is_a_wish_and_not_an_echo(owner_phone: Phone, jiwoo: ACustomer) -> None:
    _scan(owner_phone, factories.a_code(jiwoo))
    owner_phone.submit("한 개 더")
    assert factories.a_card(jiwoo.card_id).balance == 2


def test_the_same_key_twice_is_one_stamp(owner_phone: Phone, jiwoo: ACustomer) -> None:
    key, code = factories.once(), factories.a_code(jiwoo)
    for _ in range(2):
        _scan(owner_phone, code, once=key)
    assert factories.a_card(jiwoo.card_id).balance == 1


@pytest.mark.parametrize("key", ["", "short", "x" * 41, "도장도장도장도장도장"])
def test_a_form_without_a_usable_key_stamps_nothing(owner_phone: Phone, jiwoo: ACustomer, key: str) -> None:
    owner_phone.open("/owner/stamps")
    form = {"csrf_token": owner_phone.token(), "once": key, "code": factories.a_code(jiwoo), "how": "scan"}
    page = owner_phone.post("/owner/stamps", form, status=422)
    assert "화면을 새로 열어" in page.words
    assert factories.a_card(jiwoo.card_id).balance == 0


def test_a_stamp_is_taken_back_from_the_panel_and_from_the_list(owner_phone: Phone, jiwoo: ACustomer) -> None:
    _scan(owner_phone, factories.a_code(jiwoo))
    owner_phone.submit("한 개 더")
    page = owner_phone.submit("적립 취소")
    assert "적립을 취소했어요" in page.words
    page = owner_phone.open("/owner/stamps/today")
    page = owner_phone.submit("적립 취소")
    assert page.path == "/owner/stamps/today"
    assert page.words.count("취소했어요") >= 2
    assert factories.a_card(jiwoo.card_id).balance == 0


def test_last_four_digits_give_a_masked_list_to_pick_from(
    owner_phone: Phone, shop: AShop, jiwoo: ACustomer
) -> None:
    owner_phone.open("/owner/stamps")
    page = owner_phone.submit("찾기", q="6789")
    assert "010-••••-6789" in page.words
    assert "2345-6789" not in page.html
    owner_phone.submit("도장 찍기")
    assert factories.a_card(jiwoo.card_id).balance == 1


def test_a_spoken_code_finds_the_card_without_a_number(owner_phone: Phone, minho: ACustomer) -> None:
    spoken = factories.a_card(minho.card_id).spoken
    owner_phone.open("/owner/stamps")
    page = owner_phone.submit("찾기", q=spoken.lower())
    assert "처음 오신 분" in page.words
    assert "첫 도장이에요" in page.words
    assert owner_phone.page is not None
    assert owner_phone.page.value("q") == spoken.lower()


@pytest.mark.parametrize("typed", ["", "0000", "한지우", "%", "9" * 60])
def test_nothing_found_says_what_to_type(owner_phone: Phone, jiwoo: ACustomer, typed: str) -> None:
    owner_phone.open("/owner/stamps")
    page = owner_phone.submit("찾기", q=typed)
    assert "맞는 손님이 없어요" in page.words


def test_a_reward_is_used_once_and_given_back(owner_phone: Phone, shop: AShop) -> None:
    holder, _reward = factories.a_reward(shop)
    page = owner_phone.open(f"/owner/panel/{holder.card_id}")
    assert "아메리카노 한 잔, 오늘 드릴까요?" in page.words
    assert "쓰기 전에 누구 카드인지 확인해요" in page.words
    assert "사용하기" not in page.words
    page = owner_phone.submit("확인했어요", status=422)
    assert "무엇을 확인했는지 골라 주세요." in page.words
    owner_phone.submit("확인했어요", check="number")
    page = owner_phone.submit("사용하기")
    assert "아메리카노 한 잔을 사용했어요" in page.words
    assert "사용하기" not in page.words
    owner_phone.open("/owner/stamps/today")
    assert "이름과 번호를 물었어요" in owner_phone.page.words  # type: ignore[union-attr]
    page = owner_phone.submit("사용 취소")
    assert "사용하기" in owner_phone.open(f"/owner/panel/{holder.card_id}").words


def test_after_a_scan_the_live_card_is_the_check(owner_phone: Phone, clock: Clock, shop: AShop) -> None:
    holder, _reward = factories.a_reward(shop)
    page = _scan(owner_phone, factories.a_code(holder))
    assert "지금 쓸 수 있어요" in page.words
    clock.advance(seconds=121)
    page = owner_phone.open(f"/owner/panel/{holder.card_id}")
    assert "쓰기 전에 누구 카드인지 확인해요" in page.words
    assert "사용하기" not in page.words
    owner_phone.open(f"/owner/looks?card={holder.card_id}")
    token = {"csrf_token": owner_phone.token(), "card": str(holder.card_id)}
    page = owner_phone.post("/owner/looks", token | {"code": factories.a_code(holder)})
    assert page.path == f"/owner/panel/{holder.card_id}"
    assert "지금 쓸 수 있어요" in page.words
    assert factories.a_card(holder.card_id).balance == 1, "looking is no stamp"


def test_the_list_of_waiting_people_answers_nothing_while_nothing_changes(
    owner_phone: Phone, shop: AShop, jiwoo: ACustomer
) -> None:
    claim = factories.a_claim(shop, jiwoo)
    assert owner_phone.open(f"/owner/claims?v={claim.claim_id}", status=204).html == ""
    assert claim.word in owner_phone.open("/owner/claims?v=0").words
    assert "사장님, 한 분이 기다려요" in owner_phone.open("/owner/claims?v=0&at=home").words


def test_a_claim_is_taken_out_of_the_list(owner_phone: Phone, shop: AShop, jiwoo: ACustomer) -> None:
    factories.a_claim(shop, jiwoo)
    owner_phone.open("/owner/stamps")
    page = owner_phone.submit("빼기")
    assert "손님을 목록에서 뺐어요" in page.words
    assert factories.a_card(jiwoo.card_id).balance == 0


@pytest.mark.parametrize("path", ["/owner/panel/{card}", "/owner/people/{person}"])
def test_another_shops_person_is_not_there(owner_phone: Phone, other_shop: AShop, path: str) -> None:
    theirs = factories.a_customer(other_shop, name="남의손님", phone="010-7777-1111")
    page = owner_phone.open(path.format(card=theirs.card_id, person=theirs.id), status=404)
    assert "남의손님" not in page.html


def test_another_shops_stamps_and_claims_stay_theirs(owner_phone: Phone, other_shop: AShop) -> None:
    theirs = factories.a_customer(other_shop)
    entry = factories.a_stamp(other_shop, theirs.card_id).entry_id
    claim = factories.a_claim(other_shop, theirs).claim_id
    owner_phone.open("/owner/stamps")
    token = {"csrf_token": owner_phone.token(), "once": factories.once()}
    owner_phone.post(f"/owner/entries/{entry}/reversal", token, status=409)
    owner_phone.post(f"/owner/claims/{claim}/approval", token, status=404)
    owner_phone.post("/owner/stamps", token | {"card": str(theirs.card_id)}, status=404)
    assert factories.a_card(theirs.card_id).balance == 1


def test_staff_stamp_but_do_not_see_the_list_of_people(app: Flask, shop: AShop, jiwoo: ACustomer) -> None:
    phone = Phone(app).signed_in(shop, factories.a_staff(shop))
    _scan(phone, factories.a_code(jiwoo))
    assert "모두 보기" not in phone.open(f"/owner/panel/{jiwoo.card_id}").words
    for path in ("/owner/people", f"/owner/people/{jiwoo.id}", "/owner/messages"):
        assert "사장님이나 매니저가 보는 화면이에요." in phone.open(path, status=403).words
    assert "사장님만 볼 수 있는 화면이에요." in phone.open("/owner/more/card", status=403).words
