"""A person's phone in Debian's Chromium: it keeps cookies, and hears everything its pages complain about."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import axe_playwright_python  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, Playwright

from launch import debian

Scheme = Literal["light", "dark"]
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text()
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
# The only ones that look at colours; whatever else is wrong is as wrong in the light.
AXE_COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
# One journey to the page for each scheme: a dozen of them take as long as axe itself.
# - Where something lies below the screen it answers null instead: under what is pinned nothing can be seen.
# - A colour on its way from one scheme to the other is nobody's colour: from the first on nothing fades.
# - No rule reads the style sheets themselves, which axe would fetch and parse again on every page.
_ASK_AXE = """async ({ scheme, rules, patience, whole, leaves }) => {
  const root = document.documentElement, is = matchMedia(`(prefers-color-scheme: ${scheme})`);
  if (whole && (innerWidth !== 390 || root.scrollHeight > innerHeight)) return null;
  if (!document.adoptedStyleSheets.length) {
    const still = new CSSStyleSheet();
    still.replaceSync('*, *::before, *::after { transition: none !important }');
    document.adoptedStyleSheets = [still];
  }
  for (const until = Date.now() + patience * 1000; !is.matches;) {
    if (Date.now() > until) throw new Error(`never ${scheme}`);
    await new Promise((soon) => { setTimeout(soon, 20) });
  }
  const { violations } = await axe.run(
    document, { runOnly: rules, reporter: 'no-passes', preload: { assets: ['media'] } });
  if (leaves) root.hidden = true;
  return violations.map((each) => [each.id, each.nodes[0].html]);
}"""
_OTHER: dict[Scheme, Scheme] = {"light": "dark", "dark": "light"}
# Whatever is waited for comes long before on a quiet machine; a busy one is no fault of the page.
PATIENCE_S = 40
# An address that browsers do not trust like loopback; used when the machine has none of its own.
NOWHERE = "192.0.2.7"
# Chromium's own note about an answer that is an error; the page's answer to it is what a test looks at.
_ANSWERED_NO = "Failed to load resource: the server responded with a status of 4"
# Chromium's own note when a page is left while it still fades in (cross-document view transitions).
_LEFT_EARLY = "Transition was "


def chromium(playwright: Playwright, camera: Path, *, program: str | None = None) -> Browser:
    """Start Debian's Chromium; its camera films the MJPEG file `camera`, whatever is in it when it is switched on.

    `program`: "chromium" for the whole one; the one without windows shows no notifications.
    """
    return playwright.chromium.launch(
        executable_path=shutil.which(program) if program else debian.browser(),
        args=[
            "--no-sandbox",
            "--disable-gpu",
            "--js-flags=--no-opt --no-maglev",  # no page of a test lives as long as it takes to compile it well
            f"--host-resolver-rules=MAP {NOWHERE} 127.0.0.1",
            "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream",
            f"--use-file-for-fake-video-capture={camera}",
        ],
    )


class Handset:
    """One phone at one address of the product. `said`: errors of console and scripts, dialogs that opened.

    Nothing moves on it unless reduced_motion="no-preference": each step of a movement is a drawing of the whole screen.
    """

    def __init__(self, browser: Browser, base_url: str, **settings: Any) -> None:
        self.base_url = base_url
        self.context = browser.new_context(
            viewport=settings.pop("viewport", {"width": 390, "height": 844}),
            has_touch=True,
            locale="ko-KR",
            timezone_id="Asia/Seoul",
            color_scheme="light",
            **{"reduced_motion": "reduce", **settings},
        )
        self.context.set_default_timeout(PATIENCE_S * 1000)
        self.context.grant_permissions(["camera"])  # as somebody gave it once
        if settings.get("bypass_csp"):
            self.context.add_init_script(AXE)  # once, not with each page: it is half a million letters
        self.said: list[str] = []
        self._page: Page | None = None
        self._scheme: Scheme = "light"
        self.context.on("console", lambda told: self._note(told.type, told.text))
        self.context.on("weberror", lambda fault: self._note("error", str(fault.error)))
        self.context.on(
            "dialog", lambda dialog: (self.said.append(f"dialog: {dialog.message}"), dialog.dismiss())
        )

    def _note(self, kind: str, text: str) -> None:
        if (
            kind == "error" and not text.startswith((_ANSWERED_NO, _LEFT_EARLY))
        ) or "Content Security Policy" in text:
            self.said.append(text)

    def keep(self, kind: str, value: str) -> None:
        """Put one of our cookies ("card", "staff") into the jar."""
        parts = urlsplit(self.base_url)
        trusted = parts.hostname == "127.0.0.1"
        self.context.add_cookies(
            [
                {
                    "name": f"__Host-{kind}" if trusted else f"lan-{kind}",
                    "value": value,
                    "url": self.base_url.replace("http:", "https:") if trusted else self.base_url,
                    "secure": trusted,
                    "httpOnly": True,
                    "sameSite": "Lax",
                }
            ]
        )

    @property
    def page(self) -> Page:
        """The one tab."""
        if self._page is None:
            self._page = self.context.new_page()
        return self._page

    def open(self, path: str) -> Page:
        """Open an address of the product (or a whole link of it) and return the tab."""
        self.page.goto(path if path.startswith("http") else self.base_url + path)
        return self.page

    def press(self, name: str, *, exact: bool = True, nth: int = 0) -> None:
        """Press the button of that name."""
        self.page.get_by_role("button", name=name, exact=exact).nth(nth).click()

    @property
    def words(self) -> str:
        """What can be read in the tab."""
        return self.page.locator("body").inner_text().replace("\N{NO-BREAK SPACE}", " ")

    @property
    def h1(self) -> str:
        """The tab's heading on one line."""
        return " ".join(self.page.locator("h1").inner_text().split())

    def code(self) -> str:
        """Wait for the QR the card drew and return its text."""
        self.page.locator("button[data-qr] canvas").wait_for()
        return str(self.page.evaluate("document.querySelector('button[data-qr] canvas').dataset.code"))

    def until(self, question: str) -> None:
        """Ask the page until it answers yes (the policy forbids Playwright's own wait_for_function)."""
        wait_until(lambda: bool(self.page.evaluate(question)), question, self.page)

    def grow(self) -> None:
        """Make the screen as tall as the page: nothing lies half under what is pinned."""
        wide, shown, tall = self.page.evaluate(
            "[innerWidth, innerHeight, document.documentElement.scrollHeight]"
        )
        if wide != 390 or tall > shown:
            self.page.set_viewport_size({"width": 390, "height": max(844, tall)})

    def axe_faults(self, *, leaves: bool = False) -> dict[str, list[list[str]]]:
        """Return what axe finds wrong with the page, light and dark: [rule, first element]. Needs bypass_csp=True.

        Each page begins in the scheme in which the one before ended: to change it is to draw everything anew.
        `leaves`: nothing else is asked of this page; hidden, it need not be laid out for the size of the next one.
        """
        faults = {}
        for scheme in (self._scheme, _OTHER[self._scheme]):
            turned = scheme != self._scheme
            if turned:
                self.page.emulate_media(color_scheme=scheme)
                self._scheme = scheme
            asked = {
                "scheme": scheme,
                "rules": AXE_RULES if scheme == "light" else AXE_COLOURS,
                "patience": PATIENCE_S,
                "leaves": leaves and turned,
            }
            wrong = self.page.evaluate(_ASK_AXE, {**asked, "whole": not turned})
            if wrong is None:
                self.grow()
                wrong = self.page.evaluate(_ASK_AXE, {**asked, "whole": False})
            faults |= {scheme: wrong} if wrong else {}
        return faults


def wait_until(answer: Callable[[], bool], what: str, page: Page, seconds: float = PATIENCE_S) -> None:
    """Ask again and again while the page lives on. Raises AssertionError when time is over."""
    until = time.monotonic() + seconds
    while not answer():
        assert time.monotonic() < until, f"never true: {what}"
        page.wait_for_timeout(120)
