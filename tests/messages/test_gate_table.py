"""The gate as one table: what is so, what may then go out, and the sentence the owner reads. And what never goes out.

Columns: an ad and a notice, each by text message, by e-mail, by the owner's hand, on the card.
"""

from __future__ import annotations

import re
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.messages import forms, mail_form, registry, rules
from app.messages.contract import Capabilities, Kind
from app.messages.rules import LeaveOut, Person, Send, Sender, Wait, may_send
from tests.messages.test_gate import DAY, code, kst, moments

AD, NOTICE = registry.kind("thank_you"), registry.kind("reward_ready")
LAW = registry.kind("consent_result")
TEXT = Capabilities(transmits=True)
MAIL = registry.channel("email").CAPABILITIES
HAND = registry.channel("own_phone").CAPABILITIES
CARD = registry.channel("card").CAPABILITIES
WAYS = {"text": TEXT, "mail": MAIL, "hand": HAND, "card": CARD}

ALL_SAID = Person(
    has_phone=True, age14=True, marketing=True, ads=True, ads_night=False, refused=False, erased=False,
    has_email=True, email_checked=True, ads_email=True, has_push=True, ads_push=True,
)  # fmt: skip
SHOP = Sender(
    shop_name="달빛커피", contact="02-123-4567", is_demo=False, kind_on=True, public_url="https://dangol.test",
    opt_out_080="", ads_need_080=False, carries_mail=True, owner_name="김사장", address="서울 마포구 달빛로 1",
    email="moon@dal.test", carries_push=True,
)  # fmt: skip
LINK = "https://dangol.test/o/abc"
NIGHT = kst(22)


def written(kind: Kind, can: Capabilities, sender: Sender, body: str) -> tuple[str, str]:
    """Return the text and the subject as they would travel."""
    if not can.transmits:
        return body, ""
    if can.address == "email":
        shop = sender.as_mail_shop()
        subject = mail_form.subject(is_ad=kind.is_ad, shop_name=sender.shop_name, label=kind.label)
        if kind.is_ad:
            return mail_form.ad_body(body=body, shop=shop, opt_out=LINK), subject
        return mail_form.service_body(body=body, shop=shop), subject
    named: dict[str, str] = {"shop_name": sender.shop_name, "contact": sender.contact}
    if kind.is_ad:
        return forms.ad_text(body=body, opt_out=sender.way_to_refuse(LINK), **named), ""
    return forms.service_text(body=body, **named), ""


def ask(kind: Kind, can: Capabilities, *, body: str = "안녕하세요.", **so: Any) -> rules.Verdict:
    """Ask where everything is in order but for what is `so`."""
    person = replace(ALL_SAID, **{key: so.pop(key) for key in list(so) if key in PERSON})
    sender = replace(SHOP, **{key: so.pop(key) for key in list(so) if key in SENDER})
    text, subject = written(kind, can, sender, body)
    values: dict[str, Any] = {
        "kind": kind, "channel": can, "text": text, "subject": subject, "person": person, "sender": sender,
        "recent_ads": (), "not_after": DAY + timedelta(days=60), "now": DAY,
    }  # fmt: skip
    return may_send(**(values | so))


PERSON = {field.name for field in fields(Person)}
SENDER = {field.name for field in fields(Sender)}
OK = "send"
JUST_SENT = (DAY - timedelta(days=1),)
FOUR = tuple(DAY - timedelta(days=ago) for ago in (4, 8, 12, 16))

