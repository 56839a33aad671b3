"""`python -m tests.faults.upgrading <folder> <database>`: upgrade in a process that may be killed.

Says "begun" when it does, and at the end its seconds and the most memory it held, in MiB.
"""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path

import flask_migrate

from tests import world


def main(folder: str, url: str) -> None:
    """Bring a database to the newest step."""
    app = world.build(Path(folder), world.Clock(), DATABASE_URL=url)
    with app.app_context():
        print("begun", flush=True)
        began = time.monotonic()
        flask_migrate.upgrade()
        took = time.monotonic() - began
    # Not getrusage(): that one begins with what the process had held that started this one.
    most = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    print(f"{took:.1f} {int(most[1]) // 1024 if most else 0}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
