"""A small file that says when this installation was last at work, and betrays that it was copied.

It is written beside the database after the database noted the same moment. A database that remembers less than the
file was put back from a backup. A file whose contents are older than the file itself was put back as well: no copy
can set the time of change that the kernel keeps (st_ctime).
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from app.kit.clock import file_clock

# Writing a file and noting the time of it are not one moment.
_SLACK_S = 120.0


@dataclass(frozen=True)
class Mark:
    """What the file says: the database's moment (unix ms), and whether it is still the one that was written."""

    at_ms: int
    is_original: bool


def write(path: Path, at_ms: int) -> None:
    """Leave a mark, whole or not at all. Raises OSError where nothing can be written."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        part.write_text(json.dumps({"at_ms": at_ms, "written": file_clock()}))
        part.chmod(0o600)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def read(path: Path) -> Mark | None:
    """Return the mark, or None when there is none that can be read."""
    try:
        said = json.loads(path.read_text())
        changed = path.stat().st_ctime
        return Mark(int(said["at_ms"]), abs(changed - float(said["written"])) < _SLACK_S)
    except (OSError, ValueError, KeyError, TypeError):
        return None
