"""The slip that goes into a parcel, as PDF: one drawing in three sizes, two, four or eight to an A4.

Two QR codes stand beside each other: one gives the card and asks for what the law wants asked (who buys by post has
agreed to nothing yet), the other leads to where reviews and photos are left.
"""

from __future__ import annotations

from app.kit.pdf import A4, LINE, RED, SOFT, Paper
from app.web.owner.sheets import Sheet, Words

_WIDE = (A4[1], A4[0])
# The paper, and how many slips lie across and down it. Every slip is a quarter of an A4, larger or smaller.
GRIDS: dict[str, tuple[tuple[float, float], int, int]] = {
    "parcel": (A4, 2, 2),
    "parcel-2": (_WIDE, 2, 1),
    "parcel-8": (_WIDE, 4, 2),
}
_QUARTER = A4[0] / 2


def drawn(words: Words, sheet: Sheet) -> Paper:
    """Return the sheet with its slips, before it is closed."""
    size, across, down = GRIDS[sheet.name]
    paper = Paper(size, title=f"{words.shop} {sheet.title}")
    wide, high = size[0] / across, size[1] / down
    for row in range(down):
        for column in range(across):
            with paper.at(column * wide, row * high, scale=wide / _QUARTER):
                _slip(paper, words)
    return paper


def _slip(paper: Paper, words: Words) -> None:
    paper.box(7, 7, 91, 134.5, radius=4, weight=0.45)
    paper.seal(44.5, 11.5, 16, words.mark)
    y = paper.block(52.5, 30, words.thanks, 6.6, width=82, lines=1, bold=True, align="centre")
    y = paper.block(52.5, y + 0.6, words.shop, 4.6, width=80, lines=1, bold=True, align="centre")
    if words.story:
        paper.block(52.5, y + 0.8, words.story, 3.4, width=78, lines=2, align="centre", colour=SOFT)
    for x, code, said in ((13.5, words.code, words.card_here), (54.5, words.review_code, words.review_here)):
        paper.qr(x, 58, 37, code.text)
        paper.block(x + 18.5, 95.6, said, 3.8, width=38, lines=1, bold=True, align="centre")
    y = paper.block(52.5, 104, words.parcel, 4.1, width=82, lines=1, align="centre")
    if words.reward:
        offer = f"{words.headline} {words.reward}"
        paper.block(52.5, y, offer, 4.1, width=82, lines=2, bold=True, align="centre", colour=RED)
    y = 122.6
    paper.line(30, y - 1.2, 75, y - 1.2, colour=LINE)
    y = paper.block(52.5, y, words.review, 4.1, width=82, lines=1, bold=True, align="centre")
    if words.photo:
        y = paper.block(52.5, y, words.photo, 3.2, width=82, lines=1, align="centre", colour=SOFT)
    if words.elsewhere:
        paper.block(52.5, y, words.elsewhere, 3.2, width=82, lines=1, align="centre", colour=SOFT)
