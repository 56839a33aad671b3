"""What must be true of every page, whoever opens it and why."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import html5lib
from bs4 import BeautifulSoup, Tag
from bs4.builder import HTML5TreeBuilder

# Inputs that carry no words of their own.
_UNLABELLED = {"hidden", "submit", "button", "image", "reset"}
# html5lib is older than these; a browser accepts them.
_NO_FAULT = {"unexpected-self-closing-tag", "non-void-element-with-trailing-solidus"}


class _Builder(HTML5TreeBuilder):
    """Grows the tree and keeps what the parser had to forgive: html5lib reads slowly, so a page is read once."""

    def feed(self, markup: Any) -> None:
        """Read a whole page."""
        parser = html5lib.HTMLParser(tree=self.create_treebuilder)
        assert self.underlying_builder is not None
        self.underlying_builder.parser = parser
        parser.parse(markup)
        self.underlying_builder.parser = None
        self.forgiven = parser.errors


@lru_cache(maxsize=4)
def read(html: str) -> tuple[BeautifulSoup, list[Any]]:
    """Return a page's tree and the parser's errors: (place, code, facts) each."""
    builder = _Builder(store_line_numbers=False)  # nobody asks for them, and they are counted for each tag
    return BeautifulSoup(html, builder=builder), builder.forgiven


def words(tag: Tag | BeautifulSoup) -> str:
    """Return a tag's words on one line."""
    return re.sub(r"\s+", " ", tag.get_text(" ")).strip()


def faults(html: str, headers: Mapping[str, str]) -> list[str]:
    """Return everything that is wrong with a page, one sentence each."""
    soup, forgiven = read(html)
    tags = [
        each for each in soup.descendants if isinstance(each, Tag)
    ]  # gone through once: each search takes as long
    return [
        *_document(html, soup, tags, forgiven),
        *_inline(tags),
        *_forms(tags),
        *_names(tags),
        *_headers(headers),
    ]


def _named(tags: list[Tag], *names: str) -> list[Tag]:
    return [tag for tag in tags if tag.name in names]


def _document(html: str, soup: BeautifulSoup, tags: list[Tag], forgiven: list[Any]) -> list[str]:
    found = []
    for _place, code, facts in forgiven:
        if code not in _NO_FAULT:
            found.append(f"invalid HTML: {code} {facts}")
    if not html.lstrip().lower().startswith("<!doctype html>"):
        found.append("no doctype")
    if soup.html is None or soup.html.get("lang") != "ko":
        found.append("html lang is not ko")
    headings = _named(tags, "h1")
    title = words(soup.title) if soup.title else ""
    if len(headings) != 1:
        found.append(f"{len(headings)} h1")
    elif not words(headings[0]) or not _plain(title).startswith(_plain(words(headings[0]))):
        found.append(f"the title {title!r} does not start with the h1 {words(headings[0])!r}")
    if not _named(tags, "main"):
        found.append("no main")
    viewport = next((tag for tag in _named(tags, "meta") if tag.get("name") == "viewport"), None)
    if viewport is None or re.search(r"user-scalable\s*=\s*no|maximum-scale", str(viewport.get("content"))):
        found.append("no viewport, or one that forbids zooming")
    ids = Counter(str(tag["id"]) for tag in tags if tag.has_attr("id"))
    found += [f"the id {name!r} is there {count} times" for name, count in ids.items() if count > 1]
    for tag in tags:
        found += [
            f"aria-describedby points to no {name!r}"
            for name in str(tag.get("aria-describedby", "")).split()
            if name not in ids
        ]
    return found


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", text)


_LEADS = {"href", "src", "action", "hx-get", "hx-post"}


def _inline(tags: list[Tag]) -> list[str]:
    """Nothing the policy would refuse (strict CSP): it would silently not work."""
    found = []
    for tag in tags:
        if tag.name == "script" and tag.get("type") == "application/ld+json":
            json.loads(str(tag.string))  # facts for search engines: nothing runs, but they must be whole
            continue
        if tag.name == "style" or (tag.name == "script" and (not tag.get("src") or words(tag))):
            found.append(f"inline <{tag.name}>")
        for name, told in tag.attrs.items():
            if name.startswith(("on", "hx-on")) or name in ("style", "hx-boost"):
                found.append(f"<{tag.name} {name}=…>")
            if name not in _LEADS:
                continue
            value = str(told)
            if value.strip().lower().startswith("javascript:"):
                found.append(f"<{tag.name} {name}={value!r}>")
            if tag.name in ("script", "link", "img", "source") and re.match(r"(https?:)?//", value):
                found.append(f"from elsewhere: <{tag.name} {name}={value!r}>")
    return found


# A field of such a name stands before the form's own: the scripts that send it find the field and stop.
_OF_A_FORM = {
    "action",
    "attributes",
    "children",
    "closest",
    "elements",
    "form",
    "matches",
    "method",
    "submit",
}