# What is so → (ad: text, mail, hand, card), (notice: text, mail, hand, card).
TABLE: list[tuple[dict[str, Any], tuple[str, ...], tuple[str, ...]]] = [
    ({}, (OK, OK, OK, OK), (OK, OK, OK, OK)),
    # Who it is for.
    ({"erased": True}, ("erased",) * 4, ("erased",) * 4),
    ({"phone_failed": True}, ("dead_phone", OK, "dead_phone", OK), ("dead_phone", OK, "dead_phone", OK)),
    ({"has_phone": False}, ("no_phone", OK, "no_phone", OK), ("no_phone", OK, "no_phone", OK)),
    ({"has_email": False}, (OK, "no_email", OK, OK), (OK, "no_email", OK, OK)),
    ({"email_checked": False}, (OK, "email_unchecked", OK, OK), (OK, "email_unchecked", OK, OK)),
    ({"email_failed": True}, (OK, "dead_email", OK, OK), (OK, "dead_email", OK, OK)),
    ({"age14": False}, ("age", "age", "age", OK), ("age", "age", "age", OK)),
    # What they said: each way its own consent; a refusal beats it.
    ({"ads": False}, ("no_consent", OK, "no_consent", OK), (OK,) * 4),
    ({"ads_email": False}, (OK, "no_consent", OK, OK), (OK,) * 4),
    ({"ads": False, "ads_email": False}, ("no_consent",) * 3 + (OK,), (OK,) * 4),
    ({"refused": True}, ("refused", OK, "refused", OK), (OK,) * 4),
    ({"refused_email": True}, (OK, "refused", OK, OK), (OK,) * 4),
    ({"refused": True, "ads": False}, ("refused", OK, "refused", OK), (OK,) * 4),
    ({"marketing": False}, (OK,) * 4, (OK,) * 4),
    # When: e-mail is exempt (시행령 61조②); the consent to night ads is one for text messages.
    ({"now": NIGHT}, ("wait:night", OK, "wait:night", OK), ("wait:night", OK, "wait:night", OK)),
    ({"now": NIGHT, "ads_night": True}, (OK,) * 4, ("wait:night", OK, "wait:night", OK)),
    ({"now": NIGHT, "ads_night": True, "ads": False}, ("no_consent", OK, "no_consent", OK),
     ("wait:night", OK, "wait:night", OK)),
    ({"now": kst(20, 49, 59)}, (OK,) * 4, (OK,) * 4),
    ({"now": kst(20, 50)}, ("wait:night", OK, "wait:night", OK), ("wait:night", OK, "wait:night", OK)),
    ({"now": kst(7, 59, 59)}, ("wait:night", OK, "wait:night", OK), ("wait:night", OK, "wait:night", OK)),
    ({"now": kst(8)}, (OK,) * 4, (OK,) * 4),
    ({"not_after": DAY - timedelta(seconds=1)}, ("too_late",) * 4, ("too_late",) * 4),
    ({"now": NIGHT, "not_after": NIGHT + timedelta(hours=2)}, ("night", OK, "night", OK), ("night", OK, "night", OK)),
    # How often: on all ways together, never counted for a notice or the card.
    ({"recent_ads": JUST_SENT}, ("wait:cap",) * 3 + (OK,), (OK,) * 4),
    ({"recent_ads": FOUR}, ("wait:cap",) * 3 + (OK,), (OK,) * 4),
    ({"recent_ads": FOUR[:3]}, (OK,) * 4, (OK,) * 4),
    ({"recent_ads": JUST_SENT, "not_after": DAY + timedelta(hours=1)}, ("cap",) * 3 + (OK,), (OK,) * 4),
    # What the shop and the deployment lack.
    ({"kind_on": False}, ("switched_off",) * 4, ("switched_off",) * 4),
    ({"public_url": None}, ("no_public_url",) * 3 + (OK,), ("no_public_url",) * 3 + (OK,)),
    ({"carries_mail": False}, (OK, "no_smtp", OK, OK), (OK, "no_smtp", OK, OK)),
    ({"ads_need_080": True}, ("no_080", OK, "no_080", OK), (OK,) * 4),
    ({"ads_need_080": True, "opt_out_080": "080-123-4567"}, (OK,) * 4, (OK,) * 4),
    ({"contact": ""}, ("no_contact", "no_contact", "no_contact", OK), (OK,) * 4),
    ({"owner_name": ""}, (OK, "no_contact", OK, OK), (OK,) * 4),
    ({"shop_name": ""}, ("form", "form", "form", OK), (OK,) * 4),
    ({"is_demo": True}, ("demo_only", "demo_only", OK, OK), ("demo_only", "demo_only", OK, OK)),
    # What it says.
    ({"body": "10% 할인해요."}, (OK,) * 4, ("promotion_inside",) * 4),
    ({"body": "[광고] 안녕하세요."}, ("form", "form", "form", OK), (OK,) * 4),
    ({"body": "(광고) 안녕하세요."}, ("form", "form", "form", OK), (OK,) * 4),
]  # fmt: skip
SENTENCES = {
    "erased": "손님이 정보를 지우셨어요.",
    "no_phone": "전화번호가 없는 손님이에요.",
    "no_push": "휴대폰 알림을 켜지 않은 손님이에요.",
    "no_push_key": "휴대폰 알림을 보낼 열쇠가 없어요.",
    "no_email": "이메일 주소가 없는 손님이에요.",
    "email_unchecked": "손님이 이메일 주소를 아직 확인하지 않으셨어요.",
    "dead_phone": "없는 번호라고 해요. 손님께 번호를 여쭤 봐 주세요.",
    "dead_email": "메일이 되돌아온 이메일 주소예요. 손님께 주소를 여쭤 봐 주세요.",
    "age": "만 14세 이상인지 확인하지 못한 손님이에요.",
    "no_consent": "광고 (문자|이메일|알림)에 동의하지 않은 손님이에요.",
    "no_marketing": "맞춤 혜택에 동의하지 않은 손님이에요.",
    "refused": "수신거부한 손님이에요.",
    "night": "밤\\(저녁 8시 50분~아침 8시\\)이라 아침에 보내요.( 그때는 너무 늦어서 보내지 않았어요.)?",
    "cap": "이 손님께 요즘 보낸 광고가 있어서 쉬어 가요.( 그때는 너무 늦어서 보내지 않았어요.)?",
    "too_late": "보낼 때가 지나서 보내지 않았어요.",
    "switched_off": "이 메시지를 꺼 두셨어요.",
    "no_public_url": "수신거부 링크가 열릴 인터넷 주소\\(PUBLIC_URL\\)가 아직 없어요.",
    "no_smtp": "이메일을 보낼 곳\\(SMTP_URL\\)을 아직 정하지 않았어요.",
    "no_080": "무료 수신거부 번호\\(080\\)를 아직 등록하지 않았어요.",
    "no_contact": "(가게 연락처가 없어서 보낼 수 없어요|광고 이메일에 적을 것이 없어요\\(.+\\)). 더보기에서( 연락처를)? 적어 주세요.",
    "demo_only": "체험 가게에서는 진짜 문자를 보내지 않아요.",
    "not_demo": "체험 휴대폰은 체험 가게에서만 써요.",
    "template": "광고는 알림톡으로 보낼 수 없어요.",
    "form": "(광고 글(은|에는)|\\(광고\\) 표시는|광고 이메일|광고 알림).+요.",
    "promotion_inside": "안내 글에 홍보하는 말\\(‘.+’\\)이 들어 있어요.",
}


