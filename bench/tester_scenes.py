"""What `make screenshots` shows of programmes that people try. Who visits was here before (scenes.py)."""

from __future__ import annotations

from collections.abc import Callable

from bench.stage import Scene, Visitor


def _open(path: str) -> Callable[[Visitor], None]:
    return lambda visitor: visitor.open(path)


SCENES = (
    Scene("testers", "owner", _open("/owner/testers")),
    Scene("tester-people", "owner", _open("/owner/testers/2/people")),
    Scene("tester-summary", "owner", _open("/owner/testers/1/summary")),
)
