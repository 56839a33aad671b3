"""The Debian packages `make test` needs: installed by root, asked for by anybody else, never skipped."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from launch.refusal import CannotRun

POSTGRES_HOME = Path("/usr/lib/postgresql")


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


def provide() -> None:
    """Install what is missing when we may. Raises CannotRun with the exact command when we may not."""
    missing = missing_packages()
    if not missing:
        return
    install = ["apt-get", "install", "--yes", "--no-install-recommends", *missing]
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise CannotRun(
            f"The tests need {', '.join(missing)}. Run: sudo apt-get update && sudo {' '.join(install)}"
        )
    print(f"Installing for the tests: {' '.join(missing)}", file=sys.stderr, flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-qq"], install):
        if subprocess.run(command, env=quiet, stdout=subprocess.DEVNULL, check=False).returncode:
            break
    if missing := missing_packages():
        raise CannotRun(f"The tests need {', '.join(missing)} and apt-get could not install them.")
