"""What `make screenshots` shows of events, customers' photos, questions and the board. Who visits was here before (scenes.py)."""

from __future__ import annotations

from collections.abc import Callable

from bench.stage import Scene, Visitor


def _open(path: str) -> Callable[[Visitor], None]:
    return lambda visitor: visitor.open(path.replace("{code}", visitor.demo.shop_code))


def _event(path: str, title: str) -> Callable[[Visitor], None]:
    """Open an event of that title from a list."""

    def play(visitor: Visitor) -> None:
        visitor.open(path.replace("{code}", visitor.demo.shop_code))
        visitor.page.get_by_role("link", name=title).click()
        visitor.page.wait_for_url("**/events/*")

    return play


SCENES = (
    Scene("event-form", "owner", _open("/owner/events/new")),
    Scene("event", "owner", _event("/owner/events", "새 라떼 이름 짓기")),
    Scene("my-event", "customer", _event("/c/{code}/events", "겨울 사진전")),
    Scene("event-result", "newcomer", _event("/s/{code}/events", "새 라떼 이름 짓기")),
    Scene("stories", "owner", _open("/owner/stories")),
    Scene("story-form", "customer", _open("/c/{code}/stories/new")),
    Scene("gallery", "newcomer", _open("/s/{code}/stories")),
    Scene("questions", "owner", _open("/owner/questions")),
    Scene("board", "customer", _open("/c/{code}/board")),
    Scene("board-settings", "owner", _open("/owner/more/board")),
)
