"""Typing what ill-wishers type, and looking whether any page took it for more than words (S07)."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.handset import Handset
from tests.payloads import INJECTED


def look(phone: Handset, path: str, *shown: str) -> None:
    """Open a page: every text is there as text (or in a field), and nothing of it became an element."""
    phone.open(path)
    seen = phone.page.evaluate(
        "document.body.textContent + [...document.querySelectorAll('input, textarea')].map((at) => at.value).join('\\n')"
        " + document.title"
    )
    plain = " ".join(seen.split())
    for text in shown:
        assert " ".join(text.split()) in plain, f"{path} does not show {text!r}"
    nothing_injected(phone, path)
    assert phone.page.url.endswith(path), phone.page.url


def nothing_injected(phone: Handset, where: str) -> None:
    """No payload made an element or an attribute of its own."""
    found = phone.page.evaluate(
        "(query) => [...document.querySelectorAll(query)].map((at) => at.outerHTML)", INJECTED
    )
    assert found == [], f"{where}: {found}"


def save(handset: Handset, button: str = "저장하기", **fields: str) -> None:
    """Fill a form's fields as a person does and send it; it must not be refused."""
    fill(handset, **fields)
    with handset.page.expect_navigation():
        handset.press(button)
    assert handset.page.locator("[role=alert]").count() == 0, handset.page.locator(
        "[role=alert]"
    ).all_inner_texts()


def refused(handset: Handset, button: str = "저장하기", **fields: str) -> None:
    """Fill a form's fields and send it: it comes back with its sentence, as it was typed."""
    fill(handset, **fields)
    for (
        name
    ) in fields:  # the answer brings fields of its own; the sentence of the try before may stand till then
        handset.page.locator(f"#{name}").evaluate("(field) => { field.dataset.before = '' }")
    handset.press(button)
    for name, text in fields.items():
        handset.page.locator(f"#{name}:not([data-before])").wait_for()
        expect(handset.page.locator(f"#{name}")).to_have_value(text)
    handset.page.locator("[role=alert], .error").first.wait_for()
    nothing_injected(handset, f"{name}, refused")


def fill(handset: Handset, **fields: str) -> None:
    """Type into the fields of those ids."""
    for name, text in fields.items():
        handset.page.fill(f"#{name}", text)