def _forms(tags: list[Tag]) -> list[str]:
    found = []
    for form in _named(tags, "form"):
        where = f"form {form.get('action')!r}"
        method = str(form.get("method", "")).lower()
        if not form.get("action") or method not in ("get", "post", "dialog"):
            found.append(f"{where} lacks action or method")
        if method == "post" and form.find("input", attrs={"name": "csrf_token"}) is None:
            found.append(f"{where} lacks its csrf_token")
        for nested in form.find_all("form"):
            found.append(f"{where} contains {nested.get('action')!r}")
    labels = {str(tag.get("for")): tag for tag in reversed(_named(tags, "label"))}  # of two the first
    for box in _named(tags, "input", "select", "textarea"):
        if box.get("type", "text") in _UNLABELLED:
            continue
        if not (_label_of(labels, box) or box.get("aria-label") or box.get("aria-labelledby")):
            found.append(f"no label: {box.get('name')!r}")
        if box.get("name") in _OF_A_FORM:
            found.append(f"hides what the form itself calls {box.get('name')!r}")
        if not box.get("name") and not box.get("data-scan-photo") and box.get("type") != "file":
            found.append(f"no name: {box.get('id')!r}")
    return found


def _label_of(labels: dict[str, Tag], box: Tag) -> str:
    label = box.find_parent("label")
    if label is None and box.get("id"):
        label = labels.get(str(box["id"]))
    return words(label) if label else ""


def _picture(tag: Tag) -> str:
    picture = tag.find("img", alt=True)
    return str(picture["alt"]) if picture else ""


def _names(tags: list[Tag]) -> list[str]:
    found = []
    for tag in _named(tags, "a", "button"):
        if not (words(tag) or tag.get("aria-label") or _picture(tag)):
            found.append(f"nameless {tag.name}: {str(tag)[:90]}")
        if tag.name == "a" and tag.get("href") in (None, "", "#"):
            found.append(f"a link that leads nowhere: {str(tag)[:90]}")
    found += [f"no alt: {tag.get('src')!r}" for tag in _named(tags, "img") if tag.get("alt") is None]
    return found


def _headers(headers: Mapping[str, str]) -> list[str]:
    found = []
    policy = {
        part.strip().split(" ")[0]: part.strip()
        for part in headers.get("Content-Security-Policy", "").split(";")
    }
    if policy.get("default-src") != "default-src 'none'":
        found.append("no strict Content-Security-Policy")
    for part in ("script-src", "style-src", "connect-src", "form-action"):
        if policy.get(part) != f"{part} 'self'":
            found.append(f"Content-Security-Policy: {policy.get(part)!r}")
    wanted = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"}
    found += [
        f"{name}: {headers.get(name)!r}" for name, value in wanted.items() if headers.get(name) != value
    ]
    if "no-store" not in headers.get("Cache-Control", "") and "private" not in headers.get(
        "Cache-Control", ""
    ):
        found.append(f"Cache-Control: {headers.get('Cache-Control')!r}")
    return found


def form_with_button(soup: BeautifulSoup, button: str) -> tuple[Tag, Tag]:
    """Return the form that holds (or is named by) the button of that text, and the button."""
    pressed = next(
        (tag for tag in soup.find_all("button") if button in (words(tag), tag.get("aria-label"))), None
    )
    if pressed is None:
        pressed = next((tag for tag in soup.find_all("button") if button in words(tag)), None)
    if pressed is None:
        raise AssertionError(f"no button {button!r} among {[words(tag) for tag in soup.find_all('button')]}")
    form = soup.find("form", id=pressed["form"]) if pressed.get("form") else pressed.find_parent("form")
    assert isinstance(form, Tag), f"the button {button!r} belongs to no form"
    return form, pressed


def fields_of(form: Tag, soup: BeautifulSoup | None = None) -> list[tuple[str, str]]:
    """Return what a browser would send of an untouched form, without its buttons."""
    boxes = list(form.find_all(["input", "select", "textarea"]))
    if soup is not None and form.get("id"):
        boxes += [
            tag
            for tag in soup.find_all(["input", "select", "textarea"], attrs={"form": form["id"]})
            if tag not in boxes
        ]
    found: list[tuple[str, str]] = []
    for box in boxes:
        name, kind = box.get("name"), box.get("type", "text")
        if not name or box.has_attr("disabled") or kind in ("submit", "button", "image", "file", "reset"):
            continue
        if kind in ("checkbox", "radio"):
            if box.has_attr("checked"):
                found.append((name, str(box.get("value", "on"))))
        elif box.name == "select":
            found.append((name, _chosen(box)))
        elif box.name == "textarea":
            found.append((name, box.get_text().removeprefix("\n")))
        else:
            found.append((name, str(box.get("value", ""))))
    return found


def _chosen(select: Tag) -> str:
    options = select.find_all("option")
    picked: Any = next((tag for tag in options if tag.has_attr("selected")), options[0] if options else None)
    return str(picked.get("value", words(picked))) if picked is not None else ""
