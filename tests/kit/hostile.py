"""Files that a stranger may send as a photo, made here byte by byte. `REFUSED` and `HARMLESS` name them all."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from functools import cache
from io import BytesIO
from typing import Any

import pillow_heif
from PIL import Image, ImageCms, PngImagePlugin

SCRIPT = b"<script>alert('S09')</script>"


def picture(size: tuple[int, int] = (640, 480), mode: str = "RGB") -> Image.Image:
    """Return a picture whose left half is red and whose right half is blue."""
    made = Image.new("RGB", size, (200, 30, 20))
    made.paste((20, 40, 200), (size[0] // 2, 0, *size))
    return made.convert(mode)


def encoded(
    kind: str = "JPEG", *, size: tuple[int, int] = (640, 480), mode: str = "RGB", **how: Any
) -> bytes:
    """Return the same as a file."""
    out = BytesIO()
    picture(size, mode).save(out, kind, **how)
    return out.getvalue()


@cache
def heic(size: tuple[int, int] = (640, 480)) -> bytes:
    """Return the same as a phone of Apple's writes it."""
    out = BytesIO()
    pillow_heif.from_pillow(picture(size)).save(out, quality=80)
    return out.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    """Return one chunk of a PNG."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(wide: int, high: int, *extra: bytes, pixels: bytes = b"\x00" * 64) -> bytes:
    """Return a grey PNG that claims a size."""
    head = struct.pack(">IIBBBBB", wide, high, 8, 0, 0, 0, 0)
    parts = (chunk(b"IHDR", head), *extra, chunk(b"IDAT", zlib.compress(pixels, 9)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def with_chunk(extra: bytes) -> bytes:
    """Return a good PNG with one more chunk behind its header."""
    good = encoded("PNG")
    return good[:33] + extra + good[33:]


def jpeg_claiming(wide: int, high: int) -> bytes:
    """Return a JPEG whose frame header claims a size."""
    good = bytearray(encoded())
    at = good.index(b"\xff\xc0")
    good[at + 5 : at + 9] = struct.pack(">HH", high, wide)
    return bytes(good)


def webp_claiming(side: int) -> bytes:
    """Return an extended WebP whose canvas claims a size."""
    canvas = (side - 1).to_bytes(3, "little") * 2
    body = (
        b"VP8X"
        + struct.pack("<I", 10)
        + b"\x02\x00\x00\x00"
        + canvas
        + b"ANIM"
        + struct.pack("<I", 6)
        + bytes(6)
    )
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def heic_claiming(side: int) -> bytes:
    """Return a HEIC whose image properties claim a size."""
    good = heic()
    return good.replace(
        b"ispe" + bytes(4) + struct.pack(">II", 640, 480), b"ispe" + bytes(4) + struct.pack(">II", side, side)
    )


def broken_checksum() -> bytes:
    """Return a PNG whose pixels do not fit their checksum."""
    good = bytearray(encoded("PNG", size=(64, 64)))
    at = good.index(b"IDAT") + 20
    good[at] ^= 0xFF
    return bytes(good)


def spied_on() -> bytes:
    """Return a JPEG that tells where it was taken, lies on its side, and carries a profile, XMP and a comment."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Spy Camera"
    exif.get_ifd(0x8825).update({1: "N", 2: (37.0, 33.0, 58.0), 3: "E", 4: (126.0, 58.0, 40.0)})
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return encoded(
        size=(400, 200), exif=exif, icc_profile=profile, xmp=b"<x:xmpmeta>Spy" + SCRIPT, comment=SCRIPT
    )


