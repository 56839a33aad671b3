"""A small store of files below one folder: <kind>/<shop>/<ref>. Whole or not there, and never elsewhere.

A file's name is made by us (a 128-bit ref), never by whoever sent it, and is checked again on every use,
so that no path leads out of the folder. A file is written beside its place, synced, and renamed into it:
a reader finds the whole file or none, also after a power cut.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

_KIND = re.compile(r"[a-z]{1,16}")
_REF = re.compile(r"[A-Za-z0-9_-]{22}")  # kit.signing.new_token
_DESKS = "desks"  # where work in progress lies
_PART = ".part"
_CHUNK = 256 * 1024


class BadPlace(ValueError):
    """A kind, shop or ref that we did not make."""


@dataclass(frozen=True)
class Place:
    """Where a file lies: its kind ("photos"), the shop's id, and the ref it is named by."""

    kind: str
    shop_id: int
    ref: str

    def __post_init__(self) -> None:
        known = _KIND.fullmatch(self.kind) and self.kind != _DESKS and _REF.fullmatch(self.ref)
        if not known or type(self.shop_id) is not int or self.shop_id < 1:
            raise BadPlace("not a place of ours")

    def below(self, root: Path) -> Path:
        """Return the path of the file in the store at `root`."""
        return root / self.kind / str(self.shop_id) / self.ref


def save(root: Path, place: Place, source: BinaryIO, *, most: int, now: datetime) -> int:
    """Copy `source` from where it stands into its place; returns bytes. Raises ValueError beyond `most` bytes.

    The file's time is set to `now`, so that its age is told on the application's clock.
    """
    path = place.below(root)
    _make_folder(root, path.parent)
    part = path.with_name(f".{place.ref}.{secrets.token_hex(4)}{_PART}")
    written = 0
    try:
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
            while chunk := source.read(_CHUNK):
                written += len(chunk)
                if written > most:
                    raise ValueError(f"more than {most} bytes")
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        _settle(part, path, now)
    finally:
        part.unlink(missing_ok=True)
    return written


def move_in(root: Path, place: Place, finished: Path, *, now: datetime) -> None:
    """Rename a finished file of a desk into its place, over what lay there."""
    path = place.below(root)
    _make_folder(root, path.parent)
    with open(finished, "rb") as file:
        os.fsync(file.fileno())
    finished.chmod(0o600)
    _settle(finished, path, now)


def room_for(root: Path, place: Place) -> Path:
    """Return the path of a file that is written piece by piece; its folder is there."""
    path = place.below(root)
    _make_folder(root, path.parent)
    return path


def open_reading(root: Path, place: Place) -> BinaryIO | None:
    """Open a file for reading, or return None when there is none. A link in its place is not followed."""
    try:
        return open(os.open(place.below(root), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb")
    except FileNotFoundError:
        return None


def drop(root: Path, place: Place) -> bool:
    """Delete a file; False when there was none."""
    try:
        place.below(root).unlink()
    except FileNotFoundError:
        return False
    return True


def old_places(root: Path, kind: str, *, before: datetime) -> Iterator[Place]:
    """Yield the files of a kind that were written before a moment, shop by shop.

    What a write that was cut off left behind is deleted on the way.
    """
    oldest = before.timestamp()
    for folder in sorted((root / kind).glob("[1-9]*")):
        for path in sorted(folder.iterdir()):
            if path.stat(follow_symlinks=False).st_mtime >= oldest:
                continue
            if path.name.endswith(_PART):
                path.unlink(missing_ok=True)
            elif folder.name.isdecimal() and _REF.fullmatch(path.name):
                yield Place(kind, int(folder.name), path.name)


@contextmanager
def desk(root: Path) -> Iterator[Path]:
    """Lend an empty folder on the store's own disk, and clear it away afterwards."""
    _make_folder(root, root / _DESKS)
    made = Path(tempfile.mkdtemp(dir=root / _DESKS))  # 0700
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def clear_desks(root: Path, *, before: datetime) -> None:
    """Clear away the desks of processes that were killed before a moment."""
    for left in (root / _DESKS).glob("*"):
        if left.stat(follow_symlinks=False).st_mtime < before.timestamp():
            shutil.rmtree(left, ignore_errors=True)


def _settle(finished: Path, path: Path, now: datetime) -> None:
    os.utime(finished, (now.timestamp(), now.timestamp()))
    finished.rename(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)  # the name, too, survives a power cut
    finally:
        os.close(folder)


def _make_folder(root: Path, folder: Path) -> None:
    for each in (root, *reversed(folder.relative_to(root).parents), folder):
        (root / each).mkdir(mode=0o700, exist_ok=True)
