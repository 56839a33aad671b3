"""확인할 적립: the owner's list of what was scanned without a network, and what the customer reads meanwhile."""

from __future__ import annotations

from flask import Flask

from app.cards import offline
from tests import factories
from tests.factories import ACustomer, AShop
from tests.flows.test_offline import a_scan, send
from tests.phone import Phone
from tests.world import Clock


def a_late_scan(clock: Clock, shop: AShop, who: ACustomer) -> None:
    """Scan without a network, and send it the day after tomorrow."""
    session_id = factories.a_session_id(factories.a_session(shop, shop.owner_id))
    scan = a_scan(session_id, shop, factories.a_code(who))
    clock.advance(hours=26)
    send(shop, scan)


def test_the_owner_stamps_what_came_late(
    app: Flask, clock: Clock, owner_phone: Phone, phone: Phone, shop: AShop, jiwoo: ACustomer
) -> None:
    phone.holding(jiwoo)
    assert "확인할 적립" not in owner_phone.open("/owner").words
    a_late_scan(clock, shop, jiwoo)
    card = phone.open(f"/c/{shop.code}")
    assert "도장 한 개를 가게에서 확인 중이에요." in card.words
    assert "인터넷이 끊겼을 때 찍은 도장" in owner_phone.open("/owner").words
    page = owner_phone.open("/owner/offline-stamps")
    assert "한지우 님" in page.words
    assert "하루가 지나서 들어왔어요" in page.words
    page = owner_phone.submit("도장 찍기")
    assert "도장을 찍었어요" in page.words
    assert "확인할 적립이 없어요" in page.words
    assert "확인 중" not in phone.open(f"/c/{shop.code}").words
    assert "인터넷 없이 QR을 찍어서" in phone.open(f"/c/{shop.code}/visits").words
    assert "확인할 적립" not in owner_phone.open("/owner").words


def test_the_owner_leaves_it_and_the_customer_reads_why(
    app: Flask, clock: Clock, owner_phone: Phone, phone: Phone, shop: AShop, jiwoo: ACustomer
) -> None:
    a_late_scan(clock, shop, jiwoo)
    owner_phone.open("/owner/offline-stamps")
    two = Phone(app).signed_in(shop, shop.owner_id)
    two.open("/owner/offline-stamps")
    assert "목록에서 뺐어요" in owner_phone.submit("찍지 않기").words
    assert "이미 찍지 않기로 한 도장이에요." in two.submit("도장 찍기", status=422).words
    phone.holding(jiwoo)
    told = "인터넷이 끊겼을 때 찍은 도장인데, 가게에서 확인하지 못했어요"
    assert told in phone.open(f"/c/{shop.code}/visits").words


def test_a_card_nobody_knows_can_only_be_left(app: Flask, owner_phone: Phone, shop: AShop) -> None:
    session_id = factories.a_session_id(factories.a_session(shop, shop.owner_id))
    send(shop, a_scan(session_id, shop, "D1.2222222222.AAAAAAAAAA"))
    page = owner_phone.open("/owner/offline-stamps")
    assert "알 수 없는 카드" in page.words
    assert "끝자리 2222" in page.words
    assert not [button for button in page.soup.find_all("button") if "도장 찍기" in button.text]
    assert "목록에서 뺐어요" in owner_phone.submit("찍지 않기").words


def test_what_is_no_scan_of_ours_is_refused(app: Flask, shop: AShop, jiwoo: ACustomer) -> None:
    phone = Phone(app, "https://127.0.0.1").signed_in(shop, shop.owner_id)
    given = phone.client.get("/owner/offline/key", base_url=phone.base_url, headers={"Sec-Fetch-Site": "same-origin"}).get_json()  # fmt: skip
    good = {"id": factories.once(), "session": given["session"], "text": factories.a_code(jiwoo), "at": 1, "mac": "0" * 64}  # fmt: skip
    wrong = [
        "text", {"scans": "text"}, {"scans": [1]}, {"scans": [good] * 51}, {"scans": [{**good, "id": "짧다"}]},
        {"scans": [{**good, "at": "now"}]}, {"scans": [{**good, "at": True}]}, {"scans": [{**good, "text": "\x00"}]},
        {"scans": [{**good, "session": 2**40}]}, {"scans": [{**good, "mac": ""}]},
    ]  # fmt: skip

    def sent(body: object, **headers: str) -> int:
        answer = phone.client.post(
            "/owner/offline-stamps",
            json=body,
            base_url=phone.base_url,
            headers={"Sec-Fetch-Site": "same-origin", "Referer": phone.base_url, **headers},
        )
        return answer.status_code

    token = {"X-CSRFToken": given["token"]}
    assert [sent(body, **token) for body in wrong] == [422] * len(wrong)
    assert sent({"scans": [good]}) == 400, "without the form's token"
    assert sent({"scans": [{**good, "at": 10**18}]}, **token) == 200
    assert [scan.reason for scan in offline.listed(shop.id)] == ["unsigned"]


def test_the_kept_page_shows_nobody(app: Flask, owner_phone: Phone, shop: AShop, jiwoo: ACustomer) -> None:
    """Not even what the last press said, which waits for the page that follows it."""
    owner_phone.open(f"/owner/people/{jiwoo.id}")
    owner_phone.submit("저장하기", name="한지우", follow=False, status=303)
    page = owner_phone.open("/owner/offline")
    assert [
        word for word in ("한지우", shop.name, "김사장", "csrf_token", "저장했어요") if word in page.html
    ] == []
    assert "저장했어요" in owner_phone.open("/owner/more").words
