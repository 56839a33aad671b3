"""Pictures of what a shop tells: its news, its page, the words and the picture for elsewhere, the slips in its parcels."""

from __future__ import annotations

from collections.abc import Callable

from bench.stage import Scene, Visitor


def _at(path: str) -> Callable[[Visitor], None]:
    return lambda visitor: visitor.open(path)


def _shop_page(visitor: Visitor) -> None:
    visitor.open(f"/s/{visitor.demo.shop_code}/shop")


def _notice(visitor: Visitor) -> None:
    """The owner's view of news that people opened."""
    visitor.open("/owner/notices")
    visitor.press("제주 댕유자로")
    visitor.page.wait_for_url("**/owner/notices/*")


def _caption(visitor: Visitor) -> None:
    _notice(visitor)
    visitor.press("SNS에 올릴")
    visitor.page.wait_for_url("**/caption")
    visitor.page.wait_for_load_state("networkidle")


def _read(visitor: Visitor) -> None:
    """A regular reads what is new on the card."""
    visitor.open(f"/c/{visitor.demo.shop_code}/notices")


SCENES = [
    Scene("notices", "owner", _at("/owner/notices")),
    Scene("notice", "owner", _notice),
    Scene("caption", "owner", _caption),
    Scene("links", "owner", _at("/owner/more/links")),
    Scene("parcel", "owner", _at("/owner/print/parcel")),
    Scene("support", "owner", _at("/owner/more/support")),
    Scene("shop-page", "newcomer", _shop_page),
    Scene("my-news", "customer", _read),
]
