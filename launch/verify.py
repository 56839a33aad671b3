"""`make lint`, `make test`, `make test-long`: run every step, show what failed, succeed only when all did."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config import ROOT
from launch import debian, testbed
from launch.refusal import CannotRun

PYTHON = sys.executable


@dataclass(frozen=True)
class Step:
    """One tool and how it is called."""

    name: str
    command: list[str]


LINTS = [
    Step("mypy", [PYTHON, "-m", "mypy"]),
    Step("ruff check", [PYTHON, "-m", "ruff", "check", "--output-format", "concise", "."]),
    Step("ruff format", [PYTHON, "-m", "ruff", "format", "--check", "--output-format", "concise", "."]),
    Step("djlint", [PYTHON, "-m", "djlint", "templates", "--lint", "--quiet"]),
    Step(
        "import-linter",
        [str(Path(PYTHON).with_name("lint-imports")), "--no-logo", "--config", "importlinter.ini"],
    ),
]
# What Python and pytest compile, once: of a fresh clone each worker would compile all of it.
COMPILE = Step("compile", [PYTHON, "-m", "pytest", "--collect-only", "-qq"])
CORES = len(os.sched_getaffinity(0))
# Three for two cores: a third of the time a test waits, for a browser, for a process to end, for a clock.
WORKERS = CORES + (CORES + 1) // 2
TESTS = Step("pytest", [PYTHON, "-m", "pytest", "-n", str(WORKERS), "--dist", "worksteal"])
LONG_TESTS = Step("pytest (long)", [PYTHON, "-m", "pytest", "tests/faults", "tests/flows", "-m", "long"])


def main(arguments: list[str]) -> int:
    """Run `lint`, `test` or `long`; what follows goes to pytest. Return 0 only when everything passed."""
    what, extra = arguments[0], arguments[1:]
    began = time.monotonic()
    with ThreadPoolExecutor(max_workers=1) as beside:
        # A worker often waits: the linters live on what is left over.
        linted = None if what == "long" else beside.submit(lint)
        failed = [] if what == "lint" else tests(what, extra)
        failed = [*(linted.result() if linted else []), *failed]
    took = f"{time.monotonic() - began:.0f} s"
    print(f"Failed: {', '.join(failed)} ({took})" if failed else f"All passed ({took})", flush=True)
    return 1 if failed else 0


def tests(what: str, extra: list[str]) -> list[str]:
    """Run the tests of `test` or `long` and return the name of the step when something failed."""
    step = LONG_TESTS if what == "long" else TESTS
    try:
        debian.provide()
    except CannotRun as refusal:
        print("\n".join(refusal.sentences), file=sys.stderr)
        return [step.name]
    if what == "test":
        compile_once()
    with surroundings() as env:
        code = subprocess.run([*step.command, *extra], cwd=ROOT, env=env, check=False).returncode
    return [step.name] if code else []


@contextmanager
def surroundings() -> Iterator[dict[str, str]]:
    """Give the environment for the tests: their folders lie in memory where there is room, and are gone afterwards.

    Python keeps what it compiled, whatever a developer set: each worker, and each process that a test starts, would
    compile everything anew.
    """
    env = keeping_what_is_compiled()
    if (room := testbed.memory()) is None or "PYTEST_DEBUG_TEMPROOT" in env:
        yield env
        return
    with tempfile.TemporaryDirectory(prefix="dangol-tests-", dir=room, ignore_cleanup_errors=True) as folder:
        yield {**env, "PYTEST_DEBUG_TEMPROOT": folder}


def keeping_what_is_compiled() -> dict[str, str]:
    """Return the environment in which Python keeps what it compiles."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def compile_once() -> None:
    """Compile a fresh clone's tests and what they import; what is wrong with them the tests say themselves.

    Beside the first linters, and before the first test.
    """
    if not (ROOT / "tests" / "__pycache__").exists():
        run_quietly(COMPILE, keeping_what_is_compiled())


def lint() -> list[str]:
    """Run the linters two at a time, print what they found and return the names of those that failed."""
    failed = []
    with ThreadPoolExecutor(max_workers=2) as pool:
        for step, (code, said) in zip(LINTS, pool.map(run_quietly, LINTS), strict=True):
            print(f"{step.name:<14}{'ok' if code == 0 else 'FAILED'}", flush=True)
            if code:
                failed.append(step.name)
                print(said, flush=True)
    return failed


def run_quietly(step: Step, env: dict[str, str] | None = None) -> tuple[int, str]:
    """Return a step's exit code and everything it said."""
    said: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    done = subprocess.run(step.command, cwd=ROOT, env=env, check=False, **said)
    return done.returncode, done.stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
