"""Sending by hand, writing to one person, news when it is done, the Kakao channel: as owner and customer meet them."""

from __future__ import annotations

import secrets
from datetime import timedelta
from io import BytesIO

from flask import Flask
from sqlalchemy import event

from app.extensions import db
from app.flows import hand_day, photo, talk_channel, work_done
from app.flows.unit import write
from app.messages.models import Message
from app.messages.way_models import Restore
from app.shops import history
from app.shops.models import AccessLog
from tests import factories
from tests.asks import a_jpeg
from tests.factories import ACustomer, AShop
from tests.phone import Phone
from tests.world import Clock


def staged(shop: AShop, who: ACustomer, kind: str = "thank_you") -> int:
    """Put a message into the by-hand queue."""
    now = factories.now()
    with write() as session:
        row = Message(
            shop_id=shop.id,
            customer_id=who.id,
            kind=kind,
            channel="own_phone",
            cause="visit:1",
            dedupe_key=secrets.token_hex(8),
            due_at=now,
            not_after=now + timedelta(days=2),
            staged_at=now,
            text=f"(광고){shop.name}\n\n고마워요\n\n문의 02-123-4567\n무료수신거부 https://dangol.test/o/x",
            provider_key=secrets.token_hex(16),
            created_at=now,
            facts={},
        )
        session.add(row)
        session.flush()
        return row.id


def people(shop: AShop, count: int) -> list[ACustomer]:
    return [
        factories.a_customer(shop, name=f"손님{n}", phone=factories.a_number(), agrees="all")
        for n in range(count)
    ]


