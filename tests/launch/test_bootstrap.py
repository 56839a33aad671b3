"""The bootstrap: which Python, what a missing piece says, and that an installed lock is not installed again."""

from __future__ import annotations

import ast
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from config import ROOT
from launch import bootstrap
from tests.launch.product import clean_env

SCRIPT = ROOT / "launch" / "bootstrap.py"


def a_python(folder: Path, version: str, *, modules: bool = True) -> Path:
    """Write a program that answers like a Python of that version."""
    fake = folder / f"python{version}-fake"
    major, minor = version.split(".")
    fake.write_text(
        "#!/bin/sh\n"
        f'case "$2" in *version_info*) echo "{major} {minor}";; *) exit {0 if modules else 1};; esac\n'
    )
    fake.chmod(0o755)
    return fake


@pytest.mark.parametrize(
    ("version", "good"), [("3.10", False), ("3.11", True), ("3.13", True), ("3.14", False)]
)
def test_only_the_versions_the_lock_was_made_for(tmp_path: Path, version: str, good: bool) -> None:
    running = str(a_python(tmp_path, version))
    if good:
        assert bootstrap.choose_python(running, lambda name: None) == running
    else:
        with pytest.raises(
            bootstrap.CannotStart, match=f"3.11, 3.12 or 3.13 is needed, this one is {version}"
        ):
            bootstrap.choose_python(running, lambda name: None)


def test_a_python_that_suits_is_found_past_a_broken_one(tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.write_text("#!/bin/sh\nexit 127\n")
    broken.chmod(0o755)
    known = {"python3.13": str(broken), "python3.12": str(a_python(tmp_path, "3.12"))}
    old = str(a_python(tmp_path, "3.9"))
    assert bootstrap.choose_python(old, known.get) == known["python3.12"]


def test_a_python_without_venv_is_one_line(tmp_path: Path) -> None:
    python = a_python(tmp_path, "3.12", modules=False)
    with pytest.raises(bootstrap.CannotStart, match=r"sudo apt-get install python3\.12-venv"):
        bootstrap.make_venv(str(python), str(tmp_path / "venv"))


def test_an_installed_lock_is_skipped_and_a_changed_one_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A stand-in for the environment's Python that notes each call of pip.
    venv, calls, lock = tmp_path / "venv", tmp_path / "calls", tmp_path / "requirements.txt"
    python = venv / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\ncase "$2" in pip) echo "$@" >> {calls};; *) echo "3 11";; esac\n')
    python.chmod(0o755)
    monkeypatch.setattr(bootstrap, "ROOT", str(tmp_path))
    lock.write_text("a==1 --hash=sha256:00\n")

    bootstrap.prepare(str(venv), ["run"])
    bootstrap.prepare(str(venv), ["run"])
    assert len(calls.read_text().splitlines()) == 1
    assert "--require-hashes" in calls.read_text()

    lock.write_text("a==2 --hash=sha256:00\n")
    bootstrap.prepare(str(venv), ["run"])
    assert len(calls.read_text().splitlines()) == 2


def test_a_cut_off_installation_is_done_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    venv = tmp_path / "venv"
    python = venv / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\ncase "$2" in pip) exit 1;; *) echo "3 11";; esac\n')
    python.chmod(0o755)
    monkeypatch.setattr(bootstrap, "ROOT", str(tmp_path))
    (tmp_path / "requirements.txt").write_text("a==1\n")
    for _ in range(2):
        with pytest.raises(bootstrap.CannotStart, match="could not be installed"):
            bootstrap.prepare(str(venv), ["run"])


def test_the_usual_start_costs_next_to_nothing(tmp_path: Path) -> None:
    """With everything installed no pip, no probe: only hashes are compared, then the program runs."""
    venv = tmp_path / "venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "bin" / "python").symlink_to(sys.executable)
    wanted = bootstrap.lock_hash(str(ROOT / "requirements.txt"))
    Path(bootstrap.mark_of(str(venv), "run")).write_text(wanted)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "--", "-c", "print('handed over')"],
        env={"VENV": str(venv), "PATH": os.defpath},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "handed over\n"
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    # Of the processor: how long it waited for a busy one says nothing.
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 1


def test_an_old_python_can_read_it() -> None:
    ast.parse(SCRIPT.read_text(), feature_version=(3, 6))


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run make as a person would: not as a child of the make that may be running this test."""
    return subprocess.run(
        ["make", *arguments], cwd=ROOT, env=clean_env(), capture_output=True, text=True, check=False
    )


def test_make_without_python_is_one_line() -> None:
    done = make("run", "PYTHON=no-such-python")
    assert done.returncode == 2
    first, *rest = done.stderr.splitlines()
    assert first.startswith("Python 3.11, 3.12 or 3.13 is needed and no-such-python was not found.")
    assert all(line.startswith("make: ") for line in rest)


def test_make_help_lists_every_command() -> None:
    shown = make("help").stdout
    for command in ("run", "test", "test-long", "lint", "bench", "lock"):
        assert f"  make {command} " in shown
