"""What `make screenshots` shows of what a shop does about its reviews. The owner has entered before (scenes.py)."""

from __future__ import annotations

from bench.stage import Scene, Visitor


def _hide(visitor: Visitor) -> None:
    """The first review that may be hidden, with the causes."""
    visitor.open("/owner/reviews")
    visitor.page.locator("summary", has_text="더 보기").first.click()
    visitor.page.get_by_role("link", name="이 후기 가리기").first.click()
    visitor.page.wait_for_url("**/hiding")


SCENES = (
    Scene("review-hide", "owner", _hide),
    Scene("review-photos", "owner", lambda visitor: visitor.open("/owner/reviews/photos")),
    Scene("review-words", "owner", lambda visitor: visitor.open("/owner/reviews/words")),
    Scene("review-settings", "owner", lambda visitor: visitor.open("/owner/more/reviews")),
)
