"""The gate's decision table, line by line, and properties that hold for any text and any moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.messages import registry, rules
from app.messages.contract import Capabilities, Kind
from app.messages.forms import ad_text, service_text
from app.messages.rules import LeaveOut, Person, Send, Sender, Wait, may_send

DAY = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)  # 14:00 in Korea
FULL = Person(
    has_phone=True, age14=True, marketing=True, ads=True, ads_night=False, refused=False, erased=False
)
REAL = Sender(
    shop_name="달빛커피",
    contact="02-123-4567",
    is_demo=False,
    kind_on=True,
    public_url="https://dangol.test",
    opt_out_080="",
    ads_need_080=False,
)
SMS = Capabilities(transmits=True)
DEMO = Capabilities(transmits=True, is_demo=True)
CARD = Capabilities(transmits=False)
MAIL = Capabilities(transmits=True, hours_exempt=True)
AD = registry.kind("thank_you")
RECEIPT = registry.kind("stamp_receipt")
RESULT = registry.kind("consent_result")
OFFER = replace(AD, key="offer", personal_offer=True)
GOOD_AD = ad_text(
    shop_name="달빛커피", body="고맙습니다.", contact="02-123-4567", opt_out="https://dangol.test/o/abc"
)
GOOD_SERVICE = service_text(shop_name="달빛커피", body="도장 1개 찍었어요(7/10).", contact="02-123-4567")


def kst(hour: int, minute: int = 0, second: int = 0) -> datetime:
    """Return that time of 23 November in Korea."""
    return datetime(2026, 11, 22, 15, tzinfo=UTC) + timedelta(hours=hour, minutes=minute, seconds=second)


def ask(kind: Kind = AD, channel: Capabilities = SMS, **changes: Any) -> rules.Verdict:
    """Ask about a message where everything is in order but for the changes."""
    values: dict[str, Any] = {
        "kind": kind,
        "channel": channel,
        "text": GOOD_AD if kind.is_ad else GOOD_SERVICE,
        "person": FULL,
        "sender": REAL,
        "recent_ads": (),
        "not_after": DAY + timedelta(days=60),
        "now": DAY,
    }
    return may_send(**(values | changes))


def code(verdict: rules.Verdict) -> str:
    """Return "send", or the reason's code; a reason is always a Korean sentence."""
    if isinstance(verdict, Send):
        return "send"
    assert verdict.reason.endswith((".", "요.")), verdict
    assert any("가" <= char <= "힣" for char in verdict.reason)
    return ("wait:" if isinstance(verdict, Wait) else "") + verdict.code


@pytest.mark.parametrize(
    ("who", "ad_by_sms", "receipt_by_sms", "ad_on_card", "receipt_on_card"),
    [
        ({}, "send", "send", "send", "send"),
        ({"ads": False}, "no_consent", "send", "send", "send"),
        ({"marketing": False}, "send", "send", "send", "send"),
        ({"refused": True}, "refused", "send", "send", "send"),
        ({"refused": True, "ads": True}, "refused", "send", "send", "send"),
        ({"has_phone": False}, "no_phone", "no_phone", "send", "send"),
        ({"age14": False}, "age", "age", "send", "send"),
        ({"erased": True}, "erased", "erased", "erased", "erased"),
    ],
)
def test_who(
    who: dict[str, bool], ad_by_sms: str, receipt_by_sms: str, ad_on_card: str, receipt_on_card: str
) -> None:
    person = replace(FULL, **who)
    assert code(ask(AD, SMS, person=person)) == ad_by_sms
    assert code(ask(RECEIPT, SMS, person=person)) == receipt_by_sms
    assert code(ask(AD, CARD, person=person, text="고맙습니다.")) == ad_on_card
    assert code(ask(RECEIPT, CARD, person=person)) == receipt_on_card


@pytest.mark.parametrize("channel", [SMS, CARD])
def test_a_personal_offer_needs_the_marketing_consent_even_on_the_card(channel: Capabilities) -> None:
    assert code(ask(OFFER, channel, person=replace(FULL, marketing=False))) == "no_marketing"
    assert code(ask(OFFER, channel)) == "send"


