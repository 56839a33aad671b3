"""The laws of the house that imports alone cannot show, and a planted breach of each that they can."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from config import ROOT
from tests.house_files import BEYOND, READS
from tests.sources import APP, FEATURES, files_in, imports_in, name_of, tree_of

# A feature room's files. What is beyond these is named here with what it is for.
OF_A_ROOM = {"__init__", "models", "rules", "actions", "queries"}
FOLDERS = {
    "cards/actions",
    "reviews/actions",
    "warranties/actions",
    "messages/actions",
    "messages/kinds",
    "messages/channels",
    "visits/sources",  # one file for each kind of export
    "insights/segments",
    "messages/providers",  # the HTTP clients of providers, one file each; a channel speaks through one
}
BANNED = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers", "base", "lib"}


# --- imports ---------------------------------------------------------------------------------------


def _lint_imports(folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache"],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


BREACHES = {
    "floors": ("cards/early.py", "from app.flows.stamp import give", "app.cards.early"),
    "root": ("flows/rooted.py", "from app import create_app", "app.flows.rooted"),
    "no-web": (
        "visits/webby.py",
        "def f():\n    from flask import request\n    return request",
        "app.visits.webby",
    ),
    "pure": ("shops/rules.py", "from app.kit.clock import utc_now", "app.shops.rules"),
    "doors": ("web/owner/straight.py", "from app.cards.models import Card", "app.web.owner.straight"),
    "audiences": ("web/customer/nosy.py", "from app.web.owner import blueprint", "app.web.customer.nosy"),
    "writers": ("cards/queries.py", "from app.cards.actions import ledger", "app.cards.queries"),
}


@pytest.fixture(scope="module")
def breached(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What import-linter says of a copy of the house with one breach of every contract."""
    folder = tmp_path_factory.mktemp("breached")
    shutil.copytree(APP, folder / "app", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "importlinter.ini", folder / ".importlinter")
    (folder / "app" / "attic").mkdir()
    (folder / "app" / "attic" / "__init__.py").touch()
    for name, line, _module in BREACHES.values():
        path = folder / "app" / name
        path.write_text((path.read_text("utf-8") if path.exists() else "") + f"\n{line}\n", "utf-8")
    return _lint_imports(folder)


def test_the_house_keeps_its_contracts(tmp_path: Path) -> None:
    shutil.copytree(APP, tmp_path / "app", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "importlinter.ini", tmp_path / ".importlinter")
    said = _lint_imports(tmp_path)
    assert f"Contracts: {len(BREACHES)} kept, 0 broken." in said, said


@pytest.mark.parametrize("contract", BREACHES)
def test_a_planted_breach_is_seen(breached: str, contract: str) -> None:
    told = re.split(r"\n(?=[a-z-]+: [^\n]+\n-{5,}\n)", breached)
    mine = next((part for part in told if part.startswith(f"{contract}: ")), "")
    assert BREACHES[contract][2] in mine, breached


def test_a_room_without_a_floor_is_seen(breached: str) -> None:
    assert "attic" in breached


# --- where each line lives -------------------------------------------------------------------------


def test_packages_are_empty_but_for_the_root() -> None:
    full = [name_of(path) for path in files_in(APP, "__init__.py") if path.read_text("utf-8").strip()]
    assert full == ["app/__init__.py"]


def test_every_file_of_a_room_is_one_we_know() -> None:
    unknown = []
    for room in FEATURES:
        for path in files_in(APP / room):
            inner = path.relative_to(APP).with_suffix("").as_posix()
            folder = path.parent.relative_to(APP).as_posix()
            if folder in FOLDERS or (folder == room and (path.stem in OF_A_ROOM or inner in BEYOND)):
                continue
            unknown.append(name_of(path))
    assert not unknown, f"say in BEYOND what these are for: {unknown}"


def test_nothing_is_called_by_a_name_that_says_nothing() -> None:
    assert [name_of(path) for path in files_in(APP) if {path.stem, path.parent.name} & BANNED] == []


def test_files_stay_short() -> None:
    limits = {APP: 320, ROOT / "launch": 320, ROOT / "bench": 320, ROOT / "tests": 400}
    files = [(path, most) for folder, most in limits.items() for path in files_in(folder)]
    files.append((ROOT / "config.py", 320))
    assert {
        name_of(path): n for path, most in files if (n := len(path.read_text("utf-8").splitlines())) > most
    } == {}


def test_the_doors_read_only_what_is_for_reading() -> None:
    wrong = []
    for door in ("web", "jobs", "cli"):
        for path in files_in(APP / door):
            for name in imports_in(tree_of(path)):
                parts = name.split(".")
                # messages.contract holds the words of the type system, nothing that reads or writes.
                if parts[0] == "app" and parts[1] in FEATURES and parts[2] not in READS | {"contract"}:
                    wrong.append(f"{name_of(path)} imports {name}")
    assert not wrong
