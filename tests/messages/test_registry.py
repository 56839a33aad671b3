"""Every kind and every channel, those of tomorrow included."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import pytest

from app.flows.automation import text_fault
from app.kit.text import fill, placeholders
from app.messages import forms, registry
from app.messages.contract import GROUPS, Asked, Capabilities, Channel, Kind, Letter, Wire
from app.messages.outbox import CARD
from tests.world import START

ROOM = Path(__file__).resolve().parents[2] / "app" / "messages"
KINDS = list(registry.kinds().values())
CHANNELS = list(registry.channels().values())
# What any planner may hand over; a kind reads what it needs.
FACTS = {
    "balance": 7,
    "goal": 10,
    "day": "2026-11-23",
    "consent": "ads",
    "granted": True,
    "why": "개인정보",
    "first": False,
    "reward": "아메리카노 한 잔",
    "coupon": "아메리카노 한 잔",
    "until": "12월 26일(토)",
    "greeting": "생일 축하드려요.",
    "likes": "라떼 연하게",
    "path": "/s/x/email/y",
    "what": "올려 주신 사진",
    "token": "t",
    "code": "S",
    "voice": 1,
    "how": "up",
    "tier": "단골",
    "kinds": ["ads", "ads_night"],
    "consented": "2024-11-23",
    "keeps": True,
    "answer_by": "2026-11-23",
    "gift": "도장 2개",
    "amount": 1200,
    "pick": "밤 라떼",
    "product": "원두 200g",
    "items": "원두 200g 외 1개",
    "about": "바뀐 메뉴판",
    "event": "여름 사진전",
    "result": "보내 주신 사진이 뽑혔어요.",
    "day_name": "결혼기념일",
    "story": "매일 아침 원두를 볶아요.",
    "next_gift": "쿠키 한 개",
    "told": "다 됐어요. 찾으러 와 주세요.",
    "came": True,
}


def test_every_file_is_found() -> None:
    for folder, found in (("kinds", registry.kinds()), ("channels", registry.channels())):
        files = {path.stem for path in (ROOM / folder).glob("*.py")} - {"__init__"}
        assert files == set(found)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
class TestEveryKind:
    def test_its_words_can_be_filled(self, kind: Kind) -> None:
        values = {"이름": "", "가게": "달빛커피", **kind.words(FACTS)}
        assert placeholders(kind.text) <= set(kind.placeholders)
        assert set(kind.placeholders) <= set(values)
        assert "{" not in fill(kind.text, values)

    def test_its_default_words_pass_the_shops_own_lint(self, kind: Kind) -> None:
        for text in (kind.text, *kind.other_texts.values()):
            assert text_fault(kind, text) is None

    def test_words_to_take_instead_can_be_filled(self, kind: Kind) -> None:
        values = {"이름": "", "가게": "달빛커피", **kind.words(FACTS)}
        for label, text in kind.other_texts.items():
            assert label.endswith("글"), "the button says …글로 바꾸기"
            assert "{" not in fill(text, values)

    def test_what_not_everybody_has_leaves_whole_words(self, kind: Kind) -> None:
        values = {"이름": "한지우", "가게": "달빛커피", **kind.words(FACTS), **dict.fromkeys(kind.may_lack)}
        left = fill(kind.text, values)
        # What the owner words each time comes with its facts.
        assert kind.to_one or (left.strip() and left.strip()[-1] in ".?"), left

    def test_it_stands_under_a_heading(self, kind: Kind) -> None:
        assert kind.group in GROUPS
        assert kind.is_caused or not kind.statutory

    def test_its_class_is_kept(self, kind: Kind) -> None:
        if not kind.is_ad:
            assert forms.promotion_word(kind.text) is None
        assert not (kind.statutory and kind.is_ad)
        assert not (kind.any_hour and kind.is_ad)

    def test_its_channels_exist(self, kind: Kind) -> None:
        assert kind.channels
        assert set(kind.channels) <= set(registry.channels())
        # What asks whether an address is somebody's has no business on their card.
        assert (CARD in kind.channels) != (kind.proves_address or kind.to_typed_number)

    def test_it_goes_stale(self, kind: Kind) -> None:
        assert timedelta() < kind.life <= timedelta(days=30)

    def test_it_can_be_told_in_a_sentence(self, kind: Kind) -> None:
        assert kind.label
        assert kind.sentence.endswith("요")
        assert ("{때}" in kind.sentence) == bool(kind.delay_minutes)

    def test_a_way_that_leads_somewhere_has_a_button(self, kind: Kind) -> None:
        assert (kind.path is None) == (not kind.button)
        assert kind.path is None or kind.path(FACTS).startswith("/")

    def test_what_was_undone_is_not_wanted(self, kind: Kind) -> None:
        assert kind.still_wanted({**FACTS, "taken_back": False})


@pytest.mark.parametrize("channel", CHANNELS, ids=lambda channel: channel.KEY)
class TestEveryChannel:
    def test_it_says_what_it_can(self, channel: Channel) -> None:
        assert channel.LABEL
        assert isinstance(channel.CAPABILITIES, Capabilities)
        assert 1 <= channel.CAPABILITIES.max_batch <= 50

    def test_it_answers_each_letter_in_order(self, channel: Channel) -> None:
        wire = Wire(demo_phone_url="http://127.0.0.1:9")  # nobody listens there
        letters = [Letter(key=f"k{n}", to="+821012345678", text="글", at=START) for n in range(2)]
        assert len(channel.send(letters, wire, None)) == 2
        assert len(channel.find([Asked(key=each.key, to=each.to, at=START) for each in letters], wire)) == 2

    def test_it_refuses_a_report_it_does_not_know(self, channel: Channel) -> None:
        with pytest.raises(ValueError):
            channel.parse_report({}, b"nonsense")


def test_a_secret_is_never_printed() -> None:
    wire = Wire(demo_phone_secret="hush")
    assert "hush" not in repr(wire)
    assert {field.name for field in fields(wire)} >= {"public_url", "demo_phone_secret"}
