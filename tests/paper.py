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

    A code is a white square and bars of one module's height inside it.
    """
    content = PdfReader(io.BytesIO(body)).pages[0].get_contents()
    assert content is not None
    squares: list[list[list[bool]]] = []
    left = top = one = 0.0
    for found in _RECTANGLE.finditer(content.get_data().decode("latin-1")):
        x, y, wide, high = (float(number) for number in found.groups())
        if abs(wide - high) < 0.001 and wide > 20:
            squares.append([])
            left, top, one = x, y + high, 0.0
            side = wide
            continue
        if not one:
            one = high
            size = round(side / one) - 2 * qr.QUIET
            squares[-1] = [[False] * size for _ in range(size)]
        column, row = round((x - left) / one) - qr.QUIET, round((top - y - high) / one) - qr.QUIET
        for step in range(round(wide / one)):
            squares[-1][row][column + step] = True
    return squares
