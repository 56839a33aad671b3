"""The demo carrier's API, the phone page, and 지금 보내기."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from app.extensions import db
from app.flows import access, deliver
from app.flows.unit import write
from app.messages.models import DemoPhoneMessage
from app.shops.models import EntryLink
from tests.messages.world import Provider, a_customer, a_shop, answer, rows, thank
from tests.phone import Phone
from tests.world import Clock

SECRET = {"X-Demo-Secret": "tests only"}


def a_phone_link(shop_id: int, clock: Clock) -> str:
    token = access.mint_link(kind="phone", shop_id=shop_id, staff_id=None, lifetime_s=43200, now=clock())
    assert db.session.query(EntryLink).count() == 1
    return f"/demo/phone/{token}"


def a_letter(clock: Clock, **changes: Any) -> dict[str, Any]:
    """Return what the worker would post for the one waiting message."""
    key = rows(channel="demo_phone")[0].provider_key
    return {"key": key, "to": "+821012345678", "text": "안녕하세요", "at": clock().isoformat(), **changes}


def test_the_gateway_takes_a_letter_in_once(app: Flask, clock: Clock) -> None:
    shop = a_shop()
    thank(shop, a_customer(shop), clock)
    letter = a_letter(clock)
    client = app.test_client()
    absent = client.get(f"/demo/gateway/messages?key={letter['key']}", headers=SECRET)
    assert (absent.status_code, absent.json) == (404, {"absent": True})
    first = client.post("/demo/gateway/messages", json=letter, headers=SECRET)
    again = client.post("/demo/gateway/messages", json=letter | {"text": "다른 글"}, headers=SECRET)
    assert first.status_code == 200
    assert first.json == again.json
    assert client.get(f"/demo/gateway/messages?key={letter['key']}", headers=SECRET).json == first.json
    assert db.session.query(DemoPhoneMessage).one().text == "안녕하세요"


@pytest.mark.parametrize("headers", [{}, {"X-Demo-Secret": ""}, {"X-Demo-Secret": "guess"}])
def test_the_gateway_knows_its_sender(app: Flask, clock: Clock, headers: dict[str, str]) -> None:
    client = app.test_client()
    assert client.post("/demo/gateway/messages", json={}, headers=headers).status_code == 403
    assert client.get("/demo/gateway/messages?key=x", headers=headers).status_code == 403


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    "changes",
    [
        {"key": 5},
        {"key": "x" * 40},
        {"to": None},
        {"text": "가" * 5000},
        {"at": "gestern"},
        {"at": "2026-11-23"},
    ],
)
def test_the_gateway_refuses_nonsense(app: Flask, clock: Clock, changes: dict[str, Any]) -> None:
    shop = a_shop()
    thank(shop, a_customer(shop), clock)
    answered = app.test_client().post(
        "/demo/gateway/messages", json=a_letter(clock, **changes), headers=SECRET
    )
    assert answered.status_code == 400


def test_the_gateway_serves_demo_shops_only(app: Flask, clock: Clock) -> None:
    shop = a_shop(is_demo=False)
    thank(shop, a_customer(shop), clock)
    key = rows(channel="own_phone")[0].provider_key
    letter = {"key": key, "to": "+821012345678", "text": "x", "at": clock().isoformat()}
    assert app.test_client().post("/demo/gateway/messages", json=letter, headers=SECRET).status_code == 404


def test_the_phone_shows_what_came_and_hurries_what_waits(
    town: Flask, clock: Clock, provider: Provider
) -> None:
    shop = a_shop()
    thank(shop, a_customer(shop), clock)
    link = a_phone_link(shop, clock)
    phone = Phone(town)
    page = phone.open(link)
    assert "아직 온 문자가 없어요" in page.words
    assert "김단골 님 · 감사 인사" in page.words
    phone.submit("지금 보내기")
    assert "지금 보내는 중" in phone.open(link).words
    _deliver_into(town, provider, clock)
    arrived = phone.open(link)
    assert "(광고)달빛커피" in arrived.words
    assert "010-••••-5678" in arrived.words
    assert "곧 올 문자" not in arrived.words
    assert arrived.soup.select_one(".bubble a")["href"].startswith("http://127.0.0.1:8000/o/")


def _deliver_into(town: Flask, provider: Provider, clock: Clock) -> None:
    """Let the carrier in the thread hand each letter to our own gateway."""

    def pass_on(handler: Any, letter: dict[str, Any]) -> None:
        with town.app_context():
            taken = town.test_client().post("/demo/gateway/messages", json=letter, headers=SECRET)
            db.session.remove()
        answer(handler, taken.status_code, taken.data)

    provider.script = [pass_on]
    deliver.drain(wire=town.config["WIRE"], clock=clock)
    db.session.rollback()


def test_hurrying_moves_the_time_and_nothing_else(town: Flask, clock: Clock, provider: Provider) -> None:
    clock.set(datetime(2026, 11, 23, 12, 30, tzinfo=UTC))  # half past nine in the evening
    shop = a_shop()
    thank(shop, a_customer(shop), clock)
    phone = Phone(town)
    link = a_phone_link(shop, clock)
    phone.open(link)
    phone.submit("지금 보내기")
    deliver.drain(wire=town.config["WIRE"], clock=clock)
    db.session.rollback()
    assert provider.accepted == []
    assert "밤(저녁 8시 50분~아침 8시)이라 아침에 보내요." in phone.open(link).words


def test_the_screen_answers_only_what_is_new(town: Flask, clock: Clock) -> None:
    shop = a_shop()
    thank(shop, a_customer(shop), clock)
    link = a_phone_link(shop, clock)
    client = town.test_client()
    page = client.get(f"{link}/screen", base_url="https://dangol.test")
    version = page.get_data(as_text=True).split("v=")[1].split('"')[0]
    assert client.get(f"{link}/screen?v={version}", base_url="https://dangol.test").status_code == 204


def test_only_a_demo_shops_phone_link_opens(town: Flask, clock: Clock) -> None:
    real = a_shop("진짜가게", is_demo=False)
    client = town.test_client()
    assert client.get(a_phone_link(real, clock), base_url="https://dangol.test").status_code == 404
    assert client.get("/demo/phone/nonsense", base_url="https://dangol.test").status_code == 404
    with write() as session:
        session.query(EntryLink).update({"kind": "owner"})


def test_another_shops_message_cannot_be_hurried(town: Flask, clock: Clock) -> None:
    mine, other = a_shop("내가게"), a_shop("옆가게")
    thank(other, a_customer(other), clock)
    thank(mine, a_customer(mine), clock)
    theirs = rows(shop_id=other, channel="demo_phone")[0]
    phone = Phone(town)
    phone.open(a_phone_link(mine, clock))
    phone.submit("지금 보내기", message=str(theirs.id), status=404)
    assert rows(shop_id=other, channel="demo_phone")[0].due_at > clock()


def test_every_link_of_a_letter_can_be_tapped(app: Flask, clock: Clock) -> None:
    shop, base = a_shop(), "https://dangol.test"
    text = f"(광고)달빛커피\n\n어떠셨어요?\n{base}/r/abc\n\n문의 02-123-4567\n무료수신거부 {base}/o/xyz"
    with write() as session:
        session.add(DemoPhoneMessage(shop_id=shop, key="k", to="+821012345678", text=text, at=clock()))
    page = Phone(app).open(a_phone_link(shop, clock))
    bubble = page.soup.select_one(".bubble")
    assert bubble is not None
    assert [link["href"] for link in bubble.select("a")] == [f"{base}/r/abc", f"{base}/o/xyz"]
    assert bubble.get_text() == text