@pytest.mark.parametrize(
    ("at", "ad", "ad_night_consent", "notice", "receipt", "ad_by_mail"),
    [
        (kst(7, 59, 59), "wait:night", "send", "wait:night", "send", "send"),
        (kst(8), "send", "send", "send", "send", "send"),
        (kst(20, 49, 59), "send", "send", "send", "send", "send"),
        (kst(20, 50), "wait:night", "send", "wait:night", "send", "send"),
        (kst(21), "wait:night", "send", "wait:night", "send", "send"),
        (kst(23, 59), "wait:night", "send", "wait:night", "send", "send"),
        (kst(0), "wait:night", "send", "wait:night", "send", "send"),
    ],
)
def test_when(
    at: datetime, ad: str, ad_night_consent: str, notice: str, receipt: str, ad_by_mail: str
) -> None:
    assert code(ask(AD, now=at)) == ad
    assert code(ask(AD, now=at, person=replace(FULL, ads_night=True))) == ad_night_consent
    assert code(ask(RESULT, now=at)) == notice
    assert code(ask(RECEIPT, now=at)) == receipt
    assert code(ask(AD, MAIL, now=at)) == ad_by_mail
    assert code(ask(AD, CARD, now=at, text="고맙습니다.")) == "send"


def test_night_ends_at_eight() -> None:
    for at, until in [(kst(20, 50), kst(32)), (kst(3), kst(8)), (kst(7, 59, 59), kst(8))]:
        verdict = ask(now=at)
        assert isinstance(verdict, Wait)
        assert verdict.until == until


def test_by_hand_works_in_a_demo_shop_too() -> None:
    by_hand = replace(SMS, by_hand=True)
    assert code(ask(AD, by_hand, sender=replace(REAL, is_demo=True, public_url=None))) == "send"
    assert code(ask(AD, by_hand, sender=replace(REAL, public_url=None))) == "no_public_url"


@pytest.mark.parametrize(
    ("shop", "by_sms", "by_demo", "on_card"),
    [
        ({}, "send", "not_demo", "send"),
        ({"is_demo": True}, "demo_only", "send", "send"),
        ({"public_url": None}, "no_public_url", "not_demo", "send"),
        ({"public_url": None, "is_demo": True}, "demo_only", "send", "send"),
        ({"kind_on": False}, "switched_off", "switched_off", "switched_off"),
        ({"ads_need_080": True}, "no_080", "not_demo", "send"),
        (
            {"ads_need_080": True, "opt_out_080": "080-123-4567"},
            "form",
            "not_demo",
            "send",
        ),  # the text ends with a link
        ({"shop_name": "딴가게"}, "form", "not_demo", "send"),
        ({"contact": ""}, "no_contact", "not_demo", "send"),
    ],
)
def test_which_shop(shop: dict[str, Any], by_sms: str, by_demo: str, on_card: str) -> None:
    sender = replace(REAL, **shop)
    assert code(ask(AD, SMS, sender=sender)) == by_sms
    assert code(ask(AD, DEMO, sender=sender)) == by_demo
    assert code(ask(AD, CARD, sender=sender, text="고맙습니다.")) == on_card


def test_what_the_law_asks_for_cannot_be_switched_off() -> None:
    assert code(ask(RESULT, sender=replace(REAL, kind_on=False))) == "send"


@pytest.mark.parametrize(
    "text",
    [
        GOOD_AD.replace("(광고)", ""),
        GOOD_AD.replace("(광고)", "[광고]"),
        GOOD_AD.replace("(광고)", "(광 고)"),
        GOOD_AD.replace("(광고)", "(광고) "),
        " " + GOOD_AD,
        GOOD_AD.replace("고맙습니다.", "(광고) 고맙습니다."),
        GOOD_AD.replace("고맙습니다.", "<광고> 고맙습니다."),
        GOOD_AD + "\n끝",
        GOOD_AD.replace("무료수신거부", "수신거부"),
        GOOD_AD.replace("https://dangol.test/o/abc", "1588-0000"),
        GOOD_AD.replace("https://dangol.test/o/abc", ""),
        GOOD_AD.replace("달빛커피\n", "\n"),
        "",
    ],
)
def test_an_ad_in_the_wrong_form_stays(text: str) -> None:
    assert code(ask(text=text)) == "form"


def test_the_contact_must_be_there() -> None:
    assert code(ask(text=GOOD_AD.replace("문의 02-123-4567", ""))) == "no_contact"


