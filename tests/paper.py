"""Reading a PDF that we drew: its pages, words, typefaces and QR codes."""

from __future__ import annotations

import io
import re

from pypdf import PdfReader

from app.kit import qr

_NUMBER = r"-?\d*\.?\d+"
_RECTANGLE = re.compile(rf"({_NUMBER}) ({_NUMBER}) ({_NUMBER}) ({_NUMBER}) re")


def text_of(body: bytes) -> str:
    """Return the words of the first page."""
    return PdfReader(io.BytesIO(body)).pages[0].extract_text()


def sizes_of(body: bytes) -> list[tuple[float, float]]:
    """Return every page's size in mm."""
    boxes = [page.mediabox for page in PdfReader(io.BytesIO(body)).pages]
    return [
        (round(float(box.width) / 72 * 25.4, 1), round(float(box.height) / 72 * 25.4, 1)) for box in boxes
    ]


def faces_of(body: bytes) -> dict[str, bool]:
    """Return the typefaces of the first page and whether each travels inside the file."""
    resources = PdfReader(io.BytesIO(body)).pages[0]["/Resources"]
    found = {}
    for font in resources["/Font"].values():
        made = font.get_object()
        inside = made.get("/FontDescriptor")
        found[str(made["/BaseFont"])] = bool(inside and inside.get_object().get("/FontFile2"))
    return found


def codes_of(body: bytes) -> list[list[list[bool]]]:
    """Return the squares of dark modules drawn on the first page, in order, read back from their rectangles.

    A code is kept once, one unit a module: a white square, then bars one unit high inside it.
    """
    page = PdfReader(io.BytesIO(body)).pages[0]
    content = page.get_contents()
    assert content is not None
    kept = page["/Resources"].get("/XObject", {})
    drawn = re.findall(rb"(/\S+) Do", content.get_data())
    return [_modules(kept[name.decode()].get_object().get_data().decode("latin-1")) for name in drawn]


def _modules(content: str) -> list[list[bool]]:
    (_x, _y, units, _high), *bars = (map(float, found) for found in _RECTANGLE.findall(content))
    size = int(units) - 2 * qr.QUIET
    rows = [[False] * size for _ in range(size)]
    for x, y, wide, high in bars:
        assert high == 1
        for step in range(int(wide)):
            rows[size + qr.QUIET - 1 - int(y)][int(x) - qr.QUIET + step] = True
    return rows
