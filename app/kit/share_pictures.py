"""The two pictures that speak for a shop elsewhere: a wide one beside a link (og:image), a square one to post."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO

from app.kit.drawing import INK, LINE, RED, SOFT, Picture, lines_of
from app.kit.pdf import width_of

WIDE, SQUARE = (1200, 630), (1080, 1080)


@dataclass(frozen=True)
class Said:
    """What stands on a picture. Everything but the shop and the title may be "". `photo`: a WebP of ours, b"" for none."""

    shop: str
    mark: str
    over: str  # a word above the title: what kind of news it is
    title: str
    text: str
    foot: str  # a hashtag, an address
    photo: bytes = b""


@lru_cache(maxsize=48)
def wide(said: Said) -> bytes:
    """Return a JPEG of 1200 × 630 pixels; chats show it cut to about two by one, so the edges hold nothing."""
    on = Picture(*WIDE)
    left, width = 84, 1200 - 84 - 84 - 300
    if said.photo:
        on.photo(BytesIO(said.photo), 720, 0, 480, 630)
        width = 720 - left - 48
    else:
        on.frame(26, radius=28, weight=5)
        on.frame(38, radius=20, weight=2)
        on.seal(838, 176, 278, said.mark)
    y = 112.0
    if said.over:
        on.text(left, y, said.over, 30, bold=True, colour=RED)
        y += 52
    y = on.block(left, y, said.title, 74, width=width, most=3, leading=1.24, bold=True, smallest=52)
    on.block(left, y + 18, said.text, 32, width=width, most=3 if y < 320 else 2, colour=SOFT)
    if said.photo:
        on.seal(left - 6, 508, 72, said.mark)
        on.text(left + 84, 526, said.shop if said.over else said.foot, 30, bold=True)
    else:
        on.block(left, 520, said.shop if said.over else said.foot, 30, width=700, most=1, bold=True)
    return on.jpeg()


@lru_cache(maxsize=24)
def square(said: Said) -> bytes:
    """Return a PNG (a JPEG with a photo) of 1080 × 1080 pixels for the shop's own page elsewhere."""
    on = Picture(*SQUARE)
    side, width = 90, 1080 - 2 * 90
    if said.photo:
        on.photo(BytesIO(said.photo), 0, 0, 1080, 540)
        y, most, text_most = 578.0, 2, 4
        title_size, text_size, least = 62, 34, 48
    else:
        on.frame(30, radius=34, weight=6, colour=INK)
        on.frame(44, radius=24, weight=2, colour=INK)
        most, text_most = 4, 9
        title_size, text_size, least = 88, 46 if len(said.text) < 80 else 40, 64
        y = _middle(said, width, title_size, text_size)
    if said.over:
        on.text(side, y, said.over, 36, bold=True, colour=RED)
        y += 62
    y = on.block(
        side, y, said.title, title_size, width=width, most=most, leading=1.26, bold=True, smallest=least
    )
    room = max(0, int((900 - y - 26) // (text_size * 1.45)))
    on.block(
        side,
        y + 22,
        said.text,
        text_size,
        width=width,
        most=max(1, min(text_most, room)),
        leading=1.45,
        colour=SOFT,
    )
    on.rule(side, 932, 1080 - side, colour=LINE)
    on.seal(side - 8, 946, 84, said.mark)
    left, free = side + 92, width - 92
    if width_of(said.shop, 38, bold=True) + width_of(said.foot, 32) + 48 <= free:
        on.text(left, 966, said.shop, 38, bold=True)
        on.text(1080 - side - width_of(said.foot, 32), 970, said.foot, 32, colour=SOFT)
    else:  # both are long: one below the other
        on.block(left, 946, said.shop, 34, width=free, most=1, bold=True, smallest=26)
        on.block(left, 992, said.foot, 28, width=free, most=1, colour=SOFT, smallest=22)
    return on.jpeg() if said.photo else on.png()


def _middle(said: Said, width: float, title_size: int, text_size: int) -> float:
    """Return where words begin that stand in the middle of the room above the shop's line: few of them don't hang."""
    titles = len(lines_of(said.title, title_size, width, bold=True, most=4))
    texts = len(lines_of(said.text, text_size, width, most=9))
    high = (62 if said.over else 0) + titles * title_size * 1.26 + 22 + texts * text_size * 1.45
    return max(120.0, 90 + (830 - high) / 2)