def endless_exif() -> bytes:
    """Return a JPEG whose EXIF directory leads back to itself."""
    tiff = (
        b"MM\x00\x2a"
        + struct.pack(">IH", 8, 1)
        + struct.pack(">HHII", 0x8769, 4, 1, 8)
        + struct.pack(">I", 8)
    )
    body = b"Exif\x00\x00" + tiff
    good = encoded()
    return good[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + good[2:]


def frames(kind: str, count: int) -> bytes:
    """Return a moving picture."""
    rest = [Image.new("RGB", (320, 240), (n % 255, 90, 90)) for n in range(count)]
    out = BytesIO()
    rest[0].save(out, kind, save_all=True, append_images=rest[1:], duration=20)
    return out.getvalue()


def nested() -> bytes:
    """Return an MPO: two JPEGs in one, as phones with two lenses write it."""
    out = BytesIO()
    picture().save(out, "MPO", save_all=True, append_images=[picture((200, 100))])
    return out.getvalue()


def deep_grey() -> bytes:
    """Return a PNG of sixteen bits of grey, as scanners write it."""
    out = BytesIO()
    Image.new("I;16", (64, 64), 30000).save(out, "PNG")
    return out.getvalue()


def of_kind(kind: str) -> bytes:
    """Return a picture of a kind we do not take."""
    return encoded(kind, size=(64, 64))


_BOMB = zlib.compress(bytes(80 * 1024 * 1024), 9)  # 80 KB

# What each is refused for; where a decoder may also find it broken, both will do.
REFUSED: dict[str, tuple[Callable[[], bytes], set[str]]] = {
    "nothing": (lambda: b"", {"empty"}),
    "a text named .jpg": (lambda: "안녕하세요, 사진이에요".encode() * 40, {"not_a_photo"}),
    "16 MB of zeros": (lambda: bytes(16 * 1024 * 1024), {"too_large"}),
    "40 MB that begin like a JPEG": (lambda: encoded() + bytes(40 * 1024 * 1024), {"too_large"}),
    "SVG with a script": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'>" + SCRIPT + b"</svg>", {"not_a_photo"}),
    "HTML": (lambda: b"<!doctype html>" + SCRIPT, {"not_a_photo"}),
    "GIF": (lambda: of_kind("GIF"), {"not_a_photo"}),
    "GIF that is a script": (lambda: b"GIF89a/*" + bytes(60) + b"*/=1;alert(1)//", {"not_a_photo"}),
    "PDF": (lambda: b"%PDF-1.7\n" + encoded(), {"not_a_photo"}),
    "TIFF": (lambda: of_kind("TIFF"), {"not_a_photo"}),
    "BMP": (lambda: of_kind("BMP"), {"not_a_photo"}),
    "ICO": (lambda: of_kind("ICO"), {"not_a_photo"}),
    "ZIP": (lambda: b"PK\x03\x04" + bytes(60), {"not_a_photo"}),
    "AVIF": (lambda: b"\x00\x00\x00\x20ftypavif" + bytes(40), {"not_a_photo"}),
    "PNG 30000 × 30000": (lambda: png(30000, 30000), {"too_many_pixels"}),
    "PNG 0 × 0": (lambda: png(0, 0), {"not_a_photo", "broken"}),
    "PNG 40000 × 1": (lambda: png(40000, 1, pixels=bytes(40001)), {"not_a_photo"}),
    "PNG of sixteen bits of grey": (deep_grey, {"not_a_photo"}),
    "JPEG 65000 × 65000": (lambda: jpeg_claiming(65000, 65000), {"too_many_pixels"}),
    "WebP 16383 × 16383": (lambda: webp_claiming(16383), {"too_many_pixels"}),
    "WebP without a picture": (lambda: webp_claiming(64), {"not_a_photo", "broken"}),
    "WebP of an unknown chunk": (lambda: b"RIFF\x00\x00\x00\x20WEBPEVIL" + bytes(40), {"not_a_photo"}),
    "HEIC 30000 × 30000": (lambda: heic_claiming(30000), {"too_many_pixels", "not_a_photo", "broken"}),
    "HEIC of rubbish": (lambda: heic()[:24] + bytes(4000), {"not_a_photo", "broken"}),
    "HEIC cut off": (lambda: heic()[:-800], {"broken", "not_a_photo"}),
    "JPEG cut off": (lambda: encoded(size=(900, 900))[:3000], {"broken"}),
    "JPEG of three bytes": (lambda: b"\xff\xd8\xff" + bytes(80), {"not_a_photo", "broken"}),
    "PNG cut off": (lambda: encoded("PNG")[:300], {"broken"}),
    "PNG with a text bomb": (lambda: with_chunk(chunk(b"zTXt", b"Comment\x00\x00" + _BOMB)), {"broken"}),
    "PNG with a profile bomb": (lambda: with_chunk(chunk(b"iCCP", b"icc\x00\x00" + _BOMB)), {"broken"}),
    "PNG with a wrong checksum": (broken_checksum, {"broken"}),
    "WebP cut off": (lambda: encoded("WEBP")[:200], {"broken", "not_a_photo"}),
}  # fmt: skip

_TEXT = PngImagePlugin.PngInfo()
_TEXT.add_itxt("XML:com.adobe.xmp", SCRIPT.decode())

# What is a photo, with something else in it: only its pixels are left.
HARMLESS: dict[str, Callable[[], bytes]] = {
    "JPEG that is also HTML": lambda: encoded(comment=SCRIPT) + SCRIPT,
    "JPEG that is also a ZIP": lambda: encoded() + b"PK\x03\x04" + bytes(200),
    "JPEG with GPS, profile, XMP": spied_on,
    "JPEG with a directory that never ends": endless_exif,
    "JPEG with a profile of rubbish": lambda: encoded(icc_profile=b"\x00\x00\x01\x00ADBE" + b"\xff" * 4000),
    "JPEG within a JPEG (MPO)": nested,
    "JPEG for print (CMYK)": lambda: encoded(mode="CMYK"),
    "PNG with a script in its text": lambda: encoded("PNG", pnginfo=_TEXT),
    "PNG of forty million clear pixels": lambda: encoded(
        "PNG", size=(6300, 6300), mode="RGBA", compress_level=1
    ),
    "PNG with a palette": lambda: encoded("PNG", mode="P"),
    "PNG of 60 frames": lambda: frames("PNG", 60),
    "WebP of 60 frames": lambda: frames("WEBP", 60),
}
