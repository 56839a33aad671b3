"""Pictures from strangers (S09): what they are is read from their first bytes, never from their name, and they
are decoded only in a process of their own with little memory and little time (kit/image_process.py).
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, replace
from pathlib import Path

from app.kit import limited_process
from app.kit.image_process import LARGE_SIDE, MOST_PIXELS
from app.kit.limited_process import FellOver, plain
from app.kit.refusals import Refused

MOST_BYTES = 15 * 1024 * 1024
HEAD_BYTES = 64  # enough for `look`
# Longer than the process gives itself (kit/image_process.py): this is for a machine that does not move.
DEADLINE_S = 35.0
_PROGRAM = Path(__file__).with_name("image_process.py")
_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
# What begins like a picture we do not take: GIF, TIFF, AVIF, a PNG or a WebP that goes on as none.
_PICTURES = re.compile(rb"GIF8[79]a|II\*\0|MM\0\*|.{4}ftypavi[fs]|\x89PNG\r\n\x1a\n|RIFF.{4}WEBP", re.DOTALL)
_SENTENCES = {
    "empty": "사진이 비어 있어요. 다시 골라 주세요.",
    "too_large": "사진이 너무 커요(15MB까지). 조금 작은 사진을 골라 주세요.",
    "not_a_photo": "사진이 아니에요. 휴대폰으로 찍은 사진을 골라 주세요.",
    "too_many_pixels": "사진이 너무 커요(4천만 화소까지). 조금 작은 사진을 골라 주세요.",
    "too_heavy": "이 사진은 열 수 없어요. 다른 사진을 골라 주세요.",
    "unreadable": "이 사진은 열 수 없어요. 다른 사진을 골라 주세요.",
    "broken": "사진이 온전하지 않아요. 다시 골라 주세요.",
}


class BadImage(Refused):
    """A picture we do not take.

    `code`: empty, too_large, not_a_photo, unreadable (it begins like a picture), too_many_pixels, too_heavy, broken.
    """

    status = 422

    def __init__(self, code: str) -> None:
        super().__init__(_SENTENCES[code])
        self.code = code


@dataclass(frozen=True)
class Made:
    """A picture written anew: the two WebP files, the JPEG where it was asked for, the large one's size in pixels."""

    large: Path
    small: Path
    width: int
    height: int
    jpeg: Path | None = None


def look(head: bytes, size: int) -> str:
    """Return what a file is by its first HEAD_BYTES and its size in bytes: JPEG, PNG, WEBP or HEIF.

    Raises BadImage for anything else and for what is too large, as far as the first bytes tell. Nothing
    is decoded here.
    """
    if not size:
        raise BadImage("empty")
    if size > MOST_BYTES:
        raise BadImage("too_large")
    kind, pixels = _kind_and_pixels(head)
    if pixels > MOST_PIXELS:
        raise BadImage("too_many_pixels")
    return kind


def _kind_and_pixels(head: bytes) -> tuple[str, int]:
    """Read the signature, and the number of pixels where it stands at a fixed place (0: not told)."""
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG", 0
    if head.startswith(b"\x89PNG\r\n\x1a\n") and head[12:16] == b"IHDR":
        return "PNG", int.from_bytes(head[16:20], "big") * int.from_bytes(head[20:24], "big")
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP", _webp_pixels(head)
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS:
        return "HEIF", 0
    raise BadImage("unreadable" if _PICTURES.match(head) else "not_a_photo")


def _webp_pixels(head: bytes) -> int:
    """Read the canvas of a WebP (RFC 9649, sections 2.5 to 2.7): its decoder takes that memory at once."""
    chunk = head[12:16]
    if chunk == b"VP8X":
        return (int.from_bytes(head[24:27], "little") + 1) * (int.from_bytes(head[27:30], "little") + 1)
    if chunk == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return ((bits & 0x3FFF) + 1) * (((bits >> 14) & 0x3FFF) + 1)
    if chunk == b"VP8 ":
        wide, high = int.from_bytes(head[26:28], "little"), int.from_bytes(head[28:30], "little")
        return (wide & 0x3FFF) * (high & 0x3FFF)
    raise BadImage("unreadable")


def remake(source: Path, desk: Path, *, deadline_s: float = DEADLINE_S, jpeg: bool = False) -> Made:
    """Decode the file at `source` and write it anew into the folder `desk`, in a limited process.

    The result is WebP, upright, in sRGB, without any metadata; the longer side is at most 1600 pixels,
    480 for the small one; `jpeg` asks for one more that carriers take. Raises BadImage, and OSError when the photo is not to blame: there is no such file, the
    disk is full, or the process was stopped together with everything else.
    """
    with open(source, "rb") as file:
        kind = look(file.read(HEAD_BYTES), os.fstat(file.fileno()).st_size)
    more = ["jpeg"] if jpeg else []
    try:
        limited_process.run(_PROGRAM, kind, str(source), str(desk), *more, deadline_s=deadline_s)
    except FellOver:
        raise BadImage("too_heavy") from None
    return _result(desk, jpeg=jpeg)


def _result(desk: Path, *, jpeg: bool) -> Made:
    """Believe the process's answer only as far as it can be checked. Raises BadImage."""
    made = Made(desk / "large", desk / "small", 0, 0, desk / "jpeg" if jpeg else None)
    refused = ""
    try:
        answer = json.loads(plain(desk / "answer", 200))
        refused = str(answer.get("refused", ""))
        if not refused:
            made = replace(made, width=answer["width"], height=answer["height"])
            are_webp = all(
                _kind_and_pixels(plain(path, HEAD_BYTES))[0] == "WEBP" for path in (made.large, made.small)
            )
            if made.jpeg is not None and _kind_and_pixels(plain(made.jpeg, HEAD_BYTES))[0] != "JPEG":
                raise BadImage("too_heavy")
            if are_webp and {made.width, made.height} <= set(range(1, LARGE_SIDE + 1)):
                return made
    except (OSError, ValueError, KeyError, TypeError, AttributeError, Refused):
        refused = ""
    raise BadImage(refused if refused in _SENTENCES else "too_heavy")
