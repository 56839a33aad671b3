"""A small browser that checks every page it opens."""

from __future__ import annotations

from functools import cached_property
from typing import Any
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup
from flask import Flask
from werkzeug.test import TestResponse

from tests import factories, pages
from tests.factories import ACustomer, AShop
from tests.world import PUBLIC_URL

_AGENT = "Mozilla/5.0 (Linux; Android 15; SM-S931N) AppleWebKit/537.36 Chrome/142.0 Mobile Safari/537.36"


class Page:
    """An answer with what was in it."""

    def __init__(self, answer: TestResponse, url: str) -> None:
        self.answer = answer
        self.url = url
        self.path = urlsplit(url).path
        self.status = answer.status_code
        self.html = answer.get_data().decode(errors="replace")  # a picture or a PDF is no text
        self.is_html = answer.mimetype == "text/html"

    @cached_property
    def soup(self) -> BeautifulSoup:
        """The page's tree."""
        return pages.read(self.html if self.is_html else "")[0]

    @property
    def words(self) -> str:
        """Everything readable, on one line."""
        return pages.words(self.soup) if self.is_html else self.html

    @property
    def h1(self) -> str:
        """The page's heading."""
        return pages.words(self.soup.h1) if self.soup.h1 else ""

    def errors(self) -> list[str]:
        """The sentences beside the fields and in the summary."""
        return [pages.words(tag) for tag in self.soup.select(".error, [role=alert]")]

    def value(self, name: str) -> str:
        """What a field holds now."""
        for form in self.soup.find_all("form"):
            for key, value in pages.fields_of(form, self.soup):
                if key == name:
                    return value
        raise AssertionError(f"no field {name!r} on {self.path}")


