"""더보기 and what to do now: every place is named once and found by a word, no page is an island, no day is a wall."""

from __future__ import annotations

import html
import re
from collections import Counter
from urllib.parse import urlsplit

import pytest
from flask import Flask
from werkzeug.exceptions import MethodNotAllowed
from werkzeug.routing import MapAdapter

from tests import factories
from tests.factories import AShop
from tests.phone import Page, Phone
from tests.security.full_shop import FullShop
from tests.security.kept import full_shops

_LEADS = re.compile(r'(?:href|action|hx-get|src)="(/owner[^"#]*)"')
_FILES = ("/pdf", "/photo", "/picture", ".svg", ".csv")
# What no link of a signed-in owner leads to, and why.
_ELSEWHERE = {
    "owner.counter_codes_ahead": "a script asks for it",
    "owner.offline_key": "a script asks for it",
    "owner.flow_most": "a part of a page, where there is more of it",
    "owner.group_count": "a part of a page, when a part was chosen",
    "owner.same_names": "where two people have one name",
    "owner.offline_counter": "the page that opens without a network",
    "owner.looks": "what a panel asks for",
    "owner.login_second": "after the password",
    "owner.proof": "when something wants to know once more who this is",
    "owner.turn": "at a shared device",
    "owner.unshare_device": "at a shared device",
}


@pytest.fixture
def full(app: Flask) -> FullShop:
    """A shop that uses everything."""
    return full_shops("가온", is_demo=True)[0]


def rows(page: Page) -> list[tuple[str, str]]:
    """Return (name, address) of every row of 더보기."""
    links = page.soup.select("#places .list a")
    names = [link.select_one(".two > span") for link in links]
    return [(name.get_text(), str(link["href"])) for name, link in zip(names, links, strict=True) if name]


@pytest.mark.parametrize("role", ["owner", "manager", "staff", "shared manager"])
def test_what_is_shown_opens_and_is_named_once(app: Flask, full: FullShop, role: str) -> None:
    shop, phone = full.shop, Phone(app, look=False)
    person = shop.owner_id if role == "owner" else factories.a_staff(shop, name="지원", role=role.split()[-1])
    if role == "shared manager":
        factories.a_pin(shop, person, "4719")
        phone.keep("staff", factories.a_shared_device(shop)[0])
        phone.open("/owner/turn")
        phone.tap("지원 님")
        phone.submit("확인", pin="4719")
    else:
        phone.signed_in(shop, person)
    shown = rows(phone.open("/owner/more"))
    page = phone.page
    assert page is not None and all(
        link.select_one("svg.lead > *") for link in page.soup.select("#places .list a")
    )
    assert len(shown) > (35 if role == "owner" else 3)
    for doubled in (Counter(name for name, _ in shown), Counter(address for _, address in shown)):
        assert doubled.most_common(1)[0][1] == 1
    for _, address in shown:
        phone.open(address)
    found = {
        address
        for typed in ("기", "이", "보", "손님")
        for _, address in rows(phone.open(f"/owner/more?q={typed}"))
    }
    for address in found - {address for _, address in shown}:
        phone.open(address)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("쉬는날", "쉬는 날"),
        ("ㅅㄴㄴ", "쉬는 날"),
        ("비번", "아이디와 비밀번호"),
        ("휴무", "쉬는 날"),
        ("스마트 스토어", "주문·명단 가져오기"),
        ("문자 비용", "문자 값"),
        ("qr 라벨", ""),
    ],
)
def test_a_word_finds_its_place(owner_phone: Phone, typed: str, name: str) -> None:
    page = owner_phone.open(f"/owner/more?q={typed}")
    assert page.value("q") == typed
    shown = [each for each, _ in rows(page)]
    assert (name in shown) if name else ("맞는 곳이 없어요" in page.words)  # no warranties here, so no labels
    piece = owner_phone.open(f"/owner/more/places?q={typed}").html
    assert "<html" not in piece and all(each in piece for each in shown)


def test_nobody_finds_what_is_not_theirs(app: Flask, shop: AShop) -> None:
    helper = Phone(app).signed_in(shop, factories.a_staff(shop))
    for typed in ("바뀐", "직원", "문자 값", "명단"):
        assert "맞는 곳이 없어요" in helper.open(f"/owner/more?q={typed}").words
    assert "아이디와 비밀번호" in helper.open("/owner/more?q=로그인").words


def test_a_busy_day_begins_with_who_waits_hardest(app: Flask, full: FullShop) -> None:
    page = Phone(app, look=False).signed_in(full.shop, full.shop.owner_id).open("/owner")
    first = [row.get_text() for row in page.soup.select("[aria-label='할 일'] .two > span:first-child")]
    rest = page.soup.select("details.room [aria-label='나머지 할 일'] a")
    assert len(first) == 5 and len(rest) > 1, "a day in which everything waits is no wall"
    assert first[0] == "손님 말씀"
    known = ("손님 말씀", "신고된", "AS 요청", "확인할 적립", "종이 카드", "오늘 보낼 말", "질문")
    assert [
        next(place for place, word in enumerate(known) if row.startswith(word)) for row in first
    ] == sorted(next(place for place, word in enumerate(known) if row.startswith(word)) for row in first)
    assert not [row for row in first if "저절로" in row], "what goes by itself is nothing to do"


def test_no_page_of_the_owner_is_an_island(app: Flask, full: FullShop) -> None:
    phone, at = Phone(app, look=False).signed_in(full.shop, full.shop.owner_id), app.url_map.bind("localhost")
    todo = ["/owner", "/owner/more", "/owner/more?q=사진", "/owner/print/parcel"]
    seen, opened = set[str](), set[str]()
    while todo:
        answer = phone.client.get(todo.pop(), base_url=phone.base_url)
        for address in _LEADS.findall(answer.data.decode("utf-8", "replace")):
            path = html.unescape(address)
            endpoint = _page(at, path)
            seen.add(endpoint)
            if endpoint and endpoint not in opened and not path.endswith(_FILES):
                opened.add(endpoint)
                todo.append(path)
    pages = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("owner.") and "GET" in (rule.methods or ()) and not rule.arguments
    }
    assert pages - seen <= set(_ELSEWHERE)


def _page(at: MapAdapter, address: str) -> str:
    """Return the page at an address, "" where something is only sent to."""
    try:
        return str(at.match(urlsplit(address).path)[0])
    except MethodNotAllowed:
        return ""
