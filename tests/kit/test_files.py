"""The store: whole or not there, never elsewhere, and nobody else may look."""

from __future__ import annotations

import os
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from app.kit import files
from app.kit.files import BadPlace, Place
from app.kit.signing import new_token
from tests.world import START


@pytest.mark.parametrize(
    "where",
    [
        ("photos", 1, "../../../etc/passwd"),
        ("photos", 1, "A" * 21),
        ("photos", 1, "A" * 23),
        ("photos", 1, "A" * 21 + "/"),
        ("photos", 1, "A" * 21 + "."),
        ("photos", 1, "A" * 21 + "\x00"),
        ("photos", 1, "A" * 21 + "\n"),
        ("photos", 0, "A" * 22),
        ("photos", -1, "A" * 22),
        ("photos", "1", "A" * 22),
        ("photos", True, "A" * 22),
        ("..", 1, "A" * 22),
        ("", 1, "A" * 22),
        ("desks", 1, "A" * 22),
    ],
)
def test_no_path_leads_out(where: Any) -> None:
    with pytest.raises(BadPlace):
        Place(*where)


def put(root: Path, data: bytes, **changes: Any) -> Place:
    place = Place("photos", 7, new_token())
    files.save(root, place, BytesIO(data), **{"most": 100, "now": START, **changes})
    return place


def test_what_is_saved_is_read_and_dropped(tmp_path: Path) -> None:
    root = tmp_path / "files"
    place = put(root, b"hello")
    found = files.open_reading(root, place)
    assert found is not None
    with found:
        assert found.read() == b"hello"
    for folder in (root, root / "photos", root / "photos" / "7"):
        assert folder.stat().st_mode & 0o777 == 0o700
    assert place.below(root).stat().st_mode & 0o777 == 0o600
    assert files.drop(root, place)
    assert not files.drop(root, place)
    assert files.open_reading(root, place) is None


def test_too_much_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ValueError):
        put(tmp_path, b"x" * 101)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_link_in_its_place_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    place = put(tmp_path, b"x")
    files.drop(tmp_path, place)
    place.below(tmp_path).symlink_to(tmp_path / "secret")
    with pytest.raises(OSError):
        files.open_reading(tmp_path, place)


def _fall(root: Path, seen: list[int]) -> None:
    with files.desk(root) as desk:
        (desk / "large").write_bytes(b"half")
        seen.append(desk.stat().st_mode & 0o777)
        raise RuntimeError


def test_a_desk_is_cleared_also_after_a_fall(tmp_path: Path) -> None:
    seen: list[int] = []
    with pytest.raises(RuntimeError):
        _fall(tmp_path, seen)
    assert seen == [0o700]
    assert list((tmp_path / "desks").iterdir()) == []


def test_desks_of_the_killed_are_cleared_later(tmp_path: Path) -> None:
    for name, age in (("old", 1.0), ("new", START.timestamp())):
        (tmp_path / "desks" / name).mkdir(parents=True)
        os.utime(tmp_path / "desks" / name, (age, age))
    files.clear_desks(tmp_path, before=START - timedelta(days=1))
    assert [path.name for path in (tmp_path / "desks").iterdir()] == ["new"]


def test_only_what_is_old_is_listed(tmp_path: Path) -> None:
    old, new = put(tmp_path, b"old", now=START - timedelta(days=2)), put(tmp_path, b"new")
    part = new.below(tmp_path).with_name(f".{new.ref}.cut.part")
    part.write_bytes(b"half")
    os.utime(part, (1, 1))
    assert list(files.old_places(tmp_path, "photos", before=START - timedelta(days=1))) == [old]
    assert not part.exists()
    assert list(files.old_places(tmp_path, "incoming", before=START)) == []
