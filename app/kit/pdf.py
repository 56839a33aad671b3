"""Paper drawn as PDF, in millimetres from the top left corner, the way a sheet lies on the table.

Everything is vector and every letter comes from the typeface we ship: nothing is fetched, nothing depends on
what the machine has installed, and the printer gets exactly what the screen showed.
"""

from __future__ import annotations

import io
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path

from reportlab.lib.colors import HexColor
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import FILL_EVEN_ODD, Canvas

from app.kit import qr, seal

A4 = (210.0, 297.0)
A5 = (148.0, 210.0)
INK, SOFT, LINE, RED, WHITE = "#1C1A17", "#57514A", "#8A8175", "#C22F1D", "#FFFFFF"
_FACES = {False: "Pretendard-Regular", True: "Pretendard-Bold"}
_FOLDER = Path(__file__).resolve().parents[2] / "static" / "vendor" / "pretendard-1.3.9"
_MM = 72 / 25.4


@cache
def _glyphs() -> frozenset[int]:
    """Load the typeface once a process and return the characters it can draw."""
    known: set[int] = set()
    for name in _FACES.values():
        font = TTFont(name, _FOLDER / f"{name}.ttf")
        pdfmetrics.registerFont(font)
        known |= set(font.face.charToGlyph)
    return frozenset(known)


def drawable(text: str) -> str:
    """Return the text without what the typeface has no letter for (emoji, Chinese characters), on one line."""
    composed = "".join(char for char in unicodedata.normalize("NFC", text) if _is_kept(char))
    return " ".join("".join(char for char in composed if char.isspace() or ord(char) in _glyphs()).split())


def missing(text: str) -> str:
    """Return the characters, each once, that the typeface can't draw; marks that only join others don't count."""
    composed = unicodedata.normalize("NFC", text)
    left = (char for char in composed if not char.isspace() and ord(char) not in _glyphs())
    return "".join(dict.fromkeys(char for char in left if _is_kept(char)))


def _is_kept(char: str) -> bool:
    """Say whether a character shows something: no joiner, no variation selector, no control."""
    return char.isspace() or unicodedata.category(char) not in ("Cf", "Mn", "Cc")


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """Return how wide a line is, in mm; `size` in mm."""
    _glyphs()
    return float(pdfmetrics.stringWidth(text, _FACES[bold], size))


def _width_of_first(word: str, size: float, bold: bool, many: int) -> float:
    return width_of(word[:many], size, bold=bold)


def wrapped(text: str, size: float, width: float, *, bold: bool = False) -> list[str]:
    """Break a text into lines no wider than `width` mm: between words, and inside a word only when it is alone too wide."""
    lines: list[str] = []
    line = ""
    for word in drawable(text).split(" "):
        longer = f"{line} {word}" if line else word
        if width_of(longer, size, bold=bold) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        while width_of(word, size, bold=bold) > width and len(word) > 1:
            # Halved, not counted down: a thousand letters without a space cost no second of a processor.
            fits = partial(_width_of_first, word, size, bold)
            cut = max(1, bisect_right(range(1, len(word) + 1), width, key=fits))
            lines.append(word[:cut])
            word = word[cut:]
        line = word
    return [*lines, line] if line else lines


def _balanced(words: str, broken: list[str], size: float, width: float, *, bold: bool) -> list[str]:
    """Return the same text in as many lines of nearly the same length: no word hangs alone below."""
    if len(broken) < 2 or broken[-1].endswith("…"):
        return broken
    for tenth in range(5, 10):
        narrow = wrapped(words, size, width * tenth / 10, bold=bold)
        if len(narrow) == len(broken):
            return narrow
    return broken


