"""The print room: every sheet as a page and as a file, with the same words; cards for people without a phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest
from flask import Flask

from app.cards.models import Card, CardRule, Redemption
from app.customers.models import Customer
from app.extensions import db
from app.flows.unit import write
from app.kit import qr
from app.reviews.models import ReviewSetting
from app.web.owner.sheets import SHEETS
from tests import factories, paper
from tests.factories import ACustomer, AShop
from tests.phone import Page, Phone
from tests.world import Clock

VIA = {
    "poster": "poster",
    "poster-a5": "poster",
    "table": "table",
    "stickers": "sticker",
    "parcel": "parcel",
    "parcel-2": "parcel",
    "parcel-8": "parcel",
}
ROOT = Path(__file__).resolve().parents[2]
LONG = "우리 동네 아주 오래된 커피 볶는 집!"


def link_of(shop: AShop, sheet: str) -> str:
    """Return what a sheet's QR must say."""
    room = "/details" if VIA[sheet] == "parcel" else ""
    return f"https://dangol.test/s/{shop.code}{room}?via={VIA[sheet]}"


def path_of(page: Page, which: int = 0) -> str:
    """Return the path of the page's QR."""
    found = page.soup.select("symbol[id^=code] path")[which]
    return str(found["d"])


def both(phone: Phone, address: str) -> tuple[Page, bytes]:
    """Open a sheet as a page and fetch it as a file."""
    page = phone.open(address)
    return page, phone.open(f"{address}/pdf").answer.get_data()


def test_the_room_lists_what_can_be_printed(owner_phone: Phone) -> None:
    owner_phone.open("/owner/more")
    assert owner_phone.page is not None
    assert owner_phone.page.soup.find("a", href="/owner/print") is not None
    page = owner_phone.open("/owner/print")
    assert page.h1 == "인쇄하기"
    targets = [str(link["href"]) for link in page.soup.select("main .list a")]
    listed = [name for name, sheet in SHEETS.items() if not sheet.beside]
    assert targets == [*(f"/owner/print/{name}" for name in listed), "/owner/print/cards"]
    for target in targets:
        owner_phone.open(target)


@pytest.mark.parametrize("sheet", VIA)
def test_a_sheet_says_the_same_as_page_and_as_file(owner_phone: Phone, shop: AShop, sheet: str) -> None:
    page = owner_phone.open(f"/owner/print/{sheet}")
    answer = owner_phone.open(f"/owner/print/{sheet}/pdf").answer
    body = answer.get_data()
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("application/pdf", "no-store")
    name = unquote(answer.headers["Content-Disposition"])
    assert f"filename*=UTF-8''봄날커피 {SHEETS[sheet].title}.pdf" in name
    assert f'filename="dangol-{shop.code}-{sheet}.pdf"' in name
    assert page.h1 == f"{SHEETS[sheet].title} 인쇄하기"
    words = paper.text_of(body)
    for told in ("봄날커피", "도장 10개 모으면", "아메리카노 한 잔"):
        assert told in page.words
        assert told in words
    wide = {"poster-a5": (148.0, 210.0), "parcel-2": (297.0, 210.0), "parcel-8": (297.0, 210.0)}
    assert paper.sizes_of(body) == [wide.get(sheet, (210.0, 297.0))]
    assert len(body) < 120_000
    faces = {face.split("+")[-1]: inside for face, inside in paper.faces_of(body).items()}
    assert faces == {"Pretendard-Regular": True, "Pretendard-Bold": True}
    codes = paper.codes_of(body)
    if VIA[sheet] == "parcel":  # the second one is for who leaves a review or a photo
        codes, reviews = codes[::2], codes[1::2]
        assert all(code == qr.modules(f"{link_of(shop, sheet)}&for=review") for code in reviews)
    assert len(codes) == {"stickers": 24, "parcel": 4, "parcel-2": 2, "parcel-8": 8, "table": 2}.get(sheet, 1)
    assert all(code == qr.modules(link_of(shop, sheet)) for code in codes)
    assert path_of(page) == qr.drawing(link_of(shop, sheet))[1]
    assert "이 컴퓨터에서만 열려요" not in page.words