def test_before_the_quiet_hour_nothing_is_asked(
    owner_phone: Phone, shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    staged(shop, jiwoo)  # 14:49 in Korea
    assert "오늘 보낼 말" not in owner_phone.open("/owner").words
    page = owner_phone.open("/owner/messages/phone")
    assert "15:00부터 보여 드릴게요" in page.words
    assert "문자 쓰기" not in page.words
    assert "한지우 님" in owner_phone.open("/owner/messages/phone?more=1").words
    clock.advance(minutes=12)
    assert "오늘 보낼 말 1통" in owner_phone.open("/owner").words
    page = owner_phone.open("/owner/messages/phone")
    assert "약 33원" in page.words and "하루 100통까지" in page.words
    page = owner_phone.submit("오늘은 그만")
    assert "오늘은 그만 보내기로 하셨어요" in page.words
    assert "오늘 보낼 말" not in owner_phone.open("/owner").words
    owner_phone.open("/owner/messages/phone")
    assert "한지우 님" in owner_phone.submit("이어서 보내기").words


def test_what_an_owner_comes_for_stands_above_the_long_list_of_what_goes_by_itself(
    owner_phone: Phone,
) -> None:
    words = owner_phone.open("/owner/messages").words
    places = [
        words.index(name)
        for name in ("단체 문자", "보낼 말과 보낸 말", "문자 값", "글 고치기", "수신거부 넣기")
    ]
    assert places == sorted(places)


def test_five_a_day_and_never_more_than_the_carrier_takes(
    owner_phone: Phone, shop: AShop, clock: Clock
) -> None:
    hand_day.save(shop_id=shop.id, staff_id=shop.owner_id, time="08:00", most="6", now=clock())
    for who in people(shop, 8):
        staged(shop, who)
    page = owner_phone.open("/owner/messages/phone")
    assert page.words.count("문자 쓰기") == 5 + 1  # and the sentence that explains it
    for _ in range(5):
        page = owner_phone.submit("보냈어요")
    assert "오늘의 다섯 통을 다 보냈어요" in page.words
    assert "오늘 보낼 말" not in owner_phone.open("/owner").words
    owner_phone.open("/owner/messages/phone?more=1")
    page = owner_phone.submit("보냈어요")
    assert "통신사가 하루에 6통까지" in page.words
    page = owner_phone.open("/owner/messages/phone/settings")
    page = owner_phone.submit("저장하기", status=422, time="07:00", most="x")
    assert "아침 8시부터" in page.words and page.value("most") == "x"


def test_a_letter_with_a_photo_reaches_one_card_alone(
    app: Flask, owner_phone: Phone, shop: AShop, jiwoo: ACustomer, minho: ACustomer, clock: Clock
) -> None:
    place = f"/owner/people/{jiwoo.id}/letter"
    owner_phone.open(place)
    form = {"csrf_token": owner_phone.token(), "text": "콩이 사진이에요"}
    page = owner_phone.post(place, {**form, "photo": (BytesIO(b"a text"), "x.jpg")}, status=422)
    assert "사진이 아니에요" in page.words and page.value("text") == "콩이 사진이에요"
    page = owner_phone.post(place, {**form, "camera": (BytesIO(a_jpeg()), "x.jpg")})
    assert "가게에서 먼저 건네는 말은 광고예요" in page.words
    assert "사진을 준비하고 있어요" in page.words
    assert "잠시 뒤에 다시 눌러 주세요" in owner_phone.submit("보내기").words
    photo.make_waiting(clock=clock)
    assert owner_phone.open(place).value("text") == "콩이 사진이에요"  # it is still there
    owner_phone.submit("어떻게 보일지 보기")
    assert "카드에 남겼어요" in owner_phone.submit("보내기").words
    page = Phone(app).holding(jiwoo).open(f"/c/{shop.code}/inbox")
    picture = str(page.soup.select_one("article img")["src"])  # type: ignore[index]
    mine = Phone(app).holding(jiwoo).open(picture)
    assert mine.answer.mimetype == "image/webp"
    Phone(app).holding(minho).open(picture, status=404)
    assert db.session.query(AccessLog).filter_by(action="letter", customer_id=jiwoo.id).count() == 1


def test_news_from_the_card_to_the_counter_and_back(
    app: Flask, owner_phone: Phone, shop: AShop, jiwoo: ACustomer
) -> None:
    card = Phone(app).holding(jiwoo)
    assert "끝나면 사진" not in card.open(f"/c/{shop.code}").words
    owner_phone.open("/owner/more/done")
    work_done.switch(shop_id=shop.id, staff_id=shop.owner_id, is_on=True, now=factories.now())
    card.open(f"/c/{shop.code}")
    page = card.submit("끝나면 사진 받을게요", what="콩이")
    assert "콩이, 다 되면 사진과 함께 알려 드릴게요" in page.words
    assert "끝나면 알릴 손님 새로 온 것 1" in owner_phone.open("/owner").words
    colleague = Phone(app).signed_in(shop, factories.a_staff(shop))
    page = colleague.open("/owner/done")
    link = str(page.soup.find("a", string=None, href=lambda to: bool(to and "/owner/done/" in to))["href"])  # type: ignore[index]
    assert colleague.open(link).value("text") == "콩이, 다 됐어요. 편하실 때 찾으러 오세요."
    page = colleague.submit("어떻게 보일지 보기")
    assert "손님이 부탁하신 소식이라" in page.words
    colleague.submit("보내기")
    assert "콩이, 다 됐어요" in card.open(f"/c/{shop.code}/inbox").words
    colleague.open(link, status=404)
    card.open(f"/c/{shop.code}")
    page = card.submit("끝나면 사진 받을게요", what="")
    assert "안 받을래요" in page.words
    assert "알려 드리지 않을게요" in card.submit("안 받을래요").words


def test_the_channel_on_the_card_and_its_file(
    app: Flask, owner_phone: Phone, shop: AShop, jiwoo: ACustomer, minho: ACustomer
) -> None:
    factories.a_customer(shop, name="동의안함", phone="010-7777-8888", agrees="required")
    owner_phone.open("/owner/more/talk")
    page = owner_phone.submit("저장하기", status=422, link="https://evil.test/_abCd")
    assert "채널 주소가 아니에요" in page.words
    owner_phone.submit("저장하기", link="https://pf.kakao.com/_abCd?utm=1")
    for place in ("", "/me"):
        page = Phone(app).holding(jiwoo).open(f"/c/{shop.code}{place}")
        assert page.soup.select_one("a[href='https://pf.kakao.com/_abCd/friend']")
    form = {"csrf_token": owner_phone.token(), "group": "all"}
    file = owner_phone.post("/owner/more/talk/file", form).answer
    assert file.get_data(as_text=True) == "전화번호\r\n01023456789\r\n"
    assert file.headers["Cache-Control"] == "no-store"
    assert [line.detail for line in history.changes(shop.id).lines if line.what == "talk_file"] == ["all:1"]
    talk_channel.save(shop_id=shop.id, staff_id=shop.owner_id, link="", now=factories.now())
    assert "카카오톡" not in Phone(app).holding(jiwoo).open(f"/c/{shop.code}").words


def test_a_shop_without_them_asks_for_nothing_of_them(app: Flask, shop: AShop, jiwoo: ACustomer) -> None:
    asked: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        Phone(app).holding(jiwoo).open(f"/c/{shop.code}")
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert asked
    assert [each for each in asked if "done_requests" in each or "message_settings" in each] == []


def test_what_the_law_wants_told_has_no_button_to_leave_it_out(
    owner_phone: Phone, shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    row = staged(shop, jiwoo, "consent_result")
    with write() as session:
        told = {"text": f"[{shop.name}] 광고 문자 받기에 동의하셨어요."}
        session.query(Message).filter_by(id=row).update(told)
    page = owner_phone.open("/owner/messages/phone")
    assert "보냈어요" in page.words
    assert "이번에는 보내지 않기" not in page.words
    staged(shop, people(shop, 1)[0])
    clock.advance(hours=3)
    assert "이번에는 보내지 않기" in owner_phone.open("/owner/messages/phone").words


def test_after_a_restore_the_queue_says_what_may_have_gone_until_the_owner_looked(
    owner_phone: Phone, shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    staged(shop, jiwoo)
    with write() as session:
        backup_at = clock() - timedelta(hours=20)  # 11월 22일(일) 오후 6:49
        session.add(Restore(at=clock(), is_sure=True, backup_at=backup_at))
    assert "백업으로" not in owner_phone.open("/owner/messages/phone").words  # nothing is shown yet
    page = owner_phone.open("/owner/messages/phone?more=1")
    assert "11월 22일(일) 오후 6:49에 만든 백업으로 되돌렸어요." in page.words
    page = owner_phone.submit("살펴봤어요")
    assert "백업으로" not in page.words
    assert "한지우 님" in page.words