def said(verdict: rules.Verdict) -> str:
    """Return the code of an answer; its sentence must be the one of the table."""
    if not isinstance(verdict, Send):
        assert re.fullmatch(SENTENCES[verdict.code], verdict.reason), verdict.reason
    return code(verdict)


@pytest.mark.parametrize(("so", "ad", "notice"), TABLE, ids=[str(row[0]) for row in TABLE])
def test_the_table(so: dict[str, Any], ad: tuple[str, ...], notice: tuple[str, ...]) -> None:
    for kind, expected in ((AD, ad), (NOTICE, notice)):
        found = tuple(said(ask(kind, can, **so)) for can in WAYS.values())
        assert found == expected, dict(zip(WAYS, found, strict=True))


@pytest.mark.parametrize(
    ("kind", "can", "so", "expected"),
    [
        # What the law wants told: whatever the shop switched off, whoever refused; never at night, never promoting.
        (LAW, TEXT, {"kind_on": False}, OK),
        (LAW, TEXT, {"refused": True, "ads": False, "marketing": False}, OK),
        (LAW, TEXT, {"now": NIGHT}, "wait:night"),
        (LAW, TEXT, {"body": "쿠폰 드려요."}, "promotion_inside"),
        # An answer somebody waits for goes at any hour; an ad never does, whatever its kind says of hours.
        (replace(NOTICE, any_hour=True), TEXT, {"now": NIGHT}, OK),
        (replace(AD, any_hour=True), TEXT, {"now": NIGHT}, "wait:night"),
        # An offer made from what somebody bought stands on its own consent, also where nothing is transmitted.
        (replace(AD, personal_offer=True), TEXT, {"marketing": False}, "no_marketing"),
        (replace(AD, personal_offer=True), MAIL, {"marketing": False}, "no_marketing"),
        (replace(AD, personal_offer=True), CARD, {"marketing": False}, "no_marketing"),
        # An approved template carries notices alone.
        (AD, replace(TEXT, is_template=True), {}, "template"),
        (NOTICE, replace(TEXT, is_template=True), {}, OK),
        # The demo's carrier is the demo's.
        (AD, replace(TEXT, is_demo=True), {}, "not_demo"),
        (AD, replace(TEXT, is_demo=True), {"is_demo": True, "public_url": None}, OK),
        # The first mail to an address asks whether it is theirs.
        (registry.kind("email_check"), MAIL, {"email_checked": False, "ads_email": False}, OK),
        # A name is no promotion, and hides none.
        (NOTICE, TEXT, {"shop_name": "쿠폰나라", "body": "도장을 찍었어요."}, OK),
        (NOTICE, TEXT, {"name": "이벤트", "body": "이벤트 님, 도장을 찍었어요."}, OK),
        (NOTICE, TEXT, {"name": "할", "body": "할인해요."}, "promotion_inside"),
        (NOTICE, TEXT, {"name": "쿠폰", "body": "할쿠폰인 중이에요."}, OK),
        (NOTICE, TEXT, {"quoted": ("커피 쿠폰",), "body": "약속드린 커피 쿠폰을 드릴게요."}, OK),
        (NOTICE, TEXT, {"quoted": ("커피 쿠폰",), "body": "커피 쿠폰과 할인을 드려요."}, "promotion_inside"),
    ],
)  # fmt: skip
def test_what_the_kind_and_the_way_add(
    kind: Kind, can: Capabilities, so: dict[str, Any], expected: str
) -> None:
    assert said(ask(kind, can, **so)) == expected


