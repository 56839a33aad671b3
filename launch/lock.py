"""`make lock`: write the hashed lock files from requirements*.in, for every platform at once."""

from __future__ import annotations

import subprocess
import sys

from config import ROOT

OPTIONS = ["--universal", "--generate-hashes", "--python-version", "3.11", "--no-annotate", "--no-header"]


def main() -> int:
    """Lock the product first: the tools are constrained by what it locked."""
    for name in ("requirements", "requirements-dev"):
        command = [
            sys.executable,
            "-m",
            "uv",
            "pip",
            "compile",
            *OPTIONS,
            "-q",
            f"{name}.in",
            "-o",
            f"{name}.txt",
        ]
        if code := subprocess.run(command, cwd=ROOT, check=False).returncode:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
