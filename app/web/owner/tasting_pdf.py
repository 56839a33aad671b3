"""The question of a 맛보기 with its QR, to stand on a counter, as PDF: the same words as on its page."""

from __future__ import annotations

from dataclasses import dataclass

from app.kit.pdf import A5, LINE, RED, SOFT, Paper
from app.web.owner.sheets import Code

_FINE = "QR을 찍고 한 번만 눌러 주세요. 이름은 묻지 않아요."


@dataclass(frozen=True)
class TastingSheet:
    """What stands on it."""

    shop: str
    mark: str
    question: str
    product: str
    code: Code

    @property
    def fine(self) -> str:
        """How to answer."""
        return f"{self.product} · {_FINE}"

    @property
    def all(self) -> str:
        """Every word, to ask which letters the typeface has."""
        return self.shop + self.question + self.fine


def tasting_pdf(sheet: TastingSheet) -> bytes:
    """Return the sheet as a file, one A5."""
    paper = Paper(A5, title=f"{sheet.shop} {sheet.product}")
    wide = paper.width
    middle = wide / 2
    paper.box(6, 6, wide - 12, 198, radius=5, weight=0.6)
    paper.box(8, 8, wide - 16, 194, radius=3.6, weight=0.25)
    paper.seal(wide - 34, 12, 20, sheet.mark, turn=11)
    y = paper.block(middle, 20, sheet.shop, 8, width=74, leading=1.2, bold=True, align="centre")
    y = paper.block(
        middle, max(y + 6, 42), sheet.question, 9.4, width=120, lines=3, leading=1.3, bold=True,
        align="centre", colour=RED,
    )  # fmt: skip
    side = min(88.0, 178 - y - 8)
    top = y + (178 - y - side) / 2
    paper.box(
        middle - side / 2 - 2, top - 2, side + 4, side + 4, radius=4, weight=0.5, colour=LINE, dashes=(2, 1.6)
    )
    paper.qr(middle - side / 2, top, side, sheet.code.text)
    paper.block(middle, 184, sheet.fine, 4, width=120, lines=2, align="centre", colour=SOFT)
    return paper.finish()
