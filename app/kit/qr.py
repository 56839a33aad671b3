"""QR codes as SVG, drawn on the server: posters, printed cards, and cards whose browser can't make their own."""

from __future__ import annotations

import qrcode
from qrcode.constants import ERROR_CORRECT_M


def svg(text: str, *, quiet: int = 4, colour: str = "#000") -> str:
    """Return an SVG of the text, one unit a module, `quiet` modules of white around it (ISO/IEC 18004: 4)."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(text)
    code.make(fit=True)
    size = len(code.modules) + 2 * quiet
    path: list[str] = []
    for y, row in enumerate(code.modules):
        x = 0
        while x < len(row):
            end = x
            while end < len(row) and row[end]:
                end += 1
            if end == x:
                x += 1
                continue
            path.append(f"M{x + quiet} {y + quiet}h{end - x}v1h-{end - x}z")
            x = end
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" shape-rendering="crispEdges">'
        f'<rect width="{size}" height="{size}" fill="#fff"/><path fill="{colour}" d="{"".join(path)}"/></svg>'
    )
