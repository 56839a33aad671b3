"""단체 문자 on the owner's pages, an automation's second text and ways, the day in words."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from flask import Flask
from PIL import Image

from app.extensions import db
from app.flows import automation, campaign_run, campaign_start, comparison, deliver, going_on
from app.flows.unit import write
from app.kit.refusals import Invalid, NotHere
from app.messages import campaigns, comparisons, registry, results
from app.messages.models import Automation, Message
from tests import coupons, factories
from tests.factories import ACustomer, AShop
from tests.phone import Page, Phone
from tests.world import Clock


@pytest.fixture
def two(shop: AShop) -> list[ACustomer]:
    """Two who agreed to everything; one of the two has a stamp."""
    made = [
        factories.a_customer(shop, name=name, phone=factories.a_number(), agrees="all")
        for name in ("한지우", "박민호")
    ]
    factories.a_stamp(shop, made[0].card_id)
    return made


def written(phone: Phone, text: str = "{이름} 님, {가게}에 햇귤이 왔어요.") -> Page:
    """Write a campaign as far as its confirmation."""
    phone.open("/owner/campaigns/new")
    phone.submit("다음", people="all")
    phone.submit("다음", text=text)
    return phone.submit("다음", when="soon")


def number_of(page: Page) -> int:
    """Return which campaign a page is of."""
    found = re.search(r"/owner/campaigns/(\d+)", page.path)
    assert found is not None, page.path
    return int(found.group(1))


def test_three_steps_one_confirmation_and_ten_minutes_to_stop(
    shop: AShop, two: list[ACustomer], owner_phone: Phone, clock: Clock
) -> None:
    phone = owner_phone
    phone.open("/owner/messages")
    phone.tap("단체 문자 고른 손님들께 한 번에 전하기")
    phone.tap("새로 쓰기")
    assert "모든 손님 2명" in phone.page.words
    phone.submit("다음", people="all")
    shown = phone.submit("다음", text="{이름} 님, {가게}에 햇귤이 왔어요. 🍊")
    assert shown.h1 == "언제 보낼까요?"
    check = phone.submit("다음", when="soon")
    for told in (
        "2명 모든 손님 2명 가운데 받는 분이에요",
        "내 휴대폰 문자 2명 · 사장님이 한 통씩 눌러서 보내요",
        "11월 23일(월) 오후 2:59부터 · 누르고 10분 뒤예요",
        "드는 돈 없어요",
        "(광고)봄날커피 한지우 님, 봄날커피에 햇귤이 왔어요.",
        "무료수신거부 https://dangol.test/o/…",
        "긴 문자 한 통이에요.",
        "문자에는 🍊 그림이 나오지 않아요.",
    ):
        assert told in check.words, told
    wrong = phone.submit("2명에게 보내기", typed="20", status=422)
    assert wrong.errors()[0].endswith("받는 분은 2명이에요. 숫자를 다시 적어 주세요.")
    assert wrong.value("typed") == "20"
    sent = phone.submit("2명에게 보내기", typed="2")
    assert "2명께 11월 23일(월) 오후 2:59부터 보내요" in sent.words
    assert "10분 0초" in sent.words
    assert "단체 문자 보낼 예정" in phone.open("/owner").words
    stopped = phone.open(sent.path).h1 and phone.tap("보내지 않고 취소하기")
    assert "아무에게도 보내지 않았어요" in stopped.words
    campaign_run.go_on_all(now=clock.advance(minutes=11))
    assert db.session.query(Message).filter_by(kind="campaign").count() == 0


def test_it_goes_and_the_bar_says_how_far(
    app: Flask,
    shop: AShop,
    two: list[ACustomer],
    owner_phone: Phone,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written(owner_phone)
    sent = owner_phone.submit("2명에게 보내기", typed="2명")
    made = number_of(sent)
    assert "hx-trigger" in str(sent.soup.select_one("#progress"))
    with (
        monkeypatch.context() as patched
    ):  # asked every four seconds: what it brought is not summed each time
        patched.setattr(results, "result", None)
        assert "취소하시면" in owner_phone.open(f"/owner/campaigns/{made}/progress").words
    campaign_run.go_on_all(now=clock.advance(minutes=10))
    deliver.drain(wire=app.config["WIRE"], clock=clock)
    done = owner_phone.open(f"/owner/campaigns/{made}")
    assert "사장님 휴대폰에서 기다려요" in done.words and "다 보냈어요" not in done.words
    assert "카드에 남김 2명" in done.words
    assert "내 휴대폰 2통이 기다려요" in done.words
    assert "hx-trigger" not in str(done.soup.select_one("#progress")), "nothing moves any more"
    assert "내 휴대폰에서 기다려요 단체 문자, 감사 인사 3통" in owner_phone.open("/owner/messages").words
    card = Phone(app).holding(two[0]).open(f"/c/{shop.code}/inbox")
    assert "한지우 님, 봄날커피에 햇귤이 왔어요." in card.words
    owner_phone.open(f"/owner/campaigns/{made}")
    assert "사장님이 멈춰 두셨어요" in owner_phone.tap("잠깐 멈추기").words
    assert "이어서 보내요" in owner_phone.tap("이어서 보내기").words
    assert "멈췄어요. 아직 안 나간 2통은 보내지 않아요" in owner_phone.tap("남은 것 그만 보내기").words


def test_who_is_left_out_opens_by_name(shop: AShop, two: list[ACustomer], owner_phone: Phone) -> None:
    factories.a_customer(shop, name="이수진", phone=factories.a_number())
    check = written(owner_phone)
    assert "카드에만 1명" in check.words
    names = owner_phone.tap("광고 문자에 동의하지 않은 손님이에요. 카드에는 남아요 1명")
    assert "이수진 님" in names.words
    owner_phone.open(f"/owner/campaigns/{number_of(names)}/left-out/made-up", status=404)


def test_what_is_typed_is_kept_without_a_press(owner_phone: Phone, two: list[ACustomer]) -> None:
    owner_phone.open("/owner/campaigns/new")
    page = owner_phone.submit("다음", people="all")
    made = number_of(page)
    token = page.value("csrf_token")
    half = owner_phone.post(
        f"/owner/campaigns/{made}/preview",
        [("csrf_token", token), ("text", "{이름 님, 아직 쓰는"), ("text_b", "")],
        htmx=True,
    )
    assert "{이름}처럼 앞뒤를 모두 닫아 주세요" in half.words
    assert owner_phone.open(f"/owner/campaigns/{made}").value("text") == "{이름 님, 아직 쓰는"
    assert "{이름 님, 아직 쓰는" in owner_phone.open("/owner/campaigns").words
    again = owner_phone.open(f"/owner/campaigns/{made}/check")
    assert again.h1 == "무슨 말을 보낼까요?", "half a text is not confirmed"
    assert owner_phone.submit("다음", status=422).errors()
    owner_phone.open(f"/owner/campaigns/{made}/text")
    assert "쓰던 글을 버렸어요" in owner_phone.tap("쓰던 글 버리기").words


def test_a_session_that_ended_loses_no_word(app: Flask, shop: AShop, owner_phone: Phone) -> None:
    owner_phone.open("/owner/campaigns/new")
    page = owner_phone.submit("다음", people="all")
    stranger = Phone(app).signed_in(shop, shop.owner_id)
    stranger.open(page.path)
    with write() as session:
        session.execute(db.text("UPDATE staff_sessions SET ended_at = seen_at"))
    kept = stranger.submit("다음", text="끊긴 뒤에도 남는 글", status=401)
    assert kept.soup.select_one("input[name=resume]") is not None


def test_the_neighbour_sees_nothing(
    app: Flask, shop: AShop, other_shop: AShop, two: list[ACustomer], owner_phone: Phone
) -> None:
    made = number_of(written(owner_phone))
    theirs = Phone(app).signed_in(other_shop, other_shop.owner_id)
    for where in ("", "/text", "/people", "/time", "/check", "/progress", "/photo", "/left-out/no_phone"):
        theirs.open(f"/owner/campaigns/{made}{where}", status=404)
    page = theirs.open("/owner/campaigns/new")
    for where in ("/cancellation", "/pause", "/resumption", "/confirmation", "/ways", "/preview"):
        form = [("csrf_token", page.value("csrf_token")), ("typed", "2"), ("text", "글")]
        theirs.post(f"/owner/campaigns/{made}{where}", form, status=404)
    found = campaigns.campaign(shop.id, made)
    assert found is not None
    assert found.is_draft


def test_who_has_a_password_is_asked_for_it(
    app: Flask, shop: AShop, two: list[ACustomer], clock: Clock
) -> None:
    password = factories.a_password(shop, shop.owner_id)
    owner_phone = Phone(app).signed_in(shop, shop.owner_id)
    clock.advance(minutes=30)
    written(owner_phone)
    assert "숫자로 적어 주세요" in owner_phone.submit("2명에게 보내기", typed="", status=422).words
    asked = owner_phone.submit("2명에게 보내기", typed="2", status=401)
    assert asked.h1 == "본인인지 확인할게요"
    sent = owner_phone.submit("확인하고 계속하기", proof=password)
    assert "2명께" in sent.words


def test_a_photo_is_written_anew_and_lies_on_the_card(
    app: Flask, shop: AShop, other_shop: AShop, two: list[ACustomer], owner_phone: Phone, clock: Clock
) -> None:
    made = number_of(written(owner_phone))
    page = owner_phone.open(f"/owner/campaigns/{made}/text")
    file = io.BytesIO()
    Image.new("RGB", (640, 480), "orange").save(file, "JPEG")
    text = page.value("text")
    for content, status in ((b"no picture at all", 422), (file.getvalue(), 303)):
        answer = owner_phone.client.post(
            f"/owner/campaigns/{made}/text",
            data={
                "csrf_token": page.value("csrf_token"),
                "text": text,
                "look": "1",
                "photo": (io.BytesIO(content), "귤.jpg"),
            },
            content_type="multipart/form-data",
            base_url=owner_phone.base_url,
            headers={"Sec-Fetch-Site": "same-origin"},
        )
        assert answer.status_code == status
    assert owner_phone.open(f"/owner/campaigns/{made}/photo").answer.mimetype == "image/webp"
    owner_phone.open(f"/owner/campaigns/{made}/check")
    assert "사진 한 장 · 카드에 함께 보여요" in owner_phone.page.words
    owner_phone.submit("2명에게 보내기", typed="2")
    campaign_run.go_on_all(now=clock.advance(minutes=10))
    card = Phone(app).holding(two[0])
    assert f"/c/{shop.code}/news/{made}/photo" in card.open(f"/c/{shop.code}/inbox").html
    assert card.open(f"/c/{shop.code}/news/{made}/photo").answer.mimetype == "image/webp"
    stranger = Phone(app).holding(factories.a_customer(shop))
    stranger.open(f"/c/{shop.code}/news/{made}/photo", status=404)


def test_a_coupon_can_be_chosen_and_what_is_over_is_refused(
    shop: AShop, two: list[ACustomer], owner_phone: Phone
) -> None:
    kind_id = coupons.a_kind(shop, name="쿠키 한 개")
    made = number_of(written(owner_phone))
    owner_phone.open(f"/owner/campaigns/{made}/text")
    owner_phone.submit("다음", coupon=str(kind_id))
    assert "쿠폰 쿠키 한 개" in owner_phone.submit("다음").words


def test_the_day_and_hour(shop: AShop, two: list[ACustomer], owner_phone: Phone) -> None:
    made = number_of(written(owner_phone))
    offered = owner_phone.open(f"/owner/campaigns/{made}/time")
    assert offered.value("day") == "2026-11-24", "tomorrow stands there for whoever chooses a day"
    past = owner_phone.submit("다음", when="later", day="2026-11-22", hour="10:00", status=422)
    assert past.errors()[0].endswith("이미 지난 때예요. 다시 골라 주세요.")
    check = owner_phone.submit("다음", when="later", day="2026-11-25", hour="10:00")
    assert "11월 25일(수) 오전 10:00부터" in check.words


# --- automations --------------------------------------------------------------------------------------


def test_two_texts_of_an_automation(app: Flask, shop: AShop, owner_phone: Phone, clock: Clock) -> None:
    owner_phone.open("/owner/messages/thank_you")
    owner_phone.tap("두 가지 글 비교 글을 하나 더 써서 어느 쪽이 나은지 봐요")
    empty = owner_phone.submit("비교 시작하기", status=422)
    assert empty.errors()[0].endswith("비교할 다른 글을 적어 주세요.")
    page = owner_phone.submit("비교 시작하기", text_b="{이름} 님, 정말 반가웠어요.")
    assert "반씩 나눠서" in page.words
    for n in range(12):
        who = factories.a_customer(shop, name=f"손님{n}", phone=factories.a_number(), agrees="all")
        factories.a_stamp(shop, who.card_id)
    clock.advance(hours=2, minutes=5)
    deliver.drain(wire=app.config["WIRE"], clock=clock)
    db.session.rollback()
    found = db.session.query(Message).filter_by(kind="thank_you", channel="card").all()
    assert {each.variant for each in found} == {"a", "b"}
    assert all(("정말 반가웠어요" in each.text) == (each.variant == "b") for each in found)
    both = comparisons.more(shop.id, registry.kind("thank_you"), wire=app.config["WIRE"])
    assert (both.got_a + both.got_b, min(both.got_a, both.got_b) > 0) == (12, True)
    assert f"둘째 글 · {both.got_b}명이 받았어요" in owner_phone.open(page.path).words
    owner_phone.submit("둘째 글만 보내기")
    db.session.rollback()
    row = db.session.query(Automation).filter_by(kind="thank_you").one()
    assert (row.text, row.text_b, row.compared_at) == ("{이름} 님, 정말 반가웠어요.", "", None)
    comparison.end(shop_id=shop.id, kind="thank_you", keeps_b=False, now=clock())
    db.session.rollback()
    assert db.session.query(Automation).filter_by(kind="thank_you").one().text.endswith("반가웠어요.")


def test_what_can_not_be_compared(shop: AShop, clock: Clock) -> None:
    automation.save(shop_id=shop.id, kind="thank_you", text="고맙습니다.", now=clock())
    for text in ("", "고맙습니다.", "{모름} 님"):
        with pytest.raises(Invalid):
            comparison.begin(shop_id=shop.id, kind="thank_you", text_b=text, now=clock())
    for kind in ("campaign", "made up"):
        with pytest.raises(NotHere):
            comparison.begin(shop_id=shop.id, kind=kind, text_b="글", now=clock())
    with pytest.raises(automation.AskedForByLaw):
        comparison.begin(shop_id=shop.id, kind="consent_result", text_b="글", now=clock())


def test_its_ways_and_going_on(app: Flask, shop: AShop, owner_phone: Phone, clock: Clock) -> None:
    owner_phone.open("/owner/messages/thank_you")
    assert "내 휴대폰 문자 사장님 휴대폰 요금제로 나가요" in owner_phone.page.words
    owner_phone.submit("보내는 방법 저장하기", ways=None)
    who = factories.a_customer(shop, name="하나", phone=factories.a_number(), agrees="all")
    factories.a_stamp(shop, who.card_id)
    db.session.rollback()
    sent = db.session.query(Message).filter_by(kind="thank_you", customer_id=who.id)
    assert [each.channel for each in sent] == ["card"]
    with write() as session:
        row = session.query(Automation).filter_by(kind="thank_you").one()
        row.paused_at, row.paused_why = clock(), "최근 40건 가운데 8건이 가지 못해서 멈췄어요."
    assert "멈춘 것이 있어요. 최근 40건" in owner_phone.open("/owner/messages").words
    owner_phone.open("/owner/messages/thank_you")
    assert "감사 인사를 다시 켰어요" in owner_phone.tap("다시 켜기").words
    going_on.automation(shop_id=shop.id, kind="thank_you", now=clock())
    assert comparisons.paused(shop.id) == {}


def test_an_empty_group_is_told_and_not_sent_to(app: Flask, shop: AShop, owner_phone: Phone) -> None:
    made = number_of(written(owner_phone))
    assert "지금은 받을 분이 없어요" in owner_phone.open(f"/owner/campaigns/{made}/check").words
    with pytest.raises(Invalid):
        campaign_start.confirm(
            shop_id=shop.id,
            staff_id=shop.owner_id,
            campaign_id=made,
            typed="0",
            seen=0,
            compares=False,
            wire=app.config["WIRE"],
            now=factories.now() + timedelta(minutes=1),
        )