class Phone:
    """One person's browser: keeps cookies, sends what a browser sends, looks at every page.

    `base_url` on plain http with a name other than loopback behaves like such an origin does: no
    Sec-Fetch-Site, only Origin.
    """

    def __init__(self, app: Flask, base_url: str = PUBLIC_URL, *, look: bool = True) -> None:
        self.app = app
        self.look = look  # a crawler that asks for hundreds of pages need not look at each
        self.base_url = base_url
        self.client = app.test_client()
        self.page: Page | None = None
        parts = urlsplit(base_url)
        self.secure = parts.scheme == "https" or parts.hostname in ("localhost", "127.0.0.1")
        self.host = parts.hostname or "localhost"

    def signed_in(self, shop: AShop, staff_id: int) -> Phone:
        """Hold a staff session, as after the owner's link."""
        self.keep("staff", factories.a_session(shop, staff_id, is_secure=self.secure))
        return self

    def holding(self, customer: ACustomer) -> Phone:
        """Hold a customer's card."""
        self.keep("card", customer.browser)
        return self

    def keep(self, kind: str, value: str) -> None:
        """Put one of our cookies into the jar."""
        name = f"__Host-{kind}" if self.secure else f"lan-{kind}"
        self.client.set_cookie(name, value, domain=self.host, path="/")

    def open(
        self, path: str, *, status: int = 200, follow: bool = True, headers: dict[str, str] | None = None
    ) -> Page:
        """Open an address, follow where it leads, and look at the page."""
        site = {"Sec-Fetch-Site": "none" if self.page is None else "same-origin"} if self.secure else {}
        answer = self._send("GET", path, headers={**site, **(headers or {})})
        return self._arrive(answer, path, status, follow)

    def tap(self, text: str, *, status: int = 200, follow: bool = True) -> Page:
        """Follow the link of that text, or press the button of that text."""
        assert self.page is not None
        for link in self.page.soup.find_all("a"):
            if text in (pages.words(link), link.get("aria-label")):
                return self.open(urljoin(self.page.url, str(link["href"])), status=status, follow=follow)
        return self.submit(text, status=status, follow=follow)

    def submit(
        self,
        button: str,
        *,
        status: int = 200,
        follow: bool = True,
        htmx: bool = False,
        **fields: str | bool | None,
    ) -> Page:
        """Fill in the form of that button and press it. A field set to None or False is left out."""
        assert self.page is not None
        form, pressed = pages.form_with_button(self.page.soup, button)
        known = pages.fields_of(form, self.page.soup)
        inputs = {
            str(tag["name"]) for tag in form.find_all(["input", "select", "textarea"]) if tag.get("name")
        }
        for name in fields:
            assert name in inputs, f"the form of {button!r} has no field {name!r}, only {sorted(inputs)}"
        data = [(name, value) for name, value in known if name not in fields]
        for name, value in fields.items():
            if value is True:
                box = form.find("input", attrs={"name": name})
                data.append((name, str(box.get("value", "on")) if box else "on"))
            elif value is not None and value is not False:
                data.append((name, value))
        if pressed.get("name"):
            data.append((str(pressed["name"]), str(pressed.get("value", ""))))
        action = str(pressed.get("formaction") or form["action"])
        if str(form["method"]).lower() == "get":
            query = "&".join(f"{name}={value}" for name, value in data)
            return self.open(f"{action}?{query}", status=status, follow=follow)
        return self.post(action, data, status=status, follow=follow, htmx=htmx)

    def post(
        self,
        path: str,
        data: Any = None,
        *,
        status: int | None = 200,
        follow: bool = True,
        htmx: bool = False,
        headers: dict[str, str] | None = None,
    ) -> Page:
        """Post fields as our own page would, without looking for a form."""
        origin = {"Origin": self.base_url}
        if self.secure:
            origin["Sec-Fetch-Site"] = "same-origin"
        if htmx:
            origin |= {"HX-Request": "true", "HX-Current-URL": self.page.url if self.page else self.base_url}
        answer = self._send("POST", path, data=_multi(data), headers={**origin, **(headers or {})})
        return self._arrive(answer, path, status, follow)

    def token(self) -> str:
        """Return a csrf token that fits this browser, from the page that is open."""
        assert self.page is not None
        box = self.page.soup.find("input", attrs={"name": "csrf_token"})
        assert box is not None, f"{self.page.path} has no form"
        return str(box["value"])

    def _send(self, method: str, path: str, **what: Any) -> TestResponse:
        headers = {"User-Agent": _AGENT, "Accept-Language": "ko-KR", **what.pop("headers", {})}
        if self.page is not None:
            headers.setdefault("Referer", self.page.url)
        parts = urlsplit(path)
        if parts.netloc:
            assert parts.netloc == urlsplit(self.base_url).netloc, f"{path} leads away"
            path = parts.path + (f"?{parts.query}" if parts.query else "")
        return self.client.open(path, method=method, base_url=self.base_url, headers=headers, **what)

    def _arrive(self, answer: TestResponse, path: str, status: int | None, follow: bool) -> Page:
        url = urljoin(self.base_url, path)
        for _ in range(5):
            leads = answer.headers.get("HX-Redirect") or answer.headers.get("Location")
            if (
                not leads
                or not follow
                or not (answer.status_code in (301, 302, 303, 307) or "HX-Redirect" in answer.headers)
            ):
                break
            url = urljoin(url, leads)
            answer = self._send("GET", url)
        page = Page(answer, url)
        if status is not None:
            assert page.status == status, f"{url}: {page.status}, not {status}: {page.words[:600]}"
        # A fragment is no document; every whole page is looked at.
        if page.is_html and "<html" in page.html[:400] and not 300 <= page.status < 400:
            self.page = page
            wrong = pages.faults(page.html, answer.headers) if self.look else []
            assert not wrong, f"{url}:\n  " + "\n  ".join(wrong)
        return page


def _multi(data: Any) -> Any:
    if not isinstance(data, list):
        return data
    found: dict[str, list[str]] = {}
    for name, value in data:
        found.setdefault(name, []).append(value)
    return found