class Paper:
    """One sheet. Positions and sizes in mm, y downward; a text's y is its baseline."""

    def __init__(self, size: tuple[float, float], *, title: str) -> None:
        _glyphs()
        self.width, self.height = size
        self._bytes = io.BytesIO()
        self._codes: dict[str, tuple[str, int]] = {}  # the name and width of what is drawn once
        # invariant: the same facts give the same file, whenever it is made.
        self._on = Canvas(
            self._bytes,
            pagesize=(self.width * _MM, self.height * _MM),
            invariant=1,
            pageCompression=1,
            initialFontName=_FACES[False],  # else the file names a typeface it does not carry
        )
        self._on.setTitle(title)
        self._on.setCreator("Dangol")
        self._on.translate(0, self.height * _MM)

    def next_page(self) -> None:
        """Close this sheet and go on with one more of the same size."""
        self._on.showPage()
        self._on.translate(0, self.height * _MM)

    def finish(self) -> bytes:
        """Close the sheet and return the file."""
        self._on.showPage()
        self._on.save()
        return self._bytes.getvalue()

    @contextmanager
    def at(self, x: float, y: float, *, turn: float = 0, scale: float = 1) -> Iterator[None]:
        """Draw with (x, y) as the corner, turned clockwise by so many degrees, everything so much larger."""
        self._on.saveState()
        self._on.translate(x * _MM, -y * _MM)
        if turn:
            self._on.rotate(-turn)
        if scale != 1:
            self._on.scale(scale, scale)
        yield
        self._on.restoreState()

    def text(
        self,
        x: float,
        y: float,
        words: str,
        size: float,
        *,
        bold: bool = False,
        align: str = "left",
        colour: str = INK,
        spacing: float = 0,
    ) -> None:
        """Write one line. align: left, centre or right of x; `spacing` opens the letters by mm."""
        words = drawable(words)
        if not words:
            return
        wide = width_of(words, size, bold=bold) + spacing * (len(words) - 1)
        left = x - {"left": 0.0, "centre": wide / 2, "right": wide}[align]
        line = self._on.beginText(left * _MM, -y * _MM)
        line.setFont(_FACES[bold], size * _MM)
        line.setFillColor(HexColor(colour))
        line.setCharSpace(spacing * _MM)
        line.textOut(words)
        self._on.drawText(line)

    def block(
        self,
        x: float,
        y: float,
        words: str,
        size: float,
        *,
        width: float,
        lines: int = 2,
        leading: float = 1.35,
        bold: bool = False,
        align: str = "left",
        colour: str = INK,
    ) -> float:
        """Write a text in at most so many lines, smaller when it does not fit; returns the y below it.

        y is the top of the block here. Below six tenths of its size a text is cut instead, with an ellipsis.
        """
        smallest = size * 0.6
        broken = wrapped(words, size, width, bold=bold)
        while len(broken) > lines and size > smallest:
            size *= 0.95
            broken = wrapped(words, size, width, bold=bold)
        if len(broken) > lines:
            last = broken[lines - 1]
            while last and width_of(last + "…", size, bold=bold) > width:
                last = last[:-1]
            broken = [*broken[: lines - 1], last.rstrip() + "…"]
        for line in _balanced(words, broken, size, width, bold=bold):
            self.text(x, y + size * (leading + 0.72) / 2, line, size, bold=bold, align=align, colour=colour)
            y += size * leading
        return y

    def line(
        self,
        x: float,
        y: float,
        to_x: float,
        to_y: float,
        *,
        weight: float = 0.2,
        colour: str = LINE,
        dashes: tuple[float, ...] = (),
    ) -> None:
        """Draw a line; `dashes` in mm."""
        self._stroke(weight, colour, dashes)
        self._on.line(x * _MM, -y * _MM, to_x * _MM, -to_y * _MM)

    def box(
        self,
        x: float,
        y: float,
        wide: float,
        high: float,
        *,
        radius: float = 0,
        weight: float = 0.2,
        colour: str = INK,
        dashes: tuple[float, ...] = (),
    ) -> None:
        """Draw a frame with round corners."""
        self._stroke(weight, colour, dashes)
        self._on.roundRect(x * _MM, -(y + high) * _MM, wide * _MM, high * _MM, radius * _MM, stroke=1, fill=0)

    def _stroke(self, weight: float, colour: str, dashes: tuple[float, ...]) -> None:
        self._on.setLineWidth(weight * _MM)
        self._on.setStrokeColor(HexColor(colour))
        self._on.setDash([dash * _MM for dash in dashes])

    def qr(self, x: float, y: float, side: float, text: str, *, worn: bool = False) -> None:
        """Draw a QR code as rectangles, its white border of four modules inside the square of `side`.

        However often a sheet repeats a code, the file holds it once.
        """
        if text not in self._codes:
            self._codes[text] = (f"code{len(self._codes)}", self._keep_code(qr.modules(text, worn=worn)))
        name, size = self._codes[text]
        with self.at(x, y + side, scale=side * _MM / size):
            self._on.doForm(name)

    def _keep_code(self, rows: list[list[bool]]) -> int:
        """Keep a drawing of a code, one unit a module; returns how many units it is wide."""
        size = len(rows) + 2 * qr.QUIET
        self._on.beginForm(f"code{len(self._codes)}", 0, 0, size, size)
        self._on.setFillColor(HexColor(WHITE))
        self._on.rect(0, 0, size, size, stroke=0, fill=1)
        self._on.setFillColor(HexColor("#000000"))
        path = self._on.beginPath()
        for across, down, wide in qr.runs(rows):
            path.rect(across + qr.QUIET, size - down - qr.QUIET - 1, wide, 1)
        self._on.drawPath(path, stroke=0, fill=1)
        self._on.endForm()
        return size

    def seal(self, x: float, y: float, side: float, mark: str, *, turn: float = -9) -> None:
        """Press the shop's 도장 into the square at (x, y), slightly turned, with its nicks."""
        unit = side / 100
        with self.at(x + side / 2, y + side / 2, turn=turn):
            self._path(seal.RING, unit, RED)
            self._stroke(seal.INNER_WIDTH * unit, RED, tuple(dash * unit for dash in seal.INNER_DASHES))
            self._on.circle(0, 0, seal.INNER_RADIUS * unit * _MM, stroke=1, fill=0)
            letters = drawable(mark)
            size, *baselines = seal.TWO if len(letters) > 1 else seal.ONE
            for letter, baseline in zip(letters, baselines, strict=False):
                self.text(
                    0, (baseline - 50) * unit, letter, size * unit, bold=True, align="centre", colour=RED
                )
            self._path(seal.NICKS, unit, WHITE)
            for across, down, radius in seal.SPOTS:
                self._on.circle(
                    (across - 50) * unit * _MM,
                    (50 - down) * unit * _MM,
                    radius * unit * _MM,
                    stroke=0,
                    fill=1,
                )

    def _path(self, shape: str, unit: float, colour: str) -> None:
        drawn = self._on.beginPath()
        for kind, numbers in seal.strokes(shape):
            points = [(n - 50 if i % 2 == 0 else 50 - n) * unit * _MM for i, n in enumerate(numbers)]
            if kind == "M":
                drawn.moveTo(*points)
            elif kind == "L":
                drawn.lineTo(*points)
            elif kind == "C":
                drawn.curveTo(*points)
            else:
                drawn.close()
        self._on.setFillColor(HexColor(colour))
        self._on.drawPath(drawn, stroke=0, fill=1, fillMode=FILL_EVEN_ODD)
