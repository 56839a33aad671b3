"""체험단 on its pages, without scripts: the owner writes and chooses, people apply and answer, both read what came of it."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask

from app.extensions import db
from app.flows import photo
from app.kit.clock import kst_day
from app.shops.models import AuditLine
from app.testers import models, queries
from app.testers.rules import APPLY
from tests import factories, trying
from tests.asks import a_jpeg, an_ask
from tests.factories import ACustomer, AShop
from tests.phone import Phone
from tests.world import PUBLIC_URL, Clock


@pytest.fixture
def owner(app: Flask, shop: AShop) -> Phone:
    """The owner's phone."""
    return Phone(app).signed_in(shop, shop.owner_id)


def test_a_programme_is_written_on_a_phone(owner: Phone, shop: AShop, clock: Clock) -> None:
    today = kst_day(clock())
    owner.open("/owner/testers")
    owner.tap("새로 시작하기")
    page = owner.open("/owner/testers/new?sort=trial")
    page = owner.submit("질문 정하러 가기", product="쑥 비누", about="좋은 후기 부탁드려요", status=422)
    assert "좋은 평가를 부탁하는 말은 쓸 수 없어요. ‘솔직하게 들려주세요’처럼 바꿔 주세요." in page.errors()
    assert page.value("product") == "쑥 비누"
    page = owner.submit(
        "질문 정하러 가기",
        about="솔직하게 들려주세요",
        places="2",
        apply_until=(today + timedelta(days=7)).isoformat(),
        answer_until=(today + timedelta(days=20)).isoformat(),
    )
    assert page.h1 == "여쭤볼 것"
    page = owner.submit("2번 질문을 위로")
    row = db.session.scalars(db.select(models.Programme)).one()
    assert trying.questions(row)[0].text == "쓰고 난 뒤 촉촉함은 어땠어요?"
    owner.open(f"/owner/testers/{row.id}/questions/new?when=after")
    page = owner.submit("저장하기", text="색은 어땠어요?", how="choice", options="진해요", status=422)
    assert any("2개에서 8개까지" in each for each in page.errors())
    owner.submit("저장하기", options="진해요\n알맞아요")
    page = owner.tap("다 됐어요")
    assert "아직 준비하고 있어요" in page.words
    owner.tap("내용 고치기")
    owner.submit("저장하기", places="3")
    page = owner.submit("모집 시작")
    assert "신청을 받고 있어요" in page.words
    owner.open(f"/owner/testers/{row.id}/facts")
    owner.submit("저장하기", places="9", status=409)
    owner.open(f"/owner/testers/{row.id}")
    page = owner.submit("날짜 미루기", day=today.isoformat(), status=422)
    assert page.errors()
    owner.submit("날짜 미루기", day=(today + timedelta(days=9)).isoformat())


def test_people_apply_and_answer(app: Flask, owner: Phone, shop: AShop, jiwoo: ACustomer) -> None:
    row = trying.a_programme(shop, try_days="0", least_visits="1")
    factories.a_stamp(shop, jiwoo.card_id)
    customer = Phone(app).holding(jiwoo)
    assert "쑥 비누" in Phone(app).open(f"/s/{shop.code}/testers").words
    assert "카드 받고 신청하기" in Phone(app).open(f"/s/{shop.code}/testers/{row.ref}").words
    customer.open(f"/c/{shop.code}")
    customer.tap("체험단")
    page = customer.open(f"/c/{shop.code}/testers/{row.ref}")
    field = f"q{trying.questions(row, APPLY)[0].id}"
    page = customer.submit("신청하기", status=422)
    assert "하나를 골라 주세요." in page.errors()
    page = customer.submit("신청하기", **{field: "3"})
    assert "신청했어요. 결과를 기다려 주세요" in page.words
    assert "체험단 신청 1명" in owner.open("/owner").words
    page = owner.open(f"/owner/testers/{row.id}/people?by=visits")
    assert "민감한 편" in page.words
    assert page.soup.select_one("input[name=picked][checked]") is not None, "who came often is ticked first"
    owner.submit("고른 분과 함께하기")
    page = owner.submit("받아 갔어요")
    assert "받아 가셨어요" in page.words
    page = customer.open(f"/c/{shop.code}/testers/{row.ref}")
    assert f"[체험단] {shop.name}에서 쑥 비누 상품을 무료로 받아 써 보고 쓴 후기예요." in page.words
    page = customer.tap("답하기")
    page = customer.submit("다음", status=422)
    assert page.h1 == "전체적으로 얼마나 마음에 드셨어요?"
    page = customer.submit("다음", answer="4")
    assert page.h1 == "쓰고 난 뒤 촉촉함은 어땠어요?"
    assert "7개 가운데 1개를 답했어요" in page.words
    customer.open(f"/c/{shop.code}")  # and another day
    page = customer.open(f"/c/{shop.code}/testers/{row.ref}/answers")
    assert page.h1 == "쓰고 난 뒤 촉촉함은 어땠어요?"
    for said in ("5", "1", "0", "2"):
        page = customer.submit("다음", answer=said)
    page = customer.submit("다음", answer="<b>거품</b>이 적어요")
    page = customer.submit("마치기")
    assert page.h1 == "다 답해 주셨어요"
    page = owner.open(f"/owner/testers/{row.id}/summary")
    assert "<b>거품</b>이 적어요" in page.words
    assert "1명이 답했고 평균 4.0점이에요" in page.words
    assert "민감한 편" in page.words
    page = owner.submit("정한 것 저장하기", verdict="improve", note="거품을 더")
    page = owner.submit("답해 주신 분께 알리기", change="거품이 더 나게 바꿨어요")
    assert "거품이 더 나게 바꿨어요" in customer.open(f"/c/{shop.code}/testers/{row.ref}").words
    assert "거품이 더 나게 바꿨어요" in Phone(app).open(f"/s/{shop.code}/testers").words
    assert "거품이 더 나게 바꿨어요" not in owner.open("/owner").words
    file = customer.open(f"/c/{shop.code}/me/text").html
    assert "쑥 비누 · 피부가 어떤 편이세요?: 민감한 편" in file


