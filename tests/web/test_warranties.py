"""Warranties as their pages show them: hidden until switched on, from the package to the repair, without scripts."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import event

from app.customers.models import Customer
from app.extensions import db
from app.flows import repair, warranty, warranty_run
from app.jobs import tasks
from app.messages.models import Message
from app.shops.models import AccessLog
from app.warranties import queries, repairs
from tests import factories, paper
from tests import warranties as given
from tests.factories import ACustomer, AShop
from tests.flows.test_warranty_run import a_file
from tests.payloads import PAYLOADS, injected, packed
from tests.phone import Page, Phone
from tests.world import Clock


def row(phone: Phone, label: str) -> Page:
    """Follow the row that begins with these words."""
    assert phone.page is not None
    rows = [link for link in phone.page.soup.select("main .list a") if label in link.get_text(" ")]
    return phone.open(str(rows[0]["href"]))


def test_nothing_of_it_is_seen_until_it_is_switched_on(
    phone: Phone, owner_phone: Phone, shop: AShop, jiwoo: ACustomer
) -> None:
    assert "보증서" not in phone.holding(jiwoo).open(f"/c/{shop.code}").words
    assert "보증서" not in owner_phone.open(f"/owner/panel/{jiwoo.card_id}").words
    assert "보증서" not in owner_phone.open("/owner/messages").words
    more = owner_phone.open("/owner/more")
    assert more.soup.find("a", href="/owner/warranties") is None
    row(owner_phone, "디지털 보증서")
    assert owner_phone.submit("저장하기", is_on="y", notice_days="천", status=422).errors()
    kinds = owner_phone.submit("저장하기", is_on="y", notice_days="20")
    assert "먼저 종류를 하나 만들어 주세요" in kinds.words
    owner_phone.tap("보증서 종류 만들기")
    wrong = owner_phone.submit("저장하기", name="", months="0", covers="다리", status=422)
    assert (len(wrong.errors()), wrong.value("months")) == (3, "0")
    assert "원목 의자" in owner_phone.submit("저장하기", name="원목 의자", months="18").words
    assert "1년 6개월" in owner_phone.open("/owner/more/warranties/kinds").words
    assert "보증서" in phone.open(f"/c/{shop.code}").words
    assert "보증서를 드리면" in owner_phone.open("/owner/messages").words


def test_from_the_till_to_the_check_page(
    app: Flask, phone: Phone, owner_phone: Phone, shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    visit_id, _item, product_id = given.sold(shop, jiwoo)
    given.a_kind(shop, product=str(product_id), care="마른 천으로 닦아 주세요")
    owner_phone.open(f"/owner/people/{jiwoo.id}/purchases")
    owner_phone.submit("적기", amount="250000")
    owner_phone.tap("보증서 드리기")
    assert "보증서 한 장을 드렸어요" in owner_phone.submit("드리기").words
    phone.holding(jiwoo).open(f"/c/{shop.code}")
    row(phone, "보증서")
    mine = row(phone, "원목 의자")
    assert mine.h1 == "원목 의자 보증서"
    for told in (
        "1년 남았어요",
        "2027년 11월 23일(화)까지",
        "다리는 고쳐 드려요",
        "마른 천으로",
        "한지우 님",
    ):
        assert told in mine.words, told
    serial = mine.path.rsplit("/", 1)[1]
    body = phone.open(f"{mine.path}/pdf").answer.get_data()
    assert paper.sizes_of(body) == [(148.0, 210.0)]
    assert f"{serial[:4]}-{serial[4:]}" in paper.text_of(body)
    address = f"/w/{given.row(serial).check_ref}"
    assert len(paper.codes_of(body)) == 1
    stranger = Phone(app)
    seen = stranger.open(address)
    assert seen.h1 == "맞는 보증서예요"
    assert "한*우 님" in seen.words
    assert "한지우" not in seen.html
    clock.advance(days=400)
    assert stranger.open(address).h1 == "기간이 지난 보증서예요"
    warranty.take_back(shop_id=shop.id, staff_id=shop.owner_id, serial=serial, now=clock())
    assert stranger.open(address).h1 == "가게에서 거둔 보증서예요"
    assert "아직 보증서가 없어요" in phone.open(f"/c/{shop.code}/warranties").words
    assert visit_id


def test_whoever_guesses_learns_nothing(app: Flask, phone: Phone, shop: AShop, jiwoo: ACustomer) -> None:
    serial = given.issued(shop, jiwoo, given.a_kind(shop))
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *about: asked.append(about[2]))
    pages, questions = [], []
    for guess in (serial, "A" * 22, "a" * 22, "../x", "%00"[:1]):
        asked.clear()
        pages.append(phone.open(f"/w/{guess}", status=404).html)
        questions.append([each for each in asked if "warranties" in each])
    shown = {page.split("data-rendered")[0] + page.split("<main")[1] for page in pages[:3]}
    assert len(shown) == 1, "the serial is no key to the page either"
    assert len({len(each) for each in questions[:3]}) == 1


def test_a_package_on_two_phones(app: Flask, shop: AShop) -> None:
    secret = given.a_secret(shop, given.a_kind(shop))
    buyer, other = Phone(app), Phone(app)
    address = f"/s/{shop.code}/package/{secret}"
    before = db.session.scalar(db.select(db.func.count(Message.id)))
    buyer.open(address)
    other.open(address)
    assert db.session.scalar(db.select(db.func.count(Message.id))) == before, "looking claims nothing"
    certificate = buyer.submit("카드 받고 보증서 담기")
    assert certificate.h1 == "원목 의자 보증서"
    assert "이름과 번호를 남겨 두시면" in certificate.words
    late = other.submit("카드 받고 보증서 담기", status=409)
    assert "먼저 담으셨어요" in late.words
    assert buyer.open(address).path == certificate.path, "its holder is led to it"
    assert "담으셨어요" in other.open(address).words
    other.open(f"/s/{shop.code}/package/{'A' * 26}", status=404)


def test_it_is_handed_on_and_mended(
    app: Flask, phone: Phone, owner_phone: Phone, shop: AShop, jiwoo: ACustomer
) -> None:
    serial = given.issued(shop, jiwoo, given.a_kind(shop))
    phone.holding(jiwoo).open(f"/c/{shop.code}/warranties/{serial}")
    row(phone, "다른 분께 넘기기")
    field = phone.submit("넘길 링크 만들기").soup.select_one("#invite-link")
    assert field is not None
    link = str(field["value"]).removeprefix("https://dangol.test")
    friend = Phone(app)
    assert "한*우 님이" in friend.open(link).words
    no = friend.submit("받지 않을래요").words
    assert ("받지 않겠다고 하셨어요" in no, "이제 받을 수 없어요" in no) == (True, False)
    assert "사양하셔서 카드에 그대로 있어요" in phone.open(f"/c/{shop.code}/inbox").words
    phone.open(f"/c/{shop.code}/warranties/{serial}/offers")
    field = phone.submit("넘길 링크 만들기").soup.select_one("#invite-link")
    assert field is not None
    link = str(field["value"]).removeprefix("https://dangol.test")
    friend.open(link)
    assert "내가 만든 링크예요" in phone.open(link).words
    assert friend.submit("카드 받고 보증서 받기").h1 == "원목 의자 보증서"
    gone = phone.open(f"/c/{shop.code}/warranties/{serial}")  # where the shop's earlier words lead
    assert gone.h1 == "보증서" and "다른 분께 넘긴 보증서" in gone.words
    phone.open(f"/c/{shop.code}/warranties/{serial}/pdf", status=404)
    assert "넘겨 드렸어요" in phone.open(f"/c/{shop.code}/inbox").words
    friend.open(f"/c/{shop.code}/warranties/{serial}")
    friend.tap("AS 요청하기")
    assert friend.submit("AS 요청하기", text="", status=422).errors()
    thread = friend.submit("AS 요청하기", text="왼쪽 다리가 흔들려요")
    assert "AS를 요청했어요" in thread.words
    assert "AS 요청 1건" in owner_phone.open("/owner").words
    row(owner_phone, "AS 요청 1건")
    repair = row(owner_phone, "원목 의자")
    wrong = owner_phone.submit("손님께 알리기", state="refused", note="", status=422)
    assert "왜 해 드리지 못하는지" in wrong.words
    assert owner_phone.submit("손님께 알리기", state="ready", note="다리를 끼웠어요").path == repair.path
    assert "다 됐어요. 찾으러 와 주세요. 다리를 끼웠어요" in friend.open(thread.path).words
    assert "다 됐어요" in friend.open(f"/c/{shop.code}/warranties/{serial}").words
    assert "AS 요청 1건" not in owner_phone.open("/owner").words
    assert "AS: 원목 의자" in owner_phone.open(f"/owner/voices/{thread.path.rsplit('/', 1)[1]}").words
    looked = set(db.session.scalars(db.select(AccessLog.action).where(AccessLog.shop_id == shop.id)))
    assert "view" in looked


def test_the_camera_knows_a_certificate(
    owner_phone: Phone, app: Flask, shop: AShop, jiwoo: ACustomer
) -> None:
    kind_id = given.a_kind(shop)
    serial, secret = given.issued(shop, jiwoo, kind_id), given.a_secret(shop, kind_id)
    ref = given.row(serial).check_ref
    for code, found in (
        (f"https://dangol.test/w/{ref}", serial),
        (f"https://dangol.test/s/{shop.code}/package/{secret}", None),
    ):
        owner_phone.open("/owner/stamps")
        form = {"code": code, "how": "scan", "once": factories.once(), "csrf_token": owner_phone.token()}
        page = owner_phone.post("/owner/stamps", form)
        assert page.h1 == "원목 의자 보증서"
        assert found is None or page.path == f"/owner/warranties/{found}"
    clerk = Phone(app).signed_in(shop, factories.a_staff(shop))
    assert clerk.open(f"/owner/warranties/{serial}").h1 == "원목 의자 보증서"
    clerk.open("/owner/warranties", status=403)
    other = factories.a_shop("다른가게")
    stranger = Phone(app).signed_in(other, other.owner_id)
    stranger.open("/owner/stamps")
    form = {"code": f"https://dangol.test/w/{ref}", "how": "scan", "once": factories.once()}
    stranger.post("/owner/stamps", {**form, "csrf_token": stranger.token()}, status=404)


def test_a_sheet_is_printed_again_as_it_was(owner_phone: Phone, shop: AShop) -> None:
    given.a_kind(shop)
    owner_phone.open("/owner/warranties/packages")
    assert owner_phone.submit("QR 만들기", pieces="200", status=422).errors()
    kind = str(owner_phone.page.soup.select_one("input[name=kind]")["value"]) if owner_phone.page else ""
    page = owner_phone.submit("QR 만들기", kind=kind, pieces="30")
    assert len(page.soup.select(".paper")) == 2
    assert len(page.soup.select(".label")) == 30
    first, again = (owner_phone.open(f"{page.path}/pdf").answer.get_data() for _ in range(2))
    assert first == again
    assert paper.sizes_of(first) == [(210.0, 297.0)] * 2
    assert "30장" in owner_phone.open("/owner/warranties/packages").words


def test_what_somebody_has_and_spent_stands_on_their_page(
    owner_phone: Phone, shop: AShop, jiwoo: ACustomer
) -> None:
    given.sold(shop, jiwoo)
    given.sold(shop, jiwoo, pieces=2, channel="smartstore")
    serial = given.issued(shop, jiwoo, given.a_kind(shop))
    page = owner_phone.open(f"/owner/people/{jiwoo.id}")
    assert "모두 쓰신 돈" in page.words
    assert "750,000원" in page.words
    assert "스마트스토어 500,000원 · 가게에서 250,000원" in page.words
    assert f"보증서 {serial[:4]}-{serial[4:]}" in page.words


def test_every_text_of_it_is_shown_as_words(app: Flask, shop: AShop, jiwoo: ACustomer) -> None:
    owner, holder, friend = (
        Phone(app, look=False).signed_in(shop, shop.owner_id),
        Phone(app, look=False).holding(jiwoo),
        Phone(app, look=False),
    )
    for name, covers in zip(packed(60), (*packed(600), *packed(600)), strict=False):
        serial = given.issued(shop, jiwoo, given.a_kind(shop, name=name, covers=covers, care=covers))
        voice_id = given.asked(shop, jiwoo, serial, text=covers)
        [line] = [each for each in repairs.under_way(shop.id) if each.voice_id == voice_id]
        repair.step(
            shop_id=shop.id, staff_id=shop.owner_id, request_id=line.id, state="got", note=covers[:200],
            once=factories.once(), now=factories.now(),
        )  # fmt: skip
        customer = db.session.get(Customer, jiwoo.id)
        assert customer is not None
        customer.name = name[:20]
        db.session.commit()
        token = given.offered(shop, jiwoo, serial)
        ref = given.row(serial).check_ref
        number = owner.open("/owner/repairs").soup.select("ul.list a")[-1]["href"]
        for who, path in (
            (holder, f"/c/{shop.code}/warranties/{serial}"),
            (holder, f"/c/{shop.code}/voices/{voice_id}"),
            (holder, f"/w/{ref}"),
            (friend, f"/s/{shop.code}/handover/{token}"),
            (owner, f"/owner/warranties/{serial}"),
            (owner, f"/owner/warranties/{serial}/slip"),
            (owner, str(number)),
        ):
            page = who.open(path)
            assert injected(page.soup) == [], path
    for path in ("/owner/warranties", "/owner/more/warranties/kinds", "/owner/warranties/packages"):
        assert injected(owner.open(path).soup) == []
    assert len(PAYLOADS) >= 60


def test_many_are_given_while_the_owner_looks_on(
    owner_phone: Phone, shop: AShop, jiwoo: ACustomer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warranty_run, "MOST_AT_ONCE", 1)
    _visit, _item, product_id = given.sold(shop, jiwoo, pieces=2)
    given.a_kind(shop, product=str(product_id))
    owner_phone.open(f"/owner/people/{jiwoo.id}/warranties")
    page = owner_phone.submit("드리기")
    assert "2장 가운데 0장을 드렸어요" in page.words
    assert "드리고 있어요 0%" in owner_phone.open("/owner/warranties").words
    row(owner_phone, "원목 의자 2장")
    address = page.path
    assert "가운데 0장" in owner_phone.open(f"{address}/progress").words
    clock.advance(minutes=1)
    tasks.take_in_files()
    assert owner_phone.open(f"{address}/progress").answer.headers["HX-Refresh"] == "true"
    assert "보증서 2장을 드렸고" in owner_phone.open(address).words
    assert "모두 드렸어요" in owner_phone.open("/owner/warranties").words
    row(owner_phone, "보증서 설정")


def test_what_the_owner_gives_to_many_only_the_owner_stops(
    app: Flask, shop: AShop, jiwoo: ACustomer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warranty_run, "MOST_AT_ONCE", 1)
    import_id = a_file(shop)
    _visit, _item, product_id = given.sold(shop, jiwoo, pieces=2, import_id=import_id)
    begun = warranty_run.give_orders(
        shop_id=shop.id, staff_id=shop.owner_id, import_id=import_id, product_id=product_id,
        kind_id=given.a_kind(shop, product=str(product_id)), once=factories.once(), now=factories.now(),
    )  # fmt: skip
    address = f"/owner/warranties/runs/{begun.run_id}"
    manager = Phone(app).signed_in(shop, factories.a_staff(shop, role="manager"))
    assert "그만두기" not in manager.open(address).words
    manager.open(f"/owner/people/{jiwoo.id}/warranties")
    manager.post(f"{address}/removal", {"csrf_token": manager.token()}, status=404)
    assert db.session.scalar(db.text("SELECT state FROM warranty_runs")) == "going"


@pytest.mark.parametrize("path", ["/c/{code}/warranties", "/c/{code}/warranties/{serial}/offers"])
def test_another_holder_opens_nothing(app: Flask, shop: AShop, jiwoo: ACustomer, path: str) -> None:
    serial = given.issued(shop, jiwoo, given.a_kind(shop))
    stranger = Phone(app).holding(factories.a_customer(shop))
    page = stranger.open(path.format(code=shop.code, serial=serial), status=None)
    assert page.status == (404 if "offers" in path else 200)
    assert serial not in page.html
    assert queries.certificate(shop_id=shop.id, serial=serial) is not None


def test_the_card_page_asks_nothing_more_for_it(phone: Phone, shop: AShop, jiwoo: ACustomer) -> None:
    def questions() -> int:
        asked: list[str] = []

        def note(*about: object) -> None:
            asked.append(str(about[2]))

        event.listen(db.engine, "before_cursor_execute", note)
        phone.holding(jiwoo).open(f"/c/{shop.code}")
        event.remove(db.engine, "before_cursor_execute", note)
        return len(asked)

    before = questions()
    given.issued(shop, jiwoo, given.a_kind(shop))
    assert questions() == before
