"""내 휴대폰 알림: switched on by a tap on one's own phone, told plainly where it can't be, and off as easily."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from app.flows import access
from app.messages.providers.push import packed
from tests import factories
from tests.factories import ACustomer, AShop
from tests.flows.ringing import a_ringing_shop
from tests.flows.staff_phones import phones, ring, rings, rung_on
from tests.flows.test_voice import opened
from tests.messages.push_service import Phone as Browser
from tests.messages.push_service import Service
from tests.phone import Phone

KAKAO = {"User-Agent": "Mozilla/5.0 (Linux; Android 14) KAKAOTALK 10.4.5"}
PAGE = "/owner/more/notifications"


@pytest.fixture
def service(app: Flask) -> Iterator[Service]:
    with a_ringing_shop(app) as running:
        yield running


def told(service: Service, name: str = "own") -> dict[str, str]:
    """Return what the script fills in when the browser said yes."""
    browser = Browser()
    return {
        "endpoint": service.endpoint(name), "p256dh": packed(browser.point), "auth": packed(browser.auth)
    }  # fmt: skip


def test_on_what_for_and_off(app: Flask, shop: AShop, jiwoo: ACustomer, service: Service) -> None:
    phone = Phone(app).signed_in(shop, shop.owner_id)
    for way in ("/owner/voices", "/owner/more"):
        assert phone.open(way).soup.find("a", href=PAGE) is not None
    page = phone.open(PAGE)
    part = page.soup.find(id="push")
    assert part is not None
    assert part["data-push-key"] == app.config["WIRE"].push_public
    assert "홈 화면에 추가" in page.words
    wrong = phone.submit("이 휴대폰으로 알림 받기", status=422, endpoint="https://169.254.169.254/x")
    assert "이 브라우저에서는 알림을 켤 수 없어요. 크롬이나" in wrong.words
    on = phone.submit("이 휴대폰으로 알림 받기", **told(service))
    assert "이 휴대폰으로 알려 드리고 있어요" in on.words
    assert "지금 쓰는 기기" in on.words
    assert phones() == ["own"]
    switches = [str(each["name"]) for each in on.soup.find_all(role="switch") if each.has_attr("checked")]
    assert switches == ["complaint", "line", "handed"]
    phone.submit("저장하기", complaint=False, question=True)
    opened(shop, jiwoo)
    assert ring() == {}
    opened(shop, jiwoo, kind="question")
    assert ring() == {"sent": 1}
    phone.open(PAGE)
    off = phone.submit("끄기")
    assert "그 휴대폰에서 알림을 껐어요" in off.words
    assert phones() == []
    history = phone.open("/owner/more/changes").words
    assert "손님 말씀 알림을 켰어요" in history
    assert "손님 말씀 알림을 껐어요" in history


def test_the_owner_chooses_the_quiet_hours(app: Flask, shop: AShop, service: Service) -> None:
    phone = Phone(app).signed_in(shop, shop.owner_id)
    page = phone.open(f"{PAGE}/hours")
    assert (page.value("begins"), page.value("ends")) == ("22:00", "08:00")
    wrong = phone.submit("저장하기", status=422, begins="", ends="07:00")
    assert "시각을 다시 골라 주세요" in wrong.words
    assert wrong.value("ends") == "07:00"
    saved = phone.submit("저장하기", begins="23:30", ends="07:00", complaints_wait=False)
    assert "23:30 – 07:00" in saved.words
    assert "불편 말씀은 밤에도 울려요" in saved.words
    alba = Phone(app).signed_in(shop, factories.a_staff(shop))
    assert "23:30 – 07:00" in alba.open(PAGE).words
    alba.open(f"{PAGE}/hours", status=403)


def test_each_sees_what_they_may_hear(app: Flask, shop: AShop, service: Service) -> None:
    def offered(who: int) -> list[str]:
        page = Phone(app).signed_in(shop, who).open(PAGE)
        return [str(switch["name"]) for switch in page.soup.find_all(role="switch")]

    leads = ["line", "handed", "question", "repair", "report"]
    assert offered(shop.owner_id) == ["complaint", *leads]
    assert offered(factories.a_staff(shop, role="manager")) == leads
    alba = factories.a_staff(shop)
    assert offered(alba) == ["line", "handed"]
    phone = Phone(app).signed_in(shop, alba)
    phone.open(PAGE)
    phone.post(f"{PAGE}/kinds", {"csrf_token": phone.token(), "complaint": "y", "line": "y"})
    assert offered(alba) == ["line", "handed"]


def test_where_it_cannot_be_it_says_so(app: Flask, shop: AShop) -> None:
    phone, demo = Phone(app).signed_in(shop, shop.owner_id), factories.a_shop("달빛커피", is_demo=True)
    assert "인터넷 주소(PUBLIC_URL)가 정해지면" in phone.open(PAGE).words
    with a_ringing_shop(app) as service:
        assert "카카오톡 안에서는 알림을 켤 수 없어요" in phone.open(PAGE, headers=KAKAO).words
        there = Phone(app).signed_in(demo, demo.owner_id)
        page = there.open(PAGE)
        assert "체험 가게에서는 알림을 켤 수 없어요" in page.words
        assert page.soup.find(id="push") is None
        there.post(PAGE, {"csrf_token": there.token(), **told(service)})
        assert phones() == []
        factories.a_staff(shop)
        shared = Phone(app)
        shared.keep("staff", factories.a_shared_device(shop)[0])
        assert shared.open(PAGE, status=None, follow=False).status in (302, 303)
        assert "내 휴대폰 알림" not in shared.open("/owner/turn").words


def test_who_signs_in_over_somebody_else_does_not_carry_their_phone(
    app: Flask, shop: AShop, jiwoo: ACustomer, service: Service
) -> None:
    phone = Phone(app).signed_in(shop, shop.owner_id)
    phone.open(PAGE)
    phone.submit("이 휴대폰으로 알림 받기", **told(service))

    def enters(who: int) -> None:
        link = access.mint_link(
            kind="owner", shop_id=shop.id, staff_id=who, lifetime_s=600, now=factories.now()
        )
        phone.open(f"/owner/enter/{link}")
        phone.submit("들어가기")

    enters(shop.owner_id)
    assert "이 휴대폰으로 알려 드리고 있어요" in phone.open(PAGE).words  # the same person goes on
    enters(factories.a_staff(shop))
    opened(shop, jiwoo)
    assert (ring(), phones()) == ({}, [])


def test_the_worker_tells_a_new_address(app: Flask, shop: AShop, service: Service) -> None:
    token = factories.a_session(shop, shop.owner_id)
    rung_on(service, shop, shop.owner_id, session_id=factories.a_session_id(token))
    client = app.test_client()
    for cookie, was, kept in (("x" * 22, "own", "own"), (token, "else", "own"), (token, "own", "new")):
        client.set_cookie("__Host-staff", cookie, domain="dangol.test", path="/")
        body = {"was": service.endpoint(was), **told(service, "new")}
        answer = client.post("/push/renewals", json=body, base_url="https://dangol.test")
        assert answer.status_code == 204
        assert phones() == [kept]
    assert rings(shop) == []
