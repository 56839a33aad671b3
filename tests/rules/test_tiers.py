"""When a tier is reached and lost, which boost counts, and what people are told of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.clock import KST
from app.kit.refusals import Invalid
from app.tiers import rules, typed, wording
from app.tiers.forecast import carried
from app.tiers.rules import BoostRule, Level, Move, Policy, Stands, Worth

NOW = datetime(2026, 11, 23, 5, 49, tzinfo=UTC)
LEVELS = [Level(1, "새싹", 1), Level(2, "단골", 5), Level(3, "으뜸", 15)]
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("today", "months", "first"),
    [
        ("2026-11-26", 12, "2025-11-27"),
        ("2026-11-26", 0, None),
        ("2026-03-31", 1, "2026-03-01"),  # February has no 31st: its last day stands for it
        ("2026-03-29", 1, "2026-03-01"),
        ("2026-03-28", 1, "2026-03-01"),
        ("2028-02-29", 12, "2027-03-01"),  # leap day
        ("2028-03-31", 1, "2028-03-01"),
        ("2029-02-28", 12, "2028-02-29"),  # the leap day itself still counts
        ("2026-01-15", 3, "2025-10-16"),
        ("2026-12-31", 6, "2026-07-01"),
        ("2026-05-31", 24, "2024-06-01"),
    ],
)
def test_a_period_rolls_by_the_day(today: str, months: int, first: str | None) -> None:
    found = rules.first_day(date.fromisoformat(today), months)
    assert (found.isoformat() if found else None) == first


@given(st.dates(date(2020, 1, 1), date(2035, 1, 1)), st.sampled_from([3, 6, 12, 24]))
def test_a_period_never_jumps_back(day: date, months: int) -> None:
    here, later = rules.first_day(day, months), rules.first_day(day + DAY, months)
    assert here is not None and later is not None
    assert here <= later <= here + 4 * DAY
    assert here <= day


@pytest.mark.parametrize(
    ("amount", "name"),
    [(0, None), (1, "새싹"), (4, "새싹"), (5, "단골"), (14, "단골"), (15, "으뜸"), (900, "으뜸")],
)
def test_the_highest_level_that_is_reached(amount: int, name: str | None) -> None:
    found = rules.reached(LEVELS, amount)
    assert (found.name if found else None) == name


SOON, PAST = NOW + 5 * DAY, NOW - 5 * DAY


@pytest.mark.parametrize(
    ("policy", "stands", "amount", "move"),
    [
        (Policy(), Stands(), 0, None),
        (Policy(), Stands(), 1, Move("up", 1)),
        (Policy(), Stands(), 20, Move("up", 3)),  # over a level at once
        (Policy(), Stands(2), 5, None),
        (Policy(), Stands(2, SOON), 15, Move("up", 3)),
        (Policy(), Stands(2), 4, Move("grace", 2, NOW + 30 * DAY)),
        (Policy(), Stands(2, SOON), 4, None),  # told, and kept
        (Policy(), Stands(2, SOON), 5, Move("held", 2)),  # came in time
        (Policy(), Stands(2, NOW), 4, Move("down", 1)),
        (Policy(), Stands(3, PAST), 0, Move("down", None)),
        (Policy(grace_days=0), Stands(3), 5, Move("down", 2)),
        (Policy(downgrade="never"), Stands(3), 0, None),
        (Policy(downgrade="never"), Stands(3, PAST), 0, Move("held", 3)),  # the rule became kinder meanwhile
        (Policy(), Stands(99), 0, None),  # a level that is no more counts as none
        (Policy(), Stands(99), 5, Move("up", 2)),
    ],
)
def test_a_tier_is_reached_at_once_and_lost_late(
    policy: Policy, stands: Stands, amount: int, move: Move | None
) -> None:
    assert rules.judge(policy=policy, levels=LEVELS, stands=stands, amount=amount, now=NOW) == move


@given(
    st.sampled_from([Policy(), Policy(grace_days=0), Policy(downgrade="never"), Policy(grace_days=14)]),
    st.sampled_from([None, 1, 2, 3]),
    st.sampled_from([None, PAST, SOON]),
    st.integers(0, 20),
)
def test_what_was_done_is_not_done_again(
    policy: Policy, tier_id: int | None, grace: datetime | None, amount: int
) -> None:
    move = rules.judge(policy=policy, levels=LEVELS, stands=Stands(tier_id, grace), amount=amount, now=NOW)
    if move is not None:
        after = Stands(move.tier_id, move.grace_until)
        assert rules.judge(policy=policy, levels=LEVELS, stands=after, amount=amount, now=NOW) is None


def at(text: str) -> datetime:
    """Return that local moment."""
    return datetime.fromisoformat(text).replace(tzinfo=KST)


TUESDAY = BoostRule("화요일은 두 배", 200, weekdays="1", from_minute=14 * 60, to_minute=17 * 60)
FOR_TOP = BoostRule("으뜸 손님 두 배", 200, least=15, to_day=date(2026, 11, 28))


@pytest.mark.parametrize(
    ("boost", "moment", "least", "yes"),
    [
        (TUESDAY, "2026-11-24T13:59", None, False),
        (TUESDAY, "2026-11-24T14:00", None, True),
        (TUESDAY, "2026-11-24T16:59", None, True),
        (TUESDAY, "2026-11-24T17:00", None, False),
        (TUESDAY, "2026-11-25T15:00", None, False),
        (FOR_TOP, "2026-11-28T23:59", 15, True),
        (FOR_TOP, "2026-11-29T00:00", 15, False),
        (FOR_TOP, "2026-11-28T12:00", 5, False),
        (FOR_TOP, "2026-11-28T12:00", None, False),
        (BoostRule("하루만", 300, from_day=date(2026, 12, 24), to_day=date(2026, 12, 24)), "2026-12-24T00:00", None, True),
        (BoostRule("하루만", 300, from_day=date(2026, 12, 24), to_day=date(2026, 12, 24)), "2026-12-23T23:59", None, False),
    ],
)  # fmt: skip
def test_when_a_boost_holds(boost: BoostRule, moment: str, least: int | None, yes: bool) -> None:
    assert rules.holds(boost, local=at(moment), least=least) is yes


@pytest.mark.parametrize(
    ("boosts", "own", "worth", "stamps"),
    [
        ([], 100, Worth(), 1),
        ([TUESDAY], 100, Worth(200, "화요일은 두 배"), 2),
        ([TUESDAY, BoostRule("세 배의 날", 300)], 200, Worth(300, "세 배의 날"), 3),  # never six
        ([TUESDAY], 200, Worth(200, "으뜸 등급"), 2),
        ([BoostRule("포인트 1.5배", 150)], 100, Worth(150, "포인트 1.5배"), 1),
    ],
)
def test_the_best_boost_counts_alone(boosts: list[BoostRule], own: int, worth: Worth, stamps: int) -> None:
    found = rules.best(boosts, local=at("2026-11-24T15:00"), own_percent=own, own_name="으뜸")
    assert (found, found.stamps) == (worth, stamps)


def test_a_removed_level_hands_its_people_down() -> None:
    assert carried(LEVELS, [Level(1, "새싹", 2), Level(3, "으뜸", 10)]) == {1: 2, 2: 2, 3: 10}
    assert carried(LEVELS, [Level(0, "새로", 1), Level(3, "으뜸", 10)]) == {1: -1, 2: -1, 3: 10}


@pytest.mark.parametrize(
    ("tier_id", "amount", "until", "said"),
    [
        (None, 0, None, "한 번만 오셔도 새싹 등급이에요"),
        (1, 3, None, "두 번 더 오시면 단골 등급이에요"),
        (3, 15, None, "가장 높은 등급이에요"),
        (2, 3, date(2026, 12, 26), "12월 26일(토)까지 두 번 더 오시면 단골 등급이 그대로예요"),
        (2, 5, date(2026, 12, 26), "단골 등급 그대로예요"),
        (3, 2, None, "가장 높은 등급이에요"),  # never lost: nothing to warn of
    ],
)
def test_the_next_step_in_words(tier_id: int | None, amount: int, until: date | None, said: str) -> None:
    told = wording.progress(
        Policy(), LEVELS, tier_id=tier_id, amount=amount, until=until, today=date(2026, 11, 26)
    )
    assert told == said


def test_money_is_told_in_won() -> None:
    levels = [Level(1, "단골", 100_000)]
    told = wording.progress(
        Policy("spend"), levels, tier_id=None, amount=88_000, until=None, today=date(2026, 11, 26)
    )
    assert told == "12,000원을 더 쓰시면 단골 등급이에요"


@pytest.mark.parametrize(
    ("boost", "said"),
    [
        (TUESDAY, "화요일 · 오후 2시–오후 5시"),
        (FOR_TOP, "11월 28일(토)까지"),
        (BoostRule("늘", 200), "언제나"),
        (BoostRule("주말", 200, weekdays="56"), "토·일요일"),
        (BoostRule("밤", 200, from_minute=22 * 60 + 30), "오후 10시 30분–자정"),
        (
            BoostRule("겨울", 200, from_day=date(2026, 12, 1), to_day=date(2026, 12, 31)),
            "12월 1일(화)부터 · 12월 31일(목)까지",
        ),
    ],
)
def test_a_boost_in_words(boost: BoostRule, said: str) -> None:
    assert wording.boost_when(boost, date(2026, 11, 26)) == said


def test_what_is_said_of_a_double_stamp() -> None:
    assert wording.boosted("화요일은 두 배", 2) == "‘화요일은 두 배’라서 도장 2개를 찍었어요"
    assert wording.boosted("으뜸 등급", 3) == "‘으뜸 등급’이라서 도장 3개를 찍었어요"


ROWS = [("1", "새싹", "1"), ("", "단골", "5번"), ("", "", "")]


def rule(**changes: object) -> tuple[Policy, list[Level]]:
    """Clean a rule that is in order but for the changes."""
    values: dict[str, object] = {
        "measure": "visits",
        "months": "12",
        "downgrade": "grace",
        "grace_days": "30",
        "rows": ROWS,
    }
    return typed.clean_rule(**(values | changes))  # type: ignore[arg-type]


def test_a_typed_rule_is_read() -> None:
    assert rule() == (Policy(), [Level(1, "새싹", 1), Level(0, "단골", 5)])
    spend = rule(measure="spend", rows=[("", "으뜸", "300,000원"), ("", "단골", "100000")])
    assert [level.least for level in spend[1]] == [100_000, 300_000]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"measure": "mood"}, "measure"),
        ({"months": "7"}, "months"),
        ({"downgrade": "now"}, "downgrade"),
        ({"grace_days": "x"}, "grace_days"),
        ({"rows": [("", "단골", "5"), ("", "", "")]}, "name_2"),
        ({"rows": [("", "단골", "5"), ("", "단골", "9")]}, "name_2"),
        ({"rows": [("", "단골", "5"), ("", "으뜸", "5")]}, "least_2"),
        ({"rows": [("", "단골", "0"), ("", "으뜸", "5")]}, "least_1"),
        ({"rows": [("", "단골", "다섯"), ("", "으뜸", "5")]}, "least_1"),
        ({"rows": [("", "", "5"), ("", "으뜸", "9")]}, "name_1"),
        ({"rows": [("", "아주아주아주긴이름", "5"), ("", "으뜸", "9")]}, "name_1"),
    ],
)
def test_a_wrong_rule_says_where(changes: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        rule(**changes)
    assert field in refused.value.fields


def boost(**changes: object) -> BoostRule:
    """Clean a boost that is in order but for the changes."""
    values: dict[str, object] = {
        "name": "화요일은 두 배",
        "percent": "200",
        "weekdays": ["1"],
        "from_time": "14:00",
        "to_time": "17:00",
        "from_day": "",
        "to_day": "",
        "today": date(2026, 11, 26),
    }
    return typed.clean_boost(**(values | changes))  # type: ignore[arg-type]


def test_a_typed_boost_is_read() -> None:
    assert boost() == TUESDAY
    every = boost(weekdays=list("0123456"), from_time="", to_time="00:00")
    assert (every.weekdays, every.from_minute, every.to_minute) == ("", 0, 1440)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "가" * 21}, "name"),
        ({"percent": "100"}, "percent"),
        ({"from_time": "25:00"}, "from_time"),
        ({"to_time": "13:00"}, "to_time"),
        ({"from_day": "내일"}, "from_day"),
        ({"to_day": "2026-11-25"}, "to_day"),
        ({"from_day": "2026-12-10", "to_day": "2026-12-01"}, "to_day"),
    ],
)
def test_a_wrong_boost_says_where(changes: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        boost(**changes)
    assert field in refused.value.fields
