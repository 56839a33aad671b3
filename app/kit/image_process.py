"""Decodes one picture and writes it anew. A program of its own, run by kit/images.py for each picture.

    python -I image_process.py FORMAT SOURCE FOLDER [jpeg]

writes FOLDER/large, FOLDER/small (WebP), FOLDER/jpeg where that is asked for, and FOLDER/answer (JSON). It trusts nothing it reads: memory, time
and file sizes are limited before a decoder is loaded, the number of pixels is read from the header before
anything is decoded, and only pixels leave: no EXIF, no GPS, no XMP, no profile, no text, no second frame.

It must not import the application: a start would take longer than the work.
"""

from __future__ import annotations

import errno
import json
import os
import resource
import signal
import sys
import warnings
from io import BytesIO
from pathlib import Path
from typing import Any

MEMORY_BYTES = 700 * 1024 * 1024
CPU_S = 15
FILE_BYTES = 8 * 1024 * 1024
MOST_PIXELS = 40_000_000
LARGE_SIDE, SMALL_SIDE = 1600, 480
_LARGE_QUALITY, _SMALL_QUALITY = 82, 76
# What carriers take with one message, and ever smaller ways to get there: (longer side, quality).
JPEG_BYTES = 200_000
_JPEG_TRIES = ((1280, 80), (1024, 74), (800, 68), (640, 60), (480, 50), (320, 40))
# The exit status that says "the machine failed, not the photo": on a full disk no answer could be written.
MACHINE_FAILED = os.EX_IOERR
# What no photo can bring about. EFBIG and EMFILE are not among them: those are the limits of this process.
_MACHINES = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.ENFILE, errno.ENOENT}


def limit() -> None:
    """Give away what this process does not need. The alarm ends it even when nobody waits for it any more."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_S),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    signal.alarm(2 * CPU_S)


def remake(kind: str, source: Path, folder: Path, *, jpeg: bool = False) -> dict[str, Any]:
    """Return {"width", "height"} of the large picture, or {"refused": code}. Raises OSError of the machine."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    if kind == "HEIF":
        import pillow_heif

        pillow_heif.options.DECODE_THREADS = 1  # each thread takes its stack from the memory limit
        pillow_heif.options.THUMBNAILS = False
        pillow_heif.register_heif_opener()
    try:
        with Image.open(source, formats=[kind]) as picture:
            wide, high = picture.size
            if wide * high > MOST_PIXELS:
                return {"refused": "too_many_pixels"}
            if min(wide, high) < 1 or max(wide, high) > 40 * min(wide, high):
                return {"refused": "unreadable"}
            if picture.mode.startswith(("I", "F")):  # scans and measurements: more than eight bits of grey
                return {"refused": "unreadable"}
            picture.seek(0)
            picture.draft("RGB", (LARGE_SIDE, LARGE_SIDE))  # a JPEG is decoded no larger than needed
            picture.load()
            profile, exif = picture.info.get("icc_profile"), picture.getexif()
            shrunk = _of_few_modes(picture)
            shrunk.thumbnail((LARGE_SIDE, LARGE_SIDE), Image.Resampling.LANCZOS, reducing_gap=3.0)
            shrunk.getexif().update(exif)  # the orientation is all that is asked of it
            upright = _in_srgb(_flat(ImageOps.exif_transpose(shrunk)), profile)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return {"refused": "too_many_pixels"}
    except MemoryError:
        return {"refused": "too_heavy"}
    except UnidentifiedImageError:
        return {"refused": "unreadable"}
    except Exception as fault:  # whatever a decoder says of a broken file, the answer is the same sentence
        if _is_machines(fault):
            raise
        return {"refused": "broken"}
    _write(upright, folder / "large", _LARGE_QUALITY)
    width, height = upright.size
    if jpeg:
        (folder / "jpeg").write_bytes(_as_jpeg(upright))
    upright.thumbnail((SMALL_SIDE, SMALL_SIDE), Image.Resampling.LANCZOS)
    _write(upright, folder / "small", _SMALL_QUALITY)
    return {"width": width, "height": height}


def _is_machines(fault: Exception) -> bool:
    return isinstance(fault, OSError) and fault.errno in _MACHINES


def _of_few_modes(picture: Any) -> Any:
    """Return the picture in a mode that can be shrunk well. The usual ones are shrunk as they are: each copy
    of forty million pixels is a quarter of the memory there is."""
    if picture.mode in ("RGB", "RGBA", "L", "CMYK"):
        return picture
    is_clear = picture.mode in ("LA", "PA", "La", "RGBa") or "transparency" in picture.info
    return picture.convert("RGBA" if is_clear else "RGB")


def _flat(picture: Any) -> Any:
    """Return the picture as plain RGB; what is transparent becomes paper."""
    from PIL import Image

    if picture.mode != "RGBA":
        return picture.convert("RGB")
    paper = Image.new("RGB", picture.size, "white")
    paper.paste(picture, mask=picture.getchannel("A"))
    return paper


def _in_srgb(picture: Any, profile: bytes | None) -> Any:
    """Turn the colours of a phone's own profile (Display P3) into sRGB; a broken profile is left out."""
    if not profile:
        return picture
    from PIL import ImageCms

    try:
        return ImageCms.profileToProfile(
            picture, ImageCms.ImageCmsProfile(BytesIO(profile)), ImageCms.createProfile("sRGB")
        )
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return picture


def _write(picture: Any, path: Path, quality: int) -> None:
    from PIL import Image

    bare = Image.new("RGB", picture.size)  # a new picture carries nothing of the old one
    bare.paste(picture)
    bare.save(path, "WEBP", quality=quality, method=4, exif=b"", xmp=b"", icc_profile=b"")


def _as_jpeg(picture: Any) -> bytes:
    """Return the picture as phones and carriers take it, no larger than JPEG_BYTES."""
    from PIL import Image

    made = b""
    for side, quality in _JPEG_TRIES:
        smaller = picture.copy()
        smaller.thumbnail((side, side), Image.Resampling.LANCZOS)
        bare, file = Image.new("RGB", smaller.size), BytesIO()
        bare.paste(smaller)
        bare.save(file, "JPEG", quality=quality, optimize=True)
        made = file.getvalue()
        if len(made) <= JPEG_BYTES:
            break
    return made


def main(arguments: list[str]) -> int:
    """Do the work of one picture; returns the exit status, MACHINE_FAILED when the photo is not to blame."""
    limit()
    kind, source, folder, *more = arguments
    try:
        answer = remake(kind, Path(source), Path(folder), jpeg=more == ["jpeg"])
        (Path(folder) / "answer").write_text(json.dumps(answer), "ascii")
    except ImportError:  # nothing of the photo was read yet: the installation is being replaced
        return MACHINE_FAILED
    except OSError as fault:
        if not _is_machines(fault):
            raise
        return MACHINE_FAILED
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
