"""A person's page: tags by chips, who comes along, what they said of themselves; and all of it in their own hands."""

from __future__ import annotations

import json
from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask

from app.customers.known_models import Companion, CustomerTag, NamePart
from app.customers.models import Consent
from app.extensions import db, files_dir
from app.flows import celebrations, photo, privacy, tags
from app.kit.clock import kst_day
from tests import factories
from tests.asks import a_jpeg
from tests.factories import ACustomer, AShop
from tests.phone import Page, Phone
from tests.world import Clock

pytestmark = pytest.mark.databases("sqlite", "postgres")


def a_tag(shop: AShop, who: ACustomer, name: str) -> None:
    """Put a tag on somebody."""
    tags.put_on(
        shop_id=shop.id, staff_id=shop.owner_id, customer_id=who.id, name=name, ip="", now=factories.now()
    )


def _companion(customer: ACustomer) -> Companion | None:
    db.session.rollback()
    return db.session.scalar(db.select(Companion).where(Companion.customer_id == customer.id))


def _files() -> int:
    return sum(path.is_file() for path in files_dir().rglob("*"))


def test_a_tag_is_put_on_once_and_taken_off(owner_phone: Phone, shop: AShop, jiwoo: ACustomer) -> None:
    owner_phone.open(f"/owner/people/{jiwoo.id}")
    for word in (" 창가  자리 ", "창가자리"):
        page = owner_phone.post(
            f"/owner/people/{jiwoo.id}/tags", {"tag": word, "csrf_token": owner_phone.token()}
        )
    assert page.words.count("창가 자리") == 1
    assert "태그 더 붙이기" in page.words
    tag_id = db.session.scalars(db.select(CustomerTag.tag_id)).one()
    page = owner_phone.post(
        f"/owner/people/{jiwoo.id}/tags/{tag_id}/removal", {"csrf_token": owner_phone.token()}
    )
    db.session.rollback()
    assert db.session.scalars(db.select(CustomerTag)).all() == []
    assert "창가 자리 태그 붙이기" in page.html, "the shop's word is offered again"


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("", "붙일 말을 적어 주세요"),
        ("가" * 21, "20자까지"),
        ("당뇨", "건강에 관한 말"),
        ("900101-1234567", "주민등록번호"),
    ],
)
def test_a_word_that_may_not_be_kept_stays_typed(
    owner_phone: Phone, jiwoo: ACustomer, word: str, sentence: str
) -> None:
    owner_phone.open(f"/owner/people/{jiwoo.id}")
    page = owner_phone.post(
        f"/owner/people/{jiwoo.id}/tags", {"tag": word, "csrf_token": owner_phone.token()}, htmx=True
    )
    assert sentence in page.words
    assert word in page.html
    assert db.session.scalars(db.select(CustomerTag)).all() == []


def test_a_tag_typed_beside_the_memo_is_saved_with_it(owner_phone: Phone, jiwoo: ACustomer) -> None:
    where = f"/owner/people/{jiwoo.id}"
    fields = {"name": "한지우", "likes": "", "memo": "둘째가 중학생", "tag": "당뇨"}
    owner_phone.open(where)
    page = owner_phone.post(where, {**fields, "csrf_token": owner_phone.token()}, status=422)
    assert "건강에 관한 말" in page.words
    assert ("둘째가 중학생" in page.html, 'value="당뇨"' in page.html) == (True, True)
    page = owner_phone.post(where, {**fields, "tag": "창가 자리", "csrf_token": owner_phone.token()})
    assert ("창가 자리 태그 떼기" in page.html, "둘째가 중학생" in page.words) == (True, True)
    assert 'hx-include="#new-tag"' in page.html, "the one large button sends it along"


def test_a_companion_is_called_as_it_is_called(
    app: Flask, shop: AShop, owner_phone: Phone, jiwoo: ACustomer, clock: Clock
) -> None:
    tomorrow = kst_day(factories.now())
    where = f"/owner/people/{jiwoo.id}/companions"
    owner_phone.open(where)
    typed = {
        "name": "콩이",
        "note": "푸들",
        "birth_month": str(tomorrow.month),
        "birth_day": "28",
        "csrf_token": owner_phone.token(),
    }
    page = owner_phone.post(where, typed, status=422)
    assert "동의하셨으면 골라 주세요" in page.words
    assert _companion(jiwoo) is None
    page = owner_phone.post(where, typed | {"days": "y", "photo": (BytesIO(a_jpeg()), "dog.jpg")})
    assert page.words.count("콩이") >= 1
    assert "콩이이" not in page.words
    kept = _companion(jiwoo)
    assert kept is not None
    assert owner_phone.open(f"{where}/{kept.id}/photo").answer.mimetype == "image/webp"
    photo.drop_orphans(now=factories.now() + timedelta(days=3))
    assert owner_phone.open(f"{where}/{kept.id}/photo").answer.mimetype == "image/webp", "it is somebody's"
    consent = db.session.scalar(
        db.select(Consent.action).where(Consent.customer_id == jiwoo.id, Consent.kind == "days")
    )
    assert consent == "grant"
    factories.a_stamp(shop, jiwoo.card_id)
    clock.advance(days=1)
    assert "한지우 님, 콩이도 잘 있죠?" in owner_phone.open(f"/owner/panel/{jiwoo.card_id}").words