@pytest.mark.parametrize(
    "word",
    [
        "10% 할인",
        "쿠폰 드려요",
        "이벤트",
        "특가",
        "1+1",
        "증정",
        "무료",
        "신메뉴",
        "혜택",
        "50% OFF",
        "또 오세요",
    ],
)
@pytest.mark.parametrize("channel", [SMS, CARD])
@pytest.mark.parametrize("kind", [RECEIPT, RESULT])
def test_no_promotion_inside_a_notice(word: str, channel: Capabilities, kind: Kind) -> None:
    assert code(ask(kind, channel, text=f"{GOOD_SERVICE} {word}")) == "promotion_inside"


def test_a_shops_own_name_is_no_promotion() -> None:
    sender = replace(REAL, shop_name="쿠폰나라")
    text = service_text(shop_name="쿠폰나라", body="도장 1개 찍었어요.", contact="02-123-4567")
    assert code(ask(RECEIPT, sender=sender, text=text)) == "send"


@pytest.mark.parametrize(
    ("days_ago", "expected", "free_in_days"),
    [
        ((), "send", 0),
        ((3,), "send", 0),
        ((2.99,), "wait:cap", 0.01),
        ((0,), "wait:cap", 3),
        ((4, 8, 12), "send", 0),
        ((4, 8, 12, 16), "wait:cap", 14),
        ((4, 8, 12, 31), "send", 0),
        ((1, 8, 12, 16), "wait:cap", 14),
    ],
)
def test_not_too_often(days_ago: tuple[float, ...], expected: str, free_in_days: float) -> None:
    recent = [DAY - timedelta(days=ago) for ago in days_ago]
    verdict = ask(recent_ads=recent)
    assert code(verdict) == expected
    assert code(ask(RECEIPT, recent_ads=recent)) == "send"
    assert code(ask(AD, CARD, recent_ads=recent, text="고맙습니다.")) == "send"
    if isinstance(verdict, Wait):
        assert verdict.until == DAY + timedelta(days=free_in_days)


def test_too_late_is_too_late() -> None:
    assert code(ask(not_after=DAY - timedelta(seconds=1))) == "too_late"
    assert code(ask(not_after=DAY)) == "send"
    stale = ask(now=kst(21), not_after=kst(25))
    assert isinstance(stale, LeaveOut)
    assert "너무 늦어서" in stale.reason


words = st.text(st.sampled_from("가나다 광고()[]<>/.-할인쿠폰무료수신거부%+1\nA"), max_size=60)
moments = st.integers(0, 730 * 86400).map(
    lambda second: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
)
people = st.builds(Person, **{name: st.booleans() for name in Person.__annotations__})


@given(text=words, person=people, now=moments, contact=st.sampled_from(["", "02-123-4567"]))
def test_whatever_goes_out_as_an_ad_is_lawful(text: str, person: Person, now: datetime, contact: str) -> None:
    whole = ad_text(shop_name="달빛커피", body=text, contact=contact, opt_out="https://dangol.test/o/abc")
    for candidate in (text, whole):
        verdict = ask(
            text=candidate,
            person=person,
            now=now,
            sender=replace(REAL, contact=contact),
            not_after=now + timedelta(days=99),
        )
        if not isinstance(verdict, Send):
            continue
        lines = candidate.split("\n")
        assert lines[0] == "(광고)달빛커피"
        assert lines[-1].startswith("무료수신거부 https://")
        assert contact in candidate
        assert candidate.count("(광고)") == 1
        assert person.ads
        assert person.age14
        assert person.has_phone
        assert not person.refused
        assert not person.erased
        korean = (now + timedelta(hours=9)).time()
        assert person.ads_night or "08:00" <= f"{korean:%H:%M}" < "20:50"


@given(recent=st.lists(moments, max_size=8), now=moments)
def test_the_caps_hold_whatever_came_before(recent: list[datetime], now: datetime) -> None:
    past = [at for at in recent if at <= now]
    free = rules.cap_frees_at(past, now)
    assert free >= now
    for most, days in rules.AD_CAPS:
        assert sum(at > free - timedelta(days=days) for at in past) < most


@given(now=moments)
def test_the_next_daytime_is_daytime_and_soon(now: datetime) -> None:
    day = rules.next_daytime(now)
    assert timedelta() <= day - now < timedelta(hours=11, minutes=11)
    assert rules.next_daytime(day) == day
