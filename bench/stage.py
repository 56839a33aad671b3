"""Whose browser a scene of `make screenshots` plays in, and how it finds its way through the running demo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask
from playwright.sync_api import Page

PHONE = (390, 844)
TABLET = (820, 1180)


@dataclass(frozen=True)
class Demo:
    """The running demo: its links by label, and the same product in this process to look people up."""

    app: Flask
    links: dict[str, str]
    base_url: str

    @property
    def shop_code(self) -> str:
        """The code of the first demo shop, as its join link names it."""
        return self.links["customer"].rpartition("/")[2]


@dataclass(frozen=True)
class Visitor:
    """Somebody's browser at the demo."""

    demo: Demo
    page: Page

    def open(self, path: str) -> None:
        """Open an address of the product, or a whole link of it."""
        self.page.goto(path if path.startswith("http") else self.demo.base_url + path)

    def press(self, name: str, nth: int = 0) -> None:
        """Press the button or follow the link of that name."""
        self.page.get_by_role("button", name=name).or_(self.page.get_by_role("link", name=name)).nth(
            nth
        ).click()


@dataclass(frozen=True)
class Scene:
    """One picture: whose browser (one for each name and size) and what they do before it is taken."""

    name: str
    who: str
    play: Callable[[Visitor], None]
    size: tuple[int, int] = PHONE