def test_a_photo_answers_a_question(
    app: Flask, owner: Phone, shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    row = trying.a_programme(shop, try_days="0")
    trying.apply(row, jiwoo)
    trying.choose(shop, row, jiwoo)
    trying.hand_over(shop, row, jiwoo)
    customer, last = Phone(app).holding(jiwoo), trying.questions(row)[-1]
    where = f"/c/{shop.code}/testers/{row.ref}/answers"
    for bytes_ in (b"no photo", a_jpeg(), a_jpeg((60, 30))):
        page = customer.open(f"{where}?q={last.id}")
        fields = {"csrf_token": customer.token(), "q": str(last.id), "once": page.value("once")}
        fields["photo"] = [(BytesIO(bytes_), "a.jpg")]  # type: ignore[assignment]
        page = customer.post(where, fields, status=422 if bytes_ == b"no photo" else 200)
        photo.make_waiting(clock=clock)
    assert (
        len(
            db.session.scalars(
                db.select(models.TesterAnswer.photo_id).where(models.TesterAnswer.photo_id.is_not(None))
            ).all()
        )
        == 1
    )
    page = owner.open(f"/owner/testers/{row.id}/summary")
    picture = page.soup.select_one(".photos img")
    assert picture is not None
    assert owner.open(str(picture["src"])).answer.mimetype == "image/webp"
    other = factories.a_shop("다른가게")
    Phone(app).signed_in(other, other.owner_id).open(str(picture["src"]), status=404)
    customer.open(str(picture["src"]))  # leads to the owner's door


def test_the_draw_can_be_done_again(app: Flask, owner: Phone, shop: AShop) -> None:
    row = trying.a_programme(shop, places="1")
    for _each in range(3):
        trying.apply(row, factories.a_customer(shop))
    stranger = Phone(app)
    seen = stranger.open(f"/s/{shop.code}/testers/{row.ref}")
    assert row.seed_hash in seen.words
    picture = seen.soup.select_one(
        "meta[property='og:image']"
    )  # what a chat shows beside the link the owner sends
    assert picture is not None
    assert stranger.open(str(picture["content"]).removeprefix(PUBLIC_URL)).answer.mimetype == "image/jpeg"
    stranger.open(f"/s/{shop.code}/testers/{row.ref}/draw", status=404)
    owner.open(f"/owner/testers/{row.id}/people")
    owner.submit("공정하게 추첨하기")
    text = stranger.open(f"/s/{shop.code}/testers/{row.ref}/draw").html
    row = trying.the(shop, row.id)
    assert f"seed: {row.seed}" in text
    assert f"drawn: {row.drawn['winners'][0]}" in text


def test_one_tap_at_the_counter(app: Flask, owner: Phone, shop: AShop) -> None:
    row = trying.a_programme(shop, "taste", sort="tasting", product="유자차")
    stranger = Phone(app)
    page = stranger.open(f"/s/{shop.code}/tasting/{row.ref}")
    assert page.h1 == "방금 드신 것, 맛이 어땠어요?"
    page = stranger.submit("좋아요")
    assert page.h1 == "고맙습니다"
    stranger.open(f"/s/{shop.code}/tasting/{row.ref}")
    assert "오늘은 이미 답해 주셨어요" in stranger.submit("아주 좋아요").words
    page = owner.open(f"/owner/testers/{row.id}")
    assert "1명이 눌렀어요 · 평균 4.0점" in page.words
    owner.open(f"/owner/testers/{row.id}/taps?v=1", status=204)
    assert "1명이 눌렀어요" in owner.open(f"/owner/testers/{row.id}/taps?v=0").html
    assert owner.open(f"/owner/testers/{row.id}/qr.svg").answer.mimetype == "image/svg+xml"
    assert "방금 드신 것" in owner.open(f"/owner/testers/{row.id}/print").words
    sheet = owner.tap("PDF로 받기").answer
    assert (sheet.mimetype, sheet.data[:5]) == ("application/pdf", b"%PDF-")
    assert "빼기" not in owner.open(f"/owner/testers/{row.id}/questions").words
    owner.open(f"/owner/testers/{row.id}/summary")


def test_the_answers_leave_as_a_file_with_a_reason(
    app: Flask, owner: Phone, shop: AShop, jiwoo: ACustomer
) -> None:
    row = trying.a_programme(shop, try_days="0")
    trying.apply(row, jiwoo)
    trying.choose(shop, row, jiwoo)
    trying.hand_over(shop, row, jiwoo)
    trying.answer_all(row, jiwoo, text="=1+1")
    owner.open(f"/owner/testers/{row.id}/file")
    page = owner.submit("내려받기", reason="", kind="csv", status=422)
    assert "제품 회의" in page.errors()[0] and "세무사" not in page.words
    page = owner.submit("내려받기", reason="제품 회의에서 보려고", kind="csv")
    assert page.answer.mimetype == "text/csv"
    assert "'=1+1" in page.html
    assert "한지우" not in page.html
    lines = db.session.scalars(db.select(AuditLine).where(AuditLine.what == "tester_file")).all()
    assert [line.detail for line in lines] == ["제품 회의에서 보려고"]
    assert (
        "체험단이 답한 것을 내려받았어요. ‘제품 회의에서 보려고’" in owner.open("/owner/more/changes").words
    )
    manager = Phone(app).signed_in(shop, factories.a_staff(shop))
    manager.open(f"/owner/testers/{row.id}/file", status=403)


def test_a_testers_review_says_what_they_got(app: Flask, shop: AShop, jiwoo: ACustomer) -> None:
    row = trying.a_programme(shop)
    trying.apply(row, jiwoo)
    trying.choose(shop, row, jiwoo)
    trying.hand_over(shop, row, jiwoo)
    token = an_ask(shop, jiwoo).token
    phone = Phone(app)
    page = phone.open(f"/r/{token}")
    badge = "혜택 제공 · 체험단 상품을 받고 쓴 후기예요"
    assert badge in page.words
    thanks = phone.submit("후기 남기기", stars="2", text="거품이 적어요")
    assert "체험단 상품" not in thanks.words, "it was no thanks for the review"
    assert badge in Phone(app).open(f"/s/{shop.code}/reviews").words


def test_home_says_what_waits(owner: Phone, shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    row = trying.a_programme(shop)
    trying.apply(row, jiwoo)
    clock.advance(days=8)
    assert "체험단에서 고를 분" in owner.open("/owner").words
    trying.choose(shop, row, jiwoo)
    trying.hand_over(shop, row, jiwoo)
    trying.answer_all(row, jiwoo)
    assert queries.waiting(shop.id, now=clock()).to_choose == 0
    assert "체험단 답이 모였어요" in owner.open("/owner").words


def test_an_error_names_its_question_and_leads_there(app: Flask, shop: AShop, jiwoo: ACustomer) -> None:
    row = trying.a_programme(shop, shows=False)
    own = {"shop_id": shop.id, "programme_id": row.id, "now": factories.now()}
    trying.ask(own, APPLY, {"text": "왜 써 보고 싶으세요?", "how": "text", "is_needed": "y"})
    trying.show(shop, row)
    first, second = (f"q{each.id}" for each in trying.questions(row, APPLY))
    customer = Phone(app).holding(jiwoo)
    customer.open(f"/c/{shop.code}/testers/{row.ref}")
    page = customer.submit("신청하기", **{second: "피부가 자주 당겨요"}, status=422)
    link = page.soup.select_one(".summary a")
    assert link is not None
    assert link.text == "‘피부가 어떤 편이세요?’ 하나를 골라 주세요."
    assert page.soup.find(id=str(link["href"])[1:])["name"] == first  # type: ignore[index]
    assert page.value(second) == "피부가 자주 당겨요"


def test_what_was_chosen_is_handed_over_at_the_till(
    app: Flask, shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    row = trying.a_programme(shop, price="3000")
    trying.apply(row, jiwoo)
    till = Phone(app).signed_in(shop, factories.a_staff(shop))
    assert "체험가" not in till.open(f"/owner/panel/{jiwoo.card_id}").words
    trying.choose(shop, row, jiwoo)
    customer = Phone(app).holding(jiwoo)
    assert "결과를 기다려 주세요" in customer.open(f"/c/{shop.code}/testers/{row.ref}").words
    clock.advance(minutes=11)
    assert "체험가 3,000원에 드려요" in customer.open(f"/c/{shop.code}/testers/{row.ref}").words
    page = till.open(f"/owner/panel/{jiwoo.card_id}")
    assert "쑥 비누 체험단" in page.words and "체험가 3,000원을 받고 드려요" in page.words
    page = till.submit("받아 갔어요")
    assert page.h1 == "한지우 님" and "받고 드려요" not in page.words
    term = trying.a_programme(shop, "month", sort="monitor", benefit="달마다 커피 두 잔")
    trying.apply(term, jiwoo)
    trying.choose(shop, term, jiwoo)
    assert "겨울 모니터단 달마다 커피 두 잔" in till.open(f"/owner/panel/{jiwoo.card_id}").words
    assert trying.part(row, jiwoo).given_at is not None
    page = till.submit("이번 달 것 드렸어요")
    assert (page.h1, "이번 달 것은 오늘에 드렸어요" in page.words) == ("한지우 님", False)
    assert "이번 달 것은 11월 23일(월)에 드렸어요" in page.words


def test_who_was_not_chosen_is_told_by_one_press(
    app: Flask, owner: Phone, shop: AShop, jiwoo: ACustomer, minho: ACustomer, clock: Clock
) -> None:
    row = trying.a_programme(shop)
    for who in (jiwoo, minho):
        trying.apply(row, who)
    trying.choose(shop, row, jiwoo)
    assert "1명이 신청했어요. 1명을 더 고를 수 있어요" in owner.open(f"/owner/testers/{row.id}").words
    owner.submit("신청 그만 받기")
    assert "한 번 알려 드려요" in owner.page.words
    page = owner.submit("더 뽑지 않기")
    assert "이번에 모시지 못한 분 1명" in page.words
    clock.advance(minutes=11)
    page = Phone(app).holding(minho).open(f"/c/{shop.code}/testers/{row.ref}")
    assert "이번에는 모시지 못하게 되었어요" in page.words
    assert "체험단에서 고를 분" not in owner.open("/owner").words
    trying.end(shop, row)
    assert queries.counts(shop.id, [row.id])[row.id].waiting == 0


def test_while_one_may_apply_whoever_was_not_chosen_waits(
    app: Flask, owner: Phone, shop: AShop, jiwoo: ACustomer, minho: ACustomer, clock: Clock
) -> None:
    row = trying.a_programme(shop, places="1")
    for who in (jiwoo, minho):
        trying.apply(row, who)
    trying.choose(shop, row, jiwoo)
    page = owner.open(f"/owner/testers/{row.id}/people")
    assert "기다리는 분 1명" in page.words
    assert "기다리는 1명께 이번에는 모시지 못한다고 한 번 알려 드려요" in page.words
    page = owner.submit("신청 그만 받기")
    assert "함께하지 못한 분 1명" in page.words
    page = Phone(app).open(f"/s/{shop.code}/testers/{row.ref}")
    assert "신청 더 받지 않아요" in page.words
    assert "이제 신청을 받지 않아요" in page.words
    begins = kst_day(clock()) + timedelta(days=5)
    months = trying.a_programme(shop, "month", sort="monitor", term_starts=begins.isoformat())
    trying.apply(months, jiwoo)
    trying.choose(shop, months, jiwoo)
    assert "부터 활동해요" in owner.open(f"/owner/testers/{months.id}/people").words
