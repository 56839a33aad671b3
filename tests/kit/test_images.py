"""S09: whatever a stranger sends as a photo is refused, or nothing but its pixels is left."""

from __future__ import annotations

import errno
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from PIL import Image

from app.kit import image_process, images
from app.kit.images import BadImage, Made
from tests.kit import hostile


def remake(data: bytes, folder: Path) -> Made:
    """Write a file anew as the worker does."""
    source = folder / "source"
    source.write_bytes(data)
    desk = Path(tempfile.mkdtemp(dir=folder))
    return images.remake(source, desk)


def test_there_are_more_than_enough_of_them() -> None:
    assert len(hostile.REFUSED) + len(hostile.HARMLESS) >= 40


def _worked() -> float:
    """Return the processor seconds of this process and of those it ended."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


@pytest.mark.parametrize("what", hostile.REFUSED)
def test_it_is_refused_with_a_sentence(tmp_path: Path, what: str) -> None:
    data, codes = hostile.REFUSED[what]
    file = data()
    begun = _worked()
    with pytest.raises(BadImage) as refusal:
        remake(file, tmp_path)
    assert _worked() - begun < 1, "what a stranger sends costs the machine next to nothing"
    assert refusal.value.code in codes
    assert refusal.value.sentence.endswith("요.")


def bare(path: Path, longest: int) -> Image.Image:
    """Open a result and look for anything that is not a pixel."""
    raw = path.read_bytes()
    for marker in (b"EXIF", b"XMP ", b"ICCP", b"ANIM", b"Exif", b"Spy", b"<script", b"PK\x03\x04"):
        assert marker not in raw, marker
    found = Image.open(path)
    found.load()
    assert found.format == "WEBP"
    assert max(found.size) <= longest
    assert not {"exif", "xmp", "icc_profile"} & set(found.info)
    assert not found.getexif()
    assert getattr(found, "n_frames", 1) == 1
    return found


@pytest.mark.parametrize("what", hostile.HARMLESS)
def test_only_pixels_are_left(tmp_path: Path, what: str) -> None:
    made = remake(hostile.HARMLESS[what](), tmp_path)
    assert bare(made.large, image_process.LARGE_SIDE).size == (made.width, made.height)
    bare(made.small, image_process.SMALL_SIDE)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_a_phones_photo_is_taken(tmp_path: Path, kind: str) -> None:
    size = (2000, 1000)
    made = remake(hostile.heic(size) if kind == "HEIF" else hostile.encoded(kind, size=size), tmp_path)
    assert (made.width, made.height) == (1600, 800)
    shown = bare(made.large, 1600)
    red, blue = shown.getpixel((20, 400)), shown.getpixel((1580, 400))
    assert red[0] > 150 > red[2]
    assert blue[2] > 150 > blue[0]
    assert bare(made.small, 480).size == (480, 240)


def test_it_stands_upright_whatever_way_the_phone_was_held(tmp_path: Path) -> None:
    made = remake(hostile.spied_on(), tmp_path)
    assert (made.width, made.height) == (200, 400)
    shown = bare(made.large, 1600)
    assert shown.getpixel((100, 20))[0] > 150  # what was left is on top: turned clockwise
    assert shown.getpixel((100, 380))[2] > 150


def test_what_is_clear_becomes_paper(tmp_path: Path) -> None:
    clear = tmp_path / "clear.png"
    Image.new("RGBA", (100, 100), (0, 0, 0, 0)).save(clear)
    assert bare(remake(clear.read_bytes(), tmp_path).large, 1600).getpixel((50, 50)) == (255, 255, 255)


# --- the process and its limits ------------------------------------------------------------------------

_LIMITED = """
import importlib.util, sys
spec = importlib.util.spec_from_file_location("image_process", sys.argv[1])
process = importlib.util.module_from_spec(spec)
spec.loader.exec_module(process)
process.CPU_S = 1
process.limit()
"""
_GREEDY = {
    "memory": "bytearray(800 * 1024 * 1024)",
    "time": "while True: pass",
    "disk": "open(sys.argv[2], 'wb').write(bytes(9 * 1024 * 1024))",
}


@pytest.mark.parametrize("what", _GREEDY)
def test_the_process_is_limited(tmp_path: Path, what: str) -> None:
    script = _LIMITED + _GREEDY[what]
    command = [sys.executable, "-c", script, str(image_process.__file__), str(tmp_path / "large")]
    done = subprocess.run(command, capture_output=True, timeout=90, check=False)
    assert done.returncode != 0
    if what == "memory":
        assert b"MemoryError" in done.stderr


_TREACHEROUS = {
    "hangs": "import time; time.sleep(60)",
    "is killed": "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
    "says nothing": "",
    "lies about the size": "import sys; open(sys.argv[3] + '/answer', 'w').write('{\"width\": 9, \"height\": 1e9}')",
    "answers no picture": (
        "import sys; d = sys.argv[3]; open(d + '/answer', 'w').write('{\"width\": 9, \"height\": 9}');"
        "open(d + '/large', 'w').write('<html>'); open(d + '/small', 'w').write('<html>')"
    ),
    "answers a pipe": "import os, sys; os.mkfifo(sys.argv[3] + '/answer')",
    "invents a word": "import sys; open(sys.argv[3] + '/answer', 'w').write('{\"refused\": [1]}')",
}


@pytest.mark.parametrize("how", _TREACHEROUS)
def test_a_process_that_fell_to_a_photo_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    program = tmp_path / "program.py"
    program.write_text(_TREACHEROUS[how])
    monkeypatch.setattr(images, "_PROGRAM", program)
    source = tmp_path / "source"
    source.write_bytes(hostile.encoded())
    with pytest.raises(BadImage) as refusal:
        images.remake(source, tmp_path, deadline_s=1.0)
    assert refusal.value.code == "too_heavy"


# Whoever started the tests may ignore these (nohup, a shell's &), and a child inherits that.
_ENDED = "import os, signal; signal.signal(signal.{0}, signal.SIG_DFL); os.kill(os.getpid(), signal.{0})"
_NOT_TO_BLAME = {
    "a service manager ends everything": _ENDED.format("SIGTERM"),
    "somebody presses Ctrl-C": _ENDED.format("SIGINT"),
    "the terminal is closed": _ENDED.format("SIGHUP"),
    "the disk is full": "import sys; sys.exit(74)",
    "the program is being replaced": "",
}


@pytest.mark.parametrize("what", _NOT_TO_BLAME)
def test_a_photo_is_not_blamed_for_what_befell_its_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    program = tmp_path / "program.py"
    if _NOT_TO_BLAME[what]:
        program.write_text(_NOT_TO_BLAME[what])
    monkeypatch.setattr(images, "_PROGRAM", program)
    source = tmp_path / "source"
    source.write_bytes(hostile.encoded())
    with pytest.raises(OSError, match="the process ended with"):
        images.remake(source, tmp_path)


_FULL = """
import builtins, errno, os, sys
from importlib.util import module_from_spec, spec_from_file_location
number, where = int(sys.argv[1]), sys.argv[2]
spec = spec_from_file_location("image_process", sys.argv[3])
process = module_from_spec(spec)
spec.loader.exec_module(process)
opened = builtins.open
def full(path, mode="r", *rest, **more):
    if os.fspath(path).endswith(where) and ("w" in mode or where == "source"):
        raise OSError(number, "as a disk says it")
    return opened(path, mode, *rest, **more)
