"""Web push on the pages: asked after value and by a tap alone, switched off as easily, never inside KakaoTalk."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from app.messages.providers.push import packed
from tests import factories
from tests.factories import ACustomer, AShop
from tests.flows.ringing import a_ringing_shop, ring_on, subscribed
from tests.messages.push_service import Phone as Browser
from tests.messages.push_service import Service
from tests.phone import Phone

KAKAO = {"User-Agent": "Mozilla/5.0 (Linux; Android 14) KAKAOTALK 10.4.5"}


@pytest.fixture
def service(app: Flask) -> Iterator[Service]:
    with a_ringing_shop(app) as running:
        yield running


def told(service: Service, name: str = "a") -> dict[str, str]:
    """Return what the script fills in when the browser said yes."""
    browser = Browser()
    return {
        "endpoint": service.endpoint(name),
        "p256dh": packed(browser.point),
        "auth": packed(browser.auth),
    }


def test_nobody_is_asked_without_a_key_in_a_demo_shop_or_inside_kakaotalk(
    app: Flask, shop: AShop, jiwoo: ACustomer
) -> None:
    factories.a_stamp(shop, jiwoo.card_id)
    demo = factories.a_shop("달빛커피", is_demo=True)
    there = factories.a_customer(demo)
    factories.a_stamp(demo, there.card_id)

    def asked(who: ACustomer, code: str, **headers: str) -> list[bool]:
        phone = Phone(app).holding(who)
        pages = [phone.open(f"/c/{code}{rest}", headers=headers) for rest in ("", "/me")]
        return ["알려 드릴까요?" in pages[0].html, "data-push" in pages[1].html]

    assert asked(jiwoo, shop.code) == [False, False]
    assert "알림 서버" not in Phone(app).open(f"/s/{shop.code}/privacy").words
    with a_ringing_shop(app):
        assert asked(jiwoo, shop.code) == [True, True]
        assert asked(jiwoo, shop.code, **KAKAO) == [False, False]
        assert asked(there, demo.code) == [False, False]
        words = Phone(app).open(f"/s/{shop.code}/privacy").words
        assert "알림 서버" in words
        assert "Google" in words
        assert "휴대폰 알림 발송" not in words


def test_the_question_comes_after_the_first_stamp(
    app: Flask, shop: AShop, minho: ACustomer, service: Service
) -> None:
    phone = Phone(app).holding(minho)
    assert "data-push-ask" not in phone.open(f"/c/{shop.code}").html
    factories.a_stamp(shop, minho.card_id)
    page = phone.open(f"/c/{shop.code}")
    box = page.soup.find(attrs={"data-push-ask": True})
    assert box is not None
    assert box.has_attr("hidden")  # shown by the script where this browser can
    phone.tap("알림 받기")


def test_on_and_the_question_about_ads_and_off(
    app: Flask, shop: AShop, jiwoo: ACustomer, service: Service
) -> None:
    phone = Phone(app).holding(jiwoo)
    page = phone.open(f"/c/{shop.code}/me")
    part = page.soup.find(id="push")
    assert part is not None
    assert part["data-push-key"] == app.config["WIRE"].push_public
    assert page.soup.find("form", action=f"/c/{shop.code}/me/push") is not None
    on = phone.submit("알림 켜기", **told(service))
    assert "이 휴대폰으로 알려 드리고 있어요" in on.words
    assert subscribed(jiwoo) == ["a"]
    (kept,) = phone.open(f"/c/{shop.code}/me/download").answer.get_json()["rung_browsers"]
    assert (kept["service"], kept["made_at"][:10]) == ("127.0.0.1", "2026-11-23")
    raw = phone.open(f"/c/{shop.code}/me/text").answer.get_data(as_text=True)
    assert "[휴대폰 알림]" in raw and "127.0.0.1" in raw
    assert told(service)["endpoint"] not in raw, "who has the address can ring it"
    assert "광고 알림을 받을게요" in on.words
    form = on.soup.find("input", attrs={"value": "ads_push"}).find_parent("form")  # type: ignore[union-attr]
    assert form is not None
    switch = form.find("input", attrs={"name": "grant"})
    assert switch is not None
    assert not switch.has_attr("checked")  # the browser's yes is none to ads
    fields = {"csrf_token": phone.token(), "kind": "ads_push", "grant": "y"}
    after = phone.post(f"/c/{shop.code}/me/consents", fields)
    assert "동의해 주셔서 고마워요" in after.words
    other = Phone(app)
    other.keep("card", jiwoo.browser[::-1])
    assert other.open(f"/c/{shop.code}/me").h1 != "내 정보"  # another browser holds no card
    phone.open(f"/c/{shop.code}/me")
    off = phone.submit("이 휴대폰에서 알림 끄기")
    assert "이 휴대폰에서 알림을 껐어요" in off.words
    assert subscribed() == []
    # Withdrawing what it stands on says so.
    fields = {"csrf_token": phone.token(), "kind": "marketing"}
    assert "맞춤 혜택과 광고를 모두 그만 받아요" in phone.post(f"/c/{shop.code}/me/consents", fields).words


def test_what_is_refused_says_what_to_do(app: Flask, shop: AShop, minho: ACustomer, service: Service) -> None:
    phone = Phone(app).holding(minho)
    phone.open(f"/c/{shop.code}/me")
    young = phone.submit("알림 켜기", status=422, **told(service))
    assert "만 14세 이상만 알림을 켤 수 있어요" in young.words
    evil = told(service) | {"endpoint": "https://169.254.169.254/latest"}
    wrong = phone.submit("알림 켜기", status=422, age14=True, **evil)
    assert "이 브라우저에서는 알림을 켤 수 없어요" in wrong.words
    assert subscribed() == []
    phone.submit("알림 켜기", age14=True, **told(service))
    assert subscribed(minho) == ["a"]
    assert (
        "광고 알림을 받을게요" not in phone.open(f"/c/{shop.code}/me").words
    )  # no number: nothing to agree to


def test_the_worker_tells_a_new_address(app: Flask, jiwoo: ACustomer, service: Service) -> None:
    ring_on(service, jiwoo)
    client = app.test_client()
    for cookie, was, kept in (("", "a", "a"), (jiwoo.browser, "b", "a"), (jiwoo.browser, "a", "new")):
        client.set_cookie("__Host-card", cookie, domain="dangol.test", path="/")
        body = {"was": service.endpoint(was), **told(service, "new")}
        answer = client.post("/push/renewals", json=body, base_url="https://dangol.test")
        assert answer.status_code == 204
        assert subscribed() == [kept]
    for nonsense in ([], "x", {"was": 1}, None):
        answer = client.post("/push/renewals", json=nonsense, base_url="https://dangol.test")
        assert answer.status_code == 204
