"""쉬는 날, 종이 카드, 생일: the screens of both sides, without scripts, at the edges."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from flask import Flask

from app.cards import papers
from app.customers import days
from app.flows import paper_card, photo
from app.shops import closures
from tests import factories
from tests.asks import a_jpeg
from tests.factories import ACustomer, AShop
from tests.phone import Page, Phone
from tests.world import Clock


def go(phone: Phone, text: str) -> Page:
    """Follow the first link in whose words or address the text stands: a row tells more than its name."""
    assert phone.page is not None
    links = phone.page.soup.find_all("a")
    return phone.open(
        next(str(a["href"]) for a in links if text in a.get_text() or text in str(a.get("href")))
    )


def test_the_owner_enters_closed_days(owner_phone: Phone, shop: AShop) -> None:
    owner_phone.open("/owner/more")
    go(owner_phone, "쉬는 날")
    page = owner_phone.submit("쉬는 날 적기", first="2026-12-29", last="2026-12-28", status=422)
    assert "마지막 날이 시작하는 날보다 빨라요" in page.words
    assert page.value("first") == "2026-12-29"
    page = owner_phone.submit("쉬는 날 적기", last="2026-12-31", note="겨울휴가")
    assert "쉬는 날로 적었어요" in page.words and "12월 29일–31일" in page.words and "겨울휴가" in page.words
    # One tap on a holiday, with its true days.
    page = owner_phone.tap("설 연휴에 쉬어요")
    assert "2027년 2월 6일–9일" in page.words
    found = closures.closed_days(shop_id=shop.id, since=date(2027, 2, 1), until=date(2027, 2, 28))
    assert found == {date(2027, 2, day) for day in range(6, 10)}
    owner_phone.post("/owner/more/days/week", [("csrf_token", owner_phone.token()), ("weekdays", "0")])
    assert closures.weekly_days_off(shop.id, date(2026, 11, 23)) == {0}
    page = owner_phone.post(
        "/owner/more/days/week",
        [("csrf_token", owner_phone.token()), *(("weekdays", day) for day in "0123456")],
        status=422,
    )
    assert "일주일 내내 쉴 수는 없어요" in page.words
    first = closures.coming_days(shop.id, date(2026, 11, 1))[0]
    owner_phone.open(f"/owner/more/days/{first.id}")
    page = owner_phone.submit("저장하기", last="", note="하루만", kind="open")
    assert "여는 날로 적었어요" in page.words and "열어요" in page.words
    again = closures.coming_days(shop.id, date(2026, 11, 1))[0]
    owner_phone.open(f"/owner/more/days/{again.id}")
    assert "지웠어요" in owner_phone.submit("이 날 지우기").words
    owner_phone.open(f"/owner/more/days/{again.id}", status=404)
    owner_phone.open("/owner/more/changes")
    assert "김사장 님이 쉬는 요일을 월요일로 정했어요" in (owner_phone.page or page).words


def test_the_home_asks_about_a_holiday_once(owner_phone: Phone, shop: AShop, clock: Clock) -> None:
    assert "쉬시나요?" not in owner_phone.open("/owner").words
    clock.set(datetime(2026, 12, 24, 1, tzinfo=UTC))
    page = owner_phone.signed_in(shop, shop.owner_id).open("/owner")
    assert "내일은 성탄절이에요. 쉬시나요?" in page.words
    page = owner_phone.tap("성탄절에 열어요")
    assert page.path == "/owner"
    assert "쉬시나요?" not in page.words
    clock.set(datetime(2027, 2, 1, 1, tzinfo=UTC))
    page = owner_phone.signed_in(shop, shop.owner_id).open("/owner")
    assert "2월 6일–9일은 설 연휴예요. 쉬시나요?" in page.words
    owner_phone.tap("설 연휴에 쉬어요")
    assert date(2027, 2, 9) in closures.closed_days(
        shop_id=shop.id, since=date(2027, 2, 9), until=date(2027, 2, 9)
    )


def test_who_only_stamps_has_no_part_in_it(app: Flask, shop: AShop, jiwoo: ACustomer) -> None:
    helper = Phone(app).signed_in(shop, factories.a_staff(shop))
    for path in (
        "/owner/more/days",
        "/owner/paper",
        f"/owner/people/{jiwoo.id}/paper",
        f"/owner/people/{jiwoo.id}/days",
    ):
        helper.open(path, status=403)
    assert "쉬는 날" not in helper.open("/owner/more").words


def _send(mine: Phone, code: str, *, stamps: str = "7", data: bytes | None = None, status: int = 200) -> Page:
    mine.open(f"/c/{code}/paper")
    fields = {"csrf_token": mine.token(), "stamps": stamps, "once": factories.once()}
    file = {} if data == b"" else {"photo": (BytesIO(data or a_jpeg()), "card.jpg")}
    return mine.post(f"/c/{code}/paper", fields | file, status=status)


def test_a_paper_card_goes_from_the_card_to_the_shop(
    app: Flask, owner_phone: Phone, shop: AShop, minho: ACustomer, clock: Clock
) -> None:
    mine = Phone(app).holding(minho)
    mine.open(f"/c/{shop.code}")
    go(mine, "종이 카드가 있어요")
    assert "종이 카드의 사진을 골라 주세요" in _send(mine, shop.code, data=b"", status=422).words
    assert "사진이 아니에요" in _send(mine, shop.code, data=b"hello", status=422).words
    page = _send(mine, shop.code, stamps="100", status=422)
    assert page.value("stamps") == "100" and "사진을 한 번 더 골라 주세요" in page.words
    # A photo of a phone's camera is larger than what other forms may carry.
    page = _send(mine, shop.code, data=a_jpeg() + bytes(3 * 1024 * 1024))
    assert page.h1 == "사장님이 세어 보고 옮겨 드려요" and "도장 일곱 개로 보내셨어요" in page.words
    assert "먼저 보내신 종이 카드를" in _send_again(mine, shop.code).words
    photo.make_waiting(clock=clock)
    page = mine.open(f"/c/{shop.code}/paper")
    picture = page.soup.find("img", class_="photo")
    assert picture is not None
    shown = mine.open(str(picture["src"]))
    assert (shown.answer.mimetype, shown.answer.headers["Cache-Control"]) == ("image/webp", "no-store")

    owner_phone.open("/owner")
    go(owner_phone, "종이 카드 옮기기")
    page = go(owner_phone, "/owner/paper/")
    assert page.value("stamps") == "7"
    assert owner_phone.open(f"{page.path}/photo").answer.mimetype == "image/webp"
    assert "1부터 60까지" in owner_phone.submit("도장 옮기기", stamps="0", status=422).words
    page = owner_phone.submit("도장 옮기기", stamps="6")
    assert "도장 여섯 개를 옮겼어요" in page.words
    assert "종이 카드에서 옮긴 도장 6개" in owner_phone.open(f"/owner/people/{minho.id}").words
    assert "도장 6개를 옮겼어요" in mine.open(f"/c/{shop.code}/paper").words
    assert "종이 카드의 도장 6개를 이 카드로 옮겨 드렸어요" in mine.open(f"/c/{shop.code}/inbox").words
    assert "종이 카드에서 옮겼어요" in mine.open(f"/c/{shop.code}/visits").words
    mine.open(str(picture["src"]), status=404)
    kept = json.loads(mine.open(f"/c/{shop.code}/me/download").answer.data)
    assert [(line["state"], line["given"]) for line in kept["paper_cards"]] == [("moved", 6)]


def _send_again(mine: Phone, code: str) -> Page:
    fields = {
        "csrf_token": mine.token(),
        "stamps": "7",
        "once": factories.once(),
        "photo": (BytesIO(a_jpeg()), "b.jpg"),
    }
    return mine.post(f"/c/{code}/paper", fields, status=409)


def test_a_paper_card_is_refused_with_words_of_ones_own(
    app: Flask, owner_phone: Phone, shop: AShop, minho: ACustomer
) -> None:
    mine = Phone(app).holding(minho)
    _send(mine, shop.code)
    paper_id = papers.waiting_papers(shop.id)[0].id
    owner_phone.open(f"/owner/paper/{paper_id}")
    page = owner_phone.submit("거절하고 알리기", own_reason="두 장이 겹쳐 보여요. 따로 찍어 주세요.")
    assert "옮기지 않았어요" in page.words
    page = mine.open(f"/c/{shop.code}/paper")
    assert "옮기지 못했어요" in page.words and "두 장이 겹쳐 보여요" in page.words
    _send(mine, shop.code)
    assert "보낸 것을 취소하고 사진을 지웠어요" in mine.submit("보낸 것 취소하기").words


def test_a_paper_card_on_the_counter(owner_phone: Phone, shop: AShop, minho: ACustomer) -> None:
    owner_phone.open(f"/owner/people/{minho.id}")
    go(owner_phone, "종이 카드의 도장 넣기")
    page = owner_phone.submit("도장 넣기", stamps="4", reason="", status=422)
    assert "까닭을 한마디 적어 주세요" in page.words and page.value("stamps") == "4"
    page = owner_phone.submit("도장 넣기", reason="예전 종이 카드 한 장")
    assert "도장 네 개를 넣었어요" in page.words and "예전 종이 카드 한 장" in page.words
    owner_phone.open("/owner/paper")
    go(owner_phone, "/owner/paper/")
    assert "되돌렸어요" in owner_phone.submit("옮긴 도장 되돌리기").words


def test_a_stranger_can_not_send_much(app: Flask, shop: AShop) -> None:
    stranger = Phone(app)
    stranger.open(f"/s/{shop.code}")
    data = {"csrf_token": stranger.token(), "photo": (BytesIO(bytes(3 * 1024 * 1024)), "a.jpg")}
    stranger.post(f"/c/{shop.code}/paper", data, status=413)


def test_a_birthday_of_ones_own(app: Flask, owner_phone: Phone, shop: AShop, jiwoo: ACustomer) -> None:
    mine = Phone(app).holding(jiwoo)
    mine.open(f"/c/{shop.code}/me")
    go(mine, "생일과 기념일 적기")
    mine.submit("저장하기", birth_month="2", birth_day="30", status=422)
    page = mine.submit("저장하기", birth_month="3", birth_day="5", birth_calendar="lunar", status=422)
    assert "이 동의가 필요해요" in page.words and page.value("birth_month") == "3"
    page = mine.submit("저장하기", days=True)
    assert "음력 3월 5일" in page.words and "내년은 4월 11일(일)" in page.words
    assert "생일: 음력 3월 5일" in mine.open(f"/c/{shop.code}/me/text").answer.get_data(as_text=True)
    assert "음력 3월 5일" in owner_phone.open(f"/owner/people/{jiwoo.id}").words
    go(owner_phone, "생일과 기념일 고치기")
    page = owner_phone.submit("저장하기", birth_month="11", birth_day="26", birth_calendar="solar")
    assert "11월 26일" in page.words
    page = owner_phone.open("/owner/people")
    assert "이번 주 생일" in page.words and "11월 26일(목)" in page.words
    mine.open(f"/c/{shop.code}/me/days")
    assert "적어 둔 날을 지웠어요" in mine.submit("적어 둔 날 모두 지우기").words
    assert days.days_of(shop_id=shop.id, customer_id=jiwoo.id).birth is None


def test_a_birthday_the_shop_was_told(owner_phone: Phone, app: Flask, shop: AShop, minho: ACustomer) -> None:
    page = Phone(app).holding(minho).open(f"/c/{shop.code}/me/days")
    assert "이름이나 번호를 먼저 남겨 주세요" in page.words
    owner_phone.open(f"/owner/people/{minho.id}/days")
    page = owner_phone.submit("저장하기", birth_month="8", birth_day="15", birth_calendar="lunar", status=422)
    assert "손님께 여쭤보고" in page.words
    assert "음력 8월 15일" in owner_phone.submit("저장하기", days=True).words


@pytest.mark.parametrize(
    "path", ["paper/{paper}", "paper/{paper}/photo", "people/{person}/paper", "people/{person}/days"]
)
def test_another_shop_finds_none_of_it(
    app: Flask, shop: AShop, other_shop: AShop, minho: ACustomer, path: str
) -> None:
    paper_id = paper_card.ask(
        shop_id=shop.id, customer_id=minho.id, stamps="3", upload=BytesIO(a_jpeg()), once=factories.once(), now=factories.now()
    )  # fmt: skip
    theirs = Phone(app).signed_in(other_shop, other_shop.owner_id)
    theirs.open("/owner/" + path.format(paper=paper_id, person=minho.id), status=404)
    stranger = Phone(app).holding(factories.a_customer(shop))
    stranger.open(f"/c/{shop.code}/paper/{paper_id}/photo", status=404)
