"""What stands around an event: its picture, what it asks for, who may know its group, how it is told, a name taken back."""

from __future__ import annotations

import io
from pathlib import Path

from flask import Flask

from app.extensions import db
from app.messages.campaign_models import Campaign
from app.messages.models import Message
from tests import factories
from tests.asks import a_jpeg
from tests.factories import ACustomer, AShop
from tests.flows.test_event import an_event, drawn, entered
from tests.flows.test_story import decided, sent
from tests.phone import Phone
from tests.world import Clock

_TEMPLATES = Path(__file__).parents[2] / "templates"


def test_an_event_with_a_picture_that_asks_for_a_photo(
    app: Flask, shop: AShop, owner_phone: Phone, jiwoo: ACustomer, phone: Phone
) -> None:
    owner_phone.open("/owner/events/new")
    facts = {
        "title": "겨울 사진전",
        "prize": "원두",
        "winners": "1",
        "last_day": "2026-11-30",
        "asks": "photo",
    }
    wrong = owner_phone.submit(
        "저장하고 미리 보기", status=422, **facts, photo=(io.BytesIO(b"<svg/>"), "a.svg", "image/svg+xml")
    )
    assert wrong.soup.select("#photo-error")
    page = owner_phone.submit("저장하고 미리 보기", photo=(io.BytesIO(a_jpeg()), "a.jpg", "image/jpeg"))
    number = page.path.rsplit("/", 1)[1]
    at, card = f"/s/{shop.code}/events/{number}", f"/c/{shop.code}/events/{number}"
    for room in ("", "/photo", "/picture"):
        phone.open(at + room, status=404)
    owner_phone.submit("이벤트 열기")
    assert "사진 올리고 참여하기" in phone.open(at).words
    assert phone.page.soup.select_one("meta[property='og:image']")["content"].endswith(f"{at}/picture")  # type: ignore[index]
    assert [phone.open(at + room).status for room in ("/photo", "/picture")] == [200, 200]

    holder = Phone(app).holding(jiwoo)
    holder.open(f"/c/{shop.code}")
    holder.tap("이벤트")
    holder.tap("겨울 사진전 원두 · 1명 참여 받는 중 · 11월 30일(월)까지")
    holder.tap("사진 올리기")
    assert "경품 응모" in holder.page.words
    back = holder.submit("가게에 보내기", sort="cook", photo=(io.BytesIO(a_jpeg()), "a.jpg", "image/jpeg"))
    assert back.path == card
    assert "내 추첨 번호" in holder.submit("참여하기").words
    owner_phone.open("/owner/more/board")
    kept = owner_phone.submit("저장하기", status=422, has_stories=None)
    assert "이벤트 ‘겨울 사진전’에 손님들이 사진을 올리고 참여하고 있어요" in kept.words


def test_a_photo_of_an_event_says_so_wherever_it_is_shown(
    app: Flask, shop: AShop, jiwoo: ACustomer, phone: Phone
) -> None:
    decided(shop, checks_first=False)
    story_id = sent(jiwoo, photos=0, link="https://www.instagram.com/p/Cxyz_12-a/")
    assert "경품 응모" not in phone.open(f"/s/{shop.code}/stories").words
    entered(jiwoo, an_event(shop, asks="photo", may_ask=("photo",)))
    for at in ("stories", f"stories/{story_id}"):
        assert "경품 응모" in phone.open(f"/s/{shop.code}/{at}").words


def test_an_event_for_a_group_of_the_owners_alone_is_not_a_managers(
    app: Flask, shop: AShop, owner_phone: Phone, clock: Clock
) -> None:
    names = {"complained": "불만이 있었던 손님"}
    event_id = an_event(shop, title="감사 잔치", group="complained", groups=names)
    manager = Phone(app).signed_in(shop, factories.a_staff(shop, role="manager"))
    clock.advance(days=7)
    assert "감사 잔치" not in manager.open("/owner").words + manager.open("/owner/events").words
    for room in ("", "/form", "/caption", "/square", "/photo"):
        manager.open(f"/owner/events/{event_id}{room}", status=404)
    manager.open("/owner/events/new")
    manager.post(f"/owner/events/{event_id}/draw", {"csrf_token": manager.token()}, status=404)
    owner_phone = Phone(app).signed_in(shop, shop.owner_id)
    assert "감사 잔치" in owner_phone.open("/owner").words
    assert "불만이 있었던 손님" in owner_phone.open(f"/owner/events/{event_id}").words


def test_it_is_told_by_a_draft_a_caption_and_a_link(
    app: Flask, shop: AShop, owner_phone: Phone, clock: Clock
) -> None:
    event_id = an_event(shop)
    at = f"/s/{shop.code}/events/{event_id}"
    page = owner_phone.open(f"/owner/events/{event_id}")
    assert page.soup.select_one("[data-share]")["data-share"].endswith(at)  # type: ignore[index]
    for _twice in range(2):
        owner_phone.open(f"/owner/events/{event_id}")
        text = owner_phone.submit("단체 문자로도 알리기").value("text")
    assert "여름 사진전" in text
    assert text.endswith(at)
    assert db.session.scalar(db.select(db.func.count(Campaign.id))) == 1
    assert db.session.scalar(db.select(db.func.count(Message.id))) == 0
    owner_phone.open(f"/owner/events/{event_id}")
    caption = owner_phone.tap("SNS에 올릴 글과 사진 인스타그램, 밴드, 블로그에 그대로 올려요")
    assert "수제청 한 병 · 2명" in caption.words
    assert owner_phone.open(f"/owner/events/{event_id}/square").status == 200
    clock.advance(days=8)
    owner_phone = Phone(app).signed_in(shop, shop.owner_id)
    assert "단체 문자로도" not in owner_phone.open(f"/owner/events/{event_id}").words
    owner_phone.open("/owner/events/new")
    owner_phone.post(f"/owner/events/{event_id}/campaign", {"csrf_token": owner_phone.token()}, status=410)


def test_a_name_is_taken_out_of_the_result_with_one_tap(
    app: Flask, shop: AShop, jiwoo: ACustomer, phone: Phone, clock: Clock
) -> None:
    event_id = an_event(shop, winners="1")
    ticket = entered(jiwoo, event_id)
    clock.advance(days=7)
    drawn(shop, event_id)
    at = f"/s/{shop.code}/events/{event_id}"
    assert "한*우 님" in phone.open(at).words
    proof = phone.open(f"{at}/draw.txt").html
    holder = Phone(app).holding(jiwoo)
    holder.open(f"/c/{shop.code}/me")
    holder.tap("여름 사진전 결과에 ‘한*우 님’으로 나와요. 이름을 뺄 수 있어요")
    assert "뽑히셨어요" in holder.page.words
    assert "이름을 뺐어요" in holder.submit("이름 빼기").words
    assert "이름 빼기" not in holder.open(f"/c/{shop.code}/events/{event_id}").words
    after = phone.open(at).words
    assert ("한*우" in after, ticket in after) == (False, True)
    assert phone.open(f"{at}/draw.txt").html == proof, "what is checked holds no name"
    assert "내 이름이 나오는 곳" not in holder.open(f"/c/{shop.code}/me").words


def test_every_page_with_a_share_button_loads_what_shares() -> None:
    for path in _TEMPLATES.rglob("*.html"):
        text = path.read_text()
        shares = "'data-share':" in text or "import pass_on" in text
        if shares and path.parent.name != "parts":
            assert "asset('js/share.js')" in text, path.name