@pytest.mark.parametrize("sheet", VIA)
@pytest.mark.parametrize("case", ["long", "odd", "nothing"])
def test_a_sheet_holds_whatever_a_shop_is_called(
    owner_phone: Phone, shop: AShop, sheet: str, case: str, clock: Clock
) -> None:
    row = factories.the_shop(shop)
    if case == "long":
        row.name, row.story = LONG, "아주 긴 이야기예요. " * 50
    elif case == "odd":
        row.name, row.mark, row.story = (
            "茶☕",
            "☕",
            "<b>콩</b> & “볶음” {이름}\n\n둘째 줄 \U0001f468\u200d\U0001f373 %s",
        )
    else:
        db.session.execute(db.update(CardRule).where(CardRule.shop_id == shop.id).values(ended_at=clock()))
    if case == "long":
        db.session.execute(
            db.update(CardRule)
            .where(CardRule.shop_id == shop.id)
            .values(reward_name="수제 딸기 생크림 케이크 한 조각")
        )
    db.session.commit()
    page, body = both(owner_phone, f"/owner/print/{sheet}")
    words = paper.text_of(body)
    assert len(paper.sizes_of(body)) == 1
    if case == "long":
        assert LONG in page.words
        assert LONG.replace(" ", "") in words.replace(" ", "").replace("\n", "")
    if case == "odd":
        assert "PDF에는 ‘茶☕" in page.words
        assert page.soup.select_one(".paper b:-soup-contains('콩')") is None
        if VIA[sheet] == "parcel":
            assert "<b>콩</b> & “볶음” {이름}" in page.words
            assert "<b>콩</b> & “볶음” {이름}" in " ".join(words.split())
            assert "둘째" not in page.words + words
    if case == "nothing":
        assert "모으면" not in page.words + words
        assert "아메리카노" not in page.words + words


def test_the_parcel_note_asks_for_a_review_and_names_the_hashtag(
    owner_phone: Phone, shop: AShop, clock: Clock
) -> None:
    page, body = both(owner_phone, "/owner/print/parcel")
    for told in (page.words, paper.text_of(body)):
        assert "후기도 남겨 주세요" in told
        assert "#" not in told
    with write() as session:
        session.add(ReviewSetting(shop_id=shop.id, hashtag="봄날커피", changed_at=clock()))
    page, body = both(owner_phone, "/owner/print/parcel")
    for told in (page.words, paper.text_of(body)):
        assert told.count("#봄날커피를 붙여 주세요") == 4


def test_a_sheet_we_do_not_have(owner_phone: Phone) -> None:
    for path in ("banner", "banner/pdf", "cards/AAAA", "cards/AAAA/pdf", "poster.html"):
        owner_phone.open(f"/owner/print/{path}", status=404)


def test_the_sheets_of_a_shop_in_its_own_network_carry_the_address_of_that_network(
    shop: AShop, make_app: Callable[..., Flask]
) -> None:
    lan = "https://192.168.0.7:8000"
    phone = Phone(make_app(PUBLIC_URL="", TLS="1", REACH_URL=lan), lan).signed_in(shop, shop.owner_id)
    page, body = both(phone, "/owner/print/poster")
    assert f"{lan}/s/{shop.code}" in page.words
    assert f"{lan}/s/{shop.code}" in paper.text_of(body)
    assert "이 컴퓨터에서만 열려요" not in page.words
    page = phone.open("/owner")
    assert page.soup.find("a", href=f"{lan}/s/{shop.code}") is not None
    local = "http://127.0.0.1:8000"
    here = Phone(make_app(PUBLIC_URL=""), local).signed_in(shop, shop.owner_id)
    for sheet in SHEETS:
        assert "이 컴퓨터에서만 열려요" in here.open(f"/owner/print/{sheet}").words
    here.open("/owner/print/cards")
    assert "이 컴퓨터에서만 열려요" in here.submit("새 종이 카드 만들기").words


@pytest.mark.parametrize("sheet", VIA)
def test_who_comes_by_a_sheet_is_remembered_so(app: Flask, shop: AShop, sheet: str) -> None:
    phone = Phone(app)
    page = phone.open(link_of(shop, sheet))
    if VIA[sheet] == "parcel":
        page = phone.submit("카드 받기", status=422, name="한지우", phone="전화", age14=True, required=True)
        page = phone.submit("카드 받기", phone="010-2345-0001")
    else:
        page = phone.submit("카드 받기")
    assert page.path == f"/c/{shop.code}"
    assert db.session.scalar(db.select(Customer.source)) == VIA[sheet]


