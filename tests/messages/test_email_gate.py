"""The gate's decision table for e-mail, the form of an ad by e-mail, and which way a message takes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.text import fill
from app.messages import forms, mail_form, registry
from app.messages.contract import Kind
from app.messages.forms import LABEL
from app.messages.routing import ways
from app.messages.rules import Person, Sender
from tests.messages import test_gate
from tests.messages.test_gate import AD, DAY, FULL, REAL, RESULT, code, kst
from tests.messages.test_registry import FACTS

EMAIL = registry.channel("email").CAPABILITIES
CHECK = registry.kind("email_check")
READY = registry.kind("reward_ready")
MAILED = replace(FULL, has_email=True, email_checked=True, ads_email=True)
SHOP = replace(
    REAL, carries_mail=True, owner_name="김사장", address="서울 마포구 달빛로 1", email="moon@dal.test"
)
LINK = "https://dangol.test/o/abc"


def text_of(kind: Kind, sender: Sender = SHOP, body: str = "고맙습니다.") -> str:
    shop = sender.as_mail_shop()
    if kind.is_ad:
        return mail_form.ad_body(body=body, shop=shop, opt_out=LINK)
    return mail_form.service_body(body=body, shop=shop)


def ask(kind: Kind = AD, **changes: Any) -> str:
    """Ask about an e-mail where everything is in order but for the changes; the text follows the sender."""
    sender: Sender = changes.get("sender", SHOP)
    values: dict[str, Any] = {
        "channel": EMAIL,
        "person": MAILED,
        "sender": sender,
        "text": text_of(kind, sender),
        "subject": mail_form.subject(is_ad=kind.is_ad, shop_name=sender.shop_name, label=kind.label),
    }
    return code(test_gate.ask(kind, **(values | changes)))


@pytest.mark.parametrize(
    ("who", "ad", "notice", "check"),
    [
        ({}, "send", "send", "send"),
        ({"ads_email": False}, "no_consent", "send", "send"),
        ({"ads": False}, "send", "send", "send"),
        ({"ads_email": False, "ads": True}, "no_consent", "send", "send"),
        ({"refused_email": True}, "refused", "send", "send"),
        ({"refused": True}, "send", "send", "send"),
        ({"has_phone": False}, "send", "send", "send"),
        ({"has_email": False}, "no_email", "no_email", "no_email"),
        ({"email_checked": False}, "email_unchecked", "email_unchecked", "send"),
        ({"email_failed": True}, "dead_email", "dead_email", "dead_email"),
        ({"age14": False}, "age", "age", "age"),
        ({"erased": True}, "erased", "erased", "erased"),
    ],
)
def test_who(who: dict[str, bool], ad: str, notice: str, check: str) -> None:
    person = replace(MAILED, **who)
    assert ask(AD, person=person) == ad
    assert ask(RESULT, person=person) == notice
    assert ask(CHECK, person=person) == check


@pytest.mark.parametrize(
    ("shop", "ad", "notice"),
    [
        ({"carries_mail": False}, "no_smtp", "no_smtp"),
        ({"public_url": None}, "no_public_url", "no_public_url"),
        ({"is_demo": True}, "demo_only", "demo_only"),
        ({"kind_on": False}, "switched_off", "send"),
        ({"ads_need_080": True}, "send", "send"),
        ({"owner_name": ""}, "no_contact", "send"),
        ({"address": " "}, "no_contact", "send"),
        ({"contact": ""}, "no_contact", "send"),
        ({"email": ""}, "no_contact", "send"),
    ],
)
def test_which_shop(shop: dict[str, Any], ad: str, notice: str) -> None:
    sender = replace(SHOP, **shop)
    assert ask(AD, sender=sender) == ad
    assert ask(RESULT, sender=sender) == notice


def test_the_night_is_open_but_the_cap_holds() -> None:
    for hour in (0, 7, 21, 23):
        assert ask(AD, now=kst(hour)) == "send"
        assert ask(RESULT, now=kst(hour)) == "send"
    assert ask(AD, recent_ads=(DAY,)) == "wait:cap"


GOOD = text_of(AD)
SUBJECT = "(광고) 달빛커피 감사 인사"


@pytest.mark.parametrize(
    "subject",
    [
        "달빛커피 감사 인사",
        "[광고] 달빛커피 감사 인사",
        "(광고)달빛커피 감사 인사",
        " (광고) 달빛커피 감사 인사",
        "(광 고) 달빛커피 감사 인사",
        "(광고) 딴가게 감사 인사",
        "(광고) 달빛커피 (광고) 인사",
        "",
    ],
)
def test_an_ad_with_another_subject_stays(subject: str) -> None:
    assert ask(subject=subject) == "form"


@pytest.mark.parametrize(
    "text",
    [
        GOOD + "\n끝",
        GOOD.replace("(무료)", ""),
        GOOD.replace("If you do not wish", "If you wish"),
        GOOD.replace(LINK, ""),
        GOOD.replace(LINK, "https://other.test/o/x", 1),
        GOOD.replace("서울 마포구 달빛로 1", ""),
        GOOD.replace("대표 김사장", ""),
        GOOD.replace("고맙습니다.", "(광고) 고맙습니다."),
        GOOD.replace("고맙습니다.", "<광고> 고맙습니다."),
        "",
    ],
)
def test_an_ad_in_another_form_stays(text: str) -> None:
    assert ask(text=text) == "form"
    assert ask(text=GOOD) == "send"


def test_no_promotion_inside_a_notice_but_the_names_of_things() -> None:
    assert ask(RESULT, text=text_of(RESULT, body="10% 할인")) == "promotion_inside"
    promised = text_of(READY, body="도장을 다 모으셨어요. 약속드린 50% 할인 쿠폰을 드릴게요.")
    assert ask(READY, text=promised) == "promotion_inside"
    assert ask(READY, text=promised, quoted=("50% 할인 쿠폰",)) == "send"


WORDS = st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=60)


@given(body=WORDS, name=WORDS.filter(lambda text: bool(mail_form.one_line(text))), label=WORDS, address=WORDS)
def test_every_ad_we_write_has_the_label_and_both_languages(
    body: str, name: str, label: str, address: str
) -> None:
    shop = mail_form.Shop(
        name=name, owner_name="김사장", address=address or "서울", phone="02-1", email="a@b.kr"
    )
    subject = mail_form.subject(is_ad=True, shop_name=name, label=f"인사 {label}")
    text = mail_form.ad_body(body=body, shop=shop, opt_out=LINK)
    assert subject.startswith(f"{LABEL} ")
    assert subject.isprintable()
    assert "수신을 원하지 않으시면" in text
    assert "If you do not wish to receive these emails" in text
    assert text.rstrip().endswith(f"[Unsubscribe] {LINK}")
    assert mail_form.form_fault(subject, text, shop) is None


OWN = replace(SHOP, carries_mail=False)
DEMO = replace(SHOP, is_demo=True)


@pytest.mark.parametrize(
    ("kind", "who", "shop", "expected"),
    [
        ("thank_you", {}, SHOP, ["email", "own_phone"]),
        ("thank_you", {"ads_email": False}, SHOP, ["own_phone"]),
        ("thank_you", {"email_checked": False}, SHOP, ["own_phone"]),
        ("thank_you", {"email_failed": True}, SHOP, ["own_phone"]),
        ("thank_you", {"refused_email": True}, SHOP, ["own_phone"]),
        ("thank_you", {"has_email": False, "email_checked": False}, SHOP, ["own_phone"]),
        ("thank_you", {}, OWN, ["own_phone"]),
        ("thank_you", {}, DEMO, ["demo_phone"]),
        ("come_back", {}, SHOP, ["email", "own_phone"]),
        ("come_back", {}, DEMO, ["demo_phone"]),
        ("reward_ready", {"ads_email": False}, SHOP, ["email", "own_phone"]),
        ("consent_result", {"ads_email": False}, SHOP, ["email"]),
        ("consent_result", {"email_checked": False}, SHOP, []),
        ("consent_result", {}, OWN, []),
        ("email_check", {"email_checked": False}, SHOP, ["email"]),
        ("email_check", {"email_checked": False}, OWN, []),
        ("stamp_receipt", {}, SHOP, []),
    ],
)
def test_which_ways_are_worth_asking_about(
    kind: str, who: dict[str, bool], shop: Sender, expected: list[str]
) -> None:
    person: Person = replace(MAILED, **who)
    assert ways(registry.kind(kind), person, shop) == expected


def test_the_label_is_the_same_everywhere() -> None:
    assert forms.LABEL == mail_form.LABEL == "(광고)"


MAILABLE = [kind for kind in registry.kinds().values() if "email" in kind.channels]


@pytest.mark.parametrize("kind", MAILABLE, ids=lambda kind: kind.key)
def test_every_kind_that_may_go_by_mail_passes_in_its_own_words(kind: Kind) -> None:
    values = {"이름": "한지우", "가게": "달빛커피", **kind.words(FACTS)}
    quoted = [values[name] or "" for name in kind.quoted]
    assert ask(kind, text=text_of(kind, body=fill(kind.text, values)), quoted=quoted) == "send"
