"""The shape of the 도장: the ring cut by hand, where the ink did not take, and the line inside it.

One hundred units square. The screen's seal (templates/components/card.html) is the same drawing.
"""

from __future__ import annotations

import re

# Outer and inner edge; filled even-odd.
RING = (
    "M50.4 3.8c13.2-.2 24.3 4.7 32.9 13.3 8.7 8.7 13.1 20.1 12.9 33.3-.2 13-4.9 24.2-13.5 32.6-8.6 8.5-19.6 13.3-32.5 "
    "13.2-13.1-.1-24.6-4.8-33.1-13.5C8.7 74.1 3.9 62.9 3.8 50c0-13 4.9-24.5 13.5-33C25.9 8.6 37.2 4 50.4 3.8zm-.3 "
    "5.7C38.6 9.6 28.9 13.6 21.4 21 13.8 28.5 9.7 38.5 9.6 50c0 11.3 4.1 21.1 11.6 28.6 7.5 7.6 17.5 11.8 29 11.9 11.3 "
    "0 21-4.2 28.5-11.6 7.6-7.4 11.7-17.2 11.9-28.6.1-11.6-3.7-21.6-11.3-29.2C71.8 13.6 61.7 9.4 50.1 9.5z"
)
NICKS = (
    "M17 20l2.4-1.2 1 2-2.1 1.3zM81 66l1.7-.6.5 1.7-1.6.5zM30 87l2.6.5-.8 1.6-2-.4zM71 14l1.5 1-.9 1.5-1.5-1zM7 57l1.8"
    ".7-.5 1.6-1.7-.6zM91 38l2 .3-.3 2-1.8-.5z"
)
# Where the ink did not take: (x, y, radius).
SPOTS = (
    (39, 33, 0.9), (64, 41, 1.1), (46, 71, 0.8), (58, 60, 0.7), (35, 55, 1),
    (69, 70, 0.8), (52, 27, 0.7), (24, 43, 0.9), (77, 54, 0.8),
)  # fmt: skip
INNER_RADIUS, INNER_WIDTH = 36.3, 1.7
INNER_DASHES = (31, 1.5, 52, 1, 18, 2, 40, 0.8)
# The mark: size and baseline(s).
ONE: tuple[float, ...] = (47, 66.5)
TWO: tuple[float, ...] = (33, 46, 78)

_TOKEN = re.compile(r"[McClz]|m|-?(?:\d*\.\d+|\d+)")
_NUMBERS = {"M": 2, "m": 2, "l": 2, "C": 6, "c": 6, "z": 0}


def strokes(path: str) -> list[tuple[str, list[float]]]:
    """Return an SVG path as absolute steps: ("M", [x, y]), ("L", …), ("C", six numbers), ("z", []).

    Knows M, m, l, C, c and z, which is all that our seal is drawn with.
    """
    tokens = _TOKEN.findall(path)
    steps: list[tuple[str, list[float]]] = []
    x = y = start_x = start_y = 0.0
    at, kind = 0, ""
    while at < len(tokens):
        if tokens[at][0].isalpha():
            kind = tokens[at]
            at += 1
        count = _NUMBERS[kind]
        numbers = [float(token) for token in tokens[at : at + count]]
        at += count
        if kind == "z":
            steps.append(("z", []))
            x, y = start_x, start_y
            continue
        if kind.islower():
            numbers = [n + (x, y)[i % 2] for i, n in enumerate(numbers)]
        x, y = numbers[-2:]
        if kind in "Mm":
            start_x, start_y = x, y
        steps.append((kind.upper(), numbers))
    return steps