def test_a_parcels_code_leads_a_holder_to_the_card(app: Flask, shop: AShop, minho: ACustomer) -> None:
    phone = Phone(app).holding(minho)
    assert phone.open(link_of(shop, "parcel")).path == f"/c/{shop.code}"
    assert phone.open(f"/s/{shop.code}/details").path == f"/c/{shop.code}/details"
    assert phone.open(f"{link_of(shop, 'parcel')}&for=review").path == f"/c/{shop.code}/reviews"


def test_the_shop_thanks_in_its_own_words_and_says_where_else_it_is(owner_phone: Phone, shop: AShop) -> None:
    owner_phone.open("/owner/print/parcel")
    owner_phone.tap("고맙다는 말 바꾸기 주문해 주셔서 고맙습니다")
    wrong = owner_phone.submit("저장하기", status=422, thanks="가" * 41)
    assert wrong.value("thanks") == "가" * 41
    owner_phone.submit("저장하기", thanks="먼 길 온 커피, 맛있게 드세요")
    owner_phone.open("/owner/more/links")
    wrong = owner_phone.submit("저장하기", status=422, instagram="https://evil.test/bomnal")
    assert wrong.value("instagram") == "https://evil.test/bomnal"
    owner_phone.submit("저장하기", instagram="@bomnal_coffee")
    for sheet in ("parcel", "parcel-2", "parcel-8"):
        page, body = both(owner_phone, f"/owner/print/{sheet}")
        for told in ("먼 길 온 커피, 맛있게 드세요", "@bomnal_coffee"):
            assert told in page.words
            assert told in paper.text_of(body)
    owner_phone.open("/owner/print/parcel/words")
    owner_phone.submit("저장하기", thanks="")
    assert "주문해 주셔서 고맙습니다" in owner_phone.open("/owner/print/parcel").words


def test_no_class_on_paper_is_dressed_as_something_on_the_screen(owner_phone: Phone) -> None:
    """A card's surface or shadow of the same name would be printed, black where the screen is dark."""
    owner_phone.open("/owner/print/cards")
    owner_phone.submit("새 종이 카드 만들기", count="1")
    sheets = [owner_phone.page, *(owner_phone.open(f"/owner/print/{sheet}") for sheet in VIA)]
    on_paper = {
        name
        for page in sheets
        if page is not None
        for tag in page.soup.select(".paper *[class]")
        for name in tag["class"]
    }
    styles = [
        each
        for each in sorted((ROOT / "static" / "css").rglob("*.css"))
        if each.name not in ("print.css", "kiosk.css")
    ]
    selectors = " ".join(each.read_text() for each in styles)
    on_screen = set(re.findall(r"(?:^|[{},;])\s*\.([a-z-]+)", selectors, re.MULTILINE))
    assert {"ending", "pocket"} <= on_paper
    assert {"review", "wallet", "asks"} <= on_screen
    # The 도장 is the same everywhere, and sr is seen nowhere.
    assert on_paper & on_screen <= {"seal", "sr"}


# --- cards on paper ----------------------------------------------------------------------------------


def test_new_cards_are_printed_and_stamped(owner_phone: Phone, shop: AShop) -> None:
    owner_phone.open("/owner/print/cards")
    page = owner_phone.submit("새 종이 카드 만들기", count="10")
    assert page.h1 == "종이 카드 인쇄하기"
    body = owner_phone.open(f"{page.path}/pdf").answer.get_data()
    words = paper.text_of(body)
    assert len(paper.codes_of(body)) == len(page.soup.select(".pocket")) == 10
    assert paper.sizes_of(body) == [(210.0, 297.0)]
    for spoken in db.session.scalars(db.select(Card.spoken).where(Card.shop_id == shop.id)):
        assert spoken in page.words
        assert spoken in words
    for told in ("적립은 이 카드로, 혜택을 쓸 때는 직원이 확인해요", "도장 10개 모으면 아메리카노 한 잔"):
        assert told in page.words
        assert told in " ".join(words.split())
    owner_phone.open("/owner/stamps")
    card = db.session.scalars(db.select(Card).where(Card.shop_id == shop.id).order_by(Card.id)).first()
    assert card is not None
    code = factories.a_printed_code(ACustomer(card.customer_id, card.id, shop.id, ""))
    assert path_of(page) == qr.drawing(code, worn=True)[1]
    token = owner_phone.token()
    form = {"code": code, "how": "scan", "once": factories.once(), "csrf_token": token}
    page = owner_phone.post("/owner/stamps", form)
    assert "처음 오신 분" in page.words
    assert "종이 카드" in owner_phone.open(f"/owner/people/{card.customer_id}").words


