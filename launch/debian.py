"""The Debian packages `make test` needs: installed by root, asked for by anybody else, never skipped."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from launch.refusal import CannotRun

POSTGRES_HOME = Path("/usr/lib/postgresql")
# Chromium without a window around each of its pages: the same engine for half of the processor's time.
WINDOWLESS = "chromium-headless-shell"


def postgres_bin() -> Path | None:
    """Return the folder of PostgreSQL's programs, 15 before any newer one, or None."""
    homes = [home for home in POSTGRES_HOME.glob("*") if home.name.isdigit() and int(home.name) >= 15]
    for home in sorted(homes, key=lambda home: int(home.name)):
        if (home / "bin" / "initdb").exists():
            return home / "bin"
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def missing_packages() -> list[str]:
    """Return the packages whose programs or files are not on this machine."""
    present = {
        "postgresql-15": postgres_bin() is not None,
        "chromium": shutil.which("chromium") is not None,
        "fonts-noto-cjk": any(Path("/usr/share/fonts").glob("**/NotoSansCJK*")),
        "ffmpeg": shutil.which("ffmpeg") is not None,
    }
    return [name for name, here in present.items() if not here]


def wished_packages() -> list[str]:
    """Return the packages without which the tests only take longer, of those that are not on this machine."""
    return [] if shutil.which(WINDOWLESS) else [WINDOWLESS]


def browser() -> str:
    """Return the path of the Chromium for tests: the one without windows where it is installed."""
    return shutil.which(WINDOWLESS) or "/usr/bin/chromium"


def provide() -> None:
    """Install what is missing when we may, and what is wished. Raises CannotRun with the exact command when we may not."""
    missing, may = missing_packages(), os.geteuid() == 0 and shutil.which("apt-get") is not None
    if missing and not may:
        raise CannotRun(
            f"The tests need {', '.join(missing)}. Run: sudo apt-get update && sudo {' '.join(_install(missing))}"
        )
    wished = wished_packages()
    if wished and not may:
        print(f"The tests are quicker with {', '.join(wished)}.", file=sys.stderr, flush=True)
        wished = []
    if not missing and not wished:
        return
    print(f"Installing for the tests: {' '.join([*missing, *wished])}", file=sys.stderr, flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    # What is wished comes by itself: a Debian that does not know it must not keep what is needed.
    for command in (["apt-get", "update", "-qq"], *(_install(some) for some in (missing, wished) if some)):
        subprocess.run(command, env=quiet, stdout=subprocess.DEVNULL, check=False)
    if missing := missing_packages():
        raise CannotRun(f"The tests need {', '.join(missing)} and apt-get could not install them.")


def _install(packages: list[str]) -> list[str]:
    return ["apt-get", "install", "--yes", "--no-install-recommends", *packages]
