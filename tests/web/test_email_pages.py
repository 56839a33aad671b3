"""E-mail on the pages: 내 정보, the confirming page, one click to refuse, the shop's own address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from app.customers.models import OptOutLink, Suppression
from app.extensions import db
from app.flows.unit import write
from app.shops.models import Shop
from tests import factories
from tests.factories import ACustomer, AShop
from tests.flows.mailing import a_mailing_shop, drain, mailed, token_of
from tests.messages.mail_server import Mailbox
from tests.payloads import packed
from tests.phone import Phone
from tests.security.full_shop import rows_of
from tests.world import Clock


@pytest.fixture
def mailbox(app: Flask, shop: AShop) -> Iterator[Mailbox]:
    with a_mailing_shop(app, shop) as server:
        yield server


def test_without_a_mail_server_nobody_is_asked(app: Flask, shop: AShop, jiwoo: ACustomer) -> None:
    page = Phone(app).holding(jiwoo).open(f"/c/{shop.code}/me")
    assert "이메일" not in page.words
    assert "이메일" not in Phone(app).open(f"/s/{shop.code}/privacy").words


def test_the_whole_way_from_the_form_to_the_first_mail(
    app: Flask, shop: AShop, jiwoo: ACustomer, mailbox: Mailbox
) -> None:
    phone = Phone(app).holding(jiwoo)
    page = phone.open(f"/c/{shop.code}/me")
    box = page.soup.find(id="ads_email")
    assert box is not None
    assert not box.has_attr("checked")  # never ticked for the person
    phone.submit("확인 메일 받기", email="jiwoo@home.test", ads_email=True)
    assert "메일의 주소를 누르면" in phone.open(f"/c/{shop.code}/me").words
    drain()
    (link,) = re.findall(r"https://dangol\.test(/s/\S+/email/\S+)", str(mailbox.taken[-1].get_content()))
    path = f"/s/{shop.code}/email/{token_of(jiwoo)}"
    assert link == path, "the mail itself says where"
    before = rows_of(shop.id)
    stranger = Phone(app)  # the mail is read on another browser
    assert "이 이메일로 소식을 받을까요?" in stranger.open(path).words
    assert rows_of(shop.id) == before  # looking burns nothing: mail scanners open every link
    done = stranger.submit("네, 제 이메일이에요")
    assert "이메일을 확인했어요" in done.words
    assert "jiwoo@" not in done.html  # the page tells nobody whose address it is
    assert "확인한 주소예요" in phone.open(f"/c/{shop.code}/me").words
    assert "jiwoo@home.test" in phone.open(f"/c/{shop.code}/me/text").html
    assert "ji•••@home.test" in (
        Phone(app).signed_in(shop, shop.owner_id).open(f"/owner/people/{jiwoo.id}").words
    )
    phone.open(f"/c/{shop.code}/me")
    phone.submit("이메일 지우기")
    assert "jiwoo@home.test" not in phone.open(f"/c/{shop.code}/me").html


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"email": "지우"}, "이메일 주소를 다시 확인해 주세요"),
        ({"email": ""}, "이메일 주소를 적어 주세요"),
        ({"email": "a@b.kr", "ads_email": "y"}, "‘맞춤 혜택’도 켜 주세요"),
    ],
)
def test_what_was_typed_stays(
    app: Flask, shop: AShop, mailbox: Mailbox, form: dict[str, str], sentence: str
) -> None:
    who = factories.a_customer(shop, name="박민호", phone=factories.a_number())
    phone = Phone(app).holding(who)
    phone.open(f"/c/{shop.code}/me")
    page = phone.submit("확인 메일 받기", email=form["email"], ads_email="ads_email" in form, status=422)
    assert sentence in page.words
    field, box = page.soup.find(id="email"), page.soup.find(id="ads_email")
    assert field is not None
    assert box is not None
    assert field["value"] == form["email"]
    assert box.has_attr("checked") == ("ads_email" in form)


def test_scripts_in_the_address_stay_words(
    app: Flask, shop: AShop, jiwoo: ACustomer, mailbox: Mailbox
) -> None:
    """S07: phone.py looks at every page and sees an element or a handler that slipped in."""
    phone = Phone(app).holding(jiwoo)
    phone.open(f"/c/{shop.code}/me")
    for typed in packed(254):
        page = phone.submit("확인 메일 받기", email=typed, status=422)
        assert page.value("email") == typed
        assert not page.soup.select("main script, main iframe, main [onload], main [onclick], main base")


def test_a_link_that_is_gone_says_what_to_do(app: Flask, shop: AShop, mailbox: Mailbox) -> None:
    page = Phone(app, look=False).open(f"/s/{shop.code}/email/1.2.3.4", status=410)
    assert "내 정보에서 확인 메일을 다시 받아 주세요" in page.words


def test_a_mail_program_refuses_with_one_click(
    app: Flask, shop: AShop, jiwoo: ACustomer, mailbox: Mailbox, clock: Clock
) -> None:
    """RFC 8058: no cookie, no Origin, nothing but the one word; and again, as programs do."""
    mailed(shop, jiwoo)
    factories.a_stamp(shop, jiwoo.card_id)
    clock.advance(hours=2)
    drain()
    link = str(mailbox.taken[-1]["List-Unsubscribe"]).strip("<>")
    path = link.removeprefix("https://dangol.test")
    assert "광고를 그만 받을까요?" in Phone(app).open(path).words
    assert db.session.query(Suppression).count() == 0
    client = app.test_client(use_cookies=False)
    for _ in range(2):
        answer = client.post(path, data={"List-Unsubscribe": "One-Click"}, base_url="https://dangol.test")
        assert answer.status_code == 200
    db.session.rollback()
    keys = set(db.session.scalars(db.select(Suppression.address_key)))
    row = db.session.query(OptOutLink).one()
    assert keys == {row.address_key, row.email_key}
    assert "이미 수신거부하셨어요" in Phone(app).open(path).words


def test_the_privacy_page_names_what_mail_needs(app: Flask, shop: AShop, mailbox: Mailbox) -> None:
    words = Phone(app).open(f"/s/{shop.code}/privacy").words
    for told in ("이메일 주소를 적은 경우", "이름이나 부르는 말, 이메일 주소", "이메일 발송 서버 운영자"):
        assert told in words


def test_the_shops_own_address(app: Flask, shop: AShop, owner_phone: Phone) -> None:
    owner_phone.open("/owner/more/contact")
    page = owner_phone.submit("저장하기", email="달빛", status=422)
    assert "이메일 주소를 다시 확인하거나 비워 두세요" in page.words
    owner_phone.submit("저장하기", email="Moon@Dal.test")
    assert factories.the_shop(shop).email == "moon@dal.test"


def test_what_an_ad_must_say_is_asked_for(
    app: Flask, shop: AShop, mailbox: Mailbox, owner_phone: Phone
) -> None:
    asked = "광고 이메일에는 주소가 꼭 들어가야 해요"
    assert asked not in owner_phone.open("/owner/messages").words
    with write() as session:
        session.get_one(Shop, shop.id).address = ""
    assert asked in owner_phone.open("/owner/messages").words
    app.config["WIRE"] = replace(app.config["WIRE"], smtp_url="")
    words = owner_phone.open("/owner/messages").words
    assert "이메일" not in words


def test_the_automation_page_shows_a_mail_as_it_would_arrive(
    app: Flask, shop: AShop, jiwoo: ACustomer, mailbox: Mailbox, owner_phone: Phone
) -> None:
    mailed(shop, jiwoo)
    factories.a_stamp(shop, jiwoo.card_id)
    words = owner_phone.open("/owner/messages/come_back").words
    assert "(광고) 봄날커피 안부 인사" in words
    assert "If you do not wish to receive these emails" in words
    assert "이메일 한 통이에요" in words
