"""The look holds its own rules: colours have one home, icons exist, styles and scripts stay small."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from flask import Flask

from app.web import assets
from tests.phone import Phone

ROOT = Path(__file__).resolve().parents[2]
STYLES = sorted((ROOT / "static" / "css").rglob("*.css"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))

# interface.md: token → light, dark.
TOKENS = {
    "bg": ("#FAF6EF", "#14130F"),
    "surface": ("#FFFFFF", "#1F1D19"),
    "surface-2": ("#F1EBE0", "#2B2823"),
    "text": ("#1C1A17", "#F5F1EA"),
    "text-2": ("#57514A", "#BDB5A9"),
    "brand": ("#24408E", "#A9BEFF"),
    "on-brand": ("#FFFFFF", "#0E1F52"),
    "stamp": ("#C22F1D", "#FF8A75"),
    "ok": ("#0B6B3A", "#7FDBA6"),
    "ok-soft": ("#DDF3E6", "#12351F"),
    "warn": ("#8A4B00", "#FFC46B"),
    "warn-soft": ("#FFEFD6", "#3D2A08"),
    "bad": ("#A8201A", "#FFB4AB"),
    "bad-soft": ("#FBE3E1", "#4A1511"),
    "line": ("#8A8175", "#948B7E"),
}
TEXT_ON = [
    ("text", "bg"),
    ("text", "surface"),
    ("text", "surface-2"),
    ("text-2", "bg"),
    ("text-2", "surface"),
    ("text-2", "surface-2"),
    ("on-brand", "brand"),
    ("brand", "bg"),
    ("brand", "surface"),
    ("stamp", "surface"),
    ("ok", "ok-soft"),
    ("warn", "warn-soft"),
    ("bad", "bad-soft"),
    ("bg", "text"),
]


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_the_tokens_are_the_designs_and_can_be_read(scheme: int) -> None:
    text = (ROOT / "static" / "css" / "tokens.css").read_text()
    block = text.split("@media (prefers-color-scheme: dark)")[scheme]
    for name, pair in TOKENS.items():
        assert re.search(rf"--{name}: {pair[scheme]};", block), name
    for front, back in TEXT_ON:
        assert _contrast(TOKENS[front][scheme], TOKENS[back][scheme]) >= 4.5, (front, back)
    for back in ("bg", "surface"):
        assert _contrast(TOKENS["line"][scheme], TOKENS[back][scheme]) >= 3, back


def test_no_style_sheet_makes_text_smaller_than_13_px() -> None:
    for path in STYLES:
        for size in re.findall(r"font(?:-size)?:[^;]*?(\d*\.?\d+)rem", path.read_text()):
            assert float(size) >= 0.8125, f"{path.name}: {size}rem"


def test_every_icon_a_template_asks_for_is_drawn() -> None:
    drawn = set(re.findall(r"if name == '([a-z]+)'", (ROOT / "templates/components/icons.html").read_text()))
    for path in TEMPLATES:
        text = path.read_text()
        asked = set(re.findall(r"icon\('([a-z]+)'", text)) | set(re.findall(r"icon_name='([a-z]+)'", text))
        assert asked <= drawn, f"{path}: {asked - drawn}"


def test_no_template_switches_escaping_off() -> None:
    for path in TEMPLATES:
        assert not re.search(r"\|\s*safe\b|autoescape", path.read_text()), path


@pytest.mark.parametrize(("name", "limit_kb"), [("app.css", 14), ("customer.js", 8), ("owner.js", 7)])
def test_a_bundle_stays_small_and_lives_for_ever(app: Flask, name: str, limit_kb: int) -> None:
    url = assets.asset_url(name)
    answer = app.test_client().get(url, headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]
    assert len(answer.data) <= limit_kb * 1024
    assert gzip.decompress(answer.data) == app.test_client().get(url).data
    assert app.test_client().get(url.replace(url.split("/")[2], "0" * 12)).status_code == 404


def test_the_app_files_say_what_a_browser_needs(app: Flask, phone: Phone) -> None:
    for path, identity in (("/manifest.webmanifest", "/"), ("/owner.webmanifest", "/owner")):
        answer = phone.client.get(path, base_url=phone.base_url)
        facts = answer.get_json()
        assert answer.mimetype == "application/manifest+json"
        assert (facts["id"], facts["start_url"], facts["display"]) == (identity, identity, "standalone")
        assert {icon["purpose"] for icon in facts["icons"]} == {"any", "maskable", "monochrome"}
        for icon in facts["icons"]:
            picture = phone.client.get(icon["src"], base_url=phone.base_url)
            side = int.from_bytes(picture.data[16:20], "big")  # PNG: IHDR width
            assert picture.status_code == 200
            assert icon["sizes"] == f"{side}x{side}"
    worker = phone.client.get("/sw.js", base_url=phone.base_url)
    assert worker.mimetype == "text/javascript"
    assert worker.headers["Cache-Control"] == "no-cache"