def test_pressing_twice_makes_one_sheet_and_a_wrong_count_stays_typed(
    owner_phone: Phone, shop: AShop
) -> None:
    page = owner_phone.open("/owner/print/cards")
    form = {"count": "2", "once": page.value("once"), "csrf_token": owner_phone.token()}
    first = owner_phone.post("/owner/print/cards", form)
    assert owner_phone.post("/owner/print/cards", form).path == first.path
    assert db.session.scalar(db.select(db.func.count(Card.id)).where(Card.shop_id == shop.id)) == 2
    owner_phone.open("/owner/print/cards")
    page = owner_phone.submit("새 종이 카드 만들기", status=422, count="11")
    assert page.value("count") == "11"
    assert any("10장까지" in error for error in page.errors())


def test_a_persons_card_is_printed_and_made_anew_when_lost(
    owner_phone: Phone, shop: AShop, jiwoo: ACustomer
) -> None:
    owner_phone.open(f"/owner/people/{jiwoo.id}")
    page = owner_phone.open(f"/owner/people/{jiwoo.id}/printed-card")
    owner_phone.open(f"{page.path}/pdf", status=404)
    assert factories.a_card(jiwoo.card_id).print_version == 0, "looking prints nothing"
    owner_phone.open(page.path)
    page = owner_phone.submit("종이 카드 만들기")
    assert page.h1 == "종이 카드 인쇄하기"
    assert "한지우" not in "".join(tag.get_text() for tag in page.soup.select(".paper")), (
        "a lost card names nobody"
    )
    old = path_of(page)
    assert path_of(owner_phone.open(page.path)) == old
    page = owner_phone.submit("잃어버렸어요, 새로 만들기")
    assert "예전 종이 카드로는 이제 도장을 찍을 수 없어요" in page.words
    assert path_of(page) != old
    body = owner_phone.open(f"{page.path}/pdf").answer.get_data()
    assert factories.a_card(jiwoo.card_id).spoken in paper.text_of(body)


def test_a_scan_of_old_paper_says_what_to_do(owner_phone: Phone, minho: ACustomer) -> None:
    old = factories.a_printed_code(minho)
    factories.a_printed_code(minho, seen=1)
    owner_phone.open("/owner/stamps")
    form = {"code": old, "how": "scan", "once": factories.once(), "csrf_token": owner_phone.token()}
    page = owner_phone.post("/owner/stamps", form, status=409)
    assert "새로 만들어서 이제 쓰지 않는 종이 카드예요" in page.words


def test_a_reward_is_never_used_on_the_word_of_paper(owner_phone: Phone, shop: AShop, clock: Clock) -> None:
    holder, reward_id = factories.a_reward(shop)
    code = factories.a_printed_code(holder)
    clock.set(clock() + timedelta(days=1))
    owner_phone.open("/owner/stamps")
    form = {"code": code, "how": "scan", "once": factories.once(), "csrf_token": owner_phone.token()}
    page = owner_phone.post("/owner/stamps", form)
    assert "쓰기 전에 누구 카드인지 확인해요" in page.words
    owner_phone.submit("확인했어요", check="paper")
    owner_phone.submit("사용하기")
    how = db.session.scalar(db.select(Redemption.how).where(Redemption.reward_id == reward_id))
    assert how == "staff_check"


def test_staff_print_new_cards_and_see_nobody(
    app: Flask, shop: AShop, other_shop: AShop, jiwoo: ACustomer, owner_phone: Phone
) -> None:
    staff = Phone(app).signed_in(shop, factories.a_staff(shop))
    staff.open("/owner/print/cards")
    sheet = staff.submit("새 종이 카드 만들기").path
    staff.open(f"/owner/people/{jiwoo.id}/printed-card", status=403)
    neighbour = Phone(app).signed_in(other_shop, other_shop.owner_id)
    neighbour.open("/owner/print/cards")
    token = neighbour.token()
    for path in (sheet, f"{sheet}/pdf", f"/owner/people/{jiwoo.id}/printed-card"):
        neighbour.open(path, status=404)
    neighbour.post(f"/owner/people/{jiwoo.id}/printed-card", {"seen": "0", "csrf_token": token}, status=404)
    assert factories.a_card(jiwoo.card_id).print_version == 0