yes_or_no = st.booleans()
# Everything in order but for a few things, so that enough of it goes out to be looked at.
anybody = st.builds(
    lambda flipped, name: replace(
        ALL_SAID, name=name, **{key: not getattr(ALL_SAID, key) for key in sorted(flipped)}
    ),
    st.sets(st.sampled_from(sorted(PERSON - {"name"})), max_size=2),
    st.sampled_from(["", "김단골", "할", "쿠폰"]),
)
any_shop = st.builds(
    lambda so: replace(SHOP, **dict([so]) if so else {}),
    st.sampled_from(
        [None, None, ("shop_name", "쿠폰나라"), ("shop_name", ""), ("contact", ""), ("is_demo", True),
         ("kind_on", False), ("ads_need_080", True), ("carries_mail", False), ("public_url", None),
         ("owner_name", "")]
    ),
)  # fmt: skip
any_way = st.builds(
    Capabilities,
    transmits=st.just(True), by_hand=yes_or_no, is_demo=yes_or_no, is_template=yes_or_no,
) | st.sampled_from(list(WAYS.values()))  # fmt: skip
any_kind = st.builds(
    lambda kind, ad, **flags: replace(kind, is_ad=ad, **flags),
    st.sampled_from([AD, NOTICE, LAW]),
    yes_or_no,
    any_hour=yes_or_no, personal_offer=yes_or_no, statutory=yes_or_no, proves_address=yes_or_no,
)  # fmt: skip
PROMOTING = ("할인", "쿠폰", "이벤트", "1+1", "무료", "혜택", "두 배", "20 %")
any_body = st.lists(
    st.sampled_from([*PROMOTING, "안녕하세요.", " ", "\n", "(광고)", "[광고]", "무료수신거부 080-1234-5678"]), max_size=5
).map("".join)  # fmt: skip


