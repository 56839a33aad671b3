"""QR codes as SVG, drawn on the server: posters, printed cards, and cards whose browser can't make their own."""

from __future__ import annotations

import qrcode
from qrcode.constants import ERROR_CORRECT_M, ERROR_CORRECT_Q

# White modules around a code (ISO/IEC 18004).
QUIET = 4


def modules(text: str, *, worn: bool = False) -> list[list[bool]]:
    """Return the code's square of modules, True = dark, without its quiet zone.

    Error correction M (15 %); `worn`: Q (25 %), for what lives in a wallet.
    """
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_Q if worn else ERROR_CORRECT_M, border=0)
    code.add_data(text)
    code.make(fit=True)
    return [[bool(dark) for dark in row] for row in code.modules]


def runs(rows: list[list[bool]]) -> list[tuple[int, int, int]]:
    """Return the dark bars of a square as (x, y, modules wide): a few hundred rectangles instead of thousands."""
    bars: list[tuple[int, int, int]] = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            end = x
            while end < len(row) and row[end]:
                end += 1
            if end > x:
                bars.append((x, y, end - x))
            x = max(end, x + 1)
    return bars


def drawing(text: str, *, quiet: int = QUIET, worn: bool = False) -> tuple[int, str]:
    """Return a code as (units wide, SVG path), `quiet` units of white around it."""
    rows = modules(text, worn=worn)
    path = "".join(f"M{x + quiet} {y + quiet}h{wide}v1h-{wide}z" for x, y, wide in runs(rows))
    return len(rows) + 2 * quiet, path


def svg(text: str, *, quiet: int = QUIET, colour: str = "#000") -> str:
    """Return an SVG of the text, one unit a module, `quiet` modules of white around it."""
    size, path = drawing(text, quiet=quiet)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" shape-rendering="crispEdges">'
        f'<rect width="{size}" height="{size}" fill="#fff"/><path fill="{colour}" d="{path}"/></svg>'
    )
