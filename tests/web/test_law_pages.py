"""The pages about consent: raising a notice, refusals, evidence, what may be sent, the second year's question."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime

import pytest
from flask import Flask

from app.customers import texts
from app.customers.models import Consent, Suppression
from app.extensions import db
from app.flows import privacy, reconsent
from app.messages.models import Message
from tests import factories
from tests.factories import ACustomer, AShop
from tests.flows.test_merge import join_two
from tests.phone import Phone
from tests.world import Clock


def asked_again(shop: AShop, clock: Clock) -> str:
    """Two years later: return the address of the page behind the notice."""
    clock.set(datetime(2028, 10, 24, 1, tzinfo=UTC))
    reconsent.see_to(shop_id=shop.id, now=factories.now())
    facts = db.session.scalars(db.select(Message.facts).where(Message.kind == "reconsent")).first()
    assert facts is not None
    db.session.rollback()
    return f"/o/{facts['token']}"


def count(table: type) -> int:
    """Return how many rows there are."""
    db.session.rollback()
    return int(db.session.scalar(db.select(db.func.count(table.id))) or 0)  # type: ignore[attr-defined]


def test_the_lint_offers_its_way_out_by_one_tap(owner_phone: Phone, shop: AShop) -> None:
    owner_phone.open("/owner/messages/reward_ready")
    page = owner_phone.submit("저장하기", text="도장을 다 모으셨어요. 지금 오시면 쿠폰도 드려요.", status=422)
    assert "홍보하는 말(‘쿠폰’)" in page.words
    assert "이 글은 광고로 보내야 해요." in page.words
    page = owner_phone.submit("광고로 바꾸고 저장하기")
    assert page.h1 == "다 채운 카드 안내"
    assert page.value("text").endswith("쿠폰도 드려요.")
    assert "저장했어요. 이제 광고로 보내요" in page.words
    assert "동의하지 않은 손님께는 카드에만 남아요" in page.words
    page = owner_phone.submit("바꾸기", as_ad=None, status=422)
    assert "글을 먼저 고쳐 주세요" in page.words
    changes = owner_phone.open("/owner/more/changes").words
    assert "다 채운 카드 안내를 광고로 보내기로 했어요" in changes
    assert "광고로 보내기" not in owner_phone.open("/owner/messages/thank_you").words


def test_a_carriers_list_is_shown_before_it_acts(owner_phone: Phone, shop: AShop, jiwoo: ACustomer) -> None:
    owner_phone.open("/owner/messages")
    owner_phone.tap("수신거부 넣기 080 수신거부 목록을 넣어요")
    page = owner_phone.submit("몇 명인지 보기", list="  ", status=422)
    assert "휴대폰 번호를 찾지 못했어요" in page.words
    page = owner_phone.submit("몇 명인지 보기", list="010-2345-6789\n010-1111-2222\n가나다")
    assert page.h1 == "이렇게 넣을까요?"
    assert "우리 손님" in page.words
    assert "줄이 1줄 있어요" in page.words
    assert count(Suppression) == 0
    page = owner_phone.submit("광고 막기")
    assert "번호 2개를 넣었어요" in page.words
    assert count(Suppression) == 2


def test_a_file_as_carriers_sites_save_it(app: Flask, owner_phone: Phone, shop: AShop) -> None:
    owner_phone.open("/owner/messages/refusals")
    assert owner_phone.page is not None
    token = owner_phone.page.value("csrf_token")
    answer = owner_phone.client.post(
        "/owner/messages/refusals",
        base_url=owner_phone.base_url,
        headers={"Sec-Fetch-Site": "same-origin"},
        data={
            "csrf_token": token,
            "list": "",
            "file": (io.BytesIO("전화번호,수신거부일\n010-1111-2222,오늘".encode("cp949")), "거부.csv"),
        },
    )
    assert answer.status_code == 200
    assert "이렇게 넣을까요?" in answer.get_data(as_text=True)


def test_said_at_the_counter_and_on_the_persons_page(
    app: Flask, owner_phone: Phone, shop: AShop, jiwoo: ACustomer
) -> None:
    clerk = Phone(app).signed_in(shop, factories.a_staff(shop))
    clerk.open(f"/owner/panel/{jiwoo.card_id}")
    page = clerk.submit("광고 그만 보내기")
    assert page.path == f"/owner/panel/{jiwoo.card_id}"
    assert "이제 광고를 보내지 않아요" in page.words
    assert "광고 그만 보내기" not in page.words
    assert "광고 그만 보내기" not in owner_phone.open(f"/owner/people/{jiwoo.id}").words
    sure = owner_phone.open(f"/owner/people/{jiwoo.id}/sending").words
    assert "광고 · 문자 안 돼요 수신거부한 손님이에요." in sure
    assert "안내 · 문자 돼요" in sure


def test_the_owner_reads_why_and_when(owner_phone: Phone, jiwoo: ACustomer, clock: Clock) -> None:
    page = owner_phone.open(f"/owner/people/{jiwoo.id}/sending")
    assert "광고 · 문자 돼요 지금 보내도 돼요." in page.words
    assert "지난 30일에 보낸 광고는 없어요" in page.words
    assert "감사 인사" in page.words
    clock.set(datetime(2026, 11, 23, 13, tzinfo=UTC))  # ten in the evening
    page = owner_phone.open(f"/owner/people/{jiwoo.id}/sending")
    assert "안내 · 문자 기다려요 11월 24일(화) 오전 8:00부터 돼요." in page.words


def test_evidence_shows_the_very_words_and_prints(owner_phone: Phone, shop: AShop, jiwoo: ACustomer) -> None:
    privacy.change_consent(
        shop_id=shop.id, customer_id=jiwoo.id, kind="ads", grant=False, ip="203.0.113.7", user_agent="T",
        master=factories.master(), now=factories.now(),
    )  # fmt: skip
    owner_phone.open(f"/owner/people/{jiwoo.id}")
    page = owner_phone.tap("동의 기록 언제 어디서 무엇에 동의했는지")
    assert "광고 문자 · 동의를 거뒀어요 2026년 11월 23일 오후 2:49:00 카드의 내 정보에서" in page.words
    assert "처리 결과를 알렸어요: 카드 편지함" in page.words
    assert "적어 주신 번호로 홍보를 위한 연락을 드리는 데 쓰여요" in page.words
    paper = owner_phone.tap("한 장으로 보기")
    assert paper.h1 == "동의 확인서"
    assert "010-2345-6789" in paper.words
    assert texts.text_hash(texts.CONSENT_TEXTS["ads"]) in paper.words
    assert "203.0.113.7" in paper.words


def test_what_was_said_on_a_card_that_went_into_theirs_stays_provable(
    owner_phone: Phone, shop: AShop, jiwoo: ACustomer
) -> None:
    twin = factories.a_customer(shop, name="지우", phone="010-5555-0001")
    join_two(shop, jiwoo, twin)
    page = owner_phone.open(f"/owner/people/{jiwoo.id}/consents")
    assert page.words.count("합치기 전 카드에서") == 5
    assert "(합치기 전 카드)" in owner_phone.open(f"/owner/people/{jiwoo.id}/consents/sheet").words


@pytest.mark.parametrize("page", ["consents", "consents/sheet", "sending"])
def test_another_shops_person_has_no_such_page(
    app: Flask, other_shop: AShop, jiwoo: ACustomer, page: str
) -> None:
    Phone(app).signed_in(other_shop, other_shop.owner_id).open(f"/owner/people/{jiwoo.id}/{page}", status=404)


# A sentence that changes needs a version of its own, and its old words kept in texts._EARLIER: what was agreed
# to under a hash must be shown for as long as the evidence is kept.
PINNED = {
    "2026-11": {
        "age14": "40f37c427789297b",
        "required": "0191da74068b461f",
        "marketing": "ae514b20516554d1",
        "ads": "60d69b335da33ed2",
        "ads_night": "2c1489b0117e3e59",
        "ads_email": "2cba95d1b2e293a1",
        "ads_push": "8b696047dab04b48",
        "days": "523eca5a9c06286a",
    }
}


def test_no_text_changes_without_a_version() -> None:
    hashes = {kind: texts.text_hash(text) for kind, text in texts.CONSENT_TEXTS.items()}
    assert {kind: hashed[:16] for kind, hashed in hashes.items()} == PINNED[texts.TEXT_VERSION]
    for kind, hashed in hashes.items():
        assert texts.shown(hashed) == texts.CONSENT_TEXTS[kind]
    for version in PINNED.values():
        for short in version.values():
            assert any(known.startswith(short) for known in texts._BY_HASH)


def test_looking_at_a_refusal_link_changes_nothing_and_a_mail_programs_one_click_does(
    app: Flask, shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    link = asked_again(shop, clock)
    client = app.test_client()
    for path in (link, f"{link}/consent"):
        for method in (client.get, client.head):
            assert method(path, base_url="https://dangol.test").status_code == 200
    assert count(Suppression) == 0
    clock.advance(days=9 * 365)
    for _ in range(2):  # RFC 8058: no cookie, no form token, another site's program
        answer = client.post(
            link,
            base_url="https://dangol.test",
            data={"List-Unsubscribe": "One-Click"},
            headers={"Sec-Fetch-Site": "cross-site", "Origin": "https://mail.test"},
        )
        assert answer.status_code == 200
    assert count(Suppression) == 1


@pytest.mark.parametrize(
    ("button", "heading", "again"),
    [
        ("계속 받을게요", "계속 보내 드릴게요", "광고를 계속 받으실래요?"),
        ("그만 받을게요", "이제 광고를 보내지 않아요", "이미 수신거부하셨어요"),
    ],
)
def test_the_second_years_question_takes_either_answer(
    app: Flask, shop: AShop, jiwoo: ACustomer, clock: Clock, button: str, heading: str, again: str
) -> None:
    path = asked_again(shop, clock) + "/consent"
    phone = Phone(app)
    before = count(Consent)
    assert phone.open(path).h1 == "광고를 계속 받으실래요?"
    assert count(Consent) == before
    assert phone.submit(button).h1 == heading
    assert count(Consent) == before + 2
    assert phone.open(path).h1 == again


def test_what_was_taken_back_meanwhile_is_not_given_again(
    app: Flask, shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    path = asked_again(shop, clock) + "/consent"
    privacy.change_consent(
        shop_id=shop.id, customer_id=jiwoo.id, kind="ads", grant=False, ip="", user_agent="",
        master=factories.master(), now=factories.now(),
    )  # fmt: skip
    before = count(Consent)
    phone = Phone(app)
    phone.open(path)
    assert phone.submit("계속 받을게요").h1 == "지금은 광고를 받지 않고 계세요"
    assert count(Consent) == before
    phone.post(path, {"answer": "perhaps"}, status=422)
    assert count(Consent) == before


def test_the_owner_decides_what_silence_means(owner_phone: Phone, shop: AShop, jiwoo: ACustomer) -> None:
    page = owner_phone.open("/owner/messages/reconsent")
    assert page.value("keeps") == "y"
    page = owner_phone.submit("정하기", keeps="n")
    assert page.value("keeps") == "n"
    assert "답이 없으면 그만 보내요" in page.words
    assert re.search("답이 없으면 동의를 거두기로 했어요", owner_phone.open("/owner/more/changes").words)


def test_what_the_law_wants_told_is_on_the_owners_list(
    owner_phone: Phone, shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    from app.flows import law_notices

    clock.advance(days=10)
    law_notices.see_to_results(shop_id=shop.id, now=factories.now())
    words = owner_phone.open("/owner/messages").words
    assert "법이 정한 안내 두 통을 아직 못 알렸어요. 12월 7일(월)까지 사장님 휴대폰으로 보내 주세요." in words