def test_the_consent_stands_as_long_as_a_birthday_needs_it(
    shop: AShop, owner_phone: Phone, jiwoo: ACustomer
) -> None:
    where = f"/owner/people/{jiwoo.id}/companions"
    owner_phone.open(where)
    fields = {"name": "콩이", "birth_month": "3", "birth_day": "5", "birth_calendar": "lunar", "days": "y"}
    owner_phone.post(where, fields | {"csrf_token": owner_phone.token()})
    whose = {"shop_id": shop.id, "customer_id": jiwoo.id, "ip": "", "user_agent": "", "now": factories.now()}
    celebrations.save(**whose, typed={}, agrees=False, staff_id=shop.owner_id)
    said = (
        db.select(Consent.action)
        .where(Consent.customer_id == jiwoo.id, Consent.kind == "days")
        .order_by(Consent.id)
    )
    assert db.session.scalars(said).all() == ["grant"]
    celebrations.forget(**whose)
    assert db.session.scalars(said).all() == ["grant", "withdraw"]
    kept = _companion(jiwoo)
    assert kept is not None
    assert (kept.name, kept.birth_month) == ("콩이", None)


def test_leaving_takes_the_picture_and_every_word_along(
    app: Flask, shop: AShop, owner_phone: Phone, jiwoo: ACustomer
) -> None:
    a_tag(shop, jiwoo, "단체")
    where = f"/owner/people/{jiwoo.id}/companions"
    owner_phone.open(where)
    before = _files()
    owner_phone.post(
        where, {"name": "콩이", "csrf_token": owner_phone.token(), "photo": (BytesIO(a_jpeg()), "dog.jpg")}
    )
    assert _files() == before + 2
    mine = Phone(app).holding(jiwoo)
    words = mine.open(f"/c/{shop.code}/me").words
    assert ("콩이" in words, "단체" in words) == (True, True)
    text = mine.open(f"/c/{shop.code}/me/text").answer.get_data(as_text=True)
    told = json.loads(mine.open(f"/c/{shop.code}/me/download").answer.get_data(as_text=True))
    assert ("콩이" in text, "태그: 단체" in text) == (True, True)
    assert (told["tags"], told["companions"][0]["name"]) == (["단체"], "콩이")
    parts = db.select(NamePart.part).where(NamePart.customer_id == jiwoo.id)
    assert set(db.session.scalars(parts)) == {"한지우", "지우", "우", "ㅎㅈㅇ", "ㅈㅇ", "ㅇ"}
    privacy.erase(shop_id=shop.id, customer_id=jiwoo.id, now=factories.now())
    assert db.session.scalars(parts).all() == []
    assert _files() == before
    assert (_companion(jiwoo), db.session.scalars(db.select(CustomerTag)).all()) == (None, [])


def test_how_they_found_the_shop_is_theirs_or_the_shops_to_say(
    app: Flask, shop: AShop, owner_phone: Phone, jiwoo: ACustomer
) -> None:
    phone = Phone(app).holding(jiwoo)
    phone.open(f"/c/{shop.code}/me")
    page = phone.submit("알려 주기", found_by="friend")
    assert "소개받아서" in page.words
    assert "어떻게 알고 오셨어요" not in page.words, "it is asked once"
    assert "소개받아서" in owner_phone.open(f"/owner/people/{jiwoo.id}").words
    owner_phone.open(f"/owner/people/{jiwoo.id}/about")
    owner_phone.submit("저장하기", found_by="sns", gender="f")
    person = factories.a_person(jiwoo.id)
    assert (person.found_by, person.gender) == ("sns", "f")
    owner_phone.post(
        f"/owner/people/{jiwoo.id}/about",
        {"found_by": "x", "gender": "z", "csrf_token": owner_phone.token()},
        status=422,
    )


def test_everything_said_leads_to_its_own_thread(
    app: Flask, phone: Phone, owner_phone: Phone, shop: AShop, jiwoo: ACustomer
) -> None:
    for kind, text in (("complaint", "국이 식었어요"), ("question", "주차되나요?")):
        phone.holding(jiwoo).open(f"/c/{shop.code}/voices")
        phone.submit("사장님께 보내기", kind=kind, text=text)
    page = owner_phone.open(f"/owner/people/{jiwoo.id}")
    assert "국이 식었어요" in page.words, "a later question does not hide a complaint"
    assert (
        "국이 식었어요"
        in owner_phone.tap(next(link for link in _links(page) if "국이 식었어요" in link)).words
    )
    manager = Phone(app).signed_in(shop, factories.a_staff(shop, role="manager"))
    heard = manager.open(f"/owner/people/{jiwoo.id}").words
    assert "국이 식었어요" not in heard and "주차되나요?" in heard


def _links(page: Page) -> list[str]:
    return [" ".join(link.get_text(" ").split()) for link in page.soup.select("main .list a")]
