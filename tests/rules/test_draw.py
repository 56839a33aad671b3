"""The draw: nobody is favoured, and ten lines that know nothing of this program find the same winners."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from itertools import combinations
from pathlib import Path

import pytest

from app.board import draw_rules, event_words
from config import ROOT

SEED = "5f" * 32
TICKETS = [f"TICKET{number:04}" for number in range(20)]


def _seeds(how_many: int) -> list[str]:
    return [hashlib.sha256(f"draw {number}".encode()).hexdigest() for number in range(how_many)]


def test_ten_thousand_draws_favour_nobody() -> None:
    first, among = dict.fromkeys(TICKETS, 0), dict.fromkeys(TICKETS, 0)
    pairs = dict.fromkeys(combinations(TICKETS[:4], 2), 0)
    for seed in _seeds(10_000):
        won = draw_rules.draw(seed, TICKETS, 3)
        first[won[0]] += 1
        for ticket in won:
            among[ticket] += 1
        for pair in pairs:
            pairs[pair] += set(pair) <= set(won)

    # 19 degrees of freedom: 43.8 is passed once in a thousand by a fair draw; these seeds are always the same ones.
    assert sum((seen - 500) ** 2 / 500 for seen in first.values()) < 43.8
    # Three of twenty without putting back spread less than free throws do: (n - 1) / (n - k) puts it right.
    assert sum((seen - 1500) ** 2 / 1500 for seen in among.values()) * 19 / 17 < 43.8
    # Nor does one ticket pull another one along: 10,000 · 3·2 / (20·19) = 158 each, within five deviations.
    assert all(95 < seen < 221 for seen in pairs.values())


def test_a_draw_follows_from_seed_and_tickets_alone() -> None:
    once = draw_rules.draw(SEED, TICKETS, 5)
    assert once == draw_rules.draw(SEED, TICKETS[::-1], 5)  # in whichever order they came
    assert once[:2] == draw_rules.draw(SEED, TICKETS, 2)
    assert once != draw_rules.draw("60" * 32, TICKETS, 5)
    by_hand = min(TICKETS, key=lambda ticket: hashlib.sha256(f"{SEED}:{ticket}".encode()).hexdigest())
    assert once[0] == by_hand
    assert draw_rules.seed_hash(SEED) == hashlib.sha256(SEED.encode()).hexdigest()


@pytest.mark.parametrize(("tickets", "winners", "drawn"), [([], 3, 0), (["A"], 3, 1), (TICKETS, 0, 0)])
def test_fewer_tickets_than_prizes(tickets: list[str], winners: int, drawn: int) -> None:
    assert len(draw_rules.draw(SEED, tickets, winners)) == drawn


def test_the_same_ticket_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        draw_rules.draw(SEED, ["A", "B", "A"], 1)


def _published_script(folder: Path) -> Path:
    """The ten lines as docs/decisions/fair-draw.md gives them to anybody."""
    text = (ROOT / "docs" / "decisions" / "fair-draw.md").read_text("utf-8")
    told = text.split("```python\n")[1].split("```")[0]
    assert told == draw_rules.SCRIPT, "the page of a result tells the same lines"
    script = folder / "check.py"
    script.write_text(told, "utf-8")
    return script


def _run(script: Path, file: Path) -> subprocess.CompletedProcess[str]:
    # -I and the folder of the script: nothing of this program can be imported.
    return subprocess.run(
        [sys.executable, "-I", str(script), str(file)],
        cwd=script.parent, capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("was", "becomes", "is_fair"),
    [
        ("", "", True),
        (f"seed: {SEED}", f"seed: {'60' * 32}", False),  # another seed than was promised
        (f"ticket: {draw_rules.draw(SEED, TICKETS, 3)[0]}\n", "", False),  # one that won is not on the list
        (
            f"drawn: {draw_rules.draw(SEED, TICKETS, 3)[0]}\n",
            f"drawn: {draw_rules.order(SEED, TICKETS)[3]}\n",
            False,
        ),
    ],
    ids=["as it was", "seed", "list", "winner"],
)
def test_a_script_of_ten_lines_finds_out(was: str, becomes: str, is_fair: bool, tmp_path: Path) -> None:
    text = draw_rules.proof_text(title="여름 사진전\n이벤트: 1", seed=SEED, tickets=TICKETS, winners=3)
    assert was in text
    (tmp_path / "draw.txt").write_text(text.replace(was, becomes) if was else text, "utf-8")

    ended = _run(_published_script(tmp_path), tmp_path / "draw.txt")

    assert (ended.returncode == 0) == is_fair, ended.stderr
    assert ("fair" in ended.stdout.splitlines()) == is_fair


@pytest.mark.parametrize(
    ("entries", "winners", "told"),
    [
        (1, 3, "뽑히셨어요"),
        (2, 3, "참여하신 2명 모두 뽑히셨어요"),
        (3, 3, "참여하신 3명 모두 뽑히셨어요"),
        (1200, 3, "참여하신 1,200명 가운데서 뽑히셨어요"),
    ],
)
def test_a_winner_hears_of_how_many_they_were_drawn(entries: int, winners: int, told: str) -> None:
    assert event_words.chosen_words(entries=entries, winners=winners) == told
