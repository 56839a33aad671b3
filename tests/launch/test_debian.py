"""What `make test` needs from Debian: installed by root, named to anybody else, never skipped."""

from __future__ import annotations

import subprocess

import pytest

from launch import debian, verify
from launch.refusal import CannotRun


def test_this_machine_has_what_the_tests_need() -> None:
    assert debian.missing_packages() == []


def test_without_root_the_exact_command_and_a_failed_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(debian, "missing_packages", lambda: ["chromium", "ffmpeg"])
    monkeypatch.setattr(debian.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(verify, "lint", list)
    assert verify.main(["test"]) == 1
    said = capsys.readouterr().err.strip()
    assert said == (
        "The tests need chromium, ffmpeg. Run: sudo apt-get update && "
        "sudo apt-get install --yes --no-install-recommends chromium ffmpeg"
    )


def test_root_installs_and_a_failure_is_no_skip(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[list[str]] = []

    def pretend(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        ran.append(command)
        return subprocess.CompletedProcess(command, 100)

    monkeypatch.setattr(debian, "missing_packages", lambda: ["ffmpeg"])
    monkeypatch.setattr(debian.os, "geteuid", lambda: 0)
    monkeypatch.setattr(debian.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(debian.subprocess, "run", pretend)
    with pytest.raises(CannotRun, match="apt-get could not install them"):
        debian.provide()
    assert ran[0] == ["apt-get", "update", "-qq"]


@pytest.mark.parametrize(("who", "asked"), [(0, ["update", "install"]), (1000, [])])
def test_without_what_is_only_wished_the_tests_run_all_the_same(
    monkeypatch: pytest.MonkeyPatch, who: int, asked: list[str]
) -> None:
    ran: list[list[str]] = []

    def pretend(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        ran.append(command)
        return subprocess.CompletedProcess(command, 100)

    monkeypatch.setattr(debian, "missing_packages", list)
    monkeypatch.setattr(debian, "wished_packages", lambda: [debian.WINDOWLESS])
    monkeypatch.setattr(debian.os, "geteuid", lambda: who)
    monkeypatch.setattr(
        debian.shutil, "which", lambda name: None if name == debian.WINDOWLESS else f"/usr/bin/{name}"
    )
    monkeypatch.setattr(debian.subprocess, "run", pretend)
    debian.provide()
    assert [command[1] for command in ran] == asked
    assert debian.browser() == "/usr/bin/chromium"


@pytest.mark.parametrize(("failing", "code"), [(None, 0), ("ruff check", 1), ("pytest", 1)])
def test_one_failed_step_fails_the_run(
    monkeypatch: pytest.MonkeyPatch, failing: str | None, code: int
) -> None:
    steps = [*verify.LINTS, verify.COMPILE, verify.TESTS]

    def pretend(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        step = next(step for step in steps if command[: len(step.command)] == step.command)
        return subprocess.CompletedProcess(command, int(step.name == failing), stdout="")

    monkeypatch.setattr(debian, "missing_packages", list)
    monkeypatch.setattr(debian, "wished_packages", list)
    monkeypatch.setattr(verify.subprocess, "run", pretend)
    assert verify.main(["test"]) == code
