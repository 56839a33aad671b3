"""The sheets as PDF: the same words as the pages, laid out in millimetres, with marks to fold and cut along."""

from __future__ import annotations

from dataclasses import dataclass

from app.kit.pdf import A4, A5, LINE, RED, SOFT, Paper, wrapped
from app.web.owner import parcel_pdf
from app.web.owner.sheets import Sheet, Slip, Slips, Words

# The sheet of labels that shops know: 3 × 8, the first one so far from the corner.
LABELS = (3, 8)
LABEL = (63.5, 33.9)
_LABEL_STEP_X, _LABEL_LEFT, _LABEL_TOP = 66.04, 7.21, 12.9
# A card is a business card.
CARD = (90.0, 50.0)
_CARDS_ACROSS = 2
_CARD_LEFT, _CARD_TOP = 15.0, 23.5
# From the top: a strip to glue, the face that hangs behind, the face in front, the foot.
FOLDS = (20.0, 128.0, 236.0)
_FACE = 108.0


@dataclass(frozen=True)
class Mark:
    """A line that is not part of the picture: to fold along or to cut along. mm on an A4 sheet."""

    x: float
    y: float
    to_x: float
    to_y: float
    is_dashed: bool


def marks_of(sheet: str, cards: int = 0) -> list[Mark]:
    """Return where a sheet is folded or cut; `cards`: how many are on a sheet of cards."""
    if sheet == "table":
        return [Mark(0, y, A4[0], y, is_dashed=True) for y in FOLDS]
    if sheet.startswith("parcel"):
        return _cuts(*parcel_pdf.GRIDS[sheet])
    if sheet == "stickers":
        # At the edges only: on a sheet of labels nothing may be printed across the gaps.
        across, down = LABELS
        ys = [_LABEL_TOP + LABEL[1] * n for n in range(down + 1)]
        starts = [_LABEL_LEFT + _LABEL_STEP_X * n for n in range(across)]
        return _trims([x + side for x in starts for side in (0, LABEL[0])], ys, gap=1)
    if sheet == "cards":
        columns, rows = min(cards, _CARDS_ACROSS), -(-cards // _CARDS_ACROSS)
        return _trims(
            [_CARD_LEFT + CARD[0] * n for n in range(columns + 1)],
            [_CARD_TOP + CARD[1] * n for n in range(rows + 1)],
            gap=1.5,
        )
    return []


def _cuts(size: tuple[float, float], across: int, down: int) -> list[Mark]:
    """Return the lines that cut a sheet into equal pieces."""
    wide, high = size
    xs, ys = (wide / across * n for n in range(1, across)), (high / down * n for n in range(1, down))
    return [Mark(x, 0, x, high, is_dashed=True) for x in xs] + [
        Mark(0, y, wide, y, is_dashed=True) for y in ys
    ]


def _trims(xs: list[float], ys: list[float], *, gap: float, length: float = 4) -> list[Mark]:
    """Return short lines outside a grid of cuts: above and below every x, left and right of every y."""
    upright = [
        Mark(x, y, x, y + length, is_dashed=False) for x in xs for y in (ys[0] - gap - length, ys[-1] + gap)
    ]
    level = [
        Mark(x, y, x + length, y, is_dashed=False) for y in ys for x in (xs[0] - gap - length, xs[-1] + gap)
    ]
    return upright + level


def _draw_marks(paper: Paper, marks: list[Mark]) -> None:
    for mark in marks:
        dashes = (2.4, 2.0) if mark.is_dashed else ()
        paper.line(mark.x, mark.y, mark.to_x, mark.to_y, dashes=dashes)


def sheet_pdf(words: Words, sheet: Sheet) -> bytes:
    """Return one of the shop's sheets as a file."""
    if sheet.name in parcel_pdf.GRIDS:
        paper = parcel_pdf.drawn(words, sheet)
        _draw_marks(paper, marks_of(sheet.name))
        return paper.finish()
    paper = Paper(A5 if sheet.paper == "a5" else A4, title=f"{words.shop} {sheet.title}")
    if sheet.name == "table":
        _table(paper, words)
    elif sheet.name == "stickers":
        _stickers(paper, words)
    else:
        with paper.at(0, 0, scale=paper.width / A4[0]):
            _poster(paper, words)
    _draw_marks(paper, marks_of(sheet.name))
    return paper.finish()


def slips_pdf(slips: Slips) -> bytes:
    """Return a sheet of printed cards as a file, ten to an A4."""
    paper = Paper(A4, title=f"{slips.shop} 종이 카드")
    wide, high = CARD
    for place, slip in enumerate(slips.cards):
        down, across = divmod(place, _CARDS_ACROSS)
        with paper.at(_CARD_LEFT + across * wide, _CARD_TOP + down * high):
            _slip(paper, slips, slip)
    _draw_marks(paper, marks_of("cards", len(slips.cards)))
    return paper.finish()


def _poster(paper: Paper, words: Words) -> None:
    """An A4 poster; A5 is the same one, smaller."""
    paper.box(7.6, 7.6, 194.8, 281.8, radius=6.3, weight=0.74)
    paper.box(10.4, 10.4, 189.2, 276.2, radius=4.4, weight=0.3)
    paper.seal(164, 15, 30, words.mark, turn=11)
    y = paper.block(105, 25, words.shop, 13.4, width=112, leading=1.2, bold=True, align="centre")
    y = paper.block(105, y + 5, words.headline, 17.5, width=160, lines=1, bold=True, align="centre")
    if words.reward:
        y = paper.block(
            105,
            y,
            words.reward,
            17.5,
            width=164,
            lines=2,
            leading=1.25,
            bold=True,
            align="centre",
            colour=RED,
        )
    side = min(118.0, 231 - y - 10)
    top = y + (236 - y - side) / 2
    paper.box(
        105 - side / 2 - 1.3,
        top - 1.3,
        side + 2.6,
        side + 2.6,
        radius=5,
        weight=0.5,
        colour=LINE,
        dashes=(2, 1.6),
    )
    paper.qr(105 - side / 2, top, side, words.code.text)
    for place, (number, step) in enumerate(words.steps):
        x = 105 + (place - 1) * 60
        paper.text(x, 249, number, 8.6, bold=True, align="centre")
        paper.block(x, 251.5, step, 5.8, width=60, lines=1, align="centre")
    paper.block(105, 264.5, words.fine, 5.4, width=170, lines=1, align="centre", colour=SOFT)
    paper.block(105, 272, words.link, 6.2, width=170, lines=1, bold=True, align="centre")


def _table(paper: Paper, words: Words) -> None:
    """A tent that stands on its own: two faces, a foot, and a strip that is glued under it."""
    front, back = FOLDS[1], FOLDS[1]
    with paper.at(0, front):
        _face(paper, words)
    with paper.at(A4[0], back, turn=180):
        _face(paper, words)
    paper.text(105, 11.5, "풀칠할 자리 · 밑판 안쪽에 붙여 주세요", 3.6, align="centre", colour=LINE)
    paper.text(105, 268, "밑판", 3.6, align="centre", colour=LINE)


def _face(paper: Paper, words: Words) -> None:
    paper.box(8, 8, 194, _FACE - 16, radius=5, weight=0.6)
    paper.box(10, 10, 190, _FACE - 20, radius=3.6, weight=0.25)
    paper.qr(17, 17, 74, words.code.text)
    y = 24.0
    paper.seal(172, 15, 22, words.mark, turn=11)
    y = paper.block(98, y, words.shop, 8.4, width=72, leading=1.2, bold=True)
    size = 10.5 if len(wrapped(words.reward, 10.5, 96, bold=True)) < 2 else 8.8
    y = paper.block(98, max(y + 2, 42), words.headline, size, width=96, lines=1, bold=True)
    if words.reward:
        paper.block(98, y, words.reward, size, width=96, lines=2, leading=1.25, bold=True, colour=RED)
    paper.block(98, 82, words.invite, 5.4, width=96, lines=1)
    paper.block(98, 89.8, words.link, 4, width=96, lines=1, bold=True, colour=SOFT)


def label_corner(place: int) -> tuple[float, float]:
    """Return where the label at a place (from 0, row by row) of a sheet of labels begins, in mm."""
    row, column = divmod(place, LABELS[0])
    return _LABEL_LEFT + column * _LABEL_STEP_X, _LABEL_TOP + row * LABEL[1]


def _stickers(paper: Paper, words: Words) -> None:
    for place in range(LABELS[0] * LABELS[1]):
        with paper.at(*label_corner(place)):
            _sticker(paper, words)


def _sticker(paper: Paper, words: Words) -> None:
    paper.qr(2, 2.2, 29.5, words.code.text)
    paper.seal(52.6, 2.6, 8.6, words.mark, turn=11)
    y = paper.block(33, 4, words.shop, 3.7, width=19, leading=1.2, bold=True)
    y = paper.block(33, max(y + 0.8, 13), words.headline, 3.3, width=28.5, lines=1, bold=True)
    if words.reward:
        paper.block(33, y, words.reward, 3.3, width=28.5, lines=2, leading=1.25, bold=True, colour=RED)
    paper.block(33, 26.6, words.invite, 2.5, width=28.5, lines=1, colour=SOFT)


def _slip(paper: Paper, slips: Slips, slip: Slip) -> None:
    paper.box(2.5, 2.5, CARD[0] - 5, CARD[1] - 5, radius=3, weight=0.35)
    paper.qr(5, 6.5, 37, slip.code.text, worn=True)
    paper.seal(71.5, 5.5, 12, slips.mark, turn=11)
    paper.block(44, 6.5, slips.shop, 4.6, width=27, leading=1.2, bold=True)
    paper.text(44, 20.6, slips.label, 2.6, colour=SOFT)
    # A crowded shop has longer ones.
    paper.text(44, 28.4, slip.spoken, 8 if len(slip.spoken) < 5 else 5.6, bold=True, spacing=1.1)
    paper.block(
        44,
        30.2,
        f"{slip.headline} {slip.reward}",
        2.9,
        width=41.5,
        lines=2,
        leading=1.25,
        bold=True,
        colour=RED,
    )
    paper.block(44, 38.4, slips.how, 2.4, width=41.5, lines=2, leading=1.25, colour=SOFT)
