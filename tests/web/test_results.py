"""보낸 덕분에 온 손님, 문자 값 and the history's states, as an owner meets them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.extensions import db
from app.flows import deliver, outcomes, own_phone
from app.flows.unit import write
from app.messages import holdout, prices
from app.messages.campaign_models import Campaign
from app.messages.models import Message
from app.messages.result_models import HoldOut, MessageResult
from app.messages.way_models import Charge, MonthSpending
from tests import factories
from tests.factories import ACustomer, AShop
from tests.phone import Phone
from tests.world import Clock


def compared(shop: AShop, *sums: tuple[str, int, int]) -> None:
    """Let a comparison of the thanks have these sums: (arm, people, came)."""
    own = {"shop_id": shop.id, "counted_at": factories.now()}
    with write() as session:
        session.merge(HoldOut(**own, kind="thank_you", reached=300, began="2026-10-01"))
        for arm, people, came in sums:
            session.add(
                MessageResult(**own, what="thank_you", began="2026-10-01", arm=arm, people=people, came=came)
            )


def test_few_are_named_and_many_are_compared(
    app: Flask, owner_phone: Phone, shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    page = owner_phone.open("/owner/messages/results")
    assert "아직 보낸 광고가 없어요" in page.words
    factories.a_stamp(shop, jiwoo.card_id)
    clock.advance(hours=2, minutes=1)
    deliver.drain(wire=app.config["WIRE"], clock=clock)
    for row in db.session.query(Message.id).filter(Message.staged_at.is_not(None)).all():
        own_phone.mark_sent(shop_id=shop.id, message_id=row.id, wire=app.config["WIRE"], now=clock())
    page = owner_phone.open("/owner/messages")
    page = owner_phone.tap("보낸 덕분에 온 손님 보낸 뒤에 얼마나 더 오셨는지")
    assert "한 분께 감사 인사를 보냈어요. 아직 다시 오신 분은 없어요" in page.words
    clock.advance(days=3)
    factories.a_stamp(shop, jiwoo.card_id)
    assert (
        "감사 인사를 보낸 한 분이 다시 오셨어요 한지우 님."
        in owner_phone.open("/owner/messages/results").words
    )
    page = owner_phone.tap("감사 인사 보기")
    assert "감사 인사를 보낸 한 분이 다시 오셨어요" in page.words
    assert "받을 수 있는 분이 300명이 되면 시작해요" in page.words
    compared(shop, ("sent", 900, 270), ("held", 100, 18), ("a", 450, 140), ("b", 450, 130))
    page = owner_phone.open("/owner/messages/thank_you")
    assert "100명께 보내면 대략 4~18명이 더 오세요" in page.words
    assert "100명 중 30명이 30일 안에 오셨어요" in page.words and "100명 중 18명이 오셨어요" in page.words
    assert "두 가지 글 비교 아직 알 수 없어요." in page.words
    home = owner_phone.open("/owner")
    assert "보낸 덕분에 온 손님" in home.html and "100명께 보내면 대략 4~18명이 더 오세요" in home.words


def test_the_switch_says_why(owner_phone: Phone, shop: AShop, clock: Clock) -> None:
    compared(shop)
    page = owner_phone.open("/owner/messages/thank_you")
    assert "열 분 중 한 분께는 보내지 않고 비교하기" in page.words and "지금 비교하고 있어요" in page.words
    assert "보낸 덕분인지는 아직 알 수 없어요" in page.words
    token = owner_phone.token()
    page = owner_phone.post("/owner/messages/thank_you/left-out", {"csrf_token": token})
    assert "이제 모든 분께 보내요" in page.words and "지금은 모든 분께 보내요" in page.words
    owner_phone.post("/owner/messages/thank_you/left-out", {"csrf_token": token, "compares": "y"})
    tomorrow = (clock() + timedelta(days=1)).day
    assert f"월 {tomorrow}일" in owner_phone.open("/owner/messages/thank_you").words
    owner_phone.post(
        "/owner/messages/reward_ready/left-out", {"csrf_token": token}, status=outcomes.NotCompared.status
    )
    owner_phone.post("/owner/messages/nothing/left-out", {"csrf_token": token}, status=404)
    assert "비교하기" not in owner_phone.open("/owner/messages/reward_ready").words
    words = owner_phone.open("/owner/more/changes").words
    assert "‘감사 인사’에서 열 분 중 한 분을 빼고 비교해요" in words


def test_a_paused_campaign_says_so(owner_phone: Phone, shop: AShop, clock: Clock) -> None:
    with write() as session:
        made = Campaign(
            shop_id=shop.id, once="once", made_by=shop.owner_id, made_at=clock(), counted=1, text="소식",
            send_at=clock(), state="paused",
        )  # fmt: skip
        session.add(made)
    page = owner_phone.open("/owner/messages/results")
    assert "다 보내기 전에 멈춰 두었어요. 살펴보기" in page.words
    assert "이어서 보내기" in owner_phone.tap("살펴보기").words


def spend(shop: AShop, month: str, won: int, message_id: int | None = None) -> None:
    with write() as session:
        session.add(MonthSpending(shop_id=shop.id, month=month, won=won))
        if message_id is not None:
            session.add(
                Charge(shop_id=shop.id, message_id=message_id, month=month, won=won, at=factories.now())
            )


def test_what_texts_cost(owner_phone: Phone, shop: AShop, jiwoo: ACustomer) -> None:
    page = owner_phone.open("/owner/messages/budget")
    assert "한 달 한도 30,000원에서 30,000원 남았어요" in page.words and "돈이 든 문자가 없어요" in page.words
    factories.a_stamp(shop, jiwoo.card_id)
    message_id = db.session.query(db.func.min(Message.id)).filter_by(kind="thank_you").scalar()
    month = prices.month_of(factories.now())
    spend(shop, month, 24_000, message_id)
    spend(shop, "2026-09", 11_000)
    assert "이번 달 문자 값이 30,000원 가운데 24,000원이 됐어요" in owner_phone.open("/owner").words
    page = owner_phone.tap("문자 값 보기")
    assert (
        "이번 달에 24,000원을 썼어요 80% 한 달 한도 30,000원에서 6,000원 남았어요" in page.words
        and "감사 인사 1통 24,000원" in page.words
    )
    assert "2026년 9월 11,000원" in page.words
    page = owner_phone.submit("알겠어요")
    assert "가운데 24,000원이 됐어요" not in page.words + owner_phone.open("/owner").words
    owner_phone.open("/owner/messages/budget")
    for typed in ("많이", "-1", "99999999", ""):
        page = owner_phone.submit("한도 저장하기", month_won=typed, status=422)
        assert "0원부터 10,000,000원까지 숫자로 적어 주세요." in page.errors()[0]
        assert page.value("month_won") == typed
    page = owner_phone.submit("한도 저장하기", month_won="50,000원")
    assert "이번 달에는 26,000원을 더 쓸 수 있어요" in page.words
    page = owner_phone.submit("한도 저장하기", month_won="20000")
    assert "이번 달에 이미 24,000원을 써서 이번 달에는 더 나가지 않아요" in page.words
    assert "이번 달 문자 값 한도를 다 썼어요" in page.words
    page = owner_phone.submit("한도 저장하기", month_won="0")
    assert "이제 돈 드는 문자는 보내지 않아요" in page.words
    assert "문자 값 한도를 한 달 50,000원으로 정했어요" in owner_phone.open("/owner/more/changes").words


@pytest.mark.parametrize(
    ("state", "code", "reason", "pick", "words"),
    [
        ("delivered", "", "", "arrived", "도착했어요"),
        ("undelivered", "dead_phone", "없는 번호라고 해요.", "failed", "도착하지 못했어요 없는 번호라고 해요. 손님이 오시면 번호를 여쭤 봐 주세요."),
        ("unknown", "unknown", "보냈는지 확인이 필요해요.", "unclear", "확인 필요 보냈는지 확인이 필요해요. 두 번 가지 않게 다시 보내지 않았어요."),
        ("suppressed", holdout.CODE, holdout.REASON, "left_out", f"보내지 않았어요 {holdout.REASON}"),
    ],
)  # fmt: skip
def test_each_line_says_where_it_is_and_what_to_do(
    owner_phone: Phone,
    shop: AShop,
    jiwoo: ACustomer,
    state: str,
    code: str,
    reason: str,
    pick: str,
    words: str,
) -> None:
    factories.a_stamp(shop, jiwoo.card_id)
    with write() as session:
        session.query(Message).filter_by(kind="thank_you").update(
            {"state": state, "code": code, "reason": reason, "sent_at": factories.now()}
        )
    page = owner_phone.open("/owner/messages/history")
    assert words in page.words
    page = owner_phone.submit("골라 보기", kind="thank_you", state=pick)
    assert words in page.words and "도장 안내" not in str(page.soup.select("ul.history"))
    other = "left_out" if pick != "left_out" else "unclear"
    page = owner_phone.submit("골라 보기", kind="thank_you", state=other)
    assert "여기에 맞는 말이 없어요" in page.words
    assert owner_phone.open("/owner/messages/history?kind=nothing&state=nothing").h1 == "보낼 말과 보낸 말"
