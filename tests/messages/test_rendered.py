"""Every text of every kind as it travels, kinds of tomorrow included: an ad has the form of one, a notice promotes nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.flows.automation import text_fault
from app.kit.text import carrier_bytes, not_carried
from app.messages import composing, forms, push_form, raising, registry
from app.messages.contract import Kind
from app.messages.gather import Around
from app.messages.rules import Send
from tests.messages.test_gate import DAY
from tests.messages.test_gate_table import ALL_SAID, LINK, SHOP
from tests.messages.test_registry import FACTS

# Each kind in its own class, and each notice that a shop may raise as the ad it becomes.
SENT_AS = [
    (kind, is_raised)
    for kind in registry.kinds().values()
    for is_raised in ((False, True) if raising.may_be_raised(kind) else (False,))
]
NAMES = st.one_of(
    st.sampled_from(
        ["김단골", "", "이벤트", "쿠폰", "할", "뷁똠펲", "민지🌸", "{이름}", "O'Brien", "①㈜…₩—"]
    ),
    st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=12),
)
BODIES = st.lists(
    st.sampled_from(
        ["{이름} 님, ", "{가게}에서 인사드려요. ", "고맙습니다. ", "😀", "뷁", "₩3,000 ", "\n", "그대로, ", "또 뵐게요. ",
         "10% 할인 ", "쿠폰 ", "(광고)", "[광 고]", "무료수신거부 080-123-4567", "{이름"]
    ),
    max_size=6,
).map("".join)  # fmt: skip


def around(kind: Kind, *, name: str, body: str, demo: bool) -> Around:
    """Return what the composer needs, everything in order."""
    return Around(
        kind=kind,
        person=replace(ALL_SAID, name=name),
        sender=replace(SHOP, is_demo=demo),
        name=name,
        phone="+821012345678",
        email="minji@home.test",
        address_key="k",
        email_key="e",
        shop_email="",
        body=body or kind.text,
        delay=timedelta(),
        recent_ads=(),
    )


def rendered(
    kind: Kind, way: str, facts: Mapping[str, object], *, name: str, body: str
) -> tuple[str, str, bool]:
    """Return the text, the subject, and whether the gate lets it go at noon."""
    told = around(kind, name=name, body=body, demo=registry.channel(way).CAPABILITIES.is_demo)
    text = composing.compose(
        kind=kind, channel=way, around=told, facts=facts, opt_out=LINK, base_url="https://dangol.test"
    )
    verdict = composing.verdict_on(
        kind=kind,
        channel=way,
        around=told,
        text=text,
        facts=facts,
        not_after=DAY + timedelta(days=9),
        now=DAY,
    )
    return text, composing.subject(kind=kind, channel=way, around=told), isinstance(verdict, Send)


@pytest.mark.parametrize(
    ("kind", "is_raised"), SENT_AS, ids=[f"{kind.key}{'-raised' * up}" for kind, up in SENT_AS]
)
def test_its_own_words_go_out_in_their_form(kind: Kind, is_raised: bool) -> None:
    sent_as = raising.as_sent(kind, is_raised)
    for way in kind.channels:
        text, subject, goes = rendered(sent_as, way, FACTS, name="김단골", body="")
        if sent_as.is_ad and registry.channel(way).CAPABILITIES.is_template:
            assert not goes, way  # approved texts carry notices alone
            continue
        assert goes, (way, text)
        lawful(sent_as, way, text, subject)


@settings(max_examples=400, deadline=None)
@given(which=st.sampled_from(SENT_AS), name=NAMES, body=BODIES, data=st.data())
def test_whatever_the_names_and_the_words(
    which: tuple[Kind, bool], name: str, body: str, data: st.DataObject
) -> None:
    kind, is_raised = which
    sent_as = raising.as_sent(kind, is_raised)
    able = {way: registry.channel(way).CAPABILITIES for way in kind.channels}
    way = data.draw(st.sampled_from([way for way in able if not (sent_as.is_ad and able[way].is_template)]))
    linted = not kind.statutory and text_fault(kind, body, is_raised=is_raised) is None
    text, subject, goes = rendered(sent_as, way, FACTS, name=name, body=body if linted else "")
    if not goes:
        # The editor lets nothing through that the gate then holds back, but for what stands in a name.
        assert (
            forms.false_label(name)
            or forms.own_opt_out(name)
            or forms.promotion_word(f"{name}님")
            or name == "할"
        )
        return
    lawful(sent_as, way, text, subject)


def lawful(kind: Kind, way: str, text: str, subject: str) -> None:
    """Hold a text that goes out against the law's form, and its length against the carriers' own table."""
    can = registry.channel(way).CAPABILITIES
    plain = text.encode("cp949", "replace")
    assert carrier_bytes(text) == len(plain) + sum(not_carried(char) != [] for char in text)
    assert set(not_carried(text)) == {char for char in text if not _fits(char)}
    if not can.transmits:
        return
    by_mail, by_push = can.address == "email", can.address == "push"
    if not kind.is_ad:
        assert "(광고)" not in subject + text
        assert text.startswith("[달빛커피] ") or by_mail or (by_push and subject == "달빛커피")
        return
    if by_push:
        assert (subject, (subject + text).count("(광고)")) == ("(광고) 달빛커피", 1)
        assert text.split("\n")[-2:] == ["문의 02-123-4567", push_form.END]
        assert text.count("무료수신거부") == 1
        return
    where = subject if by_mail else text
    assert where.startswith("(광고) 달빛커피 " if by_mail else "(광고)달빛커피\n")
    assert (subject + text).count("(광고)") == 1
    last = text.split("\n")[-1]
    assert last == (f"[Unsubscribe] {LINK}" if by_mail else f"무료수신거부 {LINK}")
    assert by_mail or text.count("무료수신거부") == 1
    assert "02-123-4567" in text
    assert not re.search(r"\{[^}]*\}$", last)


def _fits(char: str) -> bool:
    try:
        return len(char.encode("cp949")) <= 2
    except UnicodeEncodeError:
        return False
