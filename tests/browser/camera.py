"""What the owner's camera sees: a customer's QR, held askew, in bad light."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import qrcode

_MODULE = 6  # pixels of a QR module in the drawing
_ASKEW = "pad=640:480:(ow-iw)/2:(oh-ih)/2:white,rotate=0.21:c=white,noise=alls=34:allf=t+u,gblur=sigma=0.7"


def film(text: str, file: Path) -> None:
    """Write a second of MJPEG that shows `text` as a turned, noisy QR; the browser plays it in a loop."""
    _draw(text, file, "-t", "1", "-r", "8", "-q:v", "4", "-f", "mjpeg")


def photograph(text: str, file: Path) -> None:
    """Write one JPEG picture of the same."""
    _draw(text, file, "-frames:v", "1", "-q:v", "4", "-f", "mjpeg")


def film_nothing(file: Path) -> None:
    """Write a second of an empty counter, in the same size."""
    _ffmpeg(["-f", "lavfi", "-i", "color=c=gray:s=640x480:r=8"], file, "-t", "1", "-q:v", "4", "-f", "mjpeg")


def _draw(text: str, file: Path, *how: str) -> None:
    code = qrcode.QRCode(border=4)
    code.add_data(text)
    rows = code.get_matrix()
    side = len(rows) * _MODULE
    pixels = b"".join(
        bytes(0 if dark else 255 for dark in row for _ in range(_MODULE)) * _MODULE for row in rows
    )
    picture = file.with_suffix(".pgm")
    picture.write_bytes(b"P5 %d %d 255\n" % (side, side) + pixels)
    _ffmpeg(["-loop", "1", "-i", str(picture)], file, "-vf", _ASKEW, *how)


def _ffmpeg(source: list[str], file: Path, *how: str) -> None:
    # The browser may be reading the old film: the new one takes its place in one step.
    beside = file.with_name(f"new-{file.name}")
    command = ["ffmpeg", "-loglevel", "error", "-y", *source, *how, "-pix_fmt", "yuvj420p", str(beside)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, timeout=120)
    os.replace(beside, file)
