"""What a comparison says: the interval keeps its promise, and the words keep to the interval."""

from __future__ import annotations

from math import exp
from random import Random

import pytest

from app.messages.lift import Room, Side, more_came, more_spent
from app.messages.result_words import came_words, more_words, spent_words, which_words

RUNS = 1_000


@pytest.mark.parametrize(
    ("people", "sent_share", "held_share"),
    [(300, 0.10, 0.10), (300, 0.16, 0.10), (300, 0.45, 0.40), (1_000, 0.12, 0.08), (2_000, 0.30, 0.24)],
)
def test_nine_times_of_ten_the_truth_lies_within(people: int, sent_share: float, held_share: float) -> None:
    """A thousand shops of the same truth, a tenth of the people held out: 88–92 % of their intervals cover it."""
    rng = Random(f"{people}:{sent_share}:{held_share}")
    held, sent = people // 10, people - people // 10
    covered = 0
    for _ in range(RUNS):
        room = more_came(
            Side(sent, _came(rng, sent, sent_share)),
            Side(held, _came(rng, held, held_share)),
        )
        assert room is not None
        covered += room.low <= 100 * (sent_share - held_share) <= room.high
    assert 0.88 * RUNS <= covered <= 0.92 * RUNS, covered


def _came(rng: Random, people: int, share: float) -> int:
    return sum(rng.random() < share for _ in range(people))


@pytest.mark.parametrize(("people", "sent_share", "held_share"), [(1_500, 0.25, 0.20), (2_000, 0.2, 0.2)])
def test_so_it_is_of_money_where_enough_bought(people: int, sent_share: float, held_share: float) -> None:
    rng = Random(f"{people}:{sent_share}")
    held, sent = people // 10, people - people // 10
    truth = 100 * (sent_share - held_share) * exp(9 + 0.6**2 / 2)  # the mean of what is spent below
    known = covered = 0
    for _ in range(RUNS // 2):
        room = more_spent(_spending(rng, sent, sent_share), _spending(rng, held, held_share))
        if room is not None:
            known += 1
            covered += room.low <= truth <= room.high
    assert known > 0.45 * RUNS
    assert 0.87 * known <= covered <= 0.93 * known, (covered, known)


def _spending(rng: Random, people: int, share: float) -> Side:
    spent = [rng.lognormvariate(9, 0.6) for _ in range(_came(rng, people, share))]
    buyers = len(spent)
    return Side(
        people,
        buyers,
        buyers,
        visits=buyers,
        priced=buyers,
        won=sum(spent),
        won_squared=sum(x * x for x in spent),
    )


def test_nothing_is_said_of_too_few_or_of_half_the_amounts() -> None:
    many = Side(900, 300, 300, 300, 300, 3e6, 4e10)
    assert more_came(many, Side(29, 3)) is None
    assert more_came(Side(29, 3), many) is None
    assert more_spent(Side(900, 200, 200, 200, 200, 3e6, 4e10), Side(100, 40, 40, 40, 40, 3e5, 4e9)) is None
    assert more_spent(many, Side(100, 29, 29, 29, 29, 3e5, 4e9)) is not None, (
        "chance does not choose what is told"
    )
    assert more_spent(many, Side(100, 40, 40, 70, 40, 3e5, 4e9)) is not None
    assert more_spent(Side(900, 300, 300, 500, 300, 3e6, 4e10), Side(100, 40, 40, 40, 40, 3e5, 4e9)) is None


@pytest.mark.parametrize(
    ("room", "words", "which"),
    [
        (None, "아직 알 수 없어요", "아직 알 수 없어요"),
        (Room(3.2, 9.4), "100명께 보내면 대략 3~9명이 더 오세요", "첫째 글이 나아요. 100명께 보내면 대략 3~9명이 더 오세요"),
        (Room(3.6, 4.4), "100명께 보내면 대략 4명이 더 오세요", "첫째 글이 나아요. 100명께 보내면 대략 4명이 더 오세요"),
        (Room(0.2, 4.4), "100명께 보내면 많게는 4명이 더 오세요", "첫째 글이 나아요. 100명께 보내면 많게는 4명이 더 오세요"),
        (Room(-1, 9), "아직 알 수 없어요", "아직 알 수 없어요"),
        (Room(-1.5, 1.5), "보내나 안 보내나 거의 같아요", "두 글이 거의 같아요"),
        (Room(-6.1, -1.8), "보내지 않은 분들이 오히려 더 오셨어요. 100명에 대략 2~6명이요", "둘째 글이 나아요. 100명께 보내면 대략 2~6명이 더 오세요"),
    ],
)  # fmt: skip
def test_words_of_a_difference(room: Room | None, words: str, which: str) -> None:
    assert (more_words(room), which_words(room)) == (words, which)


@pytest.mark.parametrize(
    ("room", "words"),
    [
        (None, ""),
        (Room(-1, 90_000), ""),
        (Room(31_200, 88_700), "100명께 보내면 대략 3만 1천~8만 9천 원을 더 쓰세요"),
        (Room(1_312_000, 2_087_000), "100명께 보내면 대략 131만~209만 원을 더 쓰세요"),
        (Room(7_600, 8_400), "100명께 보내면 대략 8천 원을 더 쓰세요"),
    ],
)
def test_words_of_money(room: Room | None, words: str) -> None:
    assert spent_words(room) == words


@pytest.mark.parametrize(
    ("kind", "asked", "back", "words"),
    [
        ("come_back", 3, 2, "뜸하던 세 분 중 두 분이 다시 오셨어요"),
        ("come_back", 1, 1, "뜸하던 한 분이 다시 오셨어요"),
        ("come_back", 2, 2, "뜸하던 두 분이 모두 다시 오셨어요"),
        ("come_back", 9, 1, "뜸하던 아홉 분 중 한 분이 다시 오셨어요"),
        ("come_back", 24, 9, "뜸하던 손님 24명 중 9명이 다시 오셨어요"),
        ("come_back", 10, 10, "뜸하던 손님 10명이 모두 다시 오셨어요"),
        ("come_back", 2, 0, "뜸하던 두 분께 안부를 보냈어요. 아직 다시 오신 분은 없어요"),
        ("thank_you", 3, 2, "감사 인사를 보낸 세 분 중 두 분이 다시 오셨어요"),
        ("thank_you", 24, 0, "손님 24명께 감사 인사를 보냈어요. 아직 다시 오신 분은 없어요"),
    ],
)
def test_words_of_people(kind: str, asked: int, back: int, words: str) -> None:
    label = "안부 인사" if kind == "come_back" else "감사 인사"
    assert came_words(kind=kind, label=label, asked=asked, back=back) == words


@pytest.mark.parametrize(
    ("back", "words"),
    [
        (0, "최근 안부를 전한 손님 200명 중 아직 다시 오신 분은 없어요"),
        (31, "최근 안부를 전한 손님 200명 중 31명이 다시 오셨어요"),
        (200, "최근 안부를 전한 손님 200명이 모두 다시 오셨어요"),
    ],
)
def test_words_of_the_latest(back: int, words: str) -> None:
    said = came_words(kind="come_back", label="안부 인사", asked=200, back=back, are_latest=True)
    assert said == words
