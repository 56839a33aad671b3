"""Who of a shop is rung for what, when not, and what a locked phone says: never a customer's word or name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from app.kit.refusals import Invalid
from app.shops import notification_rules as rules
from app.shops.notification_rules import Quiet
from app.voices.rules import COMPLAINT, may_hear

NOON = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)  # in Korea
NIGHT = NOON + timedelta(hours=11)  # 23:00
MORNING = NOON + timedelta(hours=20)  # 8:00
HANDS = ("", "mine", "another's")


@pytest.mark.parametrize(
    ("kind", "of_complaint", "hand", "who"),
    [
        ("complaint", True, "", "owner"),
        ("due", True, "", "owner"),
        ("line", True, "", "owner"),
        ("line", False, "", "owner manager"),
        ("line", False, "mine", "owner manager staff"),
        ("line", False, "another's", ""),
        ("handed", False, "mine", "owner manager staff"),
        ("handed", False, "another's", ""),
        ("question", False, "", "owner manager"),
        ("question", False, "another's", ""),
        ("repair", False, "", "owner manager"),
        ("report", False, "", "owner manager"),
    ],
)
def test_who_is_rung(kind: str, of_complaint: bool, hand: str, who: str) -> None:
    roles = ("owner", "manager", "staff")
    heard = [role for role in roles if rules.hears(kind, role, of_complaint=of_complaint, hand=hand)]
    assert " ".join(heard) == who


def test_nobody_is_rung_for_what_they_may_not_read_or_cannot_switch() -> None:
    for kind, role, voice, hand in product(
        rules.KINDS, ("owner", "manager", "staff"), (COMPLAINT, "idea"), HANDS
    ):
        if kind == "report" or not rules.hears(kind, role, of_complaint=voice == COMPLAINT, hand=hand):
            continue
        assert may_hear(COMPLAINT if kind == "complaint" else voice, role, is_handed=hand == "mine")
        assert kind in rules.offered(role)
    assert rules.standard("owner") == {"complaint", "line", "handed"}
    assert rules.standard("staff") == {"line", "handed"}
    assert rules.clean_kinds(["complaint", "line", "nonsense"], "staff") == "line"
    assert [rules.wanted("due", kinds) for kinds in (["complaint"], ["line"])] == [True, False]


@pytest.mark.parametrize(
    ("quiet", "moment", "kind", "rings"),
    [
        (Quiet(), NOON, "complaint", NOON),
        (Quiet(), NIGHT, "complaint", MORNING),
        (Quiet(), NIGHT, "line", MORNING),
        (Quiet(), MORNING - timedelta(minutes=1), "line", MORNING),
        (Quiet(), MORNING, "line", MORNING),
        (Quiet(), NOON + timedelta(hours=10), "line", MORNING),  # ten o'clock is night already
        (Quiet(complaints_wait=False), NIGHT, "complaint", NIGHT),
        (Quiet(complaints_wait=False), NIGHT, "line", MORNING),
        (Quiet(600, 600), NOON, "line", NOON),
        (Quiet(600, 600), NIGHT, "line", NIGHT),
        (Quiet(9 * 60, 13 * 60), NOON, "line", NOON + timedelta(hours=1)),  # over lunch
        (Quiet(9 * 60, 13 * 60), NIGHT, "line", NIGHT),
    ],
)
def test_when_it_rings(quiet: Quiet, moment: datetime, kind: str, rings: datetime) -> None:
    assert rules.rings_at(moment, quiet, kind) == rings


@pytest.mark.parametrize(
    ("quiet", "due", "warns"),
    [
        (Quiet(), NOON, NOON - timedelta(hours=1)),
        (Quiet(), NIGHT, NIGHT - timedelta(hours=2)),  # at 22:00 it is night: an hour before it
        (Quiet(), MORNING, NIGHT - timedelta(hours=2)),
        (Quiet(complaints_wait=False), MORNING, MORNING - timedelta(hours=1)),
    ],
)
def test_the_clock_rings_while_there_is_time(quiet: Quiet, due: datetime, warns: datetime) -> None:
    assert rules.warns_at(due, quiet) == warns


@pytest.mark.parametrize(
    ("things", "title", "path", "tag"),
    [
        ("complaint voice:7", "불편 말씀이 왔어요", "/owner/voices/7", "staff-3-voice-7"),
        ("line voice:7, line voice:7", "손님이 더 남긴 말씀이 있어요", "/owner/voices/7", "staff-3-voice-7"),
        ("line voice:7, due voice:7", "답할 시간이 얼마 남지 않았어요", "/owner/voices/7", "staff-3-voice-7"),
        ("complaint voice:7, due voice:8", "불편 말씀 2건이 기다려요", "/owner/voices", "staff-3-voices"),
        ("line voice:7, complaint voice:8", "손님 말씀 2건이 기다려요", "/owner/voices", "staff-3-voices"),
        ("handed voice:7", "맡은 말씀이 있어요", "/owner/voices/7", "staff-3-voice-7"),
        ("question voice:7", "문의가 왔어요", "/owner/voices/7", "staff-3-voice-7"),
        ("repair voice:7", "AS 요청이 왔어요", "/owner/voices/7", "staff-3-voice-7"),
        ("report post:1", "신고된 글이나 사진이 있어요", "/owner/reported", "staff-3-reported"),
        ("report post:1, report story:1", "신고된 글과 사진이 2건 있어요", "/owner/reported", "staff-3-reported"),
    ],
)  # fmt: skip
def test_what_the_locked_phone_says(things: str, title: str, path: str, tag: str) -> None:
    pairs = [(kind, subject) for kind, subject in (thing.split() for thing in things.split(", "))]
    told = rules.told(pairs, shop_id=3, shop="봄날커피", due=NOON + timedelta(hours=3), now=NOON)
    assert (told.title, told.path, told.tag) == (title, path, tag)
    timed = len({subject for _, subject in pairs}) == 1 and {"complaint", "due"} & {kind for kind, _ in pairs}
    then = "11월 23일(월) 오후 3:00까지 답해 주세요" if timed else "눌러서 확인해 주세요"
    assert told.body == f"봄날커피 · {then}"


def test_a_time_that_is_over_is_said_so_and_a_tag_is_a_topic() -> None:
    told = rules.told([("due", "voice:7")], shop_id=3, shop="봄날커피", due=NOON, now=NOON)
    assert (told.title, told.body) == ("답할 시간이 지났어요", "봄날커피 · 지금 답해 주세요")
    huge = rules.told([("line", f"voice:{10**18}")], shop_id=10**9, shop="봄", due=None, now=NOON)
    assert len(huge.tag) == 32  # RFC 8030 section 5.4


def test_turned_away_it_goes_again_later_and_later_and_not_for_ever() -> None:
    waits = [rules.next_try(tries, asked_s=None, now=NOON) for tries in range(1, 6)]
    assert waits == [NOON + timedelta(seconds=30 * 2**tries) for tries in range(4)] + [None]
    assert rules.next_try(1, asked_s=60, now=NOON) == NOON + timedelta(seconds=60)


def test_quiet_hours_as_typed() -> None:
    assert rules.clean_quiet(begins="23:00", ends="07:30", complaints_wait=False) == Quiet(1380, 450, False)
    with pytest.raises(Invalid) as wrong:
        rules.clean_quiet(begins="밤", ends="25:00", complaints_wait=True)
    assert set(wrong.value.fields) == {"begins", "ends"}
