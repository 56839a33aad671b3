"""What `make screenshots` shows of what customers say. Who visits was here before (scenes.py)."""

from __future__ import annotations

from collections.abc import Callable

from bench.stage import Scene, Visitor


def _open(path: str) -> Callable[[Visitor], None]:
    return lambda visitor: visitor.open(path)


def _thread(visitor: Visitor) -> None:
    visitor.open("/owner/voices")
    visitor.page.get_by_role("link", name="자리가 추워요").first.click()
    visitor.page.wait_for_url("**/owner/voices/*")


SCENES = (
    Scene("word", "customer", _open("/c/DALBIT/voices?kind=complaint")),
    Scene("thread", "owner", _thread),
    Scene("heard", "owner", _open("/owner/voices/heard")),
    Scene("causes", "owner", _open("/owner/voices/causes?days=365")),
    Scene("voice-results", "owner", _open("/owner/voices/results?days=365")),
)
