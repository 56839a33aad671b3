"""A draw that everybody can do again: a seed promised beforehand, tickets without names, one hash for each. Pure.

How it goes, and how to check it without this program: docs/decisions/fair-draw.md. Used by events and by testers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence

# What anybody may run on the file of proof_text(): it knows nothing of this program.
SCRIPT = """import hashlib, sys

sha = lambda text: hashlib.sha256(text.encode()).hexdigest()
text = open(sys.argv[1], encoding="utf-8").read()
lines = [line.split(": ") for line in text.splitlines() if line[0] != "#"]
every = lambda name: [value for key, value in lines if key == name]
seed, hashed, winners = every("seed")[0], every("seed_hash")[0], int(every("winners")[0])
assert sha(seed) == hashed, "another seed than was promised"
drawn = sorted(every("ticket"), key=lambda ticket: sha(seed + ":" + ticket))[:winners]
assert drawn == every("drawn"), "other winners than the seed gives"
print("fair")
"""
SEED_BYTES = 32  # random, kept as 64 hex digits
TICKET_LENGTH = 10  # of the spoken alphabet: 50 bits, the same one twice never happens within one draw


def seed_hash(seed: str) -> str:
    """Return what is shown from the beginning: the SHA-256 of the seed's 64 hex digits, as hex."""
    return _sha256(seed)


def order(seed: str, tickets: Collection[str]) -> list[str]:
    """Return all tickets as they are drawn, the first one first: by the SHA-256 of "<seed>:<ticket>"."""
    return sorted(tickets, key=lambda ticket: (_sha256(f"{seed}:{ticket}"), ticket))


def draw(seed: str, tickets: Collection[str], winners: int) -> list[str]:
    """Return the tickets that win, the first place first; all of them when there are fewer than `winners`.

    Raises ValueError for the same ticket twice: it would have two chances.
    """
    if len(set(tickets)) != len(tickets):
        raise ValueError("a ticket is there twice")
    return order(seed, tickets)[: max(winners, 0)]


def proof_text(*, title: str, seed: str, tickets: Sequence[str], winners: int) -> str:
    """Return the file with which anybody draws again: one "name: value" a line, what starts with # is for people.

    `tickets` in the order they came. The file holds no name and nothing else of anybody.
    """
    return "\n".join(_lines(title, seed, tickets, winners)) + "\n"


def _lines(title: str, seed: str, tickets: Sequence[str], winners: int) -> Iterator[str]:
    yield f"# {' '.join(title.split())} · 추첨 확인 파일"
    yield "# 1. seed의 SHA-256이 참여 전에 공개한 seed_hash와 같은지 봐요."
    yield '# 2. 번호마다 SHA-256(seed + ":" + 번호)을 구해 작은 것부터 늘어놓아요.'
    yield "# 3. 앞에서 winners만큼이 drawn과 같으면 맞는 추첨이에요."
    yield f"seed_hash: {seed_hash(seed)}"
    yield f"seed: {seed}"
    yield f"winners: {winners}"
    yield from (f"ticket: {ticket}" for ticket in tickets)
    yield from (f"drawn: {ticket}" for ticket in draw(seed, tickets, winners))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