@settings(max_examples=600, deadline=None)
@given(
    kind=any_kind, can=any_way, person=anybody, sender=any_shop, body=any_body, now=moments, whole=yes_or_no,
    ago=st.lists(st.floats(0, 40), max_size=4), left=st.floats(-1, 40),
)  # fmt: skip
def test_what_never_goes_out(
    kind: Kind,
    can: Capabilities,
    person: Person,
    sender: Sender,
    body: str,
    now: datetime,
    whole: bool,
    ago: list[float],
    left: float,
) -> None:
    text, subject = written(kind, can, sender, body) if whole else (body, body[:20])
    recent = [now - timedelta(days=days) for days in ago]
    not_after = now + timedelta(days=left)
    verdict = may_send(
        kind=kind, channel=can, text=text, subject=subject, person=person, sender=sender, recent_ads=recent,
        not_after=not_after, now=now,
    )  # fmt: skip
    if isinstance(verdict, Wait):
        assert now < verdict.until <= not_after
    if not isinstance(verdict, Send):
        assert re.fullmatch(SENTENCES[verdict.code], verdict.reason), verdict
        return
    assert not person.erased
    assert now <= not_after
    assert sender.kind_on or kind.statutory
    names = [name for name in (person.name, sender.shop_name) if name in ("쿠폰", "쿠폰나라")]
    if not kind.is_ad:
        unnamed = text
        for name in names:
            unnamed = unnamed.replace(name, "")
        assert not any(word in unnamed.replace("무료수신거부", "") for word in PROMOTING)
    if not can.transmits:
        assert person.marketing or not kind.personal_offer
        return
    by_mail = can.address == "email"
    assert person.age14
    assert person.has_email if by_mail else person.has_phone
    if not kind.is_ad:
        return
    assert not (person.refused_email if by_mail else person.refused)
    assert person.ads_email if by_mail else person.ads
    assert person.marketing or not kind.personal_offer
    assert not can.is_template
    korean = f"{now + timedelta(hours=9):%H:%M}"
    assert can.hours_exempt or person.ads_night or "08:00" <= korean < "20:50"
    assert sum(days < 3 for days in ago) < 1
    assert sum(days < 30 for days in ago) < 4
    label, name = ("(광고) ", sender.shop_name) if by_mail else ("(광고)", sender.shop_name)
    assert (subject if by_mail else text).startswith(label + name)
    assert (subject + text).count("(광고)") == 1
    assert "[광고]" not in text
    last = text.split("\n")[-1]
    if by_mail:
        assert re.fullmatch(r"\[Unsubscribe\] https?://\S+", last)
        assert "(무료)" in text
    else:
        assert re.fullmatch(r"무료수신거부 (https?://\S+|080[-\d]+)", last)
        assert f"문의 {sender.contact}" in text


def test_every_sentence_of_the_gate_is_in_the_table() -> None:
    codes = {row for _so, ad, notice in TABLE for row in (*ad, *notice)}
    told = {each.removeprefix("wait:") for each in codes} | {"template", "not_demo", "no_marketing", OK}
    told |= {"no_push", "no_push_key"}  # test_push_gate.py
    assert set(SENTENCES) | {OK} == told
    assert isinstance(ask(AD, TEXT, erased=True), LeaveOut)