import io
builtins.open = io.open = full
sys.exit(process.main(sys.argv[4:]))
"""


@pytest.mark.parametrize(
    ("where", "number", "status"),
    [
        ("large", errno.ENOSPC, image_process.MACHINE_FAILED),
        ("small", errno.EDQUOT, image_process.MACHINE_FAILED),
        ("answer", errno.ENOSPC, image_process.MACHINE_FAILED),
        ("source", errno.EIO, image_process.MACHINE_FAILED),
        ("large", errno.EFBIG, 1),  # its own limit: the photo's fault
        ("source", errno.EINVAL, 0),  # a decoder that seeks to nowhere: answered as broken
    ],
)
def test_the_process_tells_the_machines_faults_from_the_photos(
    tmp_path: Path, where: str, number: int, status: int
) -> None:
    source = tmp_path / "source"
    source.write_bytes(hostile.encoded())
    program = str(image_process.__file__)
    command = [sys.executable, "-c", _FULL, str(number), where, program, "JPEG", str(source), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, timeout=90, check=False)
    assert done.returncode == status, done.stderr.decode()


def test_the_process_knows_nothing_of_the_application(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://user:secret@host/name")
    program = tmp_path / "program.py"
    program.write_text(
        "import json, os, sys; json.dump(dict(os.environ), open(sys.argv[3] + '/environment', 'w'))"
    )
    monkeypatch.setattr(images, "_PROGRAM", program)
    source = tmp_path / "source"
    source.write_bytes(hostile.encoded())
    with pytest.raises(BadImage):
        images.remake(source, tmp_path)
    seen = (tmp_path / "environment").read_text()
    assert "secret" not in seen
    assert "DATA" not in seen


def test_what_travels_fits_what_carriers_take(tmp_path: Path) -> None:
    """Noise is what JPEG can shrink least; and nothing of the camera goes along."""
    source = tmp_path / "source"
    exif = Image.Exif()
    exif[0x010F] = "a camera"
    Image.effect_noise((2400, 1800), 90).convert("RGB").save(source, "JPEG", quality=92, exif=exif)
    made = images.remake(source, tmp_path, jpeg=True)
    assert made.jpeg is not None
    assert made.jpeg.stat().st_size <= image_process.JPEG_BYTES
    with Image.open(made.jpeg) as picture:
        assert (picture.format, picture.mode, dict(picture.getexif())) == ("JPEG", "RGB", {})
        assert max(picture.size) >= 320
    assert images.remake(source, tmp_path).jpeg is None
