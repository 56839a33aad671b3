"""The gate's decision table for web push, the form of an ad on a lock screen, and until when it may ring."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.messages import push_form, registry, rules
from app.messages.contract import AD_WAYS, AUTOMATIC_NOTICE_WAYS, NOTICE_WAYS, Kind
from app.messages.routing import ways
from tests.messages import test_gate
from tests.messages.test_gate import AD, DAY, FULL, REAL, RESULT, code, kst

PUSH = registry.channel("web_push").CAPABILITIES
READY = registry.kind("reward_ready")
RUNG = replace(FULL, has_push=True, ads_push=True)
SHOP = replace(REAL, carries_push=True)


def ask(kind: Kind = AD, **changes: Any) -> str:
    """Ask about a push where everything is in order but for the changes; title and words follow the sender."""
    sender = changes.get("sender", SHOP)
    body = changes.pop("body", "고맙습니다.")
    values: dict[str, Any] = {
        "channel": PUSH,
        "person": RUNG,
        "sender": sender,
        "text": push_form.ad_body(body=body, contact=sender.contact) if kind.is_ad else body,
        "subject": push_form.title(is_ad=kind.is_ad, shop_name=sender.shop_name),
    }
    return code(test_gate.ask(kind, **(values | changes)))


@pytest.mark.parametrize(
    ("who", "ad", "notice"),
    [
        ({}, "send", "send"),
        ({"has_push": False}, "no_push", "no_push"),
        ({"ads_push": False}, "no_consent", "send"),
        ({"ads": False, "ads_email": False}, "send", "send"),  # each way its own yes
        ({"ads_push": False, "ads": True, "ads_email": True}, "no_consent", "send"),
        ({"has_phone": False, "phone_failed": True}, "send", "send"),
        ({"age14": False}, "age", "age"),
        ({"erased": True}, "erased", "erased"),
        # A number was refused; a browser is rung on its own consent, which every refusal takes back too.
        ({"refused": True}, "send", "send"),
    ],
)
def test_who(who: dict[str, Any], ad: str, notice: str) -> None:
    person = replace(RUNG, **who)
    assert (ask(person=person), ask(READY, person=person)) == (ad, notice)


@pytest.mark.parametrize(
    ("shop", "ad", "notice"),
    [
        ({"carries_push": False}, "no_push_key", "no_push_key"),
        ({"public_url": None}, "no_public_url", "no_public_url"),
        ({"contact": ""}, "no_contact", "send"),
        ({"ads_need_080": True}, "send", "send"),  # another easy way may stand in place of a number
        ({"is_demo": True}, "demo_only", "demo_only"),
        ({"shop_name": "달빛\n커피"}, "send", "send"),
    ],
)
def test_the_shop(shop: dict[str, Any], ad: str, notice: str) -> None:
    sender = replace(SHOP, **shop)
    assert (ask(sender=sender), ask(READY, sender=sender)) == (ad, notice)


def test_no_ad_by_night_whatever_was_said_about_texts() -> None:
    night = replace(RUNG, ads_night=True)  # its words are about text messages
    for moment, expected in (
        (kst(20, 49, 59), "send"),
        (kst(20, 50), "wait:night"),
        (kst(7, 59, 59), "wait:night"),
        (kst(8), "send"),
    ):
        assert ask(person=night, now=moment) == expected
        assert ask(READY, person=night, now=moment) == expected
    assert ask(replace(READY, any_hour=True), now=kst(23)) == "send"
    assert ask(recent_ads=(DAY - timedelta(days=1),)) == "wait:cap"


def test_the_form_of_an_ad() -> None:
    text = push_form.ad_body(body="고맙습니다.", contact=SHOP.contact)
    assert text == f"고맙습니다.\n문의 {SHOP.contact}\n무료수신거부 알림의 ‘수신거부’ 또는 카드의 ‘내 정보’"
    for changes in (
        {"subject": SHOP.shop_name},
        {"subject": f"(광고){SHOP.shop_name}"},
        {"subject": f"[광고] {SHOP.shop_name}"},
        {"text": text.removesuffix("‘내 정보’")},
        {"text": f"{text}\n또 오세요"},
        {"body": "(광고) 고맙습니다."},
        {"body": "[광 고] 고맙습니다."},
        {"body": "무료수신거부 080-123-4567"},
    ):
        assert ask(**changes) == "form", changes
    assert ask(READY, body="10% 할인해요.") == "promotion_inside"


def test_until_when_it_may_ring() -> None:
    """A phone that was off at nine in the evening gets no ad at eleven (망법 50조③)."""
    late = kst(20, 40)
    tomorrow = late + timedelta(days=1)
    assert rules.rings_until(is_ad=True, not_after=tomorrow, now=late) == kst(20, 50)
    assert rules.rings_until(is_ad=False, not_after=tomorrow, now=late) == tomorrow
    assert rules.rings_until(is_ad=True, not_after=kst(20, 45), now=late) == kst(20, 45)
    early = datetime(2026, 11, 25, 23, 30, tzinfo=UTC)  # 08:30 in Korea
    assert rules.rings_until(is_ad=True, not_after=early + timedelta(days=9), now=early) == datetime(
        2026, 11, 26, 11, 50, tzinfo=UTC
    )


def test_it_stands_before_the_others_where_somebody_asked_for_it() -> None:
    assert [each.index("web_push") for each in (AD_WAYS, NOTICE_WAYS)] == [1, 1]
    assert AUTOMATIC_NOTICE_WAYS[-2:] == ("web_push", "card")
    both = replace(RUNG, has_email=True, email_checked=True, ads_email=True)
    mailing = replace(SHOP, carries_mail=True)
    assert ways(AD, both, mailing) == ["web_push", "email", "own_phone"]
    assert ways(RESULT, both, mailing) == ["email", "web_push"]
    assert ways(AD, replace(both, ads_push=False), mailing) == ["email", "own_phone"]
    assert ways(READY, replace(both, ads_push=False), mailing)[0] == "web_push"
    assert "web_push" not in ways(READY, replace(both, has_push=False), mailing)
    assert "web_push" not in ways(READY, both, replace(mailing, carries_push=False))
    assert "web_push" not in ways(READY, both, replace(mailing, is_demo=True))
