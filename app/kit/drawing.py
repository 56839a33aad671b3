"""Pictures that we draw ourselves, in pixels from the top left corner: our typeface, our seal, our paper.

Nothing of a stranger is decoded here: a photo on a picture is one that was written anew before (kit/images.py).
"""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

from app.kit import seal
from app.kit.pdf import drawable, width_of, wrapped

PAPER, INK, SOFT, LINE, RED = "#FAF6EF", "#1C1A17", "#57514A", "#8A8175", "#C22F1D"
_FOLDER = Path(__file__).resolve().parents[2] / "static" / "vendor" / "pretendard-1.3.9"
_FINER = 3  # edges are drawn so much larger and made small
_STEPS = 12  # straight pieces of a curve


@cache
def _font(size: int, bold: bool) -> Any:
    from PIL import ImageFont  # the web processes start without it

    return ImageFont.truetype(str(_FOLDER / f"Pretendard-{'Bold' if bold else 'Regular'}.ttf"), size)


def lines_of(text: str, size: int, width: float, *, bold: bool = False, most: int) -> list[str]:
    """Break a text of several paragraphs into at most so many lines, between words; what is left out ends in "…"."""
    broken: list[str] = []
    for paragraph in text.split("\n"):
        broken += wrapped(paragraph, size, width, bold=bold)
    if len(broken) <= most:
        return broken
    last = broken[most - 1]
    while last and width_of(last + "…", size, bold=bold) > width:
        last = last[:-1]
    return [*broken[: most - 1], last.rstrip(" .,·") + "…"]


class Picture:
    """One picture being drawn. Sizes and places in pixels, y downward; a text's y is its top."""

    def __init__(self, wide: int, high: int, *, ground: str = PAPER) -> None:
        from PIL import Image, ImageDraw

        self.wide, self.high = wide, high
        self._on = Image.new("RGB", (wide, high), ground)
        self._pen = ImageDraw.Draw(self._on)

    def png(self) -> bytes:
        """Return the picture as PNG, without anything but its pixels."""
        file = io.BytesIO()
        self._on.save(file, "PNG", optimize=True)
        return file.getvalue()

    def jpeg(self) -> bytes:
        """Return the picture as JPEG: where a photo is on it, a tenth of a PNG."""
        file = io.BytesIO()
        self._on.save(file, "JPEG", quality=86, optimize=True)
        return file.getvalue()

    def text(
        self, x: float, y: float, words: str, size: int, *, bold: bool = False, colour: str = INK
    ) -> None:
        """Write one line."""
        self._pen.text((x, y), drawable(words), font=_font(size, bold), fill=colour)

    def block(
        self,
        x: float,
        y: float,
        words: str,
        size: int,
        *,
        width: float,
        most: int,
        leading: float = 1.4,
        bold: bool = False,
        colour: str = INK,
        smallest: int = 0,
    ) -> float:
        """Write a text in at most so many lines, first smaller (down to `smallest`), then cut; returns the y below."""
        while smallest and size > smallest and len(lines_of(words, size, width, bold=bold, most=99)) > most:
            size -= 2
        for line in lines_of(words, size, width, bold=bold, most=most):
            self.text(x, y, line, size, bold=bold, colour=colour)
            y += size * leading
        return y

    def frame(self, inset: int, *, radius: int, weight: int, colour: str = INK) -> None:
        """Draw a frame with round corners along the edge."""
        box = (inset, inset, self.wide - inset, self.high - inset)
        self._pen.rounded_rectangle(box, radius, outline=colour, width=weight)

    def rule(self, x: float, y: float, to_x: float, *, weight: int = 2, colour: str = LINE) -> None:
        """Draw a level line."""
        self._pen.line((x, y, to_x, y), fill=colour, width=weight)

    def photo(self, file: BinaryIO, x: int, y: int, wide: int, high: int) -> None:
        """Lay one of our own photos into a place, cut so that it fills it."""
        from PIL import Image, ImageOps

        with Image.open(file, formats=["WEBP"]) as found:
            fitted = ImageOps.fit(found.convert("RGB"), (wide, high), Image.Resampling.LANCZOS)
        self._on.paste(fitted, (x, y))

    def seal(self, x: int, y: int, side: int, mark: str, *, turn: float = -9, colour: str = RED) -> None:
        """Press the shop's 도장 into the square at (x, y)."""
        from PIL import Image, ImageDraw

        unit = side * _FINER / 100
        mask = Image.new("L", (side * _FINER, side * _FINER), 0)
        pen = ImageDraw.Draw(mask)
        outer, *inner = _outlines(seal.RING, unit)
        pen.polygon(outer, fill=255)
        for hole in inner:
            pen.polygon(hole, fill=0)
        middle, radius = 50 * unit, seal.INNER_RADIUS * unit
        box = (middle - radius, middle - radius, middle + radius, middle + radius)
        pen.arc(box, 0, 360, fill=255, width=max(1, round(seal.INNER_WIDTH * unit)))
        letters = drawable(mark)
        size, *baselines = seal.TWO if len(letters) > 1 else seal.ONE
        for letter, baseline in zip(letters, baselines, strict=False):
            pen.text(
                (middle, baseline * unit), letter, font=_font(round(size * unit), True), fill=255, anchor="ms"
            )
        for nick in _outlines(seal.NICKS, unit):
            pen.polygon(nick, fill=0)
        for across, down, spot in seal.SPOTS:
            at, to = (across - spot) * unit, (down - spot) * unit
            pen.ellipse((at, to, at + 2 * spot * unit, to + 2 * spot * unit), fill=0)
        turned = mask.rotate(turn, Image.Resampling.BICUBIC).resize((side, side), Image.Resampling.LANCZOS)
        self._on.paste(Image.new("RGB", (side, side), colour), (x, y), turned)


def _outlines(shape: str, unit: float) -> list[list[tuple[float, float]]]:
    """Return each closed line of a shape as the corners of a polygon."""
    found: list[list[tuple[float, float]]] = []
    for kind, numbers in seal.strokes(shape):
        points = [(numbers[n] * unit, numbers[n + 1] * unit) for n in range(0, len(numbers), 2)]
        if kind == "M":
            found.append(points)
        elif kind == "L":
            found[-1] += points
        elif kind == "C":
            start, (a, b, end) = found[-1][-1], points
            for step in range(1, _STEPS + 1):
                t, s = step / _STEPS, 1 - step / _STEPS
                found[-1].append(
                    (
                        s**3 * start[0] + 3 * s * s * t * a[0] + 3 * s * t * t * b[0] + t**3 * end[0],
                        s**3 * start[1] + 3 * s * s * t * a[1] + 3 * s * t * t * b[1] + t**3 * end[1],
                    )
                )
    return found
